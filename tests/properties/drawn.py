"""Run a small district without the compiler and print every draw that a rule asks for, in kernels too.

    NUMBA_DISABLE_JIT=1 python tests/properties/drawn.py key=value ...

One line a draw: the function, its key, a hash of what it gave.
"""

import hashlib
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from xiaoqu import District, load_scenario

SMALL: dict[str, object] = {"places.compounds": 3, "places.households": 90, "calendar.spin_up": 12}


def watch(plain: Callable[..., Any], lines: set[str]) -> Callable[..., Any]:
    """The same function, which notes what it is asked for and what it gives."""

    def watched(*key: Any) -> Any:
        given = plain(*key)
        numbers = [np.asarray(part).tolist() for part in key if np.ndim(part) < 2]
        drawn = key[-1] if given is None else given  # fill_compound writes into its last argument
        size = len(key[-2]) if given is None else 4
        text = hashlib.sha256(np.ascontiguousarray(np.asarray(drawn)[..., :size])).hexdigest()[:16]
        lines.add(f"{plain.__name__} {numbers} {text}")
        return given

    return watched


def main() -> None:
    """Run it."""
    overrides = dict(item.split("=", 1) for item in sys.argv[1:])
    lines: set[str] = set()
    for name in ("_uniforms_of", "_fill_compound"):
        for module in [module for title, module in sys.modules.items() if title.startswith("xiaoqu.")]:
            public = name.removeprefix("_")
            if hasattr(module, public):
                setattr(module, public, watch(getattr(module, public), lines))
    district = District(load_scenario("hengdong", SMALL | overrides), rng=3)
    district.run_for(6)
    print("\n".join(sorted(lines)))


if __name__ == "__main__":
    main()

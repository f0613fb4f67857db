"""Run small districts and print, for every call of a kernel from Python, its name and a hash of all it was left with.

    python tests/kernels/trace.py [kernel ...]        every kernel that Python calls, or those named

Run once with the compiler and once with NUMBA_DISABLE_JIT=1: the first line that differs names the kernel.
"""

from __future__ import annotations

import hashlib
import importlib
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np

import xiaoqu
from xiaoqu import District, load_scenario

PACKAGE = Path(xiaoqu.__file__).parent
SMALL: dict[str, object] = {"places.compounds": 6, "places.households": 300, "calendar.spin_up": 12}
CASES: dict[str, dict[str, object]] = {
    "hengdong": SMALL,
    "shaoshan": SMALL | {"firms.fixed_cost": 0.0},  # even to so few flats firms come
}


def kernels() -> dict[str, str]:
    """Name of every kernel declared in the package, such as `month.payment.pay`, to the name of its plain text."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        module = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        text = path.read_text(encoding="utf-8")
        for kernel, plain in re.findall(r"^(\w+) = (?:compiled|inlined)\((\w+)\)", text, flags=re.MULTILINE):
            found[f"{module}.{kernel}"] = plain
    return found


def _module(kernel: str) -> Any:
    return importlib.import_module(f"xiaoqu.{kernel.rpartition('.')[0]}")


def called_from_python() -> list[str]:
    """The kernels that no other kernel calls: they can be watched without changing what is compiled."""
    declared = kernels()
    used = {name for kernel, plain in declared.items() for name in getattr(_module(kernel), plain).__code__.co_names}
    return [kernel for kernel in declared if kernel.rpartition(".")[2] not in used]


def _feed(digest: Any, value: Any) -> None:
    if isinstance(value, np.ndarray):
        digest.update(np.ascontiguousarray(value))
    elif isinstance(value, tuple):
        for each in value:
            _feed(digest, each)
    elif value is not None:
        digest.update(repr(float(value)).encode())


def _watch(kernel: str) -> None:
    module, name = _module(kernel), kernel.rpartition(".")[2]
    run = getattr(module, name)

    def watched(*arguments: Any) -> Any:
        returned = run(*arguments)
        digest = hashlib.sha256()
        _feed(digest, (*arguments, returned))
        print(kernel, digest.hexdigest()[:16])
        return returned

    setattr(module, name, watched)


def main() -> None:
    """Print the trace of two small cases that use every kernel between them."""
    np.empty = np.zeros  # buffers go into the hash whole; what nobody has written is nobody's result
    for kernel in sys.argv[1:] or called_from_python():
        _watch(kernel)
    for case, overrides in CASES.items():
        district = District(load_scenario(case, overrides), rng=3)
        district.run_for(7)
        print("digest", district.digest())


if __name__ == "__main__":
    main()

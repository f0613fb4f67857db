"""A governance mode whose code is wrong: what a user's own rule may do to a run, or to the process that runs it."""

import os
from typing import TYPE_CHECKING, Any, ClassVar

from xiaoqu.modes import Mode

if TYPE_CHECKING:
    from xiaoqu import District


class Poison(Mode):
    """A mode that raises (`strength` 1), ends its process (2), asks to exit (3) or never ends (4) when considered."""

    name = "poison"
    preference = 1
    defaults: ClassVar[dict[str, Any]] = Mode.defaults | {"strength": 0.0}

    def obstacle(self, district: "District", row: int) -> str:  # noqa: ARG002 - a mode's signature
        """Fail."""
        while self.numbers["strength"] >= 4.0:
            pass
        if self.numbers["strength"] >= 3.0:
            raise SystemExit("half a character: \udc80")
        if self.numbers["strength"] >= 2.0:
            os.abort()
        if self.numbers["strength"] >= 1.0:
            raise RuntimeError("this rule is wrong")
        return "never"

    def adopt(self, district: "District", row: int) -> bool:  # noqa: ARG002 - a mode's signature
        """Never reached."""
        return False

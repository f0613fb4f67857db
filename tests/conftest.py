"""Hypothesis: no time limit (the first call of a kernel compiles it); in CI the same examples every time."""

import os

from hypothesis import HealthCheck, settings

untimed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("xiaoqu", untimed)
settings.register_profile("ci", untimed, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "xiaoqu")

"""Governance modes (治理模式): states that compounds move between. One file a mode, one interface (mode.py)."""

from __future__ import annotations

from xiaoqu.modes.autonomous_council import AutonomousCouncil
from xiaoqu.modes.committee_self_management import CommitteeSelfManagement
from xiaoqu.modes.mode import Mode, mode_class
from xiaoqu.modes.property_company import PropertyCompany
from xiaoqu.modes.unmanaged import Unmanaged

__all__ = [
    "AutonomousCouncil",
    "CommitteeSelfManagement",
    "Mode",
    "PropertyCompany",
    "Unmanaged",
    "mode_class",
]

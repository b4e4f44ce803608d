"""What detectors are called after: mostly the role that they speak for."""

from __future__ import annotations

from typing import Final

from cleanpage.roles import Role

ROLES: Final[dict[str, Role | None]] = {"main_content": Role.TEXT, "stray_language": None}
"""The roles of detectors that are not named after theirs; None where a detector is bound to no role."""

REASON_NAMES: Final = {"stray_language": "language"}
"""What reasons are headed by where it is not the detector's name."""


def role_of(detector: str) -> Role | None:
    """The role that a detector speaks for; None where it is not bound to one."""
    if detector in ROLES:
        return ROLES[detector]
    if detector not in set(Role):
        raise ValueError(f"{detector!r} is no role: docgen/names.py has to say which one the detector speaks for")
    return Role(detector)


def reason_name(detector: str) -> str:
    """What the reasons of a detector are headed by."""
    return REASON_NAMES.get(detector, detector)

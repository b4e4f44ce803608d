"""Stand-ins for other extractors: change the import, and a script that used one of them runs on cleanpage.

Each takes the keywords of the original. What has no counterpart in cleanpage raises a ConfigError that says so; nothing
is silently ignored.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from cleanpage.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cleanpage.api import Cleaner


@cache
def cleaner(favor: str) -> Cleaner:
    """The Cleaner for a value of ``favor``."""
    from cleanpage.api import Cleaner

    return Cleaner(favor=favor)


def refuse(given: Mapping[str, tuple[object, object]], reason: str) -> None:
    """Raises for options that were given a value which cannot be honoured.

    Args:
        given: For each option its value and the one that means nothing was asked for.
        reason: Why there is no such thing here.

    Raises:
        ConfigError: One of the values is another than that.
    """
    for name, (value, neutral) in given.items():
        if value is not neutral and value != neutral:
            raise ConfigError(f"{name}={value!r} has no counterpart in cleanpage: {reason}")

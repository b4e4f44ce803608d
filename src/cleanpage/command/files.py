"""Files that are there whole or not at all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from pathlib import Path

SURROGATES: Final = re.compile(r"[\ud800-\udfff]")


def encodable(text: str) -> str:
    """The text without lone surrogates."""
    return SURROGATES.sub("\ufffd", text)


def write_whole(target: Path, draft: Path, content: str) -> None:
    """Writes a file under another name, and gives it its own when it is written."""
    try:
        draft.write_bytes(encodable(content).encode())
        draft.replace(target)
    except OSError as error:
        raise click.ClickException(f"{str(target)!r} cannot be written: {error.strerror}") from error


def cannot_write(name: str, error: OSError, option: str = "--output") -> click.BadParameter:
    """The error that a file cannot be written."""
    return click.BadParameter(f"{name!r} cannot be written: {error.strerror}", param_hint=option)

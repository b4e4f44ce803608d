"""What became of one page among many: its document, or why there is none."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cleanpage.errors import CleanpageError, ConfigError, PageTooLarge

if TYPE_CHECKING:
    from collections.abc import Callable

    from cleanpage.document import Document

STATUSES: Final = ("ok", "empty", "not_html", "too_large", "timeout", "error")

NOT_HTML: Final = "not_html: "
"""How the warning begins that an input is a file of another kind."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one input.

    Attributes:
        index: Its place among the inputs, from 0.
        status: 'ok', 'empty' (a document without blocks), 'not_html' (the same, for a file of another kind),
            'too_large', 'timeout' or 'error'.
        document: The document; None where the status is 'too_large', 'timeout' or 'error'.
        error: What went wrong, '' where nothing did.
        key: What the input is known by: the key or id that was given with it, else its path, its address or the name of
            its file; None where it has none.
        seconds: How long it took to read and clean.
    """

    index: int
    status: str
    document: Document | None
    error: str = ""
    key: Any = None
    seconds: float = 0.0


def attempt(index: int, clean: Callable[[], Document]) -> Result:
    """Calls a function that cleans one page; its failure becomes the result.

    Args:
        index: Place of the page among the inputs.
        clean: What to call.

    Returns:
        The result; of an exception that cleanpage did not foresee, ``error`` says where it arose.

    Raises:
        ConfigError: The options are wrong, for every page.
    """
    start = time.perf_counter()
    try:
        document = clean()
        return Result(index, _status_of(document), document, seconds=time.perf_counter() - start)
    except ConfigError:
        raise
    except Exception as error:  # noqa: BLE001 - a defect that one page among thousands meets must not cost the others
        return failed(index, error, time.perf_counter() - start)


def _status_of(document: Document) -> str:
    if any(warning.startswith(NOT_HTML) for warning in document.warnings):
        return "not_html"
    return "ok" if document.blocks else "empty"


def failed(index: int, error: Exception, seconds: float = 0.0) -> Result:
    """The result of a page whose reading or cleaning raised."""
    if isinstance(error, CleanpageError):
        status = "too_large" if isinstance(error, PageTooLarge) else "error"
        return Result(index, status, None, str(error), seconds=seconds)
    from traceback import extract_tb

    place = extract_tb(error.__traceback__)[-1]
    where = f"{Path(place.filename).name}, line {place.lineno}"
    message = f"cleanpage failed with {type(error).__name__}: {error} ({where}); please report it, with the page"
    return Result(index, "error", None, message, seconds=seconds)

"""URL → bytes: one page over HTTP, by trafilatura's downloader."""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit

from cleanpage.errors import FetchError
from cleanpage.inputs import charset_of_header

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trafilatura.utils import Response

HTTP_OK: Final = 200

MAX_SECONDS: Final = 60.0
"""Time that a page may take with its redirects: the downloader's own limit is on each wait, so that a server that sends
a byte now and then would hold it for days."""

LOCAL: Final = "non-public"
"""In what the downloader says when it refuses an address of this machine or its network."""


class Fetched(NamedTuple):
    """What a URL gave, under the names that httpx gives them: `cleanpage.clean` takes it as it is.

    Attributes:
        content: The page's bytes, decompressed.
        charset_encoding: The charset of the content-type header, '' if it has none.
        url: The page's address after redirects.
    """

    content: bytes
    charset_encoding: str
    url: str


def fetch(url: str, *, allow_local: bool = False) -> Fetched:
    """Fetches a page.

    Wait (30 s), largest size (20 MB, unpacked), redirects (2) and user agent are trafilatura's defaults
    (https://trafilatura.readthedocs.io/en/latest/settings.html). All in all a page may take MAX_SECONDS. Certificates
    are always checked.

    Args:
        url: An http or https URL.
        allow_local: Whether addresses that are not public (this machine, the local network) may be fetched; a service
            that fetches what its users ask for leaves it off.

    Returns:
        The page's bytes, charset and final address.

    Raises:
        FetchError: The URL is none, there is no answer, or the answer is not a page (status other than 200).
    """
    _check(url)
    response, reasons = _within(MAX_SECONDS, url, allow_local=allow_local)
    if response is None:
        reason = "; ".join(reasons) or "no answer"
        cure = "try it in a browser, save the page and give the file"
        if LOCAL in reason:
            cure = "--allow-local lets the command fetch it, allow_local=True this function"
        raise FetchError(f"{url} cannot be fetched ({reason}): {cure}")
    if response.status != HTTP_OK:
        raise FetchError(f"{url} answered with status {response.status}: save the page in a browser and give the file")
    content_type = (response.headers or {}).get("content-type", "")
    return Fetched(response.data, charset_of_header(content_type), response.url)


def _within(seconds: float, url: str, *, allow_local: bool) -> tuple[Response | None, list[str]]:
    """The downloader's answer, or why there is none; after a time it is left to itself."""
    found: list[tuple[Response | None, list[str]]] = []
    worker = threading.Thread(target=lambda: found.append(_download(url, allow_local=allow_local)), daemon=True)
    worker.start()
    worker.join(seconds)
    return found[0] if found else (None, [f"no whole answer within {seconds:g} s"])


def _download(url: str, *, allow_local: bool) -> tuple[Response | None, list[str]]:
    from trafilatura.downloads import fetch_response
    from trafilatura.settings import use_config

    config = use_config()
    config.set("DEFAULT", "SSRF_PROTECTION", "off" if allow_local else "on")
    config.set("DEFAULT", "INSECURE_SSL_FALLBACK", "off")
    with _reasons() as reasons:
        return fetch_response(url, config=config), reasons


def _check(url: str) -> None:
    """Refuses what is no address of a web page."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise FetchError(f"{url!r} is not a URL: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise FetchError(f"{url!r} is not an http or https URL: write it in full, as https://example.org/page")


@contextmanager
def _reasons() -> Iterator[list[str]]:
    """Collects what the downloader logs in this thread: it returns None for every failure, and logs why."""
    reasons: list[str] = []
    thread = threading.get_ident()

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.thread == thread:
                reasons.append(record.getMessage())

    logger = logging.getLogger("trafilatura.downloads")
    collector = Collector(logging.WARNING)
    logger.addHandler(collector)
    try:
        yield reasons
    finally:
        logger.removeHandler(collector)

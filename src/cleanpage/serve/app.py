"""A page that is pasted or dropped → its report: an ASGI application that keeps nothing and asks no network.

It answers only under the names that it was given, and only to its own page: another site that a browser has open can
neither have its own name lead here (DNS rebinding) nor send something here from its pages.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from functools import partial
from importlib import resources
from string import Template
from typing import TYPE_CHECKING, Any, Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from cleanpage.command.inputs import seems_plain
from cleanpage.config import Config
from cleanpage.errors import PageTooLarge
from cleanpage.render.template import page_template, script_source
from cleanpage.results import Result, attempt
from cleanpage.workers import Work, in_processes

if TYPE_CHECKING:
    from collections.abc import Collection

    from starlette.requests import Request

    from cleanpage.document import Document

PAGE_FILE: Final = "serve/page.html"
MAX_BYTES: Final = 10_000_000
"""Largest page that is taken, bytes: of the 2,119 pages of the benchmark the largest has 5.3 million."""

MAX_UPLOAD_SECONDS: Final = 30.0
"""What a page may take to come in: it comes from the same machine."""

KINDS: Final = {"auto": None, "html": False, "text": True}
"""Whether a page is plain text, by what its reader chose; None where its name and content tell."""

HTTP_CODES: Final = {"ok": 200, "empty": 200, "not_html": 200, "too_large": 413, "timeout": 503, "error": 422}

HEADERS: Final = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Pasted:
    """A page as it came in.

    Attributes:
        content: str where it was pasted, bytes where it is a file.
        name: The file's name, '' if it was pasted.
        is_plain: Whether it is plain text; None where its name and content tell.
    """

    content: str | bytes
    name: str = ""
    is_plain: bool | None = None


def make_app(hosts: Collection[str], seconds: float) -> Starlette:
    """Makes the application.

    Args:
        hosts: The names under which it answers, without ports; IPv6 addresses in brackets.
        seconds: What cleaning a page may take.
    """
    work = Work(Config(max_bytes=MAX_BYTES), answer, _as_it_is, seconds)
    routes = [
        Route("/", partial(_show, *_page(seconds)), methods=["GET"]),
        Route("/clean", _Endpoint(work).clean, methods=["POST"]),
    ]
    guard = Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False)
    return Starlette(routes=routes, middleware=[guard])


def _page(seconds: float) -> tuple[str, str]:
    """The page, and the policy that lets its script and that of the report run, and reach this server alone."""
    template = resources.files("cleanpage").joinpath(PAGE_FILE).read_text(encoding="utf-8")
    page = Template(template).substitute(max_bytes=MAX_BYTES, megabytes=MAX_BYTES // 1_000_000, seconds=f"{seconds:g}")
    report = script_source(page_template("report").template)
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src {script_source(page)} {report}; "
        "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return page, policy


async def _show(page: str, policy: str, _request: Request) -> Response:
    return HTMLResponse(page, headers=HEADERS | {"Content-Security-Policy": policy})


class _Endpoint:
    """Cleans the pages that come in, one at a time."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.turn = asyncio.Lock()

    async def clean(self, request: Request) -> Response:
        """Answers with the report and the views of a page, or with why there are none."""
        if request.headers.get("origin") not in (None, f"{request.url.scheme}://{request.headers['host']}"):
            return _refusal(403, "the request came from another site")
        kind = request.query_params.get("kind", "auto")
        if kind not in KINDS:
            return _refusal(400, f"kind={kind} means nothing; use {', '.join(KINDS)}")
        try:
            async with asyncio.timeout(MAX_UPLOAD_SECONDS):
                content = await _content(request)
        except PageTooLarge as error:
            return _refusal(413, str(error))
        except (TimeoutError, ClientDisconnect):
            return _refusal(408, "the page did not come in")
        pasted = Pasted(content, request.query_params.get("name", ""), KINDS[kind])
        async with self.turn:
            found = await run_in_threadpool(self._clean, pasted)
        return JSONResponse(found, HTTP_CODES[found["status"]], HEADERS)

    def _clean(self, pasted: Pasted) -> dict[str, Any]:
        """Has a process of its own clean the page."""
        [found] = in_processes(self.work, [pasted], workers=1)
        if isinstance(found, Result):  # it took too long, or ended its process
            late = f"the page took more than {self.work.timeout:g} s; --timeout gives it more"
            return {"status": found.status, "error": late if found.status == "timeout" else found.error}
        answered: dict[str, Any] = found
        return answered


def _refusal(code: int, error: str) -> Response:
    return JSONResponse({"status": "error", "error": error}, code, HEADERS)


async def _content(request: Request) -> str | bytes:
    """What a request brings: text where it says in which charset it is, as a browser does of what was pasted.

    Raises:
        PageTooLarge: It is over the limit; the rest is not read.
    """
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > MAX_BYTES:
            raise PageTooLarge(f"the page is over {MAX_BYTES:,} bytes, the most that is taken")
    if "charset=utf-8" in request.headers.get("content-type", "").lower():
        return content.decode(errors="replace")
    return bytes(content)


def _as_it_is(pasted: Pasted, _max_bytes: int) -> Pasted:
    return pasted


def answer(config: Config, index: int, pasted: Pasted) -> dict[str, Any]:
    """Cleans a page in a worker process.

    Args:
        config: The options.
        index: Its place among the pages of the worker.
        pasted: The page.

    Returns:
        ``status`` and ``error`` as in `cleanpage.Result`; where it could be cleaned ``title``, ``report``, and
        ``views``: what can be copied, by its name.
    """
    from cleanpage.api import Cleaner

    cleaner = Cleaner(config)
    shown: dict[str, Any] = {}
    is_plain = seems_plain(pasted.name, pasted.content) if pasted.is_plain is None else pasted.is_plain

    def clean() -> Document:
        document = (cleaner.clean_text if is_plain else cleaner.clean)(pasted.content)
        shown["title"] = document.title or pasted.name
        shown["report"] = document.to_report(pasted.name)
        views = {"JSON": json.dumps(document.to_dict(), ensure_ascii=False, indent=2), "Markdown": document.markdown}
        shown["views"] = views | {"text": document.text}
        return document

    result = attempt(index, clean)
    return {"status": result.status, "error": result.error} | ({} if result.document is None else shown)

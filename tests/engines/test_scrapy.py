"""Scrapy: a real crawl of a server on this machine, in a process of its own, for a reactor cannot be started twice."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("scrapy", reason="needs cleanpage[engines]")

from scrapy import Field, Item
from scrapy.http import HtmlResponse

import cleanpage
from cleanpage.engines.scrapy import CleanpagePipeline
from tests.tables import PAGE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow

SPIDER = """
import sys
import scrapy
from scrapy.crawler import CrawlerProcess

class Site(scrapy.Spider):
    name = "site"
    start_urls = [sys.argv[1]]

    def parse(self, response):
        yield {"html": response, "url": response.url}
        for link in response.css("nav a"):
            yield response.follow(link, self.parse)

if __name__ == "__main__":
    process = CrawlerProcess({
        "ITEM_PIPELINES": {"cleanpage.engines.scrapy.CleanpagePipeline": 300},
        "CLEANPAGE": {"columns": ["text", "language", "status", "error"]},
        "FEEDS": {sys.argv[2]: {"format": "jsonlines"}},
        "TELNETCONSOLE_ENABLED": False,
    })
    process.crawl(Site)
    process.start()
"""

SITE = {
    "/": PAGE,
    "/plan": PAGE.replace("zwei Jahren", "zwei Jahren nach Plan"),
    "/leer": "<!-- -->",
}
NAVIGATION = '<nav><a href="/">Start</a> <a href="/plan">Plan</a> <a href="/leer">Leer</a></nav>'


class Handler(BaseHTTPRequestHandler):
    """Serves SITE, in a charset that the header names."""

    def do_GET(self) -> None:
        """Answers with a page."""
        page = SITE.get(self.path)
        self.send_response(404 if page is None else 200)
        self.send_header("Content-Type", "text/html; charset=iso-8859-1")
        self.end_headers()
        self.wfile.write((page or "").replace('<nav><a href="/">Start</a></nav>', NAVIGATION).encode("latin-1"))

    def log_message(self, *arguments: object) -> None:
        """Says nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    """The address of a running server."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_crawl(site: str, tmp_path: Path) -> None:
    """Each page of the site becomes an item with its text."""
    (tmp_path / "crawl.py").write_text(SPIDER, encoding="utf-8")
    target = tmp_path / "items.jsonl"
    command = [sys.executable, str(tmp_path / "crawl.py"), site, str(target)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert ran.returncode == 0, ran.stderr
    items = {item["url"]: item for item in map(json.loads, target.read_text(encoding="utf-8").splitlines())}
    assert set(items) == {site, f"{site}plan", f"{site}leer"}
    page = items[f"{site}plan"]
    assert set(page) == {"url", "text", "language", "status", "error"}
    assert "Nach zwei Jahren nach Plan Bauzeit fuhren am Montag die ersten Straßenbahnen" in page["text"]
    assert (page["language"], page["status"], items[f"{site}leer"]["status"]) == ("de", "ok", "empty")
    assert "Start" not in page["text"]


class Page(Item):
    """An item with declared fields."""

    body = Field()
    title = Field()
    quality = Field()
    status = Field()


def test_declared_fields() -> None:
    """Items with declared fields are filled; the options name the fields."""
    pipeline = CleanpagePipeline(html="body", columns=["title", "quality", "status"])
    item = pipeline.process_item(Page(body=HtmlResponse("https://zeitung.example/", body=PAGE.encode())))
    document = cleanpage.clean(PAGE, "https://zeitung.example/")
    assert dict(item) == {"title": document.title, "quality": document.quality, "status": "ok"}


def test_failed_page() -> None:
    """A page that fails is an item that says so."""
    item: dict[str, Any] = CleanpagePipeline(columns=["text", "status", "error"], max_bytes=5).process_item(
        {"html": PAGE}
    )
    assert (item["text"], item["status"]) == (None, "too_large")
    assert "max_bytes" in item["error"]


def test_other_items() -> None:
    """An item without a page is handed on."""
    assert CleanpagePipeline().process_item({"name": "a"}) == {"name": "a"}


def test_errors() -> None:
    """A setting that would do nothing is refused."""
    with pytest.raises(cleanpage.ConfigError, match="no option is named timeout"):
        CleanpagePipeline(timeout=3)

"""fetch: one page over HTTP, and clear errors; the server runs on this machine."""

from __future__ import annotations

import gzip
import socket
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from cleanpage import fetch as fetch_module
from cleanpage.errors import FetchError
from cleanpage.fetch import fetch
from cleanpage.inputs import read_page

if TYPE_CHECKING:
    from collections.abc import Iterator

# The downloader leaves the socket of an address that it refuses to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

PAGE = "<html><body><p>Утро на реке было тихим и ясным.</p></body></html>"
MOVED = {
    "/moved": "/page",
    "/twice": "/moved",
    "/thrice": "/twice",
    "/loop": "/loop",
    "/file": "file:///etc/passwd",
    "/ftp": "ftp://127.0.0.1/page",
    "/script": "javascript:alert(1)",
    "/data": "data:text/html,words",
}
LARGE = {"/large": 25, "/bomb": 1}
BOMB = gzip.compress(b"<p>word" * 30_000_000, 9)
DONE = threading.Event()


class Handler(BaseHTTPRequestHandler):
    """Serves one page in several ways."""

    def do_GET(self) -> None:
        """Answers by path."""
        if self.path == "/away":  # a host of its own, so that it is connected to anew
            self.send_response(302)
            self.send_header("Location", f"http://localhost:{self.headers['Host'].rpartition(':')[2]}/page")
            self.end_headers()
            return
        if self.path in MOVED:
            self.send_response(302)
            self.send_header("Location", MOVED[self.path])
            self.end_headers()
            return
        if self.path in LARGE:
            self.send_response(200)
            if self.path == "/bomb":
                self.send_header("Content-Encoding", "gzip")
            self.end_headers()
            with suppress(OSError):
                for _ in range(LARGE[self.path]):
                    self.wfile.write(BOMB if self.path == "/bomb" else b"<p>word" * 150_000)
            return
        if self.path == "/drip":
            self.send_response(200)
            self.end_headers()
            with suppress(OSError):
                while not DONE.wait(0.05):
                    self.wfile.write(b"x")
                    self.wfile.flush()
            return
        body = PAGE.encode("koi8-r")
        self.send_response(404 if self.path == "/gone" else 200)
        self.send_header("Content-Type", "text/html" if self.path == "/bare" else "text/html; charset=KOI8-R")
        if self.path == "/packed":
            body = gzip.compress(body)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keeps the test's output clean."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a running server."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}"
        DONE.set()
        http.shutdown()
        thread.join()


@pytest.mark.parametrize("path", ["/page", "/packed"])
def test_fetches_a_page(server: str, path: str) -> None:
    """Bytes, header charset and address come back; compression is undone."""
    content, charset, url = fetch(server + path, allow_local=True)
    assert content.decode("koi8-r") == PAGE
    assert charset == "KOI8-R"
    assert url == server + path


def test_follows_redirects(server: str) -> None:
    """The address is the one that answered."""
    assert fetch(server + "/moved", allow_local=True).url == server + "/page"


@pytest.mark.parametrize("path", ["/thrice", "/loop"])
def test_too_many_redirects(server: str, path: str) -> None:
    """Two redirects are followed, no more."""
    assert fetch(server + "/twice", allow_local=True).url == server + "/page"
    with pytest.raises(FetchError, match="redirect"):
        fetch(server + path, allow_local=True)


@pytest.mark.parametrize("path", ["/file", "/ftp", "/script", "/data"])
def test_redirects_out_of_the_web(server: str, path: str) -> None:
    """Only http and https are followed."""
    with pytest.raises(FetchError, match=r"cannot be fetched|status 302"):
        fetch(server + path, allow_local=True)


@pytest.mark.parametrize("path", LARGE)
def test_too_large(server: str, path: str) -> None:
    """A page of over 20 MB is given up, also one that is small until it is unpacked."""
    with pytest.raises(FetchError, match="cannot be fetched"):
        fetch(server + path, allow_local=True)


def test_slow(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that sends a byte now and then is left after a while."""
    monkeypatch.setattr(fetch_module, "MAX_SECONDS", 0.5)
    with pytest.raises(FetchError, match=r"no whole answer within 0\.5 s"):
        fetch(server + "/drip", allow_local=True)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "localhost",
        "169.254.169.254",
    ],
)
def test_every_name_of_this_machine_is_refused(server: str, host: str) -> None:
    """However an address is written, the one connected to counts; that of a cloud's metadata is refused as well."""
    port = server.rpartition(":")[2]
    with pytest.raises(FetchError, match="cannot be fetched"):
        fetch(f"http://{host}:{port}/page")


def test_redirects_to_this_machine(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server on the web that sends on to this machine is left there: each address is looked at when connected to."""
    peers = iter([("93.184.215.14", 80)])
    peer_of = socket.socket.getpeername
    monkeypatch.setattr(socket.socket, "getpeername", lambda self: next(peers, None) or peer_of(self))
    with pytest.raises(FetchError, match=r"/away cannot be fetched .*non-public"):
        fetch(f"{server}/away")
    assert next(peers, None) is None


def test_a_name_that_changes_its_address(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name of the web that leads to this machine is refused, for what counts is the address that was connected to."""
    port = int(server.rpartition(":")[2])
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    assert fetch(f"http://rebinding.example:{port}/page", allow_local=True).content
    with pytest.raises(FetchError, match=r"rebinding\.example.* cannot be fetched .*non-public"):
        fetch(f"http://rebinding.example:{port}/page")


def test_no_charset_in_header(server: str) -> None:
    """A header without charset gives ''."""
    assert fetch(server + "/bare", allow_local=True).charset_encoding == ""


def test_result_is_an_input(server: str) -> None:
    """What was fetched is read as a response: with its charset and address."""
    source = read_page(fetch(server + "/page", allow_local=True))
    assert source.utf8 == PAGE.encode()
    assert source.url == server + "/page"


def test_error_status(server: str) -> None:
    """A status other than 200 is an error that names it."""
    with pytest.raises(FetchError, match=r"/gone answered with status 404"):
        fetch(server + "/gone", allow_local=True)


def test_local_addresses_are_refused(server: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Without allow_local this machine is not asked; the reason is in the error, not on the terminal."""
    with pytest.raises(FetchError, match=r"/page cannot be fetched .*127\.0\.0\.1") as caught:
        fetch(server + "/page")
    assert "non-public" in str(caught.value)
    assert capsys.readouterr().err == ""


def test_no_answer() -> None:
    """A port that nobody listens on is an error that says so."""
    with pytest.raises(FetchError, match=r"127\.0\.0\.1:9/ cannot be fetched .*refused"):
        fetch("http://127.0.0.1:9/", allow_local=True)


@pytest.mark.parametrize(
    "url", ["example.org/page", "file:///etc/hosts", "ftp://example.org/", "", "http://", "http://[::1", "page.html"]
)
def test_not_a_url(url: str) -> None:
    """What is no http address is refused by name, before anything is sent."""
    with pytest.raises(FetchError, match="is not a"):
        fetch(url)

"""`cleanpage serve`: who is answered, with what, within which limits; test_serve_page.py is about the page itself."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import socket
import subprocess
import sys
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import pytest
from click.testing import CliRunner, Result

import cleanpage
from cleanpage import cli
from cleanpage.command.serve import LOCAL_NAMES, serve
from tests.hostile import HOSTILE, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest.importorskip("starlette", reason="starlette is not installed")
pytest.importorskip("uvicorn", reason="uvicorn is not installed")
from starlette.testclient import TestClient

from cleanpage.serve import app

ROOT = Path(__file__).parents[2]
ORIGIN = "http://127.0.0.1:8765"
SECONDS = 30.0
TEXT = "After two years of work, the old weir at Olmstead turns the wheel of the mill again, said the council."
PAGE = f"<html><head><title>The weir</title></head><body><article><h1>The weir</h1><p>{TEXT}</p></article></body>"
PASTED = {"content-type": "text/plain; charset=utf-8"}


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    """A client of the application, with the address of a local server."""
    with TestClient(app.make_app(LOCAL_NAMES, SECONDS), base_url=ORIGIN) as client:
        yield client


def run(*arguments: str) -> Result:
    """Runs the command in this process."""
    return CliRunner().invoke(cli.main, arguments)


def test_page(client: TestClient) -> None:
    """The page comes with a policy that lets its script and the report's run, and no other host be reached."""
    answer = client.get("/")
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none';")
    assert "connect-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    report = cleanpage.clean(PAGE).to_report()
    digests = [
        b64encode(sha256(script.encode()).digest()).decode()
        for text in (answer.text, report)
        for script in re.findall("<script>(.*?)</script>", text, re.DOTALL)
    ]
    assert len(digests) == 2
    assert f"script-src 'sha256-{digests[0]}' 'sha256-{digests[1]}';" in policy
    assert not re.search(r"https?:|url\(|@import", answer.text)
    assert str(app.MAX_BYTES) in answer.text


def test_labels(client: TestClient) -> None:
    """Everything that can be used has a name for a screen reader, and what is said is announced."""
    root = parsed(client.get("/").text)
    labelled = {label.get("for") for label in root.iter("label")}
    for control in root.xpath("//input | //textarea"):
        assert control.get("id") in labelled or control.getparent().tag == "label"
    assert all(button.text_content().strip() for button in root.iter("button"))
    assert all(frame.get("title") for frame in root.iter("iframe"))
    assert root.xpath("//@role[. = 'status' or . = 'alert']") == ["status", "alert"]
    named = set(root.xpath("//@aria-describedby | //@aria-labelledby"))
    assert named <= set(root.xpath("//@id"))
    assert root.get("lang") == "en"
    assert root.xpath("//@tabindex[. > 0]") == []


def test_report_and_views(client: TestClient) -> None:
    """A page gives its report, and its JSON, Markdown and text to copy."""
    answer = client.post("/clean", params={"name": "weir.html"}, content=PAGE.encode())
    document = cleanpage.clean(PAGE)
    assert answer.status_code == 200
    found = answer.json()
    assert (found["status"], found["error"], found["title"]) == ("ok", "", "The weir")
    assert found["report"] == document.to_report("weir.html")
    assert json.loads(found["views"]["JSON"]) == document.to_dict()
    assert found["views"]["Markdown"] == document.markdown
    assert found["views"]["text"] == document.text


def test_kinds(client: TestClient) -> None:
    """Name and content tell whether a page is plain text, unless its reader says; other kinds are refused."""

    def starts(content: str, **params: str) -> list[int]:
        answer = client.post("/clean", params=params, content=content.encode()).json()
        return [block.get("start", -1) for block in json.loads(answer["views"]["JSON"])["blocks"]]

    plain = f"The weir\n\n{TEXT}"
    assert min(starts(plain)) >= 0
    assert min(starts(PAGE, kind="text")) >= 0
    assert min(starts(PAGE, name="weir.txt")) >= 0
    assert max(starts(PAGE)) == -1
    assert max(starts(plain, kind="html")) == -1
    assert client.post("/clean", params={"kind": "pdf"}, content=b"a").status_code == 400


def test_charsets(client: TestClient) -> None:
    """What was pasted is taken as it is, whatever it says of its charset; a file is decoded by what it says."""
    page = "<meta charset=iso-8859-1><p>À la fin de l'été, les péniches du canal reviennent près de la vieille écluse."
    pasted = client.post("/clean", content=page.encode(), headers=PASTED).json()
    dropped = client.post("/clean", content=page.encode("latin-1")).json()
    assert "été" in pasted["views"]["text"]
    assert "été" in dropped["views"]["text"]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8765", "localhost:8765", "LOCALHOST", "[::1]:8765"])
def test_own_names(client: TestClient, host: str) -> None:
    """The names of this machine are answered under, with any port."""
    assert client.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["example.org", "example.org:8765", "127.0.0.1.example.org", "localhost.example.org", "127.0.0.1@example.org", ""],
)
def test_other_names(client: TestClient, host: str) -> None:
    """A name that somebody let lead here is not answered under, for the page or for what cleans (DNS rebinding)."""
    assert client.get("/", headers={"host": host}).status_code == 400
    assert client.post("/clean", content=PAGE, headers={"host": host}).status_code == 400


@pytest.mark.parametrize("origin", ["http://example.org", "http://127.0.0.1:9999", "https://127.0.0.1:8765", "null"])
def test_other_sites(client: TestClient, origin: str) -> None:
    """The pages of other sites, and of other servers of this machine, cannot have anything cleaned."""
    answer = client.post("/clean", content=PAGE, headers={"origin": origin})
    assert answer.status_code == 403
    assert "report" not in answer.json()
    assert client.post("/clean", content=PAGE, headers={"origin": ORIGIN}).status_code == 200


def test_nothing_is_allowed_across_origins(client: TestClient) -> None:
    """No answer lets another origin read it."""
    for answer in (client.get("/"), client.post("/clean", content=PAGE), client.options("/clean")):
        assert not [name for name in answer.headers if name.startswith("access-control")]


def test_too_large(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page over the limit is refused as soon as it is over, whatever its length is said to be."""
    sent = 0

    def parts() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(1000):
            sent += 1000
            yield b"a" * 1000

    monkeypatch.setattr(app, "MAX_BYTES", 5000)
    answer = client.post("/clean", content=parts())
    assert answer.status_code == 413
    assert "5,000 bytes" in answer.json()["error"]
    assert client.post("/clean", content=b"a" * 5001, headers=PASTED).status_code == 413


def test_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that takes longer than it may is given up, and the next one is cleaned."""
    with TestClient(app.make_app(LOCAL_NAMES, 0.5), base_url=ORIGIN) as client:
        answer = client.post("/clean", content="<p><b>a</b> <i>b</i> " * 300_000)
        assert answer.status_code == 503
        assert answer.json() == {"status": "timeout", "error": "the page took more than 0.5 s; --timeout gives it more"}
    with TestClient(app.make_app(LOCAL_NAMES, SECONDS), base_url=ORIGIN) as client:
        assert client.post("/clean", content=PAGE).json()["status"] == "ok"


def test_upload_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of which the rest does not come in is not waited for."""
    parts = [{"type": "http.request", "body": b"<p>The", "more_body": True}]
    sent: list[Any] = []

    async def receive() -> Any:
        return parts.pop() if parts else await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    monkeypatch.setattr(app, "MAX_UPLOAD_SECONDS", 0.1)
    scope: dict[str, Any] = {"type": "http", "method": "POST", "path": "/clean", "query_string": b""}
    scope["headers"] = [(b"host", b"localhost")]
    asyncio.run(app.make_app(LOCAL_NAMES, SECONDS)(scope, receive, send))
    assert sent[0]["status"] == 408


def test_empty(client: TestClient) -> None:
    """A page without text has a report with its warnings."""
    found = client.post("/clean", content=b"<html></html>").json()
    assert found["status"] == "empty"
    assert "there is no visible text" in found["report"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names(client: TestClient, text: str) -> None:
    """The name of a file is shown as the text that it is."""
    name = text.encode(errors="replace").decode()
    found = client.post("/clean", params={"name": name}, content=f"<p>{TEXT}</p>").json()
    assert len(parsed(found["report"]).xpath("//script")) == 1
    assert found["report"] == cleanpage.clean(f"<p>{TEXT}</p>").to_report(name)


# The command


def test_serve_is_a_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The word alone starts the server; a file of that name is read as ./serve, and as any input but the first."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "serve").write_text(PAGE, encoding="utf-8")
    help_text = run("serve", "--help").output
    assert "cleanpage serve" in run("--help").output
    assert "--port" in help_text
    assert "--port" not in run("--help").output
    assert TEXT in run("./serve").output
    assert len(run("./serve", "serve").stdout.splitlines()) == 2
    assert run("serve", "./serve").exit_code == 2


def test_options_are_documented() -> None:
    """Every option is in docs/serve.md."""
    documented = (ROOT / "docs" / "serve.md").read_text(encoding="utf-8")
    names = [name for option in serve.params for name in option.opts]
    assert [name for name in names if f"`{name}`" not in documented] == []


def test_port_in_use() -> None:
    """A port that is taken is said to be."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = run("serve", "--port", str(taken.getsockname()[1]))
    assert result.exit_code == 1
    assert re.search(r"cannot listen at 127\.0\.0\.1, port \d+: [^()]+; .*--port", result.stderr)


def test_unknown_host() -> None:
    """An address that is not one of this machine is said not to be."""
    result = run("serve", "--host", "192.0.2.1", "--port", "0")
    assert result.exit_code == 1
    assert re.search(r"cannot listen at 192\.0\.2\.1, port 0: [^()]+; .*--host", result.stderr)


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the libraries, what to install is said."""
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    result = run("serve")
    assert result.exit_code == 1
    assert "install cleanpage[serve]" in result.stderr


def test_running_server() -> None:
    """The command serves at an address of this machine alone, until it is interrupted."""
    arguments = [sys.executable, "-m", "cleanpage", "serve", "--port", "0"]
    with subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        found = re.search(r"http://127\.0\.0\.1:\d+/", process.stderr.readline())
        assert found
        answer: Any = urlopen(found[0], timeout=60)
        with answer:
            assert b"Try cleanpage" in answer.read()
            assert "server" not in answer.headers
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
        assert process.stderr.read() == ""

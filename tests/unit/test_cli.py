"""The command line: what goes in, what comes out, where, and with which exit code."""

from __future__ import annotations

import functools
import json
import os
import re
import signal
import stat
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

import cleanpage
from cleanpage import cli, native
from cleanpage.command.views import COLORS

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT = "After two years of work, the old bridge over the river opened again on Monday, and the first trams crossed it."
MORE = "The council had voted for the repair with a narrow majority; the costs stayed below what the mayor had feared."
PROMPT = "Log in or create an account to keep reading"
PAGE = f"""<html lang="en"><head><title>The bridge reopens</title></head><body>
<nav><a href="/">Home</a> <a href="/news">News</a></nav>
<article><h1>The bridge reopens</h1><p>{TEXT}</p><p>{MORE} <a href="/map">The map</a></p></article>
<form action="/login"><p>{PROMPT}</p></form></body></html>"""
DUMP = f"Home\nNews\n\nThe bridge reopens\n\n{TEXT}\n\n{MORE}\n\n{PROMPT}\n"

ESCAPE = "\x1b["
HEAVY = {"bs4", "charset_normalizer", "html_to_markdown", "langdetect", "nh3", "numpy", "pebble", "py3langid", "tqdm"}

needs_posix = pytest.mark.skipif(os.name != "posix", reason="pipes, terminals and signals of POSIX")


def run(*arguments: object, **options: Any) -> Result:
    """Runs the command in this process."""
    return CliRunner().invoke(cli.main, [str(argument) for argument in arguments], **options)


def start(*arguments: object, **options: Any) -> subprocess.Popen[bytes]:
    """Starts the command as a process of its own."""
    streams: dict[str, Any] = dict.fromkeys(("stdout", "stderr"), subprocess.PIPE) | {"stdin": subprocess.DEVNULL}
    return subprocess.Popen([sys.executable, "-m", "cleanpage", *map(str, arguments)], **(streams | options))


def finish(*arguments: object, **options: Any) -> tuple[int, bytes, bytes]:
    """Runs the command as a process: its exit code, standard output and standard error."""
    process = start(*arguments, **options)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def lines(result: Result) -> list[dict[str, Any]]:
    """The JSON lines of a run."""
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A page as a file."""
    path = tmp_path / "page.html"
    path.write_text(PAGE, encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with pages, a dump and other files in it."""
    root = tmp_path / "site"
    for name in ("b.html", "a/c.HTM", "a/d.txt", "e.xhtml", "notes.md", "a/image.png"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(DUMP if path.suffix == ".txt" else PAGE, encoding="utf-8")
    return root


# What comes out


def test_text_is_the_default(page: Path) -> None:
    """A file gives its main text, and nothing on standard error."""
    result = run(page)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == cleanpage.clean(page).text + "\n"
    assert TEXT in result.stdout
    assert PROMPT not in result.stdout


@pytest.mark.parametrize("view", ["text", "markdown", "html"])
def test_formats(page: Path, view: str) -> None:
    """Each view is the document's own."""
    result = run("-f", view, page)
    assert result.exit_code == 0
    assert result.stdout.rstrip("\n") == getattr(cleanpage.clean(page), view).rstrip("\n")
    assert result.stdout.endswith("\n")


def test_json_is_a_document(page: Path) -> None:
    """JSON holds every block, and can be read back."""
    result = run("--format", "json", page)
    assert result.exit_code == 0
    assert cleanpage.Document.from_json(result.stdout).to_dict() == cleanpage.clean(page).to_dict()


def test_page_without_text(tmp_path: Path) -> None:
    """A page with nothing in it prints nothing, and a warning that names it."""
    path = tmp_path / "bare.html"
    path.write_text("<html><body></body></html>")
    result = run(path)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.startswith(f"cleanpage: {path}: warning: ")


def test_quiet(tmp_path: Path) -> None:
    """Warnings can be switched off; errors cannot."""
    path = tmp_path / "bare.html"
    path.write_text("<html><body></body></html>")
    assert run("--quiet", path).stderr == ""
    assert run("-q", tmp_path / "absent.html").stderr


def test_blocks(page: Path) -> None:
    """The table has a line for each block, without colours where it does not go to a terminal."""
    result = run("--blocks", page)
    assert result.stdout == cleanpage.clean(page).explain() + "\n"
    assert ESCAPE not in result.stdout


def test_blocks_in_colour(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal every role is coloured, and nothing else is changed."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    result = run("--blocks", page, color=True)
    roles = re.findall(r"\x1b\[\d+m([a-z_]+)\x1b\[0m", result.stdout)
    assert roles == [block.role for block in cleanpage.clean(page).blocks]
    assert re.sub(r"\x1b\[\d+m", "", result.stdout) == run("--blocks", page).stdout


def test_no_color(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_COLOR switches the colours off (https://no-color.org)."""
    monkeypatch.setenv("NO_COLOR", "1")
    assert ESCAPE not in run("--blocks", page, color=True).stdout


def test_every_role_has_a_colour() -> None:
    """No role is forgotten."""
    assert set(COLORS) == set(cleanpage.Role)


def test_role(page: Path) -> None:
    """Only the blocks of the roles asked for are printed, a paragraph each."""
    blocks = cleanpage.clean(page).blocks
    assert run("--role", "login_prompt", page).stdout == f"{PROMPT}\n"
    expected = [block.text for block in blocks if block.role in ("navigation", "login_prompt")]
    assert len(expected) > 1
    result = run("--role", "login_prompt", "--role", "navigation", page)
    assert result.stdout == "\n\n".join(expected) + "\n"


def test_role_that_no_block_has(page: Path) -> None:
    """Nothing found is nothing printed."""
    result = run("--role", "comments", page)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")


def test_role_in_json_and_table(page: Path) -> None:
    """JSON and the table hold just these blocks, under their own index."""
    [expected] = cleanpage.clean(page).with_role("login_prompt")
    document = cleanpage.Document.from_json(run("-f", "json", "--role", "login_prompt", page).stdout)
    assert [block.index for block in document.blocks] == [expected.index]
    assert document.title == cleanpage.clean(page).title
    _, line = run("--blocks", "--role", "login_prompt", page).stdout.splitlines()
    assert line.startswith(f"{expected.index} ")


def test_keep_and_drop(page: Path) -> None:
    """Roles can be put into the main text, and left out of it."""
    assert PROMPT in run("--keep", "login_prompt", page).stdout
    result = run("--drop", "text", "--drop", "title", "--keep", "login_prompt", page)
    assert result.stdout == f"{PROMPT}\n"


def test_keep_and_drop_kinds(tmp_path: Path) -> None:
    """A kind of block can be left out by its name, and --help lists the names."""
    page = tmp_path / "table.html"
    page.write_text(PAGE.replace("</article>", "<table><tr><td>Zählung</td></tr></table></article>"), "utf-8")
    assert "Zählung" in run("--keep", "table", page).stdout
    assert "Zählung" not in run("--drop", "table", page).stdout
    assert "list_item" in run("--help").stdout


def test_favor(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is favoured reaches the cleaner."""
    made: list[str] = []

    def make(**options: Any) -> cleanpage.Cleaner:
        made.append(options["favor"])
        return cleanpage.Cleaner(**options)

    monkeypatch.setattr(cli, "Cleaner", make)
    assert run("--favor", "recall", page).exit_code == run(page).exit_code == 0
    assert made == ["recall", "balance"]


def test_report(page: Path, tmp_path: Path) -> None:
    """The report is written in place of the text, and holds the page's blocks and the name of the file."""
    target = tmp_path / "report.html"
    result = run("--report", target, page)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
    assert target.read_text(encoding="utf-8") == cleanpage.clean(page).to_report(str(page)) + "\n"


@pytest.mark.parametrize("arguments", [("-f", "json"), ("--blocks",), ("--role", "legal"), ("-o", "a.txt"), ("PAGE",)])
def test_report_is_alone(page: Path, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """What would do nothing beside a report is refused, as are several inputs."""
    target = tmp_path / "report.html"
    result = run("--report", target, page, *(str(page) if part == "PAGE" else part for part in arguments))
    assert result.exit_code == 2
    assert "--report" in result.stderr
    assert not target.exists()


def test_url_option(page: Path, tmp_path: Path) -> None:
    """The address makes links absolute, and stands in the JSON, of plain text as well."""
    url = "https://example.org/news/bridge"
    assert "(https://example.org/map)" in run("-f", "markdown", "--url", url, page).stdout
    dump = tmp_path / "dump.txt"
    dump.write_text(DUMP)
    assert json.loads(run("-f", "json", "--url", url, dump).stdout)["url"] == url


# What goes in


@pytest.mark.parametrize(
    ("name", "content", "is_page"),
    [
        ("page.html", DUMP, True),
        ("page.XHTML", DUMP, True),
        ("dump.txt", PAGE, False),
        ("page", PAGE, True),
        ("page.php", f"\ufeff \n{PAGE}", True),
        ("page.asp", f"Notice: cached copy\n<!DOCTYPE html>\n{PAGE}", True),
        ("dump", DUMP, False),
        ("dump.md", f"Write <b> for bold.\n\n{DUMP}", False),
    ],
)
def test_kind_of_input(tmp_path: Path, name: str, content: str, *, is_page: bool) -> None:
    """A telling name decides; else a file that begins like a page is one."""
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    blocks = json.loads(run("-f", "json", path).stdout)["blocks"]
    assert ["path" in block for block in blocks] == [is_page] * len(blocks)
    assert blocks


@pytest.mark.parametrize("charset", ["utf-16", "utf-8-sig", "utf-16-be"])
def test_kind_of_other_charsets(tmp_path: Path, charset: str) -> None:
    """A byte order mark, or two bytes a character, do not hide the first tag."""
    path = tmp_path / "page"
    path.write_bytes(PAGE.encode(charset))
    assert all("path" in block for block in json.loads(run("-f", "json", path).stdout)["blocks"])


def test_plain_and_html(tmp_path: Path) -> None:
    """The user knows better than the name."""
    path = tmp_path / "page.txt"
    path.write_text(PAGE)
    assert "path" in json.loads(run("-f", "json", "--html", path).stdout)["blocks"][0]
    assert "start" in json.loads(run("-f", "json", "--plain", path).stdout)["blocks"][0]


@pytest.mark.parametrize("arguments", [(), ("-",)])
@pytest.mark.parametrize("content", [PAGE, DUMP])
def test_standard_input(arguments: tuple[str, ...], content: str) -> None:
    """A piped page is read, with and without being asked for."""
    result = run(*arguments, input=content)
    assert result.exit_code == 0
    assert TEXT in result.stdout
    assert PROMPT not in result.stdout


def test_several_inputs(page: Path, tmp_path: Path) -> None:
    """Every input has its line, in order, with its name; a failure costs no other."""
    bare = tmp_path / "bare.html"
    bare.write_text("<p></p>")
    absent = tmp_path / "absent.html"
    result = run(page, absent, "-", bare, page, input=DUMP)
    assert result.exit_code == 1
    found = lines(result)
    assert [line["input"] for line in found] == [str(page), str(absent), "-", str(bare), str(page)]
    assert [line["status"] for line in found] == ["ok", "error", "ok", "empty", "ok"]
    assert found[0] == {"input": str(page), "status": "ok", "text": cleanpage.clean(page).text}
    assert set(found[1]) == {"input", "status", "error"}
    assert found[3]["text"] == ""
    errors = result.stderr.splitlines()
    assert errors[0] == f"cleanpage: {absent}: {found[1]['error']}"
    assert errors[1].startswith(f"cleanpage: {bare}: warning: ")


@pytest.mark.parametrize("view", ["markdown", "html"])
def test_several_inputs_in_other_formats(page: Path, view: str) -> None:
    """The content has the name of its format."""
    assert lines(run("-f", view, page, page))[1][view] == getattr(cleanpage.clean(page), view)


def test_several_documents(page: Path) -> None:
    """A line of JSON can be read back as it is."""
    result = run("-f", "json", page, page)
    documents = [cleanpage.Document.from_json(line) for line in result.stdout.splitlines()]
    assert [document.to_dict() for document in documents] == [cleanpage.clean(page).to_dict()] * 2
    assert lines(result)[0]["input"] == str(page)


def test_several_tables(page: Path, tmp_path: Path) -> None:
    """Tables stand under the names of their inputs."""
    result = run("--blocks", page, tmp_path / "absent", page)
    assert result.exit_code == 1
    assert re.findall(r"^==> (.+) <==$", result.stdout, re.MULTILINE) == [str(page), str(page)]
    assert result.stdout.count(cleanpage.clean(page).explain()) == 2


def test_folder(folder: Path) -> None:
    """All pages and dumps of a folder are read, sorted; other files are not."""
    result = run(folder)
    assert result.exit_code == 0
    names = [Path(line["input"]).relative_to(folder).as_posix() for line in lines(result)]
    assert names == ["a/c.HTM", "a/d.txt", "b.html", "e.xhtml"]
    assert all(TEXT in line["text"] for line in lines(result))


def test_folder_with_one_page(page: Path) -> None:
    """A folder gives JSON lines, however many pages are in it."""
    [line] = lines(run(page.parent))
    assert line["input"] == str(page)


def test_folder_without_pages(tmp_path: Path) -> None:
    """A folder with nothing to read is a failed input."""
    result = run(tmp_path)
    assert result.exit_code == 1
    assert lines(result)[0]["status"] == "error"
    assert f"cleanpage: {tmp_path}: the folder holds no" in result.stderr


def test_folder_that_cannot_be_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A closed folder among others is reported, and the others are read."""
    closed = str(folder / "a")
    scandir = os.scandir

    def refuse(path: str) -> Any:
        if str(path) == closed:
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    result = run(folder)
    assert result.exit_code == 1
    assert [(Path(line["input"]).name, line["status"]) for line in lines(result)] == [
        ("a", "error"),
        ("b.html", "ok"),
        ("e.xhtml", "ok"),
    ]
    assert f"cleanpage: {closed}: cannot be read (Permission denied)" in result.stderr


class Site(BaseHTTPRequestHandler):
    """Serves one page, and one dump."""

    def do_GET(self) -> None:
        """Answers by path."""
        is_dump = self.path.endswith("dump.txt?full")
        body = (DUMP if is_dump else PAGE).encode()
        self.send_response(404 if self.path == "/gone" else 200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Keeps the test's output clean."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The address of a running server."""
    with HTTPServer(("127.0.0.1", 0), Site) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()
        thread.join()


def test_url(site: str) -> None:
    """A URL is fetched; the document knows where it is from."""
    result = run("--allow-local", "-f", "json", f"{site}/bridge")
    assert result.exit_code == 0
    document = cleanpage.Document.from_json(result.stdout)
    assert (document.url, document.text) == (f"{site}/bridge", cleanpage.clean(PAGE).text)


def test_url_of_plain_text(site: str) -> None:
    """The name in a URL tells as that of a file does; what follows it does not."""
    data = json.loads(run("--allow-local", "-f", "json", f"{site}/dump.txt?full").stdout)
    assert data["url"] == f"{site}/dump.txt?full"
    assert all("start" in block for block in data["blocks"])


def test_url_that_fails(site: str) -> None:
    """A page that is gone is named once, with what the server said."""
    result = run("--allow-local", f"{site}/gone")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"cleanpage: {site}/gone answered with status 404")


@pytest.mark.parametrize("options", [(), ("--workers", "2")])
def test_local_url(site: str, options: tuple[str, ...]) -> None:
    """This machine's own addresses are refused unless asked for, also by workers; the error names the option."""
    names = [f"{site}/bridge"] * (2 if options else 1)
    result = run(*options, *names)
    assert result.exit_code == 1
    assert "--allow-local" in result.stderr
    assert run(*options, "--allow-local", *names).exit_code == 0


# What goes wrong


def test_absent_file(tmp_path: Path) -> None:
    """An absent file is named, with the cure."""
    result = run(tmp_path / "no-such-page.html")
    assert (result.exit_code, result.stdout) == (1, "")
    expected = "there is no such file; an address begins with https:// or http://"
    assert result.stderr == f"cleanpage: {tmp_path / 'no-such-page.html'}: {expected}\n"


def test_name_that_is_too_long() -> None:
    """A name that no file can have is an error as any other."""
    result = run("a" * 5000)
    assert result.exit_code == 1
    assert "cannot be read" in result.stderr


@pytest.mark.parametrize("name", ["report", "report.pdf", "page.html", "dump.txt"])
def test_binary_file(tmp_path: Path, name: str) -> None:
    """A file that is neither page nor text fails, whatever its name, and the error says what it is."""
    path = tmp_path / name
    path.write_bytes(b"%PDF-1.7 \x00\x01")
    result = run(path)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"cleanpage: {path}: ")
    assert "PDF" in result.stderr
    assert result.stderr.count("\n") == 1


def test_feed(tmp_path: Path) -> None:
    """A feed is no page either; its line says so."""
    path = tmp_path / "feed"
    path.write_text("<?xml version='1.0'?><rss version='2.0'><channel><title>News</title></channel></rss>")
    [line] = lines(run(path, path))[:1]
    assert line["status"] == "not_html"
    assert "RSS" in line["error"]


def test_large_file(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file over the limit has a status of its own."""
    monkeypatch.setattr(cli, "Cleaner", functools.partial(cleanpage.Cleaner, max_bytes=100))
    result = run(page, page)
    assert result.exit_code == 1
    assert [line["status"] for line in lines(result)] == ["too_large", "too_large"]
    assert f"cleanpage: {page}: is over 100 bytes" in result.stderr


def test_defect(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A defect that one page meets is reported, and costs no other page."""
    clean = cleanpage.Cleaner.clean

    def fail(self: cleanpage.Cleaner, content: object, url: str | None = None) -> cleanpage.Document:
        if content == b"<p>defect</p>":
            message = "no such thing"
            raise LookupError(message)
        return clean(self, content, url)

    monkeypatch.setattr(cleanpage.Cleaner, "clean", fail)
    bad = page.with_name("bad.html")
    bad.write_text("<p>defect</p>")
    result = run(bad, page)
    assert result.exit_code == 1
    assert [line["status"] for line in lines(result)] == ["error", "ok"]
    assert "LookupError: no such thing" in result.stderr


def test_weights_that_are_missing(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken installation is one error, however many inputs there are."""
    monkeypatch.setattr(cli, "Cleaner", functools.partial(cleanpage.Cleaner, weights=tmp_path))
    result = run(page, page)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: weights: ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--no-such-option"], "No such option"),
        (["-f", "xml", "PAGE"], "'xml' is not one of"),
        (["--role", "advert", "PAGE"], "'advert' is not one of"),
        (["--drop", "tables", "PAGE"], "'tables' is not one of"),
        (["--favor", "speed", "PAGE"], "'speed' is not one of"),
        (["--blocks", "-f", "text", "PAGE"], "--blocks prints a table"),
        (["--role", "title", "-f", "html", "PAGE"], "--role prints blocks as text or json"),
        (["--keep", "title", "--drop", "title", "PAGE"], "keep and drop both name title"),
        (["--url", "https://example.org", "PAGE", "PAGE"], "give one input"),
        (["--url", "https://example.org", "FOLDER"], "give one input"),
        (["-o", "FOLDER/absent/out.txt", "PAGE"], "No such file or directory"),
        (["-o", "FOLDER", "FOLDER"], "is an input"),
        (["--workers", "2", "PAGE"], "--workers is for several inputs"),
        (["--timeout", "2", "PAGE"], "--timeout is for several inputs"),
        (["--timeout", "0", "PAGE", "PAGE"], "0.0 is not in the range"),
        (["--errors", "e.jsonl", "PAGE"], "--errors is for several inputs"),
        (["--errors", "FOLDER/e.jsonl", "-o", "FOLDER/e.jsonl", "PAGE", "PAGE"], "name the same file"),
        (["--resume", "PAGE", "PAGE"], "give it as --output"),
    ],
)
def test_usage_errors(page: Path, arguments: list[str], message: str) -> None:
    """A wrong command ends with 2 before anything is read or written."""
    filled = [part.replace("PAGE", str(page)).replace("FOLDER", str(page.parent)) for part in arguments]
    result = run(*filled)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


# Where it goes


@pytest.mark.parametrize("arguments", [(), ("-f", "markdown"), ("-f", "json"), ("--blocks",)])
def test_output_file(page: Path, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """A file holds what standard output would, in UTF-8, and nothing else is left in its folder."""
    target = tmp_path / "out" / "text"
    target.parent.mkdir()
    result = run(*arguments, "-o", target, page)
    assert (result.exit_code, result.stdout) == (0, "")
    assert target.read_bytes() == run(*arguments, page).stdout_bytes
    assert list(target.parent.iterdir()) == [target]


def test_output_of_several_inputs(page: Path, tmp_path: Path) -> None:
    """Lines go into the file with the failures among them."""
    target = tmp_path / "out.jsonl"
    assert run("-o", target, page, tmp_path / "absent").exit_code == 1
    statuses = [json.loads(line)["status"] for line in target.read_text(encoding="utf-8").splitlines()]
    assert statuses == ["ok", "error"]


def test_failure_keeps_the_old_file(tmp_path: Path) -> None:
    """A file is not lost to an input that fails."""
    target = tmp_path / "out.txt"
    target.write_text("as it was")
    assert run("-o", target, tmp_path / "absent.html").exit_code == 1
    assert target.read_text() == "as it was"
    assert list(tmp_path.iterdir()) == [target]


@needs_posix
def test_output_keeps_mode_and_link(page: Path, tmp_path: Path) -> None:
    """A file that is replaced keeps its permissions, and a link to it stays a link."""
    target = tmp_path / "out.txt"
    target.write_text("as it was")
    target.chmod(0o640)
    link = tmp_path / "link.txt"
    link.symlink_to(target)
    assert run("-o", link, page).exit_code == 0
    assert link.is_symlink()
    assert TEXT in target.read_text(encoding="utf-8")
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


@needs_posix
def test_output_to_a_pipe(page: Path, tmp_path: Path) -> None:
    """What is no regular file is written to, and stays what it is."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    process = start("-o", pipe, page)
    assert TEXT.encode() in pipe.read_bytes()
    assert process.communicate(timeout=60) == (b"", b"")
    assert pipe.is_fifo()


# As a process


def test_process(page: Path, tmp_path: Path) -> None:
    """`python -m cleanpage` works, and its exit codes are those of the command."""
    assert finish(page) == (0, f"{cleanpage.clean(page).text}\n".encode(), b"")
    assert finish(tmp_path / "absent")[:2] == (1, b"")
    assert finish("--no-such-option")[:2] == (2, b"")


def test_utf8_in_any_locale(tmp_path: Path) -> None:
    """Output is UTF-8 whatever the locale says, and half a character pair is no reason to fail."""
    path = tmp_path / "page.html"
    path.write_text("<html lang='fr'><p>Les élèves ont visité le château près de 東京 hier matin. &#xD800;</p></html>")
    surroundings = os.environ | {
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONIOENCODING": "ascii",
    }
    _, out, err = finish(path, env=surroundings)
    assert "Les élèves ont visité le château près de 東京 hier matin." in out.decode("utf-8")
    assert err == b""


def test_lone_surrogates(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Text that no encoding can write is written with the replacement character."""
    document = cleanpage.clean_text("Half a pair \ud800 in a line of words that goes on for a while.")
    monkeypatch.setattr(cleanpage.Cleaner, "clean", lambda *_, **__: document)
    assert run("--role", document.blocks[0].role, page).stdout == f"{document.blocks[0].text}\n".replace(
        "\ud800", "\ufffd"
    )


@needs_posix
def test_file_name_without_encoding(tmp_path: Path) -> None:
    """A file whose name is no UTF-8, with a line break and an escape in it, is named in one safe line."""
    name = os.fsencode(tmp_path) + b"/p\xe9\n\x1b[31m.html"
    Path(os.fsdecode(name)).write_text(PAGE, encoding="utf-8")
    _, out, err = finish("-q", os.fsdecode(name), os.fsdecode(name) + "x")
    first, second = [json.loads(line) for line in out.decode("utf-8").splitlines()]
    assert first["input"] == f"{tmp_path}/p\ufffd\n\x1b[31m.html"
    assert TEXT in first["text"]
    assert second["status"] == "error"
    assert err.count(b"\n") == 1
    assert b"\x1b" not in err


@needs_posix
def test_broken_pipe(page: Path) -> None:
    """A reader that has enough ends the command without a word."""
    process = start(*[page] * 50)
    assert process.stdout is not None
    assert process.stdout.readline().startswith(b'{"input"')
    process.stdout.close()
    assert process.stderr is not None
    with process.stderr:
        assert process.stderr.read() == b""
    assert process.wait(60) == 1


@needs_posix
def test_interrupt(tmp_path: Path) -> None:
    """Ctrl-C ends the command, and leaves nothing half-written."""
    pipe, target = tmp_path / "pipe", tmp_path / "out" / "text.txt"
    target.parent.mkdir()
    os.mkfifo(pipe)
    process = start("-o", target, pipe)
    with pipe.open("wb"):  # opens when the command reads it
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert b"Aborted" in err
    assert list(target.parent.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full device")
def test_full_disk(page: Path) -> None:
    """What cannot be written is an error, not a traceback, also to a file, which still holds it as it is closed."""
    with Path("/dev/full").open("wb") as full:
        code, _, err = finish(page, stdout=full)
    assert code == 1
    assert err.startswith(b"Error: the output cannot be written: ")
    assert b"Traceback" not in err
    code, _, err = finish(page, "-o", "/dev/full")
    assert code == 1
    assert err.startswith(b"Error: the output cannot be written: ")
    assert b"Traceback" not in err


@needs_posix
@pytest.mark.parametrize(
    ("redirection", "code", "message"),
    [
        ("<&-", 2, b"there is no input"),
        ("- <&-", 1, b"cleanpage: standard input: is closed"),
        ("- >&-", 2, b"standard output is closed"),
    ],
)
def test_closed_streams(redirection: str, code: int, message: bytes) -> None:
    """A stream that is not there is an error that says so."""
    shell = ["sh", "-c", f'exec "$0" -m cleanpage {redirection}', sys.executable]
    done = subprocess.run(shell, input=PAGE.encode(), capture_output=True, check=False)
    assert done.returncode == code
    assert message in done.stderr


def in_terminal(*arguments: object) -> tuple[int, str]:
    """Runs the command with a terminal for all three streams."""
    pty = pytest.importorskip("pty")
    keyboard, terminal = pty.openpty()
    pytest.importorskip("termios").tcsetwinsize(terminal, (24, 120))
    surroundings = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    process = start(*arguments, stdin=terminal, stdout=terminal, stderr=terminal, env=surroundings)
    os.close(terminal)
    shown = b""
    while True:
        try:
            piece = os.read(keyboard, 4096)
        except OSError:  # how a terminal of Linux says that nobody writes to it any more
            break
        if not piece:
            break
        shown += piece
    os.close(keyboard)
    return process.wait(60), shown.decode("utf-8")


@needs_posix
def test_terminal_without_input() -> None:
    """Nobody is left waiting for a page to be typed."""
    code, shown = in_terminal()
    assert code == 2
    assert "there is no input" in shown


@needs_posix
def test_terminal_is_not_steered(page: Path) -> None:
    """Escapes of a page's own do not reach the terminal; a file gets them as they are."""
    page.write_text(PAGE.replace("the old bridge", f"the {ESCAPE}31mold bridge"), encoding="utf-8")
    assert ESCAPE not in in_terminal(page)[1]
    assert f"{ESCAPE}31mold bridge" in run(page).stdout


@needs_posix
def test_terminal_has_colours(page: Path) -> None:
    """The table is coloured on a real terminal."""
    code, shown = in_terminal("--blocks", page)
    assert code == 0
    assert re.search(r"\x1b\[31mlogin_prompt\x1b\[0m", shown)


@needs_posix
def test_terminal_has_progress(page: Path, tmp_path: Path) -> None:
    """Many pages have a bar on a terminal, unless --quiet says no."""
    arguments = (page, page, page, "-o", tmp_path / "out.jsonl")
    code, shown = in_terminal(*arguments)
    assert code == 0
    assert "3/3" in shown
    assert "failed=0" in shown
    assert in_terminal("-q", *arguments) == (0, "")


@needs_posix
def test_terminal_has_time_left(page: Path, tmp_path: Path) -> None:
    """The bar tells how many pages there are of a file that holds any number of them, too."""
    rows = tmp_path / "pages.jsonl"
    rows.write_text(f"{json.dumps({'html': page.read_text(encoding='utf-8')})}\n" * 40, encoding="utf-8")
    code, shown = in_terminal(rows, "-o", tmp_path / "out.jsonl")
    assert code == 0
    assert "40/40" in shown
    assert re.search(r"\d+/40 \[[\d:]+<[\d:]+, ", shown)


# Help


def test_help() -> None:
    """The help names every option and every role."""
    result = run("--help")
    assert result.exit_code == 0
    options = "--format --output --blocks --role --plain --html --favor --keep --drop --url --quiet --report --version"
    options += " --workers --timeout --errors --resume"
    assert [option for option in options.split() if option not in result.stdout] == []
    assert all(role in result.stdout for role in cleanpage.Role)
    assert run("-h").stdout == result.stdout


def test_help_is_in_the_docs() -> None:
    """The page on the command line describes every option."""
    text = (Path(__file__).parents[2] / "docs" / "cli.md").read_text(encoding="utf-8")
    assert [
        option
        for parameter in cli.main.params
        for option in parameter.opts
        if option.startswith("-") and f"`{option}" not in text
    ] == []


def test_version() -> None:
    """The version is the package's, and says whether the modules run that were compiled."""
    how = "compiled" if native.is_compiled() else "pure Python"
    assert run("--version").stdout.endswith(f", version {cleanpage.__version__} ({how})\n")


def test_help_loads_no_heavy_library() -> None:
    """The help comes at once: what cleans pages is not loaded for it."""
    code = "import json, sys, cleanpage.cli; print(json.dumps([name.partition('.')[0] for name in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert HEAVY.isdisjoint(json.loads(done.stdout))

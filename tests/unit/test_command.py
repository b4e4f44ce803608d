"""Many pages on the command line: what is read, where it goes, what a killed run leaves, what workers cost."""

from __future__ import annotations

import gzip
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet
import pytest
from click.testing import CliRunner, Result

import cleanpage
from cleanpage import cli
from cleanpage.command.batch import READERS
from cleanpage.command.inputs import MAX_PLACE_CHARS, place_of, suffix_of
from cleanpage.command.packing import open_file, pack, packing_of
from cleanpage.command.progress import PageTotal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

TEXT = "The ferry to the outer islands sails again from Thursday, after the gales of last week broke its landing stage."
PAGE = f"""<html lang="en"><body><nav><a href="/">Home</a> <a href="/ferries">Ferries</a></nav><article>
<h1>The ferry sails again</h1><p>{TEXT}</p><p>{TEXT} The second boat follows at noon.</p></article></body></html>"""
DUMP = f"Home\nFerries\n\nThe ferry sails again\n\n{TEXT}\n"
ROWS = [{"id": "a", "url": "https://example.org/a", "html": PAGE}, {"id": 7, "text": DUMP}, {"html": PAGE}]
KILLS = 5
FEW_LINES_A_PART = """if True:
    from cleanpage import cli
    from cleanpage.command import sinks

    sinks.PART_BYTES = 3000
    cli.main()
"""
"""Runs the command, which packs many lines at once, with so few that a run is killed between them."""

MANY = 250

needs_fork = pytest.mark.skipif(sys.platform != "linux", reason="workers have to be forked to have what a test patches")
needs_kill = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a signal that cannot be caught")


def run(*arguments: object) -> Result:
    """Runs the command in this process."""
    return CliRunner().invoke(cli.main, [str(argument) for argument in arguments])


def rows_of(text: str | Path) -> list[dict[str, Any]]:
    """Lines of JSON."""
    content = text.read_text(encoding="utf-8") if isinstance(text, Path) else text
    return [json.loads(line) for line in content.splitlines()]


def rows_in(path: Path) -> list[dict[str, Any]]:
    """The rows of a file that the command wrote, however it is packed."""
    if path.suffix == ".parquet":
        rows: list[dict[str, Any]] = pyarrow.parquet.read_table(path).to_pylist()
        return rows
    with open_file(str(path)) as (_, file):
        return rows_of(file.read().decode())


def write_rows(path: Path, rows: Iterable[object]) -> Path:
    """A file of JSON lines."""
    content = "".join(json.dumps(row) + "\n" for row in rows).encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def names_in(folder: Path) -> list[str]:
    """The files in a folder and in those in it."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with all kinds of files that are read, and one that is not."""
    root = tmp_path / "site"
    (root / "news" / "old").mkdir(parents=True)
    (root / "a.html").write_text(PAGE)
    (root / "news" / "b.HTM").write_text(PAGE)
    (root / "news" / "old" / "c.txt").write_text(DUMP)
    (root / "news" / "d.html.gz").write_bytes(gzip.compress(PAGE.encode()))
    (root / "news" / "image.png").write_bytes(b"\x89PNG")
    write_rows(root / "rows.jsonl.gz", ROWS)
    return root


# What goes in


def test_folder(site: Path) -> None:
    """All that can be read in a folder is, packed or not, rows one by one."""
    result = run(site)
    assert result.exit_code == 0
    found = rows_of(result.stdout)
    names = [Path(row["input"]).relative_to(site).as_posix() for row in found]
    assert names == [
        "a.html",
        "news/b.HTM",
        "news/d.html.gz",
        "news/old/c.txt",
        *(f"rows.jsonl.gz:{number}" for number in (1, 2, 3)),
    ]
    assert all(TEXT in row["text"] for row in found)


def test_rows(tmp_path: Path) -> None:
    """A row's id and url go along; text is read as plain text, html as HTML."""
    path = write_rows(tmp_path / "pages.jsonl", ROWS)
    found = rows_of(run("-f", "json", path).stdout)
    assert [row.get("id") for row in found] == ["a", 7, None]
    assert [row["url"] for row in found] == ["https://example.org/a", "", ""]
    assert ["path" in row["blocks"][0] for row in found] == [True, False, True]
    assert rows_of(run(path).stdout)[0] == {
        "input": f"{path}:1",
        "status": "ok",
        "id": "a",
        "url": "https://example.org/a",
        "text": cleanpage.clean(PAGE).text,
    }


@pytest.mark.parametrize("line", [b"{", b"[1]", b'{"html": 5}', b'{"id": 1}', b"\xff\xfe\xfa", b"[" * 100_000])
def test_bad_row(tmp_path: Path, line: bytes) -> None:
    """A line that is no page fails alone, under its number; an empty line is none."""
    path = tmp_path / "pages.jsonl"
    good = json.dumps(ROWS[0]).encode()
    path.write_bytes(b"\n".join([line, b"", good]))
    result = run(path)
    assert result.exit_code == 1
    assert [(row["input"], row["status"]) for row in rows_of(result.stdout)] == [
        (f"{path}:1", "error"),
        (f"{path}:3", "ok"),
    ]


def test_long_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line over the limit fails alone."""
    monkeypatch.setattr(cli, "Cleaner", lambda **_: cleanpage.Cleaner(max_bytes=2000))
    path = write_rows(tmp_path / "pages.jsonl", [ROWS[0], {"html": "x" * 3_000_000}, ROWS[2]])
    assert [row["status"] for row in rows_of(run(path).stdout)] == ["ok", "too_large", "ok"]


@pytest.mark.parametrize(("name", "count"), [("pages.jsonl.gz", 3), ("page.html.gz", 1)])
def test_broken_archive(tmp_path: Path, name: str, count: int) -> None:
    """A file that breaks off, or is no gzip, is a failed input; the rows before the break are read."""
    path = tmp_path / name
    packed = gzip.compress((json.dumps(ROWS[0]) + "\n").encode() * 2 + os.urandom(200_000).hex().encode())
    path.write_bytes(packed[:-100_000])
    found = rows_of(run(path, path).stdout)
    assert len(found) == 2 * count
    assert found[-1]["status"] == "error"
    path.write_bytes(b"<p>no gzip</p>")
    assert "cannot be read" in rows_of(run(path, path).stdout)[0]["error"]


def test_pattern(site: Path) -> None:
    """A pattern stands for files; two asterisks go into folders; a file with that very name goes first."""
    found = [Path(row["input"]).name for row in rows_of(run(site / "**" / "*.[Hh]*").stdout)]
    assert found == ["a.html", "b.HTM", "d.html.gz"]
    assert "there is no such file" in rows_of(run(site / "*.pdf").stdout)[0]["error"]


@pytest.mark.skipif(os.name != "posix", reason="an asterisk in a file's name")
def test_name_like_a_pattern(site: Path) -> None:
    """A file with the very name of a pattern goes before what matches."""
    (site / "*.html").write_text(PAGE)
    assert run(site / "*.html").stdout == run(site / "a.html").stdout


def response(body: bytes, head: str = "text/html", status: str = "200 OK", kind: str = "response") -> bytes:
    """A packed WARC record of an answer."""
    http = f"HTTP/1.1 {status}\r\nContent-Type: {head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    fields = {
        "WARC-Type": kind,
        "WARC-Target-URI": "https://example.org/ferry",
        "WARC-Date": "2026-03-01T10:00:00Z",
        "Content-Type": "application/http; msgtype=response",
        "Content-Length": len(http),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return gzip.compress(f"WARC/1.0\r\n{lines}\r\n".encode() + http + b"\r\n\r\n")


@pytest.mark.parametrize("workers", [1, 2])
def test_warc(tmp_path: Path, workers: int) -> None:
    """Successful answers with HTML are pages, with their address, date and charset; other records are not."""
    latin = PAGE.replace("ferry sails", "fähre sails").encode("latin-1")
    packed = response(gzip.compress(PAGE.encode()), "text/html\r\nContent-Encoding: gzip")
    others = response(b"x", "image/png") + response(b"x", status="404 Not Found") + response(b"x", kind="request")
    path = tmp_path / "crawl.warc.gz"
    path.write_bytes(response(latin, "text/html; charset=iso-8859-1") + others + packed)
    result = run(path, "--workers", workers)
    first, second = rows_of(result.stdout)
    assert first["input"] == f"{path}:0"
    assert (first["url"], first["date"]) == ("https://example.org/ferry", "2026-03-01T10:00:00Z")
    assert "fähre sails" in first["text"]
    assert second["text"] == cleanpage.clean(PAGE).text
    offset = int(second["input"].rpartition(":")[2])
    assert path.read_bytes()[offset:] == packed


@pytest.mark.parametrize("packing", [".gz", ".zst"])
def test_warc_packed_as_a_whole(tmp_path: Path, packing: str) -> None:
    """Records that have no offset of their own have names of their own, and files."""
    path = tmp_path / f"crawl.warc{packing}"
    pages = [PAGE.replace("noon", f"{hour} o'clock").encode() for hour in range(4)]
    path.write_bytes(pack(b"".join(gzip.decompress(response(page)) for page in pages), packing))
    assert run(path, "-o", f"{tmp_path}/out/").exit_code == 0
    files = [file.read_text(encoding="utf-8") for file in (tmp_path / "out").rglob("*.txt")]
    assert sorted(files) == [cleanpage.clean(page).text + "\n" for page in pages]
    rows = rows_of(run(path).stdout)
    assert len({row["input"] for row in rows}) == len(pages)
    assert all(f"{hour} o'clock" in row["text"] for hour, row in enumerate(rows))


def test_warc_with_empty_members(tmp_path: Path) -> None:
    """A gzip member that holds nothing, as of an empty file put before another, does not end the file."""
    path, empty, page = tmp_path / "crawl.warc.gz", gzip.compress(b""), response(PAGE.encode())
    path.write_bytes(empty + page + page + empty + empty + page + empty)
    result = run(path)
    starts = [len(empty), len(empty + page), len(empty * 3 + page * 2)]
    assert [row["input"] for row in rows_of(result.stdout)] == [f"{path}:{start}" for start in starts]
    assert result.exit_code == 0


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_warc_from_a_pipe(tmp_path: Path) -> None:
    """A pipe, in which nobody can go back, is a failed input."""
    path = tmp_path / "crawl.warc"
    os.mkfifo(path)
    with os.fdopen(os.open(path, os.O_RDWR), "wb") as pipe:  # for reading too, so that nothing waits for the other end
        pipe.write(gzip.decompress(response(PAGE.encode())))
        pipe.flush()
        rows = rows_of(run(path).stdout)
    assert [row["status"] for row in rows] == ["error"]
    assert "cannot be read" in rows[0]["error"]


@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz", ".jsonl.zst", ".parquet", ".warc", ".warc.gz"])
def test_total_of_pages(tmp_path: Path, suffix: str) -> None:
    """How many pages there will have been is reckoned on the way, and right when all are read."""
    count, path = 2000, tmp_path / f"pages{suffix}"
    texts = [f"{number} {random.randbytes(100).hex()}" for number in range(count)]
    if suffix == ".parquet":
        pyarrow.parquet.write_table(pyarrow.table({"text": texts}), path)
    elif ".warc" in suffix:
        records = [response(text.encode()) for text in texts]
        path.write_bytes(b"".join(records if suffix == ".warc.gz" else map(gzip.decompress, records)))
    else:
        lines = "".join(f"{json.dumps({'text': text})}\n" for text in texts)
        path.write_bytes(pack(lines.encode(), packing_of(suffix)))
    files = [str(path), str(path)]
    total, found = PageTotal(files), []
    for name in files:
        for page in total.count(name, READERS[suffix_of(name)](name, "", 10_000)):
            assert 0 <= page.share <= 1
            found.append(total.reckoned())
    assert len(found) == 2 * count
    assert found[count // 2] == pytest.approx(2 * count, rel=0.25)
    assert total.reckoned() == 2 * count


def test_total_of_files(tmp_path: Path) -> None:
    """Files of a page each are counted; of a pipe nothing is known."""
    assert PageTotal(["a.html", "b.html"]).reckoned() == 2
    assert PageTotal([str(tmp_path / "absent.jsonl")]).reckoned() is None


@pytest.mark.parametrize("unpack", [bytes, gzip.decompress])
def test_warc_that_breaks_off(tmp_path: Path, unpack: Callable[[bytes], bytes]) -> None:
    """A page that is not all there is a failed input."""
    path = tmp_path / "crawl.warc"
    path.write_bytes(unpack(response(PAGE.encode()) + response(f"<p>{os.urandom(40_000).hex()}".encode()))[:-9000])
    rows = rows_of(run(path).stdout)
    assert [row["status"] for row in rows] == ["ok", "error"]
    assert "breaks off" in rows[1]["error"]


def test_warc_that_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no WARC file, a page that is too large, and a missing reader are failed inputs that say so."""
    path = tmp_path / "crawl.warc"
    path.write_bytes(PAGE.encode() * 5)
    assert "cannot be read" in rows_of(run(path).stdout)[0]["error"]
    assert rows_of(run(tmp_path / "absent.warc").stdout)[0]["status"] == "error"
    path.write_bytes(gzip.decompress(response(b"<p>" + b"x" * 3000)))
    with monkeypatch.context() as patched:
        patched.setattr(cli, "Cleaner", lambda **_: cleanpage.Cleaner(max_bytes=2000))
        assert rows_of(run(path).stdout)[0]["status"] == "too_large"
    monkeypatch.setitem(sys.modules, "fastwarc.warc", None)
    assert "cleanpage[batch]" in rows_of(run(path).stdout)[0]["error"]


# Where it goes


def test_folder_of_outputs(site: Path, tmp_path: Path) -> None:
    """Each page has its own file, under the folders and the name that it had."""
    target = tmp_path / "new" / "out"
    assert run(site, "-f", "markdown", "-o", f"{target}/").exit_code == 0
    assert names_in(target) == [
        "a.html.md",
        "news/b.HTM.md",
        "news/d.html.gz.md",
        "news/old/c.txt.md",
        *(f"rows.jsonl.gz/{number}.md" for number in (1, 2, 3)),
    ]
    assert (target / "a.html.md").read_text() == cleanpage.clean(PAGE).markdown + "\n"


@pytest.mark.parametrize(
    ("arguments", "suffix"),
    [
        ((), ".txt"),
        (("-f", "html"), ".html"),
        (("-f", "tei"), ".xml"),
        (("--blocks",), ".txt"),
        (("--role", "text"), ".txt"),
    ],
)
def test_file_is_as_alone(site: Path, tmp_path: Path, arguments: tuple[str, ...], suffix: str) -> None:
    """A page's file holds what standard output would, were it alone."""
    run(*arguments, site / "a.html", "-o", f"{tmp_path}/out/")
    assert (tmp_path / "out" / f"a.html{suffix}").read_text() == run(*arguments, site / "a.html").stdout


def test_json_files_have_ids(site: Path, tmp_path: Path) -> None:
    """A row's id is in its document."""
    run("-f", "json", site / "rows.jsonl.gz", "-o", f"{tmp_path}/out/")
    data = json.loads((tmp_path / "out" / "rows.jsonl.gz" / "1.json").read_text())
    assert (data["id"], data["url"]) == ("a", "https://example.org/a")
    assert cleanpage.Document.from_dict(data).blocks


def test_several_folders(site: Path, tmp_path: Path) -> None:
    """Inputs of several folders keep what distinguishes them."""
    target = tmp_path / "out"
    run(site / "news" / "old", site / "a.html", site / "news" / "*.gz", "-o", f"{target}/")
    assert names_in(target) == ["a.html.txt", "news/d.html.gz.txt", "news/old/c.txt.txt"]


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://example.org", "example.org/index"),
        ("https://example.org/../../etc/passwd", "example.org/..%2F..%2Fetc%2Fpasswd"),
        ("https://example.org/a?b=c", "example.org/a%3Fb%3Dc"),
    ],
)
def test_place_of_address(url: str, place: str) -> None:
    """An address becomes a file that lies in the folder of its host."""
    assert place_of(url, "") == place
    longs = {place_of(f"{url}/{'x' * 300}{end}", "") for end in "ab"}
    assert len(longs) == 2
    assert max(map(len, longs)) < MAX_PLACE_CHARS + 40


def test_failed_page_has_no_file(site: Path, tmp_path: Path) -> None:
    """What failed is told, and goes into the file of errors if there is one; an empty page is no failure."""
    bare = site / "bare.html"
    bare.write_text("<p></p>")
    target, errors = tmp_path / "out", tmp_path / "errors.jsonl"
    result = run(site / "a.html", site / "absent.html", bare, "-o", f"{target}/", "--errors", errors)
    assert result.exit_code == 1
    assert names_in(target) == ["a.html.txt", "bare.html.txt"]
    [row] = rows_of(errors)
    assert set(row) == {"input", "status", "error"}
    assert f"cleanpage: {row['input']}: {row['error']}" in result.stderr


def test_errors_beside_lines(site: Path, tmp_path: Path) -> None:
    """With a file of errors, the output holds what succeeded."""
    errors = tmp_path / "errors.jsonl"
    result = run(site / "a.html", site / "absent.html", "--errors", errors)
    assert [row["status"] for row in rows_of(result.stdout)] == ["ok"]
    assert [row["status"] for row in rows_of(errors)] == ["error"]
    assert names_in(tmp_path).count("errors.jsonl") == 1


@pytest.mark.skipif(os.name != "posix", reason="pipes of POSIX")
@pytest.mark.parametrize("option", ["-o", "--errors"])
def test_pipe(site: Path, tmp_path: Path, option: str) -> None:
    """What is no regular file is written to, and stays what it is."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    names = [str(tmp_path / "a.html"), str(tmp_path / "b.html")]
    command = [sys.executable, "-m", "cleanpage", "-q", *names, option, str(pipe)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert [row["status"] for row in rows_of(pipe)] == ["error", "error"]
    assert process.wait(60) == 1
    assert pipe.is_fifo()


def test_own_output_is_not_read(site: Path) -> None:
    """What the command wrote into a folder is not read with it, neither now nor later."""
    for _ in range(2):
        run(site, "-o", site / "out.jsonl", "--errors", site / "errors.jsonl")
        assert len(rows_of(site / "out.jsonl")) == 7
    for _ in range(2):
        run(site / "news", "-o", f"{site}/news/out/")
        assert len(names_in(site / "news" / "out")) == 3


def test_summary(site: Path, tmp_path: Path) -> None:
    """The last line on standard error counts the pages; --quiet leaves it out."""
    result = run(site, tmp_path / "absent.html")
    assert "cleanpage: 8 pages in " in result.stderr.splitlines()[-1]
    assert result.stderr.endswith(": 7 ok, 1 error\n")
    assert run(site, "-q").stderr == ""


# A run that did not end


@needs_kill
@pytest.mark.parametrize("output", ["out.jsonl", "out.jsonl.gz", "out.jsonl.zst", "out.parquet", "out/"])
def test_kill_and_resume(tmp_path: Path, output: str) -> None:
    """A run that is killed again and again, at any moment, comes to what one run comes to: no page lost, none twice."""
    pages = tmp_path / "pages.jsonl"
    write_rows(
        pages, ({"html": PAGE.replace("ferry", f"ferry {number}")} if number % 9 else {} for number in range(MANY))
    )
    errors = tmp_path / "errors.jsonl"
    target = tmp_path / output
    command = [pages, "--errors", errors, "--resume", "--workers", "2", "-q", "-o", f"{tmp_path}/{output}"]
    kills = 0
    for seed in range(KILLS):
        process = subprocess.Popen([sys.executable, "-c", FEW_LINES_A_PART, *map(str, command)], cwd=tmp_path)
        wait_for_more(tmp_path, process)
        time.sleep(random.Random(seed).random() / 10)
        process.kill()
        kills += process.wait() == -signal.SIGKILL
    assert kills >= 2
    assert run(*command).exit_code in {0, 1}
    failed = [row["input"] for row in rows_of(errors)]
    assert failed == [f"{pages}:{number + 1}" for number in range(0, MANY, 9)]
    if output.endswith("/"):
        found = [int(name.partition(".")[0]) for name in names_in(target / "pages.jsonl")]
    else:
        rows = rows_in(target)
        found = [int(row["input"].rpartition(":")[2]) for row in rows]
        assert all(f"ferry {number - 1} " in row["text"] for number, row in zip(found, rows, strict=True))
        assert found == sorted(found)
    assert sorted(found) == [number + 1 for number in range(MANY) if number % 9]
    assert not list(tmp_path.glob(".*"))


def wait_for_more(folder: Path, process: subprocess.Popen[bytes]) -> None:
    """Waits until a run has written something, or has ended."""

    def written() -> int:
        sizes = [path.stat().st_size for path in folder.rglob(".*.part")]
        return sum(sizes) + len(list(folder.glob("out/**/*.txt")))

    before, end = written(), time.monotonic() + 60
    while written() == before and process.poll() is None and time.monotonic() < end:
        time.sleep(0.01)


def test_unfinished_line(site: Path, tmp_path: Path) -> None:
    """A line that a killed run did not finish is written anew."""
    target, draft = tmp_path / "out.jsonl", tmp_path / ".out.jsonl.part"
    run(site, "-o", target)
    whole = target.read_bytes()
    draft.write_bytes(whole[: whole.index(b"\n") + 30])
    target.unlink()
    result = run(site, "-o", target, "--resume")
    assert target.read_bytes() == whole
    assert result.stderr.endswith("6 ok; 1 were done before\n")


def test_resume_of_what_ended(site: Path, tmp_path: Path) -> None:
    """Going on with a run that ended cleans the pages that are new."""
    target = tmp_path / "out.jsonl"
    run(site, "-o", target)
    before = target.read_bytes()
    run(site, "-o", target, "--resume")
    assert target.read_bytes() == before
    (site / "z.html").write_text(PAGE)
    run(site, "-o", target, "--resume")
    assert target.read_bytes().startswith(before)
    assert len(rows_of(target)) == 8
    assert names_in(tmp_path) == sorted(["out.jsonl", *(f"site/{name}" for name in names_in(site))])


def test_nothing_written_leaves_nothing(site: Path, tmp_path: Path) -> None:
    """A run that fails before its first page leaves no half of a file behind."""
    result = run(site, "-o", tmp_path / "out.jsonl", "--errors", tmp_path / "absent" / "errors.jsonl")
    assert run(site, "-o", tmp_path / "out.jsonl", "--errors", site).exit_code == 2
    assert result.exit_code == 2
    assert "--errors" in result.stderr
    assert list(tmp_path.iterdir()) == [site]


def test_interrupted_run(site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C keeps what is done, says how to go on, and leaves an older output as it was."""
    target = tmp_path / "out.jsonl"
    target.write_text("as it was")

    def interrupt(*_: object) -> cleanpage.Document:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(cleanpage.Cleaner, "clean_text", interrupt)
        result = run(site, "-o", target)
    assert result.exit_code == 1
    assert "--resume" in result.stderr
    assert target.read_text() == "as it was"
    assert len(rows_of(tmp_path / ".out.jsonl.part")) == 3
    assert run(site, "-o", target, "--resume").exit_code == 0
    assert target.read_text() == run(site).stdout


def test_same_input_twice(site: Path, tmp_path: Path) -> None:
    """A page that is given twice is written twice, also by a run that goes on."""
    target = tmp_path / "out.jsonl"
    page = site / "a.html"
    run(page, page, "-o", target)
    run(page, page, page, "-o", target, "--resume")
    assert [row["input"] for row in rows_of(target)] == [str(page)] * 3


def test_unfinished_run_is_not_lost(site: Path, tmp_path: Path) -> None:
    """Without --resume, what a killed run left is neither overwritten nor gone on with."""
    draft = tmp_path / ".out.jsonl.part"
    draft.write_bytes(b'{"input": "a"}\n')
    result = run(site, "-o", tmp_path / "out.jsonl")
    assert result.exit_code == 2
    assert "go on with --resume" in result.stderr
    assert draft.read_bytes() == b'{"input": "a"}\n'


@pytest.mark.parametrize("content", [b"my notes\n", b"[1]\n", b'{"name": "a"}\n'])
def test_resume_with_a_foreign_file(site: Path, tmp_path: Path, content: bytes) -> None:
    """A file that the command did not write is left alone."""
    target = tmp_path / "out.jsonl"
    target.write_bytes(content)
    result = run(site, "-o", target, "--resume")
    assert result.exit_code == 2
    assert "--resume cannot go on" in result.stderr
    assert target.read_bytes() == content
    assert names_in(tmp_path) == sorted(["out.jsonl", *(f"site/{name}" for name in names_in(site))])


# Worker processes


def test_workers_write_the_same(site: Path, tmp_path: Path) -> None:
    """Workers change nothing but the time."""
    bare = tmp_path / "absent.html"
    assert run(site, bare, "--workers", "2").stdout == run(site, bare).stdout


def test_workers_and_standard_input(site: Path) -> None:
    """Standard input is read for the workers."""
    result = CliRunner().invoke(cli.main, ["--workers", "2", "-", str(site / "a.html")], input=PAGE)
    assert [row["status"] for row in rows_of(result.stdout)] == ["ok", "ok"]


@needs_fork
def test_hang_and_crash(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that takes for ever, one that ends its worker, and one of 300 MB cost no other."""
    clean = cleanpage.Cleaner.clean

    def misbehave(self: cleanpage.Cleaner, content: object, url: str | None = None) -> cleanpage.Document:
        if content == b"hang":
            time.sleep(600)
        if content == b"crash":
            os._exit(9)
        return clean(self, content, url)

    monkeypatch.setattr(cleanpage.Cleaner, "clean", misbehave)
    (site / "hang.html").write_text("hang")
    (site / "crash.html").write_text("crash")
    with (site / "huge.html").open("wb") as file:
        file.truncate(300_000_000)
    names = ("a", "hang", "crash", "huge", "a")
    result = run(*(site / f"{name}.html" for name in names), "--timeout", "5", "--workers", 2)
    assert result.exit_code == 1
    assert [row["status"] for row in rows_of(result.stdout)] == ["ok", "timeout", "error", "too_large", "ok"]

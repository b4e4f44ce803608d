"""Packed files and Parquet files on the command line: what is read of them, what is written, how a run goes on."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

import cleanpage
from cleanpage import cli
from cleanpage.command import packing, parquet, sinks
from cleanpage.command.packing import open_file, pack, whole_parts, zstandard

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT = "The lighthouse keeper wrote down the wind every three hours, and nobody had asked him to for forty years."
PAGE = f"""<html lang="en"><head><title>The log of the lighthouse</title></head><body><nav><a href="/">Home</a></nav>
<article><h1>The log of the lighthouse</h1><p>{TEXT}</p><table><tr><th>Hour</th><th>Wind</th></tr><tr><td>3</td>
<td>7</td></tr><tr><td>6</td><td>8</td></tr></table></article></body></html>"""
DUMP = f"Home\n\nThe log of the lighthouse\n\n{TEXT}\n"
ROWS: list[dict[str, Any]] = [
    {"id": "a", "url": "https://example.org/a", "html": PAGE, "text": None},
    {"id": "b", "url": None, "html": None, "text": DUMP},
    {"id": None, "url": None, "html": None, "text": None},
]


def run(*arguments: object) -> Result:
    """Runs the command in this process."""
    return CliRunner().invoke(cli.main, [str(argument) for argument in arguments])


def lines(text: str | bytes) -> list[dict[str, Any]]:
    """JSON lines."""
    return [json.loads(line) for line in text.splitlines()]


def rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a Parquet file."""
    found: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return found


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A Parquet file of three rows in two row groups: a page, a dump, nothing."""
    path = tmp_path / "pages.parquet"
    pq.write_table(pa.Table.from_pylist(ROWS), path, row_group_size=2)
    return path


# Packed files


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_packed_lines(tmp_path: Path, suffix: str) -> None:
    """Lines are read and written packed; they are those of a file that is not."""
    content = "".join(json.dumps(row) + "\n" for row in ROWS).encode()
    path = tmp_path / f"pages.jsonl{suffix}"
    path.write_bytes(pack(content[:50], suffix) + pack(content[50:], suffix))  # a line may reach over two parts
    target = tmp_path / "out" / f"out.jsonl{suffix}"
    target.parent.mkdir()
    assert run(path, "-o", target).exit_code == 1
    with open_file(str(target)) as (_, file):
        written = file.read()
    assert written.decode() == run(path).stdout
    assert [line["status"] for line in lines(written)] == ["ok", "ok", "error"]
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_packed_page(tmp_path: Path, suffix: str) -> None:
    """One page is read and written packed as well, and found in a folder."""
    path = tmp_path / f"page.html{suffix}"
    path.write_bytes(pack(PAGE.encode(), suffix))
    target = tmp_path / f"text.txt{suffix}"
    assert run(path, "-o", target).exit_code == 0
    with open_file(str(target)) as (_, file):
        assert file.read().decode() == run(path).stdout
    assert len(lines(run(tmp_path).stdout)) == 2


def test_long_window(tmp_path: Path) -> None:
    """What was packed to be as small as can be is read."""
    zstd = zstandard()
    path = tmp_path / "pages.jsonl.zst"
    options = {
        zstd.CompressionParameter.enable_long_distance_matching: 1,
        zstd.CompressionParameter.window_log: 28,
        zstd.CompressionParameter.content_size_flag: 0,
    }
    with zstd.open(path, "wb", options=options) as file:
        file.write(json.dumps(ROWS[0]).encode())
    assert run(path).exit_code == 0


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_packed_file_that_breaks_off(tmp_path: Path, suffix: str) -> None:
    """The rows before the break are read; the rest is a failed page."""
    path = tmp_path / f"pages.jsonl{suffix}"
    line = json.dumps(ROWS[0]).encode() + b"\n"
    path.write_bytes(pack(line, suffix) + pack(line, suffix)[:-9])
    statuses = [row["status"] for row in lines(run(path).stdout)]
    assert statuses[0] == "ok"
    assert statuses[-1] == "error"
    path.write_bytes(b"<p>not packed</p>")
    assert "cannot be read" in lines(run(path).stdout)[0]["error"]


@pytest.mark.parametrize("suffix", ["", ".gz", ".zst"])
def test_whole_parts(tmp_path: Path, suffix: str) -> None:
    """Wherever a file is cut off, what is whole is found, and where it ends."""
    contents = [b"a line\n", b"another\n", b"x" * 200 + b"\n"]
    packed = [pack(content, suffix) for content in contents]
    ends = [len(b"".join(packed[: count + 1])) for count in range(3)]
    path = tmp_path / "file"
    for length in range(ends[-1] + 1):
        path.write_bytes(b"".join(packed)[:length])
        with path.open("rb") as file:
            found = list(whole_parts(file, suffix))
        count = sum(end <= length for end in ends)
        assert found == list(zip(ends[:count], contents[:count], strict=True))


def test_lines_do_not_wait_for_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines are packed when they are many or when time has passed; a run that fails keeps all of them."""
    clean = cleanpage.Cleaner.clean
    parts: list[int] = []

    def interrupt(self: cleanpage.Cleaner, page: Any, url: str | None = None) -> cleanpage.Document:
        with (tmp_path / ".out.jsonl.gz.part").open("rb") as file:
            parts.append(len(list(whole_parts(file, ".gz"))))
        if len(parts) == 4:
            raise KeyboardInterrupt
        return clean(self, page, url)

    page = tmp_path / "page.html"
    page.write_text(PAGE)
    monkeypatch.setattr(cleanpage.Cleaner, "clean", interrupt)
    with monkeypatch.context() as patched:
        patched.setattr(sinks, "FLUSH_SECONDS", 0.0)
        assert run(*[page] * 9, "-o", tmp_path / "out.jsonl.gz").exit_code == 1
    assert parts == [0, 1, 2, 3]
    monkeypatch.setattr(cleanpage.Cleaner, "clean", clean)
    result = run(*[page] * 9, "-o", tmp_path / "out.jsonl.gz", "--resume")
    assert result.stderr.endswith("6 ok; 3 were done before\n")
    assert len(lines(gzip.decompress((tmp_path / "out.jsonl.gz").read_bytes()))) == 9


# Parquet files


@pytest.mark.parametrize("workers", [1, 2])
def test_read_parquet(source: Path, workers: int) -> None:
    """Rows are those of JSON lines with the same fields; a row without a page fails alone."""
    found = lines(run(source, "--workers", workers).stdout)
    assert found[0] == {
        "input": f"{source}:1",
        "status": "ok",
        "id": "a",
        "url": "https://example.org/a",
        "text": cleanpage.clean(PAGE, "https://example.org/a").text,
    }
    assert found[1]["text"] == cleanpage.clean_text(DUMP).text
    assert [(row["input"], row["status"]) for row in found[2:]] == [(f"{source}:3", "error")]


def test_folder_with_parquet(source: Path, tmp_path: Path) -> None:
    """Such files are found in a folder, and give a file a row."""
    assert run(source.parent, "-o", f"{tmp_path}/out/").exit_code == 1
    assert sorted(path.name for path in (tmp_path / "out" / source.name).iterdir()) == ["1.txt", "2.txt"]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (pa.binary(), [PAGE.encode(), PAGE.replace("keeper", "wärter").encode("latin-1")]),
        (pa.large_string(), [PAGE, PAGE]),
        (pa.dictionary(pa.int32(), pa.string()), [PAGE, PAGE]),
    ],
    ids=str,
)
def test_types_of_pages(tmp_path: Path, kind: Any, values: list[Any]) -> None:
    """Pages are strings or bytes, whatever their type is called; other columns, and their types, do not matter."""
    path = tmp_path / "pages.parquet"
    columns = {
        "html": pa.array(values, kind),
        "id": pa.array([1, 2]),
        "fetched": pa.array([1, None], pa.timestamp("s")),
    }
    pq.write_table(pa.table(columns), path)
    first, second = lines(run(path).stdout)
    assert (first["id"], second["id"]) == (1, 2)
    assert TEXT in first["text"]
    assert ("wärter" in second["text"]) == (kind == pa.binary())


def test_ids_of_any_type(tmp_path: Path) -> None:
    """An id that JSON does not know is written as text."""
    path = tmp_path / "pages.parquet"
    pq.write_table(pa.table({"text": [DUMP], "id": pa.array([0], pa.timestamp("s"))}), path)
    assert lines(run(path).stdout)[0]["id"] == "1970-01-01 00:00:00"
    pq.write_table(pa.table({"text": [DUMP], "id": pa.array([b"\xff\x01"])}), path)
    assert lines(run(path).stdout)[0]["id"] == "ff01"
    pq.write_table(pa.table({"text": [DUMP], "id": [float("nan")]}), path)
    assert "id" not in lines(run(path).stdout)[0]


def test_string_that_is_no_utf8(tmp_path: Path) -> None:
    """A string column may hold what is no UTF-8: its charset is found out."""
    path = tmp_path / "pages.parquet"
    page = PAGE.replace("keeper", "wärter").encode("latin-1")
    raw = pa.StringArray.from_buffers(
        1, pa.py_buffer(len(page).to_bytes(4, "little").rjust(8, b"\0")), pa.py_buffer(page)
    )
    pq.write_table(pa.table({"html": raw}), path)
    assert "wärter" in lines(run(path).stdout)[0]["text"]


def test_files_that_are_no_tables_of_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another file, other columns, a page that is too large, a missing library: failed inputs that say so."""
    path = tmp_path / "pages.parquet"
    path.write_bytes(b"PAR1 not at all")
    assert "cannot be read" in lines(run(path).stdout)[0]["error"]
    assert "there is no such file" in lines(run(tmp_path / "absent.parquet").stdout)[0]["error"]
    pq.write_table(pa.table({"content": [PAGE]}), path)
    assert "no column html or text" in lines(run(path).stdout)[0]["error"]
    pq.write_table(pa.table({"html": ["x" * 3000, PAGE]}), path)
    with monkeypatch.context() as patched:
        patched.setattr(cli, "Cleaner", lambda **_: cleanpage.Cleaner(max_bytes=2000))
        assert [row["status"] for row in lines(run(path).stdout)] == ["too_large", "ok"]
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    assert "cleanpage[batch]" in lines(run(path).stdout)[0]["error"]


def test_write_parquet(source: Path, tmp_path: Path) -> None:
    """A row a page, with what is known of it; failed pages have one too, and types do not change."""
    target = tmp_path / "out.parquet"
    assert run(source, "-o", target).exit_code == 1
    first, second, third = rows(target)
    document = cleanpage.clean(PAGE, "https://example.org/a")
    assert first == {
        "input": f"{source}:1",
        "status": "ok",
        "error": None,
        "id": "a",
        "url": "https://example.org/a",
        "date": None,
        "title": "The log of the lighthouse",
        "language": "en",
        "page_type": document.page_type,
        "quality": document.quality,
        "warnings": [],
        "text": document.text,
    }
    assert second["text"] == cleanpage.clean_text(DUMP).text
    assert (third["status"], third["text"]) == ("error", None)
    empty = tmp_path / "empty.parquet"
    run(tmp_path / "absent.html", "-o", empty)
    assert pq.read_schema(empty).equals(pq.read_schema(target))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty.parquet", "out.parquet", "pages.parquet"]


@pytest.mark.parametrize("view", ["markdown", "html", "tei"])
def test_views_in_parquet(tmp_path: Path, view: str) -> None:
    """The content is in the column of its format; one page is a table of one row."""
    page = tmp_path / "page.html"
    page.write_text(PAGE)
    run(page, "-f", view, "-o", tmp_path / "out.parquet")
    [row] = rows(tmp_path / "out.parquet")
    assert row[view] == getattr(cleanpage.clean(PAGE), view)


def test_blocks_in_parquet(source: Path, tmp_path: Path) -> None:
    """With json every block is there, in columns that can be queried, and so are the tables of data."""
    run(source, "-f", "json", "--role", "text", "--role", "heading", "-o", tmp_path / "some.parquet")
    assert {block["role"] for block in rows(tmp_path / "some.parquet")[0]["blocks"]} <= {"text", "heading"}
    run(source, "-f", "json", "-o", tmp_path / "out.parquet")
    first, second, third = rows(tmp_path / "out.parquet")
    data = cleanpage.clean(PAGE, "https://example.org/a").to_dict()
    assert [{k: v for k, v in block.items() if v is not None} for block in first["blocks"]] == data["blocks"]
    assert first["tables"] == data["tables"]
    assert second["blocks"][0]["start"] == 0
    assert third["blocks"] is None


def test_ids_in_parquet(tmp_path: Path) -> None:
    """The column of ids is text, whatever they are."""
    path = tmp_path / "pages.jsonl"
    ids = ["a", 7, None, {"n": 1}]
    path.write_text("".join(json.dumps({"id": each, "html": PAGE}) + "\n" for each in ids))
    run(path, "-o", tmp_path / "out.parquet")
    assert [row["id"] for row in rows(tmp_path / "out.parquet")] == ["a", "7", None, '{"n": 1}']


def test_row_groups(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is held before it is written is bounded, by bytes and by rows."""
    target = tmp_path / "out.parquet"
    with monkeypatch.context() as patched:
        patched.setattr(parquet, "MAX_GROUP_ROWS", 2)
        run(source, source, "-o", target)
    assert pq.ParquetFile(target).num_row_groups == 3
    monkeypatch.setattr(parquet, "MAX_GROUP_BYTES", 1)
    run(source, source, "-o", target)
    assert pq.ParquetFile(target).num_row_groups == 6


@pytest.mark.parametrize("format_", ["text", "json"])
def test_going_on_with_parquet(source: Path, tmp_path: Path, format_: str) -> None:
    """With the file of a run that ended, what is new is added and what was there is the same."""
    target = tmp_path / "out.parquet"
    page = tmp_path / "page.html"
    page.write_text(PAGE)
    run(source, "-f", format_, "-o", target)
    before = rows(target)
    result = run(source, page, "-f", format_, "-o", target, "--resume")
    assert result.stderr.endswith("1 ok; 3 were done before\n")
    assert rows(target)[:3] == before
    assert rows(target)[3]["input"] == str(page)


def test_foreign_parquet_is_left_alone(source: Path) -> None:
    """A file with other columns is not gone on with."""
    before = source.read_bytes()
    result = run(source.parent / "absent.html", "-o", source, "--resume")
    assert result.exit_code == 2
    assert "--resume cannot go on" in result.stderr
    assert source.read_bytes() == before
    assert list(source.parent.iterdir()) == [source]


def killed(*_: object) -> None:
    """Stands in for what a run was killed in."""
    raise KeyboardInterrupt


@pytest.mark.parametrize(("module", "name"), [(sinks, "write_parquet"), (sinks, "_replace"), (Path, "unlink")], ids=str)
def test_killed_at_the_end(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: Any, name: str
) -> None:
    """A run that is killed while it makes the file of its lines has lost nothing."""
    target = tmp_path / "out.parquet"
    target.write_bytes(b"as it was")
    with monkeypatch.context() as patched:
        patched.setattr(module, name, killed)
        assert run(source, "-o", target).exit_code == 1
    result = run(source, "-o", target, "--resume")
    assert "3 were done before" in result.stderr
    assert [row["status"] for row in rows(target)] == ["ok", "ok", "error"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.parquet", "pages.parquet"]


def without(name: str) -> Callable[[pytest.MonkeyPatch], None]:
    """Makes a library one that is not installed."""
    return lambda monkeypatch: monkeypatch.setitem(sys.modules, name, None)


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="zstd is in the standard library")
@pytest.mark.parametrize(
    ("library", "output"), [("backports.zstd", "out.jsonl.zst"), ("pyarrow.parquet", "out.parquet")]
)
def test_missing_library(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str, output: str
) -> None:
    """The command says what to install before it cleans a page."""
    without(library)(monkeypatch)
    if library == "backports.zstd":
        monkeypatch.delattr("backports.zstd")
    result = run(tmp_path / "absent.html", source, "-o", tmp_path / output)
    assert result.exit_code == 2
    assert "cleanpage[batch]" in result.stderr
    assert list(tmp_path.iterdir()) == [source]


def test_library_for_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A packed file that nothing here can read is a failed input."""

    def missing() -> Any:
        raise cleanpage.InputError(packing.NO_ZSTD)

    monkeypatch.setattr(packing, "zstandard", missing)
    for name in ("page.html.zst", "pages.jsonl.zst"):
        (tmp_path / name).write_bytes(b"")
    for line in lines(run(tmp_path).stdout):
        assert "cleanpage[batch]" in line["error"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--blocks", "-o", "out.parquet"), "-f json"),
        (("--errors", "errors.parquet"), "--errors writes JSON lines"),
    ],
)
def test_usage(source: Path, arguments: tuple[str, ...], message: str) -> None:
    """What cannot be in columns, or would do nothing, is refused."""
    result = run(source, *arguments)
    assert result.exit_code == 2
    assert message in result.stderr

"""The kernel of all engines: a record batch or table in, the same with what was found on its pages out."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pa = pytest.importorskip("pyarrow", reason="needs cleanpage[arrow]")

import cleanpage
from cleanpage.engines import rows
from cleanpage.engines.arrow import arrow_schema, clean_arrow
from tests.tables import COLUMNS, IDS, MAX_BYTES, PAGE, PAGES, STATUSES, URL, URLS, comparable, expected

pytestmark = pytest.mark.filterwarnings(
    # Python 3.12 and newer say so wherever a library, such as Arrow, has a thread.
    "ignore:This process .* is multi-threaded, use of fork:DeprecationWarning"
)

ALL = (*rows.VIEWS, *rows.OUTCOME)


def batch(pages: Any = None, kind: Any = None) -> Any:
    """A record batch of pages with ids and addresses."""
    return pa.record_batch({"id": IDS, "html": pa.array(pages or PAGES, kind), "url": pa.array(URLS, pa.string())})


@pytest.mark.parametrize("name", ["string", "large_string", "string_view"])
def test_rows(name: str) -> None:
    """A row a page, in order: what is handed on, then what `cleanpage.clean` finds; what failed says why."""
    kind = getattr(pa, name)()
    cleaned = clean_arrow(batch(kind=kind), columns=COLUMNS, max_bytes=MAX_BYTES)
    assert cleaned.schema.names == ["id", "url", *COLUMNS]
    assert comparable(cleaned.to_pylist()) == expected()


@pytest.mark.parametrize("name", ["binary", "large_binary", "binary_view"])
def test_bytes(name: str) -> None:
    """Bytes are pages whose charset is found out."""
    page = PAGE.replace("<head>", '<head><meta charset="iso-8859-1">').encode("latin-1")
    cleaned = clean_arrow(pa.record_batch({"html": pa.array([page], getattr(pa, name)())}), columns=["title"])
    assert cleaned.to_pylist() == [{"title": "Die Brücke ist wieder offen"}]


def test_table() -> None:
    """A table is cleaned as its batches are."""
    whole = clean_arrow(batch(), columns=COLUMNS, max_bytes=MAX_BYTES)
    table = clean_arrow(pa.Table.from_batches([batch(), batch()]), columns=COLUMNS, max_bytes=MAX_BYTES)
    assert isinstance(table, pa.Table)
    assert table.to_pylist() == whole.to_pylist() * 2


def test_every_column() -> None:
    """Each column has what the document has, and the type that the schema gives."""
    given_batch = batch()
    cleaned = clean_arrow(given_batch, columns=ALL, prefix="c_")
    assert cleaned.schema == arrow_schema(given_batch.schema, columns=ALL, prefix="c_")
    row = cleaned.to_pylist()[0]
    document = cleanpage.clean(PAGE, URL)
    assert row["c_metadata"] == document.metadata.to_dict()
    assert (row["c_markdown"], row["c_html"], row["c_page_type"]) == (
        document.markdown,
        document.html,
        document.page_type,
    )
    assert row["c_blocks"][0]["reasons"] == list(document.blocks[0].reasons)
    assert set(row["c_blocks"][0]) == set(document.to_dict()["blocks"][0]) | {"start", "end"}


def test_dumps() -> None:
    """Plain text is read where there is no HTML; its blocks have offsets."""
    dump = "Die Brücke ist wieder offen\n\nNach zwei Jahren Bauzeit fuhren am Montag die ersten Straßenbahnen."
    mixed = pa.record_batch({"html": pa.array([None, PAGE]), "text": [dump, dump]})
    first, second = clean_arrow(mixed, columns=["blocks"]).column("blocks").to_pylist()
    assert [dump[block["start"] : block["end"]] for block in first] == [block["text"] for block in first]
    assert all(block["path"] and block["start"] is None for block in second)
    assert clean_arrow(mixed.select(["text"]), columns=["blocks"]).to_pylist() == [{"blocks": first}] * 2


def test_names() -> None:
    """The columns to read, and those that come out, may have other names."""
    given_batch = pa.record_batch({"body": [PAGE], "uri": [URL], "text": ["kept"]})
    cleaned = clean_arrow(given_batch, html="body", dump="dump", url="uri", prefix="clean_", columns=["text"])
    assert cleaned.to_pylist() == [{"uri": URL, "text": "kept", "clean_text": cleanpage.clean(PAGE, URL).text}]


def test_options_of_the_cleaner() -> None:
    """The fields of Config are taken."""
    dropped = clean_arrow(batch([PAGE] * 5), columns=["text"], drop=["title"]).column("text")[0].as_py()
    assert dropped == cleanpage.Cleaner(drop=["title"]).clean(PAGE, URL).text != cleanpage.clean(PAGE, URL).text


@pytest.mark.parametrize(
    ("columns", "options", "message"),
    [
        ({"html": [PAGE]}, {"columns": ["txt"]}, "columns: there is no txt"),
        ({"html": [PAGE]}, {"columns": "text"}, "one name"),
        ({"html": [PAGE]}, {"columns": ["text", "text"]}, "one twice"),
        ({"html": [PAGE]}, {"detectors": ()}, "no option is named detectors"),
        ({"html": [PAGE]}, {"colour": "red"}, "no option is named colour"),
        ({"html": [PAGE]}, {"timeout": 0}, "timeout=0"),
        ({"html": [PAGE]}, {"workers": 0}, "workers=0"),
        ({"body": [PAGE]}, {}, "no column is named html or text.*body"),
        ({"html": [1]}, {}, "the column html holds int64"),
        ({"html": [PAGE], "title": ["a"]}, {}, "the columns title are there already"),
    ],
)
def test_errors(columns: dict[str, Any], options: dict[str, Any], message: str) -> None:
    """What is wrong for all pages raises, and says what to do."""
    with pytest.raises(cleanpage.ConfigError, match=message):
        clean_arrow(pa.record_batch(columns), **options)


def test_lone_surrogates(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reference to half a character, which no table can hold, becomes a replacement character."""
    cleaned = clean_arrow(pa.record_batch({"html": [PAGE.replace("zwei", "zwei&#xD800;")]}), columns=ALL)
    assert "zwei\ufffd" in cleaned.to_pylist()[0]["text"]


def test_large_pages() -> None:
    """Without a word about it, pages over 10 MB are left out: that limits time."""
    large = "<p>a</p>" * (rows.MAX_BYTES // 8 + 1)
    assert clean_arrow(pa.record_batch({"html": [large]}), columns=["status"]).to_pylist() == [{"status": "too_large"}]


def test_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that takes too long costs only itself."""
    view = rows.VIEWS["title"]

    def slow(document: cleanpage.Document) -> Any:
        if "drei" in document.text:
            time.sleep(600)
        return view(document)

    monkeypatch.setitem(rows.VIEWS, "title", slow)
    pages = [PAGE, PAGE.replace("zwei", "drei"), PAGE, "", None]
    cleaned = clean_arrow(batch(pages), columns=["title", "status", "error"], timeout=5).to_pylist()
    assert [row["status"] for row in cleaned] == ["ok", "timeout", "ok", "empty", "error"]
    assert (cleaned[1]["title"], cleaned[2]["title"]) == (None, "Die Brücke ist wieder offen")
    assert "more than 5 s" in cleaned[1]["error"]


def test_workers() -> None:
    """Two processes give what one gives."""
    cleaned = clean_arrow(batch(), columns=COLUMNS, max_bytes=MAX_BYTES, workers=2)
    assert comparable(cleaned.to_pylist()) == expected()


def test_daemonic_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no process may be started, the error says so before anything is cleaned."""
    monkeypatch.setattr("multiprocessing.process._current_process", type("Process", (), {"daemon": True})())
    with pytest.raises(cleanpage.ConfigError, match="max_bytes"):
        clean_arrow(batch(), timeout=5)


def test_progress(capsys: pytest.CaptureFixture[str]) -> None:
    """A bar counts the pages."""
    clean_arrow(batch(), columns=["status"], progress=True, max_bytes=MAX_BYTES)
    assert f"{len(STATUSES)}/{len(STATUSES)}" in capsys.readouterr().err


def test_empty_batch() -> None:
    """No pages give no rows, in the same columns."""
    assert clean_arrow(batch().slice(0, 0), columns=COLUMNS).schema.names == ["id", "url", *COLUMNS]


@settings(max_examples=30)
@given(st.lists(st.none() | st.binary(max_size=60), max_size=6))
def test_any_bytes(pages: list[bytes | None]) -> None:
    """Whatever the cells hold, there is a row for each, with a status."""
    cleaned = clean_arrow(pa.record_batch({"html": pa.array(pages, pa.binary())}), columns=ALL)
    assert cleaned.num_rows == len(pages)
    assert set(cleaned.column("status").to_pylist()) <= {"ok", "empty", "not_html", "error"}
    assert cleaned.column("status").null_count == cleaned.column("error").null_count == 0

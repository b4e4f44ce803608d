"""The accessor of pandas: a Series of pages, a DataFrame of what is on them."""

from __future__ import annotations

from typing import Any

import pytest

pd = pytest.importorskip("pandas", reason="needs cleanpage[pandas]")
pytest.importorskip("pyarrow", reason="needs cleanpage[pandas]")

import cleanpage
import cleanpage.pandas
from tests.tables import IDS, MAX_BYTES, PAGE, PAGES, STATUSES, URLS, expected

pytestmark = pytest.mark.filterwarnings(
    # Python 3.12 and newer say so wherever a library, such as Arrow, has a thread.
    "ignore:This process .* is multi-threaded, use of fork:DeprecationWarning"
)

COLUMNS = ("text", "quality", "status", "error")


def frame() -> Any:
    """A DataFrame of pages with an index of its own."""
    return pd.DataFrame({"id": IDS, "html": PAGES, "url": URLS}, index=list("edcba"))


def test_series() -> None:
    """The columns are those asked for, a row a page, with the index of the Series."""
    given = frame()
    cleaned = given["html"].cleanpage.clean(given["url"], columns=COLUMNS, max_bytes=MAX_BYTES)
    assert list(cleaned.columns) == list(COLUMNS)
    assert list(cleaned.index) == list("edcba")
    assert list(cleaned["status"]) == STATUSES
    assert [None if pd.isna(text) else text for text in cleaned["text"]] == [row["text"] for row in expected()]
    assert cleaned["quality"].dtype == "float64"


def test_bytes_and_workers() -> None:
    """Bytes are pages as well, and two processes do the same."""
    pages = pd.Series([PAGE.encode(), PAGE.encode()], name="page")
    assert list(pages.cleanpage.clean(workers=2)["title"]) == ["Die Brücke ist wieder offen"] * 2


def test_dumps() -> None:
    """Plain text has a method of its own."""
    dump = "Log in\n\nNach zwei Jahren Bauzeit fuhren am Montag die ersten Straßenbahnen über die alte Brücke."
    [cleaned] = pd.Series([dump]).cleanpage.clean_text(columns=["text"])["text"]
    assert cleaned == cleanpage.clean_text(dump).text


def test_frame() -> None:
    """The columns of a DataFrame stay, with their types, but for the pages."""
    given = frame().assign(date=pd.Timestamp("2026-11-27"), other=[{"any": object}] * 5)
    cleaned = cleanpage.pandas.clean_frame(given, columns=["text"], max_bytes=MAX_BYTES)
    assert list(cleaned.columns) == ["id", "url", "date", "other", "text"]
    kept = given.drop(columns="html")
    assert cleaned[list(kept.columns)].equals(kept)


def test_blocks() -> None:
    """Blocks are a sequence of dicts."""
    [blocks] = pd.Series([PAGE]).cleanpage.clean(columns=["blocks"])["blocks"]
    assert [block["role"] for block in blocks] == [block.role for block in cleanpage.clean(PAGE).blocks]


def test_progress(capsys: pytest.CaptureFixture[str]) -> None:
    """A bar counts the pages."""
    pd.Series([PAGE]).cleanpage.clean(progress=True)
    assert "1/1" in capsys.readouterr().err


@pytest.mark.parametrize("pages", [[PAGE, PAGE.encode()], [PAGE, object()], [PAGE, 7]])
def test_other_values(pages: list[object]) -> None:
    """A Series that does not hold pages raises, and says what to do."""
    with pytest.raises(cleanpage.InputError, match="html: the pages must be bytes, or str"):
        pd.Series(pages, dtype=object).cleanpage.clean()


def test_options_without_effect() -> None:
    """A Series has no columns to be named."""
    with pytest.raises(cleanpage.ConfigError, match="no option is named html"):
        pd.Series([PAGE]).cleanpage.clean(html="page")

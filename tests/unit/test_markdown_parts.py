"""benchmarks.markdown_parts: Markdown taken apart, and the figures of its parts."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from benchmarks import markdown_parts
from benchmarks.markdown_parts import FIXTURES, split_markdown

MARKDOWN = r"""# Log

It costs \$5, and $x_1$ is $\|y\|$.

```python
a = "$b$ | c"

```

| Name | Size |
| --- | --- |
| a \| b | $z^2$ |
| c |  |

$$
E = mc^2
$$

<table><tr><th>k</th><td>v  w</td></tr></table>

End | of it."""


def test_split() -> None:
    """Each part is found once, and the text is what remains."""
    parts = split_markdown(MARKDOWN)
    assert parts.code == ('a = "$b$ | c"',)
    assert parts.formulas == ("x_1", r"\|y\|", "z^2", "E = mc^2")
    assert parts.tables == ((("k", "v w"),), (("Name", "Size"), (r"a \| b", "$z^2$"), ("c", "")))
    assert parts.text == "# Log\n\nIt costs \\$5, and  is .\n\nEnd | of it."


def test_the_same_is_alike() -> None:
    """All figures are 1."""
    parts = split_markdown(MARKDOWN)
    assert markdown_parts.similarity(parts, parts) == dict.fromkeys(markdown_parts.FIGURES, 1.0)


def test_what_neither_has_does_not_count() -> None:
    """Text alone has the figure of text alone; what one has lacks in the other."""
    text, code = split_markdown("one"), split_markdown("one\n\n```\nx\n```")
    assert markdown_parts.similarity(text, text) == {"text": 1.0}
    assert markdown_parts.similarity(text, code) == {"text": 1.0, "code": 0.0}


@pytest.mark.parametrize(
    ("found", "similarity"),
    [
        ("| a | b |\n| --- | --- |\n| c | d |", 1.0),
        ("| a | b |\n| --- | --- |\n| c | x |", 1 - 1 / 8),  # one cell of 8 nodes
        ("| a | b |\n| --- | --- |", 1 - 3 / 8),  # a row and its two cells
        ("a b c d", 1 - 7 / 8),  # the page alone is there
    ],
)
def test_tree_similarity(found: str, similarity: float) -> None:
    """A page, a table, two rows and four cells are 8 nodes."""
    gold = split_markdown("| a | b |\n| --- | --- |\n| c | d |")
    assert markdown_parts.similarity(gold, split_markdown(found))["TEDS"] == pytest.approx(similarity)


def test_pages_hold_enough() -> None:
    """Thirty or more of each structure, and every page has its gold."""
    parts = [
        split_markdown(path.read_text("utf-8"))
        for name in markdown_parts.SETS
        for path in (FIXTURES / name).glob("*/expected.md")
    ]
    assert min(sum(len(getattr(part, name)) for part in parts) for name in ("tables", "code", "formulas")) >= 30
    assert {path.name for path in FIXTURES.glob("rich_pages/*/*")} == {"input.html", "expected.md"}


def test_report() -> None:
    """Whole pages come near what a person would write; our figure is the best."""
    output = CliRunner().invoke(markdown_parts.main, catch_exceptions=False).output
    overall = {
        cells[1].strip(): float(cells[2])
        for line in output.partition("## Small")[0].splitlines()
        if (cells := line.split("|"))[0] == "" and len(cells) > 2 and cells[2].strip().replace(".", "").isdigit()
    }
    assert overall["cleanpage"] >= 0.85
    assert overall["cleanpage"] > max(overall["trafilatura"], overall["html-to-markdown"])

"""The table of prompts in tests/fixtures/prompts, the pages they are tried in, and what is found there.

A file of the table is one language: ``neutral`` paragraphs of an invented article; ``lookalikes``, sentences of an
article that speak of what prompts speak of; ``title``, ``menu`` and ``headlines`` for a page around it; and
``prompts``, by role, as sites in the language write them. A prompt is tried in three cells: twice as a bare paragraph
(after the third paragraph of the article, and after its last), once where a page would have it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cleanpage import pipeline
from cleanpage.arbiter import judge
from cleanpage.roles import CONTENT_ROLES, Role

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER: Final = Path(__file__).parent / "fixtures" / "prompts"
LANGUAGES: Final = tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))
PLACES: Final = ("between", "end", "page")


class Cell(NamedTuple):
    """A prompt of the table at one of the places where it is tried.

    Attributes:
        language: Its language.
        role: Its role.
        place: One of PLACES.
        text: The prompt.
    """

    language: str
    role: Role
    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """What cleanpage makes of a block.

    Attributes:
        verdict: Its role.
        strongest: The boilerplate roles with the strongest signals about it; none where no detector speaks.
        weight: The weight of these signals.
    """

    verdict: Role
    strongest: frozenset[Role]
    weight: float


def read(language: str) -> dict[str, Any]:
    """The table's file of a language."""
    return tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


def cells(language: str) -> Iterator[Cell]:
    """All cells of a language."""
    for role, prompts in read(language)["prompts"].items():
        for text in prompts:
            for place in PLACES:
                yield Cell(language, Role(role), place, text)


def page_of(cell: Cell) -> str:
    """The page that a cell is tried in."""
    table = read(cell.language)
    if cell.place == "page":
        return _whole_page(table, cell)
    paragraphs = list(table["neutral"])
    paragraphs.insert(3 if cell.place == "between" else len(paragraphs), cell.text)
    return _bare_page(paragraphs)


def neutral_page(language: str) -> str:
    """An article without prompts, as bare paragraphs; the look-alikes stand in its middle."""
    table = read(language)
    return _bare_page([*table["neutral"][:3], *table["lookalikes"], *table["neutral"][3:]])


def look(html: str) -> dict[str, Found]:
    """What cleanpage makes of the blocks of a page, by their texts: of the first where a text stands twice."""
    evidence = pipeline.evidence_of_html(html.encode())
    assert evidence is not None
    verdict = judge(evidence)
    weights: list[dict[Role, float]] = [{} for _ in evidence.page.texts]
    for signal in evidence.signals:
        if signal.role not in CONTENT_ROLES:
            for block in signal.blocks:
                weights[block][signal.role] = max(signal.weight, weights[block].get(signal.role, 0.0))
    found: dict[str, Found] = {}
    for block, text in enumerate(evidence.page.texts):
        top = max(weights[block].values(), default=0.0)
        strongest = frozenset(role for role, weight in weights[block].items() if weight == top)
        found.setdefault(text, Found(verdict.role(block), strongest, top))
    return found


def _paragraph(text: str) -> str:
    return f"<p>{escape(text, quote=False)}</p>"


def _bare_page(paragraphs: list[str]) -> str:
    return "<!DOCTYPE html><html><body>\n" + "\n".join(map(_paragraph, paragraphs)) + "\n</body></html>"


def _whole_page(table: dict[str, Any], cell: Cell) -> str:
    """An article with header, menu and footer, and the prompt where a page would have it."""
    text = escape(cell.text, quote=False)
    is_first = table["prompts"][cell.role][0] == cell.text
    headlines = [f'<a href="/news/{number}.html">{escape(line)}</a>' for number, line in enumerate(table["headlines"])]
    slots = dict.fromkeys(("top", "header", "middle", "after", "aside", "footer", "last"), "")
    if cell.role is Role.NAVIGATION:
        slots["top"] = f'<a href="#main">{text}</a>'
    elif cell.role is Role.LOGIN_PROMPT and not is_first:
        slots["header"] = f'<div><a href="/user">{text}</a></div>'
    elif cell.role is Role.RELATED and is_first:
        slots["middle"] = f'<p><a href="/news/0.html">{text}</a></p>'
    elif cell.role is Role.RELATED:
        slots["aside"] = f"<h3>{text}</h3><ul>" + "".join(f"<li>{line}</li>" for line in headlines) + "</ul>"
    elif cell.role is Role.SPONSORED:
        slots["aside"] = f'<div class="box"><p>{text}</p></div>'
    elif cell.role is Role.SHARING:
        slots["after"] = f'<div><a href="#">{text}</a></div>'
    elif cell.role is Role.COMMENTS:
        slots["after"] = f"<section><h2>{text}</h2></section>"
    elif cell.role is Role.LEGAL:
        slots["footer"] = f"<p>{text}</p>"
    elif cell.role is Role.CONSENT_NOTICE and is_first:
        slots["last"] = f'<div class="box"><p>{text}</p></div>'
    elif cell.role is Role.CONSENT_NOTICE:
        slots["last"] = f'<div class="box"><button>{text}</button></div>'
    else:
        slots["after"] = f'<div class="box"><p>{text}</p></div>'
    menu = "".join(f'<li><a href="/{number}/">{escape(entry)}</a></li>' for number, entry in enumerate(table["menu"]))
    paragraphs = [_paragraph(paragraph) for paragraph in table["neutral"]]
    paragraphs.insert(3, slots["middle"])
    title = escape(table["title"])
    return f"""<!DOCTYPE html><html><head><title>{title}</title></head><body>
{slots["top"]}<header><nav><ul>{menu}</ul></nav>{slots["header"]}</header>
<main><article><h1>{title}</h1>
{"".join(paragraphs)}
{slots["after"]}</article></main><aside>{slots["aside"]}</aside><footer>{slots["footer"]}</footer>{slots["last"]}
</body></html>"""

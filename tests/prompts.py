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

SHORT_CHARS: Final = 40
"""Up to here a prompt is a button or an entry of the header."""

STANDS: Final = {
    Role.NAVIGATION: ("top", '<a href="#main">{text}</a>'),
    Role.RELATED: ("aside", "<h3>{text}</h3><ul>{items}</ul>"),
    Role.SPONSORED: ("aside", '<div class="box"><p>{text}</p></div>'),
    Role.SHARING: ("after", '<div><a href="#">{text}</a></div>'),
    Role.COMMENTS: ("after", "<section><h2>{text}</h2></section>"),
    Role.LEGAL: ("footer", "<p>{text}</p>"),
    Role.CONSENT_NOTICE: ("last", '<div class="box"><p>{text}</p></div>'),
}
"""The part of a page that prompts of a role stand in, and their markup; others stand in a box after the article."""


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
    slot, markup = _stand(cell)
    headlines = [f'<a href="/news/{number}.html">{escape(line)}</a>' for number, line in enumerate(table["headlines"])]
    items = "".join(f"<li>{line}</li>" for line in headlines)
    slots = dict.fromkeys(("top", "header", "middle", "after", "aside", "footer", "last"), "")
    slots[slot] = markup.format(text=escape(cell.text, quote=False), items=items)
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


def _stand(cell: Cell) -> tuple[str, str]:
    """Where in a page a prompt stands, and its markup."""
    is_short = len(cell.text) <= SHORT_CHARS
    if cell.role is Role.LOGIN_PROMPT and is_short:
        return "header", '<div><a href="/user">{text}</a></div>'
    if cell.role is Role.CONSENT_NOTICE and is_short:
        return "last", '<div class="box"><button>{text}</button></div>'
    if cell.role is Role.RELATED and (":" in cell.text or "：" in cell.text):
        return "middle", '<p><a href="/news/0.html">{text}</a></p>'
    return STANDS.get(cell.role, ("after", '<div class="box"><p>{text}</p></div>'))

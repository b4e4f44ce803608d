"""The invented sites in tests/fixtures/sites: pages of one template each, with the role of every block.

A file is a site: its ``page`` is markup, in which ``[[role: text]]`` is a block and ``<<name>>`` a part that stands on
some pages; ``{slot}`` takes another value on each page, and ``{p0}`` and so on are two sentences of this page alone.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent / "fixtures" / "sites"
NAMES: Final = tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))
PAGE_COUNT: Final = 12
PARAGRAPH_COUNT: Final = 6

STRIDES: Final = (1, 5, 7, 11, 1)
"""Steps through the 12 values of a slot from one page to the next, for each slot in its turn."""

BLOCK: Final = re.compile(r"\[\[(\w+): (.*?)\]\]")
PART: Final = re.compile(r"<<(\w+)>>")
SLOT: Final = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class SitePage:
    """A page of an invented site.

    Attributes:
        html: Its markup.
        url: Where it is from.
        blocks: (role, text) of every block, in order.
    """

    html: str
    url: str
    blocks: list[tuple[str, str]]

    @property
    def dump(self) -> str:
        """The page as plain text, a block a line."""
        return "\n".join(text for _, text in self.blocks)


def pages_of(name: str) -> list[SitePage]:
    """The pages of a site, always the same.

    Args:
        name: One of NAMES.
    """
    site = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    return [_page(site, number) for number in range(PAGE_COUNT)]


def _page(site: dict[str, Any], number: int) -> SitePage:
    slots = {"title": _title(site, number), "name": _pick(site["names"], number)}
    slots |= {f"other{step}": _title(site, number + 4 * step + 1) for step in (1, 2)}
    slots |= {f"p{index}": _paragraph(site, number, index) for index in range(PARAGRAPH_COUNT)}

    def part(match: re.Match[str]) -> str:
        found = site["parts"][match[1]]
        return str(found["html"]) if number % found["every"] == found["start"] else ""

    filled = _filled(PART.sub(part, site["page"]), slots, site, number)
    body = BLOCK.sub(lambda match: escape(match[2]), filled)
    head = f"<title>{escape(slots['title'])}</title>"
    html = f'<!doctype html><html lang="{site["language"]}"><head>{head}</head><body>{body}</body></html>'
    return SitePage(html, f"https://{site['host']}/{number}", BLOCK.findall(filled))


def _title(site: dict[str, Any], number: int) -> str:
    return _filled(site["titles"], {}, site, number)


def _paragraph(site: dict[str, Any], number: int, index: int) -> str:
    sentences = site["sentences"]["all"]
    first = number + 2 * index
    return " ".join(
        _filled(sentences[(first + step) % len(sentences)], {}, site, number, 3 * index + step) for step in (0, 1)
    )


def _filled(text: str, slots: dict[str, str], site: dict[str, Any], number: int, step: int = 0) -> str:
    """The text with its slots filled, each with a turn of its own through the pages, so that no two are alike."""
    values = {
        name: _pick(choices, STRIDES[turn] * number + step * (turn + 1))
        for turn, (name, choices) in enumerate(site["slots"].items())
    }
    return SLOT.sub(lambda match: (values | slots)[match[1]], text)


def _pick(choices: str, number: int) -> str:
    among = choices.split("|")
    return among[number % len(among)]

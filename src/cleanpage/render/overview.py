"""The report on many pages: figures as bars, and a list of the pages with links to the report on each.

As the report on one page, it asks no network for anything, runs no script but its own, and takes all that comes from
the pages as text.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from heapq import heappush, heappushpop
from typing import TYPE_CHECKING, Final, NamedTuple

from cleanpage.render.palette import safe
from cleanpage.render.template import facts, page_template
from cleanpage.results import STATUSES
from cleanpage.roles import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MAX_ROW_COUNT: Final = 10_000
"""Pages that are listed: a browser still sorts and searches their table at once, and 10,000 reports are 1.6 GB."""

MAX_FAILED_COUNT: Final = 1_000
"""Failed pages that are listed beyond those."""

EXTREME_COUNT: Final = 15
"""The slowest pages, and the least sure, that have a table of their own."""

BIN_COUNT: Final = 10
"""Bars of the histogram of quality."""

MAX_LANGUAGE_COUNT: Final = 20
"""Languages with a bar of their own."""

MAX_CELL_CHARS: Final = 300
"""Characters of a name, title or error that are shown."""

COLUMNS: Final = {
    "page": False,
    "status": False,
    "language": False,
    "type": False,
    "quality": True,
    "blocks": True,
    "words": True,
    "seconds": True,
}
"""The columns of the list, and whether they hold numbers."""


class Row(NamedTuple):
    """What is listed of a page.

    Attributes:
        number: Its place among the pages, from 1.
        name: What it is called in the output.
        status: As in `cleanpage.Result`.
        seconds: How long it took.
        error: Why it failed, '' if it did not.
        title: Its headline.
        language: Its language, '' if not known.
        page_type: Its type, '' if not known.
        quality: How far the verdict can be trusted; None if it failed or is empty.
        block_count: How many blocks it has.
        word_count: How many words its main text has.
        link: Its report, '' where there is none.
    """

    number: int
    name: str
    status: str
    seconds: float
    error: str = ""
    title: str = ""
    language: str = ""
    page_type: str = ""
    quality: float | None = None
    block_count: int = 0
    word_count: int = 0
    link: str = ""


@dataclass
class Overview:
    """The figures of many pages; what is held of them does not grow beyond MAX_ROW_COUNT pages."""

    statuses: Counter[str] = field(default_factory=Counter)
    roles: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    page_types: Counter[str] = field(default_factory=Counter)
    bins: Counter[int] = field(default_factory=Counter)
    rows: list[Row] = field(default_factory=list)
    slowest: list[tuple[float, int, Row]] = field(default_factory=list)
    least_sure: list[tuple[float, int, Row]] = field(default_factory=list)
    spent: float = 0.0
    quality_sum: float = 0.0

    def add(self, row: Row, roles: Mapping[str, int]) -> None:
        """Counts a page.

        Args:
            row: What is known of it.
            roles: How many of its blocks have each role.
        """
        self.statuses[row.status] += 1
        self.spent += row.seconds
        self.roles.update(roles)
        shown = row._replace(name=_cut(row.name), error=_cut(row.error), title=_cut(row.title))
        if row.quality is not None:
            self.languages[row.language] += 1
            self.page_types[row.page_type] += 1
            self.bins[min(int(row.quality * BIN_COUNT), BIN_COUNT - 1)] += 1
            self.quality_sum += row.quality
            _keep(self.least_sure, -row.quality, shown)
        _keep(self.slowest, row.seconds, shown)
        if row.number <= MAX_ROW_COUNT or (row.error and len(self.rows) < MAX_ROW_COUNT + MAX_FAILED_COUNT):
            self.rows.append(shown)

    def render(self, seconds: float, note: str = "") -> str:
        """Writes the report.

        Args:
            seconds: How long the run took.
            note: What is to be said of the run.

        Returns:
            An HTML document.
        """
        count, judged = self.statuses.total(), self.bins.total()
        known = {
            "time": f"{seconds:.1f} s, {count / max(seconds, 1e-9):.1f} pages a second",
            "mean": f"{self.spent / count:.3f} s a page" if count else "",
            "mean quality": f"{self.quality_sum / judged:.2f}" if judged else "",
            "blocks": f"{self.roles.total():,}",
        }
        if len(self.rows) < count:
            note = f"{note} {len(self.rows):,} of the {count:,} pages are listed; the figures are those of all.".strip()
        return page_template("overview").substitute(
            title=f"{count:,} pages",
            facts=facts(known),
            note=safe(note),
            charts="".join(self._charts()),
            filters="".join(_filter(status) for status in STATUSES if self.statuses[status]),
            heads="".join(_cell(name, "th", is_number=is_number) for name, is_number in COLUMNS.items()),
            rows="".join(map(_row, self.rows)),
        )

    def _charts(self) -> Iterable[str]:
        failed = STATUSES[STATUSES.index("not_html") :]
        yield _card("Statuses", _bars(_in_order(self.statuses, STATUSES), dict.fromkeys(failed, "failed")))
        bins = {f"{low / BIN_COUNT:.1f} to {(low + 1) / BIN_COUNT:.1f}": self.bins[low] for low in range(BIN_COUNT)}
        yield _card("Quality", _bars(bins), "The F1 to expect of the main text. Pages in each range.")
        looks = {str(role): f"role-bar {role}" for role in Role}
        yield _card("Roles", _bars(_in_order(self.roles, tuple(Role)), looks), "Blocks of each role.")
        languages = dict(self.languages.most_common(MAX_LANGUAGE_COUNT))
        if rest := self.languages.total() - sum(languages.values()):
            languages["others"] = rest
        yield _card("Languages", _bars({name or "not known": count for name, count in languages.items()}))
        types = self.page_types.most_common()
        yield _card("Page types", _bars({name or "not known": count for name, count in types}))
        yield _card("Slowest pages", _extremes(self.slowest, "{0.seconds:.3f} s"))
        yield _card("Least sure pages", _extremes(self.least_sure, "{0.quality:.2f}"), "Those of the lowest quality.")


def _keep(heap: list[tuple[float, int, Row]], key: float, row: Row) -> None:
    """Keeps the pages with the highest keys, of equal ones the first."""
    item = (key, -row.number, row)
    if len(heap) < EXTREME_COUNT:
        heappush(heap, item)
    else:
        heappushpop(heap, item)


def _cut(text: str) -> str:
    return text if len(text) <= MAX_CELL_CHARS else f"{text[: MAX_CELL_CHARS - 1]}…"


def _in_order(counts: Mapping[str, int], names: Iterable[str]) -> dict[str, int]:
    return {str(name): counts[name] for name in names if name in counts}


def _card(title: str, content: str, note: str = "") -> str:
    told = f"<p>{note}</p>" if note else ""
    return f'<section class="card"><h2>{title}</h2><table class="bars">{content}</table>{told}</section>\n'


def _bars(counts: Mapping[str, int], looks: Mapping[str, str] | None = None) -> str:
    """The rows of a chart: name, bar, number and share, so that nobody has to tell colours apart or measure lengths."""
    total, highest = sum(counts.values()), max(counts.values(), default=0)
    rows = []
    for name, count in counts.items():
        look = " ".join(filter(None, ((looks or {}).get(name, ""), "" if count else "zero")))
        bar = f'<span class="bar" style="--share: {100 * count / max(highest, 1):.1f}%"></span>'
        number = f"{count:,} ({100 * count / max(total, 1):.1f} %)"
        rows.append(f'<tr class="{safe(look)}"><th scope="row">{safe(name)}</th><td>{bar}</td><td>{number}</td></tr>')
    return "".join(rows)


def _extremes(heap: Iterable[tuple[float, int, Row]], shown: str) -> str:
    """The rows of a table of pages, the most extreme first."""
    rows = (row for _, _, row in sorted(heap, reverse=True))
    return "".join(f"<tr><td>{_linked(row)}</td><td>{shown.format(row)}</td></tr>" for row in rows)


def _filter(status: str) -> str:
    return f'<label><input type="checkbox" value="{status}" checked> {status}</label>'


def _row(row: Row) -> str:
    details = "".join(f'<small dir="auto">{safe(text)}</small>' for text in (row.title, row.error) if text)
    is_judged = row.quality is not None
    cells = (
        f"{_linked(row)}{details}",
        safe(row.status),
        safe(row.language),
        safe(row.page_type),
        f"{row.quality:.2f}" if is_judged else "",
        str(row.block_count) if is_judged else "",
        str(row.word_count) if is_judged else "",
        f"{row.seconds:.3f}",
    )
    shown = "".join(_cell(cell, is_number=is_number) for cell, is_number in zip(cells, COLUMNS.values(), strict=True))
    return f'<tr data-status="{safe(row.status)}" class="{"failed" if row.error else ""}">{shown}</tr>\n'


def _cell(content: str, tag: str = "td", *, is_number: bool) -> str:
    look = ' class="number"' if is_number else ""
    return f"<{tag}{look}>{content}</{tag}>"


def _linked(row: Row) -> str:
    name = f'<span dir="auto">{safe(row.name)}</span>'
    return f'<a href="{safe(row.link)}">{name}</a>' if row.link else name

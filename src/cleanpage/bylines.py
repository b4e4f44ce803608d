"""Texts of byline blocks → the authors' names, where words such as "By" stand before them, and the date."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from cleanpage.detectors.byline import DATE, MAX_CHARS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

UNSPACED: Final = ("ja", "ko", "zh")
"""Languages in which a mark stands between the word and the name, where others have a space."""

COLON: Final = "[:\\uff1a]"
"""The common one and that of Chinese and Japanese."""

BORDER: Final = re.compile(r"[\n|·•⋅–—/(\[<@\d]|\s-\s|(?<=\w\w\w)\.(?:\s|$)")
"""Ends a name."""

CONJUNCTION: Final = re.compile(r"\s+(?:and|und|et|y|e|en|och|og|i|и|та|ve|dan)\s+|\s*[&;、]\s*", re.IGNORECASE)
MAX_NAME_WORDS: Final = 6
MAX_NAME_LENGTH: Final = 60
"""Characters of a name; what is longer is a sentence."""

MONTHS: Final = 12
MAX_DATES: Final = 3
"""Dates that are read: what only looks like one takes up to a third of a second, for it is tried in all languages."""


class Vocabulary(NamedTuple):
    """What bylines.toml says, as patterns: a phrase before a name, such a phrase alone, the words after a name."""

    before: re.Pattern[str]
    alone: re.Pattern[str]
    after: re.Pattern[str]


@cache
def _vocabulary() -> Vocabulary:
    tables = tomllib.loads((resources.files("cleanpage") / "bylines.toml").read_text(encoding="utf-8"))
    languages = tables["before"]
    spaced = _alternatives(phrase for code in languages if code not in UNSPACED for phrase in languages[code])
    unspaced = _alternatives(phrase for code in UNSPACED for phrase in languages[code])
    starts = rf"(?:{spaced})(?:\s*{COLON}\s*|\s+)|(?:{unspaced})\s*(?:{COLON}|[/|\uff0f])\s*"
    return Vocabulary(
        before=re.compile(rf"(?:^|[\n|·•⋅]\s*)(?:{starts})(?=\S)", re.IGNORECASE),
        alone=re.compile(rf"(?:{spaced}|{unspaced})\s*{COLON}?", re.IGNORECASE),
        after=re.compile(rf"\s(?:{_alternatives(tables['after']['words'])})\b"),
    )


def _alternatives(phrases: Iterable[str]) -> str:
    """Phrases as a pattern, the long ones first."""
    return "|".join(re.escape(phrase) for phrase in sorted(set(phrases), key=len, reverse=True))


def read_authors(bylines: Sequence[str]) -> tuple[str, ...]:
    """The authors whom the first byline with such a word names.

    Args:
        bylines: Texts of the byline blocks, in the order of the page.
    """
    words = _vocabulary()
    for text, following in pairwise([*_starts(bylines), ""]):
        if words.alone.fullmatch(text.strip()):
            names = _names(following)
        else:
            match = words.before.search(text)
            names = _names(text[match.end() :]) if match else ()
        if names:
            return names
    return ()


def read_date(bylines: Iterable[str]) -> str:
    """The first date in a byline whose day cannot be taken for its month, YYYY-MM-DD; '' if there is none."""
    import dateparser  # htmldate brings it, and it takes its time to load

    dates = (match[0] for text in _starts(bylines) if (match := DATE.search(text)) and not _is_ambiguous(match[0]))
    for date in islice(dates, MAX_DATES):
        parsed = dateparser.parse(date, settings={"REQUIRE_PARTS": ["day", "month", "year"]})
        if parsed is not None:
            return str(parsed.date())
    return ""


def _starts(bylines: Iterable[str]) -> Iterator[str]:
    """The characters that are read: the patterns may take the square of their number."""
    return (text[:MAX_CHARS] for text in bylines)


def _is_ambiguous(date: str) -> bool:
    """Whether a date has its day or its month first, as 10/12/2023, and nobody knows which."""
    numbers = re.findall(r"\d+", date)
    return (
        len(numbers) == len(("day", "month", "year"))
        and len(numbers[0]) <= len("31")
        and max(int(numbers[0]), int(numbers[1])) <= MONTHS
        and numbers[0] != numbers[1]
    )


def _names(text: str) -> tuple[str, ...]:
    """The names at the start of a text; after a comma stands another name only where the last follows an "and"."""
    text = text.strip()
    if DATE.match(text):
        return ()
    ends = [match.start() for pattern in (BORDER, _vocabulary().after) if (match := pattern.search(text))]
    first, *others = CONJUNCTION.split(text[: min(ends, default=len(text))])
    names = [*first.split(","), *others] if others else first.split(",")[:1]
    return tuple(dict.fromkeys(name for item in names if _is_name(name := item.strip(" \t\xa0:."))))


def _is_name(name: str) -> bool:
    return len(name) <= MAX_NAME_LENGTH and len(name.split()) <= MAX_NAME_WORDS and sum(map(str.isalpha, name)) > 1

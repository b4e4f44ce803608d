"""How often the language of a few words is right: cleanpage.language beside the two identifiers that it is made of.

``python -m benchmarks.language_accuracy DATA`` cuts paragraphs of the benchmark's news (set fundus) to a few words
(twice as many characters of Chinese and Japanese) and prints shares, averaged over the languages:

- alone: named right when nothing else is known;
- own: named right when the page's language is given and is the right one;
- wrong: called certainly foreign (FOREIGN_CONFIDENCE) then;
- foreign: named right when the page is said to be in another language, drawn at random;
- certain: called certainly foreign then;
- ms: milliseconds a call.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from cleanpage.language import FOREIGN_CONFIDENCE, identify_text
from cleanpage.language.codes import iso_code

if TYPE_CHECKING:
    from collections.abc import Callable

    Identifier = Callable[[str, str], tuple[str, float]]

WORD_COUNTS: Final = (4, 8, 15)
CUTS_PER_LANGUAGE: Final = 100
CHARACTERS_PER_WORD: Final = 2
UNSPACED: Final = ("ja", "zh")
PAGE_LANGUAGES: Final = tuple("en de fr es it nl pt pl sv da no cs tr ru ja zh ar".split())
"""The languages of which another is drawn as the page's."""

SEED: Final = 20261122


class Cut(NamedTuple):
    """A few words, their language, and another language."""

    text: str
    language: str
    other: str


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="the folder that holds the benchmark's sets")
    paragraphs = _paragraphs(parser.parse_args().data / "fundus" / "gold.jsonl")
    print(
        f"{'words':>5} {'identifier':<10} {'alone':>6} {'own':>6} {'wrong':>6} {'foreign':>7} {'certain':>7} {'ms':>6}"
    )
    for word_count in WORD_COUNTS:
        cuts = _cuts(paragraphs, word_count)
        for name, identifier in (("cleanpage", _cleanpage), ("py3langid", _py3langid), ("langdetect", _langdetect)):
            print(f"{word_count:>5} {name:<10} {_shares(cuts, identifier)}")


def _paragraphs(gold: Path) -> dict[str, list[str]]:
    """The paragraphs of the articles by language: what py3langid says of the whole article."""
    paragraphs: dict[str, list[str]] = defaultdict(list)
    with gold.open(encoding="utf-8") as lines:
        for line in lines:
            text = json.loads(line)["main"]
            paragraphs[_py3langid(text, "")[0]] += [" ".join(part.split()) for part in text.split("\n\n")]
    return dict(sorted(paragraphs.items()))


def _cuts(paragraphs: dict[str, list[str]], word_count: int) -> list[Cut]:
    choose = random.Random(SEED)
    cuts = []
    for language, texts in paragraphs.items():
        found = set()
        for text in texts:
            units = re.sub(r"\s", "", text) if language in UNSPACED else text.split()
            size = word_count * CHARACTERS_PER_WORD if language in UNSPACED else word_count
            if len(units) >= size:
                start = choose.randrange(len(units) - size + 1)
                found.add(("" if language in UNSPACED else " ").join(units[start : start + size]))
        others = [other for other in PAGE_LANGUAGES if other != language]
        chosen = choose.sample(sorted(found), min(len(found), CUTS_PER_LANGUAGE))
        cuts += [Cut(text, language, choose.choice(others)) for text in chosen if any(map(str.isalpha, text))]
    return cuts


def _shares(cuts: list[Cut], identify: Identifier) -> str:
    names = ("alone", "own", "wrong", "foreign", "certain")
    shares: dict[str, dict[str, list[bool]]] = {name: defaultdict(list) for name in names}
    identify(cuts[0].text, "")  # loads what it needs
    started = time.perf_counter()
    for text, language, other in cuts:
        (alone, _), (own, own_confidence), (found, confidence) = (
            identify(text, page) for page in ("", language, other)
        )
        shares["alone"][language].append(alone == language)
        shares["own"][language].append(own == language)
        shares["wrong"][language].append(own not in ("", language) and own_confidence >= FOREIGN_CONFIDENCE)
        shares["foreign"][language].append(found == language)
        shares["certain"][language].append(found not in ("", other) and confidence >= FOREIGN_CONFIDENCE)
    milliseconds = (time.perf_counter() - started) / len(cuts) / 3 * 1000
    figures = [_mean([_mean(rights) for rights in shares[name].values()]) for name in names]
    return "{:6.3f} {:6.3f} {:6.3f} {:7.3f} {:7.3f} {:6.3f}".format(*figures, milliseconds)


def _mean(values: list[bool] | list[float]) -> float:
    return sum(values) / len(values)


def _cleanpage(text: str, page_language: str) -> tuple[str, float]:
    return identify_text(text, prior=page_language)


def _py3langid(text: str, page_language: str) -> tuple[str, float]:  # noqa: ARG001 - it knows no prior
    import py3langid

    return iso_code(py3langid.classify(text)[0]), 1.0


def _langdetect(text: str, page_language: str) -> tuple[str, float]:  # noqa: ARG001 - it could, but nobody uses it
    import langdetect

    langdetect.DetectorFactory.seed = 0
    try:
        best = langdetect.detect_langs(text)[0]
    except langdetect.LangDetectException:
        return "", 0.0
    return iso_code(best.lang), best.prob


if __name__ == "__main__":
    main()

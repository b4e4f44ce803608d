"""Decides which language each block is in, given the page's: two identifiers and the look of its words.

The score of a block is its log-likelihood in nats. Half the score of the profiles plus that of py3langid is more often
right than either (benchmarks/language_accuracy.py). A block is in a foreign language when that sum is further above the
page's language than a stretch of names and loan words gets.
"""

from __future__ import annotations

import math
import re
from functools import cache, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from cleanpage import native
from cleanpage.language import second_opinion
from cleanpage.language.scripts import CASED, HAN, LATIN, SCRIPTS, SHARED, script_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from cleanpage.language.scoring import Reading

KERNEL = native.kernel("verdicts")

PROFILE_WEIGHT: Final = 0.5
"""Weight of the profiles' score beside that of py3langid."""

REQUIRED_MARGIN: Final = 18.0
"""Nats by which a foreign language must beat the page's to be as likely as not. A line of three or four loan words
reaches 15 on real pages."""

COMMON_BONUS: Final[Mapping[str, float]] = MappingProxyType({"en": 5.0, "ru": 2.0})
"""Nats in favour of the language in which most of the foreign text in a script is."""

MAX_BONUS: Final = max(COMMON_BONUS.values())

NAME_PENALTY: Final = 24.0
"""Nats more for each word in small letters that a block lacks: the blocks that look foreign and are not are lines of
names, brands and titles, which reach 45 on real pages."""

TITLE_PENALTY: Final = 12.0
"""The same for English, which writes its prompts Like This, and for text in capitals throughout."""

SMALL_WORDS: Final = 2
"""Different words in small letters that tell a sentence from a line of names."""

UNPROFILED_PENALTY: Final = 15.0
"""Nats more for a foreign language that only py3langid knows: there is no second opinion on it."""

OPEN_UNPROFILED_PENALTY: Final = 5.0
"""The same where the page's language is not known, and hence nothing speaks for any other language."""

MARGIN_SCALE: Final = 4.0
"""Nats that change the odds of a verdict by a factor of e."""

PROFILE_RATIO: Final = 1.5
"""What both identifiers together give for each nat by which the profiles alone prefer a language: the median of 8,000
foreign cuts of 3, 4 and 8 words."""

MAX_PROFILE_RATIO: Final = 2.2
"""The same in 95 % of these cuts at most: py3langid is asked where that could be enough."""

MAX_SECOND_OPINIONS: Final = 400
"""Blocks of one page and script on which py3langid is asked, the longest first (30 microseconds each; the benchmark's
pages need 4 on average), so that no page takes long."""

MAX_LOG_ODDS: Final = 50.0
"""Logarithm of the odds beyond which confidence stays the same."""

SCRIPT_CONFIDENCE: Final = 0.99
"""Confidence in a language that the script decides."""

EVEN_CONFIDENCE: Final = 0.5
"""Confidence where nothing speaks for one verdict or the other."""

OWN_SCRIPT_SHARE: Final = 0.3
"""Share of its letters from which a block with two scripts is in the page's own."""

WORD_NATS: Final = 6.0
"""Nats that each word in small letters adds to the certainty that Latin letters on a page in others are no name."""

MIN_CHINESE_WEIGHT: Final = 32
"""Letters (8 ideographs) from which a block without kana on a Japanese page may be Chinese."""

STAND_INS: Final[Mapping[str, str]] = MappingProxyType({"bs": "hr", "sr": "hr", "ms": "id"})
"""Languages in Latin letters without a profile, and the profile that fits them."""

WORD: Final = re.compile(r"\w+")


class Verdict(NamedTuple):
    """The language of a block and how sure it is, 0..1; '' and 0.0 where it carries none."""

    language: str
    confidence: float


NO_LANGUAGE: Final = Verdict("", 0.0)


class Verdicts(NamedTuple):
    """The verdicts on several blocks in columns: a page has hundreds, and nearly all of one language."""

    languages: list[str]
    confidences: list[float]

    @classmethod
    def all_alike(cls, verdict: Verdict, count: int) -> Verdicts:
        """The same verdict on so many blocks."""
        return cls([verdict.language] * count, [verdict.confidence] * count)

    def put(self, index: int, verdict: Verdict) -> None:
        """Replaces the verdict on one block."""
        self.languages[index], self.confidences[index] = verdict


def judge(reading: Reading, language: str, script: int) -> Verdicts:
    """Decides which language each block is in.

    Args:
        reading: The blocks.
        language: ISO 639-1 code of the page's language; '' if not known.
        script: The script it is written in, an index into SCRIPTS; COMMON if not known.

    Returns:
        The verdict on each block.
    """
    import numpy as np

    scripts = _block_scripts(reading, script)
    carries = reading.carries_language(scripts)
    verdicts = Verdicts.all_alike(NO_LANGUAGE, len(reading.texts))
    for found in np.flatnonzero(np.bincount(scripts[carries])).tolist():
        blocks = np.flatnonzero(carries & (scripts == found))
        if language and found == script and found in SHARED:
            judged = _judge_own_script(reading, blocks, script, language)
        elif found == HAN and language == "ja":
            judged = _judge_without_kana(reading, blocks)
        elif found not in SHARED:
            judged = Verdicts.all_alike(Verdict(SCRIPTS[found].language, SCRIPT_CONFIDENCE), len(blocks))
        else:
            judged = _judge_other_script(reading, blocks, found, has_page=bool(language))
        for block, own_language, confidence in zip(blocks.tolist(), *judged, strict=True):
            verdicts.languages[block] = own_language
            verdicts.confidences[block] = confidence
    return verdicts


def _block_scripts(reading: Reading, script: int) -> NDArray[np.int64]:
    """The script that each block is taken to be in: the page's, where enough of its letters are."""
    import numpy as np

    if KERNEL is not None:
        found = np.empty(len(reading.texts), np.int64)
        KERNEL.find_own(reading.weights, reading.scripts, script, OWN_SCRIPT_SHARE, found)
        return found
    weights = reading.weights[:, script]
    is_own = (weights > 0) & (weights >= OWN_SCRIPT_SHARE * reading.weights.sum(axis=1))
    return np.where(is_own, script, reading.scripts)


def _judge_own_script(reading: Reading, blocks: NDArray[np.int64], script: int, language: str) -> Verdicts:
    """Judges blocks in the script of the page's language: they are in that language unless shown to be foreign."""
    import numpy as np

    scores = reading.scores(script)
    profile = STAND_INS.get(language, language)
    if profile in SHARED[script]:
        own = SHARED[script].index(profile)
        margins = _margins_over(scores, blocks, own)
        log_odds = ((REQUIRED_MARGIN - PROFILE_RATIO * margins) / MARGIN_SCALE).clip(-MAX_LOG_ODDS, MAX_LOG_ODDS)
        verdicts = Verdicts([language] * len(blocks), (1 / (1 + np.exp(-log_odds))).tolist())
        asked = [
            index
            for index in np.flatnonzero(MAX_PROFILE_RATIO * margins > REQUIRED_MARGIN - MAX_BONUS).tolist()
            if MAX_PROFILE_RATIO * margins[index] > _required(reading.texts[blocks[index]], script, "en") - MAX_BONUS
        ]
    else:
        own = None
        verdicts = Verdicts.all_alike(Verdict(language, EVEN_CONFIDENCE), len(blocks))
        asked = list(range(len(blocks)))
    compared: dict[str, Verdict] = {}
    for index in _longest_first(reading, blocks, asked):
        block = int(blocks[index])
        text = reading.texts[block]
        if text not in compared:
            ahead = scores[block] - (scores[block, own] if own is not None else scores[block].max())
            profile_scores = dict(zip(SHARED[script], ahead.tolist(), strict=True))
            compared[text] = _compare(text, profile_scores, script, language)
        verdicts.put(index, compared[text])
    return verdicts


def _margins_over(scores: NDArray[np.float32], blocks: NDArray[np.int64], own: int) -> NDArray[np.float64]:
    """Nats by which the likeliest language of each block beats the page's in the profiles."""
    import numpy as np

    margins: NDArray[np.float64]
    if KERNEL is not None:
        margins = np.empty(len(blocks), np.float64)
        KERNEL.find_margins(scores, blocks, own, margins)
        return margins
    chosen = scores[blocks]
    margins = (chosen - chosen[:, [own]]).max(axis=1).astype(np.float64)
    return margins


def _judge_without_kana(reading: Reading, blocks: NDArray[np.int64]) -> Verdicts:
    """Judges the blocks of a Japanese page that are all ideographs: names and headlines, or Chinese."""
    import numpy as np

    verdicts = Verdicts.all_alike(Verdict("ja", SCRIPT_CONFIDENCE), len(blocks))
    asked = np.flatnonzero(reading.weights[blocks, HAN] >= MIN_CHINESE_WEIGHT).tolist()
    for index in _longest_first(reading, blocks, asked):
        verdicts.put(index, _compare(reading.texts[blocks[index]], {"zh": 0.0}, HAN, "ja"))
    return verdicts


def _judge_other_script(reading: Reading, blocks: NDArray[np.int64], script: int, *, has_page: bool) -> Verdicts:
    """Judges blocks in another script than the page's, or of a page whose language is not known."""
    scores = reading.scores(script)[blocks]
    scores = scores - scores.max(axis=1, keepdims=True)
    verdicts = Verdicts.all_alike(NO_LANGUAGE, len(blocks))
    for index in _longest_first(reading, blocks, range(len(blocks))):
        text = reading.texts[blocks[index]]
        profile_scores = dict(zip(SHARED[script], scores[index].tolist(), strict=True))
        if has_page and script == LATIN:
            verdicts.put(index, _judge_latin_insert(text, profile_scores))
        else:
            best = _likeliest(text, profile_scores, script)
            verdicts.put(index, Verdict(best.language, SCRIPT_CONFIDENCE) if has_page else best)
    return verdicts


def _judge_latin_insert(text: str, profile_scores: Mapping[str, float]) -> Verdict:
    """Judges a block in Latin letters on a page in others: a name or a product, else most likely English."""
    word_count = _small_word_count(text)
    if word_count < SMALL_WORDS:
        return NO_LANGUAGE
    certainty = _confidence(WORD_NATS * (word_count - SMALL_WORDS))
    own = profile_scores["en"]
    margins = {language: score - own for language, score in profile_scores.items()}
    verdict = _compare(text, margins, LATIN, "en")
    return Verdict(verdict.language, min(verdict.confidence, certainty)) if verdict.language else NO_LANGUAGE


def _longest_first(reading: Reading, blocks: NDArray[np.int64], asked: Sequence[int]) -> Sequence[int]:
    """Those of the blocks on which py3langid is asked that the limit allows."""
    if len(asked) <= MAX_SECOND_OPINIONS:
        return asked
    return sorted(asked, key=lambda index: -len(reading.texts[blocks[index]]))[:MAX_SECOND_OPINIONS]


def _required(text: str, script: int, language: str) -> float:
    """Nats by which a language must beat the page's: more for a line of names than for a sentence."""
    if script not in CASED:
        return REQUIRED_MARGIN
    penalty = TITLE_PENALTY if language == "en" or text.isupper() else NAME_PENALTY
    return REQUIRED_MARGIN + penalty * max(0, SMALL_WORDS - _small_word_count(text))


def _compare(text: str, profile_scores: Mapping[str, float], script: int, language: str) -> Verdict:
    """Weighs the page's language against all others.

    Args:
        text: The block.
        profile_scores: Nats by which each language beats the page's in the profiles.
        script: The block's script.
        language: The page's language.
    """
    found = _best_margin(text, profile_scores, script, language)
    if found is None:
        return Verdict(language, EVEN_CONFIDENCE)
    best, margin = found
    surplus = margin - _required(text, script, best)
    if surplus > 0:
        return Verdict(best, _confidence(surplus))
    if margin > REQUIRED_MARGIN:
        return NO_LANGUAGE
    return Verdict(language, _confidence(REQUIRED_MARGIN - margin))


def _best_margin(
    text: str, profile_scores: Mapping[str, float], script: int, language: str
) -> tuple[str, float] | None:
    """The language that beats the page's by most nats, and these; None where there is no opinion on the page's."""
    if KERNEL is not None and script in SHARED:
        opinions = second_opinion.scores(_as_sentence(text))
        if opinions is not None:
            share, own = _distinct_word_share(text), (second_opinion.columns(), profile_scores, language)
            weights = PROFILE_WEIGHT, share, COMMON_BONUS, UNPROFILED_PENALTY
            found: tuple[str, float] | None = KERNEL.best_margin(opinions, *own, _unprofiled(script), *weights)
            return found
    margins = _margins(text, profile_scores, script, language)
    if not margins:
        return None
    best = max(margins, key=margins.__getitem__)
    return best, margins[best]


@cache
def _unprofiled(script: int) -> tuple[str, ...]:
    """The languages of a script that py3langid knows and no profile."""
    return tuple(
        language
        for language in second_opinion.columns()
        if language not in SHARED[script] and script_of(language) == script
    )


def _margins(text: str, profile_scores: Mapping[str, float], script: int, language: str) -> dict[str, float]:
    """Nats by which each other language beats a language in both opinions together; empty where one has none on it."""
    opinions = _second_opinion(text)
    own = opinions.pop(language, None)
    if own is None:
        return {}
    share = _distinct_word_share(text)
    margins = {
        other: share * (PROFILE_WEIGHT * score + opinions[other] - own) + COMMON_BONUS.get(other, 0.0)
        for other, score in profile_scores.items()
        if other in opinions
    }
    unprofiled = likeliest_unprofiled(opinions, script)
    if unprofiled:
        best_score = max(profile_scores.values())
        margins[unprofiled] = share * (PROFILE_WEIGHT * best_score + opinions[unprofiled] - own) - UNPROFILED_PENALTY
    return margins


def _likeliest(text: str, profile_scores: Mapping[str, float], script: int) -> Verdict:
    """The likeliest language of a block that nothing is known about."""
    opinions = _second_opinion(text)
    totals = {
        language: PROFILE_WEIGHT * score + opinions[language] + COMMON_BONUS.get(language, 0.0)
        for language, score in profile_scores.items()
    }
    unprofiled = likeliest_unprofiled(opinions, script)
    if unprofiled:
        totals[unprofiled] = opinions[unprofiled] - OPEN_UNPROFILED_PENALTY
    best, second, *_ = sorted(totals, key=totals.__getitem__, reverse=True)
    return Verdict(best, _confidence((totals[best] - totals[second]) * _distinct_word_share(text)))


def _second_opinion(text: str) -> dict[str, float]:
    """What py3langid says of a block."""
    return second_opinion.log_likelihoods(_as_sentence(text))


def _as_sentence(text: str) -> str:
    """A block as py3langid gets it: capitals mislead it, so a prompt Written Like This is put into small letters."""
    return text.lower() if _small_word_count(text) < SMALL_WORDS else text


def likeliest_unprofiled(opinions: Mapping[str, float], script: int) -> str:
    """The likeliest language of a script among those without a profile; `opinions` are sorted, the likeliest first."""
    for language in opinions:
        if language not in SHARED.get(script, ()) and script_of(language) == script:
            return language
    return ""


@lru_cache(maxsize=MAX_SECOND_OPINIONS)
def _small_word_count(text: str) -> int:
    """The number of different words in small letters, or in letters without case."""
    if KERNEL is not None:
        count: int | None = KERNEL.count_small_words(text)
        if count is not None:
            return count
    return len({word for word in WORD.findall(text) if len(word) > 1 and word.isalpha() and word == word.lower()})


def _distinct_word_share(text: str) -> float:
    words = WORD.findall(text)
    return len(set(words)) / len(words) if words else 1.0


def _confidence(surplus: float) -> float:
    """The probability of a verdict that has this many nats to spare."""
    return 1 / (1 + math.exp(-min(surplus / MARGIN_SCALE, MAX_LOG_ODDS)))

"""Stray language: prompts in another language than the page, left by a template that was never translated.

What: a short block in a foreign language that also looks like a prompt.
Why not content: foreign and prompt-like is a stray prompt; foreign alone may be a quotation, and is spoken for.
Evidence: the block's language against the page's, both as the language step found them, with its confidence; phrases
and hints of the prompt roles, found in the foreign language; words that speak to the reader (appeals.toml); the
neighbourhood of such a block in the same language. A block that opens with a quotation mark needs a phrase.
Known false alarms: foreign slogans and song lines quoted in an article; short blocks whose language is mistaken.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cleanpage.detectors.appeals import appeal_count
from cleanpage.detectors.base import phrase_weight
from cleanpage.lexicon import CONFUSABLE
from cleanpage.page import Signal
from cleanpage.roles import Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cleanpage.lexicon import PhraseHit
    from cleanpage.page import Page

STRAY: Final = "language.stray"
"""How a reason begins that a block is a prompt in a foreign language."""

PROMPTS: Final = (
    Role.LOGIN_PROMPT,
    Role.SUBSCRIBE_PROMPT,
    Role.CONSENT_NOTICE,
    Role.SPONSORED,
    Role.SHARING,
    Role.COMMENTS,
    Role.INTERFACE,
    Role.LEGAL,
)
"""Roles whose blocks a template brings along; the first wins a tie."""

MAX_APPEALS: Final = 2
"""Words that speak to the reader that count: a long quotation has many."""

QUOTATION_MARKS: Final = tuple("\"“”„«»‹›「『'‘‚")


@dataclass(frozen=True, slots=True)
class StrayLanguage:
    """Finds prompts in a foreign language.

    Attributes:
        min_confidence: Confidence of the language step below which a block's language is not trusted.
        short_words: Up to so many words a single sign is enough.
        medium_words: Up to so many words two signs are.
        max_words: Longer blocks are quotations.
        phrase_weight: Least weight for a phrase of a prompt role.
        two_signs_weight: Weight for two signs: hints, words that speak to the reader.
        one_sign_weight: Weight for one sign in a short block.
        long_factor: What is left of these in a block beyond medium_words, and of one sign up to there.
        unknown_weight: Weight for a block whose language is not known but whose phrase is only known in a foreign one.
        neighbour_weight: Weight for a foreign block beside a stray prompt in its language.
        login_weight: The same where that prompt asks to log in: what a prompt asks for is what it is, whatever it
            praises first.
        quotation_weight: Weight for content where a short block is foreign and nothing more.
        long_quotation_weight: The same for a longer block.
    """

    name: str = "stray_language"
    min_confidence: float = 0.6
    short_words: int = 15
    medium_words: int = 30
    max_words: int = 45
    phrase_weight: float = 0.85
    two_signs_weight: float = 0.75
    one_sign_weight: float = 0.6
    long_factor: float = 0.7
    unknown_weight: float = 0.5
    neighbour_weight: float = 0.6
    login_weight: float = 0.9
    quotation_weight: float = 0.3
    long_quotation_weight: float = 0.6

    def signals(self, page: Page) -> Iterator[Signal]:
        """Yields evidence that foreign blocks are prompts, or quotations."""
        if not page.language:
            return
        foreign = self._foreign(page)
        prompts = self._prompts(page, foreign)
        roles = {block: role for block, (role, _) in prompts.items()}
        for block, language in foreign.items():
            stray = f"{STRAY}:{language} in {page.language}"
            beside = self._beside(page, foreign, roles, block)
            is_lead_in = beside is Role.LOGIN_PROMPT and roles.get(block) is Role.SUBSCRIBE_PROMPT
            if block in prompts and not is_lead_in:
                yield Signal(block, *prompts[block], stray)
            if beside is not None and roles.get(block) not in (beside, Role.LOGIN_PROMPT):
                weight = self.login_weight if beside is Role.LOGIN_PROMPT else self.neighbour_weight
                yield Signal(block, beside, weight, stray)
                roles.setdefault(block, beside)
            if block not in roles:
                is_short = page.word_counts[block] <= self.short_words
                weight = self.quotation_weight if is_short else self.long_quotation_weight
                yield Signal(block, Role.TEXT, weight, f"language.foreign:{language} in {page.language}")
        for block, (role, language) in _known_abroad(page).items():
            yield Signal(block, role, self.unknown_weight, f"{STRAY}:{language} in {page.language}")

    def _foreign(self, page: Page) -> dict[int, str]:
        """The blocks whose language is surely another than the page's."""
        columns = zip(page.block_languages, page.block_language_confidences, strict=True)
        own = page.language
        return {
            block: language
            for block, (language, confidence) in enumerate(columns)
            if language and language != own and confidence >= self.min_confidence
        }

    def _prompts(self, page: Page, foreign: Mapping[int, str]) -> dict[int, tuple[Role, float]]:
        """The blocks that are a stray prompt, with the likeliest role and its weight."""
        hits: dict[int, dict[Role, list[PhraseHit]]] = {}
        for role in PROMPTS:
            for hit in page.phrase_hits.get(role, ()):
                language = foreign.get(hit.block)
                if language is not None and _is_same(hit.pattern.language, language):
                    hits.setdefault(hit.block, {}).setdefault(role, []).append(hit)
        judged = {
            block: self._judge(page, block, language, hits.get(block, {}))
            for block, language in foreign.items()
            if page.word_counts[block] <= self.max_words
        }
        return {block: prompt for block, prompt in judged.items() if prompt is not None}

    def _judge(
        self, page: Page, block: int, language: str, hits: Mapping[Role, list[PhraseHit]]
    ) -> tuple[Role, float] | None:
        """The likeliest role of a foreign block and its weight; None if it looks like no prompt."""
        count = page.word_counts[block]
        best: tuple[Role, float] | None = None
        for role, found in hits.items():
            for hit in found:
                if hit.pattern.kind != "hint":
                    weight = max(self.phrase_weight, phrase_weight(hit.pattern.kind, len(hit.pattern.words), count))
                    if best is None or best[1] < weight:
                        best = role, weight
        if best is not None or page.texts[block].startswith(QUOTATION_MARKS):
            return best
        hints = {role: len({hit.pattern.phrase for hit in found}) for role, found in hits.items()}
        signs = sum(hints.values()) + min(MAX_APPEALS, appeal_count(page.words[block], language))
        weight = self._sign_weight(signs, count)
        return (max(hints, key=hints.__getitem__, default=Role.SUBSCRIBE_PROMPT), weight) if weight else None

    def _sign_weight(self, signs: int, word_count: int) -> float:
        """The weight of so many hints and words that speak to the reader."""
        is_short, is_medium = word_count <= self.short_words, word_count <= self.medium_words
        if signs > 1 and is_medium:
            return self.two_signs_weight
        if signs > MAX_APPEALS:
            return self.two_signs_weight * self.long_factor
        if signs and is_medium:
            return self.one_sign_weight * (1.0 if is_short else self.long_factor)
        return 0.0

    def _beside(self, page: Page, foreign: Mapping[int, str], roles: Mapping[int, Role], block: int) -> Role | None:
        """The role of the stray prompt beside a foreign block of the same language: a prompt is often cut in two."""
        if page.word_counts[block] > self.medium_words:
            return None
        for other in (block - 1, block + 1):
            if other in roles and foreign.get(other) == foreign[block]:
                return roles[other]
        return None


def _known_abroad(page: Page) -> dict[int, tuple[Role, str]]:
    """Blocks of unknown language with a phrase of several words that only another language knows: role and language."""
    found: dict[int, tuple[Role, str]] = {}
    at_home: set[int] = set()
    languages, own = page.block_languages, page.language
    for role in PROMPTS:
        for block, pattern, _ in page.phrase_hits.get(role, ()):
            if languages and languages[block]:
                continue
            if _is_same(pattern.language, own):
                at_home.add(block)
            elif pattern.kind != "hint" and len(pattern.words) > 1:
                found.setdefault(block, (role, pattern.language))
    return {block: prompt for block, prompt in found.items() if block not in at_home}


def _is_same(language: str, other: str) -> bool:
    """Whether two languages are one, or taken for each other on a few words."""
    return language == other or any(language in group and other in group for group in CONFUSABLE)

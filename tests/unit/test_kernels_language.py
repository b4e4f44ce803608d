"""The kernels of words, languages and phrases: each gives what its reference in Python gives."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cleanpage import lexicon, page
from cleanpage.language import identify, page_language, scoring, second_opinion, verdict
from cleanpage.language.scoring import Reading
from cleanpage.language.scripts import CYRILLIC, LATIN, SCRIPTS, SHARED
from cleanpage.page import (
    FOLDED_CODE_COUNT,
    FULL_WIDTH,
    LIGATURES,
    NO_LETTERS,
    Page,
    split_all,
    split_and_number,
    split_words,
)
from cleanpage.roles import Kind
from tests.kernels import both, needs_kernels

pytestmark = needs_kernels


any_text = st.text(st.characters(exclude_categories=()), max_size=20)
"""Characters of all planes, lone surrogates too."""

odd_text = st.text(
    st.sampled_from(
        "aZz9_ \n\0.:/@wßİıẞŉǰ\u0307\u0345éΣςσ\u00ad\u200b’—→日の・，한ᄀ\u11a8ﬁक़\u0301\u212a😀🀄𝐀\ud800\uffff"
    ),
    max_size=24,
)
"""Letters that fold, compose or part oddly, invisible ones, and pieces of addresses."""

sentence = st.sampled_from(
    [
        "The council decided that the old bridge would stay closed.",
        "Sign in or create an account to read on",
        "De gemeenteraad besloot dat de oude brug dicht blijft.",
        "Maak een account aan en lees verder",
        "Der Gemeinderat beschloß die Straße zu schließen.",
        "Köprü ilkbahara kadar kapalı kalacak, İstanbul'da.",
        "Cây cầu cũ sẽ đóng cửa cho đến mùa xuân.",
        "Старый мост закрыт до весны.",
        "Увійдіть або зареєструйтеся",
        "جسر قديم مغلق حتى الربيع",
        "पुराना पुल वसंत तक बंद रहेगा।",
        "市议会星期二决定，河上的旧桥将关闭。",
        "古い橋を春まで通行止めとする。",
        "오래된 다리는 봄까지 폐쇄된다.",
        "Galaxy Ultra Premium Edition",
        "www.example.com, you@example.com or https://example.com/a",
    ]
)
texts = st.lists(st.one_of(sentence, odd_text, any_text, st.tuples(sentence, odd_text).map("".join)), max_size=12)


def page_of(texts: list[str], language: str = "") -> Page:
    """A page with such blocks."""
    made = Page(texts=texts, kinds=[Kind.PARAGRAPH] * len(texts), link_char_counts=[len(text) // 3 for text in texts])
    made.head.language = language
    return made


@given(texts)
def test_split_all(texts: list[str]) -> None:
    """Words are the same, and equal texts share one list."""
    found, expected = both(lambda: split_all(texts), page)
    assert found == expected == [split_words(text) for text in texts]
    assert len(set(map(id, found))) == len(set(texts))


def test_split_every_character() -> None:
    """Every code point is folded and parted as by itself, between letters and alone."""
    codes = [*range(FOLDED_CODE_COUNT), *range(FOLDED_CODE_COUNT, 0x20000, 7), *range(*FULL_WIDTH)]
    codes += [code for part in (*NO_LETTERS, LIGATURES) for code in range(*part)]
    codes += [
        *range(0x1F000, 0x1FB00),
        *[edge + step for edge in (0x3100, 0x3400, 0xA000, 0xF900, 0xFB00) for step in (-1, 0)],
    ]
    texts = [f"a{chr(code)}B {chr(code)}" for code in codes]
    found, expected = both(lambda: split_all(texts), page)
    assert found == expected


def test_what_python_need_not_split() -> None:
    """Letters that several replace, ligatures, flags, variation selectors and icons take no detour through Python."""
    words, columns = split_and_number(["Straße \ufb01ne \U0001f1e9\U0001f1ea \u2764\ufe0f \ue000x"])
    assert words == [["strasse", "fine", "x"]]
    assert columns is not None


def test_words_are_shared() -> None:
    """A word is one string wherever it stands on a page, and a page with many words has room for them."""
    long = " ".join(f"word{number}" for number in range(5000))
    first, second = split_all([long, f"{long} more"])
    assert first == long.split()
    assert all(one is other for one, other in zip(first, second, strict=False))


@given(texts.filter(bool))
def test_reading(texts: list[str]) -> None:
    """Blocks are cleaned and cut, their letters counted and their n-grams scored alike."""

    def read() -> list[Any]:
        reading = Reading(texts)
        scripts = [np.full(len(texts), script) for script in range(len(SCRIPTS))]
        columns = [reading.lengths, reading.weights, reading.scripts, reading.word_counts]
        carries = [reading.carries_language(each) for each in (reading.scripts, *scripts)]
        return [reading.texts, *columns, *carries, *[reading.scores(script) for script in SHARED]]

    for found, expected in zip(*both(read, scoring), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_stable_characters() -> None:
    """What the kernel takes for visible and in normal form needs no cleaning, whatever stands before it."""
    codes = [*range(0x3000), *range(0x3000, 0x20000, 3), *range(0xAC00, 0xAC40), *range(0xFF00, 0xFFF0)]
    texts = ["".join(starter + chr(code) for starter in "aäعクक가ᄀ") for code in codes]
    found, expected = both(lambda: Reading(texts).texts, scoring)
    assert found == expected


@given(st.one_of(sentence, odd_text, any_text, st.lists(sentence).map(" ".join)))
def test_second_opinion(text: str) -> None:
    """The likelihoods are the same to the bit, and in the same order."""
    found, expected = both(lambda: list(second_opinion.log_likelihoods(text).items()), second_opinion)
    assert found == expected


@given(texts, st.sampled_from(["", "en", "nl", "ru", "be", "eu", "ms", "ja"]))
def test_identify(texts: list[str], language: str) -> None:
    """The language of a page and of its blocks, and how sure they are, are the same to the bit."""

    def identified() -> tuple[Any, ...]:
        verdict._small_word_count.cache_clear()
        made = page_of(texts, language)
        identify(made)
        return made.language, made.block_languages, made.block_language_confidences

    found, expected = both(identified, scoring, second_opinion, page_language, verdict)
    assert found == expected


@given(st.one_of(odd_text, sentence, st.text("abAB_9 é", max_size=20)), st.sampled_from(["en", "nl", "eu", "ru", "xx"]))
def test_best_margin(text: str, language: str) -> None:
    """The best of the other languages is the same, and so are its nats."""
    scripts = (LATIN, CYRILLIC)
    scores = [dict(zip(SHARED[each], Reading([text]).scores(each)[0].tolist(), strict=True)) for each in scripts]

    def best() -> list[tuple[str, float] | None]:
        return [
            verdict._best_margin(text, ahead, script, language) for script, ahead in zip(scripts, scores, strict=True)
        ]

    found, expected = both(best, verdict, second_opinion)
    assert found == expected


word = st.sampled_from(["ab", "abc", "abd", "b", "cd", "2", "٣", "ログ"])


@st.composite
def patterns(draw: st.DrawFn, language: str) -> list[lexicon.Pattern]:
    """Phrases of few and similar words."""
    made = []
    for _ in range(draw(st.integers(0, 8))):
        words = tuple(draw(st.lists(word, min_size=1, max_size=3)))
        stems = tuple(draw(st.booleans()) and len(each) >= lexicon.STEM_LENGTH for each in words)
        section, kind = draw(st.sampled_from(["legal", "sharing"])), draw(st.sampled_from(lexicon.MATCH_KINDS))
        made.append(lexicon.Pattern(words, stems, section, kind, language))
    return made


@given(patterns("aa"), patterns("bb"), st.lists(st.lists(word, max_size=6).map(" ".join), max_size=6))
def test_find_phrases(first: list[lexicon.Pattern], second: list[lexicon.Pattern], blocks: list[str]) -> None:
    """The same phrases of several lexicons are found at the same places, in the same order."""
    made = page_of([*blocks, *blocks, "Sign in or create an account", "9 share this"], "en")
    made.language = "en"
    own = [lexicon.Lexicon(first), lexicon.Lexicon(second)]
    found, expected = both(lambda: lexicon.find_phrases(made, own), lexicon)
    assert list(found.items()) == list(expected.items())
    assert found == expected
    assert {type(hit) for hits in found.values() for hit in hits} == {lexicon.PhraseHit}


@given(texts, st.sampled_from(["", "de", "ja", "ru"]))
def test_find_phrases_of_the_lexicons(texts: list[str], language: str) -> None:
    """The same with the lexicons of the package, all of them where the language is not known."""
    made = page_of(texts)
    made.language = language
    found, expected = both(lambda: lexicon.find_phrases(made), lexicon)
    assert list(found.items()) == list(expected.items())

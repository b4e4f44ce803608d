"""How texts are split into words, one by one and all of a page at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanpage.page import FOLDED_CODE_COUNT, HANGUL, Page, split_all, split_words

odd_letters = st.text(st.sampled_from("aZ9_ \n\0ßİı\u0307\u0345éΣςσ’—日の한ﬁक़\u0301😀\ud800\uffff"), max_size=12)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't stop_now", ["don", "t", "stop", "now"]),
        ("Straße İstanbul", ["strasse", "istanbul"]),
        ("日本 no 한국어", ["日", "本", "no", "한국어"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("… — 5,00 €", ["5", "00"]),
        ("", []),
    ],
)
def test_split_words(text: str, words: list[str]) -> None:
    """Words are casefolded, without punctuation; a character without spaces around it is a word of its own."""
    assert split_words(text) == words
    assert split_all([text]) == [words]


@given(st.lists(st.one_of(st.text(max_size=20), odd_letters), max_size=6))
def test_splitting_all_is_splitting_each(texts: list[str]) -> None:
    """All at once or one by one, whatever the characters: the words are the same."""
    assert split_all(texts) == [split_words(text) for text in texts]


def test_every_character_is_folded_alike() -> None:
    """What the table holds is what splitting does, for each code point and for what follows the table."""
    codes = [*range(FOLDED_CODE_COUNT + 0x100), *range(HANGUL[0] - 9, HANGUL[1] + 9), *range(0xFFF0, 0x10010)]
    texts = [f"a{chr(code)}B {chr(code)}" for code in codes]
    assert split_all(texts) == [split_words(text) for text in texts]


def test_equal_blocks_share_their_words() -> None:
    """Blocks of the same text have one list of words between them, so that what looks for phrases reads it once."""
    page = Page(texts=["Read more", "A tale", "Read more"])
    assert page.words[0] is page.words[2]
    assert page.word_counts == [2, 2, 2]


def test_forgotten_words_are_split_again() -> None:
    """What was worked out about a page goes, its columns stay."""
    page = Page(texts=["One two", "three"], phrase_hits={"legal": []})
    words, page.layout = page.words, "worked out"  # type: ignore[attr-defined]
    page.forget()
    assert set(vars(page)) == set(vars(Page()))
    assert page.phrase_hits == {}
    assert page.words == words

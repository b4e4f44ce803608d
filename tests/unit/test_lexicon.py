"""The lexicons: what their files hold, how each kind of phrase matches, and which of them a page needs."""

from __future__ import annotations

import tomllib
from collections import Counter
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cleanpage
from cleanpage import lexicon
from cleanpage.errors import LexiconError
from cleanpage.lexicon import MATCH_KINDS, MAX_PHRASE_WORDS, SECTIONS, Lexicon, Pattern, Search
from cleanpage.page import Page, split_words
from tests.builders import page_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from cleanpage.page import Signal

    Write = Callable[..., Lexicon]

LANGUAGE_COUNT = 34
"""Languages that have a lexicon; none is easily lost."""

each_language = pytest.mark.parametrize("language", lexicon.languages())


@cache
def data_of(language: str) -> dict[str, Any]:
    """A lexicon file as TOML reads it."""
    path = resources.files("cleanpage") / "lexicons" / f"{language}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def lists_of(language: str) -> Iterator[tuple[str, str, list[str]]]:
    """The section, kind and phrases of each list of a file."""
    for section, kinds in data_of(language).items():
        for kind, phrases in kinds.items() if section != "language" else ():
            yield section, kind, phrases


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Makes a lexicon with phrases by kind, all of one section."""

    def make(section: str = "login_prompt", **kinds: list[str]) -> Lexicon:
        path = tmp_path / "own.toml"
        lines = [f"{kind} = {phrases!r}" for kind, phrases in kinds.items()]
        path.write_text("\n".join([f"[{section}]", *lines]), encoding="utf-8")
        return lexicon.read_lexicon(path)

    return make


def places(searched: Lexicon, words: list[str]) -> list[tuple[Pattern, int]]:
    """The phrases in the words of a page's only block."""
    return Search([searched], set(words)).find(words)


def found(searched: Lexicon, text: str) -> list[tuple[str, str, int]]:
    """The phrases in a text, with their kind and place."""
    return [(pattern.phrase, pattern.kind, word) for pattern, word in places(searched, split_words(text))]


def test_languages() -> None:
    """There is a lexicon for each of the languages, and for English, which every page needs."""
    assert len(lexicon.languages()) >= LANGUAGE_COUNT
    assert lexicon.FALLBACK_LANGUAGE in lexicon.languages()
    assert {language for group in lexicon.CONFUSABLE for language in group} <= set(lexicon.languages())


@each_language
def test_file_is_complete(language: str) -> None:
    """A file names its language and has all thirteen sections; their lists are of known kinds and hold phrases."""
    assert len(SECTIONS) == 13
    assert set(data_of(language)) == SECTIONS | {"language"}
    assert data_of(language)["language"] == language
    assert {kind for _, kind, _ in lists_of(language)} == set(MATCH_KINDS)
    assert [(section, kind) for section, kind, phrases in lists_of(language) if not phrases] == []


@each_language
def test_phrases_are_written_as_they_match(language: str) -> None:
    """Phrases are casefolded and spaced singly, and stand once in their list."""
    for section, kind, phrases in lists_of(language):
        assert [phrase for phrase in phrases if phrase != " ".join(phrase.casefold().split())] == [], (section, kind)
        assert [phrase for phrase, count in Counter(phrases).items() if count > 1] == [], (section, kind)


@each_language
def test_stars_end_a_word(language: str) -> None:
    """A star within a word, or alone, would match nothing."""
    words = [word for _, _, phrases in lists_of(language) for phrase in phrases for word in phrase.split()]
    assert [word for word in words if "*" in word[:-1] or word == "*"] == []


@each_language
def test_every_phrase_can_be_found(language: str) -> None:
    """A phrase is found in a block of its own words: none is cut or counted so that it never matches."""
    searched = lexicon.load(language)
    assert len(searched.patterns) == sum(len(phrases) for _, _, phrases in lists_of(language))
    search = Search([searched], {word for pattern in searched.patterns for word in pattern.words})
    for pattern in searched.patterns:
        assert (pattern, 0) in search.find(list(pattern.words)), pattern


@pytest.mark.parametrize(
    ("kind", "phrase", "text", "place"),
    [
        ("whole_block", "sign in", "Sign in", 0),
        ("whole_block", "sign in", "» SIGN IN!", 0),
        ("whole_block", "sign in", "12 sign 3 in (4)", 0),
        ("whole_block", "sign in", "Sign in now", None),
        ("whole_block", "sign in", "Please sign in", None),
        ("whole_block", "sign in", "2026", None),
        ("whole_block", "anmeld*", "Anmeldung", 0),
        ("whole_block", "anmeld*", "1. Anmelden", 0),
        ("whole_block", "anmeld*", "Anmeldung heute", None),
        ("starts", "lees ook", "Lees ook: de stad in de winter", 0),
        ("starts", "lees ook", "3 lees ook", 0),
        ("starts", "lees ook", "Lees ook", 0),
        ("starts", "lees ook", "U kunt het lees ook", None),
        ("starts", "lees ook", "Lees", None),
        ("starts", "jetzt anmeld*", "Jetzt anmelden und weiterlesen", 0),
        ("anywhere", "mot de passe", "Avez-vous oublié votre mot de passe ?", 4),
        ("anywhere", "mot de passe", "mot 3 de passe", None),
        ("anywhere", "mot de passe", "le mot de", None),
        ("anywhere", "art", "The party of the artist", None),
        ("anywhere", "art*", "The party of the artist", 4),
        ("anywhere", "art*", "Art", 0),
        ("anywhere", "art*", "Fine arms", None),
        ("anywhere", "kost* anmeld*", "Hier kostenlos anmelden!", 1),
        ("anywhere", "kost* anmeld*", "Hier kostenlos melden!", None),
        ("anywhere", "top 10", "Our top 10", 1),
        ("hint", "пароль", "Введите пароль", 1),
        ("hint", "пароль", "Введите пароли", None),
        ("whole_block", "登录", "登录", 0),
        ("whole_block", "登录", "登 录 /", 0),
        ("whole_block", "登录", "请登录", None),
        ("starts", "登录", "登录后继续", 0),
        ("anywhere", "登录", "请登录后继续", 1),
        ("anywhere", "ログイン", "今すぐログインする", 3),
        ("anywhere", "登录", "登山录", None),
        ("anywhere", "تسجيل الدخول", "يرجى تسجيل الدخول", 1),
        ("anywhere", "로그인*", "먼저 로그인하세요", 1),
    ],
)
def test_kinds_of_match(write: Write, kind: str, phrase: str, text: str, place: int | None) -> None:
    """Where a phrase of each kind is found; digits count for the kinds alone that look inside a block."""
    searched = write(**{kind: [phrase]})
    (pattern,) = searched.patterns
    assert found(searched, text) == ([] if place is None else [(pattern.phrase, kind, place)])


def test_phrases_as_they_are_read(write: Write) -> None:
    """A phrase is shown as it is written: with its stars, and without spaces where its script has none."""
    phrases = ["anmeld* oder kaufen", "登录账号", "ログインする", "用 google 登录", "로그인 하기"]
    assert [pattern.phrase for pattern in write(anywhere=phrases).patterns] == phrases


def test_phrases_that_begin_alike(write: Write) -> None:
    """Of several phrases with the same first word those are found whose other words follow."""
    searched = write(anywhere=["sign", "sign in", "sign in here", "sign up", "sign our*", "sign in* twice"])
    assert found(searched, "Just sign up") == [("sign", "anywhere", 1), ("sign up", "anywhere", 1)]
    assert {phrase for phrase, _, _ in found(searched, "sign in here")} == {"sign", "sign in", "sign in here"}
    assert {phrase for phrase, _, _ in found(searched, "sign ourselves")} == {"sign", "sign our*"}
    assert {phrase for phrase, _, _ in found(searched, "sign into twice")} == {"sign", "sign in* twice"}


def test_phrases_of_several_kinds(write: Write) -> None:
    """One text may match in several ways, and in several places."""
    searched = write(whole_block=["log in"], starts=["log"], anywhere=["log in"], hint=["in"])
    assert Counter(found(searched, "Log in")) == Counter(
        [("log in", "whole_block", 0), ("log", "starts", 0), ("log in", "anywhere", 0), ("in", "hint", 1)]
    )
    assert found(searched, "Or log in, or log in.")[:2] == [("log in", "anywhere", 1), ("in", "hint", 2)]
    assert len(found(searched, "Or log in, or log in.")) == 4


def matches_naively(pattern: Pattern, words: Sequence[str], index: int) -> bool:
    """Whether a pattern's words stand at a place."""
    there = words[index : index + len(pattern.words)]
    return len(there) == len(pattern.words) and all(
        word == wanted or (star and word.startswith(wanted))
        for word, wanted, star in zip(there, pattern.words, pattern.is_stem, strict=True)
    )


def places_naively(patterns: Sequence[Pattern], words: Sequence[str]) -> list[tuple[Pattern, int]]:
    """What `Search.find` should find, one pattern and one place after the other."""
    letters = [word for word in words if not word.isdecimal()]
    found: list[tuple[Pattern, int]] = []
    for pattern in patterns if letters else ():
        if pattern.kind in ("whole_block", "starts"):
            fits = pattern.kind == "starts" or len(letters) == len(pattern.words)
            starts = [0] if fits and matches_naively(pattern, letters, 0) else []
        else:
            starts = [index for index in range(len(words)) if matches_naively(pattern, words, index)]
        found += [(pattern, start) for start in starts]
    return found


words_alike = st.sampled_from(["ab", "abc", "abd", "b", "cd", "2"])


@st.composite
def patterns_alike(draw: st.DrawFn) -> Pattern:
    """A pattern of few and similar words."""
    words = tuple(draw(st.lists(words_alike, min_size=1, max_size=3)))
    is_stem = tuple(draw(st.booleans()) and len(word) >= lexicon.STEM_LENGTH for word in words)
    return Pattern(words, is_stem, "sharing", draw(st.sampled_from(MATCH_KINDS)), "en")


@given(st.lists(patterns_alike(), max_size=8), st.lists(st.lists(words_alike, max_size=6), max_size=4))
def test_find_equals_a_naive_search(patterns: list[Pattern], blocks: list[list[str]]) -> None:
    """The indexes change no result, nor do the words of the other blocks of the page."""
    search = Search([Lexicon(patterns)], {word for words in blocks for word in words})
    for words in blocks:
        assert Counter(search.find(words)) == Counter(places_naively(patterns, words))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'[greetings]\nanywhere = ["hello"]', r"unknown section \[greetings\]; the sections are author_bio, byline"),
        (b'name = "mine"', r"unknown section \[name\]; the sections are"),
        (b'[navigation]\nends = ["home"]', r"unknown match kind 'ends' in \[navigation\]; use whole_block, starts"),
        (b'[legal]\nhint = ["terms", "-"]', r"'-' in \[legal\] hint has no word, or a starred word that is too short"),
        (b'[legal]\nhint = [""]', r"'' in \[legal\] hint has no word"),
        (b'[legal]\nhint = ["a* b"]', r"'a\* b' in \[legal\] hint has no word, or a starred word that is too short"),
        ('[legal]\nhint = ["条款*"]'.encode(), r"'条款\*' in \[legal\] hint has no word, or a starred word"),
        (b'[legal]\nhint = ["terms"', r"cannot be read as a lexicon \(.+\); write it as UTF-8 TOML"),
        ('[legal]\nhint = ["Datenschutzerklärung"]'.encode("latin-1"), r"cannot be read .+; write it as UTF-8 TOML"),
        (b'[legal]\nhint = "terms"', r"\[legal\] hint is not a list of phrases"),
        (b"[legal]\nhint = [1]", r"\[legal\] hint is not a list of phrases"),
        (b"[legal]\nhint = 1", r"\[legal\] hint is not a list of phrases"),
    ],
)
def test_files_that_are_wrong(tmp_path: Path, content: bytes, message: str) -> None:
    """Whatever is wrong with a file, the error names the file, the place and the cure."""
    path = tmp_path / "own.toml"
    path.write_bytes(content)
    with pytest.raises(LexiconError, match=message) as caught:
        cleanpage.Cleaner(lexicons=[path])
    assert str(caught.value).startswith(f"{path}: ")


def test_a_file_that_is_missing(tmp_path: Path) -> None:
    """A lexicon that is not there, or is a folder, is named."""
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(LexiconError, match=f"^{path}: cannot be read"):
            lexicon.read_lexicon(path)


def test_language_of_a_file(tmp_path: Path) -> None:
    """A file that does not say which language it is in is in that of its name."""
    path = tmp_path / "eo.toml"
    path.write_text('[sharing]\nhint = ["kunhavigi"]', encoding="utf-8")
    assert [pattern.language for pattern in lexicon.read_lexicon(path).patterns] == ["eo"]


def test_lexicons_together_are_their_union() -> None:
    """Lexicons searched together find what each of them finds, no more and no less."""
    together = [lexicon.load(language) for language in ("en", "fr", "nl")]
    for text in ("Sign in", "Mot de passe oublié ?", "Deel dit artikel", "The bridge over the river is closed."):
        words = split_words(text)
        apart = [place for one in together for place in places(one, words)]
        assert Counter(Search(together, set(words)).find(words)) == Counter(apart)
        assert bool(apart) == ("bridge" not in text)


def test_a_language_without_a_lexicon() -> None:
    """A language that has no file has no phrases, and adds none to others."""
    words = ["sign", "in"]
    unknown, english = lexicon.load("tlh"), lexicon.load("en")
    assert unknown.patterns == ()
    assert places(unknown, words) == []
    assert Search([english, unknown], set(words)).find(words) == places(english, words) != []


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (Page(language="pl"), {"en", "pl"}),
        (Page(language="en"), {"en"}),
        (Page(language="tlh"), {"en"}),
        (Page(language="pl", block_languages=("pl", "", "fr", "pl")), {"en", "fr", "pl"}),
        (Page(language="fr", block_languages=("fr", "nl")), {"de", "en", "fr", "nl"}),
        (Page(language="fr", block_languages=("tlh",)), {"en", "fr"}),
        (Page(language="sv"), {"en", "sv"}),
        (Page(language="sv", block_languages=("sv", "sv")), {"en", "sv"}),
        (Page(language="sv", is_plain_text=True), {"da", "en", "no", "sv"}),
        (Page(language="fr", is_plain_text=True), {"en", "fr"}),
    ],
    ids=lambda value: f"{value.language}-{value.block_languages}" if isinstance(value, Page) else None,
)
def test_lexicons_that_a_page_needs(page: Page, expected: set[str]) -> None:
    """A page needs its own language, English, those of its foreign blocks and what these are taken for."""
    assert lexicon.languages_of(page) == tuple(sorted(expected))


def test_a_page_whose_language_is_not_known() -> None:
    """Nothing is left out where nothing is known."""
    assert lexicon.languages_of(Page(block_languages=("fr",))) == lexicon.languages()


def test_find_phrases_of_a_page(write: Write) -> None:
    """Hits are kept by section, in block order; only the first words of a long block are searched."""
    long = "word " * (MAX_PHRASE_WORDS - 1)
    page = page_of("Open sesame", "A tale.", f"{long} sesame", f"{long} and sesame")
    page.language = "en"
    hits = lexicon.find_phrases(page, [write(hint=["sesame"]), write("sharing", starts=["a tale"])])
    own = {section: [(hit.block, hit.word) for hit in hits[section]] for section in ("login_prompt", "sharing")}
    assert own == {"login_prompt": [(0, 1), (2, MAX_PHRASE_WORDS - 1)], "sharing": [(1, 0)]}


def test_own_lexicons_are_searched_on_every_page(tmp_path: Path) -> None:
    """A caller's own lexicon is searched whatever language it and the page are in, by that Cleaner alone."""
    path = tmp_path / "tlh.toml"
    path.write_text('[login_prompt]\nwhole_block = ["yi\'el naDev"]', encoding="utf-8")
    seen: list[set[str]] = []

    class Reader:
        """A detector that only looks."""

        name = "reader"

        def signals(self, page: Page) -> list[Signal]:
            """Notes the languages of the phrases found."""
            seen.append({hit.pattern.language for hit in page.phrase_hits.get("login_prompt", ())})
            return []

    prose = {
        "de": "Der Gemeinderat hat beschlossen, dass die alte Brücke bis zum Frühjahr für Lastwagen gesperrt bleibt.",
        "ru": "Городской совет решил во вторник, что старый мост через реку останется закрытым до весны.",
    }
    for language, text in prose.items():
        html = f"<html lang='{language}'><body><p>{text}</p><p>Yi'el naDev!</p></body></html>"
        assert cleanpage.Cleaner(lexicons=[str(path)], detectors=[Reader()]).clean(html).language == language
        cleanpage.Cleaner(detectors=[Reader()]).clean(html)
    assert seen == [{"tlh"}, set(), {"tlh"}, set()]

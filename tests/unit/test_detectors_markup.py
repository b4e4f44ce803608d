"""Tests of what markup says: names, links, tags and types, and how far a finding reaches."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanpage.detectors.appeals import appeal_count, appeals_of
from cleanpage.detectors.declared import declared_of
from cleanpage.detectors.evidence import evidence_of, is_forum
from cleanpage.detectors.layout import label_scope, layout_of
from cleanpage.errors import LexiconError
from cleanpage.markup import (
    TAG_TABLES,
    link_clues,
    name_clues,
    names_clues,
    read_vocabulary,
    site_of,
    split_href,
    vocabulary,
)
from cleanpage.page import Head, Page, split_words
from cleanpage.parse import parse
from cleanpage.plaintext import segment_text
from cleanpage.roles import Role
from cleanpage.segment import segment

if TYPE_CHECKING:
    from pathlib import Path

PROSE = "The harbour office counted forty-one boats on Monday, twice as many as in the same week a year ago."


def page_of(html: str) -> Page:
    """A page from the inside of a body."""
    root = parse(f"<html><body>{html}</body></html>")
    assert root is not None
    return segment(root)


def roles_of_name(name: str) -> set[str]:
    """The roles that a name speaks for."""
    return {clue.role.value for clue in name_clues(name)}


def roles_of_link(href: str) -> set[str]:
    """The roles that a link target speaks for."""
    return {clue.role.value for clue in link_clues(href)}


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("related-posts", "related"),
        ("relatedposts", "related"),
        ("block__related-posts", "related"),
        ("#comments", "comments"),
        ("comment-4711", "comments"),
        ("c-cookie-banner__text", "consent_notice"),
        ("qc-cmp2-container", "consent_notice"),
        ("gtm-newsletter", "subscribe_prompt"),
        ("werbung", "sponsored"),
        ("ad300", "sponsored"),
        ("author-bio", "author_bio"),
        ("wp-caption-text", "caption"),
    ],
)
def test_names_speak(name: str, role: str) -> None:
    """A class token or id is known whole, by its parts, and with numbers at its end."""
    assert role in roles_of_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "header",
        "shadow",
        "reading",
        "unrelated",
        "css-1ad9x",
        "has-comments",
        "no-ads",
        "loginov",
        "discomments",
        "",
        "#",
        "--",
    ],
)
def test_names_never_match_by_substring(name: str) -> None:
    """Parts of words, hashes and states say nothing that deletes."""
    assert roles_of_name(name) & {"sponsored", "related", "comments", "login_prompt"} == set()


def test_longer_entry_hides_shorter_ones() -> None:
    """The date in "comment-author" is the comment's, the author in it too."""
    assert roles_of_name("comment-author") == {"comments"}
    assert "byline" in roles_of_name("author-name")


def test_names_keep_the_strongest_clue_of_a_role() -> None:
    """Several names of one element give one clue a role."""
    clues = names_clues(("widget", "related-posts", "related"))
    assert [clue.role for clue in clues].count(Role.RELATED) == 1
    assert max(clue.weight for clue in clues if clue.role is Role.RELATED) == name_clues("related-posts")[0].weight


@pytest.mark.parametrize(
    ("href", "role"),
    [
        ("/login", "login_prompt"),
        ("https://www.example.org/users/sign_in?next=/", "login_prompt"),
        ("/wp-login.php?action=register", "login_prompt"),
        ("https://abo.example.org/", "subscribe_prompt"),
        ("https://play.google.com/store/apps/details?id=x", "subscribe_prompt"),
        ("https://www.facebook.com/sharer.php?u=x", "sharing"),
        ("mailto:?subject=Read%20this", "sharing"),
        ("whatsapp://send?text=x", "sharing"),
        ("#respond", "comments"),
        ("/post#comment-77", "comments"),
        ("/privacy-policy.html", "legal"),
        ("/impressum/", "legal"),
        ("tel:+1234", "legal"),
        ("https://ad.doubleclick.net/x", "sponsored"),
        ("https://shop.example.com/?utm_medium=cpc", "sponsored"),
        ("/author/jane", "byline"),
        ("/tag/boats", "navigation"),
        ("javascript:void(0)", "interface"),
        ("//TABOOLA.com/x", "sponsored"),
    ],
)
def test_links_speak(href: str, role: str) -> None:
    """A link target is known by host, path step, query, fragment or scheme."""
    assert role in roles_of_link(href)


@pytest.mark.parametrize(
    "href",
    ["/how-to-login-to-a-terminal", "/2031/03/the-privacy-of-herring", "https://notfacebook.com/x", "", "#", "/"],
)
def test_links_match_whole_steps(href: str) -> None:
    """A word inside a slug or a host that only ends alike says nothing."""
    assert roles_of_link(href) & {"login_prompt", "legal", "sharing"} == set()


def test_last_step_says_most() -> None:
    """/login leads to a form, /login/help away from it."""
    (straight,), (around,) = (
        [c for c in link_clues(h) if c.role is Role.LOGIN_PROMPT] for h in ("/login", "/login/tides")
    )
    assert straight.weight > around.weight


@given(st.text(max_size=60))
def test_any_href_is_split(href: str) -> None:
    """Whatever stands in an href, it is split without error, and nothing of it is in two parts."""
    scheme, host, path, query, anchor = split_href(href)
    assert sum(map(len, (scheme, host, path, query, anchor))) <= len(href.lower())
    assert "?" not in path
    assert "#" not in path + query
    link_clues(href)


@given(st.text(max_size=40))
def test_any_name_is_read(name: str) -> None:
    """Whatever stands in a class, it is read without error and gives at most one clue a role."""
    roles = [clue.role for clue in name_clues(name)]
    assert len(roles) == len(set(roles))


def test_site_of() -> None:
    """A site's name has one label more under a second-level domain of a country."""
    assert site_of("news.example.com") == "example.com"
    assert site_of("news.example.co.uk") == "example.co.uk"
    assert site_of("example.org") == "example.org"
    assert site_of("") == ""


def test_tables_are_tidy() -> None:
    """Entries are lower-case, stand once in a role, and have no border where none can match."""
    data: dict[str, Any] = tomllib.loads((resources.files("cleanpage") / "markup.toml").read_text(encoding="utf-8"))
    for role, tiers in data["names"].items():
        entries = [entry for tier in tiers.values() for entry in tier]
        keys = [entry.replace("-", "") for entry in entries]
        assert sorted(keys) == sorted(set(keys)), role
        assert all(entry == entry.casefold() and "_" not in entry and entry.strip("-") == entry for entry in entries), (
            role
        )
    for role, tables in data["links"].items():
        for table, entries in tables.items():
            assert len(entries) == len(set(entries)), (role, table)
            assert all(entry == entry.lower() and entry for entry in entries), (role, table)
    for table in TAG_TABLES:
        assert all(0 < weight <= 1 for _, weight in data[table].values())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[names.related", "cannot be read"),
        ('[names.relatd]\nsure = ["x"]', "unknown role 'relatd'"),
        ('[names.related]\nmaybe = ["x"]', "unknown list 'maybe'"),
        ('[links.related]\nport = ["x"]', "unknown list 'port'"),
        ('[tags]\nnav = ["nowhere", 0.5]', "unknown role 'nowhere'"),
        ("[colours]\nred = 1", r"unknown table \[colours\]"),
    ],
)
def test_errors_name_the_file_and_the_cure(tmp_path: Path, text: str, message: str) -> None:
    """A table that cannot be used is refused, by name."""
    path = tmp_path / "markup.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LexiconError, match=message) as error:
        read_vocabulary(path)
    assert str(path) in str(error.value)


def test_vocabulary_is_read_once() -> None:
    """The tables are shared."""
    assert vocabulary() is vocabulary()


def test_finding_covers_its_element() -> None:
    """A name speaks about all blocks of its element and no other."""
    page = page_of(f"<p>Before</p><div class='related'><p>One</p><p>Two</p></div><p>{PROSE}</p>")
    (finding,) = (found for found in evidence_of(page).by_role[Role.RELATED] if "related" in found[4])
    assert finding[:2] == (1, 3)


def test_inner_name_adds_nothing_to_a_stronger_one_around_it() -> None:
    """Nested elements of one kind are one finding."""
    items = "<li class='menu'>One</li><li class='menu'>Two</li>"
    page = page_of(f"<div class='menu'><ul class='menu'>{items}</ul></div><p>{PROSE}</p>")
    assert [found[:2] for found in evidence_of(page).by_role[Role.NAVIGATION]] == [(0, 2)]


def test_form_field_speaks_about_its_form() -> None:
    """A password field makes its form one to log in; the text around the form stays as it is."""
    page = page_of(f"<p>{PROSE}</p><form><p>Word</p><div><input type='password'></div><p>Go</p></form>")
    (finding,) = evidence_of(page).by_role[Role.LOGIN_PROMPT]
    assert finding[:2] == (1, 3)


def test_own_site_shares_nothing() -> None:
    """The links of a social network to itself are no share buttons."""
    page = page_of("<p><a href='https://www.reddit.com/r/boats'>Boats</a></p>")
    assert Role.SHARING in evidence_of(page).by_role
    own = page_of("<p><a href='https://www.reddit.com/r/boats'>Boats</a></p>")
    own.url = "https://www.reddit.com/r/fish"
    assert Role.SHARING not in evidence_of(own).by_role


def test_evidence_is_computed_once() -> None:
    """Detectors share one reading of the page."""
    page = page_of("<p>One</p>")
    assert evidence_of(page) is evidence_of(page)
    assert layout_of(page) is layout_of(page)
    assert declared_of(page) is declared_of(page)


@pytest.mark.parametrize(
    "head",
    [
        Head(meta={"generator": "phpBB 3"}),
        Head(json_ld=['{"@type": "QAPage"}']),
        Head(json_ld=['{"@type":"DiscussionForumPosting"}']),
    ],
)
def test_forums_say_so(head: Head) -> None:
    """A forum is known by its generator or its types."""
    page = page_of("<p>One</p>")
    assert not is_forum(page)
    page.head = head
    assert is_forum(page)


def test_forum_by_item_type() -> None:
    """... or by the type of an element."""
    assert is_forum(
        page_of(
            "<div itemscope itemtype='https://schema.org/Question'></div><div itemtype='http://schema.org/QAPage'><p>x</p></div>"
        )
    )


def test_declared_titles_without_the_site() -> None:
    """The headline is found in a title that also names the site, and the site's name is no headline."""
    page = page_of("<p>One</p>")
    page.head = Head(title="Herring returns to the bay | Valley Herald", meta={"og:site_name": "Valley Herald"})
    declared = declared_of(page)
    assert tuple(split_words("Herring returns to the bay")) in declared.titles
    assert declared.site_name == ("valley", "herald")
    assert declared.site_name not in declared.titles


def test_declared_authors_are_names() -> None:
    """Web addresses and lone words are no names of authors; JSON-LD may give one or several."""
    page = page_of("<p>One</p>")
    page.head = Head(
        meta={"author": "https://example.org/jane", "article:author": "Newsroom"},
        json_ld=[
            '{"author": [{"name": "Odile Marsh"}, {"name": "Jan Vos"}]}',
            '{"author": "Li \u00d1and\u00fa"}',
            '{"author": broken',
        ],
    )
    assert declared_of(page).authors == [("odile", "marsh"), ("jan", "vos"), ("li", "\u00f1and\u00fa")]


def test_main_container() -> None:
    """The main container is the smallest element with most of the running text."""
    page = page_of(f"<div><p>Menu</p></div><div><div><p>{PROSE}</p><p>{PROSE}</p></div><p>Foot</p></div>")
    layout = layout_of(page)
    assert (layout.content_first, layout.content_end) == (1, 3)
    assert layout.is_inside(1)
    assert not layout.is_inside(3)


def test_densest_run_of_a_plain_text() -> None:
    """In plain text the main run leaves out a lone paragraph far away from the others."""
    page = segment_text("\n".join(["Menu"] * 3 + [PROSE] * 3 + ["Short"] * 12 + [PROSE]))
    layout = layout_of(page)
    assert (layout.content_first, layout.content_end) == (3, 6)


def test_label_heads_its_container_up_to_the_next_heading() -> None:
    """A heading speaks up to the next one of its rank; a linked one is a teaser's, not the next."""
    page = page_of(
        "<div><h3>Related</h3><h3><a href='/1'>A boat</a></h3><p>It sails.</p><h3>Comments</h3><p>Nice.</p></div>"
    )
    assert label_scope(page, 0, heads_prose=False) == 3


def test_label_in_a_text_stops_at_a_paragraph() -> None:
    """Inside an article a label heads the lines after it, not the text."""
    page = page_of(f"<article><p>{PROSE}</p><h4>Read also</h4><p><a href='/1'>A boat</a></p><p>{PROSE}</p></article>")
    assert label_scope(page, 1, heads_prose=False) == 3
    assert label_scope(page, 1, heads_prose=True) == 4


def test_short_line_that_is_not_first_heads_nothing() -> None:
    """Only a heading element speaks from the middle of a container."""
    page = page_of("<div><p>One</p><p>Share</p><p>Two</p><p>Three</p></div>")
    assert label_scope(page, 1, heads_prose=False) == 2


def test_cards_need_links() -> None:
    """Siblings alike are cards if most of them hold a link."""
    linked = page_of("".join(f"<div class='k'><a href='/{i}'>A boat sails home</a></div>" for i in range(4)))
    assert [(run.first, run.end, run.card_count) for run in layout_of(linked).cards] == [(0, 4, 4)]
    assert layout_of(page_of("<div class='k'><p>A boat sails home</p></div>" * 4)).cards == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Enter your name"),
        ("nl", "Maak je keuze"),
        ("tr", "Hesabınız hazır"),
        ("ja", "お名前をご記入ください"),
        ("ko", "지금 가입하세요"),
        ("zh", "请登录"),
    ],
)
def test_words_that_speak_to_the_reader(language: str, text: str) -> None:
    """Pronouns, endings and, in scripts without spaces, characters are counted."""
    assert appeal_count(split_words(text), language) >= 1


def test_a_statement_speaks_to_nobody() -> None:
    """News in the third person has no such words; an unknown language has none at all."""
    assert appeal_count(split_words("The council closed the bridge on Tuesday"), "en") == 0
    assert appeal_count(split_words("Enter your name"), "xx") == 0


def test_appeals_cover_the_lexicons() -> None:
    """Every language that has a lexicon has words that speak to the reader."""
    from cleanpage import lexicon

    for language in lexicon.languages():
        appeals = appeals_of(language)
        assert appeals.words or appeals.phrases or appeals.endings, language
        assert all(word == word.casefold() for word in appeals.words), language

"""Site templates: what is learned of a site's pages, what is not, and what it does to further pages of it."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from itertools import combinations, permutations
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cleanpage
from benchmarks.site_templates import invented_figures
from cleanpage import Cleaner, ConfigError, InputError, SiteTemplate
from cleanpage.arbiter.model import Probabilities
from cleanpage.arbiter.site import corrected
from cleanpage.page import SiteEvidence
from cleanpage.roles import ROLES
from cleanpage.sites import files, learning
from cleanpage.sites.keys import host_of, place_keys, text_keys
from cleanpage.sites.learning import LossyCounts, SiteLearner
from cleanpage.sites.template import MIN_REPEAT_WORDS
from tests import sites
from tests.builders import page_of

if TYPE_CHECKING:
    from pathlib import Path

    from cleanpage import Document
    from tests.sites import SitePage

LEARNED = 6
each_site = pytest.mark.parametrize("name", sites.NAMES)
each_kind = pytest.mark.parametrize("plain", [False, True], ids=["html", "text"])


@cache
def pages_of(name: str) -> tuple[SitePage, ...]:
    """The pages of a site."""
    return tuple(sites.pages_of(name))


@cache
def template_of(name: str, *, plain: bool = False) -> SiteTemplate:
    """The template of a site's first pages."""
    pages = pages_of(name)[:LEARNED]
    return SiteTemplate.learn_text(p.dump for p in pages) if plain else SiteTemplate.learn(p.html for p in pages)


def clean(page: SitePage, template: SiteTemplate | None, *, plain: bool) -> Document:
    """Cleans a page of a site; it tells its address to nobody."""
    cleaner = Cleaner(site_template=template)
    return cleaner.clean_text(page.dump) if plain else cleaner.clean(page.html)


def test_invented_pages() -> None:
    """The paragraphs of an article are on no other page, and what repeats is on as many as the files say."""
    for name in sites.NAMES:
        pages = pages_of(name)
        assert len({page.html for page in pages}) == len(pages) == sites.PAGE_COUNT
        counts = Counter(text for page in pages for text in {text for _, text in page.blocks})
        # A long text is an article's own, a part's, or the template's.
        assert {count for text, count in counts.items() if len(text.split()) > 15} <= {1, 3, 4, 6, sites.PAGE_COUNT}


@each_site
@each_kind
def test_gain(name: str, plain: bool) -> None:  # noqa: FBT001
    """Pages that were not learned from are cleaned better: more of the main text is right, next to no role is wrong."""
    pages = pages_of(name)[LEARNED:]
    template = template_of(name, plain=plain)
    bare = invented_figures(pages, lambda page: clean(page, None, plain=plain))
    told = invented_figures(pages, lambda page: clean(page, template, plain=plain))
    assert told["content"] > bare["content"] + 0.05
    assert told["accuracy"] >= bare["accuracy"] - 0.01


@each_site
@each_kind
def test_repeated_prose(name: str, plain: bool) -> None:  # noqa: FBT001
    """A long text on all pages is no main text and has no role of content, however like an article it reads."""
    pages = pages_of(name)
    on_all = set.intersection(*({text for _, text in page.blocks} for page in pages))
    for page in pages[LEARNED:]:
        blocks = {block.text: block for block in clean(page, template_of(name, plain=plain), plain=plain).blocks}
        long = [block for text, block in blocks.items() if text in on_all and len(text.split()) > MIN_REPEAT_WORDS]
        assert len(long) >= 2
        assert not any(block.is_main or block.role.is_content for block in long)
        assert all("site_template.repeat:6 of 6 pages" in block.reasons for block in long)


@each_site
def test_repeated_content(name: str) -> None:
    """Headings, lines of a list, and what stands on a part of the pages stay what they are."""
    for page in pages_of(name)[LEARNED:]:
        document = clean(page, template_of(name), plain=False)
        roles = {block.text: block.role for block in document.blocks}
        wanted = {text: role for role, text in page.blocks if role in ("heading", "text")}
        assert {text: roles[text] for text in wanted} == wanted
        assert all(block.is_main for block in document.blocks if block.text in wanted)


@each_kind
def test_few_pages(plain: bool) -> None:  # noqa: FBT001
    """Five pages are enough."""
    pages = pages_of("havenbode")
    learn = SiteTemplate.learn_text if plain else SiteTemplate.learn
    template = learn([page.dump if plain else page.html for page in pages[:5]])
    told = invented_figures(pages[5:], lambda page: clean(page, template, plain=plain))
    bare = invented_figures(pages[5:], lambda page: clean(page, None, plain=plain))
    assert told["content"] > bare["content"] + 0.05


@each_kind
def test_strangers(plain: bool) -> None:  # noqa: FBT001
    """A page of another site comes out as without a template, whether it tells its address or not."""
    for name, other in permutations(sites.NAMES, 2):
        template, page = template_of(name, plain=plain), pages_of(other)[0]
        assert clean(page, template, plain=plain).to_dict() == clean(page, None, plain=plain).to_dict()
    with_hosts = learned([(page.html, page.url) for page in pages_of("kettle")[:LEARNED]]).template()
    assert with_hosts.hosts == {"docs.kettle.example"}
    same = pages_of("kettle")[7].html
    elsewhere = "https://mirror.example/7"
    document = Cleaner(site_template=with_hosts).clean(same, url=elsewhere)
    assert document.to_dict() == cleanpage.clean(same, url=elsewhere).to_dict()


def learned(pages: list[tuple[str, str]]) -> SiteLearner:
    """What has learned from pages with their addresses."""
    learner = SiteLearner()
    for html, url in pages:
        learner.add(html, url or None)
    return learner


@pytest.mark.parametrize(
    ("address", "is_told"),
    [
        ("https://www.docs.kettle.example/x", True),
        ("https://old.docs.kettle.example/x", True),
        ("https://kettle.example/x", True),
        ("https://example/x", False),
        ("https://notdocs.kettle.example/x", False),
        ("https://[broken", True),
        ("", True),
    ],
)
def test_hosts(address: str, is_told: bool) -> None:  # noqa: FBT001
    """A site is told by its host; one without an address, by what it has in common with the other pages."""
    template = learned([(page.html, page.url) for page in pages_of("kettle")[:LEARNED]]).template()
    evidence = Cleaner().gather(pages_of("kettle")[8].html)
    assert evidence is not None
    evidence.page.url = address
    assert (template.find(evidence.page, "documentation") is not None) == is_told


def test_hosts_are_given_up() -> None:
    """A page that does not tell its host leaves the template without hosts, as do too many of them."""
    pages = pages_of("kettle")
    assert learned([(pages[0].html, pages[0].url), (pages[1].html, "")]).template().hosts == frozenset()
    learner = SiteLearner()
    for number in range(learning.MAX_HOSTS + 1):
        learner._add_host(f"a{number}.example")
    learner.add(pages[0].html)
    assert learner.template().hosts == frozenset()


def test_near_duplicates() -> None:
    """A page that comes again, whole, with other teasers or from the same address, counts once; others do not."""
    page, *others = pages_of("havenbode")[:5]
    again = page.html.replace("Lees ook", "Meer nieuws").replace("Alle rechten", "Rechten")
    live = others[0].html
    learner = learned([(page.html, ""), (page.html, ""), (again, ""), (live, "https://x.example/live")])
    learner.add(others[1].html, "https://x.example/live")
    assert (learner.page_count, learner.duplicate_count) == (2, 3)
    for other in others[1:]:
        learner.add(other.html)
    assert (learner.page_count, learner.duplicate_count) == (5, 3)


def test_article_given_often() -> None:
    """An article that was fetched many times, or stands under two headlines, is not taken for what repeats."""
    page, *others = pages_of("aldana")[:6]
    title = page.blocks[3][1]
    pages = [page.html] * 6 + [page.html.replace(title, "Otra receta del mercado")] + [other.html for other in others]
    template = SiteTemplate.learn(pages)
    assert template.page_count == 7
    document = Cleaner(site_template=template).clean(page.html)
    kept = {block.text for block in document.blocks if block.is_main}
    assert {text for role, text in page.blocks if role == "text"} <= kept


def test_known_pages_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the last pages are looked through for duplicates, so that memory does not grow with the site."""
    monkeypatch.setattr(learning, "KNOWN_PAGES", 3)
    learner = SiteLearner()
    pages = pages_of("kettle")
    for page in pages:
        learner.add(page.html)
    assert len(learner._known.recent) == 3
    assert sum(map(len, learner._known.by_headline.values())) == 3
    learner.add(pages[0].html)  # long forgotten
    assert learner.duplicate_count == 0


def test_pages_without_text_are_passed_over() -> None:
    """An empty page teaches nothing; nothing but such pages is an error, as is what is no page."""
    learner = learned([("<p></p>", ""), ("", "")])
    assert (learner.page_count, learner.empty_count) == (0, 2)
    with pytest.raises(InputError, match="no page of the site"):
        learner.template()
    with pytest.raises(InputError):
        SiteTemplate.learn([42])
    for learn in (SiteTemplate.learn, SiteTemplate.learn_text):
        with pytest.raises(InputError, match="not from one str"):
            learn(pages_of("kettle")[0].html)


@given(st.lists(st.sets(st.integers(0, 12)), max_size=60), st.integers(1, 10))
@settings(deadline=None)
def test_lossy_counts(pages: list[set[int]], loss: int) -> None:
    """No count is too high, none falls short by more than its share, and what is on MIN_SHARE of the pages is found."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(learning, "LOSS_PAGES", loss)
        patch.setattr(learning, "MIN_SHARE", 2 / loss)
        counts = LossyCounts()
        for page in pages:
            counts.add_page({str(key): np.array([key, *ROLES_OF_ZERO]) for key in page})
        found = counts.frequent(1)
    true = Counter(str(key) for page in pages for key in page)
    for key, memory in found.items():
        assert true[key] - len(pages) / loss <= memory.pages <= true[key]
        assert memory.number == int(key)
    assert {key for key, count in true.items() if count >= 2 / loss * len(pages)} <= found.keys()


ROLES_OF_ZERO = [0.0] * len(ROLES)


def test_counts_are_bounded() -> None:
    """Pages without end whose texts never come again leave no more behind than one round of them has."""
    counts = LossyCounts()
    sizes = []
    for page in range(5 * learning.LOSS_PAGES):
        counts.add_page({f"{page}-{text}": np.zeros(1 + len(ROLES)) for text in range(10)})
        sizes.append(len(counts.entries))
    assert max(sizes) <= 10 * learning.LOSS_PAGES


def test_long_pages_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a page with very many blocks only its start and its end are learned."""
    monkeypatch.setattr(learning, "MAX_BLOCKS", 4)
    page = page_of(*(f"Line number {word} of the page" for word in "one two three four five six seven".split()))
    keys = text_keys(page)
    means = learning._means(keys, page.word_counts, np.zeros((len(keys), len(ROLES))))
    assert list(means) == [keys[index] for index in (0, 1, 5, 6)]


def test_file(tmp_path: Path) -> None:
    """A template that was saved and loaded is the same but for rounding; saved again, the file is the same."""
    template = template_of("aldana")
    path = tmp_path / "site.json"
    template.save(path)
    again = SiteTemplate.load(str(path))
    assert (again.page_count, again.hosts) == (template.page_count, template.hosts)
    assert again.texts.keys() == template.texts.keys()
    for key, memory in template.places.items():
        assert again.places[key].pages == memory.pages
        assert np.allclose(
            [memory.number, *memory.roles], [again.places[key].number, *again.places[key].roles], atol=0.051
        )
    first = path.read_bytes()
    again.save(path)
    assert path.read_bytes() == first
    assert len(first) < 20_000
    assert list(tmp_path.iterdir()) == [path]
    page = pages_of("aldana")[8]
    texts = [Cleaner(site_template=given).clean(page.html).text for given in (path, str(path), template, again)]
    assert len(set(texts)) == 1
    assert texts[0] != cleanpage.clean(page.html).text


def test_file_that_changed(tmp_path: Path) -> None:
    """A file that was written anew is read anew."""
    path = tmp_path / "site.json"
    template_of("aldana").save(path)
    assert Cleaner(site_template=path).site_template is Cleaner(site_template=path).site_template
    template_of("kettle").save(path)
    chosen = Cleaner(site_template=path).site_template
    assert chosen is not None
    assert chosen.texts.keys() == template_of("kettle").texts.keys()


def changed(**changes: Any) -> str:
    """The text of a file with some fields changed."""
    return json.dumps(json.loads(files.template_to_json(template_of("kettle"))) | changes)


ENTRY = [1, 20] + [-70] * len(ROLES)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[1, 2]",
        "{}",
        "not json",
        "\x00",
        "[" * 100_000,
        changed(version=2),
        changed(format="another"),
        changed(roles=["title"]),
        changed(pages=0),
        changed(pages=True),
        changed(pages="6"),
        changed(hosts="kettle.example"),
        changed(hosts=[7]),
        changed(texts=None),
        changed(places=[]),
        changed(texts={"short": ENTRY}),
        changed(texts={"0123456789abcdef": ENTRY[:-1]}),
        changed(texts={"0123456789abcdef": [7, *ENTRY[1:]]}),
        changed(texts={"0123456789abcdef": [0, *ENTRY[1:]]}),
        changed(texts={"0123456789abcdef": [1, 1.5, *ENTRY[2:]]}),
        changed(texts={"0123456789abcdef": [1, 10**30, *ENTRY[2:]]}),
        changed(places={"0123456789abcdef": [1, True, *ENTRY[2:]]}),
        changed(places={"0123456789abcdef": [1, float("nan"), *ENTRY[2:]]}),
    ],
)
def test_bad_file(content: str, tmp_path: Path) -> None:
    """A file that is no template is refused, with its name, wherever it is given."""
    path = tmp_path / "bad.json"
    path.write_text(content, encoding="utf-8")
    for read in (SiteTemplate.load, lambda name: Cleaner(site_template=name)):
        with pytest.raises(ConfigError, match=r"bad\.json.*learn the site again"):
            read(path)


def test_file_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is missing, too large or cannot be written is an error that names it."""
    missing = tmp_path / "none" / "site.json"
    with pytest.raises(ConfigError, match="none"):
        SiteTemplate.load(missing)
    with pytest.raises(ConfigError, match="none"):
        Cleaner(site_template=missing)
    with pytest.raises(ConfigError, match="cannot be written"):
        template_of("kettle").save(missing)
    path = tmp_path / "site.json"
    template_of("kettle").save(path)
    monkeypatch.setattr(files, "MAX_FILE_BYTES", 100)
    with pytest.raises(ConfigError, match="over 100 bytes"):
        SiteTemplate.load(path)
    with pytest.raises(ConfigError, match="site_template=7"):
        Cleaner(site_template=7)


def test_keys() -> None:
    """A text has one key in any case and markup; a place is made of tags and classes, not of ids and numbers."""
    one = page_of("The <b>Harbour</b> News", "<p>(the harbour, news)</p>", "<p>The harbour</p>", "<p>→</p>")
    keys = text_keys(one)
    assert keys[0] == keys[1] != keys[2]
    assert len(one) < 4 or keys[3] == ""
    boxes = ('<div class="post-12 big" id="a"><p>One</p></div>', '<div class="big post-7" id="b"><p>Two</p></div>')
    places = place_keys(page_of(*boxes, '<div class="small"><p>Three</p></div>'), "article")
    assert places[0] == places[1] != places[2]
    assert place_keys(page_of(*boxes), "listing")[0] != places[0]
    assert template_of("kettle").find(page_of("Nothing of the site is here"), "article") is None


def test_address() -> None:
    """A page's host is the caller's word, else what the page says of itself."""
    page = page_of("A text", url="https://www.one.example/a")
    assert host_of(page) == "one.example"
    page.url = ""
    page.head.canonical = "/relative"
    page.head.meta["og:url"] = "http://two.example/b"
    assert host_of(page) == "two.example"


@given(st.integers(0, 2**32 - 1))
def test_corrected(seed: int) -> None:
    """What no other page tells of is untouched to the bit; the rest stays a probability; a repeat is never likelier."""
    rng = np.random.default_rng(seed)
    count = 8
    roles = rng.dirichlet(np.full(len(ROLES), 0.1), count)
    given_probabilities = Probabilities(rng.random(count), roles, np.full(7, 1 / 7))
    pages = rng.integers(0, 5, (2, count))
    found = SiteEvidence(
        page_count=4,
        text_pages=pages[0],
        text_roles=np.log(rng.dirichlet(np.full(len(ROLES), 0.5), count)) * (pages[0] > 0)[:, None],
        is_repeat=(pages[0] >= 3) & (rng.random(count) < 0.5),
        place_pages=pages[1],
        place_main=rng.normal(0, 4, count) * (pages[1] > 0),
        place_roles=np.log(rng.dirichlet(np.full(len(ROLES), 0.5), count)) * (pages[1] > 0)[:, None],
    )
    after = corrected(given_probabilities, found)
    untold = pages.sum(axis=0) == 0
    assert np.array_equal(after.main[untold], given_probabilities.main[untold])
    assert np.array_equal(after.roles[untold], given_probabilities.roles[untold])
    assert np.all((after.main >= 0) & (after.main <= 1))
    assert np.allclose(after.roles.sum(axis=1), 1)
    assert np.all(after.main[found.is_repeat] <= np.maximum(given_probabilities.main[found.is_repeat], 1e-4) + 1e-9)


def test_in_workers() -> None:
    """Worker processes heed a template as this one does."""
    pages = [page.html for page in pages_of("havenbode")[LEARNED:]]
    cleaner = Cleaner(site_template=template_of("havenbode"))
    here, there = (
        [result.document and result.document.text for result in cleanpage.clean_many(pages, cleaner=cleaner, workers=n)]
        for n in (1, 2)
    )
    assert here == there
    assert here != [cleanpage.clean(page).text for page in pages]


def test_sites_differ() -> None:
    """The templates of two sites have no place and no text in common."""
    for one, other in combinations(sites.NAMES, 2):
        assert not template_of(one).places.keys() & template_of(other).places.keys()
        assert not template_of(one).texts.keys() & template_of(other).texts.keys()
    assert "6 pages" in repr(template_of("kettle"))

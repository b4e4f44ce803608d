"""How training pages are labelled, dumped and made up: what needs neither the benchmark nor torch."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from cleanpage import lexicon
from cleanpage.arbiter.layers import SIGNED_ZERO, coded, dense, layer_of
from cleanpage.page import split_words
from cleanpage.plaintext import segment_text
from cleanpage.roles import ROLE_INDEX, Role
from cleanpage.segment import segment
from tests.builders import page_of, tree_of
from training.dumps import dump_of, is_dumped
from training.folds import FOLD_COUNT, fold_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from training.stray import Passage, StrayPage

pytest.importorskip("rapidfuzz", reason="labels are made with rapidfuzz, of the `test` extra")

from training import stray
from training.labels import coverage_labels, role_labels, snippet_labels
from training.weights import rounded, steps_of

PROSE = {
    "nl": (
        "De gemeenteraad besloot dinsdag dat de oude brug over de rivier tot het voorjaar dicht blijft.",
        "Wie met de auto naar de overkant wil, neemt voorlopig de pont bij de sluis, die elk kwartier vaart.",
        "Volgens de wethouder is het herstel van de pijlers duurder dan vorig jaar werd gedacht.",
        "Omwonenden zijn opgelucht, want de zware wagens deden al jaren de ruiten trillen in de smalle straat.",
    ),
    "fr": (
        "Le conseil a décidé mardi que le vieux pont sur la rivière resterait fermé aux camions jusqu'au printemps.",
        "Ceux qui veulent passer sur l'autre rive prennent désormais le bac de l'écluse, toutes les quinze minutes.",
        "Selon le maire, la réparation des piles coûtera plus cher que prévu, mais on ne peut plus l'éviter.",
        "Les riverains sont soulagés, car les poids lourds faisaient trembler les vitres depuis des années.",
    ),
    "zh": (
        "市议会星期二决定，河上的旧桥在春天以前将不对卡车开放，行人和自行车仍然可以照常通过，公共汽车则要绕道行驶。",
        "想要开车到对岸的人，目前只能乘坐船闸旁边的渡船，渡船每十五分钟开出一班，周末和节假日也照常运行，不另外收费。",
        "市长说，修理桥墩的费用比去年预计的高出许多，可是已经不能再拖下去了，因为裂缝在过去两个冬天里越来越宽了。",
        "附近的居民松了一口气，因为多年来沉重的卡车一直使狭窄街道两旁的窗户震动不已，夜里常常有人被吵醒，无法入睡。",
    ),
}
PROMPTS = {
    "nl": "Log in of maak een gratis account aan om verder te lezen.",
    "fr": "Connectez-vous ou créez un compte gratuit pour lire la suite.",
}


def words_of(*texts: str) -> list[list[str]]:
    """The words of blocks."""
    return [split_words(text) for text in texts]


@pytest.mark.parametrize(
    ("blocks", "gold", "expected"),
    [
        (["Menu", "De brug is dicht.", "Lees ook dit"], "De brug is dicht.", [0, 1, 0]),
        (["De brug", "Menu"], "de BRUG!", [1, 0]),
        (["De brug is dicht, meldt de krant"], "De brug is dicht.", [4 / 7]),
        (["Menu en meer", "De brug is dicht tot mei"], "De brug is dicht tot mei, meer niet.", [0, 1]),
        (["een twee drie vier", "zes zeven acht negen"], "zes zeven acht negen een twee drie vier", [1, 1]),
        (["Menu, de krant, het weer", "De brug is dicht tot mei"], "Zo is het. De brug is dicht tot mei.", [0, 1]),
        (["Menu"], "", [0]),
        ([""], "De brug", [0]),
        (["", "De brug is dicht"], "De brug is dicht", [0, 1]),
        ([], "De brug", []),
        (["旧桥关闭了", "菜单"], "旧桥关闭了。", [1, 0]),
    ],
)
def test_coverage_labels(blocks: list[str], gold: str, expected: list[float]) -> None:
    """A block's label is the share of its words that the gold text holds, but for chance finds of a word or two."""
    assert coverage_labels(words_of(*blocks), gold).tolist() == pytest.approx(expected)


def test_coverage_of_repeated_text() -> None:
    """Text that stands twice on the page and once in the gold text is covered once, where it is in order."""
    blocks = words_of("De brug is dicht", "Menu", "Zij blijft dicht tot mei", "De brug is dicht")
    assert coverage_labels(blocks, "De brug is dicht. Zij blijft dicht tot mei.").tolist() == [1, 0, 1, 0]


def test_snippet_labels() -> None:
    """Wanted snippets are 1 and win over unwanted ones, which are 0; of other blocks nothing is known."""
    texts = [
        "De Brug  is dicht",
        "Deel dit artikel",
        "Weer",
        "Een langer stuk van de tekst",
        "De brug is dicht, deel dit",
    ]
    wanted = ["brug is\n dicht", "en daarna volgt een langer stuk van de tekst dat doorloopt", ""]
    found = snippet_labels(texts, wanted, ["deel", "mooi weer vandaag"])
    np.testing.assert_equal(found, [1.0, 0.0, np.nan, 1.0, 1.0])


def test_role_labels() -> None:
    """A block has the role of most of its words; one that meets no labelled text has none."""
    segments = [
        ("title", "De oude brug"),
        ("byline", "Door Anna"),
        ("text", "De brug is dicht tot mei."),
        ("legal", "2026"),
    ]
    blocks = words_of("De oude brug", "Menu", "Door Anna: de brug is dicht tot mei", "2026", "")
    assert role_labels(blocks, segments) == ["title", "", "text", "legal", ""]
    assert role_labels(blocks, []) == [""] * 5
    assert role_labels([], segments) == []


def test_fold_of() -> None:
    """A site is always in the same fold, and sites are spread over all of them."""
    assert fold_of("example.org") == fold_of("example.org")
    assert {fold_of(f"site{number}.example") for number in range(100)} == set(range(FOLD_COUNT))


def test_which_pages_are_dumped() -> None:
    """All whose roles the benchmark scores, of the others a share, the same ones at every run."""
    keys = [f"set/{number}" for number in range(1_000)]
    assert all(is_dumped(key, is_scored=True) for key in keys)
    dumped = [key for key in keys if is_dumped(key, is_scored=False)]
    assert 250 < len(dumped) < 350
    assert dumped == [key for key in keys if is_dumped(key, is_scored=False)]


PAGE = """<html><body><nav><ul><li>Start</li><li>Weer</li><li>Sport</li></ul></nav>
<article><h1>De brug</h1><p>De brug is<br>dicht.</p><p>Zij blijft dicht.</p></article>
<ul><li><p>Lees ook</p><p>de pont</p></li><li>de sluis</li></ul></body></html>"""
KEYS = [f"set/{number}" for number in range(40)]


def test_dumps_lose_no_word() -> None:
    """Whatever the style, a dump has the page's words in order, and none else; a key has one style."""
    page = segment(tree_of(PAGE))
    expected = [word for words in page.words for word in words]
    for key in KEYS:
        dump = dump_of(page, key)
        assert split_words(dump) == expected
        assert dump_of(page, key) == dump


def test_styles_of_dumps() -> None:
    """There are dumps without bullets, with bullets before items, and with dashes after the line before.

    Each of them comes with and without blank lines, and only items have bullets.
    """
    page = segment(tree_of(PAGE))
    dumps = [dump_of(page, key) for key in KEYS]
    styles = {("- Weer" in dump, "-\nWeer" in dump, "\n\n" in dump) for dump in dumps}
    bullets = {(False, False), (True, False), (False, True)}
    assert styles == {(*bullet, has_blank) for bullet in bullets for has_blank in (False, True)}
    for dump in dumps:
        lines = dump.split("\n")
        assert "De brug is dicht." in lines
        assert "- De brug" not in dump
        assert "- de pont" not in dump
        assert ("- Weer" in lines) == ("- Lees ook" in lines) == ("- de sluis" in lines)


def test_dumps_are_read_as_lists() -> None:
    """What a dump writes as items, with bullets before or dashes after, is read as items again."""
    page = page_of("Een zin die voor de lijst staat.", "<ul><li>Brood en boter</li><li>Kaas en melk</li></ul>")
    items = ["Brood en boter", "Kaas en melk"]
    for key in KEYS:
        dump = dump_of(page, key)
        again = segment_text(dump)
        assert again.texts == page.texts
        if "-" in dump:
            tags = [again.node_table.tags[again.nodes[again.texts.index(item)]] for item in items]
            assert tags == ["li", "li"]


def gold(language: str, **changes: Any) -> dict[str, Any]:
    """The gold row of an article."""
    return {"page_type": "article", "set": "wcxb", "main": "\n".join(("Kort.", *PROSE[language]))} | changes


def test_articles() -> None:
    """The long paragraphs of articles with enough of them, in their language; nothing else."""
    golds = [("a.example", gold("nl")), ("b.example", gold("zh"))]
    found = stray.articles_of(
        [
            *golds,
            ("c.example", gold("fr", page_type="forum")),
            ("d.example", gold("fr", main="")),
            ("e.example", gold("fr", set="readability")),
            ("f.example", gold("fr", main="\n".join(PROSE["fr"][:3]))),
        ],
        has_headings=False,
    )
    assert [[passage.text for passage in article] for article in found] == [list(PROSE["nl"]), list(PROSE["zh"])]
    assert [{(p.role, p.language, p.site) for p in article} for article in found] == [
        {(Role.TEXT, "nl", "a.example")},
        {(Role.TEXT, "zh", "b.example")},
    ]


def test_articles_with_headings() -> None:
    """For plain text the headline and the short lines above paragraphs are kept, with their roles."""
    main = "\n".join(("Het begin", *PROSE["nl"], "Einde."))
    (article,) = stray.articles_of([("a.example", gold("nl", main=main, title="De titel"))], has_headings=True)
    assert [(passage.role, passage.text) for passage in article[:2]] == [
        (Role.TITLE, "De titel"),
        (Role.HEADING, "Het begin"),
    ]
    assert [passage.text for passage in article[2:]] == list(PROSE["nl"])


def test_prompts() -> None:
    """Prompts of a fit length in the language of their page, each once."""
    text = [("text", paragraph) for paragraph in PROSE["nl"]]
    segments = [*text, ("login_prompt", PROMPTS["nl"]), ("login_prompt", "Log in"), ("legal", PROMPTS["nl"] + " Nu.")]
    foreign = [*text, ("subscribe_prompt", PROMPTS["fr"])]
    found = stray.prompts_of([("a.example", segments), ("b.example", segments), ("c.example", foreign)])
    assert found == [stray.Passage(PROMPTS["nl"], Role.LOGIN_PROMPT, "nl", "a.example")]


@pytest.fixture
def articles() -> list[list[Passage]]:
    """Two articles in each language, each of a site in another fold."""
    sites = {fold_of(f"site{number}.example"): f"site{number}.example" for number in range(60)}
    return [
        [stray.Passage(text, Role.TEXT, language, sites[(index + place) % FOLD_COUNT]) for text in PROSE[language]]
        for index, language in enumerate(PROSE)
        for place in (0, 2)
    ]


@pytest.fixture
def prompts() -> list[Passage]:
    """A prompt in each language from a site in each fold, as different texts."""
    sites = {fold_of(f"prompt{number}.example"): f"prompt{number}.example" for number in range(60)}
    return [
        stray.Passage(f"{text} {fold}", Role.LOGIN_PROMPT, language, site)
        for fold, site in sites.items()
        for language, text in PROMPTS.items()
    ]


def made(
    monkeypatch: pytest.MonkeyPatch, articles: list[list[Passage]], prompts: list[Passage], *, plain: bool
) -> Iterator[StrayPage]:
    """A few made pages."""
    monkeypatch.setattr(stray, "PAGE_COUNT", 20)
    return stray.stray_pages(articles, prompts, plain=plain)


def blocks_with(page: StrayPage, *roles: Role) -> list[str]:
    """The texts of the blocks of some roles."""
    indexes = [ROLE_INDEX[role] for role in roles]
    return [text for text, role in zip(page.evidence.page.texts, page.roles, strict=True) if role in indexes]


@pytest.mark.parametrize("plain", [False, True], ids=["html", "text"])
def test_made_pages(
    monkeypatch: pytest.MonkeyPatch, articles: list[list[Passage]], prompts: list[Passage], *, plain: bool
) -> None:
    """A made page has the paragraphs of an article and one or two prompts, each block with its role."""
    pages = list(made(monkeypatch, articles, prompts, plain=plain))
    assert len(pages) >= 15
    starts = tuple(PROMPTS.values())
    for page in pages:
        assert page.evidence.page.is_plain_text == plain
        assert len(page.roles) == len(page.evidence.page)
        assert any(set(text_of(page, Role.TEXT).split()) >= set(" ".join(texts).split()) for texts in PROSE.values())
        prompted = blocks_with(page, Role.LOGIN_PROMPT)
        found = [text for text in prompted if text.startswith(starts)]
        assert len(found) <= 2
        assert len(prompted) - len(found) <= 1  # a phrase of the lexicon
        # a prompt that was glued to a paragraph may not have been cut off
        assert found or (plain and any(start in " ".join(page.evidence.page.texts) for start in starts))
        assert len({fold_of(site) for site in page.sites}) < FOLD_COUNT
    assert {len(blocks_with(page, Role.RELATED)) > 0 for page in pages} == {False, True}
    assert any(blocks_with(page, Role.SPONSORED) for page in pages)


def test_phrase_lines(articles: list[list[Passage]]) -> None:
    """Lines are phrases of the article's language, of every role that is known by its words, some with a headline."""
    rng = np.random.default_rng(0)
    article = next(article for article in articles if article[0].language == "fr")
    found = [line for _ in range(300) for line in stray.phrase_line(article, "Le vieux pont", rng)]
    assert {line.role for line in found} == {*stray.PROMPT_ROLES, *stray.LINE_ROLES}
    assert {line.language for line in found} == {"fr"}
    phrases = {pattern.phrase: pattern.section for pattern in lexicon.load("fr").patterns}
    for line in found:
        phrase, colon, headline = line.text.partition(": ")
        assert phrases[phrase.lower()] == line.role
        assert headline == ("Le vieux pont" if colon else "")
    assert any(":" in line.text for line in found)
    unknown = [replace(passage, language="tlh") for passage in article]
    assert stray.phrase_line(unknown, "", rng) == []


def test_lines_of_other_roles_need_a_phrase() -> None:
    """A comment form's label is known by its words; a headline among the related links is not."""
    text = " ".join(PROSE["fr"])
    segments = [("text", text), ("comments", "Laisser un commentaire"), ("related", "Le vieux pont sur la rivière")]
    found = stray.prompts_of([("a.example", segments)])
    assert [(passage.role, passage.text) for passage in found] == [(Role.COMMENTS, "Laisser un commentaire")]


def text_of(page: StrayPage, role: Role) -> str:
    """The text of all blocks of a role."""
    return " ".join(blocks_with(page, role))


def digest_of(pages: Sequence[StrayPage]) -> list[tuple[Any, ...]]:
    """What tells made pages apart."""
    return [(page.evidence.page.texts, page.roles.tolist(), page.sites) for page in pages]


def test_made_pages_are_the_same_at_every_run(
    monkeypatch: pytest.MonkeyPatch, articles: list[list[Passage]], prompts: list[Passage]
) -> None:
    """Training is reproducible: the pages hang on nothing but what they are made of."""
    first, second = (list(made(monkeypatch, articles, prompts, plain=True)) for _ in range(2))
    assert digest_of(first) == digest_of(second)
    assert digest_of(first) != digest_of(list(made(monkeypatch, articles, prompts, plain=False)))


@pytest.mark.parametrize("language", PROSE)
def test_teasers(articles: list[list[Passage]], language: str) -> None:
    """A label and teasers in the language of the page, some under a brand's name, also where words have no spaces."""
    for seed in range(10):
        label, *found = stray.teasers(articles, language, np.random.default_rng(seed))
        assert (label.role, label.item) == (Role.RELATED, -1)
        assert {passage.language for passage in found} == {language}
        assert {passage.role for passage in found} <= {Role.RELATED, Role.SPONSORED}
        items = [passage.item for passage in found]
        assert items == sorted(items)
        assert all(items.count(item) in (2, 3) for item in items)
    assert stray.teasers(articles, "tlh", np.random.default_rng(0)) == []
    assert stray.teasers(articles, "de", np.random.default_rng(0)) == []


def test_trees_as_arrays() -> None:
    """Each node keeps its place, leaves count down from -1, and a tree that is one leaf says the same of all."""
    for package in ("lightgbm", "torch"):
        pytest.importorskip(package, reason="trees are trained with the packages of the `train` extra")
    from training.trees import arrays_of

    leaf = [{"leaf_index": index, "leaf_value": value} for index, value in enumerate((0.5, -1.0, 2.0))]
    inner = {"split_index": 1, "split_feature": 7, "threshold": 0.25, "left_child": leaf[0], "right_child": leaf[2]}
    root = {"split_index": 0, "split_feature": 3, "threshold": -1.5, "left_child": leaf[1], "right_child": inner}
    arrays = arrays_of([root, {"leaf_value": 0.75}], 5)
    assert arrays["features"][0, :2].tolist() == [3, 7]
    assert arrays["thresholds"][0, :2].tolist() == [-1.5, 0.25]
    assert arrays["children"][0, :2].tolist() == [[-2, 1], [-1, -3]]
    assert arrays["leaves"][0, :3].tolist() == [0.5, -1.0, 2.0]
    assert arrays["children"][1, 0].tolist() == [-1, -1]
    assert arrays["leaves"][1, 0] == 0.75


def test_blocks_that_trees_are_trained_on() -> None:
    """Of each role of a page some are drawn, and weigh more where they stand for others; unknown ones are never."""
    for package in ("lightgbm", "torch"):
        pytest.importorskip(package, reason="trees are trained with the packages of the `train` extra")
    from training.trees import ROLE_BLOCK_COUNT, TAKEN_POWER, drawn_blocks

    roles = np.array([0, -1, *[5] * (4 * ROLE_BLOCK_COUNT), *[2] * ROLE_BLOCK_COUNT])
    weights = drawn_blocks(roles, np.random.default_rng(0))
    assert weights[roles == -1].tolist() == [0]
    assert weights[roles == 0].tolist() == [1]
    assert weights[roles == 2].tolist() == [1] * ROLE_BLOCK_COUNT
    assert np.count_nonzero(weights[roles == 5]) == ROLE_BLOCK_COUNT
    assert weights[roles == 5].max() == 4**TAKEN_POWER


def sample_with(site: str, buckets: list[int], main: list[float]) -> Any:
    """A page of blocks of one word each."""
    sparse = pytest.importorskip("scipy.sparse", reason="bags are sparse matrices, of the `train` extra")
    from cleanpage.arbiter.model import BAG_NAMES
    from training.samples import Sample

    count = len(main)
    empty = sparse.csr_matrix((count, 8), dtype=np.float32)
    words = sparse.csr_matrix((np.ones(count, np.float32), (range(count), buckets)), shape=(count, 8))
    nothing = np.zeros((count, 1), np.float32)
    return Sample(
        raw=nothing,
        dense=nothing,
        bags=dict.fromkeys(BAG_NAMES, empty) | {"words": words},
        groups=np.zeros((6, count), np.int64),
        main=np.array(main, np.float32),
        main_weight=np.ones(count, np.float32),
        roles=np.full(count, -1, np.int32),
        role_source="scored",
        page_type=-1,
        key=site,
        digest=site,
        sites=(site,),
    )


@pytest.mark.parametrize(("name", "inputs"), [("input", 30), ("conv2", 36), ("pool1", 40), ("roles", 12)])
def test_layers_rounded_to_bytes(name: str, inputs: int) -> None:
    """A layer in bytes gives what it gave, but for a hundredth of the spread of its results or so."""
    rng = np.random.default_rng(inputs)
    spread = rng.uniform(0.1, 30, inputs)
    values, matrix = rng.normal(0, spread, (200, inputs)), rng.normal(0, 1 / spread[:, None], (inputs, 7))
    signed_from = {"input": 0, "pool1": 12}.get(name, inputs)
    values[:, :signed_from] = np.abs(values[:, :signed_from])
    if name == "conv2":  # the parts of a window are rounded alike
        matrix = np.tile(matrix[:12], (3, 1))
        values = np.tile(values[:, :12], 3)
    largest = np.abs(values).max(axis=0).astype(np.float32)
    ranges = {"input": largest, "conv2": largest[:12], "share1": largest[:12], "pool1": largest[12:], "main": largest}
    steps = steps_of(name, ranges)
    weights, scale = rounded(matrix, steps)
    layer = layer_of({"x": weights, "x_scale": scale, "x_bias": np.zeros(7, np.float32)}, "x", signed_from)
    given = values.astype(np.float32)
    per_unit = (1 / steps).astype(np.float32)
    codes = np.concatenate(
        [
            coded(given[:, :signed_from].copy(), per_unit[:signed_from].copy()),
            coded(given[:, signed_from:].copy(), per_unit[signed_from:].copy(), SIGNED_ZERO),
        ],
        axis=1,
    )
    expected = values @ matrix
    assert (dense(codes, layer) - expected).std() < 0.015 * expected.std()


def test_log_odds_of_tokens_are_of_other_sites() -> None:
    """A token speaks for what it stood in on other sites; one that a site alone has says nothing about that site."""
    pytest.importorskip("sklearn", reason="log-odds are fitted with scikit-learn, of the `train` extra")
    from training.token_weights import held_out_scores, token_weights

    samples = [
        sample_with(f"site{number}.example", [0, 1, 2 if number else 3], [1, 0, 1 if number else 0])
        for number in range(40)
    ]
    weights = token_weights(samples)
    assert weights[0][0] > 1
    assert weights[0][1] < -1
    assert weights[0][3] < 0
    assert all(not bag.any() for bag in weights[1:])
    own = held_out_scores(samples)[0]
    assert own[0, 0] > 1
    assert own[1, 0] < -1
    assert own[2, 0] == 0
    assert not own[:, 1:].any()

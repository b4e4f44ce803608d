"""The entry points: options and what is wrong with them, own detectors, reasons, titles, pages with nothing in them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from lxml import etree

import cleanpage
from cleanpage import Cleaner, Config, ConfigError, Role, arbiter
from cleanpage.api import BETAS, default_cleaner
from cleanpage.arbiter import Verdict
from cleanpage.arbiter.model import PAGE_TYPES, Probabilities
from cleanpage.page import Signal
from cleanpage.reasons import MAX_REASONS
from cleanpage.roles import CONTENT_ROLES, ROLE_INDEX, ROLES, Kind
from tests.builders import tree_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cleanpage.page import Page
    from cleanpage.pipeline import Evidence

PAGE = """<html lang="fr"><head><title>Le pont | Le Journal</title></head><body>
<nav><p>navigation accueil</p></nav><h1>title le vieux pont</h1><p>byline par Anne</p>
<p>text le conseil a décidé mardi que le vieux pont resterait fermé aux camions jusqu'au printemps</p>
<p>login_prompt Connectez-vous</p><p>legal mentions légales</p></body></html>"""
DUMP = "title le vieux pont\n\ntext le conseil a décidé mardi que le pont resterait fermé.\n\nlegal mentions légales"


class FixedJudge:
    """Takes the first word of each block for its role, and all content for main text, but bylines and captions."""

    def __init__(self) -> None:
        self.asked: list[tuple[float, Path | None]] = []

    def __call__(self, evidence: Evidence, beta: float, weights: Path | None, template: object) -> Verdict:
        """Judges a page by itself."""
        assert template is None
        self.asked.append((beta, weights))
        roles = [Role(text.split()[0]) for text in evidence.page.texts]
        is_main = np.array([role in CONTENT_ROLES and role not in (Role.BYLINE, Role.CAPTION) for role in roles])
        return Verdict(
            roles=np.array([ROLE_INDEX[role] for role in roles]),
            confidences=np.array([0.5 + block / 100 for block in range(len(roles))]),
            main=np.where(is_main, 0.875, 0.125),
            is_main=is_main,
            quality=0.123456,
            page_type="article",
            page_type_confidence=0.654321,
            warnings=["test: judged by first words"],
        )


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> FixedJudge:
    """Puts a judge in the arbiter's place that hangs on no weights."""
    fixed = FixedJudge()
    monkeypatch.setattr(arbiter, "judge", fixed)
    return fixed


class Marker:
    """A detector that says the same about every block."""

    def __init__(self, name: str, *signals: tuple[Role, float, str], block_end: int = 0) -> None:
        self.name = name
        self.given = signals
        self.block_end = block_end

    def signals(self, page: Page) -> Iterator[Signal]:
        """Yields its evidence about each block, or about the first blocks together."""
        for block in range(1 if self.block_end else len(page)):
            for role, weight, detail in self.given:
                yield Signal(block, role, weight, f"{self.name}.test:{detail}", self.block_end)


def first_words(text: str) -> list[str]:
    """The first word of each paragraph."""
    return [line.split()[0] for line in text.split("\n") if line]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (
            {"favour": "recall"},
            [
                "favour",
                "there are max_bytes, max_blocks, max_nodes, max_depth, max_attributes, max_attribute_chars",
                "max_seconds, disable, keep, drop, favor, weights",
            ],
        ),
        ({"tea": 1, "cups": 2}, ["cups, tea"]),
        ({"favor": "everything"}, ["favor='everything'", "precision, balance, recall"]),
        ({"keep": ["adverts"]}, ["keep: ", "'adverts'", "sponsored", "interface"]),
        ({"drop": ("legal", "footer")}, ["drop: no role or kind is named 'footer'", "legal", "table"]),
        ({"keep": ["table"], "drop": ["table"]}, ["keep and drop both name table"]),
        ({"keep": ["legal", "byline"], "drop": ["byline", "legal"]}, ["keep and drop both name byline, legal"]),
        ({"disable": ["title", "cookie"]}, ["disable: no detector is named cookie;", "consent_notice", "title"]),
        ({"keep": "legal"}, ["keep='legal'", "list of names"]),
        ({"disable": "title"}, ["disable='title'", "list of names"]),
        ({"max_blocks": 0}, ["max_blocks=0", "above 0"]),
        ({"max_blocks": "5"}, ["max_blocks='5'", "above 0"]),
        ({"max_bytes": -1}, ["max_bytes=-1", "above 0"]),
    ],
)
def test_options_that_mean_nothing(options: dict[str, Any], named: list[str]) -> None:
    """A wrong name or value is refused when the Cleaner is built, with what there is instead; a Config as well."""
    with pytest.raises(ConfigError) as caught:
        Cleaner(**options)
    assert [piece for piece in named if piece not in str(caught.value)] == []
    if set(options) <= set(Config.__dataclass_fields__):
        with pytest.raises(ConfigError) as again:
            Cleaner(Config(**options))
        assert [piece for piece in named if piece not in str(again.value)] == []


def test_config_and_options_together() -> None:
    """Options come as a Config or one by one: with both, it would not be clear which one holds."""
    with pytest.raises(ConfigError, match="either a Config or single options"):
        Cleaner(Config(), favor="recall")


def test_config_or_options() -> None:
    """Both ways of giving options make the same Cleaner; lists become tuples."""
    config = Config(keep=("legal",), favor="recall", max_blocks=9)
    assert Cleaner(keep=["legal"], favor="recall", max_blocks=9).config == Cleaner(config).config == config
    assert Cleaner().config == Config()
    assert default_cleaner() is default_cleaner()


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, ["title", "text"]),
        ({"keep": ["byline"]}, ["title", "byline", "text"]),
        ({"keep": ["legal", "navigation"]}, ["navigation", "title", "text", "legal"]),
        ({"drop": ["title"]}, ["text"]),
        ({"drop": ["title", "legal"], "keep": [Role.BYLINE]}, ["byline", "text"]),
        ({"keep": list(Role)}, ["navigation", "title", "byline", "text", "login_prompt", "legal"]),
        ({"drop": list(Role)}, []),
    ],
    ids=str,
)
def test_keep_and_drop(judge: FixedJudge, options: dict[str, Any], expected: list[str]) -> None:
    """Roles that are kept or dropped are in the main text, or not, in all views; no role changes for it."""
    document = Cleaner(**options).clean(PAGE)
    assert first_words(document.text) == expected
    assert [word for word in expected if word not in document.html] == []
    assert [block.role.value for block in document.blocks if block.is_main] == expected
    assert [block.role.value for block in document.blocks] == [block.text.split()[0] for block in document.blocks]


STRUCTURES = """<html lang="fr"><body><article><h1>title pont</h1><p>text fermé</p>
<table><tr><th>heading année</th><td>text trams</td><td>byline ville</td></tr></table>
<figure><figcaption>caption photo</figcaption></figure><h2>legal règles</h2><p>heading suite</p>
<blockquote><p>text citation</p><pre>text code</pre></blockquote></article>
<aside><table><tr><td>interface météo</td></tr></table></aside></body></html>"""


@pytest.mark.parametrize(
    ("options", "kept", "dropped"),
    [
        ({"keep": ["table"]}, "ville", ""),
        ({"drop": ["table"]}, "", "année trams"),
        ({"keep": [Kind.TABLE], "drop": ["byline"]}, "", ""),
        ({"keep": ["byline"], "drop": ["table"]}, "", "année trams"),
        ({"keep": ["interface"]}, "météo", ""),
        ({"keep": ["figure"]}, "photo", ""),
        ({"drop": ["quote"]}, "", "citation"),
        ({"drop": ["code", "title"]}, "", "pont code"),
        ({"keep": ["heading"]}, "", ""),
        ({"drop": ["heading"]}, "", "année suite"),
        ({"drop": ["paragraph", "control"]}, "", "fermé suite"),
    ],
    ids=str,
)
def test_keep_and_drop_kinds(judge: FixedJudge, options: dict[str, Any], kept: str, dropped: str) -> None:
    """A kind is kept where its blocks are content and dropped everywhere; the innermost structure is the kind.

    "heading" means the role: no heading of legal notes is kept, no headline dropped.
    """
    documents = Cleaner().clean(STRUCTURES), Cleaner(**options).clean(STRUCTURES)
    before, after = ([block.text.split()[-1] for block in found.blocks if block.is_main] for found in documents)
    assert [word for word in after if word not in before] == kept.split()
    assert [word for word in before if word not in after] == dropped.split()


def test_kinds_of_plain_text(judge: FixedJudge) -> None:
    """What a plain text shows of its structure can be chosen as well."""
    dump = "text le pont resterait fermé mardi.\n\n- text premier point\n- text second point"
    assert "premier" in Cleaner().clean_text(dump).text
    assert Cleaner(drop=["list_item"]).clean_text(dump).text == "text le pont resterait fermé mardi."


def test_favor_and_weights_reach_the_arbiter(judge: FixedJudge, tmp_path: Path) -> None:
    """The arbiter is told what to favour, and where the weights are."""
    for favor in BETAS:
        Cleaner(favor=favor).clean(PAGE)
        Cleaner(favor=favor).clean_text(DUMP)
    Cleaner(weights=tmp_path).clean_text(DUMP)
    assert [beta for beta, _ in judge.asked] == [0.5, 0.5, 1.0, 1.0, 2.0, 3.0, 1.0]
    assert [weights for _, weights in judge.asked] == [None] * 6 + [tmp_path]


def test_favor_changes_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of blocks less and less likely, precision keeps the likeliest, recall all."""
    roles = np.zeros((3, len(ROLES)))
    roles[:, ROLE_INDEX[Role.TEXT]] = 1
    given = Probabilities(np.array([0.9, 0.5, 0.2]), roles, np.eye(len(PAGE_TYPES))[0])
    monkeypatch.setattr(arbiter, "load_weights", lambda *_: None)
    monkeypatch.setattr(arbiter, "run", lambda *_: given)
    texts = {favor: Cleaner(favor=favor).clean("<p>Eins.</p><p>Zwei.</p><p>Drei.</p>").text for favor in BETAS}
    assert texts == {"precision": "Eins.", "balance": "Eins.\n\nZwei.", "recall": "Eins.\n\nZwei.\n\nDrei."}


def reasons_with(document: cleanpage.Document, name: str) -> list[str]:
    """The reasons that one detector gave."""
    return [reason for block in document.blocks for reason in block.reasons if reason.startswith(name + ".")]


def test_disable(judge: FixedJudge) -> None:
    """A detector that is turned off gives no reasons; the others still do."""
    page = "<p>login_prompt mot de passe oublié</p><p>legal © 2026 Le Journal</p>"
    document, without = Cleaner().clean(page), Cleaner(disable=["login_prompt"]).clean(page)
    assert reasons_with(document, "login_prompt")
    assert reasons_with(without, "login_prompt") == []
    assert reasons_with(without, "legal") == reasons_with(document, "legal") != []
    names = {detector.name for detector in Cleaner().detectors}
    assert {detector.name for detector in Cleaner(disable=["login_prompt"]).detectors} == names - {"login_prompt"}


def test_own_detectors(judge: FixedJudge) -> None:
    """A caller's own detectors are asked after the built-in ones, and give reasons for the role that was chosen."""
    marker = Marker("mine", (Role.LEGAL, 0.01, "law"), (Role.TEXT, 1.0, "word"))
    cleaner = Cleaner(detectors=[marker])
    assert cleaner.detectors[-1] is marker
    found = {block.role: [r for r in block.reasons if r.startswith("mine.")] for block in cleaner.clean(PAGE).blocks}
    assert found.pop(Role.LEGAL) == ["mine.test:law"]
    assert found.pop(Role.TEXT) == ["mine.test:word"]
    assert found.pop(Role.BYLINE) == ["mine.test:word"]  # nothing is known of it but that it is content
    assert not any(found.values())
    assert reasons_with(Cleaner().clean(PAGE), "mine") == []
    assert {*reasons_with(cleaner.clean_text(DUMP), "mine")} == {"mine.test:word", "mine.test:law"}


def test_order_and_number_of_reasons(judge: FixedJudge) -> None:
    """The strongest reasons come first, each once and not too many; the model's opinion is the last."""
    weights = [0.9, 0.991, 0.95, 0.99, 0.995, 0.96, 0.97, 0.98, 0.94]
    given = [(Role.TEXT, weight, str(weight)) for weight in weights]
    document = Cleaner(detectors=[Marker("mine", *given, given[1])]).clean("<p>text wort</p><p>sharing</p>")
    strongest = [f"mine.test:{weight}" for weight in sorted(weights, reverse=True)[:MAX_REASONS]]
    text, sharing = document.blocks
    assert text.reasons == (*strongest, "model.content:0.88")
    assert sharing.reasons[-1] == "model.content:0.12"


def test_a_signal_about_a_run_of_blocks(judge: FixedJudge) -> None:
    """A signal about several blocks is a reason for each of them that has its role."""
    marker = Marker("mine", (Role.RELATED, 0.8, "list"), block_end=3)
    page = "<p>related a</p><p>text b</p><p>related c</p><p>related d</p>"
    blocks = Cleaner(detectors=[marker]).clean(page).blocks
    assert ["mine.test:list" in block.reasons for block in blocks] == [True, False, True, False]


def test_document_of_a_page(judge: FixedJudge) -> None:
    """What was found is in the document: fields, blocks with their paths, warnings of the page and of the verdict."""
    document = Cleaner(max_blocks=5).clean(PAGE, url="https://example.org/pont")
    assert (document.url, document.language) == ("https://example.org/pont", "fr")
    assert document.title == "title le vieux pont"
    assert (document.page_type, document.page_type_confidence, document.quality) == ("article", 0.6543, 0.1235)
    assert [warning.partition(":")[0] for warning in document.warnings] == ["too_many_blocks", "test"]
    assert [block.index for block in document.blocks] == list(range(5))
    root = tree_of(PAGE)
    for block in document.blocks:
        assert block.confidence == 0.5 + block.index / 100
        assert (block.start, block.end) == (-1, -1)
        assert root.xpath(f"string({block.path})") == block.text


def test_document_of_a_dump(judge: FixedJudge) -> None:
    """Blocks of a dump have offsets in it instead of paths."""
    document = Cleaner().clean_text(DUMP)
    assert [block.role for block in document.blocks] == [Role.TITLE, Role.TEXT, Role.LEGAL]
    assert [DUMP[block.start : block.end] for block in document.blocks] == [block.text for block in document.blocks]
    assert {block.path for block in document.blocks} == {""}
    assert (document.url, document.title) == ("", "title le vieux pont")


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>A</title><meta property='og:title' content='B'>", "<h1>title c</h1>", "title c"),
        ("<title>A</title><meta property='og:title' content='B'>", "<h1>text c</h1>", "B"),
        ("<title> A \n a </title>", "<p>text c</p>", "A a"),
        ("", "<p>text c</p>", ""),
        ("<title>A</title>", "<p>title c</p><p>title d</p>", "title d"),
    ],
)
def test_title(judge: FixedJudge, head: str, body: str, title: str) -> None:
    """A document is called after its surest headline, else as the page calls itself."""
    page = f"<html><head>{head}</head><body>{body}</body></html>"
    assert Cleaner().clean(page).title == title


@pytest.mark.parametrize(
    "page",
    ["", b"", " \n", "<html></html>", "<script>go()</script>", "<p>—</p>", b"<img src='a.png'>", "<!-- nothing -->"],
    ids=repr,
)
def test_pages_with_nothing_in_them(page: str | bytes) -> None:
    """A page without words is a document without blocks, and a warning says why."""
    document = cleanpage.clean(page, url="https://example.org/")
    assert document.blocks == ()
    assert (document.text, document.html, document.markdown, document.quality) == ("", "", "", 0.0)
    assert document.url == "https://example.org/"
    assert [warning.partition(":")[0] for warning in document.warnings] == ["empty"]


@pytest.mark.parametrize("dump", ["", b"", "\n \n", "---\n- \n***"], ids=repr)
def test_dumps_with_nothing_in_them(dump: str | bytes) -> None:
    """The same for a dump."""
    document = cleanpage.clean_text(dump)
    assert document.blocks == ()
    assert [warning.partition(":")[0] for warning in document.warnings] == ["empty"]


def test_an_empty_page_has_its_title() -> None:
    """What a page without words calls itself is kept."""
    assert cleanpage.clean("<title>Le pont</title><body></body>").title == "Le pont"


def test_cleaning_is_stateless() -> None:
    """A page gives the same again, and after other pages, from one Cleaner, a fresh one and the default one."""
    cleaner = Cleaner()
    first = [cleaner.clean(PAGE).to_json(), cleaner.clean_text(DUMP).to_json()]
    others: Iterable[object] = ("", "<p>Ein Satz in einer anderen Sprache.</p>", b"<nav>Menu</nav>", PAGE[::-1])
    for other in others:
        cleaner.clean(other)
        cleaner.clean_text(other)
        assert [cleaner.clean(PAGE).to_json(), cleaner.clean_text(DUMP).to_json()] == first
    assert [Cleaner().clean(PAGE).to_json(), Cleaner().clean_text(DUMP).to_json()] == first
    assert [cleanpage.clean(PAGE).to_json(), cleanpage.clean_text(DUMP).to_json()] == first


def test_the_tree_is_left_untouched() -> None:
    """A caller's tree is read and no more, whatever the options, and what was made of it stays when it changes."""
    root = tree_of(PAGE)
    before = etree.tostring(root)
    document = Cleaner(keep=list(Role), favor="recall", disable=["title"]).clean(root)
    text = document.text
    assert "login_prompt" in text
    assert etree.tostring(root) == before
    assert Cleaner(keep=list(Role)).clean(PAGE).text == text


def test_files(tmp_path: Path) -> None:
    """A path is read; a str is never taken for one."""
    page, dump = tmp_path / "page.html", tmp_path / "page.txt"
    page.write_text(PAGE, encoding="utf-8")
    dump.write_text(DUMP, encoding="utf-8")
    assert cleanpage.clean(page).to_json() == cleanpage.clean(PAGE).to_json()
    assert cleanpage.clean_text(dump).to_json() == cleanpage.clean_text(DUMP).to_json()
    assert [block.text for block in cleanpage.clean_text(str(Path("page.txt"))).blocks] == ["page.txt"]

"""text → Page: cuts a plain-text page dump into the blocks that its lines show.

A block is a line, or several lines of one hard-wrapped paragraph. Bullets and dashes that stand alone or at a line's
ends are marks of a list, not text. Two pieces that were glued together without a space ("…van de sterren.Aussi dans
l'actualité") are cut apart. Every block keeps its character offsets in the dump.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cleanpage import language
from cleanpage.page import WORD, Page, split_words
from cleanpage.roles import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    Span = tuple[int, int]

BULLET: Final = "-–—*•·●○▪■□◦‣⁃»›→+"
BULLET_START: Final = re.compile(rf"[{re.escape(BULLET)}]+(?=\s)|\d{{1,3}}[.)](?=\s)")
BULLET_END: Final = re.compile(rf"\s[{re.escape(BULLET)}]+$")
MARKDOWN_HEADING: Final = re.compile(r"#{1,6}(?=\s)")

UPPER: Final = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪĮİĶŁĻŃŅŇŐŒŘŚŞŠŢŤŪŮŰŲŹŻŽȘȚΑ-ΩА-ЯЁІЇЄҐ"
LOWER: Final = "a-zß-öø-ÿāăąćčďđēėęěğģīįıķłļńņňőœřśşšţťūůűųźżžșțα-ωά-ώа-яёіїєґ"
UNSPACED: Final = "\u3040-\u30ff\u3400-\u9fff"
OTHER_SCRIPTS: Final = "\u0370-\u06ff\u0900-\u097f\uac00-\ud7af" + UNSPACED
GLUED: Final = re.compile(
    rf"(?<=[^\W\d_A-Z][^\W\d_A-Z])[.!?…]+[\"'”’»)]?(?=[\"'“‘«(¿¡]?[{UPPER}{OTHER_SCRIPTS}])|"
    rf"(?<=[”»\"’)!?…。！？.])(?=[{UPPER}])|"
    rf"(?<=[{LOWER}])(?=[{UPPER}])|"
    rf"(?<=[{OTHER_SCRIPTS}。！？」])(?=[A-Za-zÀ-ÿ])|"
    rf"(?<=[A-Za-zÀ-ÿ.!?”\"])(?=[{OTHER_SCRIPTS}])"
)
"""Where two pieces may have been glued inside a token: after a sentence's end, or at a change of case or script."""

SENTENCE_ENDS: Final = (".", "!", "?", "…")
NAME_ENDINGS: Final = frozenset(
    "js ts py com net org io pdf doc docx xls csv txt xml json htm html php asp exe zip jpg png gif mp3 mp4".split()
)
"""What follows the dot in names of sites, files and libraries, also when written with a capital."""

GLUE_REACH: Final = 200
"""Characters on each side of such a place that are looked at."""

MAX_GLUE_CHECKS: Final = 12
"""Weak signs of one line that are tried by language: camel case and Latin names in Chinese text are frequent."""

MAX_ADDRESS_CHARS: Final = 60
"""Characters before and after such a place that are searched for the signs of a URL."""

MIN_GLUED_WORDS: Final = 3
"""Words that a glued-on piece must have on a line of its own to be one: 'Node.js' and 'example.Com' stay whole."""

WRAP_COLUMNS: Final = (55, 100)
"""Lengths between which a file's lines are hard-wrapped prose (RFC 678 and e-mail: 72; terminals: 80)."""

MIN_WRAPPED_SHARE: Final = 0.6
"""Share of a paragraph's lines, but its last, that come near the longest for it to be hard-wrapped."""

WRAP_SLACK: Final = 16
"""Characters by which a wrapped line may fall short of the longest: the next word did not fit."""

MAX_CAPITAL_SHARE: Final = 0.7
"""More lines than this that start with a capital are headlines of like length; German prose capitalises its nouns."""

MAX_HEADING_WORDS: Final = 14
SENTENCE_END: Final = ".!?…。！？:;,،"
GLUE_CONFIDENCE: Final = 0.8
"""Confidence in another language from which it cuts a line at a weaker sign than a sentence's end."""


def segment_text(dump: str, *, max_blocks: int = 50_000) -> Page:
    """Cuts a page dump into blocks.

    Args:
        dump: The page as plain text.
        max_blocks: More blocks are dropped, with a warning.

    Returns:
        The page; runs of lines between blank lines are its nodes.
    """
    page = Page(is_plain_text=True)
    table = page.node_table
    _open(page, "text", -1)
    for paragraph in _paragraphs(dump):
        if not _read_paragraph(page, dump, paragraph, max_blocks):
            page.warnings.append(f"too_many_blocks: only the first {max_blocks} blocks were read")
            break
    table.end_blocks[0] = len(page)
    _mark_headings(page)
    return page


def _read_paragraph(page: Page, dump: str, lines: list[Span], max_blocks: int) -> bool:
    """Reads a run of lines: what stands before its first bullet, then its list; False if there are too many blocks."""
    table = page.node_table
    paragraph = _open(page, "p", 0)
    lists = item = -1
    for start, end in _joined(dump, lines):
        mark = BULLET_START.match(dump, start, end)
        is_lone = mark is None and all(char in BULLET for char in dump[start:end].strip())
        if (mark or is_lone) and lists < 0:
            lists = _open(page, "ul", paragraph)
        if mark or is_lone:
            item = _open(page, "li", lists)
        for piece in () if is_lone else _cut_glued(dump, start, end):
            if len(page) >= max_blocks:
                return False
            _add_block(page, dump, *piece)
            for node in (paragraph, lists, item):
                if node >= 0:
                    table.end_blocks[node] = len(page)
        if BULLET_END.search(dump, start, end) and not is_lone:
            # A dash at a line's end is the bullet of the item below.
            lists = lists if lists >= 0 else _open(page, "ul", paragraph)
            item = _open(page, "li", lists)
    return True


def _open(page: Page, tag: str, parent: int) -> int:
    table = page.node_table
    table.tags.append(tag)
    table.parents.append(parent)
    table.depths.append(table.depths[parent] + 1 if parent >= 0 else 0)
    table.positions.append(1)
    table.names.append(())
    table.attributes.append({})
    table.first_blocks.append(len(page))
    table.end_blocks.append(len(page))
    return len(table) - 1


def _add_block(page: Page, dump: str, start: int, end: int) -> None:
    mark = BULLET_START.match(dump, start, end) or MARKDOWN_HEADING.match(dump, start, end)
    kind = Kind.PARAGRAPH
    if mark:
        kind = Kind.HEADING if dump[start] == "#" else Kind.LIST_ITEM
        # a number belongs to the words of its item, a bullet does not
        start = start if dump[start].isdigit() else mark.end()
    tail = BULLET_END.search(dump, start, end)
    text = dump[start : tail.start() if tail else end]
    start += len(text) - len(text.lstrip())
    end = start + len(text.strip())
    text = " ".join(text.split())
    if not any(map(str.isalnum, text)):
        return
    page.texts.append(text)
    page.kinds.append(kind)
    page.levels.append(1 if kind is Kind.LIST_ITEM else 0)
    page.nodes.append(len(page.node_table) - 1)
    page.inline_names.append(())
    page.inline_tags.append(())
    page.link_char_counts.append(0)
    page.hrefs.append(())
    page.image_counts.append(0)
    page.input_counts.append(0)
    page.starts.append(start)
    page.ends.append(end)


def _paragraphs(dump: str) -> Iterator[list[Span]]:
    """Runs of lines between blank lines, as spans."""
    lines: list[Span] = []
    start = 0
    for line in dump.splitlines(keepends=True):
        if line.strip():
            lines.append((start + len(line) - len(line.lstrip()), start + len(line.rstrip())))
        elif lines:
            yield lines
            lines = []
        start += len(line)
    if lines:
        yield lines


def _joined(dump: str, lines: list[Span]) -> Iterator[Span]:
    """The lines, or all of them as one where they are one hard-wrapped paragraph."""
    if is_hard_wrapped([dump[start:end] for start, end in lines]):
        yield lines[0][0], lines[-1][1]
    else:
        yield from lines


def is_hard_wrapped(lines: list[str]) -> bool:
    """Whether lines are one paragraph that was broken to fit a width."""
    if len(lines) < 3:  # noqa: PLR2004 - two lines show no width
        return False
    width = max(map(len, lines))
    if not WRAP_COLUMNS[0] <= width <= WRAP_COLUMNS[1] or any(BULLET_START.match(line.lstrip()) for line in lines):
        return False
    if sum(line.lstrip()[0].isupper() for line in lines[1:]) > MAX_CAPITAL_SHARE * (len(lines) - 1):
        return False
    full = sum(len(line) >= width - WRAP_SLACK and line.rstrip()[-1] not in ".!?" for line in lines[:-1])
    return full >= MIN_WRAPPED_SHARE * (len(lines) - 1)


def _cut_glued(dump: str, start: int, end: int) -> Iterator[Span]:
    """Cuts a line where two pieces were glued together."""
    begin = start
    checks = 0
    for match in GLUED.finditer(dump, start, end):
        cut = match.end()
        if cut <= begin or _is_in_address(dump, cut, end):
            continue
        left, right = dump[max(begin, cut - GLUE_REACH) : cut], dump[cut : min(end, cut + GLUE_REACH)]
        if len(split_words(left)) < MIN_GLUED_WORDS or len(split_words(right)) < MIN_GLUED_WORDS:
            continue
        is_cut = match.group().startswith(SENTENCE_ENDS) and not _is_name_ending(dump, cut)
        if not is_cut and checks < MAX_GLUE_CHECKS:
            checks += 1
            is_cut = _is_other_language(left, right)
        if is_cut:
            yield begin, cut
            begin = cut
    yield begin, end


def _is_name_ending(dump: str, cut: int) -> bool:
    """Whether the word after a dot ends a name such as Vue.Js or Report.PDF."""
    word = WORD.match(dump, cut)
    return word is not None and dump[cut - 1] == "." and word.group().casefold() in NAME_ENDINGS


def _is_in_address(dump: str, cut: int, end: int) -> bool:
    """Whether the token around a place is a URL, an e-mail address or a file name."""
    end = min(end, cut + MAX_ADDRESS_CHARS)
    space = dump.find(" ", cut, end)
    following = dump[cut : space if space >= 0 else end].rstrip(".,;:!?)\"'”’»")
    before = dump[max(0, cut - MAX_ADDRESS_CHARS) : cut].rpartition(" ")[2]
    return (
        any(sign in following for sign in "/@\\")
        or "." in following
        or any(sign in before for sign in ("/", "@", "www."))
    )


def _is_other_language(left: str, right: str) -> bool:
    """Whether two pieces are surely in different languages."""
    language_left, confidence_left = language.identify_text(left)
    language_right, confidence_right = language.identify_text(right, prior=language_left)
    return (
        bool(language_left and language_right)
        and language_left != language_right
        and min(confidence_left, confidence_right) >= GLUE_CONFIDENCE
    )


def _mark_headings(page: Page) -> None:
    """A short line without an end mark, before a longer one that has one, is a heading."""
    counts = page.word_counts
    for block in range(len(page) - 1):
        if (
            page.kinds[block] is Kind.PARAGRAPH
            and counts[block] <= MAX_HEADING_WORDS
            and page.texts[block][-1] not in SENTENCE_END
            and counts[block + 1] > max(MAX_HEADING_WORDS, 2 * counts[block])
        ):
            page.kinds[block] = Kind.HEADING

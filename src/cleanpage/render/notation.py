"""What Markdown has a notation for and CommonMark has not: formulas, footnotes, definitions.

Each stands in for itself during conversion as a number between two noncharacters, which no converter touches, and is
written out afterwards.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Final

HOLD: Final = "\ufdd4"
"""Around the number of what is held back."""

TERM_END: Final = "\ufdd5"
DEFINITION: Final = "\ufdd6"
"""After a term, and before its definition."""

UNCLOSED: Final = "\ufdd9"
"""Stands in the opening sign of a formula that is never closed."""

INDENT: Final = "\ufdd8"
"""Where a further paragraph of a footnote begins."""

HELD: Final = re.compile(f"{HOLD}([0-9]+){HOLD}")
DEFINITION_LINE: Final = re.compile(rf"{TERM_END}(?:\n[> ]*)*\n([> ]*)- {DEFINITION}")
TERM_LINE: Final = re.compile(rf"{TERM_END}(?:\n[> ]*)*\n(?=[^\n]*{TERM_END})")
LATER_DEFINITION: Final = re.compile(rf"- {DEFINITION}")
FORMULA_TAG: Final = re.compile(r'<math alttext="([^"]*)"( display="block")?')
FOOTNOTE: Final = re.compile(r'(?:href="#|id=")footnote-([0-9]+)"')
TEX: Final = re.compile(
    r"\\\((?P<inline>[^\n]+?)\\\)"
    r"|\\\[(?P<display>.+?)\\\]"
    r"|\$\$(?P<double>[^$]+)\$\$"
    r"|(?<![\w$\\])\$(?P<single>(?!\s)[^$\n]{0,400}(?<![\s\\]))\$(?![\w$])",
    re.DOTALL,
)
"""TeX in the text of a page that leaves its formulas to a script; a dollar sign is one only beside no digit or word."""

TEX_SIGN: Final = re.compile(r"[\\^_]|^[A-Za-z]$|^[\w\s]+=")
"""What tells a formula between single dollar signs from an amount of money and what follows it."""

TAG_START: Final = re.compile(r"<(?=[A-Za-z/!?])")
"""What a renderer without formulas would take for a tag if it is closed; TeX reads a blank after it as nothing."""

TABLE: Final = re.compile(r"<table>.*?</table>", re.DOTALL)
CELL: Final = re.compile(r"<t[dh][ >]")
CELL_TAG: Final = re.compile(r"<(/?)t[dh](?: [^>]*)?>")
ROW_TAG: Final = re.compile(r"</?(?:table|thead|tbody|tr)>")
MAX_CELL_COUNT: Final = 10_000
MAX_FILLING: Final = 20
"""A table with more cells, when all rows are as long as the longest, is written as paragraphs if most are empty: its
size would be quadratic."""

COLSPAN: Final = re.compile(r' colspan="([0-9]+)"')
CODE_BLOCK: Final = re.compile(r"<pre>(?:<code[^>]*>)?(.*?)(?:</code>)?</pre>", re.DOTALL)
WORDS_ONLY: Final = re.compile(r"\W+")


class Notation:
    """What is held back from the converter."""

    def __init__(self) -> None:
        self._held: list[str] = []
        self._labels: dict[int, str] = {}  # by the number of a footnote of the page
        self._notes: dict[str, str] = {}  # by what stands in a footnote of our own
        self._note_number = 0
        self._taken: set[str] = set()

    def hold(self, markdown: str) -> str:
        """A stand-in for Markdown that is written as it is."""
        self._held.append(markdown)
        return f"{HOLD}{len(self._held) - 1}{HOLD}"

    def restored(self, markdown: str) -> str:
        """Markdown with all that was held back in its place."""
        if DEFINITION in markdown or TERM_END in markdown:
            markdown = TERM_LINE.sub("\n", markdown)
            markdown = LATER_DEFINITION.sub(": ", DEFINITION_LINE.sub(r"\n\1: ", markdown))
            markdown = markdown.replace(DEFINITION, "").replace(TERM_END, "")
        markdown = markdown.replace(INDENT, "    ")
        return HELD.sub(lambda match: self._held[int(match[1])], markdown) if self._held else markdown

    # -- formulas --------------------------------------------------------------------------------------------------

    def formula(self, tex: str, *, is_display: bool, is_cell: bool) -> str:
        """A stand-in for a formula; in the cell of a table, a bar would end the cell."""
        if is_cell:
            tex = tex.replace("\\|", "\\Vert ").replace("|", "\\|")
        end = tex.rfind(">") + 1
        tex = TAG_START.sub("< ", tex[:end]) + tex[end:]
        sign = "$$" if is_display and not is_cell else "$"
        return self.hold(f"{sign}{' '.join(tex.split())}{sign}")

    def hold_formulas(self, pieces: list[str]) -> None:
        """Puts a stand-in for each ``<math>`` element."""
        depth, is_cell = 0, False
        for index, piece in enumerate(pieces):
            if piece.startswith(("<table", "</table")):
                is_cell = piece[1] != "/"
            elif depth:
                depth += piece.startswith("<math") - (piece == "</math>")
                pieces[index] = ""
            elif match := FORMULA_TAG.match(piece):
                depth = 1
                pieces[index] = self.formula(unescape(match[1]), is_display=bool(match[2]), is_cell=is_cell)
        pieces[:] = filter(None, pieces)

    def hold_tex(self, text: str, *, is_cell: bool) -> str:
        """Puts a stand-in for each formula that a text holds as TeX."""

        def held(match: re.Match[str]) -> str:
            kind = str(match.lastgroup)
            tex = unescape(match[kind].replace(UNCLOSED, ""))
            if kind == "single" and not TEX_SIGN.search(tex):
                return match[0]
            return self.formula(tex.strip(), is_display=kind in ("display", "double"), is_cell=is_cell)

        return TEX.sub(held, _unclosed_marked(text)).replace(UNCLOSED, "")

    # -- footnotes -------------------------------------------------------------------------------------------------

    def hold_footnotes(self, pieces: list[str]) -> None:
        """Puts stand-ins for the references to footnotes, and for what each footnote begins with."""
        for index, piece in enumerate(pieces):
            if piece.startswith("<a ") and (match := FOOTNOTE.search(piece)):
                self._hold_reference(pieces, index, int(match[1]))
        lists: list[int] = []
        for index, piece in enumerate(pieces):
            if piece.startswith(("<ol", "<ul")):
                lists.append(index)
            elif piece in ("</ol>", "</ul>") and lists:
                _unwrap_footnotes(pieces, lists.pop(), index)
        for index, piece in enumerate(pieces):
            if piece.startswith(("<li ", "<p ", "<div ")) and (match := FOOTNOTE.search(piece)):
                label = self._label(int(match[1]), match[1])
                pieces[index] = re.sub(r' id="[^"]*"', "", piece) + self.hold(f"[^{label}]: ")
                _drop_label(pieces, index + 1, label)
        pieces[:] = filter(None, pieces)

    def _hold_reference(self, pieces: list[str], start: int, number: int) -> None:
        end = pieces.index("</a>", start)
        shown = "".join(piece for piece in pieces[start:end] if piece[:1] != "<")
        label = self._label(number, WORDS_ONLY.sub("", unescape(shown)))
        pieces[start : end + 1] = [self.hold(f"[^{label}]"), *[""] * (end - start)]
        before, after = start - 1, end + 1
        if before > 0 and after < len(pieces) and pieces[before].endswith("[") and pieces[after].startswith("]"):
            pieces[before], pieces[after] = pieces[before][:-1], pieces[after][1:]

    def _label(self, number: int, wanted: str) -> str:
        """The label of a footnote: what its first reference shows, unless another has it."""
        if number not in self._labels:
            is_free = bool(wanted) and wanted not in self._taken
            self._labels[number] = wanted if is_free else f"note{number}"
            self._taken.add(self._labels[number])
        return self._labels[number]

    def note(self, markdown: str) -> str:
        """A stand-in for a reference to a footnote that the page does not have, such as the address of a link."""
        if markdown not in self._notes:
            self._note_number += 1
            while str(self._note_number) in self._taken:
                self._note_number += 1
            self._notes[markdown] = str(self._note_number)
        return self.hold(f"[^{self._notes[markdown]}]")

    @property
    def notes(self) -> str:
        """The footnotes that the page does not have, one a line."""
        return "\n".join(f"[^{label}]: {text}" for text, label in self._notes.items())


def _drop_label(pieces: list[str], start: int, label: str) -> None:
    """Drops the link back to the text that a footnote begins with, where it shows the footnote's label again."""
    if start < len(pieces) and pieces[start].startswith("<a "):
        end = pieces.index("</a>", start)
        shown = "".join(piece for piece in pieces[start:end] if piece[:1] != "<")
        if WORDS_ONLY.sub("", unescape(shown)) == label:
            pieces[start : end + 1] = [""] * (end + 1 - start)
            if end + 1 < len(pieces):
                pieces[end + 1] = pieces[end + 1].lstrip()


def _unwrap_footnotes(pieces: list[str], start: int, end: int) -> None:
    """Turns a list of footnotes into paragraphs: Markdown keeps each on a line of its own."""
    depth = 0
    items = []
    for index in range(start + 1, end):
        piece = pieces[index]
        if depth == 0 and piece.startswith("<li"):
            items.append(index)
        depth += piece.startswith("<li") - (piece == "</li>")
    if not items or not all(FOOTNOTE.search(pieces[index]) for index in items):
        return
    depth = 0
    for index in range(start, end + 1):
        piece = pieces[index]
        if piece.startswith("<li"):
            if depth == 0:
                pieces[index] = "<div" + piece[3:]
            depth += 1
        elif piece == "<p>":  # a further paragraph of the footnote
            pieces[index] += INDENT
        elif piece == "</li>":
            depth -= 1
            if depth == 0:
                pieces[index] = "</div>"
    pieces[start] = pieces[end] = ""


def mark_definitions(html: str) -> str:
    """Writes definition lists as terms with lists under them, marked for `Notation.restored`."""
    html = re.sub(r"<dl>|</dl>", "", html)
    html = html.replace("<dt>", "<div>").replace("</dt>", f"{TERM_END}</div>")
    html = re.sub(r"</dd>\s*<dd>", f"</li><li>{DEFINITION}", html)
    return html.replace("<dd>", f"<ul><li>{DEFINITION}").replace("</dd>", "</li></ul>")


def fitted_tables(html: str) -> str:
    """Mends what tables of Markdown cannot hold: code of several lines, and cells wider than any row."""
    return TABLE.sub(_fitted, html)


def _fitted(match: re.Match[str]) -> str:
    table = match[0]
    rows = table.split("<tr>")
    widths = [len(CELL.findall(row)) for row in rows]
    width = max(widths)
    if width * len(rows) > max(MAX_CELL_COUNT, MAX_FILLING * sum(widths)):
        return ROW_TAG.sub("", CELL_TAG.sub(r"<\1div>", table))
    if "colspan=" in table:
        table = COLSPAN.sub(lambda span: f' colspan="{min(int(span[1]), width)}"', table)
    return CODE_BLOCK.sub(lambda code: "<br>".join(_code_lines(code[1])), table) if "<pre>" in table else table


def _code_lines(code: str) -> list[str]:
    return [f"<code>{line}</code>" for line in code.split("\n") if line.strip()]


def _unclosed_marked(text: str) -> str:
    """A text with UNCLOSED in all the opening signs behind which nothing closes: each would be read up to its end."""
    opened = text.rfind("\\]") + 1
    text = text[:opened] + text[opened:].replace("\\[", f"\\{UNCLOSED}[")
    if "\\(" not in text:
        return text
    lines = text.split("\n")
    for index, line in enumerate(lines):
        opened = line.rfind("\\)") + 1
        lines[index] = line[:opened] + line[opened:].replace("\\(", f"\\{UNCLOSED}(")
    return "\n".join(lines)

"""Which elements are formulas, and the TeX that they were made from: MathML, KaTeX, MathJax, images of LaTeX.

A page holds the same formula several times: as MathML for screen readers, as spans to look at, as a script with the
source. One of them is the formula; the others are passed over.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Final, NamedTuple

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterator

MATH: Final = frozenset(
    "math mrow mi mo mn ms mtext msup msub msubsup mfrac msqrt mroot mover munder munderover mtable mtr mtd".split()
)
"""The presentation MathML that is kept."""

ROOT_CLASSES: Final = frozenset(("katex", "katex-display", "mwe-math-element", "mwe-math-element-block"))
"""Classes around all that KaTeX and MediaWiki write for one formula."""

MATHJAX_CLASSES: Final = frozenset(
    ("MathJax", "MathJax_Display", "MathJax_SVG", "MathJax_SVG_Display", "MathJax_CHTML", "MathJax_Preview")
)
"""What MathJax 2 puts before the script with a formula's source."""

DISPLAY_CLASSES: Final = frozenset(
    ("katex-display", "mwe-math-element-block", "mwe-math-fallback-image-display", "display", "MathJax_Display")
)
IMAGE_CLASSES: Final = frozenset(
    (
        "latex",
        "tex",
        "math",
        "mwe-math-fallback-image-inline",
        "mwe-math-fallback-image-display",
        "ql-img-inline-formula",
    )
)
IMAGE_ADDRESS: Final = re.compile(r"latex|/tex[/?.]|mathtex|[?&]tex=", re.IGNORECASE)
"""In the address of an image that a server draws from the TeX in its alternative text."""

TEX_SIGN: Final = re.compile(r"[\\^_={}]|^\s*\S\s*$")
"""What tells TeX from a description of an image."""

DELIMITED: Final = re.compile(r"\s*(?:\\\((.*)\\\)|\\\[(.*)\\\]|\$\$(.*)\$\$|\$(.*)\$)\s*", re.DOTALL)
DISPLAY_STYLE: Final = re.compile(r"\{\\(?:display|text)style\s*(.*)\}|\\displaystyle\s*(.*)", re.DOTALL)
TEX_ENCODINGS: Final = frozenset(("application/x-tex", "application/x-latex", "tex", "latex", "text/tex", "stex"))
MAX_MATHML_LENGTH: Final = 20_000
"""Characters of MathML that are kept as such; a longer formula is written as its TeX alone."""

MAX_SIBLINGS: Final = 3
"""Elements after one of MathJax's that are searched for its script: the preview, the formula, the script."""


class Formula(NamedTuple):
    """A formula.

    Attributes:
        tex: Its source; '' for a copy of one that stands elsewhere.
        is_display: Whether it stands on a line of its own.
        mathml: Its presentation MathML, '' where the page has none.
    """

    tex: str
    is_display: bool
    mathml: str = ""

    @property
    def markup(self) -> str:
        """The formula as HTML: MathML with its source."""
        display = ' display="block"' if self.is_display else ""
        inner = self.mathml or f"<mtext>{escape(self.tex, quote=False)}</mtext>"
        return f'<math alttext="{escape(self.tex)}"{display}>{inner}</math>'


def formula_of(element: etree._Element, tag: str) -> Formula | None:
    """Reads a formula.

    Args:
        element: Any element.
        tag: Its tag without namespace.

    Returns:
        None where the element is no formula, or none whose source can be told.
    """
    if tag == "math":
        return _mathml(element, is_display=False)
    if tag == "script":
        return _script(element)
    if tag == "img":
        return _image(element)
    if tag == "mjx-container":
        math = _inner_math(element)
        return _mathml(math, is_display=element.get("display") == "true") if math is not None else None
    classes = element.get("class")
    if not classes or ("ath" not in classes and "katex" not in classes):
        return None
    return _classed(element, frozenset(classes.split()))


def _classed(element: etree._Element, names: frozenset[str]) -> Formula | None:
    is_display = not names.isdisjoint(DISPLAY_CLASSES)
    if not names.isdisjoint(ROOT_CLASSES):
        math = _inner_math(element)
        if math is not None:
            return _mathml(math, is_display=is_display)
        images = element.findall(".//img")
        return _image(images[0]) if len(images) == 1 else None
    if not names.isdisjoint(MATHJAX_CLASSES):
        if any(_script(sibling) is not None for sibling in _following(element)):
            return Formula("", is_display=is_display)
        math = _inner_math(element)
        return _mathml(math, is_display=is_display) if math is not None else None
    if "math-tex" in names or "arithmatex" in names or ("math" in names and ("inline" in names or is_display)):
        return _delimited("".join(map(str, element.itertext())), is_display=is_display)
    return None


def _following(element: etree._Element) -> Iterator[etree._Element]:
    for index, sibling in enumerate(element.itersiblings("*")):
        if index == MAX_SIBLINGS:
            return
        yield sibling


def _delimited(text: str, *, is_display: bool) -> Formula | None:
    match = DELIMITED.fullmatch(text)
    tex = _cleaned(next(filter(None, match.groups()), "") if match else text)
    return Formula(tex, is_display or bool(match and (match[2] or match[3]))) if tex else None


def _script(element: etree._Element) -> Formula | None:
    kind = (element.get("type") or "").lower()
    if not kind.startswith("math/tex"):
        return None
    tex = _cleaned(element.text or "")
    return Formula(tex, is_display="mode=display" in kind.replace(" ", "")) if tex else None


def _image(element: etree._Element) -> Formula | None:
    alternative = element.get("alt") or ""
    if not alternative or not TEX_SIGN.search(alternative):
        return None
    names = frozenset((element.get("class") or "").split())
    if names.isdisjoint(IMAGE_CLASSES) and not IMAGE_ADDRESS.search(element.get("src") or ""):
        return None
    return _delimited(alternative, is_display=not names.isdisjoint(DISPLAY_CLASSES))


def _inner_math(element: etree._Element) -> etree._Element | None:
    return next((inner for inner in element.iter("{*}math")), None)


def _mathml(math: etree._Element, *, is_display: bool) -> Formula | None:
    from cleanpage.render.tex import tex_of

    tex = _cleaned(_annotation(math) or math.get("alttext") or "") or tex_of(math)
    is_block = is_display or math.get("display") == "block" or math.get("mode") == "display"
    return Formula(tex, is_block, _presentation(math)) if tex else None


def _annotation(math: etree._Element) -> str:
    for annotation in math.iter("{*}annotation"):
        if (annotation.get("encoding") or "").lower() in TEX_ENCODINGS:
            return annotation.text or ""
    return ""


def _presentation(math: etree._Element) -> str:
    """The MathML without its annotations; '' where it is no plain HTML."""
    holder = math
    first = next(math.iterchildren("*"), None)
    if first is not None and isinstance(first.tag, str) and first.tag.rpartition("}")[2] == "semantics":
        holder = first
    parts = [
        etree.tostring(child, encoding="unicode", method="html", with_tail=False)
        for child in holder.iterchildren("*")
        if "annotation" not in str(child.tag)
    ]
    mathml = " ".join("".join(parts).split())
    return mathml if len(mathml) <= MAX_MATHML_LENGTH and ":" not in mathml.partition(">")[0] else ""


def _cleaned(tex: str) -> str:
    """TeX on one line, without the style that MediaWiki wraps around it; comments end at their lines."""
    lines = [re.sub(r"(?<!\\)%.*", "", line) for line in tex.splitlines()]
    folded = " ".join(" ".join(lines).split())
    match = DISPLAY_STYLE.fullmatch(folded)
    if match is None:
        return folded
    inner = match[1] if match[1] is not None else match[2]
    return inner.strip() if _is_balanced(inner) else folded


def _is_balanced(tex: str) -> bool:
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", tex):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0

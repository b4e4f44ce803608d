"""Which HTML tags show nothing, stand in a line, or give their text a structure."""

from __future__ import annotations

from typing import Final

from cleanpage.roles import Kind

SKIPPED: Final = frozenset(
    "script style noscript noframes template svg head title iframe object canvas select textarea datalist "
    "annotation annotation-xml audio video map area param track colgroup".split()
)
INLINE: Final = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q rp rt ruby s samp small span "
    "strike strong sub sup time tt u var wbr br img picture source nobr center "
    # MathML: a formula is part of the sentence it stands in.
    "math semantics mrow mi mo mn ms mtext msup msub msubsup mfrac msqrt mroot mover munder munderover mtable mtr mtd "
    "mfenced mstyle mpadded mphantom mspace".split()
)
VOID_INLINE: Final = frozenset(("br", "img"))
FIELDS: Final = frozenset(("input", "select", "textarea"))
KINDS: Final = {
    **{f"h{level}": Kind.HEADING for level in range(1, 7)},
    "li": Kind.LIST_ITEM,
    "dt": Kind.DEFINITION,
    "dd": Kind.DEFINITION,
    "blockquote": Kind.QUOTE,
    "pre": Kind.CODE,
    "listing": Kind.CODE,
    "td": Kind.TABLE,
    "th": Kind.TABLE,
    "figcaption": Kind.FIGURE,
    "figure": Kind.FIGURE,
    "button": Kind.CONTROL,
    "input": Kind.CONTROL,
    "legend": Kind.CONTROL,
}
"""Tags that give their blocks a kind; any other tag hands on its parent's."""

ENDS_KIND: Final = frozenset("body article main section nav aside header footer form table".split())
"""Tags whose blocks start over as paragraphs: a list item that holds a whole section does not make it a list."""

LISTS: Final = frozenset(("ul", "ol", "menu", "dl"))

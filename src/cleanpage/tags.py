"""Which HTML tags show nothing, stand in a line, or give their text a structure."""

from __future__ import annotations

from typing import Final, NamedTuple

from cleanpage.roles import Kind

SKIPPED: Final = frozenset(
    "script style noscript noframes template svg head title iframe object canvas select textarea datalist "
    "audio video map area param track colgroup".split()
)
ANNOTATIONS: Final = frozenset(("annotation", "annotation-xml"))
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

BLOCK: Final = 0
INLINE_ELEMENT: Final = 1
LINE_BREAK: Final = 2
IMAGE: Final = 3
NOT_SHOWN: Final = 4
NO_SCRIPT: Final = 5
ANNOTATION: Final = 6
NO_ELEMENT: Final = 7
"""What a pass over a tree has to do about a tag. The first two have text inside; the last is for comments and
processing instructions, the one before for what shows nothing in the middle of a formula. Plain integers, because each
element of a page is compared with some of them."""


class TagRule(NamedTuple):
    """All that a tag says about its element, so that a pass over a tree looks it up once.

    Attributes:
        action: One of the numbers above.
        tag: The tag without its namespace.
        kind: Kind of the blocks inside; None hands on the parent's.
        level: Level of the blocks inside; None hands on the parent's.
        level_step: What is added to that.
        is_field: Whether it is a form field.
    """

    action: int
    tag: str
    kind: Kind | None
    level: int | None
    level_step: int
    is_field: bool


def rule_of(tag: object) -> TagRule:
    """The rule of any tag, in a namespace or not.

    Args:
        tag: What lxml calls the tag of an element, comment or processing instruction.

    Returns:
        All that it says; what is not known is a block-level element.
    """
    if not isinstance(tag, str):
        return TagRule(NO_ELEMENT, "", None, None, 0, is_field=False)
    name = tag.rpartition("}")[2] if tag[0] == "{" else tag
    kind, level = KINDS.get(name), None
    if kind is Kind.HEADING:
        level = int(name[1])
    elif name in ENDS_KIND:
        kind, level = Kind.PARAGRAPH, 0
    return TagRule(_action_of(name), name, kind, level, int(name in LISTS), name in FIELDS)


def _action_of(name: str) -> int:
    if name in ANNOTATIONS:
        return ANNOTATION
    if name in SKIPPED:
        return NO_SCRIPT if name == "noscript" else NOT_SHOWN
    if name in VOID_INLINE:
        return LINE_BREAK if name == "br" else IMAGE
    return INLINE_ELEMENT if name in INLINE else BLOCK


KNOWN: Final = (
    SKIPPED
    | ANNOTATIONS
    | INLINE
    | FIELDS
    | KINDS.keys()
    | ENDS_KIND
    | LISTS
    | frozenset("html div p tr tbody".split())
)
RULES: Final[dict[object, TagRule]] = {tag: rule_of(tag) for tag in sorted(KNOWN)}
"""The rules of the tags that cleanpage knows. What lxml calls the tag of a comment is a function."""

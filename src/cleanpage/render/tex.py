"""MathML → TeX: presentation MathML as the LaTeX that a Markdown reader's formulas are written in.

Pages seldom leave it at MathML: most bring the TeX that it was made from (`render.formulas`). This is for the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml import etree

MAX_DEPTH: Final = 40
"""Nesting that is converted; what is deeper gives its text. A formula that people can read has some ten levels."""

COMMANDS: Final = {
    **{chr(0x3B1 + offset): f"\\{name}" for offset, name in enumerate(
        "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho varsigma sigma tau "
        "upsilon varphi chi psi omega".split()
    )},
    "Γ": "\\Gamma", "Δ": "\\Delta", "Θ": "\\Theta", "Λ": "\\Lambda", "Ξ": "\\Xi", "Π": "\\Pi", "Σ": "\\Sigma",
    "Υ": "\\Upsilon", "Φ": "\\Phi", "Ψ": "\\Psi", "Ω": "\\Omega", "ϵ": "\\epsilon", "ϕ": "\\phi",
    "ϑ": "\\vartheta", "ℓ": "\\ell", "ℏ": "\\hbar", "∞": "\\infty", "∂": "\\partial", "∇": "\\nabla",
    "∅": "\\emptyset", "ℝ": "\\mathbb{R}", "ℕ": "\\mathbb{N}", "ℤ": "\\mathbb{Z}", "ℚ": "\\mathbb{Q}",
    "ℂ": "\\mathbb{C}", "∑": "\\sum", "∏": "\\prod", "∫": "\\int", "∬": "\\iint", "∮": "\\oint",
    "⋃": "\\bigcup", "⋂": "\\bigcap", "±": "\\pm", "∓": "\\mp", "×": "\\times", "÷": "\\div", "⋅": "\\cdot",
    "·": "\\cdot", "∗": "*", "∘": "\\circ", "⊕": "\\oplus", "⊗": "\\otimes", "−": "-", "≤": "\\leq",
    "≥": "\\geq", "⩽": "\\leq", "⩾": "\\geq", "≠": "\\neq", "≈": "\\approx", "≡": "\\equiv", "∼": "\\sim",
    "≃": "\\simeq", "≅": "\\cong", "∝": "\\propto", "≪": "\\ll", "≫": "\\gg", "∈": "\\in", "∉": "\\notin",
    "∋": "\\ni", "⊂": "\\subset", "⊆": "\\subseteq", "⊃": "\\supset", "⊇": "\\supseteq", "∪": "\\cup",
    "∩": "\\cap", "∖": "\\setminus", "∧": "\\wedge", "∨": "\\vee", "¬": "\\neg", "∀": "\\forall",
    "∃": "\\exists", "→": "\\to", "←": "\\leftarrow", "↔": "\\leftrightarrow", "⇒": "\\Rightarrow",
    "⇐": "\\Leftarrow", "⇔": "\\Leftrightarrow", "↦": "\\mapsto", "…": "\\ldots", "⋯": "\\cdots",
    "⋮": "\\vdots", "⋱": "\\ddots", "⟨": "\\langle", "⟩": "\\rangle", "‖": "\\|", "′": "'", "∥": "\\parallel",
    "⊥": "\\perp", "∠": "\\angle", "°": "^{\\circ}", "{": "\\{", "}": "\\}", "%": "\\%", "&": "\\&",
    "#": "\\#", "$": "\\$", "_": "\\_", "\\": "\\backslash", "\u2061": "", "\u2062": "", "\u2063": "",
    "\u2064": "", "\u00a0": "~", "\u200b": "",
}  # fmt: skip
"""TeX of the characters that are not themselves in math mode; the last ones are MathML's invisible operators."""

FUNCTIONS: Final = frozenset(
    "sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh log ln lg exp lim max min sup inf det dim ker gcd "
    "arg deg hom Pr limsup liminf".split()
)
ACCENTS: Final = {
    **dict.fromkeys("^ˆ̂", "hat"),
    **dict.fromkeys("~˜̃∼", "tilde"),
    **dict.fromkeys("¯‾̄_", "overline"),
    **dict.fromkeys("→⃗", "vec"),
    **dict.fromkeys("˙̇.", "dot"),
    "¨": "ddot",
    "⏞": "overbrace",
}
LIMITS: Final = ("\\sum", "\\prod", "\\int", "\\lim", "\\max", "\\min", "\\sup", "\\inf", "\\bigcup", "\\bigcap")
"""Commands whose under- and overscripts TeX writes as sub- and superscripts."""

TEXT_SPECIAL: Final = str.maketrans({char: f"\\{char}" for char in "{}%&#$_"})


def tex_of(element: etree._Element) -> str:
    """Converts MathML to TeX.

    Args:
        element: A ``<math>`` element, or one inside it.

    Returns:
        LaTeX for math mode, on one line; what is no MathML gives its text.
    """
    return " ".join(_convert(element, 0).split())


def _convert(element: etree._Element, depth: int) -> str:
    tag = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
    if not tag or tag in ("annotation", "annotation-xml", "none", "mprescripts", "mphantom"):
        return ""
    if depth >= MAX_DEPTH:
        return _symbols("".join(map(str, element.itertext())))
    if tag in TOKENS:
        return TOKENS[tag](element.text or "")
    if tag == "mtable":
        return _table(element, depth)
    parts = [_convert(child, depth + 1) for child in element if isinstance(child.tag, str)]
    return f"{element.text or ''}{_composed(element, tag, parts)}"


def _composed(element: etree._Element, tag: str, parts: list[str]) -> str:
    """Puts together what the children of an element came to."""
    if tag in LAYOUTS and len(parts) == LAYOUTS[tag][0]:
        return LAYOUTS[tag][1](*parts)
    if tag in ("msqrt", "mroot"):
        return f"\\sqrt{{{_joined(parts)}}}"
    if tag == "mfenced":
        return f"\\left{element.get('open', '(')}{','.join(parts)}\\right{element.get('close', ')')}"
    return _joined(parts[:1] if tag == "semantics" else parts)  # what follows its first child are annotations


def _joined(parts: list[str]) -> str:
    """Puts parts beside each other; a command's name ends before the next letter."""
    joined = ""
    for part in filter(None, parts):
        ends_in_command = joined.rpartition("\\")[2].isalpha() and "\\" in joined
        joined += " " + part if ends_in_command and part[0].isalnum() else part
    return joined


def _symbols(text: str) -> str:
    return _joined([COMMANDS.get(char, char) for char in text.strip()])


def _identifier(text: str) -> str:
    name = text.strip()
    if name in FUNCTIONS:
        return f"\\{name}"
    return f"\\mathrm{{{name}}}" if len(name) > 1 and name.isalpha() else _symbols(name)


def _operator(text: str) -> str:
    name = text.strip()
    if name in FUNCTIONS:
        return f"\\{name}"
    return f"\\operatorname{{{name}}}" if len(name) > 1 and name.isalpha() else _symbols(name)


def _text(text: str) -> str:
    folded = " ".join(text.replace("\u00a0", " ").split())
    return f"\\text{{{folded.translate(TEXT_SPECIAL)}}}" if folded else ""


def _base(base: str) -> str:
    """What a script is put to: braces keep it together, where it is more than one thing."""
    is_one = len(base) <= 1 or (base[0] == "\\" and base[1:].isalpha())
    return base if is_one else f"{{{base}}}"


def _under(base: str, script: str) -> str:
    return f"{base}_{{{script}}}" if base.startswith(LIMITS) else f"\\underset{{{script}}}{{{base}}}"


def _over(base: str, script: str) -> str:
    if base.startswith(LIMITS):
        return f"{base}^{{{script}}}"
    accent = ACCENTS.get(script) or ("vec" if script == "\\to" else "")
    return f"\\{accent}{{{base}}}" if accent else f"\\overset{{{script}}}{{{base}}}"


def _under_over(base: str, under: str, over: str) -> str:
    return f"{base}_{{{under}}}^{{{over}}}" if base.startswith(LIMITS) else _over(_under(base, under), over)


def _table(element: etree._Element, depth: int) -> str:
    rows = [
        " & ".join(_joined([_convert(inner, depth + 3) for inner in cell]) for cell in row)
        for row in element
        if isinstance(row.tag, str)
    ]
    lines = " \\\\ ".join(rows)
    return f"\\begin{{matrix}}{lines}\\end{{matrix}}"


TOKENS: Final[dict[str, Callable[[str], str]]] = {
    "mi": _identifier,
    "mn": _symbols,
    "mo": _operator,
    "mtext": _text,
    "ms": _text,
    "mspace": lambda _: "\\ ",
}
LAYOUTS: Final[dict[str, tuple[int, Callable[..., str]]]] = {
    "mfrac": (2, lambda above, below: f"\\frac{{{above}}}{{{below}}}"),
    "msup": (2, lambda base, script: f"{_base(base)}^{{{script}}}"),
    "msub": (2, lambda base, script: f"{_base(base)}_{{{script}}}"),
    "msubsup": (3, lambda base, below, above: f"{_base(base)}_{{{below}}}^{{{above}}}"),
    "mroot": (2, lambda base, index: f"\\sqrt[{index}]{{{base}}}"),
    "munder": (2, _under),
    "mover": (2, _over),
    "munderover": (3, _under_over),
}
"""Elements with a fixed number of children, and what is made of these."""

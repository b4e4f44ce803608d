"""render.formulas, render.tex: each formula once, as the TeX that it was made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanpage.parse import parse
from cleanpage.render.formulas import MATH, Formula, formula_of
from cleanpage.render.tex import MAX_DEPTH, tex_of
from tests.unit.documents import document_of

if TYPE_CHECKING:
    from lxml import etree


def first(html: str, tag: str) -> etree._Element:
    """The first element of a tag on a page."""
    root = parse(f"<html><body>{html}</body></html>")
    assert root is not None
    return next(root.iter(tag))


@pytest.mark.parametrize(
    ("mathml", "tex"),
    [
        ("<mi>x</mi><mo>+</mo><mn>1</mn>", "x+1"),
        ("<mfrac><mi>a</mi><mrow><mi>b</mi><mo>-</mo><mi>c</mi></mrow></mfrac>", "\\frac{a}{b-c}"),
        ("<msub><mi>x</mi><mi>i</mi></msub><msup><mi>x</mi><mn>2</mn></msup>", "x_{i}x^{2}"),
        ("<msup><mrow><mi>a</mi><mi>b</mi></mrow><mn>2</mn></msup>", "{ab}^{2}"),
        ("<mroot><mi>x</mi><mn>3</mn></mroot><msqrt><mi>y</mi></msqrt>", "\\sqrt[3]{x}\\sqrt{y}"),
        ("<munderover><mo>∑</mo><mn>0</mn><mi>n</mi></munderover><mi>k</mi>", "\\sum_{0}^{n}k"),
        ("<munder><mi>lim</mi><mi>x</mi></munder>", "\\lim_{x}"),
        ("<munder><mi>x</mi><mi>y</mi></munder>", "\\underset{y}{x}"),
        ("<mover><mi>x</mi><mo>^</mo></mover><mover><mi>x</mi><mo>→</mo></mover>", "\\hat{x}\\vec{x}"),
        ("<mover><mi>x</mi><mi>y</mi></mover>", "\\overset{y}{x}"),
        ("<munderover><mi>x</mi><mi>a</mi><mi>b</mi></munderover>", "\\overset{b}{\\underset{a}{x}}"),
        ("<mi>α</mi><mi>x</mi><mo>∈</mo><mi>ℝ</mi>", "\\alpha x\\in\\mathbb{R}"),
        ("<mi>sin</mi><mi>x</mi><mi>rot</mi><mo>div</mo>", "\\sin x\\mathrm{rot}\\operatorname{div}"),
        ("<mtext>if  50 %</mtext>", "\\text{if 50 \\%}"),
        ("<mfenced open='[' close=']'><mi>a</mi><mi>b</mi></mfenced>", "\\left[a,b\\right]"),
        (
            "<mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>2</mn></mtd></mtr><mtr><mtd><mn>3</mn></mtd></mtr></mtable>",
            "\\begin{matrix}1 & 2 \\\\ 3\\end{matrix}",
        ),
        ("<semantics><mi>x</mi><annotation encoding='text/plain'>no</annotation></semantics>", "x"),
        ("<mstyle><mi>x</mi></mstyle><mphantom><mi>y</mi></mphantom>", "x"),
        ("<mo>{</mo><mi>x</mi><mo>}</mo><mo>\u2062</mo>", "\\{x\\}"),
    ],
)
def test_tex_of_mathml(mathml: str, tex: str) -> None:
    """Presentation MathML has its TeX."""
    assert tex_of(first(f"<math>{mathml}</math>", "math")) == tex


def test_deep_formulas_give_their_text() -> None:
    """A formula nested beyond reading is neither an overflow nor lost."""
    deep = "<mrow>" * (MAX_DEPTH + 900) + "<mi>x</mi>" + "</mrow>" * (MAX_DEPTH + 900)
    assert tex_of(first(f"<math>{deep}<mi>y</mi></math>", "math")) == "xy"


@pytest.mark.parametrize(
    ("html", "tag", "formula"),
    [
        ("<math alttext='x_1'><mi>x</mi></math>", "math", Formula("x_1", is_display=False, mathml="<mi>x</mi>")),
        ("<math display='block'><mi>x</mi></math>", "math", Formula("x", is_display=True, mathml="<mi>x</mi>")),
        ("<math></math>", "math", None),
        ("<script type='math/tex'>x</script>", "script", Formula("x", is_display=False)),
        ("<script type='math/tex; mode = display'> x % y\n z</script>", "script", Formula("x z", is_display=True)),
        ("<script type='text/javascript'>x</script>", "script", None),
        ("<script type='math/tex'> </script>", "script", None),
        ("<img class='latex' alt='a_1'>", "img", Formula("a_1", is_display=False)),
        ("<img src='/cgi/mathtex.cgi?a' alt='$$a_1$$'>", "img", Formula("a_1", is_display=True)),
        ("<img class='latex' alt='our latex gloves'>", "img", None),
        ("<img src='/tower.png' alt='a_1'>", "img", None),
        ("<span class='math display'>\\[x\\]</span>", "span", Formula("x", is_display=True)),
        ("<span class='math inline'>x</span>", "span", Formula("x", is_display=False)),
        ("<span class='math inline'></span>", "span", None),
        ("<span class='mathematics'>x</span>", "span", None),
        ("<span class='katex'>x</span>", "span", None),
        ("<span class='MathJax'>x</span>", "span", None),
        ("<span class='MathJax'>x</span><script type='math/tex'>x</script>", "span", Formula("", is_display=False)),
        ("<mjx-container>x</mjx-container>", "mjx-container", None),
        (
            "<span class='mwe-math-element'><img class='latex' alt='{\\displaystyle {x}}'></span>",
            "span",
            Formula("{x}", is_display=False),
        ),
        (
            "<img class='latex' alt='{\\displaystyle x}+{y}'>",
            "img",
            Formula("{\\displaystyle x}+{y}", is_display=False),
        ),
    ],
)
def test_formulas(html: str, tag: str, formula: Formula | None) -> None:
    """Formulas are told from what only looks like one."""
    assert formula_of(first(html, tag), tag) == formula


def test_long_mathml_is_written_as_tex() -> None:
    """A formula of 2,000 symbols keeps its source; its MathML, forty times as long, is left out."""
    found = formula_of(first("<math>" + "<mi>x</mi>" * 2_100 + "</math>", "math"), "math")
    assert found is not None
    assert (found.tex, found.mathml) == ("x" * 2_100, "")


mathml = st.recursive(
    st.sampled_from(["<mi>x</mi>", "<mo>∑</mo>", "<mn>1</mn>", "<mtext> a </mtext>", "<none/>", "y", "<!--c-->", ""]),
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>",
        st.sampled_from(sorted(MATH)),
        st.lists(inner, max_size=4),
    ),
    max_leaves=20,
)


@given(mathml)
def test_any_mathml_can_be_read(inner: str) -> None:
    """Elements with too few or too many children are read as well, and the page around them stays whole."""
    document = document_of(f"<p>before</p><p>then <math>{inner}</math> after</p><p>end</p>")
    assert document.markdown.startswith("before\n\nthen")
    assert document.markdown.endswith("end")


def test_a_formula_is_part_of_its_sentence() -> None:
    """A script between two stretches of text cuts a block on the page, not a sentence in the views."""
    html = "<p>one <b>two <script type='math/tex'>x</script> three</b> four</p><p>five</p>"
    document = document_of(html)
    assert [block.text for block in document.blocks] == ["one two", "three four", "five"]
    assert document.markdown == "one **two $x$ three** four\n\nfive"


def test_a_formula_of_other_text_is_left_out() -> None:
    """What stands in boilerplate goes with it."""
    html = "<p>one</p><p>note <script type='math/tex'>x</script></p><p>note <math><mi>y</mi></math></p><p>two</p>"
    assert document_of(html, lambda text: "note" not in text).markdown == "one\n\ntwo"

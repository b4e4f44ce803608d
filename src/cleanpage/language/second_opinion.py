"""The second identifier, py3langid: slower by the block, more accurate, and at home in more languages.

It was trained on other texts and with other features than the profiles of langdetect, so that the two seldom make the
same mistake. Its model takes 0.6 s to load; that happens when a block first needs it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cleanpage import native
from cleanpage.language.codes import iso_code

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray
    from py3langid.langid import LanguageIdentifier

KERNEL: Final = native.kernel("ngrams")


class _Model(NamedTuple):
    """The model of py3langid.

    Attributes:
        identifier: The identifier.
        codes: The ISO 639-1 code of each of its labels, '' where there is none.
        columns: The columns of its scores that stand for a language with a code: the first of each label.
        column_codes: The codes of these.
        features: The feature that each state of its automaton stands for, -1 for none.
    """

    identifier: LanguageIdentifier
    codes: Mapping[str, str]
    columns: NDArray[np.intp]
    column_codes: tuple[str, ...]
    features: NDArray[np.int32]


@cache
def _model() -> _Model:
    import numpy as np
    from py3langid import langid

    identifier = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE)
    codes = {label: iso_code(label) for label in identifier.labels}
    labels = list(identifier.nb_classes)
    columns = [labels.index(label) for label, code in codes.items() if code]
    return _Model(
        identifier,
        codes,
        np.array(columns, np.intp),
        tuple(codes[labels[column]] for column in columns),
        np.array(identifier.tk_output, np.int32),
    )


def log_likelihoods(text: str) -> dict[str, float]:
    """How likely a text is in each language that py3langid knows.

    Args:
        text: Any text.

    Returns:
        ISO 639-1 codes, the likeliest first, with log-likelihoods up to a constant, in nats.
    """
    model = _model()
    if KERNEL is None:
        ranking = [(model.codes[label], likelihood) for label, likelihood in model.identifier.rank(text)]
    else:
        ranking = _rank(model, text)
    found: dict[str, float] = {}
    for code, likelihood in ranking:
        if code and code not in found:
            found[code] = likelihood
    return found


def _rank(model: _Model, text: str) -> list[tuple[str, float]]:
    """What `LanguageIdentifier.rank` gives, by ISO 639-1 codes, with its two loops in the kernel and in numpy."""
    identifier = model.identifier
    data = identifier._encode(text)
    visits = KERNEL.visit_counts(identifier.tk_nextmove, identifier.tk_row, model.features, data)
    if not visits:
        return [(model.codes[label], likelihood) for label, likelihood in identifier.rank(text)]
    scores = identifier._sparse_score(visits, identifier.nb_ptc)
    for first, second in identifier._alias_pairs:
        scores[first] = max(scores[first], scores[second])
    kept = scores[model.columns]
    likelihoods = kept.tolist()
    return [(model.column_codes[index], likelihoods[index]) for index in (-kept).argsort(kind="stable").tolist()]

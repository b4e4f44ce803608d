"""The second identifier, py3langid: slower by the block, more accurate, and at home in more languages.

It was trained on other texts and with other features than the profiles of langdetect, so that the two seldom make the
same mistake. Its model takes 0.6 s to load; that happens when a block first needs it.
"""

from __future__ import annotations

from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from cleanpage import native
from cleanpage.language.codes import iso_code

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray
    from py3langid.langid import LanguageIdentifier

KERNEL: Final = native.kernel("ngrams")


class _Model(NamedTuple):
    identifier: LanguageIdentifier
    codes: Mapping[str, str]
    compiled: _CompiledModel | None


class _CompiledModel(NamedTuple):
    """The model as the kernel reads it.

    Attributes:
        states: The row of each state of its automaton, and the feature that it stands for, -1 for none.
        table: What each feature says about each language: 16-bit floating-point numbers as whole ones.
        same: Pairs of columns that stand for the same ISO 639-1 code.
        columns: The first column of each code.
    """

    states: NDArray[np.int32]
    table: NDArray[np.uint16]
    same: tuple[tuple[int, int], ...]
    columns: dict[str, int]

    @classmethod
    def of(cls, identifier: LanguageIdentifier, codes: Mapping[str, str]) -> _CompiledModel:
        """The model of an identifier."""
        import numpy as np

        columns: dict[str, int] = {}
        same = []
        for column, label in enumerate(identifier.nb_classes):
            first = columns.setdefault(codes[label], column)
            if codes[label] and first != column:
                same.append((first, column))
        columns.pop("", None)
        return cls(
            np.stack([np.array(identifier.tk_row, np.int32), np.array(identifier.tk_output, np.int32)], axis=1),
            identifier.nb_ptc.view(np.uint16),
            tuple(same),
            columns,
        )


@cache
def _model() -> _Model:
    from py3langid import langid

    identifier = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE)
    codes = {label: iso_code(label) for label in identifier.labels}
    return _Model(identifier, codes, _CompiledModel.of(identifier, codes) if KERNEL is not None else None)


def log_likelihoods(text: str) -> dict[str, float]:
    """How likely a text is in each language that py3langid knows.

    Args:
        text: Any text.

    Returns:
        ISO 639-1 codes, the likeliest first, with log-likelihoods up to a constant, in nats.
    """
    model = _model()
    compiled = scores(text)
    if compiled is not None:
        likelihoods = compiled.tolist()
        pairs = [(code, likelihoods[column]) for code, column in columns().items()]
        return dict(sorted(pairs, key=itemgetter(1), reverse=True))
    found: dict[str, float] = {}
    for label, likelihood in model.identifier.rank(text):
        code = model.codes[label]
        if code and code not in found:
            found[code] = likelihood
    return found


def columns() -> dict[str, int]:
    """Where `scores` has the score of each language."""
    model = _model().compiled
    return model.columns if model is not None else {}


def scores(text: str) -> NDArray[np.float32] | None:
    """The log-likelihoods of a text as `log_likelihoods` gives them, in columns; None where nothing in it tells."""
    import numpy as np

    identifier, _, model = _model()
    if KERNEL is None or model is None:
        return None
    data = identifier._encode(text)  # noqa: SLF001 - as its rank does; the version is pinned
    counts, rows = KERNEL.read_features(identifier.tk_nextmove, model.states, data, model.table)
    if not len(counts):
        return None
    found: NDArray[np.float32] = np.log1p(counts) @ rows + identifier.nb_pc
    for first, second in model.same:
        found[first] = max(found[first], found[second])
    return found

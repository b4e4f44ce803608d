"""The second identifier, py3langid: slower by the block, more accurate, and at home in more languages.

It was trained on other texts and with other features than the profiles of langdetect, so that the two seldom make the
same mistake. Its model takes 0.6 s to load; that happens when a block first needs it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple, cast

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
        columns: The columns that stand for a language with an ISO 639-1 code, the first of each label.
        codes: The codes of these.
    """

    states: NDArray[np.int32]
    table: NDArray[np.uint16]
    columns: NDArray[np.intp]
    codes: tuple[str, ...]

    @classmethod
    def of(cls, identifier: LanguageIdentifier, codes: Mapping[str, str]) -> _CompiledModel:
        """The model of an identifier."""
        import numpy as np

        labels = list(identifier.nb_classes)
        wanted = [label for label in identifier.labels if codes[label]]
        return cls(
            np.stack([np.array(identifier.tk_row, np.int32), np.array(identifier.tk_output, np.int32)], axis=1),
            identifier.nb_ptc.view(np.uint16),
            np.array([labels.index(label) for label in wanted], np.intp),
            tuple(codes[label] for label in wanted),
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
    if KERNEL is not None and model.compiled is not None:
        found = _look_up(model.identifier, model.compiled, text)
        if found:
            return found
    found = {}
    for label, likelihood in model.identifier.rank(text):
        code = model.codes[label]
        if code and code not in found:
            found[code] = likelihood
    return found


def _look_up(identifier: LanguageIdentifier, model: _CompiledModel, text: str) -> dict[str, float]:
    """The same as from `LanguageIdentifier.rank`, with its loops in the kernel; empty where nothing in a text tells."""
    import numpy as np

    data = identifier._encode(text)
    visits = KERNEL.visit_counts(identifier.tk_nextmove, model.states, data)
    if not visits:
        return {}
    counts = np.empty(len(visits), np.float32)
    rows = np.empty((len(visits), model.table.shape[1]), np.float32)
    KERNEL.gather(visits, model.table, counts, rows)
    scores = np.log1p(counts) @ rows + identifier.nb_pc
    for first, second in identifier._alias_pairs:
        scores[first] = max(scores[first], scores[second])
    return cast("dict[str, float]", KERNEL.ranked(scores, model.columns, model.codes))

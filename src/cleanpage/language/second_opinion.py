"""The second identifier, py3langid: slower by the block, more accurate, and at home in more languages.

It was trained on other texts and with other features than the profiles of langdetect, so that the two seldom make the
same mistake. Its model takes 0.6 s to load; that happens when a block first needs it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from cleanpage.language.codes import iso_code

if TYPE_CHECKING:
    from collections.abc import Mapping

    from py3langid.langid import LanguageIdentifier


class _Model(NamedTuple):
    identifier: LanguageIdentifier
    codes: Mapping[str, str]


@cache
def _model() -> _Model:
    from py3langid import langid

    identifier = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE)
    return _Model(identifier, {label: iso_code(label) for label in identifier.labels})


def log_likelihoods(text: str) -> dict[str, float]:
    """How likely a text is in each language that py3langid knows.

    Args:
        text: Any text.

    Returns:
        ISO 639-1 codes, the likeliest first, with log-likelihoods up to a constant, in nats.
    """
    identifier, codes = _model()
    found: dict[str, float] = {}
    for label, likelihood in identifier.rank(text):
        code = codes[label]
        if code and code not in found:
            found[code] = likelihood
    return found

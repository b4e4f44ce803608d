"""Nothing public changes unseen: names, signatures, options and JSON fields are those of tests/public_api.txt."""

from __future__ import annotations

import pytest

import cleanpage
from tests import public_api


def test_snapshot() -> None:
    """What is public is what the snapshot has; what docs/versioning.md says of the change comes before renewing it."""
    before = public_api.SNAPSHOT.read_text(encoding="utf-8").splitlines()
    now = public_api.public_api().splitlines()
    gone, new = (sorted(set(first) - set(second)) for first, second in ((before, now), (now, before)))
    assert (gone, new) == ([], []), "see docs/versioning.md, then: python -m tests.public_api"
    assert before == now


def test_exports_are_documented() -> None:
    """Every name that the package exports is in docs/api.md, by itself or with its module."""
    documented = public_api.DOCUMENTED.findall(public_api.API_PAGE.read_text(encoding="utf-8"))
    for name in cleanpage.__all__:
        own = getattr(cleanpage, name)
        assert {f"cleanpage.{name}", f"{own.__module__}.{name}", own.__module__} & set(documented), name


@pytest.mark.parametrize(
    "line",
    [
        "cleanpage.clean(page: object, url: str | None=None) -> Document",
        "cleanpage.Role.LOGIN_PROMPT = 'login_prompt'",
        "cleanpage.Document.title: set",
        "cleanpage.Config.favor: str = 'balance'",
        "cleanpage.detectors.Detector.signals(self, page: Page) -> Iterable[Signal]",
        "JSON schema_version: const 1",
        "$ cleanpage -o --output <text>",
    ],
)
def test_what_is_seen(line: str) -> None:
    """Functions, members, attributes, fields and their defaults, protocols, JSON fields and options are seen."""
    assert line in public_api.public_api().splitlines()

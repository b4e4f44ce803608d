"""Looks for pages that break something: python -m benchmarks.fuzz --minutes 5 (`make fuzz`).

atheris (coverage-guided, by libFuzzer) makes pages out of the fixtures and of the pages of benchmarks.growth; each is
cleaned as bytes or text, as a page or a dump, and every view of it is read. What breaks is written to the folder of
crashes, and is to become a file of tests/fixtures/crashes, which a test goes through.

Coverage is seen in Python alone: `make fuzz` runs the sources as they are. Needs ``cleanpage[fuzz]``.
"""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from benchmarks.growth import VIEWS
from benchmarks.growth_pages import HTML_PAGES, TEXT_PAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cleanpage import Document

REPOSITORY: Final = Path(__file__).resolve().parent.parent
FIXTURES: Final = REPOSITORY / "tests" / "fixtures"
MAX_LENGTH: Final = 4096
"""Bytes of a page: longer ones find nothing that these do not, and fewer a second."""

PAGE_SECONDS: Final = 20
"""A page that takes longer hangs."""

SEED_SIZE: Final = 6
"""Pieces of a page of benchmarks.growth that a seed has."""


def check(data: bytes) -> None:
    """Cleans a page, and reads every view of it; the first byte says how it is cleaned.

    Raises:
        Exception: Whatever is broken.
    """
    from cleanpage import CleanpageError, Document

    try:
        document = _cleaned(data)
    except CleanpageError:
        return
    for view in VIEWS.values():
        view(document)
    written = document.to_json()
    assert len(written.split("\n")) == 1, "the JSON is more than a line"
    assert Document.from_json(written).to_json() == written, "the JSON gives another document"
    assert pickle.loads(pickle.dumps(document)).to_json() == written, "the pickle gives another document"  # noqa: S301 - our own
    assert document.blocks or document.warnings, "no block, and no word why"


def _cleaned(data: bytes) -> Document:
    import cleanpage

    kinds: list[Callable[[], Document]] = [
        lambda: cleanpage.clean(data[1:]),
        lambda: cleanpage.clean(data[1:].decode("utf-8", "surrogateescape"), url="https://example.org/a"),
        lambda: cleanpage.clean_text(data[1:]),
        lambda: cleanpage.clean_text(data[1:].decode("utf-8", "surrogateescape")),
    ]
    return kinds[data[0] % len(kinds) if data else 0]()


def seeds() -> Iterator[bytes]:
    """Pages to begin with."""
    for number, maker in enumerate(HTML_PAGES.values()):
        yield bytes([number % 2]) + maker(SEED_SIZE).encode("utf-8", "surrogatepass")
    for number, maker in enumerate(TEXT_PAGES.values()):
        yield bytes([2 + number % 2]) + maker(SEED_SIZE).encode()
    for path in sorted(FIXTURES.rglob("input.html")):
        yield b"\0" + path.read_bytes()[:MAX_LENGTH]
    for path in sorted(FIXTURES.glob("crashes/*.bin")):
        yield path.read_bytes()


@click.command()
@click.option("--minutes", type=click.FloatRange(min=0), default=5, show_default=True)
@click.option(
    "--folder", type=click.Path(path_type=Path), default=REPOSITORY / "build" / "fuzz", show_default="build/fuzz"
)
def main(minutes: float, folder: Path) -> None:
    """Looks for crashes, and writes them to FOLDER/crashes; exit 1 where there is one."""
    import atheris

    corpus, crashes = folder / "corpus", folder / "crashes"
    for place in (corpus, crashes):
        place.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds()):
        (corpus / f"seed-{number:03}").write_bytes(seed)
    with atheris.instrument_imports(include=["cleanpage"]):
        for seed in seeds():
            check(seed)  # loads what is imported inside functions
    arguments = [
        sys.argv[0],
        f"-max_total_time={60 * minutes:.0f}",
        f"-max_len={MAX_LENGTH}",
        f"-timeout={PAGE_SECONDS}",
        "-rss_limit_mb=0",  # the fuzzer itself grows by gigabytes in an hour
        "-malloc_limit_mb=2048",
        f"-artifact_prefix={crashes}/",
        str(corpus),
    ]
    atheris.Setup(arguments, check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

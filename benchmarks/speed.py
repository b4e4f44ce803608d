"""Time of cleanpage beside other extractors, and of its own stages: python -m benchmarks.speed.

One process, the same pages of the wcxb set for everybody. In each round everybody takes turns, a few pages at a time,
so that what slows the machine down slows all of them; the tables have medians over the rounds.
"""

from __future__ import annotations

import gc
import importlib
import statistics
import sys
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from unittest import mock

import click
from lxml import etree
from tqdm import tqdm

import cleanpage
from benchmarks.compare import every_nth, head_of, publish, require_benchmark, sample_pages, table
from benchmarks.peers import EXTRACTORS, PEERS, resiliparse_decode, resiliparse_decoded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from benchmarks.peers import Extract
    from cleanpage.detectors import Detector
    from cleanpage.page import Page, Signal

    Contestant = Callable[["Input"], object]

PAGE_SET: Final = "wcxb"
TURN_LENGTH: Final = 8
"""Pages that a contestant takes at a time: few, so that all meet the same weather; several, so that caches are about
as warm as they are for one that works alone."""

REFERENCES: Final = ("trafilatura", "resiliparse, decoded")
"""The contestants that all are divided by."""

STAGES: Final = {
    "decode": ("cleanpage.inputs", "decode_page"),
    "parse": ("cleanpage.inputs", "parse_page"),
    "segment": ("cleanpage.segment", "segment"),
    "language": ("cleanpage.language", "identify"),
    "phrases": ("cleanpage.lexicon", "find_phrases"),
    "features": ("cleanpage.features", "compute"),
    "model": ("cleanpage.arbiter", "judge"),
    "guard": ("cleanpage.guard", "protect"),
}
"""The functions that `Cleaner.clean` calls, each as module and name; the detectors are its own."""

DETECTORS: Final = "detectors"
DOCUMENT: Final = "document, and what is between the stages"
BLOCKS: Final = "blocks (when asked for)"


class Input(NamedTuple):
    """A page as the contestants take it: its bytes, the same decoded, and its URL."""

    html: bytes
    decoded: str
    url: str


class StageClock:
    """Adds up what calls take.

    Attributes:
        seconds: By stage.
    """

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)

    def timed(self, stage: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """A function that does what ``call`` does, on the clock."""

        def run(*args: Any, **kwargs: Any) -> Any:
            start = perf_counter()
            try:
                return call(*args, **kwargs)
            finally:
                self.seconds[stage] += perf_counter() - start

        return run


class TimedDetector:
    """A detector on the clock."""

    def __init__(self, detector: Detector, clock: StageClock) -> None:
        self.name = detector.name
        # Most detectors are generators: the time is that of reading them.
        self._signals = clock.timed(self.name, lambda page: list(detector.signals(page)))

    def signals(self, page: Page) -> list[Signal]:
        """What the detector yields."""
        found: list[Signal] = self._signals(page)
        return found


def contestants() -> dict[str, Contestant]:
    """Everybody who is timed; each takes bytes unless its name says otherwise."""
    return {
        "cleanpage: clean": lambda page: cleanpage.clean(page.html, page.url),
        "cleanpage: clean + .text": lambda page: cleanpage.clean(page.html, page.url).text,
        "cleanpage: clean + .markdown": lambda page: cleanpage.clean(page.html, page.url).markdown,
        "cleanpage: clean + all views": lambda page: _views(cleanpage.clean(page.html, page.url)),
        **{name: _contestant(extract) for name, extract in PEERS.items()},
        "resiliparse, decoded": lambda page: resiliparse_decoded(page.decoded),
        "lxml: parse alone": lambda page: etree.fromstring(page.html, etree.HTMLParser(huge_tree=True)),
    }


def _views(document: cleanpage.Document) -> object:
    """All views but the metadata, which trafilatura reads."""
    return document.text, document.markdown, document.html, document.to_json(), document.chunks()


def _contestant(extract: Extract) -> Contestant:
    return lambda page: extract(page.html, page.url)


def read_inputs(names: Mapping[str, Contestant], pages: Sequence[Mapping[str, Any]]) -> list[Input]:
    """Reads pages, without those that any contestant raises on; everybody is warm afterwards."""
    inputs = []
    for gold in tqdm(pages, desc="warm-up", unit="page", disable=None):
        html = Path(gold["path"]).read_bytes()
        page = Input(html, resiliparse_decode(html), gold.get("url") or "")
        if fault := _fault(names, page):
            tqdm.write(f"left out: {gold['id']}: {fault}", file=sys.stderr)
        else:
            inputs.append(page)
    return inputs


def _fault(names: Mapping[str, Contestant], page: Input) -> str:
    """Who raises what on a page; '' if nobody does."""
    for name, run in names.items():
        try:
            run(page)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is reported, and nobody is timed on the page
            return f"{name}: {type(error).__name__}: {error}"
    return ""


def race(names: Mapping[str, Contestant], pages: Sequence[Input], round_count: int) -> dict[str, list[float]]:
    """Times contestants in turns.

    Args:
        names: Contestants by name.
        pages: Pages, at least one.
        round_count: How often everybody goes through all pages.

    Returns:
        For each contestant its seconds in each round.
    """
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for _ in tqdm(range(round_count), desc="race", unit="round", disable=None):
        clock = StageClock()
        for start in range(0, len(pages), TURN_LENGTH):
            for name, run in names.items():
                gc.collect()  # nobody pays for another's litter
                clock.timed(name, _take)(run, pages[start : start + TURN_LENGTH])
        for name in names:
            seconds[name].append(clock.seconds[name])
    return seconds


def _take(run: Contestant, pages: Sequence[Input]) -> None:
    for page in pages:
        run(page)


def race_lines(seconds: Mapping[str, Sequence[float]], page_count: int) -> list[list[str]]:
    """The lines of the table: milliseconds a page, and the ratio to each reference within the same round."""
    lines = []
    for name, rounds in seconds.items():
        ratios = [
            statistics.median(mine / theirs for mine, theirs in zip(rounds, seconds[reference], strict=True))
            for reference in REFERENCES
        ]
        lines.append([name, _milliseconds(rounds, page_count), *(f"{ratio:.3f}" for ratio in ratios)])
    return lines


def time_stages(pages: Sequence[Input]) -> Mapping[str, float]:
    """Times the stages of `Cleaner.clean` on pages.

    Returns:
        Seconds of each stage, of each detector by its name, of DETECTORS together, of DOCUMENT and of BLOCKS.

    Raises:
        RuntimeError: A function in STAGES was never called: the pipeline has changed.
    """
    clock = StageClock()
    cleaner = cleanpage.Cleaner()
    names = [detector.name for detector in cleaner.detectors]
    cleaner.detectors = tuple(TimedDetector(detector, clock) for detector in cleaner.detectors)
    clean = clock.timed(DOCUMENT, cleaner.clean)
    with ExitStack() as patches:
        for stage, (module_name, function) in STAGES.items():
            module = importlib.import_module(module_name)
            timed = clock.timed(stage, getattr(module, function))
            patches.enter_context(mock.patch.object(module, function, timed))
        documents = [clean(page.html, page.url) for page in pages]
    if silent := [".".join(place) for stage, place in STAGES.items() if stage not in clock.seconds]:
        raise RuntimeError(f"clean() does not call {', '.join(silent)} any more: correct STAGES in benchmarks/speed.py")
    clock.seconds[DETECTORS] = sum(clock.seconds[name] for name in names)
    clock.seconds[DOCUMENT] -= clock.seconds[DETECTORS] + sum(clock.seconds[stage] for stage in STAGES)
    clock.timed(BLOCKS, lambda: [document.blocks for document in documents])()
    return clock.seconds


def stage_lines(names: Sequence[str], rounds: Sequence[Mapping[str, float]], page_count: int) -> list[list[str]]:
    """The lines of a table of stages: milliseconds a page, and the share of all that the table names."""
    medians = {name: statistics.median(seconds[name] for seconds in rounds) for name in names}
    whole = sum(medians.values())
    return [
        [name, _milliseconds([seconds[name] for seconds in rounds], page_count), f"{medians[name] / whole:.3f}"]
        for name in names
    ]


def _milliseconds(rounds: Sequence[float], page_count: int) -> str:
    return f"{1000 * statistics.median(rounds) / page_count:.3f}"


def stage_section(pages: Sequence[Input], round_count: int) -> str:
    """The tables of stages and detectors."""
    rounds = [time_stages(pages) for _ in tqdm(range(round_count), desc="stages", unit="round", disable=None)]
    stages = [*list(STAGES)[:5], DETECTORS, *list(STAGES)[5:], DOCUMENT, BLOCKS]
    detectors = [detector.name for detector in cleanpage.Cleaner().detectors]
    return "\n\n".join(
        (
            "## Stages of clean",
            table(["stage", "ms a page", "share"], stage_lines(stages, rounds, len(pages))),
            table(["detector", "ms a page", "share"], stage_lines(detectors, rounds, len(pages))),
        )
    )


@click.command()
@click.option("--every", type=click.IntRange(1), default=10, show_default=True, help="Take one page in so many.")
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True, help="Rounds to take the medians of.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Also write the tables to this file.")
def main(every: int, rounds: int, output: Path | None) -> None:
    """Prints times of cleanpage, of other extractors and of cleanpage's stages, as Markdown."""
    pages = sample_pages(require_benchmark(), PAGE_SET, every)
    names = contestants()
    inputs = read_inputs(names, pages)
    if not inputs:
        raise click.ClickException("there is no page that every contestant gets through")
    sample = f"{every_nth(every)} of {PAGE_SET}, {len(inputs)} in all; medians of {rounds} rounds"
    report = [
        head_of("Time of cleanpage beside other extractors", sample, [*EXTRACTORS, "lxml"]),
        table(
            ["contestant", "ms a page", *(f"ratio to {reference}" for reference in REFERENCES)],
            race_lines(race(names, inputs, rounds), len(inputs)),
        ),
        stage_section(inputs, rounds),
    ]
    publish("\n\n".join(report), output)


if __name__ == "__main__":
    main()

"""Many pages: read one after the other or by worker processes, each written as soon as it is done."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter, deque
from contextlib import ExitStack, closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from cleanpage.command.inputs import ROWS, WARC, Input, common_folder, content_of, expand, is_many, place_of, suffix_of
from cleanpage.command.options import PARQUET, STANDARD
from cleanpage.command.overview import OverviewFolder
from cleanpage.command.parquet import read_parquet
from cleanpage.command.progress import PageTotal
from cleanpage.command.rows import read_rows
from cleanpage.command.sinks import Folder, Journal, Stream, is_no_file, single_output
from cleanpage.command.views import Outcome, clean_input, messages
from cleanpage.command.warc import read_warc
from cleanpage.errors import CleanpageError
from cleanpage.results import STATUSES, Result
from cleanpage.workers import Work, in_processes

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence

    from tqdm import tqdm

    from cleanpage.api import Cleaner
    from cleanpage.command.options import Options
    from cleanpage.config import Config

FAILED: Final = STATUSES[STATUSES.index("not_html") :]
"""The statuses of inputs that failed."""

READERS: Final = {ROWS: read_rows, WARC: read_warc, PARQUET: read_parquet}
"""What reads the files that hold any number of pages, by their suffix."""


class Batch:
    """One run over many pages.

    Attributes:
        counts: How many pages came to each status.
        skipped: How many pages an earlier run had written.
    """

    def __init__(self, cleaner: Cleaner, names: Sequence[str], options: Options) -> None:
        self.cleaner = cleaner
        self.options = options
        self.root = common_folder(names) if options.is_to_folder else ""
        written = [name for name in (options.output, options.errors, options.report) if name not in (STANDARD, None)]
        self.files = expand(names, [Path(os.path.realpath(str(name))) for name in written])
        self.total = PageTotal(self.files)
        self.given: deque[Input] = deque()
        self.counts: Counter[str] = Counter()
        self.skipped = 0

    def run(self) -> int:
        """Cleans and writes all pages, and gives the number of those that failed."""
        start = time.monotonic()
        with ExitStack() as stack:
            self.sink = self._open_sink(stack)
            self.errors = self._open_errors(stack)
            self.overview = self._open_overview(stack)
            self.bar = stack.enter_context(self.make_bar())
            outcomes = stack.enter_context(closing(self._outcomes()))
            for outcome in outcomes:
                self._finish(self.given.popleft(), outcome)
        if not self.options.quiet:
            click.echo(f"cleanpage: {self._summary(time.monotonic() - start)}", err=True)
        return self._failed_count()

    def _open_sink(self, stack: ExitStack) -> Stream | Journal | Folder | None:
        output = self.options.output
        if self.options.is_report_alone:
            return None
        if self.options.is_to_folder:
            return Folder(self.options)
        if output == STANDARD or self.options.blocks or is_no_file(Path(output)):
            return Stream(stack.enter_context(single_output(output)), self.options)
        return stack.enter_context(Journal(output, self.options))

    def _open_errors(self, stack: ExitStack) -> Stream | Journal | None:
        name = self.options.errors
        if name is None:
            return None
        plain = replace(self.options, blocks=False)  # the errors are JSON lines, whatever the pages are
        if is_no_file(Path(name)):
            return Stream(stack.enter_context(single_output(name, option="--errors")), plain)
        return stack.enter_context(Journal(name, plain, option="--errors"))

    def _open_overview(self, stack: ExitStack) -> OverviewFolder | None:
        if self.options.report is None:
            return None
        return stack.enter_context(OverviewFolder(self.options.report))

    def make_bar(self) -> tqdm[Any]:
        """The progress bar of the run; hidden where nobody would see it."""
        from tqdm import tqdm

        is_hidden = self.options.quiet or sys.stderr is None or not sys.stderr.isatty()
        return tqdm(total=self.total.reckoned(), unit=" pages", file=sys.stderr, disable=is_hidden)

    def _outcomes(self) -> Generator[Outcome]:
        """What came of each page, in the order in which they were given."""
        if self.options.workers == 1 and self.options.timeout is None:
            yield from (clean_input(self.cleaner, page, self.options) for page in self._pages())
            return
        work = Work(self.cleaner.config, partial(_clean_in_worker, self.options), _as_it_is, self.options.timeout)
        with closing(in_processes(work, self._pages(), self.options.workers)) as results:
            for result in results:
                if isinstance(result, Result):  # it could not be had from its worker
                    yield Outcome(result.status, result.error, seconds=result.seconds)
                else:
                    yield result

    def _pages(self) -> Iterator[Input]:
        """The pages that no earlier run wrote."""
        earlier = [sink for sink in (self.sink, self.errors) if isinstance(sink, Journal | Folder)]
        for page in self.all_pages():
            if any(sink.take_done(page) for sink in earlier):
                self.skipped += 1
                self.bar.update()
                continue
            self.given.append(replace(page, content=None))
            yield replace(page, is_reported=True) if self._is_reported() else page

    def _is_reported(self) -> bool:
        """Whether there is a report on the page that was given out last."""
        if self.overview is None:
            return False
        from cleanpage.render.overview import MAX_ROW_COUNT

        return self.counts.total() + len(self.given) <= MAX_ROW_COUNT

    def all_pages(self) -> Iterator[Input]:
        """The pages behind the names, those that an earlier run wrote among them."""
        max_bytes = self.cleaner.config.max_bytes
        for name in self.files:
            place = place_of(name, self.root) if self.options.is_to_folder else ""
            yield from self.total.count(name, _pages_of(name, place, max_bytes))

    def _finish(self, page: Input, outcome: Outcome) -> None:
        for message in messages(page, outcome, self.options):
            self.bar.clear()
            click.echo(message, err=True)
        sink = self.errors if outcome.error and self.errors is not None else self.sink
        if sink is not None:
            sink.write(page, outcome)
        if self.overview is not None:
            self.overview.add(page, outcome)
        self.counts[outcome.status] += 1
        self.bar.total = self.total.reckoned()
        self.bar.set_postfix(failed=self._failed_count(), refresh=False)
        self.bar.update()

    def _failed_count(self) -> int:
        return sum(self.counts[status] for status in FAILED)

    def _summary(self, seconds: float) -> str:
        count = self.counts.total()
        told = ", ".join(f"{self.counts[status]} {status}" for status in STATUSES if self.counts[status]) or "none"
        before = f"; {self.skipped} were done before" if self.skipped else ""
        return f"{count} pages in {seconds:.1f} s ({count / max(seconds, 1e-9):.1f} a second): {told}{before}"


def _pages_of(name: str, place: str, max_bytes: int) -> Iterable[Input]:
    """The pages behind a name: those in a file that holds any number, or the one that it is."""
    if is_many(name):
        return READERS[suffix_of(name)](name, place, max_bytes)
    return [_standard_input(place, max_bytes) if name == STANDARD else Input(name, place)]


def _standard_input(place: str, max_bytes: int) -> Input:
    """Standard input, read here: worker processes do not have it."""
    page = Input(STANDARD, place)
    try:
        content = content_of(page, max_bytes)
    except CleanpageError as error:
        return replace(page, content=error)
    assert isinstance(content, bytes)
    return replace(page, content=content)


def _as_it_is(page: Input, _max_bytes: int) -> Input:
    return page


def _clean_in_worker(options: Options, config: Config, _index: int, page: Input) -> Outcome:
    from cleanpage.api import Cleaner

    return clean_input(Cleaner(config), page, options)


def check_batch(names: Sequence[str], options: Options, *, is_single: bool) -> None:
    """Refuses options for many pages that would do nothing or harm."""
    given = {
        "--workers": options.workers > 1,
        "--timeout": options.timeout is not None,
        "--errors": options.errors is not None,
        "--resume": options.resume,
    }
    wanted = [name for name, is_given in given.items() if is_given]
    if is_single and wanted:
        raise click.UsageError(f"{wanted[0]} is for several inputs, a folder, or an --output that is a folder")
    if options.is_to_parquet and options.blocks:
        raise click.UsageError("--blocks prints a table: a Parquet file takes the blocks with -f json")
    if options.is_to_parquet and is_no_file(Path(options.output)):
        raise click.UsageError(
            f"--output {options.output!r} is a pipe or device: a Parquet file is not written at once"
        )
    if options.errors is not None and options.errors.lower().endswith(PARQUET):
        raise click.UsageError("--errors writes JSON lines: give it another name")
    if options.report is not None and not is_single:
        _check_overview(options, names)
    if options.resume and (options.output == STANDARD or (options.blocks and not options.is_to_folder)):
        raise click.UsageError("--resume goes on with JSON lines in a file, or with a folder: give it as --output")
    if options.errors is not None and os.path.realpath(options.errors) == os.path.realpath(options.output):
        raise click.UsageError("--errors and --output name the same file")
    if options.is_to_folder and (target := os.path.realpath(options.output)) in map(os.path.realpath, names):
        raise click.UsageError(f"--output {target!r} is an input: its files would be read again; write elsewhere")


def _check_overview(options: Options, names: Sequence[str]) -> None:
    if not options.is_report_to_folder:
        raise click.UsageError("--report of several inputs is a folder: give its name with / at the end")
    if options.resume:
        raise click.UsageError("--report has the figures of whole runs: use it without --resume")
    target = os.path.realpath(str(options.report))
    if target in map(os.path.realpath, (*names, options.output)):
        raise click.UsageError(f"--report {target!r} is an input, or the --output: give another folder")

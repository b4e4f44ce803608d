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

from cleanpage.batch import Result, Work, in_processes
from cleanpage.command.inputs import ROWS, WARC, Input, common_folder, content_of, expand, is_many, place_of, suffix_of
from cleanpage.command.options import STANDARD
from cleanpage.command.rows import read_rows
from cleanpage.command.sinks import Folder, Journal, Stream, is_no_file, single_output
from cleanpage.command.views import Outcome, clean_input, messages
from cleanpage.command.warc import read_warc
from cleanpage.errors import CleanpageError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from tqdm import tqdm

    from cleanpage.api import Cleaner
    from cleanpage.command.options import Options
    from cleanpage.config import Config

STATUSES: Final = ("ok", "empty", "too_large", "timeout", "error")
"""In the order of the summary."""

READERS: Final = {ROWS: read_rows, WARC: read_warc}
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
        written = [options.output] * (options.output != STANDARD) + [options.errors] * (options.errors is not None)
        self.files = expand(names, [Path(os.path.realpath(str(name))) for name in written])
        self.given: deque[Input] = deque()
        self.counts: Counter[str] = Counter()
        self.skipped = 0

    def run(self) -> int:
        """Cleans and writes all pages, and gives the number of those that failed."""
        start = time.monotonic()
        with ExitStack() as stack:
            self.sink = self._open_sink(stack)
            self.errors = self._open_errors(stack)
            self.bar = stack.enter_context(self.make_bar())
            outcomes = stack.enter_context(closing(self._outcomes()))
            for outcome in outcomes:
                self._finish(self.given.popleft(), outcome)
        if not self.options.quiet:
            click.echo(f"cleanpage: {self._summary(time.monotonic() - start)}", err=True)
        return sum(self.counts[status] for status in STATUSES[2:])

    def _open_sink(self, stack: ExitStack) -> Stream | Journal | Folder:
        output = self.options.output
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

    def make_bar(self) -> tqdm[Any]:
        """The progress bar of the run; hidden where nobody would see it."""
        from tqdm import tqdm

        total = None if any(map(is_many, self.files)) else len(self.files)
        is_hidden = self.options.quiet or sys.stderr is None or not sys.stderr.isatty()
        return tqdm(total=total, unit=" pages", file=sys.stderr, disable=is_hidden)

    def _outcomes(self) -> Generator[Outcome]:
        """What came of each page, in the order in which they were given."""
        if self.options.workers == 1 and self.options.timeout is None:
            yield from (clean_input(self.cleaner, page, self.options) for page in self._pages())
            return
        work = Work(self.cleaner.config, partial(_clean_in_worker, self.options), _as_it_is, self.options.timeout)
        with closing(in_processes(work, self._pages(), self.options.workers)) as results:
            for result in results:
                yield Outcome(result.status, result.error) if isinstance(result, Result) else result

    def _pages(self) -> Iterator[Input]:
        """The pages that no earlier run wrote."""
        earlier = [sink for sink in (self.sink, self.errors) if isinstance(sink, Journal | Folder)]
        for page in self.all_pages():
            if any(sink.take_done(page) for sink in earlier):
                self.skipped += 1
                self.bar.update()
                continue
            self.given.append(replace(page, content=None))
            yield page

    def all_pages(self) -> Iterator[Input]:
        """The pages behind the names, those that an earlier run wrote among them."""
        max_bytes = self.cleaner.config.max_bytes
        for name in self.files:
            place = place_of(name, self.root) if self.options.is_to_folder else ""
            if is_many(name):
                read = READERS[suffix_of(name)]
                yield from read(name, place, max_bytes)
            elif name == STANDARD:
                yield _standard_input(place, max_bytes)
            else:
                yield Input(name, place)

    def _finish(self, page: Input, outcome: Outcome) -> None:
        for message in messages(page, outcome, self.options):
            self.bar.clear()
            click.echo(message, err=True)
        sink = self.errors if outcome.error and self.errors is not None else self.sink
        sink.write(page, outcome)
        self.counts[outcome.status] += 1
        self.bar.set_postfix(failed=sum(self.counts[status] for status in STATUSES[2:]), refresh=False)
        self.bar.update()

    def _summary(self, seconds: float) -> str:
        count = self.counts.total()
        told = ", ".join(f"{self.counts[status]} {status}" for status in STATUSES if self.counts[status]) or "none"
        before = f"; {self.skipped} were done before" if self.skipped else ""
        return f"{count} pages in {seconds:.1f} s ({count / max(seconds, 1e-9):.1f} a second): {told}{before}"


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
    if options.resume and (options.output == STANDARD or (options.blocks and not options.is_to_folder)):
        raise click.UsageError("--resume goes on with JSON lines in a file, or with a folder: give it as --output")
    if options.errors is not None and os.path.realpath(options.errors) == os.path.realpath(options.output):
        raise click.UsageError("--errors and --output name the same file")
    if options.is_to_folder and (target := os.path.realpath(options.output)) in map(os.path.realpath, names):
        raise click.UsageError(f"--output {target!r} is an input: its files would be read again; write elsewhere")

"""Where the command writes: one output for a page or all pages, a file of lines that can be gone on with, a folder."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections import Counter
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from cleanpage.command.files import cannot_write, encodable, write_whole
from cleanpage.command.options import FORMATS, PARQUET, STANDARD
from cleanpage.command.packing import ZSTD, create_file, pack, packing_of, whole_parts
from cleanpage.command.parquet import lines_of, pyarrow, write_parquet
from cleanpage.command.views import alone, among_others, known_of, write
from cleanpage.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType
    from typing import IO, Self

    from cleanpage.command.inputs import Input
    from cleanpage.command.options import Options
    from cleanpage.command.views import Outcome

PART_BYTES: Final = 1 << 20
"""Bytes of lines that are packed at once: with fewer the file is larger, with more a run that is killed loses more."""

FLUSH_SECONDS: Final = 5.0
"""Seconds after which lines are packed and written however few they are."""


@contextmanager
def single_output(name: str, *, option: str = "--output") -> Iterator[IO[str]]:
    """Where to write: standard output, or a file that takes the place of the one there when all is written."""
    if name == STANDARD:
        if sys.stdout is None:
            raise click.UsageError("standard output is closed: use --output")
        with click.open_file(STANDARD, "w", encoding="utf-8") as stream:  # whatever the locale
            yield stream
        return
    target = Path(os.path.realpath(name))  # a link stays one
    is_special = is_no_file(target)
    draft = target if is_special else target.with_name(f".cleanpage-{os.getpid()}.tmp")
    try:
        stream = draft.open("w", encoding="utf-8") if is_special else create_file(draft, packing_of(name))
    except OSError as error:
        raise cannot_write(name, error, option) from error
    try:
        with _closed(stream, name):
            yield stream
        if not is_special:
            _replace(draft, target)
    finally:
        if not is_special:
            draft.unlink(missing_ok=True)


@contextmanager
def _closed(stream: IO[str], name: str) -> Iterator[None]:
    """Closes a stream, which writes what it still holds; it cannot where the disk is full."""
    try:
        yield
    except BaseException:
        with suppress(OSError):  # what went wrong before is told
            stream.close()
        raise
    try:
        stream.close()
    except OSError as error:
        raise click.ClickException(f"{name!r} cannot be written: {error.strerror}") from error


def is_no_file(target: Path) -> bool:
    """Whether there is a pipe or device: nothing that could be replaced."""
    return target.exists() and not target.is_file()


def _replace(draft: Path, target: Path) -> None:
    if target.exists():
        draft.chmod(target.stat().st_mode)
    draft.replace(target)


class Stream:
    """One output for all pages, as they come."""

    def __init__(self, stream: IO[str], options: Options) -> None:
        self.stream = stream
        self.options = options

    def write(self, page: Input, outcome: Outcome) -> None:
        """Writes what came of a page."""
        write(self.stream, among_others(page, outcome, self.options), is_table=self.options.blocks)


class Journal:
    """A file of a line a page that grows under the name ``.NAME.part``, and takes its own when the run has ended.

    The part has JSON lines. They are handed to the system as soon as they are complete; where they are packed, many at
    once, for each time is a part of the packed file that stands for itself. What is killed leaves whole parts, and at
    most a piece of one, which the next run cuts off. A Parquet file cannot be gone on with: it is made of the lines at
    the end.
    """

    def __init__(self, name: str, options: Options, *, option: str = "--output") -> None:
        self.name = name
        self.options = options
        self.target = Path(os.path.realpath(name))  # a link stays one
        self.draft = self.target.with_name(f".{self.target.name}.part")
        self.is_parquet = self.target.suffix.lower() == PARQUET
        self.packing = ZSTD if self.is_parquet else packing_of(name)
        self.done: Counter[str] = Counter()
        self.waiting = bytearray()
        self.last_flush = time.monotonic()
        try:
            pack(b"", self.packing)  # raises now, not after the first pages, if there is nothing to pack with
            if self.is_parquet:
                pyarrow()
            if options.resume:
                self._recover()
            # Without a buffer: a worker that is forked while there is something in it would have a copy.
            self.stream = self.draft.open("ab" if options.resume else "xb", buffering=0)
        except FileExistsError as error:
            message = f"{str(self.draft)!r} is of a run that did not end: go on with --resume, or remove it"
            raise click.UsageError(message) from error
        except OSError as error:
            raise cannot_write(name, error, option) from error
        except InputError as error:
            raise click.BadParameter(f"{name!r}: {error}", param_hint=option) from error

    def _recover(self) -> None:
        """Reads which pages are in the file of an earlier run, and cuts off a part that it did not finish."""
        is_ended = not self.draft.exists()
        if is_ended and not self.target.exists():
            return
        end = 0
        try:
            if is_ended:
                self._go_on_with_target()
            with self.draft.open("rb+") as file:
                for end, part in whole_parts(file, self.packing):  # noqa: B007 - the last end is where to go on
                    for line in part.splitlines():
                        self.done[str(json.loads(line)["input"])] += 1
                file.truncate(end)
        except (InputError, ValueError, TypeError, KeyError) as error:
            if is_ended:
                self.draft.unlink(missing_ok=True)
            raise click.UsageError(
                f"{self.name!r} holds other lines than the command's: --resume cannot go on"
            ) from error

    def _go_on_with_target(self) -> None:
        """Begins with what a run that ended has written."""
        copy = self.draft.with_suffix(".copy")
        try:
            if self.is_parquet:
                with copy.open("wb") as file:
                    for lines in batched_lines(lines_of(self.target, self.options)):
                        file.write(pack(lines, self.packing))
            else:
                shutil.copyfile(self.target, copy)
            copy.replace(self.draft)
        finally:
            copy.unlink(missing_ok=True)

    def take_done(self, page: Input) -> bool:
        """Whether an earlier run wrote the page; each line of it stands for one page."""
        name = encodable(page.name)
        if not self.done[name]:
            return False
        self.done[name] -= 1
        return True

    def write(self, page: Input, outcome: Outcome) -> None:
        """Writes the line of a page."""
        self.waiting += encodable(among_others(page, outcome, self.options)).encode()
        is_time = time.monotonic() - self.last_flush > FLUSH_SECONDS
        if not self.packing or len(self.waiting) >= PART_BYTES or is_time:
            self._flush()

    def _flush(self) -> None:
        left = memoryview(pack(bytes(self.waiting), self.packing))
        self.waiting.clear()  # before it is written: who interrupts this has the lines cleaned again, not written twice
        try:
            while left:
                left = left[self.stream.write(left) :]
        except OSError as error:
            raise self._cannot_go_on(error) from error
        self.last_flush = time.monotonic()

    def _cannot_go_on(self, error: OSError) -> click.ClickException:
        return click.ClickException(f"{self.name!r} cannot be written: {error.strerror}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self.stream:
            if self.waiting:
                self._flush()
            is_empty = not self.stream.tell()
            os.fsync(self.stream.fileno())
        if kind is None:
            self._finish()
        elif is_empty:  # there is nothing to go on with
            self.draft.unlink(missing_ok=True)
        else:
            click.echo(f"cleanpage: what is done is in {str(self.draft)!r}: --resume goes on from there", err=True)

    def _finish(self) -> None:
        """Gives the file its name, a Parquet file its rows."""
        if not self.is_parquet:
            _replace(self.draft, self.target)
            return
        made = self.draft.with_suffix(".new")
        try:
            with self.draft.open("rb") as file:
                parts = (part for _, part in whole_parts(file, self.packing))
                write_parquet(chain.from_iterable(map(bytes.splitlines, parts)), made, self.options)
        except OSError as error:
            made.unlink(missing_ok=True)
            raise self._cannot_go_on(error) from error
        _replace(made, self.target)
        self.draft.unlink()


def batched_lines(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Lines, many at once."""
    batch = bytearray()
    for line in lines:
        batch += line
        if len(batch) >= PART_BYTES:
            yield bytes(batch)
            batch.clear()
    yield bytes(batch)


class Folder:
    """A folder with a file a page; each is there whole or not at all."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.root = Path(options.output)
        # The one file here that may be half written; other runs may be writing into the folder.
        self.draft = self.root / f".cleanpage-{os.getpid()}.part"
        self.suffix = ".txt" if options.blocks or (options.roles and not options.format) else FORMATS[options.view]
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(options.output, error) from error

    def take_done(self, page: Input) -> bool:
        """Whether an earlier run wrote the page."""
        return self.options.resume and self._target(page).exists()

    def write(self, page: Input, outcome: Outcome) -> None:
        """Writes the file of a page; one that failed has none."""
        if outcome.error:
            return
        target = self._target(page)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise click.ClickException(f"{str(target)!r} cannot be written: {error.strerror}") from error
        write_whole(target, self.draft, self._content(page, outcome.fields))

    def _content(self, page: Input, fields: dict[str, Any]) -> str:
        known = known_of(page) if self.options.format == "json" else {}
        content = alone(known | fields, self.options)
        return click.unstyle(content) if self.options.blocks else content

    def _target(self, page: Input) -> Path:
        return self.root / f"{page.place}{self.suffix}"

"""The command line: pages from files, folders, standard input and URLs; text, Markdown, HTML or JSON out."""

from __future__ import annotations

import errno
import json
import os
import re
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import click

from cleanpage import __version__
from cleanpage.api import BETAS, Cleaner
from cleanpage.batch import Result, attempt
from cleanpage.errors import ConfigError, InputError, PageTooLarge
from cleanpage.native import described
from cleanpage.roles import CHOICES, ROLES, Kind, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import IO

    from cleanpage.document import Block, Document
    from cleanpage.fetch import Fetched

ROLE_NAMES: Final = tuple(role.value for role in ROLES)
KIND_NAMES: Final = tuple(kind.value for kind in Kind)
EPILOG: Final = f"Roles: {', '.join(ROLE_NAMES)}. Kinds: {', '.join(KIND_NAMES)}."
FORMATS: Final = ("text", "markdown", "html", "tei", "json")
PAGE_SUFFIXES: Final = (".html", ".htm", ".xhtml")
TEXT_SUFFIXES: Final = (".txt",)
STANDARD: Final = "-"
"""Stands for standard input and standard output."""

PAGE_START: Final = re.compile(rb"\s*<|.*<(?:!doctype|html)\b", re.IGNORECASE | re.DOTALL)
SNIFFED_BYTES: Final = 4096
"""Bytes of an input without a telling name that are searched for markup."""

UNSEEN_BYTES: Final = re.compile(rb"^\xef\xbb\xbf|^\xff\xfe|^\xfe\xff|\x00")
"""Byte order marks, and the NUL bytes that UTF-16 puts beside ASCII."""

NOT_HTML: Final = "not_html: "
"""How the warning begins that an input is a file of another kind."""

CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Characters that steer a terminal; new line and tab are not among them."""

COLORS: Final = {
    Role.TITLE: "green",
    Role.HEADING: "green",
    Role.TEXT: "green",
    Role.CAPTION: "green",
    Role.BYLINE: "green",
    Role.LOGIN_PROMPT: "red",
    Role.SUBSCRIBE_PROMPT: "red",
    Role.CONSENT_NOTICE: "red",
    Role.SPONSORED: "yellow",
    Role.RELATED: "cyan",
    Role.SHARING: "magenta",
    Role.AUTHOR_BIO: "cyan",
    Role.COMMENTS: "cyan",
    Role.NAVIGATION: "blue",
    Role.LEGAL: "magenta",
    Role.INTERFACE: "blue",
}
"""Terminal colours of the roles: content, prompts, advertisements, other content, controls."""

TABLE_ROLE: Final = re.compile(r"^(\d+\*? +)([a-z_]+)", re.MULTILINE)
"""The role in a line of `Document.explain`, after the block's index."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the command was asked for; `main` describes each option."""

    format: str | None
    output: str
    blocks: bool
    roles: tuple[str, ...]
    plain: bool | None
    favor: str
    keep: tuple[str, ...]
    drop: tuple[str, ...]
    url: str | None
    quiet: bool
    report: str | None


@click.command(context_settings={"help_option_names": ["-h", "--help"]}, epilog=EPILOG)
@click.argument("inputs", nargs=-1, metavar="[INPUT]...")
@click.option(
    "-f",
    "--format",
    type=click.Choice(FORMATS),
    help="What to print: the main text, or with json every block.  [default: text]",
)
@click.option(
    "-o", "--output", default=STANDARD, metavar="FILE", help="File to write; it is replaced when all is done."
)
@click.option("--blocks", is_flag=True, help="Print a table of all blocks: role, confidence, text and reasons.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice(ROLE_NAMES),
    metavar="ROLE",
    help="Print the blocks of this role; repeatable.",
)
@click.option(
    "--plain/--html", default=None, help="Read inputs as plain text, or as HTML.  [default: by name and content]"
)
@click.option(
    "--favor", type=click.Choice(tuple(BETAS)), default="balance", show_default=True, help="What to prefer in doubt."
)
@click.option(
    "--keep",
    multiple=True,
    type=click.Choice(CHOICES),
    metavar="NAME",
    help="Put this role, or this kind where it is content, into the main text; repeatable.",
)
@click.option(
    "--drop",
    multiple=True,
    type=click.Choice(CHOICES),
    metavar="NAME",
    help="Leave this role or kind out of it; repeatable.",
)
@click.option("--url", metavar="URL", help="Where the page is from, for one input.")
@click.option(
    "--report", metavar="FILE", help="Write the page's blocks as one HTML file to look at; for one input, alone."
)
@click.option("-q", "--quiet", is_flag=True, help="Do not print warnings.")
@click.version_option(__version__, message=f"%(prog)s, version %(version)s ({described()})")
def main(inputs: tuple[str, ...], **given: Any) -> None:
    """Print the main text of web pages, or name every block of them.

    INPUT is a file, a folder (the .html, .htm, .xhtml and .txt files in it), - for standard input, or an http or https
    URL. Without one, standard input is read. Several inputs, or a folder, give JSON lines.

    The exit code is 0, 1 if an input failed, 2 if the command was wrong.
    """
    options = Options(**given)
    names = inputs or (STANDARD,)
    is_single = len(names) == 1 and not _is_folder(names[0])
    _check(inputs, options, is_single=is_single)
    try:
        cleaner = Cleaner(favor=options.favor, keep=options.keep, drop=options.drop)
    except ConfigError as error:
        raise click.UsageError(str(error)) from error
    try:
        failed_count = _run(cleaner, names, options, is_single=is_single)
    except ConfigError as error:
        raise click.ClickException(str(error)) from error
    raise click.exceptions.Exit(1 if failed_count else 0)


def _run(cleaner: Cleaner, names: Iterable[str], options: Options, *, is_single: bool) -> int:
    """Cleans the inputs one by one, writes what came of each, and counts those that failed."""
    failed_count = 0
    with _output(options.report or options.output) as stream:
        for index, name in enumerate(_expand(names)):
            result, fields = _clean(cleaner, index, name, options)
            _report(name, result, is_quiet=options.quiet)
            failed_count += result.document is None
            if is_single and failed_count:
                raise click.exceptions.Exit(1)  # inside, so that FILE stays as it was
            _write(stream, _layout(name, result, fields, options, is_single=is_single), is_table=options.blocks)
    return failed_count


def _check(inputs: tuple[str, ...], options: Options, *, is_single: bool) -> None:
    """Refuses options that contradict each other or would do nothing."""
    if not inputs and (sys.stdin is None or sys.stdin.isatty()):
        raise click.UsageError("there is no input: give a file, a folder, a URL, or - for standard input")
    if options.blocks and options.format:
        raise click.UsageError("--blocks prints a table: use either it or --format")
    if options.roles and options.format in ("markdown", "html", "tei"):
        raise click.UsageError(f"--role prints blocks as text or json, not as {options.format}; see --keep and --drop")
    if options.report:
        _check_report(options, is_single=is_single)
    if options.url and not is_single:
        raise click.UsageError("--url is the address of one page; give one input with it")


def _check_report(options: Options, *, is_single: bool) -> None:
    if not is_single:
        raise click.UsageError("--report shows one page; give one input with it")
    if options.format or options.blocks or options.roles or options.output != STANDARD:
        raise click.UsageError("--report writes its own file with every block: use it without -o, -f, --blocks, --role")


def _expand(names: Iterable[str]) -> Iterator[str]:
    """The inputs, with the files of a folder in its place; a folder without any stays, and fails when it is read."""
    for name in names:
        yield from _pages_in(name) or [name] if _is_folder(name) else [name]


def _pages_in(folder: str) -> list[str]:
    """The pages in a folder and in those in it, sorted; folders that cannot be read among them."""
    unread: list[OSError] = []
    found = [
        str(Path(place, file))
        for place, _, files in os.walk(folder, onerror=unread.append)
        for file in files
        if PurePath(file).suffix.lower() in PAGE_SUFFIXES + TEXT_SUFFIXES
    ]
    return sorted(found + [str(error.filename) for error in unread])


def _clean(cleaner: Cleaner, index: int, name: str, options: Options) -> tuple[Result, dict[str, Any]]:
    """Reads and cleans one input; the second value is what to print of it."""
    fields: dict[str, Any] = {}

    def read() -> Document:
        content = _read(name, cleaner.config.max_bytes)
        if _is_plain(name, content, options):
            document = cleaner.clean_text(content)
            document.url = options.url or ("" if isinstance(content, bytes) else content.url)
        else:
            document = cleaner.clean(content, url=options.url)
            _refuse_other_files(document)
        fields.update(_fields(name, document, options))
        return document

    return attempt(index, read), fields


def _refuse_other_files(document: Document) -> None:
    """Raises for a PDF, a feed and the like: in a program a fact about the data, on the command line a failed input."""
    for warning in document.warnings:
        if warning.startswith(NOT_HTML):
            raise InputError(warning.removeprefix(NOT_HTML))


def _read(name: str, max_bytes: int) -> bytes | Fetched:
    """The content of an input."""
    if _is_url(name):
        from cleanpage.fetch import fetch

        return fetch(name, allow_local=True)  # whoever types an address of their own network means it
    if name == STANDARD and sys.stdin is None:
        raise InputError("is closed; pipe the page in, or give its file")
    try:
        if _is_folder(name):
            os.scandir(name).close()
            raise InputError(f"the folder holds no {', '.join(PAGE_SUFFIXES + TEXT_SUFFIXES)} file; name its files")
        with click.open_file(name, "rb") as file:
            content: bytes = file.read(max_bytes + 1)
    except FileNotFoundError as error:
        raise InputError("there is no such file; an address begins with https:// or http://") from error
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror}); save it where it can be, or choose another") from error
    if len(content) > max_bytes:
        raise PageTooLarge(f"is over {max_bytes:,} bytes, the most that is read; split it")
    return content


def _is_folder(name: str) -> bool:
    try:
        return Path(name).is_dir()
    except OSError:  # a name that is too long, as that of a URL may be; opening the file tells what is wrong
        return False


def _is_url(name: str) -> bool:
    return name.lower().startswith(("https://", "http://"))


def _is_plain(name: str, content: bytes | Fetched, options: Options) -> bool:
    """Whether an input is plain text: as the user says, else by its name, else by how it begins."""
    if options.plain is not None:
        return options.plain
    suffix = PurePath(urlsplit(name).path if _is_url(name) else name).suffix.lower()
    if suffix in PAGE_SUFFIXES + TEXT_SUFFIXES:
        return suffix in TEXT_SUFFIXES
    head = (content if isinstance(content, bytes) else content.content)[:SNIFFED_BYTES]
    return PAGE_START.match(UNSEEN_BYTES.sub(b"", head)) is None


def _fields(name: str, document: Document, options: Options) -> dict[str, Any]:
    """What to print of a document, by the name that it has in JSON."""
    if options.report:
        return {"report": document.to_report("" if name == STANDARD else name)}
    if options.blocks:
        from cleanpage.render.explain import render_explanation

        return {"blocks": render_explanation(_chosen(document, options))}
    if options.format == "json":
        data = document.to_dict()
        data["blocks"] = [block for block in data["blocks"] if not options.roles or block["role"] in options.roles]
        return data
    if options.roles:
        return {"text": "\n\n".join(block.text for block in _chosen(document, options))}
    view = options.format or FORMATS[0]
    return {view: getattr(document, view)}


def _chosen(document: Document, options: Options) -> list[Block]:
    return [block for block in document.blocks if not options.roles or block.role in options.roles]


def _layout(name: str, result: Result, fields: dict[str, Any], options: Options, *, is_single: bool) -> str:
    """What is written for one input."""
    if options.blocks:
        if result.document is None:
            return ""
        table = fields["blocks"] if os.environ.get("NO_COLOR") else TABLE_ROLE.sub(_color, fields["blocks"])
        return f"{table}\n" if is_single else f"==> {_one_line(name)} <==\n{table}\n\n"
    if not is_single:
        line = {"input": name, "status": result.status} | ({"error": result.error} if result.error else fields)
        return json.dumps(line, ensure_ascii=False) + "\n"
    if options.format == "json":
        return json.dumps(fields, ensure_ascii=False, indent=2) + "\n"
    [content] = fields.values()
    return content + "\n" if content else ""


def _color(match: re.Match[str]) -> str:
    return match[1] + click.style(match[2], fg=COLORS[Role(match[2])])


def _report(name: str, result: Result, *, is_quiet: bool) -> None:
    """Prints what went wrong with an input, and its document's warnings, to standard error."""
    place = "standard input" if name == STANDARD else name
    messages = [f"warning: {warning}" for warning in result.document.warnings] if result.document else [result.error]
    for message in messages if result.document is None or not is_quiet else ():
        shown = message if message.startswith(place) else f"{place}: {message}"
        click.echo(_one_line(f"cleanpage: {shown}"), err=True)


def _one_line(text: str) -> str:
    return CONTROL.sub("\ufffd", " ".join(text.splitlines()))


def _write(stream: IO[str], text: str, *, is_table: bool) -> None:
    """Writes UTF-8, even of lone surrogates; a terminal is not steered by what a page holds."""
    from cleanpage.render.json import SURROGATES

    if not is_table and stream.isatty():
        text = CONTROL.sub("\ufffd", text)
    try:
        # Colours are for terminals alone; escapes of the page's own go into files as they are.
        click.echo(SURROGATES.sub("\ufffd", text), file=stream, nl=False, color=None if is_table else True)
    except OSError as error:
        if error.errno == errno.EPIPE:  # whoever read it has enough; click ends quietly
            raise
        raise click.ClickException(f"the output cannot be written: {error.strerror}") from error


@contextmanager
def _output(name: str) -> Iterator[IO[str]]:
    """Where to write: standard output, or a file that takes the place of the one there when all is written."""
    if name == STANDARD:
        if sys.stdout is None:
            raise click.UsageError("standard output is closed: use --output")
        with click.open_file(STANDARD, "w", encoding="utf-8") as stream:  # whatever the locale
            yield stream
        return
    target = Path(os.path.realpath(name))  # a link stays one
    is_special = target.exists() and not target.is_file()  # a pipe or device: there is nothing to replace
    draft = target if is_special else target.with_name(f".cleanpage-{os.getpid()}.tmp")
    try:
        stream = draft.open("w" if is_special else "x", encoding="utf-8", newline="\n")
    except OSError as error:
        raise click.BadParameter(f"{name!r} cannot be written: {error.strerror}", param_hint="--output") from error
    try:
        with stream:
            yield stream
        if not is_special:
            if target.exists():
                draft.chmod(target.stat().st_mode)
            draft.replace(target)
    finally:
        if not is_special:
            draft.unlink(missing_ok=True)

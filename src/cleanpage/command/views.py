"""A page → what is printed of it: its main text, a table of its blocks, a report, a line of JSON."""

from __future__ import annotations

import errno
import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import click

from cleanpage.command.files import encodable
from cleanpage.command.inputs import content_of, is_plain
from cleanpage.command.options import STANDARD
from cleanpage.command.overview import facts_of
from cleanpage.render.json import written
from cleanpage.results import NOT_HTML, attempt
from cleanpage.roles import Role

if TYPE_CHECKING:
    from typing import IO

    from cleanpage.api import Cleaner
    from cleanpage.command.inputs import Input
    from cleanpage.command.options import Options
    from cleanpage.command.overview import Facts
    from cleanpage.document import Block, Document

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

ABOUT: Final = ("title", "language", "page_type", "quality", "warnings")
"""What a row of a Parquet file has beside the text: columns cost little, and are what rows are chosen by."""

TABLE_ROLE: Final = re.compile(r"^(\d+\*? +)([a-z_]+)", re.MULTILINE)
"""The role in a line of `Document.explain`, after the block's index."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a page, as plain values: worker processes send no more than what is printed.

    Attributes:
        status: As in `cleanpage.Result`.
        error: Why it failed, '' if it did not.
        fields: What to print, by the name that it has in JSON; empty if it failed.
        warnings: What was unusual.
        seconds: How long it took.
        facts: What the report on many pages says of it, if one is wanted.
    """

    status: str
    error: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0
    facts: Facts | None = None


def clean_input(cleaner: Cleaner, page: Input, options: Options) -> Outcome:
    """Reads and cleans a page."""
    fields: dict[str, Any] = {}
    reported: list[Facts] = []

    def read() -> Document:
        content = content_of(page, cleaner.config.max_bytes, allow_local=options.allow_local)
        url = options.url or page.url
        if is_plain(page, content, options):
            document = cleaner.clean_text(content)
            document.url = url or ("" if isinstance(content, str | bytes) else content.url)
        else:
            document = cleaner.clean(content, url=url or None)
        fields.update(_fields(page, document, options))
        if options.is_report_to_folder:
            reported.append(facts_of(document, _shown_name(page), with_report=page.is_reported))
        return document

    result = attempt(0, read)
    warnings = result.document.warnings if result.document is not None else ()
    error = result.error
    if result.status == "not_html":  # in a program a fact about the data, on the command line a failed input
        error = next(warning for warning in warnings if warning.startswith(NOT_HTML)).removeprefix(NOT_HTML)
    if error:
        return Outcome(result.status, error, seconds=result.seconds)
    facts = reported[0] if reported else None
    return Outcome(result.status, fields=fields, warnings=tuple(warnings), seconds=result.seconds, facts=facts)


def _fields(page: Input, document: Document, options: Options) -> dict[str, Any]:
    if options.is_report_alone:
        return {} if options.is_report_to_folder else {"report": document.to_report(_shown_name(page))}
    if options.blocks:
        from cleanpage.render.explain import render_explanation

        return {"blocks": render_explanation(_chosen(document, options))}
    if options.format == "json":
        data = document.to_dict()
        data["blocks"] = [block for block in data["blocks"] if not options.roles or block["role"] in options.roles]
        return data
    about = {name: getattr(document, name) for name in ABOUT} if options.is_to_parquet else {}
    if options.roles:
        return about | {"text": "\n\n".join(block.text for block in _chosen(document, options))}
    return about | {options.view: getattr(document, options.view)}


def _shown_name(page: Input) -> str:
    return "" if page.name == STANDARD else page.name


def _chosen(document: Document, options: Options) -> list[Block]:
    return [block for block in document.blocks if not options.roles or block.role in options.roles]


def alone(fields: dict[str, Any], options: Options) -> str:
    """What is written of a page that has an output of its own."""
    if options.format == "json":
        return written(fields, indent=2) + "\n"
    [content] = fields.values()
    if options.blocks:
        return f"{_colored(content)}\n"
    return content + "\n" if content else ""


def among_others(page: Input, outcome: Outcome, options: Options) -> str:
    """What is written of a page between others: a line of JSON, or its table under its name."""
    if options.blocks:
        shown = outcome.fields.get("blocks")
        return "" if shown is None else f"==> {one_line(page.name)} <==\n{_colored(shown)}\n\n"
    line = {"input": page.name, "status": outcome.status} | known_of(page)
    line |= {"error": outcome.error} if outcome.error else outcome.fields
    return written(line) + "\n"


def known_of(page: Input) -> dict[str, Any]:
    """What was known of a page before it was read."""
    known = {"id": page.identifier, "url": page.url, "date": page.date}
    return {name: value for name, value in known.items() if value not in (None, "")}


def _colored(table: str) -> str:
    return table if os.environ.get("NO_COLOR") else TABLE_ROLE.sub(_color, table)


def _color(match: re.Match[str]) -> str:
    return match[1] + click.style(match[2], fg=COLORS[Role(match[2])])


def messages(page: Input, outcome: Outcome, options: Options) -> list[str]:
    """What went wrong with a page, and its document's warnings, a line each for standard error."""
    place = "standard input" if page.name == STANDARD else page.name
    told = [outcome.error] if outcome.error else []
    if not options.quiet:
        told += [f"warning: {warning}" for warning in outcome.warnings]
    return [
        one_line(f"cleanpage: {message if message.startswith(place) else f'{place}: {message}'}") for message in told
    ]


def one_line(text: str) -> str:
    """The text without line breaks, and without what steers a terminal."""
    return CONTROL.sub("\ufffd", " ".join(text.splitlines()))


def write(stream: IO[str], text: str, *, is_table: bool) -> None:
    """Writes UTF-8, even of lone surrogates; a terminal is not steered by what a page holds."""
    if not is_table and stream.isatty():
        text = CONTROL.sub("\ufffd", text)
    try:
        # Colours are for terminals alone; escapes of the page's own go into files as they are.
        click.echo(encodable(text), file=stream, nl=False, color=None if is_table else True)
    except OSError as error:
        if error.errno == errno.EPIPE:  # whoever read it has enough; click ends quietly
            raise
        raise click.ClickException(f"the output cannot be written: {error.strerror}") from error

"""A page → what is printed of it: its main text, a table of its blocks, a report, a line of JSON."""

from __future__ import annotations

import errno
import json
import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import click

from cleanpage.batch import attempt
from cleanpage.command.inputs import content_of, is_plain
from cleanpage.command.options import STANDARD
from cleanpage.errors import InputError
from cleanpage.roles import Role

if TYPE_CHECKING:
    from typing import IO

    from cleanpage.api import Cleaner
    from cleanpage.command.inputs import Input
    from cleanpage.command.options import Options
    from cleanpage.document import Block, Document

NOT_HTML: Final = "not_html: "
"""How the warning begins that an input is a file of another kind."""

CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Characters that steer a terminal; new line and tab are not among them."""

SURROGATES: Final = re.compile(r"[\ud800-\udfff]")

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
class Outcome:
    """What came of a page, as plain values: worker processes send no more than what is printed.

    Attributes:
        status: As in `cleanpage.Result`.
        error: Why it failed, '' if it did not.
        fields: What to print, by the name that it has in JSON; empty if it failed.
        warnings: What was unusual.
    """

    status: str
    error: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def clean_input(cleaner: Cleaner, page: Input, options: Options) -> Outcome:
    """Reads and cleans a page."""
    fields: dict[str, Any] = {}

    def read() -> Document:
        content = content_of(page, cleaner.config.max_bytes, allow_local=options.allow_local)
        url = options.url or page.url
        if is_plain(page, content, options):
            document = cleaner.clean_text(content)
            document.url = url or ("" if isinstance(content, str | bytes) else content.url)
        else:
            document = cleaner.clean(content, url=url or None)
            _refuse_other_files(document)
        fields.update(_fields(page, document, options))
        return document

    result = attempt(0, read)
    if result.document is None:
        return Outcome(result.status, result.error)
    return Outcome(result.status, fields=fields, warnings=tuple(result.document.warnings))


def _refuse_other_files(document: Document) -> None:
    """Raises for a PDF, a feed and the like: in a program a fact about the data, on the command line a failed input."""
    for warning in document.warnings:
        if warning.startswith(NOT_HTML):
            raise InputError(warning.removeprefix(NOT_HTML))


def _fields(page: Input, document: Document, options: Options) -> dict[str, Any]:
    if options.report:
        return {"report": document.to_report("" if page.name == STANDARD else page.name)}
    if options.blocks:
        from cleanpage.render.explain import render_explanation

        return {"blocks": render_explanation(_chosen(document, options))}
    if options.format == "json":
        data = document.to_dict()
        data["blocks"] = [block for block in data["blocks"] if not options.roles or block["role"] in options.roles]
        return data
    if options.roles:
        return {"text": "\n\n".join(block.text for block in _chosen(document, options))}
    return {options.view: getattr(document, options.view)}


def _chosen(document: Document, options: Options) -> list[Block]:
    return [block for block in document.blocks if not options.roles or block.role in options.roles]


def alone(fields: dict[str, Any], options: Options) -> str:
    """What is written of a page that has an output of its own."""
    if options.format == "json":
        return json.dumps(fields, ensure_ascii=False, indent=2) + "\n"
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
    return json.dumps(line, ensure_ascii=False) + "\n"


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


def encodable(text: str) -> str:
    """The text without lone surrogates."""
    return SURROGATES.sub("\ufffd", text)


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

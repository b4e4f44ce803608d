"""The command line: pages from files, folders, standard input and URLs; text, Markdown, HTML or JSON out."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

import click

from cleanpage import __version__
from cleanpage.api import BETAS, Cleaner
from cleanpage.command.batch import Batch, check_batch
from cleanpage.command.inputs import Input, is_several
from cleanpage.command.options import FORMATS, STANDARD, Options
from cleanpage.command.serve import serve
from cleanpage.command.sinks import single_output
from cleanpage.command.site import check_learning, learn_site
from cleanpage.command.views import alone, clean_input, messages, write
from cleanpage.errors import CleanpageError, ConfigError
from cleanpage.native import described
from cleanpage.roles import CHOICES, ROLES, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

ROLE_NAMES: Final = tuple(role.value for role in ROLES)
KIND_NAMES: Final = tuple(kind.value for kind in Kind)
EPILOG: Final = f"Roles: {', '.join(ROLE_NAMES)}. Kinds: {', '.join(KIND_NAMES)}."


class Cleanpage(click.Command):
    """The command, whose first word may be that of another one: a group has no place for inputs of its own."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Reads the arguments, as those of the command that the first of them names, or as its own."""
        if args[:1] == [serve.name]:
            return serve.make_context(f"{info_name} {serve.name}", args[1:], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command whose arguments were read."""
        return super().invoke(ctx) if ctx.command is self else ctx.command.invoke(ctx)


@click.command(cls=Cleanpage, context_settings={"help_option_names": ["-h", "--help"]}, epilog=EPILOG)
@click.argument("inputs", nargs=-1, metavar="[INPUT]...")
@click.option(
    "-f",
    "--format",
    type=click.Choice(tuple(FORMATS)),
    help="What to print: the main text, or with json every block.  [default: text]",
)
@click.option(
    "-o",
    "--output",
    default=STANDARD,
    metavar="FILE",
    help="File to write; it is replaced when all is done. FOLDER/ gets a file a page.",
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
    "--report",
    metavar="FILE",
    help="Write the page's blocks as one HTML file to look at. FOLDER/ gets figures of all pages and a file a page.",
)
@click.option(
    "--workers", type=click.IntRange(min=1), default=1, show_default=True, help="Processes that clean several inputs."
)
@click.option(
    "--timeout", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS", help="What a page of several may take."
)
@click.option("--errors", metavar="FILE", help="File for the JSON lines of the inputs that failed.")
@click.option("--resume", is_flag=True, help="Go on with the --output of a run that did not end.")
@click.option("--site-template", metavar="FILE", help="Heed what --learn-site wrote about the site of the inputs.")
@click.option(
    "--learn-site", metavar="FILE", help="Write what repeats across the inputs, pages of one site; prints no text."
)
@click.option(
    "--allow-local", is_flag=True, help="Also fetch URLs of this machine and of its network, and redirects to them."
)
@click.option("-q", "--quiet", is_flag=True, help="Print neither warnings, progress nor a summary.")
@click.version_option(__version__, message=f"%(prog)s, version %(version)s ({described()})")
def main(inputs: tuple[str, ...], **given: Any) -> None:
    """Print the main text of web pages, or name every block of them.

    INPUT is a file, a folder (the .html, .htm, .xhtml, .txt, .jsonl, .parquet and .warc files in it, and these with
    .gz or .zst), a pattern such as 'site/**/*.html', - for standard input, or an http or https URL. Without one,
    standard input is read. A .jsonl or .parquet file has a page in html or text in each row. Several inputs give JSON
    lines, or the rows of an --output that ends in .parquet.

    The exit code is 0, 1 if an input failed, 2 if the command was wrong.

    `cleanpage serve` opens a page to try it in a browser; a file of that name is ./serve.
    """
    options = Options(**given)
    names = inputs or (STANDARD,)
    is_batch = options.is_to_folder or options.is_to_parquet or options.is_report_to_folder
    is_single = len(names) == 1 and not is_several(names[0]) and not is_batch
    _check(inputs, options, is_single=is_single)
    check_batch(names, options, is_single=is_single)
    check_learning(options)
    try:
        cleaner = Cleaner(
            favor=options.favor, keep=options.keep, drop=options.drop, site_template=options.site_template
        )
    except ConfigError as error:
        raise click.UsageError(str(error)) from error
    try:
        failed_count = _run(cleaner, names, options, is_single=is_single)
    except CleanpageError as error:
        raise click.ClickException(str(error)) from error
    raise click.exceptions.Exit(1 if failed_count else 0)


def _run(cleaner: Cleaner, names: Sequence[str], options: Options, *, is_single: bool) -> int:
    """Does what was asked for, and gives the number of inputs that failed."""
    if options.learn_site is not None:
        return learn_site(cleaner, names, options, options.learn_site)
    return _run_single(cleaner, names[0], options) if is_single else Batch(cleaner, names, options).run()


def _run_single(cleaner: Cleaner, name: str, options: Options) -> int:
    """Cleans one page, and writes what was found if it could be read."""
    page = Input(name)
    with single_output(options.report or options.output) as stream:
        outcome = clean_input(cleaner, page, options)
        for message in messages(page, outcome, options):
            click.echo(message, err=True)
        if outcome.error:
            raise click.exceptions.Exit(1)  # inside, so that FILE stays as it was
        write(stream, alone(outcome.fields, options), is_table=options.blocks)
    return 0


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
    if is_single and options.output != STANDARD:
        raise click.UsageError("--report of one page takes the place of its text: use it without --output")
    if options.is_report_alone and (options.format or options.blocks or options.roles):
        raise click.UsageError("--report shows every block: use it without -f, --blocks, --role")

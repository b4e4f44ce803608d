"""Pages of one site → the file of its template."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click
from click.core import ParameterSource

from cleanpage.command.batch import Batch
from cleanpage.command.inputs import content_of, is_plain
from cleanpage.command.views import Outcome, messages
from cleanpage.errors import ConfigError
from cleanpage.results import failed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleanpage.api import Cleaner
    from cleanpage.command.inputs import Input
    from cleanpage.command.options import Options
    from cleanpage.sites.learning import SiteLearner

HEEDED: Final = ("inputs", "learn_site", "plain", "quiet")
"""Parameters that mean something where a site is learned."""

MIN_PAGES: Final = 5
"""Fewer show too little of a site: a text must be on three of them to repeat."""


def check_learning(options: Options) -> None:
    """Refuses options that would do nothing where a site is learned."""
    if options.learn_site is None:
        return
    context = click.get_current_context()
    for option in context.command.params:
        name = option.name or ""
        if name not in HEEDED and context.get_parameter_source(name) is not ParameterSource.DEFAULT:
            raise click.UsageError(f"--learn-site prints nothing of the pages: use it without {option.opts[-1]}")


def learn_site(cleaner: Cleaner, names: Sequence[str], options: Options, target: str) -> int:
    """Learns from all pages behind the names, writes the template, and gives the number of pages that failed."""
    from cleanpage.sites.learning import SiteLearner

    learner = SiteLearner(cleaner)
    failed_count = 0
    batch = Batch(cleaner, names, options)
    with batch.make_bar() as bar:
        for page in batch.all_pages():
            outcome = _learn(learner, page, options)
            for message in messages(page, outcome, options):
                bar.clear()
                click.echo(message, err=True)
            failed_count += bool(outcome.error)
            bar.total = batch.total.reckoned()
            bar.update()
    template = learner.template()
    template.save(target)
    if not options.quiet:
        click.echo(f"cleanpage: {_summary(learner, failed_count)}", err=True)
    return failed_count


def _learn(learner: SiteLearner, page: Input, options: Options) -> Outcome:
    """Learns from a page; its failure costs nothing but itself."""
    try:
        content = content_of(page, learner.cleaner.config.max_bytes)
        if is_plain(page, content, options):
            learner.add_text(content)
        else:
            learner.add(content, page.url or None)
    except ConfigError:
        raise
    except Exception as error:  # noqa: BLE001 - as in `attempt`
        result = failed(0, error)
        return Outcome(result.status, result.error)
    return Outcome("ok")


def _summary(learner: SiteLearner, failed_count: int) -> str:
    told = [f"learned from {learner.page_count} pages"]
    if learner.duplicate_count:
        told.append(f"{learner.duplicate_count} were near-duplicates")
    if learner.empty_count:
        told.append(f"{learner.empty_count} had no text")
    if failed_count:
        told.append(f"{failed_count} failed")
    if learner.page_count < MIN_PAGES:
        told.append(f"give {MIN_PAGES} at least, for less shows little of a site")
    return "; ".join(told)

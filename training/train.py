"""Rebuilds the arbiter's weights from the benchmark: python -m training.train (`make train`).

Reads every benchmark page, trains a network and boosted trees for HTML and for plain text, and writes them into the
package. With --folds it also trains the same for each fold of sites, which benchmarks/held_out.py scores.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import time
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np

from training.dataset import Example, examples
from training.folds import FOLD_COUNT, fold_of
from training.samples import Sample, bags_of
from training.settings import Settings

PACKAGE_WEIGHTS = Path(__file__).parent.parent / "src" / "cleanpage" / "arbiter"
DEFAULT_BENCH = Path(os.environ.get("CLEANPAGE_BENCH", Path(__file__).parent.parent.parent / "shared" / "bench"))
DEFAULT_DATA = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "cleanpage-bench"

LENGTH_POWER = 0.8
"""A block counts by its words to this power, over those of the page's gold text: long pages must not rule training,
and on each page its words must count as F1 counts them."""

SETTINGS = {
    "html": Settings(),
    "text": Settings(hidden=96, shared=32, epochs=13, markup_drop=0.0, role_scale=0.7, more_weight=0.4),
}
"""Counted by labels of blocks, on a fold of sites held out, the macro F1 over the roles of HTML is 0.842 and the F1 on
wcxb 0.877; with a network of 96 numbers a block, 13 epochs and a role_scale of 0.7 they were 0.831 and 0.873."""


def to_sample(example: Example) -> Sample:
    """An example as the network and the trees read it."""
    words = np.asarray(example.evidence.page.word_counts)
    weight = example.weight * (words + 2) ** LENGTH_POWER / (example.gold_word_count + 100) ** LENGTH_POWER
    features = example.evidence.features
    return Sample(
        raw=features.dense,
        dense=features.dense,
        bags=bags_of(features),
        groups=features.groups,
        main=np.nan_to_num(example.main).astype(np.float32),
        main_weight=np.where(np.isnan(example.main), 0, weight).astype(np.float32),
        roles=example.roles.astype(np.int32),
        role_source=example.role_source,
        page_type=example.page_type,
        key=example.key,
        digest=example.digest,
        sites=example.sites,
    )


@dataclass(frozen=True)
class Job:
    """One file of weights to train: on all pages, or on those of all sites but a fold's."""

    kind: str
    path: Path
    fold: int | None = None


@click.command()
@click.option("--data", type=click.Path(path_type=Path), default=DEFAULT_DATA, help="Folder of the unpacked sets.")
@click.option("--bench", type=click.Path(path_type=Path), default=DEFAULT_BENCH, help="Folder of the referees.")
@click.option("--folds", type=click.Path(path_type=Path), help="Also train the same for each fold, into this folder.")
def main(data: Path, bench: Path, folds: Path | None) -> None:
    """Trains the weights and writes them."""
    start = time.perf_counter()
    with multiprocessing.Pool(len(SETTINGS)) as pool:
        made = pool.starmap(read_samples, [(data, bench, kind) for kind in SETTINGS])
    samples: dict[str, list[Sample]] = dict(zip(SETTINGS, made, strict=True))
    for kind in SETTINGS:
        click.echo(f"{kind}: {len(samples[kind])} pages, {sum(map(len, samples[kind]))} blocks")
    click.echo(f"read in {time.perf_counter() - start:.0f} s")
    jobs = [Job(kind, PACKAGE_WEIGHTS / f"{kind}.npz") for kind in SETTINGS]
    if folds is not None:
        jobs += [
            Job(kind, folds / f"fold{fold}" / f"{kind}.npz", fold) for fold in range(FOLD_COUNT) for kind in SETTINGS
        ]
        for kind in SETTINGS:
            write_index(samples[kind], folds / f"{kind}.json")
    # Forked, so that the workers find the samples in memory; torch, which does not survive a fork, is loaded in them.
    context = multiprocessing.get_context("fork")
    with context.Pool(os.cpu_count(), _inherit, (samples,)) as pool:
        for job in pool.imap_unordered(train_job, jobs):
            click.echo(f"{job.path}: written after {time.perf_counter() - start:.0f} s")


def read_samples(data: Path, bench: Path, kind: str) -> list[Sample]:
    """The samples of every benchmark page, as HTML or as plain text."""
    return [to_sample(example) for example in examples(data, bench, plain=kind == "text")]


def write_index(samples: list[Sample], path: Path) -> None:
    """Writes which page is in which fold, for benchmarks/held_out.py."""
    path.parent.mkdir(parents=True, exist_ok=True)
    index = {sample.digest: fold_of(sample.sites[0]) for sample in samples if sample.digest}
    path.write_text(json.dumps(index), encoding="utf-8")


_INHERITED: dict[str, list[Sample]] = {}
"""The samples by kind, in a worker."""


def _inherit(samples: dict[str, list[Sample]]) -> None:
    _INHERITED.update(samples)


def train_job(job: Job) -> Job:
    """Trains a network and trees in a worker and writes them."""
    from training.learn import input_ranges, train
    from training.token_weights import held_out_scores, token_weights
    from training.trees import train_trees
    from training.weights import save

    samples = _INHERITED[job.kind]
    if job.fold is not None:
        samples = [sample for sample in samples if job.fold not in map(fold_of, sample.sites)]
    trees = train_trees(job.kind, samples, held_out_scores(samples))
    network = train(samples, SETTINGS[job.kind])
    save(network, input_ranges(network, samples), token_weights(samples), trees, job.path)
    return job


if __name__ == "__main__":
    main()

"""Rebuilds the arbiter's weights from the benchmark: python -m training.train (`make train`).

Reads every benchmark page, trains one network for HTML and one for plain text, and writes them into the package. With
--folds it also trains one pair for each fold of sites, which benchmarks/held_out.py scores.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import click
import numpy as np

from training.dataset import Example, examples
from training.folds import FOLD_COUNT, fold_of
from training.learn import train
from training.network import Settings
from training.samples import Sample, bags_of
from training.weights import save

PACKAGE_WEIGHTS = Path(__file__).parent.parent / "src" / "cleanpage" / "arbiter"
DEFAULT_BENCH = Path(os.environ.get("CLEANPAGE_BENCH", Path(__file__).parent.parent.parent / "shared" / "bench"))
DEFAULT_DATA = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "cleanpage-bench"

LENGTH_POWER = 0.8
"""A block counts by its words to this power, over those of the page's gold text: long pages must not rule training,
and on each page its words must count as F1 counts them."""

SETTINGS = {"html": Settings(), "text": Settings(markup_drop=0.0)}


def to_sample(example: Example) -> Sample:
    """An example as the network reads it."""
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
        page_type=example.page_type,
        key=example.key,
        digest=example.digest,
        sites=example.sites,
    )


@click.command()
@click.option("--data", type=click.Path(path_type=Path), default=DEFAULT_DATA, help="Folder of the unpacked sets.")
@click.option("--bench", type=click.Path(path_type=Path), default=DEFAULT_BENCH, help="Folder of the referees.")
@click.option("--folds", type=click.Path(path_type=Path), help="Also train a pair for each fold, into this folder.")
def main(data: Path, bench: Path, folds: Path | None) -> None:
    """Trains the weights and writes them."""
    start = time.perf_counter()
    samples: dict[str, list[Sample]] = {}
    for kind, settings in SETTINGS.items():
        samples[kind] = [to_sample(example) for example in examples(data, bench, plain=kind == "text")]
        blocks = sum(map(len, samples[kind]))
        click.echo(f"{kind}: {len(samples[kind])} pages, {blocks} blocks, {time.perf_counter() - start:.0f} s")
        save(train(samples[kind], settings), PACKAGE_WEIGHTS / f"{kind}.npz")
        click.echo(f"{kind}: written, {time.perf_counter() - start:.0f} s")
    for kind in SETTINGS if folds else ():
        train_folds(kind, samples[kind], Path(str(folds)))
        click.echo(f"{kind}: folds written, {time.perf_counter() - start:.0f} s")


def train_folds(kind: str, samples: list[Sample], folder: Path) -> None:
    """Trains weights for each fold on the pages of all other sites, and writes which page is in which fold."""
    folder.mkdir(parents=True, exist_ok=True)
    index = {sample.digest: fold_of(sample.sites[0]) for sample in samples if sample.digest}
    (folder / f"{kind}.json").write_text(json.dumps(index), encoding="utf-8")
    for fold in range(FOLD_COUNT):
        kept = [sample for sample in samples if fold not in map(fold_of, sample.sites)]
        save(train(kept, SETTINGS[kind], shows_progress=False), folder / f"fold{fold}" / f"{kind}.npz")


if __name__ == "__main__":
    main()

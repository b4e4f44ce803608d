"""What cleaning a table of pages costs, and what comes out of it: python -m benchmarks.tables.

Cleans pages of the wcxb set as record batches, in this process, and gives pages and megabytes in a second of one core
(processor time, so what else the machine does is not in it), and the bytes of a page before and after, as Parquet
compresses them. docs/common-crawl.md reckons with them.
"""

from __future__ import annotations

import gzip
import io
import statistics
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import click
from tqdm import tqdm

from benchmarks.compare import every_nth, head_of, publish, require_benchmark, sample_pages, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

PAGE_SET: Final = "wcxb"
BATCH_SIZE: Final = 64
"""Pages of a batch."""

COLUMNS: Final = {
    "text": ("text", "title", "language", "page_type", "quality", "status"),
    "Markdown": ("markdown", "title", "language", "page_type", "quality", "status"),
    "text and blocks": ("text", "blocks", "language", "page_type", "quality", "status"),
    "text and metadata": ("text", "metadata", "language", "page_type", "quality", "status"),
}
"""What is asked for, by what it is called in the table."""


class Cost(NamedTuple):
    """What one choice of columns came to, in one round.

    Attributes:
        seconds: Processor time.
        output_bytes: Bytes of the output, as Parquet with zstd.
    """

    seconds: float
    output_bytes: int


def batches_of(pages: Sequence[bytes], urls: Sequence[str]) -> list[pa.RecordBatch]:
    """The pages as an engine gives them out."""
    import pyarrow as pa

    whole = pa.table({"url": pa.array(urls, pa.string()), "html": pa.array(pages, pa.binary())})
    return list(whole.combine_chunks().to_batches(max_chunksize=BATCH_SIZE))


def cost_of(batches: Sequence[pa.RecordBatch], columns: Sequence[str]) -> Cost:
    """Cleans batches once."""
    import pyarrow as pa
    from pyarrow import parquet

    from cleanpage.engines.arrow import clean_arrow

    start = process_time()
    cleaned = [clean_arrow(batch, columns=columns) for batch in batches]
    seconds = process_time() - start
    file = io.BytesIO()
    parquet.write_table(pa.Table.from_batches(cleaned), file, compression="zstd")
    return Cost(seconds, file.getbuffer().nbytes)


def lines_of(costs: dict[str, list[Cost]], page_count: int, byte_count: int) -> list[list[str]]:
    """The lines of the table: pages and megabytes a second, milliseconds and bytes of output a page."""
    lines = []
    for name, rounds in costs.items():
        seconds = statistics.median(cost.seconds for cost in rounds)
        lines.append(
            [
                name,
                f"{page_count / seconds:.0f}",
                f"{byte_count / seconds / 1e6:.1f}",
                f"{1000 * seconds / page_count:.1f}",
                f"{rounds[0].output_bytes / page_count:,.0f}",
            ]
        )
    return lines


def read_pages(every: int) -> tuple[list[bytes], list[str]]:
    """The pages and their addresses."""
    gold: list[dict[str, Any]] = sample_pages(require_benchmark(), PAGE_SET, every)
    return [Path(page["path"]).read_bytes() for page in gold], [page.get("url") or "" for page in gold]


@click.command()
@click.option("--every", type=click.IntRange(1), default=5, show_default=True, help="Take one page in so many.")
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True, help="Rounds to take the medians of.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Also write the table to this file.")
def main(every: int, rounds: int, output: Path | None) -> None:
    """Prints what a page costs in a table, and what comes out of it, as Markdown."""
    pages, urls = read_pages(every)
    batches = batches_of(pages, urls)
    cost_of(batches[:1], [*COLUMNS["text"], "markdown", "metadata"])  # loads what is loaded once
    costs: dict[str, list[Cost]] = {name: [] for name in COLUMNS}
    for _ in tqdm(range(rounds), unit="round", disable=None):
        for name, columns in COLUMNS.items():
            costs[name].append(cost_of(batches, columns))
    byte_count = sum(map(len, pages))
    packed = sum(len(gzip.compress(page)) for page in pages) / len(pages)
    report = [
        head_of(
            "What a page costs in a table", f"{every_nth(every)} of {PAGE_SET}, {len(pages)} in all", ["cleanpage"]
        ),
        f"A page has {byte_count / len(pages):,.0f} bytes, {packed:,.0f} with gzip. Medians of {rounds} rounds.",
        table(
            ["columns", "pages a second of a core", "MB a second", "ms a page", "bytes out a page"],
            lines_of(costs, len(pages), byte_count),
        ),
    ]
    publish("\n\n".join(report), output)


if __name__ == "__main__":
    main()

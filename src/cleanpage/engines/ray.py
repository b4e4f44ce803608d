"""Ray Data: a dataset with pages → one with what cleanpage found on them; needs ``cleanpage[ray]``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cleanpage.engines.arrow import clean_arrow
from cleanpage.engines.rows import make_options

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ray.data import Dataset

BATCH_SIZE: Final = 256
"""Pages of a task: some seconds of work, and some dozens of megabytes."""


def clean_dataset(
    dataset: Dataset, *, batch_size: int = BATCH_SIZE, ray_options: Mapping[str, Any] | None = None, **options: Any
) -> Dataset:
    """Cleans the pages of a dataset, in tasks of Ray's.

    Args:
        dataset: The pages, in a column ``html`` (binary or string) or ``text``; its other columns are handed on.
        batch_size: Pages that a task gets at a time.
        ray_options: Further arguments of `ray.data.Dataset.map_batches`, such as ``memory`` or ``concurrency``.
        **options: As for `cleanpage.engines.arrow.clean_arrow`.

    Returns:
        The dataset that `clean_arrow` makes of each batch; nothing is cleaned before it is asked for.

    Raises:
        ConfigError: An option means nothing. What is wrong with the dataset's columns shows when it is computed.
    """
    make_options(options)  # raises here, not in a task
    return dataset.map_batches(
        clean_arrow, batch_size=batch_size, batch_format="pyarrow", fn_kwargs=options, **(ray_options or {})
    )

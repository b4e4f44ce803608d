"""Ray Data with one worker: map_batches over two blocks."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

import pytest

ray = pytest.importorskip("ray", reason="needs cleanpage[engines]")
pa = pytest.importorskip("pyarrow", reason="needs cleanpage[engines]")

import cleanpage
from cleanpage.engines.ray import clean_dataset
from tests.tables import COLUMNS, IDS, MAX_BYTES, PAGES, URLS, comparable, expected

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.slow,
    # Ray leaves the files of its logs, and its processes, to the end of this one.
    pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning", "ignore:subprocess .* running:ResourceWarning"),
    # Ray's own settings object warns when Ray copies it.
    pytest.mark.filterwarnings("ignore::DeprecationWarning:ray.data.context"),
]


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    """A small Ray on this machine alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("RAY_DATA_DISABLE_PROGRESS_BARS", "1")
        ray.init(
            address="local",
            num_cpus=1,
            object_store_memory=100_000_000,
            include_dashboard=False,
            _node_ip_address="127.0.0.1",
            log_to_driver=False,
        )
        yield
        ray.shutdown()
        gc.collect()  # what is left open is found here, and not in another test


def pages() -> Any:
    """The pages in two blocks."""
    table = pa.table({"id": IDS, "html": pa.array(PAGES), "url": pa.array(URLS)})
    return ray.data.from_arrow([table.slice(0, 2), table.slice(2)])


def test_rows(cluster: None) -> None:
    """The rows are those of the kernel."""
    cleaned = clean_dataset(
        pages(), batch_size=2, ray_options={"num_cpus": 1}, columns=COLUMNS, max_bytes=MAX_BYTES, timeout=60
    )
    assert comparable(cleaned.take_all()) == expected()


def test_errors(cluster: None) -> None:
    """What is wrong with the options raises before anything is cleaned."""
    with pytest.raises(cleanpage.ConfigError, match="there is no txt"):
        clean_dataset(pages(), columns=["txt"])

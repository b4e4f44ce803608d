"""Scrapy: an item pipeline that puts what cleanpage found in the place of a page; needs ``cleanpage[scrapy]``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from itemadapter import ItemAdapter

from cleanpage.engines.rows import Given, clean_page, make_options

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

SETTING: Final = "CLEANPAGE"


class CleanpagePipeline:
    """Cleans the page in an item's field ``html``; items without such a field are handed on.

    The columns that ``cleanpage.engines.arrow.clean_arrow`` gives become fields of the item, and ``html`` goes away
    unless it is one of them. The setting CLEANPAGE has the options of `clean_arrow`, such as
    ``{"html": "body", "columns": ["text", "quality"]}``, but for ``timeout``: `max_bytes` limits a page.
    """

    def __init__(self, **options: Any) -> None:
        """Checks the options.

        Args:
            **options: See class.

        Raises:
            ConfigError: An option means nothing.
        """
        self.options = make_options(options, without=("dump", "timeout"))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> CleanpagePipeline:
        """Makes it from the crawler's settings, as Scrapy does.

        Args:
            crawler: The crawler.
        """
        return cls(**crawler.settings.getdict(SETTING))

    def process_item(self, item: Any) -> Any:
        """Cleans an item's page.

        Args:
            item: A dict, or an item with declared fields, among them those of the wanted columns.

        Returns:
            The item. A page that failed has a ``status`` and an ``error``, as a row of a table has.
        """
        adapter = ItemAdapter(item)
        wanted = self.options
        if wanted.html not in adapter:
            return item
        page = Given(adapter[wanted.html], url=adapter.get(wanted.url) or "")
        del adapter[wanted.html]
        row = clean_page(wanted.columns, wanted.config, 0, page)
        adapter.update({wanted.prefix + name: value for name, value in row.items()})
        return item

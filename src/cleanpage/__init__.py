"""cleanpage reads a web page and names every block of it: the article, and everything that is not the article."""

from cleanpage.native import pass_over_stale

pass_over_stale()

from cleanpage.api import Cleaner, clean, clean_text
from cleanpage.batch import clean_many
from cleanpage.config import Config
from cleanpage.document import Block, Document
from cleanpage.errors import CleanpageError, ConfigError, FetchError, InputError, LexiconError, PageTooLarge
from cleanpage.results import Result
from cleanpage.roles import Kind, Role
from cleanpage.sites import SiteTemplate

__version__ = "0.1.0"

__all__ = [
    "Block",
    "Cleaner",
    "CleanpageError",
    "Config",
    "ConfigError",
    "Document",
    "FetchError",
    "InputError",
    "Kind",
    "LexiconError",
    "PageTooLarge",
    "Result",
    "Role",
    "SiteTemplate",
    "clean",
    "clean_many",
    "clean_text",
]

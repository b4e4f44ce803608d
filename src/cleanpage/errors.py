"""Every error that cleanpage raises on purpose; each names the input and the cure."""

from __future__ import annotations


class CleanpageError(Exception):
    """The base of all errors that cleanpage raises."""


class InputError(CleanpageError):
    """The input is not a page: wrong type, unreadable file, or nothing in it that can be decoded."""


class PageTooLarge(CleanpageError):
    """The page is over one of the limits in Config."""


class ConfigError(CleanpageError):
    """An option has a value that means nothing."""


class LexiconError(CleanpageError):
    """A lexicon file has a section, kind or phrase that cannot be matched."""


class FetchError(CleanpageError):
    """A URL could not be fetched."""

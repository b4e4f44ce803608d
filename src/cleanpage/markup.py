"""What the markup of a page says about the roles of its parts: names, links, tags, ARIA roles and schema.org types.

The tables are in markup.toml. `evidence_of` reads a page's elements once and keeps what it found with the page, so that
each detector takes what speaks for its role and nobody walks the elements again.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cleanpage.errors import LexiconError
from cleanpage.roles import Role

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    Tables = dict[str, dict[str, list[str]]]
    """Role, then list, then entries."""


TIER_WEIGHTS: Final = {"sure": 0.8, "likely": 0.5, "hint": 0.25}
LINK_WEIGHTS: Final = {"hosts": 0.8, "paths": 0.7, "ends": 0.7, "queries": 0.6, "anchors": 0.6, "schemes": 0.5}
TAG_TABLES: Final = ("tags", "aria_roles", "item_types", "item_props", "inline_tags", "field_types")

MAX_STEPS: Final = 3
"""Last steps of a path that are looked at."""

MAX_HOST_LABELS: Final = 4
"""Last labels of a host that are looked at."""

STEP_FACTOR: Final = 0.6
"""What a step of a path says that is not the last one: /login says more than /login/help."""

PART_FACTOR: Final = 0.6
"""What one part of a step says, against the same word as a whole step."""

MAX_STEP_PARTS: Final = 3
"""Steps of more parts are slugs."""

HOST_FACTOR: Final = 0.8
"""What the first label of a host says, against the same word as a path."""

MAX_NAME_PARTS: Final = 3
"""Parts of a name that are compared as one."""

# A part right after a digit counts from three letters on: hashes such as "css-1ad9x" hold no word.
NAME_PART: Final = re.compile(r"(?<![^\W_])[^\W\d_]+|(?<=\d)[^\W\d_]{3,}")
NUMBER_CHARS: Final = "0123456789-_"
NOT_IN_NAMES: Final = str.maketrans("", "", "-_+. %")
DIGITS: Final = str.maketrans("", "", "0123456789-_#!/=")
SECOND_LEVEL: Final = frozenset(("co", "com", "org", "net", "gov", "ac", "edu", "or", "ne", "go", "gob", "gouv"))


class Clue(NamedTuple):
    """What one name, link, tag or type says."""

    role: Role
    weight: float
    evidence: str
    """``markup``, ``link`` or ``schema``."""
    detail: str


NO_CLUES: Final[tuple[Clue, ...]] = ()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The tables of markup.toml, indexed for lookup.

    Attributes:
        state_prefixes: First parts of names that tell a state, not what the element is.
        name_starts: The first parts of entries of several parts.
        first_parts: These, and the entries of one part.
        names: Name without borders to its clues.
        links: For each list of LINK_WEIGHTS the entry to its clues.
        site_names: The hosts of the entries in ``links["hosts"]``, without paths.
        tags: For each of TAG_TABLES the entry to its clue.
        forum_types: schema.org types of pages whose posts are the content.
        forum_generators: First words of the generators of such pages.
    """

    state_prefixes: frozenset[str]
    name_starts: frozenset[str]
    first_parts: frozenset[str]
    names: dict[str, tuple[Clue, ...]]
    links: dict[str, dict[str, tuple[Clue, ...]]]
    site_names: frozenset[str]
    tags: dict[str, dict[str, Clue]]
    forum_types: frozenset[str]
    forum_generators: frozenset[str]


def read_vocabulary(path: Path) -> Vocabulary:
    """Reads a file such as markup.toml.

    Raises:
        LexiconError: The file is not TOML, or has an unknown table, role or tier.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LexiconError(f"{path}: cannot be read as markup tables ({error}); write it as UTF-8 TOML") from error
    prefixes = frozenset(data.pop("state_prefixes", ()))
    forum = data.pop("forum", {})
    names, starts = _read_names(data.pop("names", {}), path)
    links = _read_links(data.pop("links", {}), path)
    tags = {table: _read_tags(table, data.pop(table, {}), path) for table in TAG_TABLES}
    if data:
        raise LexiconError(f"{path}: unknown table [{next(iter(data))}]; see the head of the file for those there are")
    sites = frozenset(entry.partition("/")[0] for entry in links["hosts"])
    types, generators = (frozenset(forum.get(key, ())) for key in ("types", "generators"))
    return Vocabulary(prefixes, starts, starts.union(names), names, links, sites, tags, types, generators)


def _read_names(roles: Tables, path: Path) -> tuple[dict[str, tuple[Clue, ...]], frozenset[str]]:
    names: dict[str, tuple[Clue, ...]] = {}
    starts: set[str] = set()
    for name, tiers in roles.items():
        role = _role(name, path)
        for tier, entries in tiers.items():
            weight = _known(TIER_WEIGHTS, tier, path)
            for entry in entries:
                _add(names, entry.translate(NOT_IN_NAMES), Clue(role, weight, "markup", f"name={entry}"))
                if "-" in entry:
                    starts.add(entry.partition("-")[0])
    return names, frozenset(starts)


def _read_links(roles: Tables, path: Path) -> dict[str, dict[str, tuple[Clue, ...]]]:
    links: dict[str, dict[str, tuple[Clue, ...]]] = {table: {} for table in LINK_WEIGHTS}
    for name, tables in roles.items():
        role = _role(name, path)
        for table, entries in tables.items():
            weight = _known(LINK_WEIGHTS, table, path)
            for entry in entries:
                key = entry.translate(NOT_IN_NAMES) if table in ("paths", "ends", "anchors") else entry
                _add(links[table], key, Clue(role, weight, "link", entry))
    return links


def _read_tags(table: str, entries: dict[str, list[Any]], path: Path) -> dict[str, Clue]:
    evidence = "schema" if table.startswith("item") else "markup"
    noun = table.removesuffix("s")
    return {
        entry: Clue(_role(role, path), weight, evidence, f"{noun}={entry}") for entry, (role, weight) in entries.items()
    }


def _known(weights: dict[str, float], key: str, path: Path) -> float:
    if key not in weights:
        raise LexiconError(f"{path}: unknown list {key!r}; use {', '.join(weights)}")
    return weights[key]


def _role(name: str, path: Path) -> Role:
    try:
        return Role(name)
    except ValueError:
        raise LexiconError(f"{path}: unknown role {name!r}; the roles are {', '.join(Role)}") from None


def _add(table: dict[str, tuple[Clue, ...]], key: str, clue: Clue) -> None:
    """Adds a clue; the strongest stays where an entry stands in two lists of one role."""
    known = table.get(key, ())
    for other in known:
        if other.role is clue.role:
            return
    table[key] = (*known, clue)


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary that comes with cleanpage."""
    with resources.as_file(resources.files("cleanpage") / "markup.toml") as path:
        return read_vocabulary(path)


@lru_cache(maxsize=1 << 15)
def name_clues(name: str) -> tuple[Clue, ...]:
    """What one class token or id (with a leading '#', casefolded) says, at most one clue a role."""
    tables = vocabulary()
    name = name.lstrip("#")
    if name.isalpha():
        return tables.names.get(name, NO_CLUES)
    parts = name.replace("_", "-").split("-")
    if not "".join(parts).isalpha():
        parts = NAME_PART.findall(name)
    names = tables.names
    # most names have no part that any entry begins with
    if tables.first_parts.isdisjoint(parts) or (len(parts) > 1 and parts[0] in tables.state_prefixes):
        return NO_CLUES
    found: list[Clue] = []
    last, covered = len(parts), 0
    for index, part in enumerate(parts):
        # a longer entry hides the shorter ones inside it, not those that reach beyond it
        if part in tables.name_starts:
            for end in range(min(index + MAX_NAME_PARTS, last), max(index + 1, covered), -1):
                clues = names.get("".join(parts[index:end]))
                if clues:
                    found += clues
                    covered = end
                    break
        if index >= covered and part in names:
            found += names[part]
    return strongest(found)


@lru_cache(maxsize=1 << 15)
def names_clues(names: tuple[str, ...]) -> tuple[Clue, ...]:
    """What the class tokens and ids of an element say together: the strongest clue of each role."""
    # "menu-item-4711" is a "menu-item", which is remembered
    found = [clues for clues in map(name_clues, [name.rstrip(NUMBER_CHARS) for name in names]) if clues]
    if len(found) <= 1:
        return found[0] if found else NO_CLUES
    return strongest([clue for clues in found for clue in clues])


def strongest(clues: list[Clue]) -> tuple[Clue, ...]:
    """The strongest clue of each role, the first of equals."""
    if len(clues) <= 1:
        return tuple(clues)
    found: dict[Role, Clue] = {}
    for clue in clues:
        known = found.get(clue.role)
        if known is None or known.weight < clue.weight:
            found[clue.role] = clue
    return tuple(found.values())


@lru_cache(maxsize=1 << 14)
def link_clues(href: str) -> tuple[Clue, ...]:
    """What the target of a link says."""
    links = vocabulary().links
    scheme, host, path, query, anchor = split_href(href)
    found: list[Clue] = []
    if scheme == "mailto" and query:  # a letter with a subject is one to friends
        found.append(Clue(Role.SHARING, LINK_WEIGHTS["schemes"], "link", "mailto with subject"))
    elif scheme:
        found += links["schemes"].get(scheme, ())
    if host:
        found += _own_name_clues(host)
        if _has_known_site(host):
            found += _site_clues(host, path, links["hosts"])
    if path:
        found += _path_clues(path, links["paths"], {} if query else links["ends"])
    if query:
        queries = links["queries"]
        for part in query.split("&"):
            found += queries.get(part) or queries.get(part.partition("=")[0], ())
    if anchor:
        found += links["anchors"].get(anchor.translate(DIGITS), ())
    return strongest(found)


def _path_clues(path: str, paths: dict[str, tuple[Clue, ...]], ends: dict[str, tuple[Clue, ...]]) -> list[Clue]:
    """What the last steps of a path say; the last may say another thing: /user is one's own page, /user/eva is hers."""
    found: list[Clue] = []
    steps = [step for step in path.split("/") if step][-MAX_STEPS:]
    is_last = True
    for step in reversed(steps):
        stem = step.partition(".")[0] if "." in step else step
        # a slug is searched for whole, too: without the hyphens, few have anything left to take out
        joined = stem.replace("-", "") if "-" in stem else stem
        key = joined if joined.isalnum() else joined.translate(NOT_IN_NAMES)
        clues = (is_last and ends.get(key)) or paths.get(key) or _part_clues(stem, paths)
        if clues:
            found += clues if is_last else _weaker(clues, STEP_FACTOR)
        is_last = False
    return found


def _part_clues(step: str, paths: dict[str, tuple[Clue, ...]]) -> list[Clue]:
    """What the parts of a short step say: /gift-subscriptions; a longer one is the slug of an article."""
    if "-" not in step or step.count("-") >= MAX_STEP_PARTS or paths.keys().isdisjoint(step.split("-")):
        return []
    found = [clue for part in step.split("-") for clue in paths.get(part, ()) if clue.role is not Role.NAVIGATION]
    return _weaker(found, PART_FACTOR)


def _weaker(clues: Sequence[Clue], factor: float) -> list[Clue]:
    return [Clue(role, weight * factor, evidence, detail) for role, weight, evidence, detail in clues]


def split_href(href: str) -> tuple[str, str, str, str, str]:
    """Splits a link target into scheme, host, path, query and fragment, lower-case, each '' where absent.

    Unlike urllib it takes anything that stands in an href, and is four times as fast.
    """
    rest, _, anchor = href.strip().lower().partition("#")
    rest, _, query = rest.partition("?")
    scheme = host = ""
    colon = rest.find(":", 0, 16)
    if colon > 0 and "/" not in rest[:colon]:
        scheme, rest = rest[:colon], rest[colon + 1 :]
    if rest.startswith("//"):
        host, _, rest = rest[2:].partition("/")
        host = host.rpartition("@")[2].partition(":")[0]
    return scheme, host.removeprefix("www."), rest, query, anchor


@lru_cache(maxsize=1 << 12)
def _own_name_clues(host: str) -> list[Clue]:
    """What the first label of a host says: abo.example.org is a path like /abo."""
    paths = vocabulary().links["paths"]
    label = host.partition(".")[0]
    return _weaker(paths.get(label) or _part_clues(label, paths), HOST_FACTOR)


def _names_of(host: str) -> list[str]:
    """The host and what it is part of, longest first: sub.example.org, example.org."""
    labels = host.split(".")
    return [".".join(labels[start:]) for start in range(max(0, len(labels) - MAX_HOST_LABELS), len(labels) - 1)]


@lru_cache(maxsize=1 << 12)
def _has_known_site(host: str) -> bool:
    """Whether any entry may be about a host: most links of a page lead to its own, which none is about."""
    return not vocabulary().site_names.isdisjoint(_names_of(host))


def _site_clues(host: str, path: str, hosts: dict[str, tuple[Clue, ...]]) -> tuple[Clue, ...]:
    """What the entry says that has most of a host and of the first steps of a path."""
    first_steps = path.strip("/").split("/", 2)[:2] if path else []
    for name in _names_of(host):
        for length in range(len(first_steps), -1, -1):
            if clues := hosts.get("/".join([name, *first_steps[:length]])):
                return clues
    return NO_CLUES


def site_of(host: str) -> str:
    """The name a site is registered under: ``news.example.co.uk`` gives ``example.co.uk``."""
    labels = host.split(".")
    return ".".join(labels[-3:] if labels[-2:-1] and labels[-2] in SECOND_LEVEL else labels[-2:])

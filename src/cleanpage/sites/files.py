"""A site template as a JSON file, and back."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from cleanpage.roles import ROLES
from cleanpage.sites.template import Memory, SiteTemplate

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT: Final = "cleanpage site template"
VERSION: Final = 1
ROLE_NAMES: Final = [role.value for role in ROLES]

STEPS: Final = 10
"""Numbers are kept in tenths: a tenth of a logarithm is less than two pages differ by."""

MAX_FILE_BYTES: Final = 10_000_000
"""No template has more, with `learning.MAX_KEYS`."""

MAX_NUMBER: Final = 1_000_000
KEY: Final = re.compile(r"[0-9a-f]{16}")


def template_to_json(template: SiteTemplate) -> str:
    """The text of the file; the same for the same template."""
    head = {"format": FORMAT, "version": VERSION, "pages": template.page_count, "hosts": sorted(template.hosts)}
    tables = {"texts": template.texts, "places": template.places}
    fields = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in (head | {"roles": ROLE_NAMES}).items()]
    for name, known in tables.items():
        lines = [f'  "{key}": {json.dumps(_packed(memory), separators=(",", ":"))}' for key, memory in known.items()]
        fields.append(f'"{name}": {{\n' + ",\n".join(lines) + "\n }")
    return "{\n " + ",\n ".join(fields) + "\n}\n"


def _packed(memory: Memory) -> list[int]:
    return [memory.pages, *(round(STEPS * number) for number in (memory.number, *memory.roles))]


def template_from_json(content: bytes) -> SiteTemplate:
    """The template of a file.

    Raises:
        ValueError: It is none that this version reads; says why.
    """
    if len(content) > MAX_FILE_BYTES:
        raise ValueError(f"it is over {MAX_FILE_BYTES:,} bytes")
    try:
        data = json.loads(content)
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ValueError("it is no site template")
    if data.get("version") != VERSION or data.get("roles") != ROLE_NAMES:
        raise ValueError(f"it is of version {data.get('version')!r}, this one reads {VERSION}")
    pages, hosts = data.get("pages"), data.get("hosts")
    if type(pages) is not int or pages < 1:
        raise ValueError("pages is no number of pages")
    if not isinstance(hosts, list) or not all(isinstance(host, str) for host in hosts):
        raise ValueError("hosts is no list of hosts")
    return SiteTemplate(pages, hosts, _table(data, "texts", pages), _table(data, "places", pages))


def _table(data: Mapping[str, Any], name: str, page_count: int) -> dict[str, Memory]:
    entries = data.get(name)
    if not isinstance(entries, dict):
        raise ValueError(f"{name} is missing")  # noqa: TRY004 - `load` makes it a ConfigError
    return {key: _memory(f"{name}.{key}", key, packed, page_count) for key, packed in entries.items()}


def _memory(place: str, key: str, packed: object, page_count: int) -> Memory:
    if not KEY.fullmatch(key) or not isinstance(packed, list) or len(packed) != len(ROLES) + 2:
        raise ValueError(f"{place[:80]} is no entry")
    if not all(type(number) is int and abs(number) <= STEPS * MAX_NUMBER for number in packed):
        raise ValueError(f"{place} holds what is no number")
    pages, number, *roles = packed
    if not 0 < pages <= page_count:
        raise ValueError(f"{place} is on {pages} of {page_count} pages")
    return Memory(pages, number / STEPS, tuple(role / STEPS for role in roles))

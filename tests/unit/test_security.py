"""What SECURITY.md promises of pages that were made to do harm, beside what tests/browser shows of the views."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

import cleanpage
from benchmarks.growth import VIEWS
from cleanpage import cli
from cleanpage.compat.trafilatura import extract
from tests.hostile import HOSTILE, document_with

if TYPE_CHECKING:
    from pathlib import Path

SENTENCE = "The ferry to the island was late again because of the fog over the bay. "
SECRET = "The harbour master keeps this to himself."
LINE_ENDS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029\0"

READING = [
    '<!DOCTYPE html [<!ENTITY secret SYSTEM "{file}">]><h1>Fog</h1><p>{text} &secret;',
    '<!DOCTYPE html [<!ENTITY % secret SYSTEM "{file}"> %secret;]><h1>Fog</h1><p>{text}',
    '<!DOCTYPE html SYSTEM "{file}"><h1>Fog</h1><p>{text}',
    '<?xml version="1.0"?><?xml-stylesheet href="{file}"?><h1>Fog</h1><p>{text}',
    '<html xmlns:xi="http://www.w3.org/2001/XInclude"><h1>Fog</h1><p>{text}<xi:include href="{file}" parse="text"/>',
    '<h1>Fog</h1><p>{text}<iframe src="{file}"></iframe><object data="{file}"></object><embed src="{file}">',
    '<link rel=stylesheet href="{file}"><link rel=import href="{file}"><base href="{file}"><h1>Fog</h1><p>{text}',
    '<h1>Fog</h1><p>{text}<img src="{file}" alt="a photo"><svg><image href="{file}"/><use href="{file}#a"/></svg>',
    '<h1>Fog</h1><p>{text}<img src="data:text/html,{text}" alt="a photo"><math><mi href="{file}">x</mi></math>',
]
"""Pages that ask whoever reads them to read a file."""

LAUGHS = "<!DOCTYPE html [<!ENTITY a0 'ha'>{entities}]><h1>Fog</h1><p>{text} &a9;"

WATCHED = """
import sys
from pathlib import Path
import cleanpage
from benchmarks.growth import VIEWS

page = Path(sys.argv[1]).read_text(encoding="utf-8")
seen = []

def read():
    document = cleanpage.clean(page, url="https://example.org/fog")
    for view in VIEWS.values():
        view(document)

WATCHED = ("open", "socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system")

def watch(event, arguments):
    if event.startswith(WATCHED):
        seen.append((event, str(arguments)[:200]))

read()  # what is loaded at first use is loaded
sys.addaudithook(watch)
read()
print(seen)
"""


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file that no page may have read."""
    path = tmp_path / "secret.txt"
    path.write_text(SECRET, encoding="utf-8")
    return path


@pytest.mark.parametrize("page", READING)
def test_no_file_is_read(page: str, secret: Path) -> None:
    """Entities, document types, inclusions and links to a file bring nothing of it into any view."""
    for address in (secret.as_uri(), str(secret)):
        document = cleanpage.clean(page.format(file=address, text=SENTENCE * 5), url=secret.as_uri())
        assert SENTENCE.strip() in document.text
        assert all(SECRET not in str(view(document)) for view in VIEWS.values())


def test_entities_are_not_expanded() -> None:
    """Entities that stand for ten of one another do not grow into a thousand million."""
    entities = "".join(f"<!ENTITY a{level} '{f'&a{level - 1};' * 10}'>" for level in range(1, 10))
    document = cleanpage.clean(LAUGHS.format(entities=entities, text=SENTENCE * 5))
    assert SENTENCE.strip() in document.text
    assert all(len(str(view(document))) < 100_000 for view in VIEWS.values())


def test_nothing_is_opened_connected_or_started(tmp_path: Path, secret: Path) -> None:
    """While a page is cleaned and its views are read, Python opens no file and no socket, and starts no program."""
    page = tmp_path / "page.html"
    page.write_text("".join(READING).format(file=secret.as_uri(), text=SENTENCE * 5), encoding="utf-8")
    command = [sys.executable, "-c", WATCHED, str(page)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("text", [*HOSTILE, LINE_ENDS, f'a{LINE_ENDS}b","role":"text'], ids=ascii)
def test_a_document_is_one_line(text: str) -> None:
    """JSON is one line for whoever cuts at any character that ends one, and says what it said."""
    document = document_with(text)
    [line] = document.to_json().splitlines()
    assert json.loads(line) == json.loads(json.dumps(document.to_dict()))
    assert cleanpage.Document.from_json(line).to_json() == line


def test_rows_stay_rows(tmp_path: Path) -> None:
    """The command writes one line a page, whatever its address, id and text hold; an id that is no JSON is left out."""
    hostile = f'a{LINE_ENDS}b"}}'
    source, target = tmp_path / "pages.jsonl", tmp_path / "cleaned.jsonl"
    page = f"<title>{hostile}</title><h1>Fog</h1><pre>{hostile} {SENTENCE * 5}</pre>"
    identifiers = [hostile, [hostile], {hostile: 1}, 7, None, float("nan"), float("inf"), [float("nan")]]
    rows = [{"html": page, "url": f"https://example.org/{hostile}", "id": identifier} for identifier in identifiers]
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    result = CliRunner().invoke(cli.main, [str(source), "--format", "json", "--output", str(target)])
    assert result.exit_code == 0
    written = target.read_text(encoding="utf-8")
    found = [json.loads(line, parse_constant=pytest.fail) for line in written.splitlines()]
    assert [row.get("id") for row in found] == [*identifiers[:4], None, None, None, None]
    assert {row["url"] for row in found} == {f"https://example.org/{hostile}"}
    assert {row["status"] for row in found} == {"ok"}


@pytest.mark.parametrize("text", [*HOSTILE[:-1], "a\tb", "a\nb\r\nc", '"', "a\u2028b\x85c", "=cmd()"], ids=ascii)
def test_a_row_of_csv_is_one_row(text: str) -> None:
    """What stands in trafilatura's CSV is quoted: a reader finds one row, and the fields that every row has."""
    page = f"<title>x</title><h1>Fog</h1><p>{SENTENCE * 5}</p><pre>{text}</pre><p>{SENTENCE * 5}</p>"
    found = extract(page, output_format="csv", with_metadata=True, record_id=text, include_comments=False)
    plain = extract(page, output_format="csv", with_metadata=True, record_id="7", include_comments=False)
    assert found is not None
    assert plain is not None
    [row] = csv.reader(io.StringIO(found, newline=""), delimiter="\t")
    [expected] = csv.reader(io.StringIO(plain, newline=""), delimiter="\t")
    assert (row[:1], row[1], row[3:]) == (expected[:1], text, expected[3:])

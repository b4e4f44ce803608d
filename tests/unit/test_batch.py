"""clean_many: one result an input, in order, whatever happens to the pages and to the processes that clean them."""

from __future__ import annotations

import io
import itertools
import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html

import cleanpage
from cleanpage.batch import clean_many
from cleanpage.workers import PAGES_IN_FLIGHT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cleanpage.results import Result

pytestmark = pytest.mark.filterwarnings(
    # Python 3.12 and newer say so wherever a library, such as numpy's BLAS, has a thread.
    "ignore:This process .* is multi-threaded, use of fork:DeprecationWarning"
)

needs_posix = pytest.mark.skipif(os.name != "posix", reason="named pipes and signals of POSIX")

PAGE = """<html lang="de"><head><title>Die Brücke</title></head><body><nav><a href="/">Start</a></nav><article>
<h1>Die Brücke ist wieder offen</h1><p>Nach zwei Jahren Bauzeit fuhren am Montag die ersten Straßenbahnen über die alte
Brücke, und viele Leute sahen dabei zu. <a href="/plan">Der Plan</a></p></article></body></html>"""


def pages(count: int) -> list[str]:
    """Pages that can be told apart."""
    return [PAGE.replace("zwei Jahren", f"zwei Jahren und {number} Tagen") for number in range(count)]


def statuses(results: Iterator[Result]) -> list[str]:
    """The status of each result; their indexes are checked by the way."""
    found = list(results)
    assert [result.index for result in found] == list(range(len(found)))
    return [result.status for result in found]


def workers() -> list[int]:
    """The process ids of the workers that there are."""
    return [child.pid for child in multiprocessing.active_children() if child.pid is not None]


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """A page that takes for ever: a named pipe that nobody writes to."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


def when_read(pipe: Path, act: Callable[[], None]) -> threading.Thread:
    """Does something once a process has begun to read a pipe, which then ends."""

    def wait() -> None:
        with pipe.open("wb"):
            act()

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    return thread


def kill_workers() -> None:
    """Ends all workers as the system does that runs out of memory."""
    for pid in workers():
        os.kill(pid, signal.SIGKILL)


def kill_reader(pipe: Path) -> None:
    """Ends the worker that has a pipe open; where the system does not tell which, all of them."""
    for pid in workers():
        files = Path(f"/proc/{pid}/fd")
        if not files.is_dir() or pipe in [file.readlink() for file in files.iterdir()]:
            os.kill(pid, signal.SIGKILL)


class Response:
    """A response as requests has it."""

    def __init__(self, content: bytes, url: str, charset: str = "") -> None:
        """Keeps the parts."""
        self.content = content
        self.url = url
        self.headers = {"Content-Type": f"text/html; charset={charset}" if charset else "text/html"}
        self.lock = threading.Lock()  # as open connections have: it cannot be pickled


def inputs(folder: Path) -> dict[str, Any]:
    """The same page as everything that `clean` takes."""
    path = folder / "page.html"
    path.write_text(PAGE, encoding="utf-8")
    return {
        "str": PAGE,
        "bytes": PAGE.encode(),
        "bytearray": bytearray(PAGE.encode()),
        "path": path,
        "file": io.BytesIO(PAGE.encode()),
        "text file": io.StringIO(PAGE),
        "response": Response(PAGE.encode("cp1252"), "https://example.org/a/b", "windows-1252"),
        "soup": BeautifulSoup(PAGE, "lxml"),
        "tag": BeautifulSoup(PAGE, "lxml").article,
        "tree": html.document_fromstring(PAGE).getroottree(),
        "element": html.document_fromstring(PAGE),
        "inner element": html.document_fromstring(PAGE).find(".//article"),
    }


# What comes back


@pytest.mark.parametrize("options", [{}, {"workers": 2}, {"timeout": 60}], ids=str)
def test_results_are_in_order(options: dict[str, Any]) -> None:
    """However pages are cleaned, their results are those of `clean`, in order."""
    results = list(clean_many(iter(pages(25)), **options))
    assert [result.index for result in results] == list(range(25))
    for result, page in zip(results, pages(25), strict=True):
        assert (result.status, result.error) == ("ok", "")
        assert result.document is not None
        assert result.document.to_dict() == cleanpage.clean(page).to_dict()


def test_every_input_through_workers(tmp_path: Path) -> None:
    """What cannot be pickled is read here; the documents have the same blocks, paths, address and views."""
    results = list(clean_many(inputs(tmp_path).values(), workers=2))
    for (name, page), result in zip(inputs(tmp_path).items(), results, strict=True):
        expected = cleanpage.clean(page)
        assert result.document is not None, (name, result.error)
        assert result.document.to_dict() == expected.to_dict(), name
        for view in ("text", "markdown", "html", "metadata"):
            assert getattr(result.document, view) == getattr(expected, view), (name, view)


def test_links_of_a_response_are_absolute() -> None:
    """The address of a response is known in the worker, and in the views of what comes back."""
    [result] = clean_many([Response(PAGE.encode(), "https://example.org/a/b")], timeout=60)
    assert result.document is not None
    assert result.document.url == "https://example.org/a/b"
    assert "(https://example.org/plan)" in result.document.markdown


# What a result says


@pytest.mark.parametrize("options", [{}, {"workers": 2}], ids=str)
def test_keys(tmp_path: Path, options: dict[str, Any]) -> None:
    """A result knows its input by the key that was given with it, else by what the input itself is called."""
    path = tmp_path / "page.html"
    path.write_text(PAGE, encoding="utf-8")
    with path.open("rb") as file:
        given_pages = [
            (("any", 1), PAGE),
            (None, PAGE),
            path,
            Response(PAGE.encode(), "https://example.org/a"),
            file,
            PAGE,
            BeautifulSoup(PAGE, "lxml"),
            etree.fromstring(PAGE, etree.HTMLParser()),
            7,
        ]
        results = list(clean_many(given_pages, **options))
    keys = [("any", 1), None, str(path), "https://example.org/a", str(path), None, None, None, None]
    assert [result.key for result in results] == keys
    assert [result.status for result in results] == ["ok"] * 8 + ["error"]


@pytest.mark.parametrize("options", [{}, {"workers": 2}, {"workers": 2, "in_order": False}], ids=str)
def test_dict_of_pages(options: dict[str, Any]) -> None:
    """A dict has a key for each of its pages."""
    given_pages = {f"page {number}": page for number, page in enumerate(pages(9))}
    for result in clean_many(given_pages, **options):
        assert result.key == f"page {result.index}"
        assert result.document is not None
        assert f"zwei Jahren und {result.index} Tagen" in result.document.text


@pytest.mark.parametrize("options", [{}, {"workers": 2}], ids=str)
def test_rows(options: dict[str, Any]) -> None:
    """A row has a page or a dump, its address and its id; one that has none fails, under its id."""
    dump = "Start\n\nDie Brücke ist wieder offen, und viele Leute sahen am Montag dabei zu.\n"
    url = "https://example.org/a"
    rows = [
        {"id": 1, "html": PAGE, "url": url, "date": "today"},
        {"text": dump, "html": None, "url": url},
        {"id": "x", "html": 5},
        {},
        {"id": "large", "text": "wort " * len(PAGE)},
    ]
    first, second, *others = clean_many(rows, cleaner=cleanpage.Cleaner(max_bytes=2 * len(PAGE)), **options)
    assert (first.key, second.key) == (1, None)
    assert first.document is not None
    assert second.document is not None
    assert first.document.to_dict() == cleanpage.clean(PAGE, url).to_dict()
    assert second.document.url == url
    assert second.document.blocks == cleanpage.clean_text(dump).blocks
    assert [(result.key, result.status) for result in others] == [
        ("x", "error"),
        (None, "error"),
        ("large", "too_large"),
    ]
    assert "html or text" in others[0].error


@pytest.mark.parametrize("options", [{}, {"workers": 2}], ids=str)
def test_seconds(options: dict[str, Any]) -> None:
    """How long each page took is known, and is no more than the whole took."""
    start = time.perf_counter()
    results = list(clean_many([*pages(5), b"%PDF-1.7"], **options))
    seconds = [result.seconds for result in results]
    assert min(seconds) > 0
    assert sum(seconds) < (time.perf_counter() - start) * options.get("workers", 1)


@pytest.mark.parametrize("options", [{}, {"workers": 2}], ids=str)
def test_pages_that_fail(tmp_path: Path, options: dict[str, Any]) -> None:
    """Each failure is the result of its own page."""

    class Broken(io.BytesIO):
        def read(self, _: int | None = -1, /) -> bytes:
            message = "the line went dead"
            raise ConnectionError(message)

    sent = {
        "ok": PAGE,
        "none": None,
        "number": 7,
        "empty": "",
        "pdf": b"%PDF-1.7",
        "large": PAGE * 4,
        "large file": io.BytesIO(PAGE.encode() * 4),
        "absent": tmp_path / "absent.html",
        "broken": Broken(),
        "comment": etree.Comment("no page"),
        "tree without a root": etree.ElementTree(),
        "ok again": PAGE,
    }
    found = clean_many(sent.values(), cleaner=cleanpage.Cleaner(max_bytes=2 * len(PAGE)), **options)
    results = dict(zip(sent, found, strict=True))
    by_status = {name: result.status for name, result in results.items()}
    assert by_status == {
        "ok": "ok",
        "none": "error",
        "number": "error",
        "empty": "empty",
        "pdf": "not_html",
        "large": "too_large",
        "large file": "too_large",
        "absent": "error",
        "broken": "error",
        "comment": "error",
        "tree without a root": "empty",
        "ok again": "ok",
    }
    for result in results.values():
        assert (result.document is None) == bool(result.error)
    assert "absent.html" in results["absent"].error
    assert "the line went dead" in results["broken"].error


@pytest.mark.parametrize("options", [{}, {"workers": 2}], ids=str)
def test_defects_are_results(monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]) -> None:
    """An exception that nobody foresaw is told with its place, and costs no other page."""
    if options and sys.platform != "linux":
        pytest.skip("only forked workers have what a test patches")
    clean = cleanpage.Cleaner.clean

    def fail(self: cleanpage.Cleaner, page: Any, url: str | None = None) -> cleanpage.Document:
        if getattr(page, "content", page) == "defect":
            message = "no such thing"
            raise LookupError(message)
        return clean(self, page, url)

    monkeypatch.setattr(cleanpage.Cleaner, "clean", fail)
    first, second, third = clean_many([PAGE, "defect", PAGE], **options)
    assert (first.status, second.status, third.status) == ("ok", "error", "ok")
    assert "LookupError: no such thing (test_batch.py, line " in second.error


@given(st.lists(st.one_of(st.binary(max_size=40), st.text(max_size=40), st.none(), st.integers()), max_size=5))
def test_one_result_an_input(given_pages: list[object]) -> None:
    """Whatever is given, there is one result for each, with a document or an error."""
    results = list(clean_many(given_pages))
    assert [result.index for result in results] == list(range(len(given_pages)))
    assert all((result.document is None) == bool(result.error) for result in results)


# Options


def test_cleaner(tmp_path: Path) -> None:
    """The options of the cleaner hold in the workers; one with parts of its own stays in this process."""
    cleaner = cleanpage.Cleaner(drop=["title"])
    [result] = clean_many([PAGE], cleaner=cleaner, workers=2)
    assert result.document is not None
    assert result.document.text == cleaner.clean(PAGE).text != cleanpage.clean(PAGE).text
    lexicon = tmp_path / "extra.toml"
    lexicon.write_text('language = "en"\n[login_prompt]\nanywhere = ["open sesame"]\n')
    own = cleanpage.Cleaner(lexicons=[lexicon])
    assert statuses(clean_many([PAGE], cleaner=own)) == ["ok"]
    with pytest.raises(cleanpage.ConfigError, match="use workers=1"):
        clean_many([PAGE], cleaner=own, workers=2)


@pytest.mark.parametrize("options", [{}, {"workers": 2}], ids=str)
def test_small_limit(options: dict[str, Any]) -> None:
    """A limit below the size of any page leaves nothing to clean, and breaks nothing."""
    assert statuses(clean_many(pages(2), cleaner=cleanpage.Cleaner(max_bytes=1), **options)) == ["too_large"] * 2


@pytest.mark.parametrize("options", [{}, {"workers": 2}], ids=str)
def test_options_that_no_page_can_be_cleaned_with(tmp_path: Path, options: dict[str, Any]) -> None:
    """What is wrong for every page is raised, not told once a page."""
    with pytest.raises(cleanpage.ConfigError, match="weights"):
        list(clean_many(pages(3), cleaner=cleanpage.Cleaner(weights=tmp_path), **options))
    assert workers() == []


@pytest.mark.parametrize(
    "options", [{"workers": 0}, {"workers": -1}, {"timeout": 0}, {"timeout": float("nan")}], ids=str
)
def test_options_that_mean_nothing(options: dict[str, Any]) -> None:
    """They are refused before a page is read."""
    with pytest.raises(cleanpage.ConfigError, match="means nothing"):
        clean_many([PAGE], **options)


@pytest.mark.parametrize("one", [PAGE, PAGE.encode(), Path("page.html"), None], ids=type)
def test_a_single_page(one: Any) -> None:
    """One page in place of several is refused: a text would be cleaned letter by letter."""
    with pytest.raises(cleanpage.InputError, match="takes several pages"):
        clean_many(one)


@pytest.mark.parametrize("options", [{}, {"workers": 2}], ids=str)
def test_progress(capsys: pytest.CaptureFixture[str], options: dict[str, Any]) -> None:
    """The bar counts the pages on standard error, and is not there unless asked for."""
    assert statuses(clean_many(pages(3), progress=True, **options)) == ["ok"] * 3
    shown = capsys.readouterr()
    assert "3/3" in shown.err
    assert shown.out == ""
    assert statuses(clean_many(pages(3), **options)) == ["ok"] * 3
    assert capsys.readouterr() == ("", "")


# Processes


@pytest.mark.parametrize("options", [{}, {"workers": 2}, {"workers": 2, "progress": True}], ids=str)
def test_endless_pages(options: dict[str, Any]) -> None:
    """Few pages are read ahead; closing the iterator ends the workers."""
    read_count = 0

    def read() -> Iterator[str]:
        nonlocal read_count
        for page in itertools.cycle(pages(3)):
            read_count += 1
            yield page

    results = clean_many(read(), **options)
    assert [result.status for result in itertools.islice(results, 20)] == ["ok"] * 20
    assert 20 <= read_count < 20 + PAGES_IN_FLIGHT * options.get("workers", 1) + 1
    assert len(workers()) == options.get("workers", 0)
    results.close()  # type: ignore[attr-defined]
    assert workers() == []


@pytest.mark.parametrize("options", [{}, {"workers": 2}, {"workers": 2, "in_order": False}], ids=str)
def test_slow_source(options: dict[str, Any]) -> None:
    """A result is there before a page after the next is asked for: a crawler need not fill a queue first."""
    done: list[int] = []

    def read() -> Iterator[str]:
        for number, page in enumerate(pages(4)):
            assert len(done) >= number - 1
            yield page
            time.sleep(1)  # long enough for a page of this size

    for result in clean_many(read(), **options):
        done += [result.index]
    assert sorted(done) == [0, 1, 2, 3]


@needs_posix
def test_as_they_come(pipe: Path) -> None:
    """Without order, a page that takes long does not keep back the others."""
    results = clean_many([pipe, *pages(12)], workers=2, in_order=False)
    first = [next(results).index for _ in range(6)]
    assert 0 not in first
    thread = when_read(pipe, lambda: None)
    assert sorted([*first, *(result.index for result in results)]) == list(range(13))
    thread.join(10)
    assert workers() == []


def test_source_that_fails() -> None:
    """What the source of the pages raises reaches the caller, and the workers end."""

    def read() -> Iterator[str]:
        yield from pages(3)
        message = "the line went dead"
        raise ConnectionError(message)

    with pytest.raises(ConnectionError):
        list(clean_many(read(), workers=2))
    assert workers() == []


def test_dropped_iterator() -> None:
    """An iterator that nobody holds any more takes its workers along, pages in their pipes and all."""
    results = clean_many([PAGE * 500] * 20, workers=2)
    assert next(results).status == "ok"
    del results
    assert workers() == []


@needs_posix
def test_timeout(pipe: Path) -> None:
    """A page that takes too long is ended; those before and after it are cleaned."""
    results = list(clean_many([PAGE, pipe, PAGE, pipe, PAGE], workers=2, timeout=0.5))
    assert results[1].seconds >= 0.5
    assert [result.status for result in results] == ["ok", "timeout", "ok", "timeout", "ok"]
    assert "0.5 s" in results[1].error
    assert results[1].document is None
    assert workers() == []


@needs_posix
@pytest.mark.parametrize("timeout", [None, 60])
def test_worker_dies_on_a_page(pipe: Path, timeout: float | None) -> None:
    """A worker that dies costs the page that it had, and no other."""
    thread = when_read(pipe, lambda: kill_reader(pipe))
    results = list(clean_many([pipe, *pages(6)], workers=1 if timeout else 2, timeout=timeout))
    thread.join(10)
    assert [result.index for result in results] == list(range(7))
    assert [result.status for result in results] == ["error", *["ok"] * 6]
    assert "the worker process died on this page" in results[0].error


@pytest.mark.skipif(sys.platform != "linux", reason="only forked workers have what a test patches")
@pytest.mark.parametrize("timeout", [None, 60])
@pytest.mark.parametrize("end", [os._exit, sys.exit])
def test_many_workers_die(
    monkeypatch: pytest.MonkeyPatch, timeout: float | None, end: Callable[[int], NoReturn]
) -> None:
    """Every page has its own result, however soon and however often workers die, and however they do."""
    clean = cleanpage.Cleaner.clean

    def die(self: cleanpage.Cleaner, page: Any, url: str | None = None) -> cleanpage.Document:
        if getattr(page, "content", page) == "deadly":
            end(3)
        return clean(self, page, url)

    monkeypatch.setattr(cleanpage.Cleaner, "clean", die)
    mixed = ["deadly", "deadly", *pages(2)] * 5
    results = list(clean_many(mixed, workers=2, timeout=timeout))
    assert [result.index for result in results] == list(range(20))
    assert [result.status for result in results] == ["error", "error", "ok", "ok"] * 5
    assert workers() == []


@needs_posix
def test_workers_die_between_pages() -> None:
    """Workers that die with nothing to do cost no page."""
    results = clean_many(pages(30), workers=2)
    first = next(results)
    time.sleep(1)  # the pages in flight are done
    kill_workers()
    time.sleep(0.5)
    assert statuses(itertools.chain([first], results)) == ["ok"] * 30
    assert workers() == []


@pytest.mark.skipif(sys.platform != "linux", reason="only forked workers have what a test patches")
@pytest.mark.parametrize("in_order", [True, False])
def test_only_their_own_results(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, in_order: bool) -> None:
    """A page that hangs, one that ends its worker and one of 300 MB, in the middle of others, cost no other."""
    clean = cleanpage.Cleaner.clean

    def misbehave(self: cleanpage.Cleaner, page: Any, url: str | None = None) -> cleanpage.Document:
        if getattr(page, "content", page) == "hang":
            time.sleep(600)
        if getattr(page, "content", page) == "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        return clean(self, page, url)

    monkeypatch.setattr(cleanpage.Cleaner, "clean", misbehave)
    huge = tmp_path / "huge.html"
    with huge.open("wb") as file:
        file.truncate(300_000_000)
    given_pages = [*pages(10), "hang", huge, "crash", *pages(10)]
    results = list(clean_many(given_pages, workers=2, timeout=5, in_order=in_order))
    expected = ["ok"] * 10 + ["timeout", "too_large", "error"] + ["ok"] * 10
    assert [result.status for result in sorted(results, key=lambda result: result.index)] == expected
    assert [result.index for result in results] == list(range(23)) or not in_order
    assert workers() == []


# Scripts


@pytest.fixture
def script(tmp_path: Path) -> Callable[[str], list[str]]:
    """Makes a script a file, and gives the command that runs it as a user would."""

    def write(code: str) -> list[str]:
        path = tmp_path / "script.py"
        path.write_text(textwrap.dedent(code), encoding="utf-8")
        return [sys.executable, str(path)]

    return write


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere processes are not forked")
def test_script_without_a_guard(script: Callable[[str], list[str]]) -> None:
    """On Linux a script needs no `if __name__ == "__main__":`."""
    command = script("""
        import cleanpage
        results = cleanpage.clean_many(["<p>One page</p>", "<p>Another page</p>"], workers=2)
        print(*[result.document.markdown for result in results], sep="\\n")
    """)
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.splitlines() == ["One page", "Another page"]
    assert done.stderr == ""


@pytest.mark.parametrize("method", [m for m in multiprocessing.get_all_start_methods() if m != "fork"])
def test_start_methods(script: Callable[[str], list[str]], method: str) -> None:
    """However the program wants its processes started, loading libraries does not count as a page's time."""
    command = script(f"""
        import multiprocessing
        import cleanpage

        if __name__ == "__main__":
            multiprocessing.set_start_method("{method}")
            pages = ["<p>One page</p>", None, "<p>Another page</p>"]
            results = list(cleanpage.clean_many(pages, workers=2, timeout=0.5))
            print(*[result.status for result in results])
    """)
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.split() == ["ok", "error", "ok"]


def test_spawned_without_a_guard(script: Callable[[str], list[str]]) -> None:
    """Where a script needs the guard and has none, the error says so, and nothing hangs."""
    command = script("""
        import multiprocessing
        import cleanpage

        multiprocessing.set_start_method("spawn", force=True)
        print(list(cleanpage.clean_many(["<p>One page</p>"], workers=2)))
    """)
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "ConfigError: workers: " in done.stderr
    assert "if __name__ == '__main__':" in done.stderr


@needs_posix
def test_interrupt(script: Callable[[str], list[str]], pipe: Path) -> None:
    """Ctrl-C ends the program and its workers, in the middle of a page too."""
    command = script("""
        import signal, sys, cleanpage
        from pathlib import Path

        if __name__ == "__main__":
            signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
            list(cleanpage.clean_many([Path(sys.argv[1])] * 3, workers=2))
    """)
    program = subprocess.Popen([*command, str(pipe)], stderr=subprocess.PIPE, text=True, start_new_session=True)
    when_read(pipe, lambda: os.killpg(program.pid, signal.SIGINT))
    _, err = program.communicate(timeout=60)
    assert program.returncode not in (0, None)
    assert "KeyboardInterrupt" in err
    with pytest.raises(ProcessLookupError):  # nobody is left of the group
        os.killpg(program.pid, 0)

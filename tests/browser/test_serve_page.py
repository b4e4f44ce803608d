"""The page of `cleanpage serve`, in Chromium: paste, drop, report, copy; keyboard, screen readers, widths, schemes.

``CLEANPAGE_SCREENSHOTS=FOLDER`` keeps pictures.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import cleanpage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytest.importorskip("uvicorn", reason="uvicorn is not installed")
pytest.importorskip("starlette", reason="starlette is not installed")
pytest.importorskip("selenium", reason="selenium is not installed")
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.expected_conditions import text_to_be_present_in_element
from selenium.webdriver.support.ui import WebDriverWait

pytestmark = pytest.mark.browser

SECONDS = 60
"""What a page may take to be shown, with the first one loading the libraries."""

SENTENCE = "The ferry to the island was late again because of the fog over the bay, said the harbour master on Monday. "
ARTICLE = (
    "<html lang=en><head><title>Fog over the bay</title></head><body><nav><a href=/>Home</a> <a href=/a>News</a></nav>"
    f"<article><h1>Fog over the bay</h1><p>{SENTENCE * 3}</p><p>{SENTENCE * 2} Seagulls cried.</p></article>"
    "<div class=share><a href=#>Share on Facebook</a></div><footer>© 2026 Bay News. All rights reserved.</footer>"
)

DROP = """
const [text, name] = arguments, data = new DataTransfer();
data.items.add(new File([text], name));
for (const type of ["dragover", "drop"]) {
  document.body.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
}
"""

COLORS = {"light": "rgb(255, 255, 255)", "dark": "rgb(22, 22, 22)"}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The address of a running server."""
    arguments = [sys.executable, "-m", "cleanpage", "serve", "--port", "0", "--timeout", str(SECONDS)]
    with subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        found = re.search(r"http://\S+", process.stderr.readline())
        assert found
        yield found[0]
        process.send_signal(signal.SIGINT)


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    """The browser at the page, which must have nothing to complain of in the end."""
    browser.get(address)
    yield browser
    browser.switch_to.default_content()
    assert browser.get_log("browser") == []


def said(page: Any) -> str:
    """What is announced when reading is over."""

    def finished(page: Any) -> str:
        texts = [page.find_element(By.ID, name).text for name in ("status", "wrong")]
        return "".join(text for text in texts if not text.startswith("Reading"))

    return str(WebDriverWait(page, SECONDS).until(finished))


def paste(page: Any, text: str) -> None:
    """Puts a text into the box at once: typing takes seconds."""
    page.execute_script("document.getElementById('page').value = arguments[0]", text)


def blocks_shown(page: Any) -> list[str]:
    """The roles of the blocks that the report shows, once its script has run."""
    page.switch_to.frame("report")
    WebDriverWait(page, SECONDS).until(lambda page: page.find_element(By.ID, "shown").text)
    rows = page.find_elements(By.CSS_SELECTOR, "#blocks > li")
    roles = [row.get_attribute("data-role") for row in rows if row.is_displayed()]
    page.switch_to.default_content()
    return roles


def roles_of(text: str) -> list[str]:
    """The roles that the blocks of a page have."""
    return [block.role.value for block in cleanpage.clean(text).blocks]


def test_paste(page: Any) -> None:
    """What is pasted is read, its report shown with its script running, and the focus moved to its title."""
    paste(page, ARTICLE)
    page.find_element(By.CSS_SELECTOR, "button[type=submit]").click()
    assert said(page) == "The report is ready."
    assert page.switch_to.active_element.text == "Fog over the bay"
    assert blocks_shown(page) == roles_of(ARTICLE)
    page.switch_to.frame("report")
    page.find_element(By.ID, "search").send_keys("seagulls")
    assert page.find_element(By.ID, "shown").text.startswith("1 of")


def test_the_report_is_fenced_in(page: Any) -> None:
    """The report cannot reach the page around it, nor the server."""
    paste(page, ARTICLE)
    page.find_element(By.CSS_SELECTOR, "button[type=submit]").click()
    said(page)
    page.switch_to.frame("report")
    looked = page.execute_script("try { return parent.document.title } catch (error) { return error.name }")
    assert looked == "SecurityError"
    fetched = page.execute_async_script(
        "const [address, done] = arguments;"
        "fetch(address, { mode: 'no-cors' }).then(() => done('reached'), () => done('refused'))",
        page.current_url,
    )
    assert fetched == "refused"
    assert page.execute_script("return self.origin") == "null"
    page.get_log("browser")  # empties it of the refusals


@pytest.mark.parametrize("name", ["fog.html", "fog.txt"])
def test_drop(page: Any, name: str) -> None:
    """A file that is dropped is read at once, as what its name says; the frame changes its look meanwhile."""
    text = ARTICLE if name == "fog.html" else f"Fog over the bay\n\n{SENTENCE * 3}\n"
    page.execute_script(DROP, text, name)
    assert said(page) == "The report is ready."
    page.switch_to.frame("report")
    assert name in page.find_element(By.TAG_NAME, "dl").text
    place = page.find_element(By.CSS_SELECTOR, "#blocks > li code").get_attribute("textContent")
    assert place.startswith("characters" if name == "fog.txt" else "/html")


def test_choose(page: Any, tmp_path: Path) -> None:
    """A file that is chosen is read at once, in its own charset."""
    path = tmp_path / "latin.html"
    path.write_bytes("<meta charset=iso-8859-1><p>À la fin de l'été, les péniches reviennent.".encode("latin-1"))
    page.find_element(By.ID, "file").send_keys(str(path))
    assert said(page) == "The report is ready."
    page.switch_to.frame("report")
    assert "été" in page.find_element(By.ID, "blocks").text


def test_kinds(page: Any) -> None:
    """A page can be read as the plain text that it is not."""
    paste(page, ARTICLE)
    page.find_element(By.CSS_SELECTOR, "input[value=text]").click()
    page.find_element(By.CSS_SELECTOR, "button[type=submit]").click()
    said(page)
    page.switch_to.frame("report")
    assert "<nav>" in page.find_element(By.ID, "blocks").text


@pytest.mark.parametrize("is_allowed", [True, False], ids=["clipboard", "no clipboard"])
def test_copy(page: Any, address: str, is_allowed: bool) -> None:  # noqa: FBT001 - a case
    """JSON, Markdown and text are copied; where the browser does not let them be, they are selected in a box."""
    permissions = ["clipboardReadWrite", "clipboardSanitizedWrite"] if is_allowed else []
    page.execute_cdp_cmd("Browser.grantPermissions", {"origin": address, "permissions": permissions})
    if not is_allowed:
        page.execute_script("navigator.clipboard.writeText = () => Promise.reject(new Error('no'))")
    paste(page, ARTICLE)
    page.find_element(By.CSS_SELECTOR, "button[type=submit]").click()
    said(page)
    document = cleanpage.clean(ARTICLE)
    wanted: dict[str, Callable[[str], bool]] = {
        "Copy JSON": lambda text: json.loads(text) == document.to_dict(),
        "Copy Markdown": lambda text: text == document.markdown,
        "Copy text": lambda text: text == document.text,
    }
    buttons = page.find_elements(By.CSS_SELECTOR, "#copies button")
    assert [button.text for button in buttons] == list(wanted)
    for button in buttons:
        name = button.text
        button.click()
        WebDriverWait(page, SECONDS).until(text_to_be_present_in_element((By.ID, "status"), name.removeprefix("Copy ")))
        box = page.find_element(By.ID, "copy-text")
        assert box.is_displayed() != is_allowed
        if is_allowed:
            copied = page.execute_async_script("navigator.clipboard.readText().then(arguments[0])")
        else:
            assert page.switch_to.active_element == box
            copied = page.execute_script("return document.getSelection().toString()")
        assert wanted[name](copied), name


def test_errors(page: Any) -> None:
    """What cannot be read is said, and the page stays of use."""
    page.find_element(By.CSS_SELECTOR, "button[type=submit]").click()
    assert said(page) == "There is nothing in it."
    page.execute_script("document.getElementById('form').dataset.maxBytes = 10")
    paste(page, ARTICLE)
    page.find_element(By.CSS_SELECTOR, "button[type=submit]").click()
    assert said(page) == "It is larger than what is taken."
    assert not page.find_element(By.ID, "result").is_displayed()
    page.execute_script("document.getElementById('form').dataset.maxBytes = 10000")
    page.find_element(By.CSS_SELECTOR, "button[type=submit]").click()
    assert said(page) == "The report is ready."


def test_keyboard(page: Any) -> None:
    """Tab passes the box, the kinds, the buttons and the file in order; Ctrl and Enter in the box shows the report."""
    passed = []
    for _ in range(4):
        ActionChains(page).send_keys(Keys.TAB).perform()
        focused = page.switch_to.active_element
        passed.append(focused.get_attribute("id") or focused.get_attribute("value") or focused.text)
        assert page.execute_script("return getComputedStyle(arguments[0]).outlineStyle", focused) == "solid"
    assert passed == ["page", "auto", "Show the report", "file"]
    paste(page, ARTICLE)
    page.find_element(By.ID, "page").send_keys(Keys.CONTROL, Keys.ENTER)
    assert said(page) == "The report is ready."
    ActionChains(page).send_keys(Keys.TAB).perform()
    assert page.switch_to.active_element.text == "Copy JSON"


def test_names_for_screen_readers(page: Any) -> None:
    """The browser itself finds a name for everything that takes the focus."""
    paste(page, ARTICLE)
    page.find_element(By.CSS_SELECTOR, "button[type=submit]").click()
    said(page)
    page.execute_cdp_cmd("Accessibility.enable", {})
    nodes = page.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    page.execute_cdp_cmd("Accessibility.disable", {})
    named: dict[str, list[str]] = {}
    for node in nodes:
        role = node.get("role", {}).get("value", "")
        if role in ("textbox", "radio", "button", "Iframe", "group", "region", "heading"):
            named.setdefault(role, []).append(node.get("name", {}).get("value", ""))
    assert named["textbox"] == ["HTML or text"]
    assert named["radio"] == ["what it looks like", "HTML", "plain text"]
    assert named["button"] == ["Show the report", "Or a file", "Copy JSON", "Copy Markdown", "Copy text"]
    assert named["group"] == ["Read it as", "Copy"]
    assert named["region"] == ["Fog over the bay"]
    assert named["Iframe"] == ["Report: every block of the page"]
    assert named["heading"] == ["Try cleanpage", "Fog over the bay"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 360])
def test_layout(page: Any, scheme: str, width: int) -> None:
    """Nothing sticks out to the side, wide or narrow, and the colours follow the reader's scheme."""
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        paste(page, ARTICLE.replace("<h1>", f"<h1>{'x' * 300} "))
        page.find_element(By.CSS_SELECTOR, "button[type=submit]").click()
        said(page)
        blocks_shown(page)
        sizes = page.execute_script("return [document.documentElement.scrollWidth, innerWidth]")
        assert sizes[0] <= sizes[1] == width
        assert page.execute_script("return getComputedStyle(document.body).backgroundColor") == COLORS[scheme]
        if folder := os.environ.get("CLEANPAGE_SCREENSHOTS"):
            for end, script in {"": "scrollTo(0, 0)", "-report": "scrollTo(0, 1e6)"}.items():
                page.execute_script(script)
                page.save_screenshot(str(Path(folder) / f"serve-{scheme}-{width}{end}.png"))
    finally:
        page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})

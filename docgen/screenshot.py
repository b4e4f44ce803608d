"""The picture of a report, for the README and the docs: `python -m docgen.screenshot`, with Chromium."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from cleanpage import Role
from docgen.paths import DOCS
from docgen.report import document, report

PICTURE: Final = DOCS / "report.png"
BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
WINDOW: Final = "940,720"
"""Width and height of the picture in pixels: one column, about as wide as a README is shown."""

SECONDS: Final = 120
"""After that the browser is given up."""

POLICY: Final = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
"""It lets no script but the report's own run: not the one that scrolls, either."""


POSE: Final = """
<style>html {{ overflow: hidden }} body {{ height: 100vh; padding-top: 0; overflow: hidden }}</style>
<script>const row = list.children[{prompt}]; row.scrollIntoView({{block: "center"}}); row.focus();</script>
</body>"""
"""Scrolls the body: Chromium takes no picture of a window that was scrolled."""


def posed() -> str:
    """The report, scrolled to the last login prompt, whose reasons are shown."""
    prompt = document().with_role(Role.LOGIN_PROMPT)[-1].index
    return POLICY.sub("", report()).replace("</body>", POSE.format(prompt=prompt))


def main() -> None:
    """Writes the picture."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        sys.exit("there is no Chromium: apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "report.html"
        page.write_text(posed(), encoding="utf-8")
        subprocess.run(  # noqa: S603 - the browser that was found, on a page of ours
            [
                browser,
                "--headless",
                "--no-sandbox",
                "--hide-scrollbars",
                "--force-device-scale-factor=1",
                f"--user-data-dir={folder}/profile",
                f"--window-size={WINDOW}",
                f"--screenshot={PICTURE}",
                page.as_uri(),
            ],
            check=True,
            timeout=SECONDS,
            stderr=subprocess.DEVNULL,
        )
    print(f"{PICTURE}: {PICTURE.stat().st_size} bytes")


if __name__ == "__main__":
    main()

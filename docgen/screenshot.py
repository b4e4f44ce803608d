"""The picture of a report, for the README and the docs: `python -m docgen.screenshot`, with Chromium."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from docgen.paths import DOCS
from docgen.report import report

PICTURE: Final = DOCS / "report.png"
BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
WINDOW: Final = "1200,760"
"""Width and height of the picture in pixels: as wide as a README is shown, and no higher than a screen."""

SECONDS: Final = 120
"""After that the browser is given up."""


def main() -> None:
    """Writes the picture."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        sys.exit("there is no Chromium: apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "report.html"
        page.write_text(report(), encoding="utf-8")
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

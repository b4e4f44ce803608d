"""What the tests of the HTML files to look at share."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from typing import Any


def assert_own_script_alone(root: Any) -> None:
    """One script, which the policy names by its hash and lets nothing run beside; a style that loads nothing."""
    [script] = root.iter("script")
    [policy] = root.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    digest = b64encode(sha256(script.text.encode()).digest()).decode()
    assert policy.startswith("default-src 'none';")
    assert f"script-src 'sha256-{digest}';" in policy
    [style] = root.iter("style")
    assert not re.search(r"url\(|@import", style.text)

"""The detectors: each reads a page and yields evidence for one role. DEFAULT lists them in the order they are asked."""

from __future__ import annotations

from typing import Final

from cleanpage.detectors.author_bio import AuthorBio
from cleanpage.detectors.base import Detector
from cleanpage.detectors.byline import Byline
from cleanpage.detectors.caption import Caption
from cleanpage.detectors.comments import Comments
from cleanpage.detectors.consent_notice import ConsentNotice
from cleanpage.detectors.heading import Heading
from cleanpage.detectors.interface import Interface
from cleanpage.detectors.legal import Legal
from cleanpage.detectors.login_prompt import LoginPrompt
from cleanpage.detectors.main_content import MainContent
from cleanpage.detectors.navigation import Navigation
from cleanpage.detectors.related import Related
from cleanpage.detectors.sharing import Sharing
from cleanpage.detectors.sponsored import Sponsored
from cleanpage.detectors.stray_language import StrayLanguage
from cleanpage.detectors.subscribe_prompt import SubscribePrompt
from cleanpage.detectors.title import Title

DEFAULT: Final[tuple[Detector, ...]] = (
    MainContent(),
    Title(),
    Heading(),
    Byline(),
    Caption(),
    Navigation(),
    LoginPrompt(),
    SubscribePrompt(),
    ConsentNotice(),
    Sponsored(),
    Related(),
    Sharing(),
    AuthorBio(),
    Comments(),
    Legal(),
    Interface(),
    StrayLanguage(),
)

__all__ = ["DEFAULT", "Detector"]

"""What the pages of one site have in common: learned from some, it tells about others."""

from cleanpage.sites.template import SiteTemplate

__all__ = ["SiteTemplate"]

"""The page to try cleanpage on, in a browser: `cleanpage serve`."""

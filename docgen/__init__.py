"""The pages and parts of the docs that are made from the sources: nothing in them is written twice.

`mkdocs_hook.py` in the root of the repository calls it while mkdocs builds the site.
"""

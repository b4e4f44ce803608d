"""What the command says about itself."""

from __future__ import annotations

from typing import Final

import click

from cleanpage.cli import main

WIDTH: Final = 100
"""Columns of the help in the docs."""


def command_help() -> str:
    """What ``cleanpage --help`` prints."""
    context = click.Context(main, info_name="cleanpage", terminal_width=WIDTH, max_content_width=WIDTH)
    return f"```text\n{main.get_help(context)}\n```"

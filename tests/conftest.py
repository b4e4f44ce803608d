"""What all tests share: no network, and hypothesis without a clock."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Callable

# A shared machine may stall any single example; continuous integration repeats the same ones.
settings.register_profile("cleanpage", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("cleanpage")

LOOPBACK = ("127.0.0.1", "::1", "localhost")


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets a test connect to its own machine only: cleanpage fetches nothing that it was not asked for."""
    connect: Callable[..., None] = socket.socket.connect

    def connect_here(self: socket.socket, address: object) -> None:
        if isinstance(address, tuple) and address[0] not in LOOPBACK:
            message = f"a test tried to connect to {address[0]}"
            raise AssertionError(message)
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect_here)

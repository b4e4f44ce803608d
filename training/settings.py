"""What a training run is made of; apart from the network, so that the main process need not load torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

RoleSource = Literal["scored", "more", "made"]
"""Where role labels are from: the benchmark's own, training/roles.jsonl, made pages."""


@dataclass
class Settings:
    """What a training run is made of.

    The weights of role labels are against those of the benchmark's own, which are more than one reader's: there are
    five times as many segments of our own, and made pages, which alone have prompts in many languages, are short.
    """

    hidden: int = 160
    shared: int = 48
    word_width: int = 24
    markup_width: int = 24
    epochs: int = 16
    learning_rate: float = 3e-3
    weight_decay: float = 0.01
    dropout: float = 0.3
    word_drop: float = 0.5
    markup_drop: float = 0.4
    page_drop: float = 0.3
    token_drop: float = 0.55
    role_scale: float = 1.0
    type_scale: float = 0.05
    role_balance: float = 0.4
    role_repeat: int = 2
    more_weight: float = 0.7
    made_weight: float = 1.5
    seed: int = 1

    def role_weight(self, source: RoleSource) -> float:
        """The weight of role labels by where they are from."""
        return {"scored": 1.0, "more": self.more_weight, "made": self.made_weight}[source]

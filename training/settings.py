"""What a training run is made of; apart from the network, so that the main process need not load torch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Settings:
    """What a training run is made of."""

    hidden: int = 96
    shared: int = 32
    word_width: int = 24
    markup_width: int = 24
    epochs: int = 13
    learning_rate: float = 3e-3
    weight_decay: float = 0.01
    dropout: float = 0.3
    word_drop: float = 0.5
    markup_drop: float = 0.4
    page_drop: float = 0.3
    token_drop: float = 0.55
    role_scale: float = 0.7
    type_scale: float = 0.05
    role_balance: float = 0.4
    role_repeat: int = 2
    seed: int = 1

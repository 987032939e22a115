"""The layers of TinyLocator: one answer says what, the other where."""

import torch
from torch import nn

from models.networks import tiny_vgg

__all__ = ["TinyLocator"]

CELLS = 4  # a side of the features
NARROW, HIDDEN = 64, 128  # channels, and numbers, on the way to the box


class TinyLocator(nn.Module):
    """From features to a class and a box."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        channels = next(step[0] for step in reversed(tiny_vgg.PLAN) if step)
        self.classifier = nn.Linear(channels, classes)
        self.box = nn.Sequential(
            nn.Conv2d(channels, NARROW, 1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(NARROW * CELLS * CELLS, HIDDEN),
            nn.ReLU(),
            nn.Linear(HIDDEN, 4),
        )

    def forward(self, features: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Answer for features (n, channels, 4, 4): logits (n, classes), boxes (n, 4) in units."""
        return self.classifier(features.mean(dim=(2, 3))), self.box(features)

"""Keep samples of the same latents through a training, and both losses beside them."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import nn

from models.networks.gan import GanModel
from training._pictures import as_pixels

__all__ = ["FIRST", "PER_CLASS", "Film", "sheet"]

FIRST = 0.25  # epochs before the first frame; each next one comes after twice as many
CLOSE = 1.2  # a frame so little before the end gives way to the last one
PER_CLASS = 4  # latents a class; each seed is used for every class


class Film:
    """Frames after 1/4, 1/2, 1, 2, 4, ... epochs, and the means of both losses in between."""

    def __init__(self, model: GanModel, apart: float | None = None) -> None:
        self.model, self.apart = model, apart  # epochs between frames, if always the same
        self.seeds = list(range(PER_CLASS))
        classes = len(model.classes)
        self.labels = torch.arange(classes).repeat(PER_CLASS)  # a row a seed
        latents = [
            torch.randn(model.latent, generator=torch.Generator().manual_seed(seed))
            for seed in self.seeds
        ]
        self.latents = torch.stack(latents).repeat_interleave(classes, 0)
        self.frames: list[torch.Tensor] = []  # uint8 (samples, side, side, channels)
        self.epochs: list[float] = []
        self.losses: list[list[float]] = []  # (epochs, generator, discriminator)
        self.open: list[tuple[float, float]] = []  # losses since the last point

    def note(self, epochs: float, losses: tuple[float, float], end: bool) -> bool:
        """Remember the losses of a step; say whether it is time for a frame."""
        self.open.append(losses)
        if end:
            means = np.mean(self.open, axis=0)
            self.losses.append([round(float(each), 4) for each in (epochs, *means)])
            self.open = []
        taken = len(self.epochs)
        return epochs >= (self.apart * (taken + 1) if self.apart else math.ldexp(FIRST, taken))

    @torch.no_grad()
    def add(self, epochs: float, generator: nn.Module) -> None:
        """Take a frame of a generator in evaluation mode."""
        device = next(generator.parameters()).device
        made = generator(self.latents.to(device), self.labels.to(device))
        self.frames.append(as_pixels(made).cpu())
        self.epochs.append(round(epochs, 3))

    def last(self) -> dict[str, float]:
        """The newest point of the losses, for the log."""
        names = ("epochs", "generator", "discriminator")
        return dict(zip(names, self.losses[-1], strict=True)) if self.losses else {}

    def write(self, file: Path, epochs: float, generator: nn.Module, said: dict[str, Any]) -> None:
        """Write ``file.webp`` and ``file.json``, with one more frame of how things stand."""
        now = Film(self.model)
        close = epochs - self.apart / 2 if self.apart else epochs / CLOSE
        kept = [each for each in self.epochs if each < close]
        now.frames, now.epochs = self.frames[: len(kept)], kept
        now.add(epochs, generator)
        sheet(torch.cat(now.frames), len(self.labels)).save(
            file.with_suffix(".webp"), lossless=True, quality=60, method=4
        )
        curves = [list(each) for each in zip(*self.losses, strict=True)] or [[], [], []]
        content = said | {
            "epochs": now.epochs,
            "seeds": [seed for seed in self.seeds for _ in self.model.classes],
            "labels": self.labels.tolist(),
            "losses": dict(zip(("epochs", "generator", "discriminator"), curves, strict=True)),
        }
        file.with_suffix(".json").write_text(json.dumps(content), "utf-8")

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint keeps."""
        return {"frames": self.frames, "epochs": self.epochs, "losses": self.losses}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from a checkpoint."""
        self.frames, self.epochs = state_dict["frames"], state_dict["epochs"]
        self.losses = state_dict["losses"]


def sheet(pictures: torch.Tensor, columns: int) -> Image.Image:
    """Put pictures (N, side, side, channels) on one sheet, row by row."""
    count, side, _, channels = pictures.shape
    rows = math.ceil(count / columns)
    blank = torch.zeros(rows * columns - count, side, side, channels, dtype=torch.uint8)
    grid = torch.cat([pictures, blank]).view(rows, columns, side, side, channels)
    pixels = grid.transpose(1, 2).reshape(rows * side, columns * side, channels)
    return Image.fromarray(pixels.expand(-1, -1, 3).numpy())

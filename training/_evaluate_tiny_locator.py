"""Measure TinyLocator on tiles whose boxes it has not seen.

``iou`` is the mean overlap of its box with the true one, ``iou50`` the share of tiles where that is
at least 0.5, both on 20 training tiles of each class that the box was not learned from (TinyVGG,
whose features it reads, has seen these tiles, but never a box). ``iou50_middle`` is the same share
of one box that is the mean of all true ones: what a network that looks at nothing reaches. ``top1``
is measured on 10 validation tiles of each class, which nothing has learned from.
"""

import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load as parse

from models.networks._locator_layers import TinyLocator
from models.networks.tiny_locator import build
from training._card import Found
from training._data import read_photos
from training.tiny_locator import features_of, read_examples

__all__ = ["FILE", "Exam", "overlaps"]

FILE = "model.safetensors"
HELD = range(280, 300)  # of each class's training tiles
EVERY = 5  # validation tile


class Exam:
    """The tiles that every set of weights is shown; a candidate is one file."""

    def __init__(self, data: Path, _: Path) -> None:
        self.held = read_examples(data, HELD, mirrored=False)
        photos = read_photos(data / "tiny_imagenet", "val")
        self.features = features_of(photos.pixels[::EVERY])
        self.labels = photos.labels[::EVERY]

    @torch.inference_mode()
    def measure(self, weights: Path) -> Found:
        """Measure a file of weights, or the one in a folder."""
        network = open_weights(weights / FILE if weights.is_dir() else weights)
        _, boxes = network(self.held.features.float())
        found = overlaps(boxes, self.held.boxes)
        middle = overlaps(self.held.boxes.mean(0, keepdim=True), self.held.boxes)
        logits, _ = network(self.features.float())
        figures = {
            "iou": found.mean(),
            "iou50": (found >= 0.5).float().mean(),
            "iou50_middle": (middle >= 0.5).float().mean(),
            "top1": (logits.argmax(1) == self.labels).float().mean(),
        }
        metrics = {name: round(value.item(), 4) for name, value in figures.items()}
        entries = {
            "parameters": sum(each.numel() for each in network.parameters()),
            "metrics": metrics,
            "measured_on": f"boxes of {len(found)} training tiles kept apart, classes of "
            f"{len(self.labels)} validation tiles of Tiny ImageNet",
        }
        summary = ", ".join(f"{name} {value:.4f}" for name, value in metrics.items())
        return Found(metrics["iou50"] + metrics["top1"], summary, entries)

    def install(self, candidate: Path, folder: Path) -> dict[str, Any]:
        """Put a file of weights in its place."""
        shutil.copyfile(candidate, folder / FILE)
        return {}


def open_weights(file: Path) -> TinyLocator:
    """Open weights as they are kept, in half precision, to run in full."""
    network = build()
    state = parse(file.read_bytes())
    network.load_state_dict({name: values.float() for name, values in state.items()})
    return network.eval()


def overlaps(found: torch.Tensor, boxes: torch.Tensor) -> torch.Tensor:
    """IoU of each box (n, 4) with the one in the same place, or of one with all."""
    sides = torch.minimum(found[:, 2:], boxes[:, 2:]) - torch.maximum(found[:, :2], boxes[:, :2])
    shared = sides.clamp(min=0).prod(1)
    areas = [(each[:, 2:] - each[:, :2]).clamp(min=0).prod(1) for each in (found, boxes)]
    return shared / (areas[0] + areas[1] - shared)

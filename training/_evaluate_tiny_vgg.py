"""Measure TinyVGG on the packed validation photos (50 of each class), on which it never trained.

``top1`` and ``top5`` are of one look at each photo; the figures that end in ``_mirrored`` average
the answers for a photo and its mirror image.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load as parse
from torch import nn

from models.networks import tiny_vgg
from training._card import Found
from training._data import Photos, class_ids, read_photos
from training.tiny_vgg import as_input

__all__ = ["FILE", "Exam", "Measured", "measure"]

FILE = "model.safetensors"


@dataclass(frozen=True)
class Measured:
    """How often a network was right, as fractions of 1."""

    top1: float
    top5: float
    top1_mirrored: float
    top5_mirrored: float
    per_class: list[tuple[float, float]]  # (top1, top5) of each class


class Exam:
    """The photos that every set of weights is shown; a candidate is one file."""

    def __init__(self, data: Path, _: Path) -> None:
        self.photos, self.ids = read_photos(data, "val"), class_ids(data)

    def measure(self, weights: Path) -> Found:
        """Measure a file of weights, or the one in a folder; the score is ``top1``."""
        file = weights / FILE if weights.is_dir() else weights
        found = measure(_network(file.read_bytes()), self.photos)
        summary = f"top-1 {found.top1:.4f}, top-5 {found.top5:.4f}"
        return Found(found.top1, summary, _entries(found, self.ids))

    def install(self, candidate: Path, folder: Path) -> dict[str, Any]:
        """Put a file of weights in its place."""
        shutil.copyfile(candidate, folder / FILE)
        return {}


@torch.inference_mode()
def measure(network: nn.Module, photos: Photos, batch: int = 250) -> Measured:
    """Count right answers over photos that the network has not been trained on."""
    plain, mirrored = [], []
    for start in range(0, len(photos), batch):
        pixels = as_input(photos.pixels[start : start + batch])
        answer = network(pixels).softmax(1)
        plain.append(answer)
        mirrored.append(answer + network(pixels.flip(3)).softmax(1))
    hits = _hits(torch.cat(plain), photos.labels)
    both = _hits(torch.cat(mirrored), photos.labels).mean(0).tolist()
    classes = range(int(photos.labels.max()) + 1)
    rows = [hits[photos.labels == each].mean(0).tolist() for each in classes]
    top1, top5 = hits.mean(0).tolist()
    return Measured(top1, top5, both[0], both[1], [(row[0], row[1]) for row in rows])


def _hits(answers: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Mark where the first and where one of the first five is right: (photos, 2) of 0 and 1."""
    right = answers.topk(5).indices == labels[:, None]
    return torch.stack([right[:, 0], right.any(1)], dim=1).double()


def _network(content: bytes) -> nn.Module:
    network = tiny_vgg.build()
    network.load_state_dict({name: values.float() for name, values in parse(content).items()})
    return network.eval()


def _entries(found: Measured, ids: list[str]) -> dict[str, Any]:
    figures = {
        "top1": found.top1,
        "top5": found.top5,
        "top1_mirrored": found.top1_mirrored,
        "top5_mirrored": found.top5_mirrored,
    }
    return {
        "parameters": sum(each.numel() for each in tiny_vgg.build().parameters()),
        "metrics": {name: round(value, 4) for name, value in figures.items()},
        "per_class": {
            wnid: {"top1": round(top1, 4), "top5": round(top5, 4)}
            for wnid, (top1, top5) in zip(ids, found.per_class, strict=True)
        },
    }

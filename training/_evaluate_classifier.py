"""Measure a small classifier on the held-out pictures of its set: ``top1``, how often it is right.

Its file and its card are put into ``weights/`` by the first candidate; later ones must be better.
"""

import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load as parse
from torch import nn

from models.networks.small_classifier import build
from training._card import Found
from training._pictures import as_input, read_grey

__all__ = ["DATA", "FILE", "NAMES", "Exam", "open_classifier"]

FILE = "model.safetensors"
DATA = {  # what the cards say of the pictures
    "digits": "MNIST: 60,000 handwritten digits, 28 × 28; CC BY-SA 3.0",
    "fashion": "Fashion-MNIST: 20,000 pieces of clothing of its training part, 28 × 28; MIT",
}
NAMES = ("classifier_digits", "classifier_fashion")


class Exam:
    """The held-out pictures that every set of weights is shown; a candidate is one file."""

    def __init__(self, name: str, data: Path, _: Path) -> None:
        self.name, self.kind = name, name.removeprefix("classifier_")
        self.pictures = read_grey(data, "test")

    def measure(self, weights: Path) -> Found:
        """Measure a file of weights, or the one in a folder; the score is ``top1``."""
        file = weights / FILE if weights.is_dir() else weights
        network = open_classifier(file.read_bytes())
        batches = zip(
            torch.split(self.pictures.pixels, 500),
            torch.split(self.pictures.labels, 500),
            strict=True,
        )
        with torch.inference_mode():
            hits = [
                network(as_input(pixels)).argmax(1).eq(labels).sum() for pixels, labels in batches
            ]
        top1 = int(sum(hits)) / len(self.pictures)
        return Found(top1, f"top-1 {top1:.4f}", self._entries(network, top1))

    def _entries(self, network: nn.Module, top1: float) -> dict[str, Any]:
        return {
            "name": self.name,
            "title": f"Small classifier ({self.kind})",
            "network": "small_classifier",
            "trained_on": DATA[self.kind],
            "licence": "Apache-2.0",
            "parameters": sum(each.numel() for each in network.parameters()),
            "metrics": {"top1": round(top1, 4)},
            "counts": {"top1": len(self.pictures)},
            "recipe": f"python -m training.small_classifier {self.kind} --data DATA",
        }

    def install(self, candidate: Path, folder: Path) -> dict[str, Any]:
        """Put a file of weights in its place."""
        shutil.copyfile(candidate, folder / FILE)
        return {}


def open_classifier(content: bytes) -> nn.Module:
    """Open saved weights, for measuring."""
    network = build()
    network.load_state_dict({name: values.float() for name, values in parse(content).items()})
    return network.eval()

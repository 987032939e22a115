"""Measure the embedded classifier and write what was found into its card.

``python -m training.evaluate --data DATA`` measures what is in ``weights/``;
``--candidate runs/tiny_vgg/model.safetensors`` measures another file first and puts it there only
if it names more photos right. The photos are the packed validation photos (50 of each class), on
which nothing was ever trained. ``top1`` and ``top5`` are of one look at each photo; the figures
that end in ``_mirrored`` average the answers for a photo and its mirror image.
"""

import argparse
import functools
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load as parse
from torch import nn

from models import _spec
from models.networks import tiny_vgg
from training._data import Photos, class_ids, read_photos
from training.tiny_vgg import as_input

__all__ = ["Measured", "main", "measure"]

FILE = "model.safetensors"
EVALUATION = "python -m training.evaluate --data DATA"


@dataclass(frozen=True)
class Measured:
    """How often a network was right, as fractions of 1."""

    top1: float
    top5: float
    top1_mirrored: float
    top5_mirrored: float
    per_class: list[tuple[float, float]]  # (top1, top5) of each class


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


def _describe(card: dict[str, Any], content: bytes, found: Measured, ids: list[str]) -> None:
    figures = {
        "top1": found.top1,
        "top5": found.top5,
        "top1_mirrored": found.top1_mirrored,
        "top5_mirrored": found.top5_mirrored,
    }
    card["files"][FILE] = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    card["parameters"] = sum(each.numel() for each in tiny_vgg.build().parameters())
    card["metrics"] = {name: round(value, 4) for name, value in figures.items()}
    card["evaluation"] = EVALUATION
    card["per_class"] = {
        wnid: {"top1": round(top1, 4), "top5": round(top5, 4)}
        for wnid, (top1, top5) in zip(ids, found.per_class, strict=True)
    }


def _text(card: dict[str, Any]) -> str:
    text = json.dumps(card, ensure_ascii=False, indent=2)
    return re.sub(r'\{\s+("top1": [\d.]+),\s+("top5": [\d.]+)\s+\}', r"{\1, \2}", text) + "\n"


def main(given: Sequence[str] | None = None) -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Measure TinyVGG and fill in its card.")
    parser.add_argument("--data", type=Path, required=True, help="folder of the packed photos")
    parser.add_argument("--candidate", type=Path, help="install this file if it is better")
    options = parser.parse_args(given)
    folder = _spec.WEIGHTS / tiny_vgg.FOLDER
    card = json.loads((folder / "card.json").read_text("utf-8"))
    photos = read_photos(options.data, "val")
    measured = functools.partial(measure, photos=photos)
    content = (folder / FILE).read_bytes()
    found = measured(_network(content))
    print(f"installed: top-1 {found.top1:.4f}, top-5 {found.top5:.4f}")
    if options.candidate:
        other = options.candidate.read_bytes()
        other_found = measured(_network(other))
        print(f"candidate: top-1 {other_found.top1:.4f}, top-5 {other_found.top5:.4f}")
        if other_found.top1 > found.top1:
            content, found = other, other_found
    (folder / FILE).write_bytes(content)
    _describe(card, content, found, class_ids(options.data))
    (folder / "card.json").write_text(_text(card), "utf-8")


if __name__ == "__main__":
    main()

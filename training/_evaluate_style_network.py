"""Measure the style network on photos of COCO's validation part, on which it never trained.

Distances are those of ``_style_losses``, seen by TinyVGG, which the network was trained by too.
``style_removed`` is the share of the distance between an untouched photo and the style picture
that painting removes: 0 where nothing is done, 1 where the Gram matrices are the picture's own.
``style_removed_least`` is that of the style that takes worst. ``content_moved`` is how far a
painted photo is from the photo, where 1 is how far two different photos are apart. All are means
over photos, and of each style alone in ``per_style``.
"""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load as parse
from torch import nn

from models.networks.style_network import STYLES, build
from training._card import Found
from training._halves import halves
from training._style_data import coco_photos, square, style_picture
from training._style_losses import Eye, Goal, contents, looks
from training.style_network import STYLE

__all__ = ["FILE", "Exam", "measure", "open_weights"]

FILE = "model.safetensors"
PHOTOS, SIDE = 16, 192  # how many photos, and pixels of each


class Exam:
    """The photos that every set of weights paints in every style; a candidate is one file."""

    def __init__(self, data: Path, _: Path) -> None:
        files = coco_photos(data, "val")
        files = files[:: max(1, len(files) // PHOTOS)][:PHOTOS]
        pixels = torch.from_numpy(np.stack([square(file, SIDE) for file in files]))
        self.photos = pixels.permute(0, 3, 1, 2).float().div(255)
        self.eye = Eye()
        styles = [style_picture(each, data) for each in STYLES]
        with halves("cpu"):  # near full numbers
            self.goal = Goal.of(self.eye, styles, self.photos)

    def measure(self, weights: Path) -> Found:
        """Measure a file of weights, or the one in a folder.

        The score weighs style against content as the training does.
        """
        network = open_weights(weights / FILE if weights.is_dir() else weights)
        rows = measure(network, self.photos, self.eye, self.goal)
        removed, moved = (float(value) for value in rows.mean(0))
        least = rows[:, 0].min().item()
        figures = {"style_removed": removed, "style_removed_least": least, "content_moved": moved}
        entries = {
            "parameters": sum(each.numel() for each in network.parameters()),
            "metrics": {name: round(value, 4) for name, value in figures.items()},
            "per_style": {
                style: {"removed": round(float(row[0]), 3), "moved": round(float(row[1]), 3)}
                for style, row in zip(STYLES, rows, strict=True)
            },
            "measured_on": f"{len(self.photos)} photos of COCO val2017, {SIDE} × {SIDE}",
        }
        summary = ", ".join(f"{name} {value:.4f}" for name, value in figures.items())
        return Found(removed - moved / STYLE, summary, entries)

    def install(self, candidate: Path, folder: Path) -> dict[str, Any]:
        """Put a file of weights in its place."""
        shutil.copyfile(candidate, folder / FILE)
        return {}


@torch.inference_mode()
def measure(network: nn.Module, photos: torch.Tensor, eye: Eye, goal: Goal) -> torch.Tensor:
    """Paint photos in every style: (styles, 2), style removed and content moved, in the mean."""
    rows = []
    with halves("cpu"):
        before = contents(eye, photos)
    for number in range(len(STYLES)):
        chosen = torch.full((len(photos),), number)
        painted = network(photos, F.one_hot(chosen, len(STYLES)).float())
        with halves("cpu"):  # near full numbers
            left = goal.style(looks(eye, painted), chosen).mean()
            moved = goal.content(contents(eye, painted), before).mean()
        rows.append(torch.stack([1 - left, moved]))
    return torch.stack(rows)


def open_weights(file: Path) -> nn.Module:
    """Open weights as they are kept, in half precision, to run in full."""
    network = build()
    state = parse(file.read_bytes())
    network.load_state_dict({name: values.float() for name, values in state.items()})
    return network.eval()

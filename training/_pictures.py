"""Read the pictures that generators and small classifiers learn from, decoded once.

Digits and clothing: pages ``train_00_100x50.webp`` of 100 x 50 tiles of 28 x 28 pixels and
``train_labels.npy``, likewise ``test``. Colour: pages of Tiny ImageNet, the classes of the model
only, every 2 x 2 pixels made one.
"""

from pathlib import Path
from typing import Literal

import numpy as np
import torch
from PIL import Image

from models.networks.gan import GanModel
from training._data import Photos, cut

__all__ = ["Part", "as_input", "as_pixels", "read_grey", "read_pictures"]

Part = Literal["train", "test"]
GREY_SIDE = 28  # pixels


def read_pictures(data: Path, model: GanModel, part: Part) -> Photos:
    """Read what a generator learns from, or held-out pictures of the same kind.

    Args:
        data: The folder of one set.
        model: Digits, clothing or colour.
        part: ``train`` to learn from, ``test`` to measure on.

    Returns:
        uint8 (N, side, side, channels), and the model's labels.
    """
    return read_grey(data, part) if model.channels == 1 else _read_colour(data, model, part)


def read_grey(data: Path, part: Part) -> Photos:
    """Read digits or clothing: uint8 (N, 28, 28, 1)."""
    labels = np.load(data / f"{part}_labels.npy")
    pages = sorted(data.glob(f"{part}_*.webp"))
    if not pages:
        raise FileNotFoundError(f"no pages {part}_*.webp in {data}")
    pixels = np.concatenate([_cut_grey(page) for page in pages])[: len(labels)]
    return Photos(torch.from_numpy(pixels), torch.from_numpy(labels.astype(np.int64)))


def _cut_grey(page: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    with Image.open(page) as picture:
        sheet = np.asarray(picture.convert("L"))
    rows, columns = (length // GREY_SIDE for length in sheet.shape)
    grid = sheet.reshape(rows, GREY_SIDE, columns, GREY_SIDE).swapaxes(1, 2)
    return np.ascontiguousarray(grid.reshape(-1, GREY_SIDE, GREY_SIDE, 1))


def _read_colour(data: Path, model: GanModel, part: Part) -> Photos:
    prefix = "train" if part == "train" else "val"
    tiles = [cut(next(data.glob(f"{prefix}_{each:03d}_n*.webp"))) for each in model.columns]
    labels = np.repeat(np.arange(len(tiles)), [len(each) for each in tiles])
    photos = torch.from_numpy(np.concatenate(tiles)).permute(0, 3, 1, 2).float()
    smaller = torch.nn.functional.avg_pool2d(photos, photos.shape[-1] // model.side)
    pixels = smaller.round().byte().permute(0, 2, 3, 1).contiguous()
    return Photos(pixels, torch.from_numpy(labels))


def as_input(pixels: torch.Tensor) -> torch.Tensor:
    """Scale uint8 (N, height, width, channels) to float32 (N, channels, height, width) in -1..1."""
    return pixels.permute(0, 3, 1, 2).float().div(127.5).sub(1)


def as_pixels(pictures: torch.Tensor) -> torch.Tensor:
    """The way back: uint8 (N, height, width, channels)."""
    grey_levels = pictures.float().add(1).mul(127.5).round().clamp(0, 255)
    return grey_levels.byte().permute(0, 2, 3, 1).contiguous()

"""Read the packed photos of Tiny ImageNet.

Each class has two pages, ``train_012_n01882714.webp`` and ``val_012_n01882714.webp``: its photos
tiled row by row, 25 to a row, 64 x 64 pixels each. The last row may end in empty tiles; a file
``tiles.json`` (page name -> number of photos) says so, and without it every tile is a photo.
The photos belong to their photographers and are not part of this repository.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

__all__ = ["SIDE", "Photos", "class_ids", "cut", "read_photos"]

SIDE = 64  # pixels of one tile
Part = Literal["train", "val"]


@dataclass(frozen=True, eq=False)
class Photos:
    """Photos with their classes."""

    pixels: torch.Tensor  # uint8 (photos, 64, 64, 3) RGB
    labels: torch.Tensor  # int64 (photos,)

    def __len__(self) -> int:
        """How many photos there are."""
        return len(self.labels)


def class_ids(data: Path) -> list[str]:
    """List the WordNet ids of the classes, in the order of their labels."""
    pages = sorted(data.glob("val_*_n*.webp"))
    if not pages:
        raise FileNotFoundError(f"no pages val_*_n*.webp in {data}")
    return [page.stem.split("_")[2] for page in pages]


def read_photos(data: Path, part: Part) -> Photos:
    """Read every photo of one part.

    Args:
        data: The folder with the pages.
        part: ``train`` to learn from, ``val`` to measure on; never the other way round.

    Returns:
        The photos of all classes, class by class.
    """
    known = data / "tiles.json"
    counts: dict[str, int] = json.loads(known.read_text("utf-8")) if known.exists() else {}
    pages = sorted(data.glob(f"{part}_*_n*.webp"))
    tiles = [cut(page)[: counts.get(page.stem)] for page in pages]
    labels = np.repeat(np.arange(len(pages)), [len(each) for each in tiles])
    return Photos(torch.from_numpy(np.concatenate(tiles)), torch.from_numpy(labels))


def cut(page: Path) -> NDArray[np.uint8]:
    """Cut a page into its tiles, row by row: (tiles, 64, 64, 3)."""
    with Image.open(page) as picture:
        sheet = np.asarray(picture.convert("RGB"))
    rows, columns = sheet.shape[0] // SIDE, sheet.shape[1] // SIDE
    grid = sheet.reshape(rows, SIDE, columns, SIDE, 3).swapaxes(1, 2)
    return np.ascontiguousarray(grid.reshape(rows * columns, SIDE, SIDE, 3))

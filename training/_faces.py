"""Read the aligned faces of LFW-a and split them by person, never by photo.

``faces_lfwa/index.csv`` says page, row, column and person (a number) of each tile of 112 x 112
pixels. The photos are for research only and are not part of this repository.
"""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

__all__ = ["SIDE", "Faces", "Part", "people_of", "read_faces"]

SIDE = 112  # pixels
UNSEEN, CHOOSING = 250, 50  # people to measure on, and to compare trainings on
Part = Literal["train", "choosing", "unseen"]


@dataclass(frozen=True, eq=False)
class Faces:
    """Faces with the people they belong to."""

    pixels: torch.Tensor  # uint8 (faces, 112, 112)
    people: torch.Tensor  # int64 (faces,), 0 to the number of people - 1

    def __len__(self) -> int:
        """How many faces there are."""
        return len(self.people)


def people_of(count: int, part: Part) -> NDArray[np.int64]:
    """Choose the people of a part, always the same: their numbers in the index, in order."""
    shuffled = np.random.default_rng(4).permutation(count)
    unseen, choosing = min(UNSEEN, count // 4), min(CHOOSING, count // 8)
    bounds = {
        "unseen": (0, unseen),
        "choosing": (unseen, unseen + choosing),
        "train": (unseen + choosing, count),
    }
    first, end = bounds[part]
    return np.sort(shuffled[first:end])


def read_faces(data: Path, part: Part) -> Faces:
    """Read all faces of the people of one part.

    Args:
        data: The folder of all packed data.
        part: ``train`` to learn from, ``choosing`` to compare trainings, ``unseen`` to measure.

    Returns:
        Their faces, in the order of the index; people are counted anew from 0.
    """
    folder = data / "faces_lfwa"
    with (folder / "index.csv").open(encoding="utf-8") as file:
        rows = [[int(each) for each in row] for row in list(csv.reader(file))[1:]]
    numbers = np.array([row[3] for row in rows])
    wanted = people_of(len(np.unique(numbers)), part)
    pages = [_page(file) for file in sorted(folder.glob("page_*.webp"))]
    chosen = [row for row in rows if row[3] in set(wanted.tolist())]
    tiles = [pages[page][row, column] for page, row, column, _ in chosen]
    people = np.searchsorted(wanted, [row[3] for row in chosen])
    return Faces(torch.from_numpy(np.stack(tiles)), torch.from_numpy(people))


def _page(file: Path) -> NDArray[np.uint8]:
    """Cut a page into its tiles (rows, columns, 112, 112)."""
    with Image.open(file) as picture:
        sheet = np.asarray(picture.convert("L"))
    rows, columns = (length // SIDE for length in sheet.shape)
    return sheet.reshape(rows, SIDE, columns, SIDE).swapaxes(1, 2)

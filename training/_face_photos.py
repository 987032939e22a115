"""Read photos with faces and photos without, to find faces in.

Boxes and landmarks are pseudo-labels, found by a reference model (MTCNN, trained on WIDER Face),
in ``pseudo_labels/faces.json.xz``. Held out are Caltech-101's ``Faces_easy`` from a file number on
(runs of numbers show one person, so people are split, not photos) and all of COCO's val2017.
"""

import json
import lzma
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

__all__ = ["Background", "Photo", "read_backgrounds", "read_photos"]

LEARNED, HELD_OUT = 295, 320  # last number to learn from, first to measure on: nobody is in both
SIDE = 320  # pixels of the longer side of what is kept
EMPTY = 6  # backgrounds of each class of Caltech-101
PEOPLE = ("Faces_easy", "BACKGROUND_Google", "Leopards", "buddha")  # may hold faces, or are faces
Part = Literal["train", "held_out"]
Background = NDArray[np.uint8]  # (height, width)


@dataclass(frozen=True, eq=False)
class Photo:
    """A grey photo with its faces."""

    pixels: NDArray[np.uint8]  # (height, width)
    boxes: NDArray[np.float64]  # (faces, 4) x1 y1 x2 y2, in pixels
    landmarks: NDArray[np.float64]  # (faces, 5, 2), in pixels
    ignored: NDArray[np.float64]  # (regions, 4): may hold a face or not
    kind: str  # the set it is from


def _grey(file: Path) -> NDArray[np.uint8]:
    with Image.open(file) as picture:
        small = picture.convert("L")
    if max(small.size) > SIDE:
        small.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    return np.asarray(small)


def _part(row: dict[str, Any]) -> Part | None:
    """Say what a photo is for; nothing, if a person of it could be on either side."""
    if "Faces_easy" in row["file"]:
        number = int(Path(row["file"]).stem.split("_")[1])
        return "train" if number <= LEARNED else "held_out" if number >= HELD_OUT else None
    return "held_out" if row.get("coco_split") == "val" else "train"


def _corners(boxes: list[list[float]], size: NDArray[np.float64]) -> NDArray[np.float64]:
    found = np.array(boxes, dtype=float).reshape(-1, 4)
    found[:, 2:] += found[:, :2]
    return found * np.tile(size, 2)


def read_photos(data: Path, part: Part) -> list[Photo]:
    """Read all labelled photos of a part, those without a face too."""
    with lzma.open(data / "pseudo_labels/faces.json.xz", "rt", encoding="utf-8") as file:
        rows = [row for row in json.load(file)["images"] if _part(row) == part]
    photos = []
    for row in rows:
        pixels = _grey(data / row["file"])
        size = np.array(pixels.shape[::-1], dtype=float)
        faces, regions = row["faces"], [_region(each) for each in row.get("ignore", [])]
        marks = np.array([each["landmarks"] for each in faces], dtype=float).reshape(-1, 5, 2)
        boxes = _corners([each["bbox"] for each in faces], size)
        kind = row["file"].split("/")[0]
        photos.append(Photo(pixels, boxes, marks * size, _corners(regions, size), kind))
    return photos


def _region(given: Any) -> list[float]:
    box: list[float] = given["bbox"] if isinstance(given, dict) else given
    return box


def read_backgrounds(data: Path) -> list[Background]:
    """Read photos in which there is no face to learn from: things of Caltech-101."""
    folders = sorted(each for each in (data / "caltech101").iterdir() if each.is_dir())
    files = [
        file
        for folder in folders
        if folder.name not in PEOPLE
        for file in sorted(folder.glob("*.webp"))[:EMPTY]
    ]
    return [_grey(file) for file in files]

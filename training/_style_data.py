"""Read the photos and the style pictures that the style network learns from."""

import json
import lzma
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from training import _style_pictures

__all__ = [
    "KEPT_SIDE",
    "PAINTINGS",
    "STYLE_SIDE",
    "coco_photos",
    "read_contents",
    "square",
    "style_picture",
]

PAINTINGS = {
    "starry_night": "starry_night_van_gogh_1889.jpg",
    "great_wave": "great_wave_hokusai_1831.jpg",
    "scream": "the_scream_munch_1893.jpg",
    "shipwreck": "shipwreck_minotaur_turner_1810.jpg",
    "water_lilies": "water_lilies_monet_1919.jpg",
    "flowers": "flowers_sakai_hoitsu.jpg",
    "composition": "composition7_kandinsky_1913.jpg",
    "woman_with_hat": "woman_with_hat_matisse_1905.jpg",
    "udnie": "udnie_picabia_1913.jpg",
}
STYLE_SIDE = 416  # pixels: the side of a square as large as a style picture
KEPT_SIDE = 192  # of the photos that are learned from


def style_picture(style: str, data: Path) -> torch.Tensor:
    """A style picture at the size it is learned at: (3, height, width) in 0..1."""
    if style in PAINTINGS:
        with Image.open(data / "style_images" / PAINTINGS[style]) as file:
            picture = file.convert("RGB")
        scale = STYLE_SIDE / (picture.width * picture.height) ** 0.5
        size = round(picture.width * scale), round(picture.height * scale)
        pixels = np.asarray(picture.resize(size, Image.Resampling.LANCZOS))
    else:
        pixels = _style_pictures.draw(style, STYLE_SIDE)
    return torch.tensor(pixels).permute(2, 0, 1) / 255


def square(file: Path, side: int) -> NDArray[np.uint8]:
    """The middle of a photo."""
    with Image.open(file) as opened:
        photo = opened.convert("RGB")
    short = min(photo.size)
    left, top = (photo.width - short) // 2, (photo.height - short) // 2
    window = (left, top, left + short, top + short)
    return np.asarray(photo.resize((side, side), Image.Resampling.BICUBIC, window))


def read_contents(data: Path, runs: Path) -> NDArray[np.uint8]:
    """Photos to learn from (photos, side, side, 3), decoded once and kept in ``runs``."""
    kept = runs / f"photos_{KEPT_SIDE}.npy"
    if not kept.exists():
        files = sorted(data.glob("caltech101/*/*.webp"))
        files += sorted(data.glob("imagenet_sample1000/*.webp"))
        files += coco_photos(data, "train")
        runs.mkdir(parents=True, exist_ok=True)
        np.save(kept, np.stack([square(file, KEPT_SIDE) for file in files]))
    photos: NDArray[np.uint8] = np.load(kept, mmap_mode="r")
    return photos


def coco_photos(data: Path, part: Literal["train", "val"]) -> list[Path]:
    """The photos of one part of the COCO subset; ``val`` is never learned from."""
    folder = data / "coco_subset"
    with lzma.open(folder / "instances.json.xz") as file:
        images = json.load(file)["images"]
    names = sorted(each["file_name"] for each in images if each["coco_split"] == part)
    return [folder / "images" / name for name in names]

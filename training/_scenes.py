"""Compose what the detector learns from: photos seen through windows, mosaics, pasted objects.

A scene is a square that one, four or many photos fill, each with its own window, scale and mirror.
Mosaics are those of A. Bochkovskiy et al., *YOLOv4*, 2020, https://arxiv.org/abs/2004.10934;
objects cut out along their outlines and pasted elsewhere: G. Ghiasi et al., *Simple copy-paste*,
2021, https://arxiv.org/abs/2012.07177.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from training._boxes import IGNORED, Boxed, Cutout

__all__ = ["Scene", "Stock", "compose"]

GREY = (124, 116, 104)  # ImageNet's mean colour, which is zero to the network
LAYOUTS = (0.45, 0.35, 0.20)  # shares of scenes of one photo, of four, of nine or sixteen
LARGE, MIDDLE = 120, 60  # pixels: shorter side of a part that COCO's photos, or guessed ones, suit
SHARES = {  # of COCO's, guessed, guessed without objects, tiles, tiles without objects
    "large": (0.60, 0.20, 0.08, 0.10, 0.02),
    "middle": (0.40, 0.18, 0.04, 0.33, 0.05),
    "small": (0.06, 0.12, 0.04, 0.66, 0.12),
}
ZOOM = {"photo": (0.65, 1.8), "tile": (0.85, 1.5)}  # of the smallest scale that fills the part
SQUEEZE = 0.2  # largest natural logarithm of the change of aspect
SEEN = 0.35  # share of a box that must be in the window, or it is ignored
SMALLEST = 6.0  # pixels: shorter side of a box, or it is ignored
PASTED = 0.4  # share of scenes that objects are pasted into
COVERED = 0.6  # share of a box under a pasted object from which on it is ignored


@dataclass(frozen=True, eq=False)
class Scene:
    """A square photo, its boxes, and how far its background can be trusted."""

    pixels: NDArray[np.uint8]  # (side, side, 3)
    boxes: NDArray[np.float32]  # (n, 4) x1, y1, x2, y2 in pixels
    labels: NDArray[np.int64]  # (n,) classes or IGNORED
    trust: NDArray[np.float32]  # (side, side) weight of a pixel as an example of nothing


class Stock:
    """All photos there are, drawn so that rare classes come up more often."""

    def __init__(
        self,
        coco: list[Boxed],
        guessed: list[Boxed],
        tiles: tuple[list[Boxed], list[Boxed]],
        cutouts: list[Cutout],
    ) -> None:
        found = [each for each in guessed if (each.labels != IGNORED).any()]
        empty = [each for each in guessed if not (each.labels != IGNORED).any()]
        self.parts = [part or coco for part in (coco, found, empty, *tiles)]
        self.chances = [_chances([each.labels for each in part]) for part in self.parts]
        self.cutouts = cutouts
        self.cutout_chances = _chances([np.array([each.label]) for each in cutouts], 0.8)

    def draw(self, side: int, random: np.random.Generator) -> Boxed:
        """A photo for a part of a scene of so many pixels."""
        kind = "large" if side >= LARGE else "middle" if side >= MIDDLE else "small"
        part = random.choice(len(self.parts), p=SHARES[kind])
        return self.parts[part][_pick(self.chances[part], random)]

    def draw_cutout(self, random: np.random.Generator) -> Cutout:
        """An object to paste."""
        return self.cutouts[_pick(self.cutout_chances, random)]


def _chances(labels: list[NDArray[np.int64]], power: float = 0.5) -> NDArray[np.float64]:
    """Running sums of chances: of each photo, those of the rarest class in it."""
    counts = Counter(label for each in labels for label in set(each.tolist()))
    rare = [
        max((counts[label] ** -power for label in each.tolist() if label != IGNORED), default=0.0)
        for each in labels
    ]
    least = min((each for each in rare if each), default=1.0)
    return np.cumsum([each or least for each in rare])


def _pick(sums: NDArray[np.float64], random: np.random.Generator) -> int:
    return int(np.searchsorted(sums, random.random() * sums[-1], side="right"))


def compose(stock: Stock, side: int, random: np.random.Generator) -> Scene:
    """Make a scene of so many pixels a side."""
    pixels = np.empty((side, side, 3), np.uint8)
    pixels[:] = GREY
    trust = np.ones((side, side), np.float32)
    boxes, labels = [np.zeros((0, 4), np.float32)], [np.zeros(0, np.int64)]
    for left, top, right, bottom in _layout(side, random):
        photo = stock.draw(min(right - left, bottom - top), random)
        part = _window(photo, (right - left, bottom - top), random)
        pixels[top:bottom, left:right] = part.pixels
        trust[top:bottom, left:right] = part.trust
        boxes.append(part.boxes + np.array([left, top, left, top], np.float32))
        labels.append(part.labels)
    scene = Scene(pixels, np.concatenate(boxes), np.concatenate(labels), trust)
    if stock.cutouts and random.random() < PASTED:
        for _ in range(random.integers(1, 4)):
            scene = _paste(scene, stock.draw_cutout(random), random)
    return Scene(_recolour(scene.pixels, random), scene.boxes, scene.labels, trust)


def _layout(side: int, random: np.random.Generator) -> list[tuple[int, int, int, int]]:
    """The parts of a scene: left, top, right, bottom."""
    kind = random.choice(3, p=LAYOUTS)
    if kind == 0:
        return [(0, 0, side, side)]
    if kind == 1:
        x, y = random.integers(round(0.3 * side), round(0.7 * side), 2).tolist()
        columns, rows = [0, x, side], [0, y, side]
    else:
        count = int(random.integers(3, 5))
        columns = rows = np.linspace(0, side, count + 1).astype(int).tolist()
    return [
        (columns[c], rows[r], columns[c + 1], rows[r + 1])
        for r in range(len(rows) - 1)
        for c in range(len(columns) - 1)
    ]


def _window(photo: Boxed, size: tuple[int, int], random: np.random.Generator) -> Boxed:
    """Look at a photo through a window of ``size`` (width, height); what it lacks stays grey."""
    height, width = photo.pixels.shape[:2]
    kind = "tile" if max(height, width) <= 64 else "photo"
    fill = max(size[0] / width, size[1] / height)
    zoom = fill * np.exp(random.uniform(*np.log(ZOOM[kind])))
    stretch = np.exp(random.uniform(-SQUEEZE, SQUEEZE) / 2)
    scale = np.array([zoom * stretch, zoom / stretch])
    room = np.array(size) - scale * (width, height)  # negative where the photo is larger
    corner = room * random.random(2)
    pixels = _seen(photo.pixels, size, scale, corner, random)
    boxes = photo.boxes * np.tile(scale, 2) + np.tile(corner, 2)
    labels = photo.labels.copy()
    if random.random() < 0.5:
        pixels = pixels[:, ::-1]
        boxes[:, [0, 2]] = size[0] - boxes[:, [2, 0]]
    boxes, labels = _clipped(boxes.astype(np.float32), labels, size)
    return Boxed(pixels, boxes, labels, photo.trust)


def _seen(
    pixels: NDArray[np.uint8],
    size: tuple[int, int],
    scale: NDArray[np.float64],
    corner: NDArray[np.float64],
    random: np.random.Generator,
) -> NDArray[np.uint8]:
    """The pixels of a window: the photo scaled, with its corner there, cut to the size."""
    height, width = pixels.shape[:2]
    start = np.clip(np.round(corner), 0, None).astype(int)
    end = np.minimum(np.round(corner + scale * (width, height)), size).astype(int)
    box = (*((start - corner) / scale).clip(0), *((end - corner) / scale).clip(0, (width, height)))
    across, down = np.maximum(end - start, 1).tolist()
    kind = Image.Resampling.BICUBIC if random.random() < 0.3 else Image.Resampling.BILINEAR
    shown = Image.fromarray(pixels)
    if random.random() < 0.15:  # so that blur does not tell where a photo is from
        shown = shown.resize((max(width // 2, 1), max(height // 2, 1)), Image.Resampling.BILINEAR)
        box = tuple(each / 2 for each in box)
        box = (box[0], box[1], min(box[2], shown.width), min(box[3], shown.height))
    canvas = np.empty((size[1], size[0], 3), np.uint8)
    canvas[:] = GREY
    resized = np.asarray(shown.resize((across, down), kind, box))
    canvas[start[1] : start[1] + down, start[0] : start[0] + across] = resized
    return canvas


def _clipped(
    boxes: NDArray[np.float32], labels: NDArray[np.int64], size: tuple[int, int]
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Cut boxes to the window; ignore those that are hardly in it or too small."""
    if not len(boxes):
        return boxes, labels
    cut = boxes.clip(0, np.tile(np.array(size, np.float32), 2))
    before, after = boxes[:, 2:] - boxes[:, :2], cut[:, 2:] - cut[:, :2]
    seen = after.prod(1) / before.prod(1).clip(1e-6)
    labels = np.where((seen < SEEN) | (after.min(1) < SMALLEST), IGNORED, labels)
    kept = after.min(1) > 1
    return cut[kept], labels[kept]


def _paste(scene: Scene, cutout: Cutout, random: np.random.Generator) -> Scene:
    """Paste an object somewhere; what lies under it is ignored."""
    side = len(scene.pixels)
    height, width = cutout.pixels.shape[:2]
    longest = np.exp(random.uniform(*np.log([0.12 * side, 0.7 * side])))
    scale = min(longest / max(height, width), 1.5)
    size = max(round(width * scale), 4), max(round(height * scale), 4)
    object_ = Image.fromarray(cutout.pixels).resize(size, Image.Resampling.BILINEAR)
    values = np.asarray(object_)[:, :: random.choice([-1, 1])]
    left, top = (int(random.integers(0, side - each + 1)) for each in size)
    cover = values[..., 3:].astype(np.float32) / 255
    pixels = scene.pixels.copy()
    under = pixels[top : top + size[1], left : left + size[0]]
    under[:] = (cover * values[..., :3] + (1 - cover) * under).astype(np.uint8)
    box = np.array([left, top, left + size[0], top + size[1]], np.float32)
    both = np.minimum(scene.boxes[:, 2:], box[2:]) - np.maximum(scene.boxes[:, :2], box[:2])
    area = (scene.boxes[:, 2:] - scene.boxes[:, :2]).prod(1)
    hidden = both.clip(0).prod(1) / area.clip(1e-6) > COVERED
    labels = np.where(hidden, IGNORED, scene.labels)
    boxes = np.concatenate([scene.boxes, box[None]])
    return Scene(pixels, boxes, np.append(labels, cutout.label), scene.trust)


def _recolour(pixels: NDArray[np.uint8], random: np.random.Generator) -> NDArray[np.uint8]:
    """Change light, contrast, warmth and saturation a little."""
    values: NDArray[np.float32] = pixels.astype(np.float32)
    grey = values.mean(2, keepdims=True)
    saturation = np.float32(random.uniform(0.6, 1.4)) if random.random() > 0.05 else np.float32(0)
    gain = (random.uniform(0.7, 1.3) * random.uniform(0.92, 1.08, 3)).astype(np.float32)
    middle = np.float32(random.uniform(100, 140))
    values = (grey + saturation * (values - grey) - middle) * gain + middle
    values += np.float32(random.uniform(-20, 20))
    return values.clip(0, 255).astype(np.uint8)

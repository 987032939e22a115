"""Make scenes with faces of every size, of photos with faces and of aligned faces set into photos.

A scene starts from a photo of things. Onto it comes a photo with faces, turned a little and scaled
so that one of its faces has the size that was drawn; or aligned faces of LFW-a, each within a soft
oval, beside ovals of other things, so that an oval alone is no sign of a face.
"""

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from training._face_photos import Background, Photo

__all__ = ["CROP_BOX", "Aligned", "Array", "Found", "Scene", "Studio"]

SIDE = 256  # pixels of a scene
SMALLEST, LARGEST = 12, 210  # pixels of a face, as the square root of its box's area
CROP_BOX = (56.5, 59.5, 88.5, 118.0)  # middle, width, height of the box of an aligned face
SETS = {"caltech101": 0.4, "imagenet_sample1000": 0.35, "coco_subset": 0.25}
PHOTO, EMPTY = 0.55, 0.12  # shares of scenes; the rest is made of aligned faces
STEEP = 0.12  # share of scenes that are turned by up to 45 degrees
Array = NDArray[np.float64]
Canvas = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Aligned:
    """Aligned faces, and where their landmarks are about."""

    pixels: NDArray[np.uint8]  # (faces, 112, 112)
    landmarks: Array  # (faces, 5, 2), in pixels


@dataclass(frozen=True, eq=False)
class Found:
    """The faces of one scene."""

    boxes: Array  # (faces, 4) x1 y1 x2 y2, in pixels
    landmarks: Array  # (faces, 5, 2)
    trusted: Array  # (faces,) how much landmarks count
    ignored: Array  # (regions, 4)


@dataclass(frozen=True, eq=False)
class Scene:
    """A grey picture and the faces in it."""

    pixels: NDArray[np.uint8]  # (256, 256)
    found: Found


def _moved(points: Array, matrix: Array) -> Array:
    moved: Array = points @ matrix[:, :2].T + matrix[:, 2]
    return moved


def _moved_boxes(boxes: Array, matrix: Array) -> Array:
    """Move the middles of boxes, and scale their sides."""
    scale = math.sqrt(abs(np.linalg.det(matrix[:, :2])))
    middle = _moved((boxes[:, :2] + boxes[:, 2:]) / 2, matrix)
    half = (boxes[:, 2:] - boxes[:, :2]) / 2 * scale
    return np.concatenate([middle - half, middle + half], 1)


def _placed(scale: float, angle: float, of: Array, at: Array, mirror: bool = False) -> Array:
    """Matrix (2, 3) that scales and turns, and takes one point to another."""
    cosine, sine = scale * math.cos(angle), scale * math.sin(angle)
    turn = np.array([[cosine, -sine], [sine, cosine]])
    if mirror:
        turn[:, 0] *= -1
    return np.concatenate([turn, (at - turn @ of)[:, None]], 1)


class Studio:
    """Scenes without end."""

    def __init__(
        self, photos: list[Photo], backgrounds: list[Background], aligned: Aligned
    ) -> None:
        with_faces = [photo for photo in photos if len(photo.boxes)]
        self.sets = {name: [photo for photo in with_faces if photo.kind == name] for name in SETS}
        bare = [photo for photo in photos if not len(photo.boxes) and not len(photo.ignored)]
        self.bare = [photo.pixels for photo in bare if photo.kind != "caltech101"] + backgrounds
        self.aligned = aligned
        distance = np.indices((112, 112)).transpose(1, 2, 0) - [57.0, 56.0]
        away = np.hypot(*(distance / [58.0, 50.0]).transpose(2, 0, 1))
        self.oval = (6 - 6 * away**2).clip(0, 1).astype(np.float32)

    def scene(self, random: np.random.Generator) -> Scene:
        """Make the next scene."""
        canvas, kind = self._background(random), random.random()
        if kind < EMPTY:
            found = Found(np.zeros((0, 4)), np.zeros((0, 5, 2)), np.zeros(0), np.zeros((0, 4)))
        elif kind < EMPTY + PHOTO:
            canvas, found = self._photo(canvas, random)
        else:
            canvas, found = self._set_in(canvas, random)
        return Scene(_toned(canvas, random), found)

    def _background(self, random: np.random.Generator) -> Canvas:
        picture = self.bare[random.integers(len(self.bare))]
        least = SIDE / min(picture.shape)
        scale = least * math.exp(random.uniform(0, 0.9))
        room = np.array(picture.shape[::-1]) * scale - SIDE
        matrix = _placed(scale, 0.0, np.zeros(2), -random.random(2) * room)
        moved = cv2.warpAffine(picture, matrix, (SIDE, SIDE), borderMode=cv2.BORDER_REFLECT)
        return moved.astype(np.float32)

    def _photo(self, canvas: Canvas, random: np.random.Generator) -> tuple[Canvas, Found]:
        names = [name for name in SETS if self.sets[name]]
        chance = np.array([SETS[name] for name in names])
        photos = self.sets[random.choice(names, p=chance / chance.sum())]
        photo = photos[random.integers(len(photos))]
        box = photo.boxes[random.integers(len(photo.boxes))]
        now = math.sqrt(float((box[2] - box[0]) * (box[3] - box[1])))
        most = min(LARGEST, 2.5 * now)  # or it would be nothing but blurred
        size = math.exp(random.uniform(math.log(SMALLEST), math.log(max(most, SMALLEST + 1))))
        steep = random.random() < STEEP
        angle = math.radians(random.uniform(-1, 1) * (45 if steep else 12))
        room = max(SIDE / 2 - 0.4 * size, 4)
        at = SIDE / 2 + random.uniform(-room, room, 2)
        mirror = bool(random.integers(2))
        matrix = _placed(size / now, angle, (box[:2] + box[2:]) / 2, at, mirror)
        small = _shrunk(photo.pixels, size / now)
        part = cv2.warpAffine(small, matrix, (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE)
        within = cv2.warpAffine(np.ones(photo.pixels.shape, np.float32), matrix, (SIDE, SIDE))
        canvas = canvas * (1 - within) + part * within
        marks = _moved(photo.landmarks, matrix)
        if mirror:
            marks = marks[:, [1, 0, 2, 4, 3]]
        boxes = _moved_boxes(photo.boxes, matrix)
        ignored = _moved_boxes(photo.ignored, matrix)
        return canvas, _kept(boxes, marks, np.ones(len(boxes)), ignored)

    def _set_in(self, canvas: Canvas, random: np.random.Generator) -> tuple[Canvas, Found]:
        """Set a few aligned faces, and ovals of other things, into a picture."""
        taken: list[Array] = []
        boxes, marks = [], []
        x, y, wide, high = CROP_BOX
        for number in range(random.integers(2, 9)):
            size = math.exp(random.uniform(math.log(SMALLEST), math.log(150)))
            at = random.uniform(0.4 * size, SIDE - 0.4 * size, 2)
            if any(np.abs(at - each[:2]).max() < 0.62 * (size + each[2]) for each in taken):
                continue
            taken.append(np.array([*at, size]))
            angle = math.radians(random.uniform(-15, 15))
            mirror = bool(random.integers(2))
            matrix = _placed(size / math.sqrt(wide * high), angle, np.array([x, y]), at, mirror)
            real = number % 3 != 2
            tile = self._tile(real, random)
            face = tile[0]
            oval = cv2.warpAffine(self.oval, matrix, (SIDE, SIDE))
            part = cv2.warpAffine(_shrunk(face, size / 102), matrix, (SIDE, SIDE))
            canvas = canvas * (1 - oval) + part * oval
            if real:
                half = np.array([wide, high]) / 2
                middle = np.array([x, y])
                box = np.concatenate([middle - half, middle + half])[None]
                boxes.append(_moved_boxes(box, matrix)[0])
                moved = _moved(tile[1], matrix)
                marks.append(moved[[1, 0, 2, 4, 3]] if mirror else moved)
        kept = np.array(boxes).reshape(-1, 4)
        return canvas, Found(
            kept, np.array(marks).reshape(-1, 5, 2), np.full(len(kept), 0.5), np.zeros((0, 4))
        )

    def _tile(self, real: bool, random: np.random.Generator) -> tuple[NDArray[np.uint8], Array]:
        """Take a face with its landmarks, or a piece of a photo of things."""
        if real:
            number = random.integers(len(self.aligned.pixels))
            return self.aligned.pixels[number], self.aligned.landmarks[number]
        picture = self.bare[random.integers(len(self.bare))]
        side = int(random.integers(40, min(112, *picture.shape) + 1))
        top, left = (int(random.integers(length - side + 1)) for length in picture.shape)
        piece = picture[top : top + side, left : left + side]
        return cv2.resize(piece, (112, 112)).astype(np.uint8), np.zeros((5, 2))


def _shrunk(pixels: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    """Blur what is about to be made smaller, so that it does not sparkle."""
    if scale >= 0.8:
        return pixels
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), 0.45 / scale), np.uint8)


def _kept(boxes: Array, marks: Array, trusted: Array, ignored: Array) -> Found:
    """Leave out faces outside the scene; those that are cut off may be found or not."""
    inside = np.minimum(boxes[:, 2:], SIDE) - np.maximum(boxes[:, :2], 0)
    size = boxes[:, 2:] - boxes[:, :2]
    share = inside.clip(0).prod(1) / size.prod(1).clip(1e-6)
    good = (share > 0.6) & (np.sqrt(size.prod(1)) > 8)
    half = ~good & (share > 0)
    return Found(boxes[good], marks[good], trusted[good], np.concatenate([ignored, boxes[half]]))


def _toned(canvas: Canvas, random: np.random.Generator) -> NDArray[np.uint8]:
    """Change contrast, brightness, sharpness and grain."""
    picture: Any = (canvas.astype(np.float32) / 255).clip(0, 1) ** math.exp(
        random.uniform(-0.5, 0.5)
    )
    contrast = math.exp(random.uniform(-0.6, 0.2))
    picture = picture * contrast + (0.5 - 0.5 * contrast + random.uniform(-0.15, 0.15))
    if random.random() < 0.2:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), random.uniform(0.4, 1.5)))
    if random.random() < 0.4:
        grain = random.standard_normal(picture.shape, np.float32)
        picture = picture + np.float32(random.uniform(0, 0.05)) * grain
    toned: NDArray[np.uint8] = (picture.clip(0, 1) * 255).astype(np.uint8)
    return toned

"""Find the faces of a photo, and say what may be wrong with them."""

from dataclasses import dataclass, field
from typing import Annotated, Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torchvision.ops import nms

from models._errors import InputError
from models._face import MOST_FACES, Face, checked_faces, photo_pixels
from models._face_names import FinderName, spec_of
from models._face_pose import head_pose
from models._gate import turn
from models._images import Pixels, to_colour, to_grey
from models._load import device_of, load
from models._ranges import Range, checked
from models.networks import tiny_face_finder
from models.networks.opencv_faces import YUNET

__all__ = ["Remark", "Score", "Side", "chosen", "find", "remarks", "score_of"]

Score = Annotated[float | None, Range(0.05, 0.99, 0.01)]
Side = Annotated[int | None, Range(96, 1280, 32, "px")]
SIDES = {tiny_face_finder.SPEC.name: tiny_face_finder.INPUT, YUNET.name: 640}  # pixels
SURE = 0.6  # score of a face where a card says nothing
MOST_CELLS = 2000  # that go into the suppression
GREY = 0.45  # beside a photo, as the embedded network was trained
SMALL = 24  # pixels between the eyes, below which little is left of a face
TURNED = 40  # degrees to a side, up or down
CUT = 0.08  # of the box outside the photo


@dataclass(frozen=True)
class Remark:
    """One thing that makes a face hard to recognise; the page has the sentence."""

    code: str  # none, many, small, turned, cut
    face: int | None = None  # number of the face, from the largest to the smallest
    values: dict[str, float] = field(default_factory=dict)  # count, pixels, degrees or percent


@checked
def find(
    photo: Pixels,
    model: FinderName = "tiny_face_finder",
    score: Score = None,
    overlap: Annotated[float, Range(0.1, 0.9, 0.05)] = 0.3,
    side: Side = None,
) -> tuple[Face, ...]:
    """Find the faces of a photo.

    Args:
        photo: uint8 (height, width) or (height, width, 3), at most 12 megapixels.
        model: Name of one of ``FINDERS``.
        score: Least score of a face, 0..1; None: the network's own. Lower: more faces are found,
            and more that are none.
        overlap: Of two boxes whose IoU is larger, the one with the lower score goes.
        side: Longer side to which a larger photo is scaled first; None: the network's own. Larger:
            smaller faces are found, in more time.

    Returns:
        At most 200 faces, from the largest to the smallest; none is an answer, too.

    Raises:
        InputError: ``photo_shape``, ``photo_too_many_pixels``.
    """
    pixels = to_colour(photo_pixels(photo))
    small, scales = _fit(pixels, side or SIDES[model])
    run = _run_yunet if model == YUNET.name else _run_embedded
    rows = run(load(spec_of(model)), small, score or score_of(model), overlap)  # (faces, 15)
    rows = rows[np.isfinite(rows).all(1)]
    rows[:, :14] = (rows[:, :14].reshape(-1, 7, 2) * scales).reshape(-1, 14)
    rows = rows[np.argsort(-rows[:, 14], kind="stable")][:MOST_FACES]
    faces = [_face(row, pixels) for row in rows]
    return tuple(sorted((each for each in faces if each), key=_size, reverse=True))


@checked
def remarks(
    photo: Pixels, faces: tuple[Face, ...] | None = None, model: FinderName = "tiny_face_finder"
) -> tuple[Remark, ...]:
    """Say what makes the faces of a photo hard to recognise.

    Args:
        photo: uint8 (height, width) or (height, width, 3), at most 12 megapixels.
        faces: What was found in it; None: look for them.
        model: Name of one of ``FINDERS``, for that.

    Returns:
        ``none`` or ``many`` (``count``) of the photo, then of each face ``small`` (``pixels``
        between the eyes), ``turned`` (``degrees``) and ``cut`` (``percent`` of its box that is
        outside).

    Raises:
        InputError: ``faces_too_many``, ``photo_shape``, ``photo_too_many_pixels``.
    """
    pixels = photo_pixels(photo)
    known = find(pixels, model) if faces is None else checked_faces(faces)
    if not known:
        return (Remark("none"),)
    many = (Remark("many", None, {"count": len(known)}),) if len(known) > 1 else ()
    height, width = pixels.shape[:2]
    each = (_remarks_of(face, number, width, height) for number, face in enumerate(known))
    return (*many, *(remark for found in each for remark in found))


def chosen(pixels: Pixels, face: Face | None) -> Face:
    """The face that is asked for, or the largest of the photo.

    Raises:
        InputError: ``face_none``, or ``face_box`` when it is no face.
    """
    if face is not None:
        return checked_faces(face)[0]
    found = find(pixels)
    if not found:
        raise InputError("face_none")
    return found[0]


def score_of(model: FinderName) -> float:
    """The least score where none is asked for: at one false face in ten photos, from the card."""
    return float(spec_of(model).metrics.get("score", SURE))


def _remarks_of(face: Face, number: int, width: int, height: int) -> list[Remark]:
    found = []
    apart = float(np.linalg.norm(face.landmarks[1] - face.landmarks[0]))
    if apart < SMALL:
        found.append(Remark("small", number, {"pixels": round(apart)}))
    pose = head_pose(face)
    turned = max(abs(pose.yaw), abs(pose.pitch))
    if turned > TURNED:
        found.append(Remark("turned", number, {"degrees": round(turned)}))
    left, top, right, bottom = face.box
    inside = max(0.0, min(right, width) - max(left, 0)) * max(
        0.0, min(bottom, height) - max(top, 0)
    )
    outside = 1 - inside / (face.width * face.height)
    if outside > CUT:
        found.append(Remark("cut", number, {"percent": round(100 * outside)}))
    return found


def _size(face: Face) -> float:
    return face.width * face.height


def _fit(pixels: Pixels, side: int) -> tuple[Pixels, NDArray[np.float64]]:
    """Scale a larger photo down, and say what brings its coordinates back: (x, y)."""
    height, width = pixels.shape[:2]
    scale = min(1.0, side / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    if size == (width, height):
        return pixels, np.ones(2)
    small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    return small, np.array([width / size[0], height / size[1]])


def _face(row: NDArray[np.float64], pixels: Pixels) -> Face | None:
    """A row of left, top, width, height, five points and score, unless it is no face."""
    height, width = pixels.shape[:2]
    left, top, across, down = row[:4]
    right, bottom = left + across, top + down
    if across <= 0 or down <= 0 or right <= 0 or bottom <= 0 or left >= width or top >= height:
        return None
    try:
        box = np.array([left, top, right, bottom], np.float32)
        return Face(box, float(row[14]), row[4:14].reshape(5, 2).astype(np.float32))
    except InputError:
        return None


def _run_yunet(network: Any, pixels: Pixels, score: float, overlap: float) -> NDArray[np.float64]:
    with turn():
        return np.asarray(network(pixels, score, overlap), np.float64)


def _run_embedded(
    network: torch.nn.Module, pixels: Pixels, score: float, overlap: float
) -> NDArray[np.float64]:
    grey = _padded(to_grey(pixels) / np.float32(255))
    with turn(), torch.inference_mode():
        grids = network(torch.from_numpy(grey)[None, None].to(device_of(network)))
        parts = [
            tiny_face_finder.decode(grid[0], stride)
            for grid, stride in zip(grids, tiny_face_finder.STRIDES, strict=True)
        ]
        scores, boxes, points = (torch.cat(each).cpu() for each in zip(*parts, strict=True))
    sure = torch.nonzero(scores >= score)[:, 0]
    sure = sure[scores[sure].argsort(descending=True)[:MOST_CELLS]]
    kept = sure[nms(boxes[sure], scores[sure], overlap)]
    left_top, right_bottom = boxes[kept, :2], boxes[kept, 2:]
    columns = [left_top, right_bottom - left_top, points[kept].flatten(1), scores[kept, None]]
    return torch.cat(columns, 1).double().numpy()


def _padded(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """Fill both sides up to what the network takes."""
    many = tiny_face_finder.MULTIPLE
    height, width = grey.shape
    size = (-(-height // many) * many, -(-width // many) * many)
    filled = np.full(size, GREY, np.float32)
    filled[:height, :width] = grey
    return filled

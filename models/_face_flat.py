r"""A flat photo held up to a camera: turned about its upright axis, tilted in its plane.

What a camera sees of a sheet of paper is a homography (Hartley and Zisserman, Multiple View
Geometry, 2nd ed., 2004, section 2.3): each point :math:`(x, y)` of the sheet is turned in space and
divided by its distance. All points of a sheet stay on one plane, and that gives it away: when a
head turns, the nose, which stands out, moves against the eyes and the mouth; on a sheet it does
not.
"""

from typing import Annotated

import cv2
import numpy as np
from numpy.typing import NDArray

from models._face_pose import HEAD
from models._images import Pixels, as_pixels
from models._ranges import Range, checked

__all__ = ["hold_up", "seen_from"]

GROUND = (128, 128, 128)  # behind the sheet
DISTANCE = 3.0  # of the camera, in widths of the sheet


@checked
def hold_up(
    photo: Pixels,
    turn: Annotated[float, Range(-60, 60, 1, "°")] = 35.0,
    tilt: Annotated[float, Range(-45, 45, 1, "°")] = 0.0,
) -> Pixels:
    """What a camera sees of a photo that is held up to it.

    Args:
        photo: (height, width, 3) or (height, width), uint8.
        turn: Degrees about the upright axis; above 0 the photo's right edge goes away.
        tilt: Degrees in the plane of the picture, clockwise.

    Returns:
        uint8, of the photo's size; grey where the sheet is not.
    """
    pixels = as_pixels(photo)
    height, width = pixels.shape[:2]
    centre = np.array([[1, 0, -width / 2], [0, 1, -height / 2], [0, 0, 1]], np.float64)
    away = DISTANCE * max(width, height)
    spun = _turned(turn, tilt)
    plane = np.column_stack([spun[:, 0], spun[:, 1], [0, 0, away]])
    camera = np.array([[away, 0, width / 2], [0, away, height / 2], [0, 0, 1]], np.float64)
    return np.asarray(
        cv2.warpPerspective(
            pixels,
            camera @ plane @ centre,
            (width, height),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=GROUND,
        ),
        np.uint8,
    )


def seen_from(turn: float, tilt: float = 0.0, flat: bool = False) -> NDArray[np.float64]:
    """Where the five landmarks of a usual face are seen.

    Args:
        turn: Degrees about the upright axis, as for ``hold_up``.
        tilt: Degrees in the plane of the picture, clockwise.
        flat: Whether it is a photo of the face that turns, not the head.

    Returns:
        (5, 2) in units of the distance of the eyes seen from the front, from between the eyes.
    """
    points = HEAD * [1, 1, 0] if flat else HEAD
    away = 3 * DISTANCE
    inward = points * [1, 1, -1]  # away from the camera, as the turning matrix has it
    seen = inward @ _turned(turn, tilt).T
    return np.asarray(seen[:, :2] * (away / (away + seen[:, 2:])))


def _turned(turn: float, tilt: float) -> NDArray[np.float64]:
    """Turn about the upright axis first, then in the plane of the picture."""
    one, other = np.radians(turn), np.radians(tilt)
    upright = np.array(
        [[np.cos(one), 0, -np.sin(one)], [0, 1, 0], [np.sin(one), 0, np.cos(one)]], np.float64
    )
    inside = np.array(
        [[np.cos(other), -np.sin(other), 0], [np.sin(other), np.cos(other), 0], [0, 0, 1]],
        np.float64,
    )
    return inside @ upright

"""Where a head points, from five landmarks alone: the nose stands out, and that gives it away.

Eyes and corners of the mouth lie nearly in a plane; the tip of the nose stands before it, by about
0.42 of the distance of the eyes. From far enough away, any turn of the head moves the four points
of the plane by an affine map x -> A x + t, whatever it is. That map is found by least squares and
undone. What is left of the nose's motion cannot come from the plane: it is parallax, and with the
nose's foot (0, 0.55) and height z

    nose - foot = z (tan(yaw), -tan(pitch) / cos(yaw))

The roll is in A itself. J. Koenderink and A. van Doorn, *Affine structure from motion*, 1991,
https://doi.org/10.1364/JOSAA.8.000377, say what else can be had this way. On a flat photo the nose
moves with the plane: however it is held, yaw and pitch stay those of the person in the photo.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models._face import Face
from models._ranges import checked

__all__ = ["HEAD", "Pose", "head_pose", "turned_head"]

HEAD = np.array(
    [[-0.5, 0.0, 0.0], [0.5, 0.0, 0.0], [0.0, 0.55, 0.42], [-0.39, 1.0, 0.0], [0.39, 1.0, 0.0]]
)  # (5, 3) eyes, nose, mouth corners of a usual face; right, down, to the camera; eyes 1 apart
PLANE = [0, 1, 3, 4]  # of the landmarks
NOSE = 2
FLATTEST = 1e-3  # area that a square of the plane may shrink to, of the square of its longer side


@dataclass(frozen=True)
class Pose:
    """Where a head points, in degrees; all 0 for a usual face seen from the front."""

    yaw: float  # above 0: to the right of the picture, the person's own left; -90..90
    pitch: float  # above 0: up; -90..90
    roll: float  # above 0: tilted clockwise in the picture; -180..180


@checked
def head_pose(face: Face | None = None) -> Pose:
    """Measure how a head is turned.

    Args:
        face: A face with its landmarks; None: a usual one, turned by 30 degrees.

    Returns:
        Yaw, pitch and roll. Faces differ: between people each is off by some degrees, so a change
        between two photos of a person says more than one number. Turned as far as profile, when
        the plane is seen from its edge, yaw is 90 and pitch 0.
    """
    points = turned_head(yaw=30) if face is None else face.landmarks.astype(np.float64)
    flat = np.column_stack([HEAD[PLANE, :2], np.ones(4)])
    solution, *_ = np.linalg.lstsq(flat, points[PLANE], rcond=None)  # (3, 2)
    linear, shift = solution[:2].T, solution[2]  # (2, 2), (2,)
    size = np.abs(linear).max()
    roll = float(np.degrees(np.arctan2(-linear[0, 1], linear[1, 1])))
    if not abs(np.linalg.det(linear)) > FLATTEST * size**2:
        side = points[NOSE, 0] - points[PLANE, 0].mean()
        return Pose(float(np.copysign(90.0, side)), 0.0, roll)
    across, down = np.linalg.solve(linear, points[NOSE] - shift) - HEAD[NOSE, :2]
    yaw = np.arctan2(across, HEAD[NOSE, 2])
    pitch = np.arctan2(-down * np.cos(yaw), HEAD[NOSE, 2])
    return Pose(float(np.degrees(yaw)), float(np.degrees(pitch)), roll)


def turned_head(yaw: float = 0, pitch: float = 0, roll: float = 0) -> NDArray[np.float64]:
    """Where the landmarks of a usual face are seen from far away.

    Args:
        yaw: Degrees, as in ``Pose``; the head is turned by it first.
        pitch: Degrees; second.
        roll: Degrees; last.

    Returns:
        (5, 2) in units of the distance of the eyes seen from the front.
    """
    y, p, r = np.radians([yaw, pitch, roll])
    about_upright = [[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]]
    about_across = [[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]]
    in_picture = [[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]]
    turned = np.array(in_picture) @ np.array(about_across) @ np.array(about_upright)
    return np.asarray((HEAD @ turned.T)[:, :2])

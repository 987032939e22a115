"""One answer of whoever claims to be present: turn the head when asked, to the side asked for.

A head that turns shows its nose nearer to one side of the face; in a photo of a face the nose stays
where it was, however the paper is turned. Tilting is different: paper tilts as well as heads do, so
a tilt only shows that somebody answers at all. The order is drawn anew each time, so that pictures
prepared in another order do not fit.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from models._face import Face
from models._face_flat import seen_from
from models._face_pose import head_pose

__all__ = ["LEAST", "TASKS", "Shot", "Task", "asked_order", "judge_shot", "yaw_curve"]

Task = Literal["left", "right", "tilt"]
TASKS: tuple[Task, ...] = get_args(Task)
LEAST = {"left": 18.0, "right": 18.0, "tilt": 12.0}  # degrees


@dataclass(frozen=True)
class Shot:
    """One answer to one task."""

    task: Task
    yaw: float  # degrees; above 0: towards the person's own left
    roll: float  # degrees; above 0: clockwise in the picture
    measured: float  # degrees, of what was asked for, in the direction asked for
    passed: bool


def judge_shot(face: Face, task: Task, mirrored: bool = False) -> Shot:
    """Decide whether a face does what was asked.

    Args:
        face: The face of the shot.
        task: ``left`` and ``right`` are the person's own; ``tilt`` is to either side.
        mirrored: Whether the picture is a mirror image, as many cameras show it.
    """
    pose = head_pose(face)
    yaw, roll = (-pose.yaw, -pose.roll) if mirrored else (pose.yaw, pose.roll)
    measured = {"left": yaw, "right": -yaw, "tilt": abs(roll)}[task]
    return Shot(task, yaw, roll, measured, measured >= LEAST[task])


def asked_order(seed: int) -> tuple[Task, ...]:
    """All tasks in an order that the seed decides."""
    order = np.random.default_rng(seed).permutation(len(TASKS))
    return tuple(TASKS[int(place)] for place in order)


def yaw_curve(turns: Iterable[float], flat: bool) -> NDArray[np.float64]:
    """What ``head_pose`` measures of a usual face that is turned.

    Args:
        turns: Degrees about the upright axis.
        flat: Whether it is a photo of the face that turns, not the head.

    Returns:
        (turns,) the measured yaw, degrees.
    """
    found = []
    for turn in turns:
        points = seen_from(turn, flat=flat).astype(np.float32)
        box = np.concatenate([points.min(0) - 1, points.max(0) + 1])
        found.append(head_pose(Face(box, 1.0, points)).yaw)
    return np.array(found)

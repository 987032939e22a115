"""Edge detectors against each other: one picture, one axis of thresholds, one way of counting."""

from dataclasses import dataclass
from typing import Annotated, Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from models._edges_canny import Sigma, canny
from models._edges_gradients import slope_of
from models._edges_scoring import (
    EdgeScore,
    Mask,
    Matching,
    Noise,
    Tolerance,
    score_edges,
    synthetic_scene,
    with_noise,
)
from models._edges_sliding import Map
from models._images import Pixels, as_pixels, to_grey
from models._ranges import Range, checked

__all__ = [
    "FALSE_ALARM",
    "HIT",
    "MISS",
    "Comparison",
    "Detector",
    "OperatorCurve",
    "compare_operators",
    "detect_edges",
]

Detector = Literal["sobel", "prewitt", "scharr", "roberts", "canny"]
Slope = Annotated[float, Range(0.0, 120.0, 0.5)]  # grey levels a pixel

DETECTORS: tuple[Detector, ...] = ("roberts", "prewitt", "sobel", "scharr", "canny")
THRESHOLDS = np.geomspace(2.0, 80.0, 24).round(1)  # grey levels a pixel
LOW_SHARE = 0.4  # Canny's lower threshold as a share of the upper
CANNY_GAIN = 8.0  # Canny's thresholds are on Sobel's scale
HIT, FALSE_ALARM, MISS = 1, 2, 3
LONGER_SIDE = 256  # of a photo in the comparison: 120 edge maps are matched pixel by pixel


@dataclass(frozen=True, eq=False)
class OperatorCurve:
    """One detector at every threshold."""

    detector: str
    precision: NDArray[np.float32]  # (thresholds,)
    recall: NDArray[np.float32]
    f_score: NDArray[np.float32]
    thickness: NDArray[np.float32]  # pixels
    found: NDArray[np.int64]  # pixels
    outcomes: NDArray[np.uint8]  # (thresholds, H, W) 0 nothing, 1 hit, 2 false alarm, 3 miss
    best: int  # index of the threshold with the highest F-score

    def at_best(self, thresholds: NDArray[np.float32]) -> tuple[float, ...]:
        """Threshold, precision, recall, F-score and thickness where the F-score is highest."""
        columns = (thresholds, self.precision, self.recall, self.f_score, self.thickness)
        return tuple(float(column[self.best]) for column in columns)


@dataclass(frozen=True, eq=False)
class Comparison:
    """All detectors on one picture, on one threshold axis."""

    photo: Pixels  # (H, W) grey, with the noise
    truth: Mask  # (H, W)
    truth_is_known: bool  # False: Canny's edges in the photo before the noise stand in for it
    thresholds: NDArray[np.float32]  # grey levels a pixel
    curves: tuple[OperatorCurve, ...]


@checked
def detect_edges(
    photo: Pixels,
    detector: Detector = "sobel",
    threshold: Slope = 12.0,
    sigma: Sigma = 1.4,
    smooth_all: bool = False,
) -> Mask:
    """Mark the pixels where a detector sees a slope of at least the threshold.

    The thresholds of all detectors are in one unit, grey levels a pixel: the magnitude is divided
    by the operator's gain. Canny starts lines at the threshold and follows them down to 0.4 of it.

    Args:
        photo: uint8 (H, W) or (H, W, 3).
        detector: Who looks.
        threshold: Slope from which a pixel is an edge.
        sigma: Of the Gaussian before it: always for Canny, for the others if ``smooth_all``.
        smooth_all: Whether the plain operators see the smoothed photo too.

    Returns:
        bool (H, W).
    """
    pixels = as_pixels(photo)
    if detector == "canny":
        high = CANNY_GAIN * threshold
        return canny(pixels, sigma=sigma, low=LOW_SHARE * high, high=high).edges
    return _slope(to_grey(pixels), detector, sigma if smooth_all else 0.0) >= threshold


def _slope(grey: Map, detector: Detector, sigma: float) -> Map:
    """Grey levels a pixel."""
    if sigma:
        grey = ndimage.gaussian_filter(grey, sigma, mode="mirror")
    return slope_of(grey, detector).slope  # type: ignore[arg-type]


@checked
def compare_operators(
    photo: Pixels | None = None,
    noise: Noise = 10.0,
    tolerance: Tolerance = 1.0,
    sigma: Sigma = 1.4,
    smooth_all: bool = False,
    matching: Matching = "one_to_one",
) -> Comparison:
    """Score every detector at every threshold, on a scene with known edges or on a photo.

    A photo has no known edges: there, what Canny finds before the noise is added stands in for
    them, and the scores say how well a detector repeats that, not how right it is.

    Args:
        photo: uint8 (H, W) or (H, W, 3), scaled to at most 256 pixels; None for the drawn scene.
        noise: Standard deviation of the Gaussian noise added, in grey levels.
        tolerance: How far a found pixel may lie from a true one.
        sigma: Of Canny's Gaussian.
        smooth_all: Whether the plain operators see the smoothed photo too.
        matching: Whether thick lines cost precision.

    Returns:
        The picture, the truth and one curve for each detector.
    """
    if photo is None:
        scene = synthetic_scene(noise=noise)
        picture, truth = scene.photo, scene.truth
    else:
        clean = _small(to_grey(as_pixels(photo)))
        truth = detect_edges(with_noise(clean, 0.0, 0), "canny", sigma=sigma)
        picture = with_noise(clean, noise, 0)
    curves = tuple(
        _curve(picture, truth, detector, (tolerance, matching), (sigma, smooth_all))
        for detector in DETECTORS
    )
    return Comparison(picture, truth, photo is None, THRESHOLDS.astype(np.float32), curves)


def _small(grey: Map) -> Map:
    scale = LONGER_SIDE / max(grey.shape)
    if scale >= 1:
        return grey
    height, width = (max(1, round(side * scale)) for side in grey.shape)
    return np.asarray(cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA), np.float32)


def _curve(
    picture: Pixels,
    truth: Mask,
    detector: Detector,
    scoring: tuple[float, Matching],
    smoothing: tuple[float, bool],
) -> OperatorCurve:
    if detector == "canny":
        maps = [detect_edges(picture, detector, float(t), smoothing[0]) for t in THRESHOLDS]
    else:
        slope = _slope(to_grey(picture), detector, smoothing[0] if smoothing[1] else 0.0)
        maps = [slope >= threshold for threshold in THRESHOLDS]
    scores = [score_edges(edges, truth, *scoring) for edges in maps]
    f_score = np.array([score.f_score for score in scores], np.float32)
    return OperatorCurve(
        detector=detector,
        precision=np.array([score.precision for score in scores], np.float32),
        recall=np.array([score.recall for score in scores], np.float32),
        f_score=f_score,
        thickness=np.array([score.thickness for score in scores], np.float32),
        found=np.array([score.found for score in scores]),
        outcomes=np.stack([_outcome(score) for score in scores]),
        best=int(f_score.argmax()),
    )


def _outcome(score: EdgeScore) -> NDArray[np.uint8]:
    """One code a pixel; a hit stands before the miss of a true pixel that another one took."""
    codes = np.zeros(score.hits.shape, np.uint8)
    codes[score.misses] = MISS
    codes[score.hits] = HIT
    codes[score.false_alarms] = FALSE_ALARM
    return codes

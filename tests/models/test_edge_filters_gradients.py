"""The slope, Canny's stages and the rotation error, against scipy and scikit-image."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage
from skimage import feature, filters, measure

from models._errors import InputError
from models._images import to_grey
from models.edge_filters import canny, gradient, rotation_error
from tests.strategies import arguments, photos

OPERATORS = ["sobel", "prewitt", "scharr", "roberts"]
RANGE = 255.0


@given(photos(3, 20))
def test_sobel_and_prewitt_equal_scipy(photo: np.ndarray) -> None:
    grey = to_grey(photo).astype(np.float64)
    for name, filtered in (("sobel", ndimage.sobel), ("prewitt", ndimage.prewitt)):
        found = gradient(photo, name)
        x, y = (filtered(grey, axis=axis, mode="mirror") for axis in (1, 0))
        assert np.abs(found.x - x).max() <= 1e-4 * RANGE
        assert np.abs(found.y - y).max() <= 1e-4 * RANGE
        assert np.abs(found.magnitude - np.hypot(x, y)).max() <= 1e-4 * RANGE


@given(photos(4, 20))
def test_magnitudes_equal_scikit_image(photo: np.ndarray) -> None:
    grey = to_grey(photo).astype(np.float64)
    for name in OPERATORS:
        found = gradient(photo, name)
        ours = found.magnitude / found.gain
        theirs = getattr(filters, name)(grey)  # their kernels add up to 1 on each side, then / √2
        scale = {"roberts": 1.0}.get(name, np.sqrt(2) / 2)
        expected = theirs * scale
        inside = (slice(1, -1), slice(1, -1))
        if name == "roberts":  # stands on the other pixel of the four
            expected, ours = expected[:-1, :-1], ours[1:, 1:]
            assert np.abs(ours - expected).max() <= 1e-4 * RANGE
        else:
            assert np.abs(ours[inside] - expected[inside]).max() <= 1e-4 * RANGE


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("angle", [-135, -90, -30, 0, 45, 60, 90, 180])
def test_direction_and_gain_on_a_ramp(operator: Any, angle: float) -> None:
    turn = np.deg2rad(angle)
    rows, columns = np.indices((41, 41)) - 20
    photo = np.rint(128 + 4 * (columns * np.cos(turn) + rows * np.sin(turn))).astype(np.uint8)
    found = gradient(photo, operator, "valid")
    x, y = found.x.mean() / found.gain, found.y.mean() / found.gain
    assert np.hypot(x, y) == pytest.approx(4, rel=0.02)
    assert np.rad2deg(np.arctan2(y, x)) % 360 == pytest.approx(angle % 360, abs=1) or angle == 0


@given(photos(3, 16), arguments(gradient))
def test_magnitude_and_direction_make_the_vector(photo: np.ndarray, keywords: Any) -> None:
    if keywords["border"] == "valid" and min(photo.shape[:2]) < 3:
        return
    found = gradient(photo, **keywords)
    assert np.allclose(found.magnitude * np.cos(found.direction), found.x, atol=0.05)
    assert np.allclose(found.magnitude * np.sin(found.direction), found.y, atol=0.05)


@given(
    photos(3, 24),
    st.floats(0, 3),
    st.floats(0, 1100),
    st.floats(0, 1100),
)
def test_canny_equals_scikit_image(photo: np.ndarray, sigma: float, a: float, b: float) -> None:
    low, high = min(a, b), max(a, b)
    found = canny(photo, sigma, low, high).edges
    grey = to_grey(photo).astype(np.float64)
    expected = feature.canny(grey, sigma, low, high, mode="mirror")
    assert np.array_equal(found, expected)


@given(photos(3, 24), st.floats(0, 3))
def test_canny_s_stages_follow_from_each_other(photo: np.ndarray, sigma: float) -> None:
    stages = canny(photo, sigma, 40.0, 120.0)
    assert np.allclose(stages.magnitude, np.hypot(stages.x, stages.y), rtol=1e-5, atol=1e-3)
    assert not (stages.strong & stages.weak).any()
    kept = stages.thinned > 0
    assert np.array_equal(kept & (stages.thinned >= 40), stages.strong | stages.weak)
    assert (stages.edges >= stages.strong).all()
    assert (stages.edges <= (stages.strong | stages.weak)).all()
    labels = measure.label(stages.edges, connectivity=2)
    assert all(stages.strong[labels == one].any() for one in range(1, labels.max() + 1))


def test_canny_keeps_a_weak_line_only_on_a_strong_one() -> None:
    fading = np.linspace(60, 12, 40).round()[:, None]  # one edge, strong above, weak below
    photo = np.full((40, 60), 100, np.uint8)
    photo[:, 12:24] += fading.astype(np.uint8)
    photo[:, 40:] += 12  # as weak, and alone
    stages = canny(photo, 1.0, 15.0, 100.0)
    assert stages.edges[1:39, 9:14].any(axis=1).all()
    assert stages.weak[30:38, 9:14].any(axis=1).all()
    assert stages.weak[1:39, 38:42].any(axis=1).all()
    assert not stages.edges[:, 30:].any()


def test_canny_on_plain_and_tiny_photos() -> None:
    for shape in ((1, 1), (2, 9), (3, 3)):
        assert not canny(np.full(shape, 9, np.uint8), 1.0, 0.0, 0.0).edges.any()


def test_swapped_thresholds_are_refused() -> None:
    with pytest.raises(InputError) as caught:
        canny(np.zeros((9, 9), np.uint8), low=200.0, high=100.0)
    assert caught.value.code == "thresholds_swapped"


@pytest.mark.parametrize("operator", OPERATORS)
def test_rotation_error_is_what_stripes_show(operator: Any) -> None:
    wavelength = 8.0
    error = rotation_error(operator, wavelength)
    for angle in (0, 20, 45, 70):
        turn = np.deg2rad(angle)
        rows, columns = np.indices((200, 200))
        along = columns * np.cos(turn) + rows * np.sin(turn)
        photo = np.rint(127.5 + 127 * np.sin(2 * np.pi / wavelength * along)).astype(np.uint8)
        found = gradient(photo, operator, "valid")
        x, y = found.x / found.gain, found.y / found.gain
        slope = np.sqrt((x**2 + y**2).mean() * 2)  # amplitude of a sine from its power
        assert slope / (127 * 2 * np.pi / wavelength) == pytest.approx(error.gain[angle], rel=0.01)
        axis = np.rad2deg(np.arctan2((x * y).sum(), (x * x).sum())) if angle < 60 else None
        if axis is not None:
            assert axis - angle == pytest.approx(error.direction_error[angle], abs=0.1)


@pytest.mark.parametrize("wavelength", [4.0, 8.0, 16.0])
def test_scharr_is_the_most_even(wavelength: float) -> None:
    errors = {name: rotation_error(name, wavelength) for name in OPERATORS}
    worst = {name: error.worst_direction for name, error in errors.items()}
    assert worst["scharr"] < worst["sobel"] / 3 < worst["prewitt"] / 3
    uneven = {name: error.unevenness for name, error in errors.items()}
    assert uneven["scharr"] < uneven["sobel"] / 3 < uneven["prewitt"] / 3

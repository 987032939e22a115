"""Sliding a kernel: equal to scipy, at every border, for every photo and kernel."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import ndimage

from models import edge_filters
from models._errors import InputError
from models._images import to_grey
from models._ranges import limits
from tests.strategies import arguments, ends, outside, photos

SCIPY_MODES = {"reflect": "mirror", "replicate": "nearest", "zero": "constant", "wrap": "wrap"}
PHOTO = np.random.default_rng(7).integers(0, 256, (21, 17, 3), dtype=np.uint8)
PUBLIC = [getattr(edge_filters, n) for n in edge_filters.__all__ if n != "KERNELS"]
NEEDS_PHOTO = {"respond", "present", "describe", "gradient", "canny", "arithmetic"}
NEEDS_PHOTO |= {"compare_borders", "compare_smoothing", "detect_edges"}
EDGES = {"found": np.eye(9, dtype=bool), "truth": np.eye(9, dtype=bool)}


def subjects(function: Any) -> dict[str, Any]:
    if function.__name__ == "score_edges":
        return EDGES
    return {"photo": PHOTO} if function.__name__ in NEEDS_PHOTO else {}


@st.composite
def kernels(draw: st.DrawFn) -> np.ndarray:
    if draw(st.booleans()):
        return edge_filters.KERNELS[draw(st.sampled_from(sorted(edge_filters.KERNELS)))]
    shape = draw(st.tuples(st.integers(1, 7), st.integers(1, 7)))
    weights = st.floats(-20, 20, width=32, allow_nan=False, allow_subnormal=False)
    return draw(arrays.arrays(np.float32, shape, elements=weights))


def reference(plane: np.ndarray, kernel: np.ndarray, border: str, flip: bool) -> np.ndarray:
    """The same by scipy; ``valid`` cut from a filtered picture, channel by channel."""
    apply = ndimage.convolve if flip else ndimage.correlate
    if plane.ndim == 3:
        return np.dstack([reference(plane[..., c], kernel, border, flip) for c in range(3)])
    exact, weights = plane.astype(np.float64), kernel.astype(np.float64)
    if border != "valid":
        return apply(exact, weights, mode=SCIPY_MODES[border])
    rows, columns = kernel.shape
    top, left = (rows - flip) // 2, (columns - flip) // 2
    height, width = plane.shape[0] - rows + 1, plane.shape[1] - columns + 1
    return apply(exact, weights)[top : top + height, left : left + width]


def tolerance(kernel: np.ndarray) -> float:
    """1e-4 of the range of answers."""
    return 1e-4 * max(1.0, 255.0 * float(np.abs(kernel).sum(dtype=np.float64)))


@given(photos(8, 24), arguments(edge_filters.respond, kernel=kernels()), st.booleans())
def test_equal_to_scipy(photo: np.ndarray, keywords: dict[str, Any], flip: bool) -> None:
    answer = edge_filters.respond(photo, **keywords, flip=flip).values
    expected = reference(photo, keywords["kernel"], keywords["border"], flip)
    assert answer.dtype == np.float32
    assert answer.shape == expected.shape
    assert np.abs(answer - expected).max() <= tolerance(keywords["kernel"])


@given(photos(1, 6), kernels(), st.sampled_from(["zero", "reflect", "replicate", "wrap"]))
def test_photos_smaller_than_the_kernel(photo: np.ndarray, kernel: np.ndarray, border: str) -> None:
    reach = [(side // 2, side - 1 - side // 2) for side in kernel.shape]
    modes = {"zero": "constant", "replicate": "edge"}
    widths = reach + [(0, 0)] * (photo.ndim - 2)
    around = np.pad(photo, widths, mode=modes.get(border, border))
    answer = edge_filters.respond(photo, kernel, border).values
    expected = edge_filters.respond(around, kernel, "valid").values
    assert np.allclose(answer, expected, atol=tolerance(kernel))


@pytest.mark.parametrize("side", [11, 15])
def test_large_kernels_keep_their_digits(side: int) -> None:
    random = np.random.default_rng(side)
    photo = random.integers(0, 256, (200, 300), dtype=np.uint8)
    kernel = random.uniform(-1, 1, (side, side)).astype(np.float32)
    answer = edge_filters.respond(photo, kernel).values
    expected = ndimage.correlate(photo.astype(float), kernel.astype(float), mode="mirror")
    assert np.abs(answer - expected).max() <= 1e-4 * 255


def test_ng_s_vertical_edge() -> None:
    photo = np.zeros((6, 6), np.uint8)
    photo[:, :3] = 10
    kernel = [[1, 0, -1]] * 3
    valid = edge_filters.respond(photo, kernel, border="valid").values
    assert valid.tolist() == [[0, 30, 30, 0]] * 4
    assert edge_filters.respond(photo, kernel).values.shape == (6, 6)
    turned = edge_filters.respond(photo, kernel, border="valid", flip=True)
    assert turned.values.tolist() == [[0, -30, -30, 0]] * 4
    assert turned.kernel.tolist() == [[-1, 0, 1]] * 3


def test_reflect_does_not_repeat_the_rim() -> None:
    photo = np.array([[1, 2, 3]], np.uint8)
    left = edge_filters.respond(photo, [[1, 0, 0]], "reflect").values
    assert left.tolist() == [[2, 1, 2]]
    assert edge_filters.respond(photo, [[1, 0, 0]], "replicate").values.tolist() == [[1, 1, 2]]
    assert edge_filters.respond(photo, [[1, 0, 0]], "zero").values.tolist() == [[0, 1, 2]]
    assert edge_filters.respond(photo, [[1, 0, 0]], "wrap").values.tolist() == [[3, 1, 2]]


def test_brighter_to_the_right_and_below_is_positive() -> None:
    ramp = np.tile(np.arange(0, 90, 10, dtype=np.uint8), (9, 1))
    for name in ("sobel", "prewitt", "scharr"):
        assert (edge_filters.respond(ramp, f"{name}_x", "valid").values > 0).all()
        assert (edge_filters.respond(ramp.T, f"{name}_y", "valid").values > 0).all()
        assert (edge_filters.respond(ramp, f"{name}_y", "valid").values == 0).all()


@given(photos(6, 20, grey=True), kernels(), kernels())
def test_a_sum_of_kernels_answers_the_sum(
    photo: np.ndarray, one: np.ndarray, other: np.ndarray
) -> None:
    if one.shape != other.shape:
        return
    both = edge_filters.respond(photo, one + other).values
    apart = edge_filters.respond(photo, one).values + edge_filters.respond(photo, other).values
    assert np.allclose(both, apart, atol=tolerance(one) + tolerance(other))


def test_photos_that_lie_oddly_in_memory() -> None:
    flipped, read_only = PHOTO[::-1, ::2], PHOTO.copy()
    read_only.flags.writeable = False
    straight = edge_filters.respond(np.ascontiguousarray(flipped)).values
    assert np.array_equal(edge_filters.respond(flipped).values, straight)
    assert edge_filters.respond(read_only, border="wrap").values.shape == PHOTO.shape


@given(photos(5, 14), arguments(edge_filters.arithmetic, kernel=kernels()), st.booleans())
def test_arithmetic_is_the_answer(photo: np.ndarray, keywords: dict[str, Any], flip: bool) -> None:
    kernel, border, channel = (keywords[name] for name in ("kernel", "border", "channel"))
    if border == "valid" and (np.array(kernel.shape) > photo.shape[:2]).any():
        return
    colours = ["red", "green", "blue"]
    colour = photo.ndim == 3 and channel in colours
    plane = photo[..., colours.index(channel)] if colour else to_grey(photo)
    expected = reference(plane, kernel, border, flip)
    keywords["row"] %= expected.shape[0]
    keywords["column"] %= expected.shape[1]
    opened = edge_filters.arithmetic(photo, **keywords, flip=flip)
    found = expected[keywords["row"], keywords["column"]]
    assert opened.sum == pytest.approx(found, abs=tolerance(kernel))
    assert opened.products.sum() == pytest.approx(opened.sum, abs=tolerance(kernel))
    assert np.allclose(opened.products, opened.patch * opened.kernel)
    assert opened.text.count("×") == kernel.size


def test_arithmetic_tells_what_lies_beyond_the_rim() -> None:
    corner = edge_filters.arithmetic(PHOTO, "box_3", 0, 0, border="zero")
    assert corner.inside.tolist() == [[False] * 3, [False, True, True], [False, True, True]]
    assert (corner.patch[~corner.inside] == 0).all()
    assert edge_filters.arithmetic(PHOTO, "box_3", 0, 0, border="valid").inside.all()


def test_arithmetic_text_adds_up() -> None:
    opened = edge_filters.arithmetic(PHOTO, "emboss", 5, 5, channel="red")
    left, right = opened.text.replace("×", "*").replace("\n", " ").split("=")
    assert eval(left) == pytest.approx(float(right))


@given(photos(8, 20), arguments(edge_filters.present, kernel=kernels()))
def test_views_hide_what_they_say(photo: np.ndarray, keywords: dict[str, Any]) -> None:
    shown = edge_filters.present(photo, **keywords, colour=True)
    answer = edge_filters.respond(photo, keywords["kernel"], keywords["border"]).values
    assert shown.counts.sum() == answer.size
    beyond = ((shown.values < shown.low) | (shown.values > shown.high)).sum()
    assert beyond <= 0.005 * answer.size + 2  # two ends, each between two answers
    assert shown.negative == pytest.approx((answer < 0).mean())
    changed = (shown.values != answer).mean()
    hidden = {"signed": 0, "absolute": shown.negative, "clipped": shown.below + shown.above}
    assert changed == pytest.approx(hidden[keywords["view"]])


def test_grey_is_weighed_before_it_is_answered() -> None:
    shown = edge_filters.present(PHOTO, "sobel_x").values
    expected = ndimage.sobel(to_grey(PHOTO).astype(np.float64), axis=1, mode="mirror")
    assert np.abs(shown - expected).max() <= tolerance(edge_filters.KERNELS["sobel_x"])
    assert edge_filters.present(PHOTO, "sobel_x", colour=True).values.shape == PHOTO.shape


def test_borders_at_the_rim() -> None:
    plain = np.full((9, 9), 200, np.uint8)
    views = {view.border: view for view in edge_filters.compare_borders(plain, "sobel_x")}
    assert views["zero"].rim > 100
    assert all(views[name].rim == 0 for name in ("reflect", "replicate", "wrap", "valid"))
    assert all(view.interior == 0 for view in views.values())
    assert views["valid"].shape == (7, 7)
    corner = views["zero"].corner
    assert corner.shape == (5, 5)
    assert (corner[0] == 0).all()
    assert (corner[1:, 1:] == 200).all()


@given(photos(8, 16), kernels(), st.booleans())
def test_borders_agree_inside(photo: np.ndarray, kernel: np.ndarray, flip: bool) -> None:
    for view in edge_filters.compare_borders(photo, kernel, flip):
        expected = reference(to_grey(photo), kernel, view.border, flip)
        assert np.allclose(view.values, expected, atol=tolerance(kernel))
        inside = np.abs(reference(to_grey(photo), kernel, "valid", flip))
        assert view.interior == pytest.approx(inside.mean(), abs=tolerance(kernel))
        everywhere = np.abs(expected)
        if view.border != "valid" and kernel.size > 1:
            rim = (everywhere.sum() - inside.sum()) / (everywhere.size - inside.size)
            assert view.rim == pytest.approx(rim, abs=4 * tolerance(kernel))


def test_smoother_is_smaller_and_more_even() -> None:
    found = {one.name: one for one in edge_filters.compare_smoothing(PHOTO)}
    for family in ("box", "gaussian"):
        three, five, seven = (found[f"{family}_{side}"] for side in (3, 5, 7))
        assert three.largest_weight > five.largest_weight > seven.largest_weight
        assert three.noise_gain > five.noise_gain > seven.noise_gain
        assert 1 > three.detail > five.detail > seven.detail
    for side in (3, 5, 7):
        assert found[f"box_{side}"].noise_gain < found[f"gaussian_{side}"].noise_gain
        assert found[f"box_{side}"].noise_gain == pytest.approx(1 / side)


@given(photos(1, 12))
def test_a_photo_in_numbers(photo: np.ndarray) -> None:
    numbers = edge_filters.describe(photo)
    assert numbers.shape == photo.shape
    assert numbers.histogram.sum() == photo.size
    assert max(numbers.maximum) == photo.max()
    assert min(numbers.minimum) == photo.min()
    assert np.mean(numbers.mean) == pytest.approx(photo.mean())


@pytest.mark.slow
@pytest.mark.parametrize("function", PUBLIC, ids=lambda f: f.__name__)
def test_both_ends_of_every_range_answer(function: Any) -> None:
    for name, value in ends(function):
        if name in {"row", "column"} or (name, value) in {("low", 1100.0), ("high", 0.0)}:
            continue  # refused with a sentence of their own; see below and the Canny tests
        function(**subjects(function), **{name: value})


@pytest.mark.parametrize("function", PUBLIC, ids=lambda f: f.__name__)
def test_beyond_every_range_is_refused(function: Any) -> None:
    for name, value in outside(function):
        with pytest.raises(InputError):
            function(**subjects(function), **{name: value})


@pytest.mark.parametrize("function", PUBLIC, ids=lambda f: f.__name__)
def test_every_number_has_a_limit_and_a_default(function: Any) -> None:
    kinds = {"kernel", "flip", "colour", "smooth_all", *subjects(function)}
    if function.__name__ == "compare_operators":
        kinds.add("photo")
    import inspect

    for name, parameter in inspect.signature(function).parameters.items():
        assert name in kinds or name in limits(function)
        assert name in subjects(function) or parameter.default is not parameter.empty


def refused(code: str, *args: Any, **keywords: Any) -> None:
    with pytest.raises(InputError) as caught:
        edge_filters.respond(*args, **keywords)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("kernel", "code"),
    [
        ("no_such_kernel", "kernel_unknown"),
        ([1, 2, 3], "kernel_shape"),
        ([[]], "kernel_shape"),
        ([], "kernel_shape"),
        (3, "kernel_shape"),
        ([[1, 2], [3]], "kernel_shape"),
        (np.ones((16, 3)), "kernel_shape"),
        (np.ones((1, 16)), "kernel_shape"),
        ([[1, float("nan")]], "kernel_not_finite"),
        ([[float("inf")]], "kernel_not_finite"),
        ([["a", "b"]], "kernel_not_numbers"),
        ([[True]], "kernel_not_numbers"),
        ([[1j]], "kernel_not_numbers"),
        ([[None]], "kernel_not_numbers"),
        (None, "kernel_not_numbers"),
        ([[1e308]], "kernel_too_large"),
        ([[10**400]], "kernel_not_numbers"),
    ],
)
def test_bad_kernels(kernel: Any, code: str) -> None:
    refused(code, PHOTO, kernel)


def test_bad_photos_and_places() -> None:
    refused("photo_shape", np.zeros((4, 4)))
    refused("photo_shape", np.zeros((4, 4, 4), np.uint8))
    refused("photo_shape", np.zeros((0, 4), np.uint8))
    refused("kernel_larger_than_photo", np.zeros((2, 9), np.uint8), "box_3", border="valid")
    with pytest.raises(InputError) as caught:
        edge_filters.arithmetic(PHOTO, "box_3", row=19, column=0, border="valid")
    assert (caught.value.code, caught.value.values["height"]) == ("pixel_outside", 19)


def test_kernels_travel_as_json() -> None:
    table = json.loads(json.dumps(edge_filters.KERNELS["scharr_x"].tolist()))
    by_name = edge_filters.respond(PHOTO, "scharr_x").values
    assert np.array_equal(edge_filters.respond(PHOTO, table).values, by_name)

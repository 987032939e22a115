"""What is read off a kernel, against scipy, numpy and the textbook."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import signal

from models import edge_filters
from models._errors import InputError
from models.edge_filters import KERNELS, analyse_kernel, normalise_kernel, respond
from tests.models.test_edge_filters import kernels
from tests.strategies import photos

NAMES = sorted(KERNELS)
NOISE = np.random.default_rng(3).integers(60, 196, (300, 300), dtype=np.uint8)


def test_every_kernel_of_the_page_is_there() -> None:
    pairs = {f"{n}_{axis}" for n in ("sobel", "prewitt", "scharr", "roberts") for axis in "xy"}
    sizes = {f"{name}_{side}" for name in ("gaussian", "box") for side in (3, 5, 7)}
    rest = {"laplacian_4", "laplacian_8", "sharpen", "emboss", "identity"}
    assert set(KERNELS) == pairs | sizes | rest


@pytest.mark.parametrize("name", NAMES)
def test_kernels_cannot_be_changed(name: str) -> None:
    with pytest.raises(ValueError, match="read-only"):
        KERNELS[name][0, 0] = 9
    with pytest.raises(TypeError):
        KERNELS[name] = np.ones((3, 3))  # type: ignore[index]


@pytest.mark.parametrize("name", NAMES)
def test_sums(name: str) -> None:
    keeps = name.startswith(("gaussian", "box", "sharpen", "emboss", "identity"))
    assert analyse_kernel(name).sum == pytest.approx(1.0 if keeps else 0.0, abs=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_an_even_surface_is_answered_with_the_sum(name: str) -> None:
    answer = respond(np.full((9, 9), 100, np.uint8), name).values
    assert np.allclose(answer, 100 * analyse_kernel(name).sum, atol=1e-3)


@pytest.mark.parametrize(
    ("name", "rank"),
    [
        *((name, 1) for name in ("sobel_x", "scharr_y", "gaussian_7", "box_5", "identity")),
        *((name, 2) for name in ("laplacian_4", "laplacian_8", "sharpen", "roberts_x")),
    ],
)
def test_ranks(name: str, rank: int) -> None:
    report = analyse_kernel(name)
    assert report.rank == rank == np.linalg.matrix_rank(KERNELS[name])
    assert report.separable == (rank == 1)


def test_what_separation_saves() -> None:
    report = analyse_kernel("gaussian_7")
    assert (report.multiplications, report.multiplications_separable) == (49, 14)
    assert report.column is not None
    assert report.column.tolist() == [1, 6, 15, 20, 15, 6, 1]
    assert analyse_kernel("laplacian_4").column is None


@given(kernels())
def test_factors_multiply_to_the_kernel(kernel: np.ndarray) -> None:
    report = analyse_kernel(kernel)
    assert np.allclose(
        report.singular_values,
        np.linalg.svd(kernel.astype(float), compute_uv=False),
        atol=1e-4,
    )
    assert (report.column is None) == (report.row is None) == (report.rank != 1)
    if report.column is not None and report.row is not None:
        product = np.outer(report.column.astype(float), report.row)
        assert np.allclose(product, kernel, rtol=1e-4, atol=1e-5 * np.abs(kernel).max())


@given(photos(8, 20, grey=True), st.sampled_from(["sobel_x", "gaussian_5", "box_3", "prewitt_y"]))
def test_column_after_row_does_the_same(photo: np.ndarray, name: str) -> None:
    report = analyse_kernel(name)
    assert report.column is not None
    assert report.row is not None
    rows = np.apply_along_axis(np.correlate, 1, photo.astype(float), report.row, "valid")
    twice = np.apply_along_axis(np.correlate, 0, rows, report.column, "valid")
    assert np.allclose(respond(photo, name, "valid").values, twice, atol=0.02)


@given(kernels())
def test_frequency_response_is_the_fourier_transform(kernel: np.ndarray) -> None:
    report = analyse_kernel(kernel, 33)
    index = np.array([0, 5, 16, 20, 32])
    for one in index:
        down = report.frequencies[one] * 2 * np.pi
        rows = [signal.freqz(line.astype(float), worN=[0.0])[1] for line in kernel]  # u = 0
        column = np.array([row[0] for row in rows])
        expected = abs(signal.freqz(column, worN=[down])[1][0])
        assert report.gain[one, 16] == pytest.approx(expected, rel=1e-3, abs=1e-2)
    assert report.gain[16, 16] == pytest.approx(abs(report.sum), rel=1e-4, abs=1e-3)


def test_gain_is_what_stripes_come_out_with() -> None:
    columns = np.arange(256)
    stripes = (127.5 + 100 * np.cos(2 * np.pi * columns / 8))[None, :].repeat(16, axis=0)
    photo = stripes.round().astype(np.uint8)
    report = analyse_kernel("box_5", 65)
    answer = respond(photo, "box_5", "wrap").values
    before, after = np.ptp(photo[8].astype(float)), np.ptp(answer[8])
    at_one_eighth = int(np.abs(report.frequencies - 1 / 8).argmin())
    assert after / before == pytest.approx(report.gain[32, at_one_eighth], abs=0.02)


@pytest.mark.parametrize("name", ["box_3", "box_7", "gaussian_5", "sobel_x", "sharpen"])
def test_noise_gain_is_measured_noise(name: str) -> None:
    answer = respond(NOISE, name, "valid").values
    assert answer.std() / NOISE.std() == pytest.approx(analyse_kernel(name).noise_gain, rel=0.03)


def test_spread() -> None:
    assert analyse_kernel("gaussian_5").spread == pytest.approx(1.0)  # binomial: (n - 1) / 4
    assert analyse_kernel("box_3").spread == pytest.approx(np.sqrt(2 / 3))
    assert analyse_kernel("identity").spread == 0
    assert analyse_kernel("sobel_x").spread is None


@given(kernels())
def test_normalised_kernels_stay_on_the_scale(kernel: np.ndarray) -> None:
    scaled = normalise_kernel(kernel).astype(np.float64)
    total, size = kernel.sum(dtype=np.float64), np.abs(kernel).sum(dtype=np.float64)
    if size == 0:
        assert (scaled == 0).all()
    elif abs(total) > 1e-3 * size:
        assert scaled.sum() == pytest.approx(1, rel=1e-3)
    elif abs(total) < 1e-7 * size:
        assert np.abs(scaled).sum() == pytest.approx(2, rel=1e-3)


def test_bad_kernels_are_refused_everywhere() -> None:
    for function in (normalise_kernel, analyse_kernel):
        with pytest.raises(InputError, match="kernel_not_finite"):
            function([[float("nan")]])
    with pytest.raises(InputError, match="kernel_shape"):
        edge_filters.compare_borders(NOISE, np.ones((3, 3, 3)))


@given(photos(8, 16, grey=True), kernels(), st.sampled_from([7, 9, 15]))
def test_a_larger_square_answers_the_same(photo: np.ndarray, kernel: np.ndarray, side: int) -> None:
    square = edge_filters.resize_kernel(kernel, side)
    assert square.shape == (side, side)
    assert np.allclose(respond(photo, square).values, respond(photo, kernel).values, atol=0.05)
    assert np.array_equal(
        edge_filters.resize_kernel(edge_filters.resize_kernel("box_7", side), 3),
        edge_filters.resize_kernel("box_7", 3),
    )

"""Distances between clouds of points: closed forms, and others' implementations."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import sqrtm
from sklearn.neighbors import NearestNeighbors

from models._gan_measure import (
    Gaussian,
    class_agreement,
    frechet_distance,
    gaussian,
    precision_recall,
    radii,
)

SEEDS = st.integers(0, 2**32 - 1)


def cloud(seed, points=60, dimensions=8):
    chance = np.random.default_rng(seed)
    mixing = chance.normal(size=(dimensions, dimensions))
    return chance.normal(size=(points, dimensions)) @ mixing + chance.normal(size=dimensions)


def by_the_formula(first, second):
    apart = first.mean - second.mean
    root = sqrtm(first.covariance @ second.covariance)
    return float(apart @ apart + np.trace(first.covariance + second.covariance - 2 * root.real))


def test_mean_and_covariance_are_numpys():
    points = cloud(0)
    found = gaussian(points)
    np.testing.assert_allclose(found.mean, points.mean(0))
    np.testing.assert_allclose(found.covariance, np.cov(points.T))
    assert found.count == 60


@given(SEEDS, st.integers(1, 12))
@settings(max_examples=30)
def test_the_distance_is_that_of_the_formula(seed, dimensions):
    first, second = (gaussian(cloud(seed + n, 60, dimensions)) for n in (0, 1))
    wanted = by_the_formula(first, second)
    assert frechet_distance(first, second) == pytest.approx(wanted, rel=1e-8, abs=1e-8)


@given(SEEDS, st.floats(0, 9), st.floats(0, 9), st.floats(-5, 5))
def test_one_dimension_has_a_closed_form(seed, first, second, apart):
    one = Gaussian(np.zeros(1), np.array([[first**2]]), 2)
    other = Gaussian(np.array([apart]), np.array([[second**2]]), 2)
    wanted = apart**2 + (first - second) ** 2
    assert frechet_distance(one, other) == pytest.approx(wanted, abs=1e-9)


def test_covariances_that_commute_have_a_closed_form():
    axes, _ = np.linalg.qr(np.random.default_rng(1).normal(size=(5, 5)))
    first, second = np.array([0.0, 1, 2, 3, 4]), np.array([4.0, 0, 1, 5, 2])
    pair = [Gaussian(np.zeros(5), (axes * each**2) @ axes.T, 9) for each in (first, second)]
    assert frechet_distance(*pair) == pytest.approx(((first - second) ** 2).sum())


@given(SEEDS, st.integers(3, 40))
@settings(max_examples=20)
def test_the_distance_to_itself_is_zero_and_both_ways_are_equal(seed, points):
    first, second = (gaussian(cloud(seed + n, points, 20)) for n in (0, 1))  # some without rank
    scale = np.trace(first.covariance)
    assert frechet_distance(first, first) == pytest.approx(0, abs=1e-7 * scale)
    there, back = frechet_distance(first, second), frechet_distance(second, first)
    assert there == pytest.approx(back, rel=1e-9)
    assert there > 0


def test_fewer_points_than_dimensions_are_no_special_case():
    """The formula's own square root goes wrong here, so the answer is known otherwise."""
    chance = np.random.default_rng(2)
    axes, _ = np.linalg.qr(chance.normal(size=(200, 200)))
    spreads = np.zeros((2, 200))
    spreads[0, :9], spreads[1, 5:14] = 3.0, 2.0
    pair = [Gaussian(np.zeros(200), (axes * each**2) @ axes.T, 10) for each in spreads]
    wanted = ((spreads[0] - spreads[1]) ** 2).sum()
    assert frechet_distance(*pair) == pytest.approx(wanted, rel=1e-6)


def covered(points, others, neighbours):
    """The share of points inside any ball, ball by ball."""
    reach = NearestNeighbors(n_neighbors=neighbours + 1).fit(others).kneighbors(others)[0][:, -1]
    inside = [
        any(np.linalg.norm(point - other) <= r for other, r in zip(others, reach, strict=True))
        for point in points
    ]
    return np.mean(inside)


@given(SEEDS, st.integers(1, 5), st.floats(0, 4))
@settings(max_examples=15)
def test_precision_and_recall_count_balls(seed, neighbours, apart):
    real, made = cloud(seed, 40, 3), cloud(seed, 40, 3)[::-1] * 0.7 + apart
    found = precision_recall(real, made, neighbours)
    assert found.precision == covered(made, real, neighbours)
    assert found.recall == covered(real, made, neighbours)


def test_the_radius_is_the_distance_to_the_third_neighbour():
    points = cloud(3, 1100, 4)  # more than one block
    wanted = NearestNeighbors(n_neighbors=4).fit(points).kneighbors(points)[0][:, 3]
    np.testing.assert_allclose(np.sqrt(radii(points)), wanted, rtol=1e-9)


def test_a_cloud_covers_itself_even_where_points_coincide():
    points = np.repeat(cloud(4, 10), 6, axis=0)
    assert precision_recall(points, points).precision == 1
    assert precision_recall(points, points).recall == 1


def test_a_collapsed_generator_is_precise_and_recalls_little():
    real = cloud(5, 200)
    collapsed = np.repeat(real[:1], 200, axis=0) + np.random.default_rng(0).normal(
        0, 1e-3, (200, 8)
    )
    found = precision_recall(real, collapsed)
    assert found.precision == 1
    assert found.recall < 0.02


def test_clouds_far_apart_share_nothing():
    found = precision_recall(cloud(6), cloud(6) + 1000)
    assert (found.precision, found.recall) == (0, 0)


def test_agreement_counts_the_most_probable_class():
    assert class_agreement([[0.1, 0.9], [0.8, 0.2], [0.4, 0.6]], [1, 0, 0]) == pytest.approx(2 / 3)

"""Counting edges: known answers, a matching of its own, and what the comparison shows."""

import networkx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import ndimage
from skimage import data

from models._errors import InputError
from models.edge_filters import compare_operators, detect_edges, score_edges, synthetic_scene

MAPS = arrays.arrays(np.bool_, (9, 11))
TOLERANCES = st.sampled_from([0.0, 0.5, 1.0, 1.5, 2.0, 3.0])


@given(MAPS)
def test_a_map_agrees_with_itself(edges: np.ndarray) -> None:
    for matching in ("nearest", "one_to_one"):
        score = score_edges(edges, edges, 0.0, matching)
        assert (score.precision, score.recall, score.f_score) == (1, 1, 1)


@given(MAPS, MAPS, TOLERANCES)
def test_nearest_equals_a_distance_transform(
    found: np.ndarray, truth: np.ndarray, tolerance: float
) -> None:
    if not found.any() or not truth.any():
        return
    score = score_edges(found, truth, tolerance)
    to_truth = ndimage.distance_transform_edt(~truth)
    to_found = ndimage.distance_transform_edt(~found)
    precision = (to_truth[found] <= tolerance).mean()
    recall = (to_found[truth] <= tolerance).mean()
    assert score.precision == pytest.approx(precision)
    assert score.recall == pytest.approx(recall)
    both = precision + recall
    assert score.f_score == pytest.approx(2 * precision * recall / both if both else 0)
    assert np.array_equal(score.hits | score.false_alarms, found)


@given(MAPS, MAPS, TOLERANCES)
def test_one_to_one_pairs_as_many_as_can_be(
    found: np.ndarray, truth: np.ndarray, tolerance: float
) -> None:
    score = score_edges(found, truth, tolerance, "one_to_one")
    graph: networkx.Graph = networkx.Graph()
    left = [("found", *place) for place in np.argwhere(found).tolist()]
    right = [("true", *place) for place in np.argwhere(truth).tolist()]
    graph.add_nodes_from(left + right)
    for one in left:
        for other in right:
            if np.hypot(one[1] - other[1], one[2] - other[2]) <= tolerance:
                graph.add_edge(one, other)
    pairs = len(networkx.bipartite.hopcroft_karp_matching(graph, left)) // 2
    assert score.hits.sum() == pairs
    assert (truth & ~score.misses).sum() == pairs
    assert score.precision <= score_edges(found, truth, tolerance).precision


def test_thick_lines_cost_precision_only_one_to_one() -> None:
    truth = np.zeros((20, 20), bool)
    truth[10] = True
    thick = np.zeros_like(truth)
    thick[9:12] = True
    assert score_edges(thick, truth, 1.0).precision == 1
    assert score_edges(thick, truth, 1.0, "one_to_one").precision == pytest.approx(1 / 3)
    assert score_edges(thick, truth, 1.0).thickness == 3


def test_empty_maps() -> None:
    nothing, something = np.zeros((4, 4), bool), np.eye(4, dtype=bool)
    for matching in ("nearest", "one_to_one"):
        assert score_edges(nothing, nothing, 1.0, matching).f_score == 1
        assert score_edges(nothing, something, 1.0, matching).f_score == 0
        assert score_edges(something, nothing, 1.0, matching).precision == 0


def test_maps_of_two_sizes_are_refused() -> None:
    with pytest.raises(InputError) as caught:
        score_edges(np.zeros((3, 4), bool), np.zeros((4, 3), bool))
    assert caught.value.code == "edges_shape"


def test_the_scene_s_edges_are_where_the_brightness_changes() -> None:
    scene = synthetic_scene(noise=0.0)
    rises = np.zeros(scene.truth.shape)
    levels = scene.photo.astype(float)
    rises[:, 1:-1] += np.abs(levels[:, 2:] - levels[:, :-2])
    rises[1:-1] += np.abs(levels[2:] - levels[:-2])
    assert (rises[scene.truth] > 0).all()
    assert ndimage.distance_transform_edt(~scene.truth)[rises > 0].max() <= 1.5
    areas, count = ndimage.label(~scene.truth)
    assert count == 7  # ground, disc, square, ring, its hole, faint disc, bar
    assert [np.ptp(levels[areas == one]) <= 30 for one in range(1, 8)] == [True] * 7


def test_the_scene_is_as_noisy_as_asked_and_repeats() -> None:
    clean, noisy = synthetic_scene(0.0), synthetic_scene(12.0, seed=3)
    difference = noisy.photo.astype(float) - clean.photo
    assert difference.std() == pytest.approx(12, rel=0.03)
    assert np.array_equal(noisy.photo, synthetic_scene(12.0, seed=3).photo)
    assert not np.array_equal(noisy.photo, synthetic_scene(12.0, seed=4).photo)


def test_canny_s_thin_lines_are_visible_as_numbers() -> None:
    for noise in (0.0, 10.0, 25.0):
        curves = {c.detector: c for c in compare_operators(noise=noise).curves}
        canny = curves.pop("canny")
        assert canny.f_score.max() > 0.85
        assert all(canny.f_score.max() > c.f_score.max() + 0.1 for c in curves.values())
    smooth = {c.detector: c for c in compare_operators(noise=10.0, smooth_all=True).curves}
    assert smooth["canny"].thickness[smooth["canny"].best] < 1.3
    assert smooth["sobel"].thickness[smooth["sobel"].best] > 1.8


def test_a_curve_is_what_its_parts_say() -> None:
    comparison = compare_operators(noise=15.0, tolerance=1.5, sigma=1.0, matching="nearest")
    assert comparison.truth_is_known
    for curve in comparison.curves:
        index = curve.best
        threshold = float(comparison.thresholds[index])
        edges = detect_edges(comparison.photo, curve.detector, threshold, sigma=1.0)
        outcome = curve.outcomes[index]
        assert (edges != np.isin(outcome, (1, 2))).mean() < 1e-3
        score = score_edges(np.isin(outcome, (1, 2)), comparison.truth, 1.5)
        assert np.array_equal(outcome == 1, score.hits)
        assert np.array_equal(outcome == 3, score.misses & ~score.hits)
        assert curve.f_score[index] == pytest.approx(score.f_score)
        assert curve.found[index] == score.found
        assert (np.diff(curve.found) <= 0).all()  # a higher threshold never finds more


def test_outcomes_are_one_of_four() -> None:
    for curve in compare_operators(noise=20.0, matching="one_to_one").curves:
        assert set(np.unique(curve.outcomes)) <= {0, 1, 2, 3}


def test_a_photo_is_scored_against_canny_before_the_noise() -> None:
    comparison = compare_operators(data.chelsea(), noise=0.0)
    assert not comparison.truth_is_known
    assert max(comparison.photo.shape) == 256
    canny = next(curve for curve in comparison.curves if curve.detector == "canny")
    assert canny.f_score.max() > 0.95

"""Triplets, films of a training, flat photos: what the page on faces teaches with."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gallery import figures
from gallery.faces.shooting import Challenge
from models._errors import InputError
from models._face import Face
from models._face_flat import hold_up, seen_from
from models._face_live import LEAST, TASKS, asked_order, judge_shot, yaw_curve
from models._face_map import between_all
from models._face_pose import head_pose
from models._face_triplets import EASY, HARD, KINDS, SAME, SEMI_HARD, mine, tally

MARGINS = st.floats(0, 2)


def people_of(seed: int, people: int = 4, each: int = 3) -> tuple[np.ndarray, np.ndarray]:
    rows = np.random.default_rng(seed).normal(size=(people * each, 6))
    return rows / np.linalg.norm(rows, axis=1, keepdims=True), np.repeat(np.arange(people), each)


def face_at(points: np.ndarray) -> Face:
    low, high = points.min(axis=0) - 20, points.max(axis=0) + 20
    return Face(np.array([*low, *high], np.float32), 1.0, points.astype(np.float32))


@given(st.integers(0, 99), MARGINS)
def test_losses_are_those_of_torch(seed, margin):
    vectors, people = people_of(seed)
    mined = mine(between_all(vectors), people, 0, 1, margin)

    def square(one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
        return ((one - other) ** 2).sum(-1)

    loss = torch.nn.TripletMarginWithDistanceLoss(
        distance_function=square, margin=max(margin, 1e-9), reduction="none"
    )
    rows = torch.tensor(vectors)
    expected = loss(rows[:1], rows[1:2], rows).numpy()
    others = people != people[0]
    np.testing.assert_allclose(mined.losses[others], expected[others], atol=1e-6)
    assert np.isnan(mined.losses[~others]).all()


@given(st.integers(0, 99), MARGINS)
def test_kinds_follow_from_the_losses(seed, margin):
    vectors, people = people_of(seed)
    mined = mine(between_all(vectors), people, 0, 2, margin)
    assert (mined.kinds[people == 0] == SAME).all()
    for kind, loss in zip(mined.kinds[people != 0], mined.losses[people != 0], strict=True):
        assert (kind == HARD) == (loss > margin)
        assert (kind == EASY) == (loss <= 0)
        assert (kind == SEMI_HARD) == (0 < loss <= margin)
    for kind in KINDS:
        found = mined.of_kind(kind)
        assert (np.diff(mined.distances[found]) >= 0).all()
    assert sum(len(mined.of_kind(kind)) for kind in KINDS) == (people != 0).sum()


@given(st.integers(0, 99), MARGINS)
def test_all_triplets_are_counted(seed, margin):
    vectors, people = people_of(seed)
    distances = between_all(vectors)
    counts, losses = [0, 0, 0], []
    for anchor, whose in enumerate(people):
        for positive in np.flatnonzero(people == whose):
            if positive != anchor:
                mined = mine(distances, people, anchor, int(positive), margin)
                losses += mined.losses[mined.kinds != SAME].tolist()
                for place in range(3):
                    counts[place] += int((mined.kinds == place).sum())
    found = tally(distances, people, margin)
    assert [found.hard, found.semi_hard, found.easy] == counts
    assert found.total == len(losses)
    assert found.mean_loss == pytest.approx(np.mean(losses), abs=1e-9)


def test_without_two_photos_of_anybody_there_are_no_triplets():
    found = tally(between_all(np.eye(3)), np.arange(3), 0.2)
    assert (found.total, found.mean_loss) == (0, 0.0)


@given(st.floats(-50, 50), st.floats(-30, 30))
def test_paper_cannot_turn_its_head(turn, tilt):
    flat, head = (head_pose(face_at(100 * seen_from(turn, tilt, flat=f))) for f in (True, False))
    assert abs(flat.yaw) < 3
    assert abs(head.yaw - turn) < 3
    assert abs(flat.roll - tilt) < 6


def test_curves_of_a_head_and_of_paper_part():
    turns = [-45.0, -20.0, 0.0, 20.0, 45.0]
    head, paper = yaw_curve(turns, False), yaw_curve(turns, True)
    np.testing.assert_allclose(head, turns, atol=3)
    assert np.abs(paper).max() < 3


def test_a_photo_seen_from_the_front_is_that_photo():
    photo = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    np.testing.assert_array_equal(hold_up(photo, 0, 0), photo)


@given(st.floats(-60, 60), st.floats(-45, 45))
def test_paper_that_turns_gets_narrower_and_leaves_grey(turn, tilt):
    photo = np.zeros((48, 48, 3), np.uint8)
    seen = hold_up(photo, turn, tilt)
    assert seen.shape == photo.shape
    grey = (seen > 120).all(axis=2).mean()
    assert grey <= 0.75
    if abs(turn) > 30:
        assert grey > 0.1


@pytest.mark.parametrize("value", [61, float("nan"), "1"])
def test_paper_turns_only_so_far(value):
    with pytest.raises(InputError):
        hold_up(np.zeros((8, 8, 3), np.uint8), value)


def test_points_on_paper_move_as_its_picture_does():
    photo = np.zeros((201, 201, 3), np.uint8)
    photo[98:103, 148:153] = 255  # a spot 50 pixels to the right of the middle
    seen = hold_up(photo, 40)[..., 0] > 160  # not the grey behind the paper
    spot = np.flatnonzero(seen.any(axis=0)).mean() - 100.5
    cosine, sine = np.cos(np.radians(40)), np.sin(np.radians(40))
    away = 3 * 201
    assert spot == pytest.approx(50 * cosine * away / (away + 50 * sine), abs=1)


@pytest.mark.parametrize("task", TASKS)
def test_a_head_that_does_as_asked_passes_and_paper_does_not(task):
    turn = {"left": 35, "right": -35, "tilt": 0}[task]
    tilt = 25 if task == "tilt" else 0
    head = judge_shot(face_at(100 * seen_from(turn, tilt)), task)
    paper = judge_shot(face_at(100 * seen_from(turn, tilt, flat=True)), task)
    assert head.passed
    assert paper.passed == (task == "tilt")
    assert head.measured >= LEAST[task]
    mirrored = judge_shot(face_at(100 * seen_from(turn, tilt)), task, mirrored=True)
    assert mirrored.passed == (task == "tilt")


def test_the_order_is_drawn():
    orders = {asked_order(seed) for seed in range(60)}
    assert len(orders) == 6
    assert all(sorted(order) == sorted(TASKS) for order in orders)


def test_a_challenge_asks_one_after_the_other_and_keeps_every_answer():
    challenge = Challenge(seed=3)
    face, vector = face_at(100 * seen_from(0)), np.ones(4, np.float32)
    for number, task in enumerate(asked_order(3)):
        assert challenge.asked == task
        challenge.take(judge_shot(face, task), face, np.zeros((4, 4, 3), np.uint8), vector)
        assert len(challenge.shots) == len(challenge.found) == number + 1
    assert challenge.asked is None


def test_a_line_of_faces_holds_everybody_once():
    rows = {"positive": np.array([0.4]), "hard": np.array([]), "semi_hard": np.array([0.5, 0.6]),
            "easy": np.linspace(0.7, 1, 9)}  # fmt: skip
    labels = {key: [f"{key} {n}" for n in range(len(row))] for key, row in rows.items()}
    names = {key: key.upper() for key in rows}
    drawn = figures.triplet_line(
        rows, labels, names, {"P": 0.4, "N": 0.5}, 0.62, x="distance", face="face", kind="kind"
    )
    assert drawn.table["face"] == [label for key in rows for label in labels[key]]
    assert drawn.table["kind"].count("EASY") == 9
    assert [shape.x0 for shape in drawn.figure.layout.shapes] == [0.4, 0.4, 0.5]


def test_a_film_shows_points_that_gather():
    people = np.repeat(np.arange(10), 4)
    far = np.random.default_rng(0).normal(size=(40, 2))
    near = far.reshape(10, 4, 2).mean(axis=1).repeat(4, axis=0)
    frames = figures.gathering(np.stack([far, near]), people, range(7), 120)
    assert [frame.shape for frame in frames] == [(120, 120, 3)] * 2
    painted = [(np.abs(frame.astype(int) - 255).max(axis=2) > 40).mean() for frame in frames]
    assert painted[1] < painted[0]  # points of a person lie over each other
    dark = figures.gathering(np.stack([far]), people, range(7), 120, "dark")[0]
    assert dark.mean() < frames[0].mean() / 3


def test_terms_of_a_sum_are_told_apart_by_colour():
    drawn = figures.contributions(np.array([1.0, 2, 3]), np.array([0.5, -1, 0]), y="term")
    assert drawn.figure.data[0].y == (0.5, -2.0, 0.0)
    colours = drawn.figure.data[0].marker.color
    assert colours[0] != colours[1]
    assert drawn.table["term"] == [0.5, -2.0, 0.0]
    assert list(drawn.figure.layout.yaxis.range) == pytest.approx([-2.1, 2.1])

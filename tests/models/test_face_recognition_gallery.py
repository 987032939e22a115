"""Galleries of people, their file, what is learned from three faces, and the challenge."""

import json

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from torch import nn

from models import _face_failures, _face_files, _face_identify, _face_measured
from models import face_recognition as faces
from models._errors import InputError, WeightsCorrupt
from models._face_challenge import judge_shots
from models._face_files import Volunteers
from models._face_gallery import LONGEST_NAME, MOST_ENTRIES, NUMBERS
from models._face_gallery_file import FORMAT, LARGEST_FILE
from models._face_pose import turned_head

EMBEDDED = "tiny_face_embedder"
SFACE = "face_recognition_sface"


def unit(count, seed=0):
    rows = np.random.default_rng(seed).normal(size=(count, NUMBERS))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def gallery(count=4, model=EMBEDDED, seed=0):
    return faces.FaceGallery(model, tuple(f"P{n}" for n in range(count)), unit(count, seed))


def code_of(act, *args, **keywords):
    with pytest.raises(InputError) as caught:
        act(*args, **keywords)
    return caught.value.code


# --- a gallery


def test_enrolled_faces_can_be_renamed_and_deleted():
    book = faces.FaceGallery.empty()
    for number, row in enumerate(unit(3)):
        book = faces.enrol(book, f" Name\t{number} ", row * 7)
    assert book.names == ("Name 0", "Name 1", "Name 2")
    np.testing.assert_allclose(book.vectors, unit(3), atol=1e-6)
    renamed = faces.rename(book, 1, "Ada")
    assert renamed.names == ("Name 0", "Ada", "Name 2")
    assert book.names[1] == "Name 1"
    left = faces.delete(renamed, 1)
    assert left.names == ("Name 0", "Name 2")
    np.testing.assert_allclose(left.vectors, unit(3)[[0, 2]], atol=1e-6)


def test_a_gallery_has_its_limits():
    full = gallery(MOST_ENTRIES)
    assert code_of(faces.enrol, full, "one more", unit(1)[0]) == "gallery_full"
    assert code_of(gallery, MOST_ENTRIES + 1) == "gallery_rows"
    assert code_of(faces.enrol, None, "x", np.ones(64)) == "vectors_differ"
    for number in (-1, 4, 10**30, True, 1.5, "1"):
        assert code_of(faces.delete, gallery(), number) == "gallery_entry"
        assert code_of(faces.rename, gallery(), number, "x") == "gallery_entry"
    assert code_of(faces.delete, faces.FaceGallery.empty(), 0) == "gallery_empty"


@pytest.mark.parametrize("name", ["", "  ", "\u202e\u2066\x00", None, 5, "x" * 61, "x" * 10**6])
def test_a_name_has_to_be_one(name):
    code = "name_too_long" if isinstance(name, str) and len(name) > LONGEST_NAME else "name_empty"
    assert code_of(faces.enrol, None, name, unit(1)[0]) == code


@pytest.mark.parametrize(
    ("names", "vectors", "code"),
    [
        (("a",), unit(2), "gallery_pairs"),
        (("a",), unit(1) * 2, "gallery_vectors"),
        (("a",), unit(1)[:, :64], "gallery_vectors"),
        (("a",), np.full((1, NUMBERS), np.nan, np.float32), "gallery_vectors"),
        (("a",), np.ones((1, NUMBERS), int), "gallery_vectors"),
        (("",), unit(1), "name_empty"),
        (None, unit(1), "gallery_not_ours"),
        (("a",), None, "gallery_not_ours"),
    ],
)
def test_what_is_no_gallery_is_refused(names, vectors, code):
    assert code_of(faces.FaceGallery, EMBEDDED, names, vectors) == code


def test_a_gallery_is_of_a_network_that_is_known():
    assert code_of(faces.FaceGallery, "eigenfaces", ("a",), unit(1)) == "gallery_model"


# --- who is it


@given(st.integers(1, 20), st.integers(0, 2**16), st.floats(0, 2))
@settings(max_examples=30)
def test_the_nearest_entry_names_a_face_within_the_threshold(count, seed, threshold):
    book, row = gallery(count, seed=seed), unit(1, seed + 1)[0]
    expected = cdist(row[None], book.vectors)[0]
    found = faces.identify(row, book, threshold)
    np.testing.assert_allclose(found.distances, expected, atol=1e-5)
    assert found.number == found.order[0] == np.argmin(expected)
    assert found.distance == found.distances.min()
    assert found.name == (book.names[found.number] if found.distance <= threshold else None)
    assert (np.diff(found.distances[found.order]) >= 0).all()


def test_a_face_is_its_own_entry():
    book = gallery(5)
    for number, row in enumerate(book.vectors):
        assert faces.identify(row, book, 0.01).number == number


def test_nobody_can_be_named_from_an_empty_gallery():
    empty = faces.FaceGallery.empty()
    for act in (faces.identify, lambda _, book: faces.overview(book)):
        assert code_of(act, unit(1)[0], empty) == "gallery_empty"
    assert code_of(faces.recognise, np.zeros((9, 9), np.uint8), empty) == "gallery_empty"
    assert code_of(faces.identify, np.ones(64), gallery()) == "vectors_differ"


def test_every_face_of_a_photo_is_named(monkeypatch):
    book = gallery(3)
    known = [standing(at=(60, 60)), standing(at=(160, 60))]
    monkeypatch.setattr(_face_identify, "find", lambda *asked, **settings: tuple(known))
    rows = np.stack([book.vectors[2], unit(1, 9)[0]])
    monkeypatch.setattr(_face_identify, "describe_crops", lambda crops, model: rows)
    first, second = faces.recognise(np.zeros((200, 250), np.uint8), book, threshold=0.5)
    assert (first.identification.name, second.identification.name) == ("P2", None)
    assert (first.face, second.face) == tuple(known)


def test_an_overview_has_every_pair():
    book = gallery(6)
    found = faces.overview(book)
    np.testing.assert_allclose(found.distances, cdist(book.vectors, book.vectors), atol=1e-5)
    assert found.map.places.shape == (6, 2)
    assert len(found.tree.heights) == 5
    assert faces.overview(gallery(1)).tree.joins.shape == (0, 2)


# --- the file


@pytest.mark.parametrize("count", [0, 1, 7, MOST_ENTRIES])
@pytest.mark.parametrize("kind", [str, bytes, dict])
def test_a_gallery_comes_back_as_it_went(count, kind):
    book = gallery(count)
    text = faces.write_gallery(book)
    data = {str: text, bytes: text.encode(), dict: json.loads(text)}[kind]
    back = faces.read_gallery(data, EMBEDDED)
    assert len(text.encode()) < LARGEST_FILE
    assert (back.model, back.names) == (book.model, book.names)
    np.testing.assert_allclose(back.vectors, book.vectors, atol=1e-4)
    np.testing.assert_allclose(np.linalg.norm(back.vectors, axis=1), 1, atol=1e-5)


def written(**changes):
    said = json.loads(faces.write_gallery(gallery(2)))
    return json.dumps({**said, **changes})


def with_vector(values, count=1):
    return written(faces=[{"name": "a", "vector": values}] * count)


GOOD = [1.0] + [0.0] * (NUMBERS - 1)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("", "gallery_not_ours"),
        (b"", "gallery_not_ours"),
        ("Dear sir", "gallery_not_ours"),
        (b"\x89PNG\r\n\x1a\n\xff\xff", "gallery_not_ours"),
        ("[1, 2]", "gallery_not_ours"),
        ("[" * 100_000, "gallery_not_ours"),
        ("{}", "gallery_not_ours"),
        (written(format="other"), "gallery_not_ours"),
        (written(faces={"a": 1}), "gallery_not_ours"),
        (written(faces=[1, 2]), "gallery_not_ours"),
        (written(faces=[{"name": "a"}]), "gallery_not_ours"),
        (written(faces=[{"name": "a", "vector": GOOD, "photo": "x"}]), "gallery_not_ours"),
        (written()[:-20], "gallery_cut"),
        (written().encode()[:700], "gallery_cut"),
        (written(model="eigenfaces"), "gallery_model"),
        (written(model=["x"] * 99), "gallery_model"),
        (with_vector(GOOD[:-1]), "gallery_vectors"),
        (with_vector([*GOOD[:-1], float("nan")]), "gallery_vectors"),
        (with_vector([*GOOD[:-1], 10**400]), "gallery_vectors"),
        (with_vector([*GOOD[:-1], "0"]), "gallery_vectors"),
        (with_vector([*GOOD[:-1], True]), "gallery_vectors"),
        (with_vector([2.0, *GOOD[1:]]), "gallery_vectors"),
        (with_vector([0.0] * NUMBERS), "gallery_vectors"),
        (with_vector("x" * NUMBERS), "gallery_vectors"),
        (written(faces=[{"name": "", "vector": GOOD}]), "name_empty"),
        (written(faces=[{"name": 5, "vector": GOOD}]), "name_empty"),
        (written(faces=[{"name": "x" * 99, "vector": GOOD}]), "name_too_long"),
        (written(faces=[{}] * (MOST_ENTRIES + 1)), "gallery_rows"),
        ({"format": FORMAT, "model": EMBEDDED, "faces": [{}] * 10**6}, "gallery_rows"),
        (written(faces=[{"name": "a", "vector": GOOD}] * 5000), "gallery_too_large"),
        (b" " * (LARGEST_FILE + 1), "gallery_too_large"),
        (5, "gallery_not_ours"),
    ],
    ids=range(32),
)
def test_a_file_that_is_no_gallery_is_refused(data, code):
    assert code_of(faces.read_gallery, data) == code


def test_a_gallery_of_the_other_network_is_refused():
    text = faces.write_gallery(gallery(2, SFACE))
    assert faces.read_gallery(text).model == SFACE
    assert code_of(faces.read_gallery, text, EMBEDDED) == "gallery_model"


# --- what is learned


@given(st.integers(0, 2**16), st.floats(0.01, 2), st.booleans())
@settings(max_examples=40)
def test_the_triplet_loss_is_torchs(seed, margin, squared):
    rows = np.random.default_rng(seed).normal(size=(3, 5))
    found = faces.triplet_loss(*rows, margin=margin, squared=squared)
    anchor, positive, negative = (torch.from_numpy(row)[None] for row in rows)
    if squared:
        apart = nn.TripletMarginWithDistanceLoss(
            distance_function=lambda one, other: (one - other).square().sum(1), margin=margin
        )
        expected = apart(anchor, positive, negative)
    else:
        expected = nn.TripletMarginLoss(margin, eps=0)(anchor, positive, negative)
    assert found.loss == pytest.approx(float(expected), abs=1e-9)
    kinds = {"easy": found.loss == 0, "semi_hard": 0 < found.loss <= margin, "hard": found.loss > 0}
    assert kinds[found.kind]
    assert (found.kind == "hard") == (found.negative < found.positive)


def test_negatives_are_sorted_by_what_they_teach():
    rows, people = unit(12), [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]
    found = faces.negatives(rows, people, 0, 2, margin=0.3)
    counts = {"hard": 0, "semi_hard": 0, "easy": 0}
    for anchor in range(12):
        for positive in range(12):
            for negative in range(12):
                if positive != anchor and people[anchor] == people[positive] != people[negative]:
                    each = faces.triplet_loss(rows[anchor], rows[positive], rows[negative], 0.3)
                    counts[each.kind] += 1
                    if (anchor, positive) == (0, 2):
                        assert found.kinds[negative] == each.kind
                        assert found.losses[negative] == pytest.approx(each.loss, abs=1e-9)
    assert [kind for kind in found.kinds if kind == "same"] == ["same"] * 3
    assert np.isnan(found.losses[:3]).all()
    tally = found.tally
    assert {"hard": tally.hard, "semi_hard": tally.semi_hard, "easy": tally.easy} == counts


@pytest.mark.parametrize(
    ("vectors", "people", "anchor", "positive", "code"),
    [
        (unit(1), [0], 0, 0, "vectors_many"),
        (unit(401), [0] * 401, 0, 1, "vectors_many"),
        ([[1.0], [1.0, 2.0]], [0, 0], 0, 1, "vectors_many"),
        (unit(3), [0, 0], 0, 1, "people_shape"),
        (unit(3), [0.5, 0, 1], 0, 1, "people_shape"),
        (unit(3), ["a", "a", "b"], 0, 1, "people_shape"),
        (unit(3), None, 0, 1, "people_shape"),
        (unit(3), [[0], [0, 1], 2], 0, 1, "people_shape"),
        (unit(3), [0, 0, 1], 0, 0, "triplet_roles"),
        (unit(3), [0, 0, 1], 0, 2, "triplet_roles"),
        (unit(3), [0, 0, 1], 0, 3, "triplet_roles"),
        (unit(3), [0, 0, 1], -1, 1, "triplet_roles"),
        (unit(3), [0, 0, 1], "0", 1, "triplet_roles"),
    ],
)
def test_a_set_without_a_triplet_is_refused(vectors, people, anchor, positive, code):
    assert code_of(faces.negatives, vectors, people, anchor, positive) == code


# --- live


def standing(scale=80.0, at=(200.0, 160.0), **turned):
    points = (turned_head(**turned) * scale + at).astype(np.float32)
    box = np.concatenate([points.min(0) - 20, points.max(0) + 20])
    return faces.Face(box, 0.9, points)


def held_up(turn):
    """A photo of a face from the front, turned before a camera that is near."""
    angle = np.radians(turn)
    flat = turned_head()
    depth = 1 + flat[:, 0] * np.sin(angle) / 6  # the photo is six eye distances away
    points = np.column_stack([flat[:, 0] * np.cos(angle), flat[:, 1]]) / depth[:, None]
    points = (points * 80 + [200, 160]).astype(np.float32)
    return faces.Face(np.concatenate([points.min(0) - 20, points.max(0) + 20]), 0.9, points)


ME = unit(1)[[0, 0, 0]]
ASKED = ("left", "right", "tilt")


def test_whoever_turns_the_head_passes():
    shots = [standing(yaw=30), standing(yaw=-30), standing(roll=-20)]
    found = judge_shots(shots, ASKED, ME, 0.5)
    assert found.passed
    assert found.reasons == ()
    assert [shot.task for shot in found.shots] == list(ASKED)
    swapped = judge_shots(shots, ("right", "left", "tilt"), ME, 0.5)
    assert swapped.reasons == ("not_turned",)
    assert judge_shots(shots, ("right", "left", "tilt"), ME, 0.5, mirrored=True).passed


def test_a_flat_photo_does_not_pass_however_it_is_turned():
    for turn in range(20, 75, 5):
        shots = [held_up(turn), held_up(-turn), standing(roll=30)]
        found = judge_shots(shots, ASKED, ME, 0.5)
        assert not found.passed
        assert not any(shot.passed for shot in found.shots[:2])
        assert found.shots[2].passed  # paper tilts as well as heads do


def test_a_photo_of_a_turned_head_passes_for_one_side_only():
    shots = [standing(yaw=30), standing(yaw=30)]
    assert judge_shots(shots, ASKED[:2], ME[:2], 0.5).reasons == ("not_turned",)


def test_all_shots_are_of_one_person():
    shots = [standing(yaw=30), standing(yaw=-30), standing(roll=5)]
    found = judge_shots(shots, ASKED, unit(3), 0.5)
    assert found.reasons == ("not_tilted", "other_person")
    assert found.distances[0] == 0


@pytest.mark.parametrize(
    "asked",
    [(), ("left",), ("left", "tilt"), ("left", "left"), ("left", "right", "nod"), "left", None, 5],
)
def test_both_sides_are_asked_for(asked):
    photos = [np.zeros((9, 9), np.uint8)] * 2
    assert code_of(faces.challenge, photos, asked) == "shots_asked"


def test_a_shot_for_each_movement(monkeypatch):
    photos = [np.zeros((9, 9), np.uint8)] * 2
    assert code_of(faces.challenge, photos, ASKED) == "shots_count"
    monkeypatch.setattr("models._face_challenge.find", lambda photo, model: ())
    assert code_of(faces.challenge, photos) == "shot_no_face"


# --- what was measured


@pytest.fixture
def files(monkeypatch):
    """Files as they lie beside the weights, with numbers that are known."""
    said = {
        "people": 30,
        "pairs": 200,
        "folds": 10,
        "methods": {
            EMBEDDED: {
                "edges": [0.0, 1.0, 2.0],
                "same": [90, 10],
                "different": [5, 95],
                "thresholds": [0.0, 1.0, 2.0],
                "false_accepts": [0.0, 0.05, 1.0],
                "false_rejects": [1.0, 0.1, 0.0],
                "equal_error_rate": 0.08,
                "equal_error_threshold": 1.02,
                "careful_threshold": 0.91,
                "threshold": 1.1,
                "accuracy": 0.92,
                "accuracy_std": 0.01,
                "auc": 0.97,
            }
        },
    }
    said["methods"]["raw_pixels"] = dict(said["methods"][EMBEDDED], accuracy=0.6)
    for module in (_face_measured, _face_failures):
        monkeypatch.setattr(module, "read_file", lambda spec, name: json.dumps(said).encode())
    readers = (_face_measured._read_all, _face_failures.failures)
    for reader in readers:
        reader.cache_clear()
    yield said
    for reader in readers:
        reader.cache_clear()


def test_measurements_are_read(files):
    found = faces.measured()
    assert found.same.tolist() == [90, 10]
    assert (found.pairs, found.people, found.folds) == (200, 30, 10)
    assert faces.threshold_of() == 0.91
    assert faces.measured("raw_pixels").accuracy == 0.6
    assert faces.measured(SFACE) is None
    assert faces.rates(SFACE) is None
    between = faces.rates(threshold=1.5)
    assert between.false_accepts == pytest.approx(0.525)
    assert between.false_rejects == pytest.approx(0.05)


def test_who_it_fails_is_read(files):
    with pytest.raises(WeightsCorrupt):
        faces.failures()
    quarters = {"false_rejects": [0.1, 0.2, 0.3, 0.4], "false_accepts": [0.0, 0.1, 0.1, 0.2]}
    files["groups"] = {"threshold": 1.0, "worst_tenth_of_people": 0.35}
    files["groups"] |= dict.fromkeys(("darkness", "blur", "turn"), quarters)
    found = faces.failures()
    assert found.worst_tenth == 0.35
    np.testing.assert_array_equal(found.groups["blur"].T, list(quarters.values()))


def test_a_head_adds_up_what_differs(monkeypatch):
    random = np.random.default_rng(0)
    numbers = {
        "weighted_weight": random.normal(size=4).astype(np.float32),
        "chi_square_weight": random.normal(size=4).astype(np.float32),
        "plain_weight": np.array([-3.0], np.float32),
        **{f"{head}_bias": np.array([0.5], np.float32) for head in faces.HEAD_NAMES},
    }
    monkeypatch.setattr("models._face_heads.read_numbers", lambda name: numbers)
    faces.heads.cache_clear()
    a, b = random.normal(size=(2, 4))
    differences = {
        "weighted": np.abs(a - b),
        "chi_square": (a - b) ** 2 / (np.abs(a) + np.abs(b) + 1e-6),
        "plain": np.array([np.linalg.norm(a - b)]),
    }
    for head, terms in differences.items():
        total = float(numbers[f"{head}_weight"] @ terms + 0.5)
        found = faces.head_score(a, b, head)
        assert found.total == pytest.approx(total)
        assert found.probability == pytest.approx(float(torch.sigmoid(torch.tensor(total))))
        assert found.parts.sum() + found.bias == pytest.approx(total)
    assert code_of(faces.head_score, np.ones(5), np.ones(5), "weighted") == "vectors_differ"
    faces.heads.cache_clear()


def test_volunteers_stand_in_where_nothing_is_given(monkeypatch):
    known = Volunteers(unit(6), np.array([0, 0, 1, 1, 2, 2]))
    for module in (_face_files, "models._face_vectors", "models._face_gallery", _face_identify):
        name = module if isinstance(module, str) else module.__name__
        monkeypatch.setattr(f"{name}.volunteers", lambda: known)
    monkeypatch.setattr("models._face_learn.volunteers", lambda: known)
    assert faces.distance() == pytest.approx(np.linalg.norm(known.vectors[0] - known.vectors[1]))
    assert faces.triplet_loss() == faces.triplet_loss(*known.vectors[:3])
    assert faces.overview().names == ("0", "1", "2")
    assert faces.identify(threshold=2.0).distances.shape == (3,)
    assert faces.negatives().kinds[:2] == ("same", "same")
    assert faces.read_gallery().names == ("0", "1", "2")
    assert faces.delete(number=1).names == ("0", "2")
    assert faces.rename(name="x").names == ("x", "1", "2")
    assert len(faces.enrol().names) == 1

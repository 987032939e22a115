"""The recipes of both face networks on made-up faces: who is learned from, and what is measured."""

import json
import lzma
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from scipy.stats import mannwhitneyu

from models.networks import tiny_face_embedder as embedder_file
from models.networks.tiny_face_finder import NUMBERS, STRIDES, decode
from training import (
    _evaluate_face_embedder,
    _evaluate_face_finder,
    _face_others,
    _face_scenes,
    _faces,
    _verification,
    evaluate,
    tiny_face_embedder,
    tiny_face_finder,
)
from training._evaluate_face_finder import Answer, judge, share_found
from training._face_groups import by_quality, worst_tenth
from training._face_photos import Photo, read_backgrounds, read_photos
from training._face_scenes import Aligned, Found, Studio
from training._face_views import views
from training._verification import Pairs

PEOPLE, EACH = 80, 3
MARKS = [[0.3, 0.4], [0.7, 0.4], [0.5, 0.6], [0.35, 0.8], [0.65, 0.8]]


def drawn(random: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Smooth greys."""
    coarse = Image.fromarray(random.integers(0, 255, (6, 6), np.uint8))
    return np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eighty people with three photos each, photos with and without faces, forty volunteers."""
    folder, random = tmp_path_factory.mktemp("data"), np.random.default_rng(0)
    for name in ("faces_lfwa", "pseudo_labels", "caltech101/Faces_easy", "caltech101/ant"):
        (folder / name).mkdir(parents=True)
    for name in ("imagenet_sample1000", "coco_subset/images", "att_faces_28x23"):
        (folder / name).mkdir(parents=True)
    people = [drawn(random, 112, 112) for _ in range(PEOPLE)]
    sheet = np.zeros((PEOPLE // 5 * 112, 15 * 112), np.uint8)
    lines = ["page,row,column,person"]
    for person in range(PEOPLE):
        for photo in range(EACH):
            row, column = person // 5, person % 5 * EACH + photo
            noise = random.integers(0, 25, (112, 112))
            tile = np.clip(people[person] * 0.8 + noise, 0, 255)
            sheet[row * 112 : row * 112 + 112, column * 112 : column * 112 + 112] = tile
            lines.append(f"0,{row},{column},{person}")
    Image.fromarray(sheet).save(folder / "faces_lfwa/page_00.webp", format="PNG", compress_level=0)
    (folder / "faces_lfwa/index.csv").write_text("\n".join(lines), "utf-8")
    face = {"bbox": [0.25, 0.2, 0.5, 0.6], "score": 1.0, "landmarks": MARKS}
    images = []
    for number in (1, 2, 310, 400, 401):  # the third could show a person of either side
        name = f"caltech101/Faces_easy/image_{number:04d}.webp"
        images.append({"file": name, "faces": [face], "ignore": []})
    for number, part in enumerate(("train", "val")):
        name = f"coco_subset/images/{number}.webp"
        ignore = [[0.0, 0.0, 0.1, 0.1]]
        images.append({"file": name, "faces": [face], "ignore": ignore, "coco_split": part})
    for number, faces in enumerate(([], [face])):
        name = f"imagenet_sample1000/n{number}.webp"
        images.append({"file": name, "faces": faces, "ignore": []})
    for name in [*(image["file"] for image in images), "caltech101/ant/image_0001.webp"]:
        Image.fromarray(drawn(random, 90, 120)).save(folder / str(name))
    with lzma.open(folder / "pseudo_labels/faces.json.xz", "wt", encoding="utf-8") as file:
        json.dump({"images": images}, file)
    volunteers = np.kron(random.integers(0, 255, (40, 10), np.uint8), np.ones((28, 23), np.uint8))
    Image.fromarray(volunteers).save(folder / "att_faces_28x23/att_40rows_10cols.png")
    return folder


def run(recipe: object, data: Path, runs: Path, *more: str) -> None:
    recipe.main(["--data", str(data), "--runs", str(runs), "--device", "cpu", *more])


# --- who is learned from


def test_people_are_split_and_not_photos(data: Path) -> None:
    parts = {part: set(_faces.people_of(PEOPLE, part)) for part in ("train", "choosing", "unseen")}
    assert sum(map(len, parts.values())) == len(set.union(*parts.values())) == PEOPLE
    assert len(parts["unseen"]) == PEOPLE // 4
    whole = {part: set(_faces.people_of(1380, part)) for part in parts}
    assert [len(whole[part]) for part in parts] == [1080, 50, 250]
    for part, people in parts.items():
        faces = _faces.read_faces(data, part)
        assert len(faces) == EACH * len(people)
        assert faces.people.bincount().tolist() == [EACH] * len(people)
        one = faces.pixels[faces.people == 0].float()
        two = faces.pixels[faces.people == 1].float()
        assert (one[0] - one[1]).abs().mean() < (one[0] - two[0]).abs().mean()


def test_photos_to_measure_on_are_not_learned_from(data: Path) -> None:
    learned, held = read_photos(data, "train"), read_photos(data, "held_out")
    assert [photo.kind for photo in learned] == [
        *["caltech101"] * 2,
        "coco_subset",
        *["imagenet_sample1000"] * 2,
    ]
    assert [photo.kind for photo in held] == ["caltech101"] * 2 + ["coco_subset"]
    np.testing.assert_allclose(held[0].boxes, [[30, 18, 90, 72]])
    np.testing.assert_allclose(held[0].landmarks[0, 2], [60, 54])
    np.testing.assert_allclose(held[2].ignored, [[0, 0, 12, 9]])
    assert len(read_backgrounds(data)) == 1


# --- the embedder


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A narrow network and small batches."""
    monkeypatch.setattr(embedder_file, "WIDTHS", (4, 4, 4, 8))
    monkeypatch.setattr(embedder_file, "BLOCKS", (0, 0, 1))
    monkeypatch.setattr(tiny_face_embedder, "BATCH", 8)
    monkeypatch.setattr(tiny_face_finder, "BATCH", 2)


def made_up_landmarks(_: torch.nn.Module, faces: _faces.Faces) -> np.ndarray:
    random = np.random.default_rng(0)
    return np.array(embedder_file.TEMPLATE) + random.normal(size=(len(faces), 5, 2))


@pytest.mark.slow
@pytest.mark.usefixtures("small")
def test_the_embedder_is_trained_goes_on_and_is_measured(
    data: Path,
    tmp_path: Path,
    writable: Callable[[str], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runs = tmp_path / "run"
    few = _face_others.read_volunteers(data)
    monkeypatch.setattr(_face_others, "read_volunteers", lambda _: (few[0][:40], few[1][:40]))
    monkeypatch.setattr(_face_others, "landmarks_of", made_up_landmarks)
    run(tiny_face_embedder, data, runs, "--steps", "2")
    state = load_file(runs / "model.safetensors")
    torch.manual_seed(0)
    untrained = tiny_face_embedder.Learner(1).embedder.state_dict()
    assert state.keys() == untrained.keys()
    changed = [not torch.equal(state[name].float(), untrained[name]) for name in state]
    assert sum(changed) > len(changed) // 2
    run(tiny_face_embedder, data, runs, "--steps", "3", "--resume")
    log = json.loads((runs / "log.json").read_text())
    assert [row["step"] for row in log] == [2, 3]
    assert 0 <= log[-1]["choosing_auc"] <= 1
    folder = writable("tiny_face_embedder")
    shutil.rmtree(folder)
    given = ["tiny_face_embedder", "--data", str(data), "--candidate", str(runs)]
    evaluate.main(given)
    card = json.loads((folder / "card.json").read_text("utf-8"))
    names = {*_evaluate_face_embedder.BESIDE, "model.safetensors"}
    assert set(card["files"]) == names == {file.name for file in folder.iterdir()} - {"card.json"}
    measured = json.loads((folder / "measured.json").read_text("utf-8"))
    assert measured["people"] == PEOPLE // 4
    ours = measured["methods"]["tiny_face_embedder"]
    assert card["metrics"]["accuracy"] == ours["accuracy"]
    assert sum(ours["same"]) == sum(ours["different"]) == PEOPLE // 4 * 3


def test_the_last_normalisation_is_folded_in() -> None:
    torch.manual_seed(0)
    learner = tiny_face_embedder.Learner(3)
    faces = torch.rand(6, 1, 112, 112)
    for _ in range(4):
        learner(faces)  # moves means and variances
    learner.eval()
    with torch.inference_mode():
        expected = learner.norm(learner.embedder.look(faces))
        torch.testing.assert_close(learner.alone().look(faces), expected, rtol=1e-3, atol=1e-4)


def test_views_stay_pictures_and_differ() -> None:
    generator = torch.Generator().manual_seed(0)
    faces = torch.rand(1, 1, 7, 7, generator=generator).expand(16, 1, 7, 7)
    faces = torch.nn.functional.interpolate(faces, (112, 112), mode="bilinear")
    before = faces.clone()
    shown = views(faces, generator)
    assert torch.equal(faces, before)
    assert shown.shape == faces.shape
    assert 0 <= shown.min() <= shown.max() <= 1
    flat = shown.flatten(1)
    assert torch.cdist(flat, flat)[~torch.eye(16, dtype=torch.bool)].min() > 1


# --- verification


def test_the_area_is_that_of_mann_and_whitney() -> None:
    random = np.random.default_rng(0)
    same = random.random(200) < 0.4
    apart = (random.integers(0, 30, 200) + 5 * ~same).astype(float)  # with ties
    statistic = mannwhitneyu(apart[~same], apart[same]).statistic
    expected = statistic / (same.sum() * (~same).sum())
    assert _verification.area(apart, same) == pytest.approx(expected)


def test_the_threshold_makes_the_fewest_errors() -> None:
    random = np.random.default_rng(1)
    same = random.random(150) < 0.5
    apart = random.random(150) + 0.4 * ~same
    found = _verification.best_threshold(apart, same)
    errors = [((apart <= each) != same).sum() for each in [*apart, 0.0]]
    assert ((apart <= found) != same).sum() == min(errors)


def test_folds_share_no_person_and_hold_as_many_same_as_different_pairs() -> None:
    people = np.repeat(np.arange(40), np.random.default_rng(0).integers(2, 12, 40))
    pairs = _verification.draw_folds(people)
    shown = people[pairs.photos]
    assert np.array_equal(shown[:, 0] == shown[:, 1], pairs.same)
    assert pairs.same.mean() == 0.5
    assert np.bincount(shown[pairs.same, 0]).max() <= _verification.MOST
    folds = [set(shown[pairs.fold == fold].ravel()) for fold in range(10)]
    assert sum(map(len, folds)) == len(set.union(*folds)) == 40


def test_what_tells_all_apart_is_always_right_and_chance_half_the_time() -> None:
    same = np.tile([True, False], 500)
    pairs = Pairs(np.zeros((1000, 2), int), same, np.repeat(np.arange(10), 100))
    found = _verification.verify(np.where(same, 0.4, 1.4), pairs, 2.0)
    assert (found["accuracy"], found["auc"], found["equal_error_rate"]) == (1.0, 1.0, 0.0)
    random = np.random.default_rng(0).random(1000)
    assert _verification.verify(random, pairs, 1.0)["accuracy"] == pytest.approx(0.5, abs=0.06)


def test_heads_learn_which_numbers_matter() -> None:
    random = np.random.default_rng(0)
    people = np.repeat(np.arange(60), 4)
    means = random.normal(size=(60, 8))
    vectors = means[people] + random.normal(size=(240, 8)) * [0.1] * 4 + 0.0
    vectors[:, 4:] = random.normal(size=(240, 4))  # these say nothing of the person
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    heads = _face_others.fit_heads(vectors, people)
    for name in ("weighted", "chi_square"):
        weight = heads[f"{name}_weight"]
        assert weight[:4].max() < weight[4:].min()
    pairs, same = _verification.draw_pairs(people, seed=99)
    wrong = {
        name: ((_face_others.probability(heads, name, vectors, pairs) > 0.5) != same).mean()
        for name in ("weighted", "plain")
    }
    assert wrong["weighted"] < wrong["plain"]


def test_landmarks_are_compared_by_their_shape_alone() -> None:
    random = np.random.default_rng(0)
    shape = np.array(embedder_file.TEMPLATE) + random.normal(size=(5, 2))
    turn = np.array([[0.8, -0.6], [0.6, 0.8]]) * 1.7
    one, two = _face_others.landmark_vectors(np.stack([shape, shape @ turn.T + [3, -20]]))
    np.testing.assert_allclose(one, two, atol=1e-9)
    shape[0, 1] += 3
    assert np.abs(_face_others.landmark_vectors(shape[None])[0] - one).max() > 0.01


def test_groups_count_the_errors_of_their_pairs() -> None:
    people = np.array([0, 0, 1, 1, 2, 2, 3, 3])
    photos = np.array([[0, 1], [2, 3], [4, 5], [6, 7], [0, 2], [1, 4], [3, 6], [5, 7]])
    pairs = Pairs(photos, people[photos[:, 0]] == people[photos[:, 1]], np.zeros(8, int))
    apart = np.array([0.1, 0.1, 0.1, 0.9, 0.9, 0.9, 0.9, 0.2])
    quality = np.arange(8.0)  # the last photos are the worst
    rows = by_quality(pairs, apart, 0.5, quality)
    np.testing.assert_array_equal(rows, [[0, 0], [0, 0], [0, 0], [1, 1]])
    assert worst_tenth(pairs, (apart <= 0.5) != pairs.same, people) == (1.0, 0.25)


# --- the finder


@pytest.mark.usefixtures("small")
def test_the_finder_is_trained_and_goes_on(data: Path, tmp_path: Path) -> None:
    run(tiny_face_finder, data, tmp_path, "--steps", "2")
    first = load_file(tmp_path / "model.safetensors")
    run(tiny_face_finder, data, tmp_path, "--steps", "3", "--resume")
    again = load_file(tmp_path / "model.safetensors")
    assert any(not torch.equal(first[name], again[name]) for name in first)
    log = json.loads((tmp_path / "log.json").read_text())
    assert [row["step"] for row in log] == [2, 3]
    assert {"score", "box", "landmarks"} < set(log[-1])


def test_scenes_hold_faces_where_they_say(data: Path) -> None:
    faces = np.full((3, 112, 112), 255, np.uint8)  # aligned faces are white
    marks = np.broadcast_to(np.array(embedder_file.TEMPLATE), (3, 5, 2))
    dark = [np.zeros((90, 120), np.uint8)]
    studio = Studio(read_photos(data, "train"), dark, Aligned(faces, marks))
    studio.bare = dark
    random = np.random.default_rng(0)
    canvas, found = studio._set_in(studio._background(random), random)
    assert len(found.boxes) > 0
    for box, landmarks in zip(found.boxes, found.landmarks, strict=True):
        x, y = ((box[:2] + box[2:]) / 2).astype(int)
        assert canvas[y, x] > 200
        assert (box[:2] < landmarks.min(0)).all()
        assert (landmarks.max(0) < box[2:]).all()
        assert landmarks[0, 0] < landmarks[1, 0]
    for _ in range(12):
        scene = studio.scene(random)
        assert scene.pixels.shape == (_face_scenes.SIDE,) * 2
        assert scene.found.boxes.shape[0] == scene.found.landmarks.shape[0]


def test_what_a_cell_should_answer_decodes_to_the_face() -> None:
    boxes = np.array([[20.0, 30, 44, 62], [100, 90, 160, 165], [60, 10, 250, 240]])
    landmarks = boxes[:, None, :2] + np.array(MARKS) * (boxes[:, 2:] - boxes[:, :2])[:, None]
    found = Found(boxes, landmarks, np.ones(3), np.array([[0.0, 200, 40, 256]]))
    grids = tiny_face_finder.targets_of([found])
    assert [grid.score.sum() > 0 for grid in grids] == [True, True, True]
    for grid, stride, box, marks in zip(grids, STRIDES, boxes, landmarks, strict=True):
        raw = np.concatenate([np.zeros((*grid.score.shape[1:], 1), np.float32), grid.place[0]], 2)
        assert raw.shape[2] == NUMBERS
        _, decoded, points = decode(torch.from_numpy(raw), stride)
        answering = grid.score[0].ravel() > 0
        np.testing.assert_allclose(decoded.numpy()[answering] - box, 0, atol=1e-3)
        np.testing.assert_allclose(points.numpy()[answering] - marks, 0, atol=1e-3)
        assert (grid.asked[0][grid.score[0] > 0] == 1).all()
    assert grids[0].asked[0][-1, 0] == 0  # doubtful


def photo_of(*boxes: list[float], ignored: list[list[float]] | None = None) -> Photo:
    corners = np.array(boxes, float).reshape(-1, 4)
    regions = np.array(ignored or [], float).reshape(-1, 4)
    marks = np.zeros((len(corners), 5, 2))
    return Photo(np.zeros((100, 100), np.uint8), corners, marks, regions, "coco_subset")


def answer_of(*found: tuple[float, list[float]]) -> Answer:
    boxes = np.array([box for _, box in found], float).reshape(-1, 4)
    scores = np.array([score for score, _ in found])
    return Answer(scores, boxes, np.zeros((len(scores), 5, 2)))


def test_a_face_is_found_once_and_doubtful_ones_are_not_counted() -> None:
    photo = photo_of([10, 10, 30, 30], [60, 60, 80, 80], ignored=[[0, 80, 20, 100]])
    answer = answer_of(
        (0.9, [11, 11, 31, 31]),
        (0.8, [10, 10, 30, 32]),
        (0.7, [2, 85, 12, 95]),
        (0.6, [40, 0, 50, 9]),
    )
    faces, counts = judge(photo, answer)
    assert faces.tolist() == [0, -1, -1, -1]
    assert counts.tolist() == [True, True, False, True]


def test_one_false_face_in_ten_photos_is_let_through() -> None:
    photos = [photo_of([10, 10, 30, 30]) for _ in range(20)]
    right = [answer_of((0.9 - 0.01 * n, [10, 10, 30, 30])) for n in range(20)]
    assert share_found(photos, right)[0] == 1.0
    wrong = [0.895, 0.885, 0.855]  # two may pass; the third is above all but five of the faces
    mixed = [
        answer_of(*zip(each.scores, each.boxes, strict=True), (wrong[n], [60, 60, 70, 70]))
        if n < len(wrong)
        else each
        for n, each in enumerate(right)
    ]
    found, score = share_found(photos, mixed)
    assert found == 5 / 20
    assert score == pytest.approx(0.86)


def test_the_finder_is_measured_beside_the_cascade(
    data: Path,
    tmp_path: Path,
    writable: Callable[[str], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_evaluate_face_finder, "SETTINGS", ((96, 1),))
    folder = writable("tiny_face_finder")
    before = (folder / "model.safetensors").read_bytes()
    state = load_file(folder / "model.safetensors")
    state["answer.bias"] = state["answer.bias"] - 20  # finds nothing
    save_file(state, tmp_path / "blind.safetensors")
    given = ["tiny_face_finder", "--data", str(data), "--runs", str(tmp_path / "runs")]
    evaluate.main([*given, "--candidate", str(tmp_path / "blind.safetensors")])
    assert (folder / "model.safetensors").read_bytes() == before
    card = json.loads((folder / "card.json").read_text("utf-8"))
    assert {"found", "found_portraits", "found_scenes", "score"} < set(card["metrics"])
    assert sum(row["faces"] for row in card["by_size"]) == 3
    kept = json.loads((tmp_path / "runs/cascade.json").read_text("utf-8"))
    assert kept["best"]["found"] == card["metrics"]["cascade_found"]

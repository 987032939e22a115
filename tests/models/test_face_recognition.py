"""Finding, aligning, describing and comparing faces, against scikit-image, OpenCV, SciPy, torch."""

from typing import get_args

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage
from scipy.spatial.distance import cosine, euclidean
from skimage import data
from skimage.measure import block_reduce
from skimage.transform import SimilarityTransform
from torch import nn

from models import _face_describe, _face_find
from models import face_recognition as faces
from models._errors import InputError
from models._face import LARGEST_PHOTO, MOST_FACES
from models._face_align import SIDE, TEMPLATES, fit_similarity
from models._face_pose import HEAD, turned_head
from models.networks import tiny_face_embedder, tiny_face_finder
from models.networks._opencv_runners import Describer
from tests.small_onnx import describer_file
from tests.strategies import arguments, photos

EMBEDDED = "tiny_face_embedder"
SFACE = "face_recognition_sface"
finite = st.floats(-50, 50, allow_nan=False)


def face_at(points, margin=20.0, score=0.9):
    """A face whose box lies around its landmarks."""
    points = np.asarray(points, np.float32)
    box = np.concatenate([points.min(0) - margin, points.max(0) + margin])
    return faces.Face(box.astype(np.float32), score, points)


def placed(scale=1.0, turn=0.0, shift=(60.0, 40.0), template=faces.TEMPLATE):
    """The template's landmarks, larger, turned and elsewhere."""
    angle = np.radians(turn)
    spin = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return template @ spin.T + shift


@pytest.fixture(scope="module")
def photo():
    return np.ascontiguousarray(data.astronaut()[:300, 80:380])


@pytest.fixture(scope="module")
def sface(tmp_path_factory):
    """The other describing network in miniature."""
    file = tmp_path_factory.mktemp("onnx") / "small.onnx"
    file.write_bytes(describer_file()[0])
    return Describer(file)


# --- names


def test_the_names_are_those_of_the_networks():
    assert (*faces.FINDERS, *faces.DESCRIBERS) == faces.MODELS
    assert get_args(faces.FinderName) == tuple(each.name for each in faces.FINDERS)
    assert get_args(faces.DescriberName) == tuple(each.name for each in faces.DESCRIBERS)
    assert faces.FINDERS[0].is_embedded
    assert faces.DESCRIBERS[0].is_embedded


# --- a face


@pytest.mark.parametrize(
    ("box", "points", "code"),
    [
        ([0, 0, 0, 9], None, "face_box"),
        ([0, 9, 9, 0], None, "face_box"),
        ([0, 0, np.nan, 9], None, "face_box"),
        ([0, 0, 1e30, 9], None, "face_box"),
        ([0, 0, 9], None, "face_box"),
        (None, np.ones((5, 2)), "face_landmarks"),
        (None, np.full((5, 2), np.inf), "face_landmarks"),
        (None, np.eye(4, 2), "face_landmarks"),
    ],
)
def test_what_cannot_be_a_face_is_refused(box, points, code):
    box = np.array([0, 0, 9, 9] if box is None else box, np.float32)
    points = faces.TEMPLATE if points is None else points
    with pytest.raises(InputError) as caught:
        faces.Face(box, 1.0, points)
    assert caught.value.code == code


# --- align


@settings(max_examples=30)
@given(st.lists(st.tuples(finite, finite), min_size=5, max_size=5), st.integers(0, 2**16))
def test_the_similarity_is_umeyamas(points, seed):
    start = np.array(points) + np.random.default_rng(seed).normal(0, 0.1, (5, 2))
    goal = np.random.default_rng(seed + 1).normal(0, 20, (5, 2))
    expected = SimilarityTransform.from_estimate(start, goal)
    np.testing.assert_allclose(fit_similarity(start, goal), expected.params[:2], atol=1e-6)


@settings(max_examples=30)
@given(st.floats(0.3, 5), st.floats(-180, 180), finite, finite)
def test_an_alignment_is_undone_exactly(scale, turn, across, down):
    found = faces.alignment(face_at(placed(scale, turn, (across, down))))
    np.testing.assert_allclose(found.landmarks, faces.TEMPLATE, atol=1e-2)
    assert found.scale == pytest.approx(1 / scale, rel=1e-3)
    assert (found.turn + turn + 180) % 360 - 180 == pytest.approx(0, abs=0.1)
    assert found.error < 1e-2


def test_points_in_one_place_have_no_similarity():
    with pytest.raises(InputError) as caught:
        fit_similarity(np.ones((5, 2)), faces.TEMPLATE)
    assert caught.value.code == "face_landmarks"


@pytest.mark.parametrize("scale", [0.6, 1.0, 3.0, 9.0])
@pytest.mark.parametrize("turn", [0.0, 25.0])
def test_landmarks_come_to_lie_on_the_template(scale, turn):
    points = placed(scale, turn, (140 * scale, 90 * scale))
    canvas = np.zeros((int(320 * scale), int(340 * scale)), np.uint8)
    for x, y in points:  # a dot on each, drawn to a sixteenth of a pixel
        centre = tuple(np.round(np.array([x, y]) * 16).astype(int).tolist())
        cv2.circle(canvas, centre, int(3 * scale * 16), 255, -1, cv2.LINE_AA, 4)
    crop = faces.align(canvas, face_at(points))
    for x, y in faces.TEMPLATE:
        across, down = round(float(x)), round(float(y))
        part = crop[down - 5 : down + 6, across - 5 : across + 6].astype(float)
        middle = np.add(ndimage.center_of_mass(part)[::-1], [across - 5, down - 5])
        np.testing.assert_allclose(middle, [x, y], atol=0.3)


def test_a_crop_for_the_other_network_is_opencvs(photo, sface):
    face = face_at(placed(1.3, 12.0, (70, 60), TEMPLATES[SFACE]))
    row = np.concatenate([face.box[:2], face.box[2:] - face.box[:2], face.landmarks.ravel(), [1]])
    expected = sface.runner.alignCrop(photo, row.astype(np.float32)[None])
    difference = np.abs(faces.align(photo, face, SFACE).astype(int) - expected)
    assert difference.mean() < 0.1
    assert difference.max() <= 4


def test_without_alignment_the_box_is_scaled(photo):
    face = faces.Face(np.array([50, 60, 162, 172], np.float32), 1.0, faces.TEMPLATE)
    found = faces.align(photo, face, SFACE, aligned=False)
    np.testing.assert_array_equal(found, photo[60:172, 50:162])


def test_a_crop_is_grey_for_the_embedded_network_and_in_colour_for_the_other(photo):
    face = face_at(placed(2.0))
    assert faces.align(photo, face).shape == (SIDE, SIDE)
    assert faces.align(photo, face, SFACE).shape == (SIDE, SIDE, 3)
    assert faces.align(photo[..., 0], face, SFACE).shape == (SIDE, SIDE, 3)


@pytest.mark.parametrize("shift", [(-5000, 0), (4000, 4000), (0, 99_000)])
def test_a_face_beside_the_photo_is_black(photo, shift):
    assert not faces.align(photo, face_at(placed(1.0, 0, shift))).any()


def test_a_photo_as_wide_as_it_may_be_is_cut(monkeypatch):
    wide = np.full((1, LARGEST_PHOTO), 200, np.uint8)
    assert faces.align(wide, face_at(placed(1.0, 0, (9000, -40)))).max() == 200
    with pytest.raises(InputError) as caught:
        faces.align(np.zeros((2, LARGEST_PHOTO), np.uint8), face_at(placed()))
    assert caught.value.code == "photo_too_many_pixels"


# --- find


class Planted(nn.Module):
    """A finder that sees what it is told to see."""

    def __init__(self, rows):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1))
        self.rows = rows
        self.given = None

    def forward(self, grey):
        self.given = grey
        grids = []
        for stride in tiny_face_finder.STRIDES:
            height, width = (side // stride for side in grey.shape[2:])
            grid = torch.full((1, height, width, tiny_face_finder.NUMBERS), -20.0)
            for at, row, column, numbers in self.rows:
                if at == stride:
                    grid[0, row, column] = torch.tensor(numbers)
            grids.append(grid)
        return tuple(grids)


def planted(monkeypatch, *rows):
    network = Planted(rows)
    monkeypatch.setattr(_face_find, "load", lambda spec: network)
    return network


def numbers(score=3.0, middle=(0.0, 0.0), size=(0.0, 0.0), points=None):
    points = np.arange(10) / 10 - 0.5 if points is None else points
    return [score, *middle, *size, *points]


def test_cells_are_read_as_the_network_writes_them(monkeypatch):
    planted(monkeypatch, (16, 3, 5, numbers(2.0, (0.25, -0.5), (np.log(2), 0.0))))
    (face,) = faces.find(np.zeros((160, 160, 3), np.uint8), score=0.5)
    middle = np.array([5.5 * 16 + 4, 3.5 * 16 - 8])
    half = np.array([4 * 16, 2 * 16])
    np.testing.assert_allclose(face.box, [*(middle - half), *(middle + half)], atol=1e-4)
    expected = np.array([5.5 * 16, 3.5 * 16]) + 32 * (np.arange(10) / 10 - 0.5).reshape(5, 2)
    np.testing.assert_allclose(face.landmarks, expected, atol=1e-4)
    assert face.score == pytest.approx(1 / (1 + np.exp(-2)), abs=1e-6)


def test_a_large_photo_is_scaled_and_its_faces_are_scaled_back(monkeypatch):
    network = planted(monkeypatch, (32, 2, 4, numbers()))
    (face,) = faces.find(np.zeros((1000, 2000, 3), np.uint8), side=320)
    assert network.given.shape == (1, 1, 160, 320)
    middle = (face.box[:2] + face.box[2:]) / 2
    np.testing.assert_allclose(middle, np.array([4.5, 2.5]) * 32 * 2000 / 320, atol=0.1)


def test_a_photo_is_filled_up_with_grey(monkeypatch):
    network = planted(monkeypatch)
    photo = np.full((40, 33), 255, np.uint8)
    assert faces.find(photo) == ()
    given = network.given[0, 0]
    assert given.shape == (64, 64)
    assert (given[:40, :33] == 1).all()
    assert (given[40:] == 0.45).all()
    assert (given[:, 33:] == 0.45).all()


def test_the_better_of_two_boxes_stays_and_the_larger_face_comes_first(monkeypatch):
    planted(
        monkeypatch,
        (8, 3, 3, numbers(1.0)),
        (8, 3, 4, numbers(2.0)),
        (32, 3, 3, numbers(1.5)),
        (8, 15, 15, numbers(-1.0)),
    )
    found = faces.find(np.zeros((160, 160), np.uint8), score=0.5, overlap=0.4)
    assert [round(face.width) for face in found] == [128, 32]
    assert found[1].score == pytest.approx(1 / (1 + np.exp(-2)), abs=1e-6)
    assert len(faces.find(np.zeros((160, 160), np.uint8), score=0.2)) == 3


def test_two_hundred_faces_at_most(monkeypatch):
    cells = [(8, row, column, numbers(1 + row / 99)) for row in range(40) for column in range(40)]
    small = [(*cell[:3], [*cell[3][:3], -2.0, -2.0, *cell[3][5:]]) for cell in cells]
    planted(monkeypatch, *small)
    found = faces.find(np.zeros((320, 320), np.uint8), score=0.5)
    assert len(found) == MOST_FACES
    assert min(face.score for face in found) > 1 / (1 + np.exp(-1 - 34 / 99))


def test_what_is_no_face_or_not_in_the_photo_is_left_out(monkeypatch):
    planted(
        monkeypatch,
        (8, 1, 1, numbers(middle=(-90.0, 0.0))),
        (8, 5, 5, numbers(points=np.zeros(10))),
        (8, 9, 9, numbers(points=np.full(10, 1e9))),
        (8, 7, 7, [np.nan] * 15),
    )
    assert faces.find(np.zeros((160, 160), np.uint8), score=0.5) == ()


@pytest.mark.parametrize("shape", [(1, 4000), (4000, 1, 3), (1, 1)])
def test_odd_shapes_are_answered(monkeypatch, shape):
    planted(monkeypatch)
    assert faces.find(np.zeros(shape, np.uint8)) == ()
    assert [each.code for each in faces.remarks(np.zeros(shape, np.uint8))] == ["none"]


@settings(max_examples=8)
@given(photos(), arguments(faces.find, model=st.just(tiny_face_finder.SPEC.name)))
def test_any_picture_is_answered(photo, keywords):
    with pytest.MonkeyPatch.context() as patch:
        torch.manual_seed(0)
        network = tiny_face_finder.build().eval()
        patch.setattr(_face_find, "load", lambda spec: network)
        assert len(faces.find(photo, **keywords)) <= MOST_FACES


def test_nobody_in_the_photo_is_said(monkeypatch):
    planted(monkeypatch)
    for ask in (faces.align, faces.describe, faces.hide_steps):
        with pytest.raises(InputError) as caught:
            ask(np.zeros((50, 50), np.uint8))
        assert caught.value.code == "face_none"


# --- remarks


def remarked(*known, shape=(400, 400)):
    return {(each.code, each.face) for each in faces.remarks(np.zeros(shape, np.uint8), known)}


def seen(scale=80.0, at=(200.0, 160.0), margin=20.0, **turned):
    return face_at(turned_head(**turned) * scale + at, margin)


def test_each_thing_that_makes_a_face_hard_is_said():
    assert remarked(seen()) == set()
    assert remarked() == {("none", None)}
    assert remarked(seen(), seen(at=(100, 100))) == {("many", None)}
    assert remarked(seen(scale=15)) == {("small", 0)}
    assert remarked(seen(yaw=55)) == {("turned", 0)}
    assert remarked(seen(yaw=-55)) == {("turned", 0)}
    assert remarked(seen(pitch=55)) == {("turned", 0)}
    assert remarked(seen(at=(10.0, 160.0))) == {("cut", 0)}
    assert remarked(seen(), seen(scale=15)) == {("many", None), ("small", 1)}


def test_too_many_faces_are_refused():
    with pytest.raises(InputError) as caught:
        faces.remarks(np.zeros((9, 9), np.uint8), (seen(),) * (MOST_FACES + 1))
    assert caught.value.code == "faces_too_many"


# --- pose


@settings(max_examples=40)
@given(st.floats(-70, 70), st.floats(-60, 60), st.floats(-170, 170), st.floats(0.5, 300))
def test_the_pose_of_a_projected_head_is_found(yaw, pitch, roll, scale):
    points = turned_head(yaw, pitch, roll) * scale + [200, 100]
    pose = faces.head_pose(faces.Face(np.array([0.0, 0, 9, 9]), 1.0, points))
    np.testing.assert_allclose([pose.yaw, pose.pitch, pose.roll], [yaw, pitch, roll], atol=1e-5)


@settings(max_examples=25)
@given(st.floats(-0.7, 0.7), st.floats(-0.5, 0.5), st.floats(-0.7, 0.7))
def test_the_nose_points_where_opencvs_camera_sees_it_point(across, down, inside):
    turn = cv2.Rodrigues(np.array([down, across, inside]))[0]  # right, down, away
    camera = np.array([[1e3, 0, 320], [0, 1e3, 240], [0, 0, 1.0]])
    points, _ = cv2.projectPoints(
        HEAD * [1, 1, -1], cv2.Rodrigues(turn)[0], np.array([0.0, 0, 1e3]), camera, None
    )
    pose = faces.head_pose(faces.Face(np.array([0.0, 0, 9, 9]), 1.0, points[:, 0]))
    yaw, pitch, roll = np.radians([pose.yaw, pose.pitch, pose.roll])
    ahead = [np.sin(yaw), -np.sin(pitch) * np.cos(yaw)]
    spin = np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]])
    np.testing.assert_allclose(spin @ ahead, (turn @ [0, 0, -1])[:2], atol=0.01)


@settings(max_examples=40)
@given(
    st.floats(-40, 40),
    st.floats(-25, 25),
    st.lists(st.floats(-2, 2), min_size=4, max_size=4),
    st.tuples(finite, finite),
)
def test_a_flat_photo_keeps_its_yaw_however_it_is_held(yaw, pitch, linear, shift):
    table = np.array(linear).reshape(2, 2)
    size = np.abs(table).max()
    if abs(np.linalg.det(table)) < 0.05 * max(size, 0.1) ** 2:
        return
    points = turned_head(yaw, pitch)
    held = points @ table.T + shift
    if np.ptp(held, axis=0).max() < 0.1:
        return
    pose = faces.head_pose(faces.Face(np.array([0.0, 0, 9, 9]), 1.0, held))
    before = faces.head_pose(faces.Face(np.array([0.0, 0, 9, 9]), 1.0, points))
    assert pose.yaw == pytest.approx(before.yaw, abs=1e-3)
    assert pose.pitch == pytest.approx(before.pitch, abs=1e-3)


def test_a_face_seen_from_the_side_is_in_profile():
    points = np.array([[50, 10], [50, 10], [80, 40], [50, 70], [50, 70]], np.float64)
    assert faces.head_pose(face_at(points)).yaw == 90
    points[2, 0] = 20
    assert faces.head_pose(face_at(points)).yaw == -90


# --- describe


@pytest.fixture
def untrained(monkeypatch):
    """The embedded describing network without training: what holds here holds for any weights."""
    with torch.random.fork_rng():
        torch.manual_seed(1)
        network = tiny_face_embedder.build().eval().requires_grad_(False)
    monkeypatch.setattr(_face_describe, "load", lambda spec: network)
    return network


def test_a_description_is_what_the_network_says_of_the_crop(photo, untrained):
    face = face_at(placed(1.5, 10))
    found = faces.describe(photo, face)
    crop = torch.from_numpy(faces.align(photo, face))[None, None].float() / 255
    np.testing.assert_allclose(found, untrained(crop)[0].numpy(), atol=1e-5)
    assert np.linalg.norm(found) == pytest.approx(1, abs=1e-5)
    assert found.dtype == np.float32


def test_many_crops_are_described_in_batches(untrained, monkeypatch):
    monkeypatch.setattr(_face_describe, "BATCH", 3)
    random = np.random.default_rng(0)
    crops = list(random.integers(0, 256, (_face_describe.BATCH + 3, SIDE, SIDE), dtype=np.uint8))
    found = _face_describe.describe_crops(crops, EMBEDDED)
    assert found.shape == (len(crops), 128)
    alone = _face_describe.describe_crops(crops[-1:], EMBEDDED)
    np.testing.assert_allclose(found[-1], alone[0], atol=1e-5)
    assert _face_describe.describe_crops([], EMBEDDED).shape == (0, 128)


def test_a_crop_of_another_size_is_refused():
    with pytest.raises(InputError) as caught:
        _face_describe.describe_crops([np.zeros((50, 50), np.uint8)], EMBEDDED)
    assert caught.value.code == "crop_shape"


@settings(max_examples=30)
@given(st.integers(2, 20), st.integers(0, 2**16))
def test_distances_are_scipys(length, seed):
    one, other = np.random.default_rng(seed).normal(size=(2, length))
    assert faces.distance(one, other) == pytest.approx(euclidean(one, other))
    assert faces.distance(one, other, "cosine") == pytest.approx(cosine(one, other))
    one, other = one / np.linalg.norm(one), other / np.linalg.norm(other)
    squared = 2 * faces.distance(one, other, "cosine")
    assert faces.distance(one, other) ** 2 == pytest.approx(squared, abs=1e-9)
    assert faces.distance(one, one) == 0


@pytest.mark.parametrize(
    ("a", "b", "code"),
    [
        ([1.0, 2.0], [1.0, 2.0, 3.0], "vectors_differ"),
        ([0.0, 0.0], [1.0, 0.0], "vector_bad"),
        ([np.nan, 1.0], [1.0, 0.0], "vector_bad"),
        ([[1.0]], [1.0], "vector_bad"),
        (["a"], [1.0], "vector_bad"),
        ([], [1.0], "vector_bad"),
        ([1e300, 1.0], [1.0, 0.0], "vector_bad"),
        ([1.0] * 5000, [1.0], "vector_bad"),
        ([[1.0], [1.0, 2.0]], [1.0], "vector_bad"),
        ({}, [1.0], "vector_bad"),
    ],
)
def test_what_is_no_vector_is_refused(a, b, code):
    for one, other in ((a, b), (b, a)):
        with pytest.raises(InputError) as caught:
            faces.distance(one, other)
        assert caught.value.code == code


def test_a_pair_passes_up_to_the_threshold():
    one, other = np.array([1.0, 0.0]), np.array([0.6, 0.8])
    far = faces.distance(one, other)
    assert faces.compare(one, other, threshold=far).same
    assert not faces.compare(one, other, threshold=far - 0.01).same
    assert faces.compare(one, other, threshold=1).cosine == pytest.approx(0.6)
    assert faces.compare(one, other, SFACE).threshold == 1.128


# --- hide


@pytest.mark.parametrize("method", get_args(faces.Method))
def test_what_is_not_a_face_stays_as_it_is(photo, method):
    face = faces.Face(np.array([100, 80, 180, 190], np.float32), 1.0, faces.TEMPLATE)
    hidden = faces.hide(photo, [face], method, 0.2, 0.1)
    inside = np.zeros(photo.shape[:2], bool)
    inside[69:201, 92:188] = True
    assert (hidden[~inside] == photo[~inside]).all()
    assert (hidden[inside] != photo[inside]).mean() > 0.5
    np.testing.assert_array_equal(faces.hide(photo, [face], method, 0.0), photo)
    assert faces.hide(photo, [face], method, 0.2) is not photo
    np.testing.assert_array_equal(faces.hide(photo, [], method, 0.2), photo)


def test_blocks_have_the_mean_colour(photo):
    face = faces.Face(np.array([40, 50, 140, 150], np.float32), 1.0, faces.TEMPLATE)
    found = faces.hide(photo, [face], "pixelate", 0.1, 0.0)[50:150, 40:140]
    means = block_reduce(photo[50:150, 40:140].astype(float), (10, 10, 1), np.mean)
    np.testing.assert_array_equal(found[::10, ::10], means.round())
    np.testing.assert_array_equal(found, found[::10, ::10].repeat(10, 0).repeat(10, 1))


def test_the_last_blocks_are_smaller(photo):
    face = faces.Face(np.array([40, 50, 64, 73], np.float32), 1.0, faces.TEMPLATE)
    found = faces.hide(photo[..., 0], [face], "pixelate", 0.42, 0.0)[50:73, 40:64]
    last = photo[70:73, 60:64, 0].mean()
    assert (found[20:, 20:] == round(last)).all()


@pytest.mark.parametrize(("strength", "within"), [(0.05, 1.0), (0.3, 3.5)])
def test_a_blur_is_scipys_gaussian(photo, strength, within):
    face = faces.Face(np.array([40, 50, 140, 160], np.float32), 1.0, faces.TEMPLATE)
    found = faces.hide(photo, [face], "blur", strength, 0.0)[50:160, 40:140].astype(float)
    part = photo[50:160, 40:140].astype(float)
    sigma = strength * 100
    expected = ndimage.gaussian_filter(part, (sigma, sigma, 0), mode="nearest")
    assert np.abs(found - expected).max() < 3 * within
    assert np.abs(found - expected).mean() < within


@settings(max_examples=30)
@given(photos(), arguments(faces.hide), st.lists(st.floats(-30, 60), min_size=4, max_size=4))
def test_any_box_is_hidden_or_refused(photo, keywords, box):
    if box[2] <= box[0] or box[3] <= box[1]:
        with pytest.raises(InputError):
            faces.Face(np.array(box, np.float32), 1.0, faces.TEMPLATE)
        return
    face = faces.Face(np.array(box), 1.0, faces.TEMPLATE)
    hidden = faces.hide(photo, [face], **keywords)
    assert hidden.shape == photo.shape


def test_a_face_that_is_hidden_more_and_more(photo, untrained, monkeypatch):
    planted(monkeypatch)
    monkeypatch.setattr("models._face_hide.threshold_of", lambda model: 0.05)
    face = face_at(placed(1.5, 0, (30, 30)))
    found = faces.hide_steps(photo, face, "pixelate", steps=4)
    assert found.strengths.tolist() == pytest.approx([0, 0.5 / 3, 1 / 3, 0.5])
    assert found.distances[0] == pytest.approx(0, abs=1e-6)
    assert (found.distances[1:] > 0).all()
    assert not found.found.any()
    assert len(found.crops) == 4
    np.testing.assert_array_equal(found.crops[0], faces.align(photo, face))
    known = found.distances <= 0.05
    if found.breaks_at is None:
        assert known[-1]
    else:
        assert not known[found.strengths >= found.breaks_at].any()
    with pytest.raises(InputError) as caught:
        faces.hide_steps(photo, face, reference=[1.0, 0.0])
    assert caught.value.code == "vectors_differ"


# --- all of it, on the networks that are shipped


@pytest.fixture(scope="module")
def whole():
    return faces.pipeline(data.astronaut())


def test_the_face_of_a_portrait_is_found(whole):
    face = whole.faces[0]
    assert 0.1 < face.score <= 1
    assert face.box[0] < 224 < face.box[2]  # where scikit-image's own page on faces has it
    assert face.box[1] < 120 < face.box[3]
    left, right, nose, *mouth = face.landmarks
    assert left[0] < nose[0] < right[0]
    assert max(left[1], right[1]) < nose[1] < min(point[1] for point in mouth)
    assert abs(faces.head_pose(face).yaw) < 25


def test_every_stage_answers_what_it_answers_alone(whole):
    photo = data.astronaut()
    assert len(whole.faces) == len(whole.crops) == len(whole.vectors)
    assert list(whole.milliseconds) == ["find", "align", "describe"]
    np.testing.assert_array_equal(faces.align(photo), whole.crops[0])
    np.testing.assert_allclose(faces.describe(photo), whole.vectors[0], atol=1e-5)
    assert np.linalg.norm(whole.vectors, axis=1) == pytest.approx(1, abs=1e-5)


def test_a_photo_shows_who_its_mirror_image_shows():
    photo = data.astronaut()
    found = faces.verify(photo, photo)
    assert found.comparison.distance == pytest.approx(0, abs=1e-5)
    assert found.comparison.same
    mirrored = faces.verify(photo, np.ascontiguousarray(photo[:, ::-1]))
    assert mirrored.comparison.distance < faces.threshold_of()


def test_no_face_is_no_verification(monkeypatch):
    planted(monkeypatch)
    with pytest.raises(InputError) as caught:
        faces.verify(np.zeros((50, 50), np.uint8), data.astronaut())
    assert caught.value.code == "face_none"


def test_what_lies_beside_the_weights_fits_together():
    known, film = faces.volunteers(), faces.film()
    assert known.vectors.shape == (len(known.people), 128)
    np.testing.assert_allclose(np.linalg.norm(known.vectors, axis=1), 1, atol=2e-3)
    assert film.points.shape == (len(film.moments), len(film.people), 2)
    assert film.same.shape == film.different.shape == film.moments.shape
    assert (np.diff(film.moments) > 0).all()
    for name, head in faces.heads().items():
        assert head.weights.shape == ((1,) if name == "plain" else (128,))
    for name in faces.MEASURED_NAMES:
        found = faces.measured(name)
        assert len(found.edges) == len(found.same) + 1 == len(found.different) + 1
        assert found.same.sum() + found.different.sum() == found.pairs
        assert (np.diff(found.false_accepts) >= 0).all()
        assert (np.diff(found.false_rejects) <= 0).all()
    at = faces.rates()
    assert at.false_accepts == pytest.approx(at.false_rejects, abs=0.02)
    assert at.false_accepts == pytest.approx(faces.measured().equal_error, abs=0.02)

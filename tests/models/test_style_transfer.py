"""The fast pass: known answers, properties, tiles without seams, two regions, colours."""

import json
import threading
from itertools import islice
from typing import get_args

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from skimage import data

from models import _style_fast, _style_paint
from models import style_transfer as style
from models._errors import InputError
from models._gate import queue_length, turn
from models._images import MAXIMUM_SIDE
from models._load import load
from models._style_colours import match_colours, take_luminance
from models._style_pad import IN_ONE_TURN
from models._style_paint import AT_ONCE, Finish, Painter
from models._style_pictures import scale_down
from models.networks import style_network
from tests.patience import within
from tests.strategies import arguments, photos

FIRST, SECOND, THIRD, FOURTH = style_network.STYLES[:4]
COLOURS = ("luminance", "histogram")


@pytest.fixture(scope="module")
def photo():
    return np.ascontiguousarray(data.chelsea()[::3, ::3])  # 100 x 151


def levels(picture):
    return picture.astype(int)


def apart(one, other):
    return np.abs(levels(one) - levels(other)).max()


# --- names


def test_the_names_are_those_of_the_network():
    assert tuple(style.STYLES) == style_network.STYLES == get_args(style.StyleName)
    assert get_args(style.RegionName) == ("photo", *style_network.STYLES)
    assert get_args(style.LossName) == tuple(each.spec.name for each in style.LOSS_NETWORKS)
    assert style.MODELS[0].is_embedded
    assert len(style.STYLES) >= 12


@pytest.mark.parametrize("key", style_network.STYLES)
def test_a_style_says_where_it_is_from(key):
    found = style.STYLES[key]
    assert all((found.en, found.zh, found.by, found.year, found.source))


# --- one pass


def test_a_pass_is_the_networks(photo):
    network = load(style_network.SPEC)
    batch = torch.from_numpy(photo.copy()).permute(2, 0, 1)[None].float() / 255
    weights = torch.eye(len(style.STYLES))[[2]]
    with torch.inference_mode():
        expected = network(batch, weights)[0].permute(1, 2, 0).numpy() * 255
    assert np.abs(style.stylise(photo, THIRD).pixels - expected).max() < 0.51


def test_no_strength_gives_the_photo_back(photo):
    for picture in (photo, photo[..., 0]):
        found = style.stylise(picture, strength=0)
        expected = picture if picture.ndim == 3 else np.stack([picture] * 3, -1)
        np.testing.assert_array_equal(found.pixels, expected)
        assert found.notes == ()
        (*_, tile) = style.stylise_tiles(picture, strength=0)
        np.testing.assert_array_equal(tile.whole, expected)
    np.testing.assert_array_equal(
        style.stylise_regions(photo, np.ones((3, 3), np.float32), strength=0).pixels, photo
    )


def test_strength_mixes_pixels(photo):
    full = levels(style.stylise(photo).pixels)
    half = levels(style.stylise(photo, strength=0.5).pixels)
    assert np.abs(half - (full + photo) / 2).max() <= 0.5


@settings(max_examples=6, deadline=None)
@given(st.floats(1e-6, 1e6), st.sampled_from(style_network.STYLES))
def test_a_blend_of_one_style_is_that_style(weight, key):
    picture = np.ascontiguousarray(data.coffee()[::12, ::12])
    found = style.stylise_blend(picture, {key: weight, FIRST if key != FIRST else SECOND: 0})
    np.testing.assert_array_equal(found.pixels, style.stylise(picture, key).pixels)
    assert found.weights == {key: 1.0}


def test_only_shares_count(photo):
    one = style.stylise_blend(photo, {FIRST: 1, THIRD: 3})
    other = style.stylise_blend(photo, {THIRD: 0.75, FIRST: 0.25})
    np.testing.assert_array_equal(one.pixels, other.pixels)
    assert one.weights == {FIRST: 0.25, THIRD: 0.75}
    assert style.stylise_blend(photo).weights == {FIRST: 0.5, SECOND: 0.5}


def test_a_blend_is_no_mix_of_pixels(photo):
    ends = [levels(style.stylise(photo, key).pixels) for key in (FIRST, SECOND)]
    assert apart(style.stylise_blend(photo).pixels, sum(ends) // 2) > 5


@settings(max_examples=12, deadline=None)
@given(photos(), arguments(style.stylise))
def test_any_small_photo_is_painted(picture, keywords):
    found = style.stylise(picture, **keywords)
    assert found.pixels.shape == (*picture.shape[:2], 3)
    assert found.pixels.dtype == np.uint8
    assert queue_length() == 0


@pytest.mark.parametrize("colours", COLOURS)
@pytest.mark.parametrize("size", [(1, 1), (1, 40), (40, 3)])
def test_tiny_and_flat_photos_are_painted(size, colours):
    picture = np.full((*size, 3), 90, np.uint8)
    found = style.stylise(picture, keep_colours=True, colours=colours)
    assert found.pixels.shape == picture.shape
    (*_, last) = style.stylise_tiles(picture, {FIRST: 1}, keep_colours=True, colours=colours)
    np.testing.assert_array_equal(last.whole, found.pixels)


def test_huge_photos_are_made_small_and_that_is_said():
    strip = np.zeros((30, 10_000, 3), np.uint8)
    found = style.stylise(strip)
    assert found.pixels.shape == (3, MAXIMUM_SIDE, 3)
    (note,) = found.notes
    assert (note.code, note.values["from_size"]) == ("scaled", "10000 × 30")
    assert next(style.stylise_tiles(strip)).size == (6, 2048)


def test_large_photos_go_tile_by_tile(monkeypatch):
    """What one pass takes, and so what memory and waiting cost, has a limit."""
    assert max(AT_ONCE, _style_fast.TILE + 2 * style_network.REACH) <= 512
    monkeypatch.setattr(_style_fast, "AT_ONCE", 128)
    monkeypatch.setattr(_style_fast, "TILE", 128)
    sides = []
    passing = Painter._pass
    monkeypatch.setattr(
        Painter, "_pass", lambda self, photo: sides.append(photo.shape) or passing(self, photo)
    )
    style.stylise(np.zeros((4_000, 4_000), np.uint8), side=160)
    assert len(sides) == 4
    assert max(max(each[:2]) for each in sides) <= 160


# --- tiles


@pytest.mark.parametrize("keywords", [{}, {"strength": 0.6, "keep_colours": True}])
def test_tiles_are_the_whole(keywords):
    picture = np.ascontiguousarray(data.coffee()[::3, ::3])  # 134 x 200
    whole = style.stylise_blend(picture, {SECOND: 1, THIRD: 2}, **keywords).pixels
    tiles = list(style.stylise_tiles(picture, {SECOND: 1, THIRD: 2}, tile=128, **keywords))
    assert [tile.step for tile in tiles] == list(range(1, 5))
    assert {tile.steps for tile in tiles} == {4}
    assert [tile.whole is None for tile in tiles] == [True] * 3 + [False]
    assert apart(tiles[-1].whole, whole) <= 1
    for tile in tiles:
        height, width = tile.pixels.shape[:2]
        there = tiles[-1].whole[tile.top : tile.top + height, tile.left : tile.left + width]
        np.testing.assert_array_equal(tile.pixels, there)


def test_tiles_of_a_large_photo_have_the_moments_of_its_thumbnail(monkeypatch):
    monkeypatch.setattr(_style_paint, "AT_ONCE", 96)
    picture, _ = scale_down(data.coffee(), 180)
    *_, last = style.stylise_tiles(picture, {FIRST: 1}, tile=128)
    network = load(style_network.SPEC)
    weights = torch.eye(len(style.STYLES))[[0]]
    small, _ = scale_down(picture, 96)
    one, other = (
        torch.from_numpy(each.copy()).permute(2, 0, 1)[None].float() / 255
        for each in (picture, small)
    )
    with torch.inference_mode():
        statistics = network.statistics(other, weights)
        expected = network(one, weights, statistics)[0].permute(1, 2, 0).numpy() * 255
    assert np.abs(last.whole - expected).max() < 1.5


def test_whoever_stops_frees_the_machine():
    work = style.stylise_tiles(data.coffee()[::3, ::3], tile=128)
    list(islice(work, 2))
    assert queue_length() == 0
    work.close()
    entered = threading.Event()

    def next_visitor():
        with turn():
            entered.set()

    threading.Thread(target=next_visitor, daemon=True).start()
    with within(1):
        assert entered.wait(60)


# --- the pad


@pytest.mark.parametrize("count", [2, 3, 4])
def test_a_pad_holds_true_blends(photo, count):
    corners = (FIRST, THIRD, SECOND, FOURTH)[:count]
    pad = style.blend_pad(photo, corners, points=3, side=64)
    rows, columns = pad.pictures.shape[:2]
    assert (rows, columns) == ((1, 3) if count == 2 else (3, 3))
    np.testing.assert_allclose(pad.weights.sum(-1), 1)
    small, _ = scale_down(photo, 64)
    for row, column in ((0, 0), (rows - 1, 1), (rows // 2, 2)):
        shares = dict(zip(corners, map(float, pad.weights[row, column]), strict=True))
        expected = style.stylise_blend(small, shares).pixels
        assert apart(pad.pictures[row, column], expected) <= 1
    assert pad.weights[0, 0, 0] == pad.weights[0, -1, 1] == 1
    if count > 2:
        assert pad.weights[-1, 0, 2] == pad.weights[-1, -1, -1] == 1


def test_a_pad_is_painted_in_short_turns():
    side = style.blend_pad.__annotations__["side"].__metadata__[0].high
    assert side * side <= IN_ONE_TURN
    assert IN_ONE_TURN <= AT_ONCE**2


@pytest.mark.parametrize("colours", COLOURS)
def test_a_pad_keeps_colours_as_the_pass_does(photo, colours):
    keywords = {"strength": 0.7, "keep_colours": True, "colours": colours}
    pad = style.blend_pad(photo, (FIRST, SECOND), points=2, side=96, **keywords)
    expected = style.stylise(photo, FIRST, side=96, **keywords).pixels
    assert apart(pad.pictures[0, 0], expected) <= 1


# --- regions


def test_a_mask_chooses_the_style(photo):
    both = [style.stylise(photo, key).pixels for key in (FIRST, THIRD)]
    for cover, expected in ((0, both[0]), (1, both[1])):
        mask = np.full((7, 9), cover, np.float32)
        found = style.stylise_regions(photo, mask, FIRST, THIRD)
        np.testing.assert_array_equal(found.pixels, expected)
        assert found.weights == {(FIRST, THIRD)[cover]: 1.0}


def test_the_subject_is_kept(photo):
    mask = np.zeros(photo.shape[:2], bool)
    mask[30:60, 40:100] = True
    found = style.stylise_regions(photo, mask, FIRST, "photo", feather=0)
    np.testing.assert_array_equal(found.pixels[mask], photo[mask])
    np.testing.assert_array_equal(found.pixels[~mask], style.stylise(photo, FIRST).pixels[~mask])
    assert found.weights["photo"] == pytest.approx(mask.mean())
    soft = style.stylise_regions(photo, mask, FIRST, "photo", feather=4).pixels
    rim = levels(soft)[45, 40]  # on the edge: half of each
    middle = (levels(photo)[45, 40] + levels(found.pixels)[45, 39]) / 2
    assert np.abs(rim - middle).max() < 30


def test_photo_and_photo_is_the_photo(photo):
    mask = np.eye(4, dtype=np.float32)
    found = style.stylise_regions(photo, mask, "photo", "photo")
    np.testing.assert_array_equal(found.pixels, photo)
    assert found.weights == {"photo": 1.0}


@settings(max_examples=8, deadline=None)
@given(photos(), st.tuples(st.integers(1, 50), st.integers(1, 50)), st.floats(0, 64))
def test_masks_of_any_size_fit(picture, size, feather):
    mask = np.random.default_rng(0).random(size).astype(np.float32)
    found = style.stylise_regions(picture, mask, feather=feather)
    assert found.pixels.shape == (*picture.shape[:2], 3)


# --- colours


def test_luminance_is_the_paintings_and_the_rest_the_photos():
    chance = np.random.default_rng(0)
    painting, photo = (chance.integers(90, 165, (20, 20, 3), dtype=np.uint8) for _ in range(2))
    found = take_luminance(painting, photo)
    spaces = [np.asarray(Image.fromarray(x).convert("YCbCr"), int) for x in (found, painting)]
    assert np.abs(spaces[0][..., 0] - spaces[1][..., 0]).max() <= 1
    original = np.asarray(Image.fromarray(photo).convert("YCbCr"), int)
    assert np.abs(spaces[0][..., 1:] - original[..., 1:]).max() <= 1


def test_matched_colours_have_the_wanted_mean_and_covariance():
    chance = np.random.default_rng(1)
    mixing = np.array([[9, 4, 0], [0, 7, 3], [2, 0, 6]])
    given, wanted = (
        (chance.normal(size=(60, 60, 3)) @ (mixing * scale) + middle).clip(0, 255).astype(np.uint8)
        for scale, middle in ((1.0, 90), (1.6, 140))
    )
    found = match_colours(given, wanted[::-1].swapaxes(0, 1))(given, given).reshape(-1, 3)
    goal = wanted.reshape(-1, 3)
    np.testing.assert_allclose(found.mean(0), goal.mean(0), atol=0.5)
    np.testing.assert_allclose(np.cov(found.T), np.cov(goal.T), rtol=0.02, atol=0.5)


def test_matching_oneself_changes_nothing(photo):
    assert apart(match_colours(photo, photo)(photo, photo), photo) == 0


def test_one_colour_can_be_matched(photo):
    flat = np.full_like(photo, 77)
    assert apart(match_colours(photo, flat)(photo, photo), flat) <= 2
    np.testing.assert_allclose(
        match_colours(flat, photo)(flat, flat)[0, 0], photo.mean((0, 1)), atol=1
    )


@pytest.mark.parametrize("colours", COLOURS)
def test_kept_colours_are_closer_to_the_photos(photo, colours):
    def hue(pixels):
        return (levels(pixels) - levels(pixels).mean(axis=2, keepdims=True)).mean(axis=(0, 1))

    found = style.stylise(photo, SECOND, keep_colours=True, colours=colours).pixels
    assert np.abs(hue(found) - hue(photo)).max() < 8


# --- bad input

MASK = np.zeros((4, 4), np.float32)


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda x: style.stylise(x, "nobody"), "not_a_choice"),
        (lambda x: style.stylise(x, strength=float("nan")), "out_of_range"),
        (lambda x: style.stylise(x[..., :2]), "photo_shape"),
        (lambda x: style.stylise(np.zeros((4, 4, 4), np.uint8)), "photo_shape"),
        (lambda x: style.stylise_blend(x, {FIRST: -1, SECOND: 2}), "weight_bad"),
        (lambda x: style.stylise_blend(x, {FIRST: float("nan")}), "weight_bad"),
        (lambda x: style.stylise_blend(x, {FIRST: 1e9}), "weight_bad"),
        (lambda x: style.stylise_blend(x, {FIRST: None}), "weight_bad"),
        (lambda x: style.stylise_blend(x, {FIRST: 0, SECOND: 0.0}), "weights_zero"),
        (lambda x: style.stylise_blend(x, {"nobody": 1}), "not_a_choice"),
        (lambda x: style.stylise_blend(x, [1, 2]), "weights_unnamed"),
        (lambda x: style.stylise_blend(x, "mosaic"), "weights_unnamed"),
        (lambda x: style.stylise_tiles(x, {FIRST: -1}), "weight_bad"),
        (lambda x: style.blend_pad(x, [FIRST]), "corners_count"),
        (lambda x: style.blend_pad(x, style_network.STYLES[:5]), "corners_count"),
        (lambda x: style.blend_pad(x, [FIRST, FIRST]), "corners_twice"),
        (lambda x: style.blend_pad(x, [FIRST, "nobody"]), "not_a_choice"),
        (lambda x: style.blend_pad(x, [FIRST, []]), "not_a_choice"),
        (lambda x: style.blend_pad(x, "mosaic"), "not_a_list"),
        (lambda x: style.stylise_regions(x, MASK[0]), "mask_shape"),
        (lambda x: style.stylise_regions(x, MASK[:0]), "mask_shape"),
        (lambda x: style.stylise_regions(x, [[1]]), "mask_shape"),
        (lambda x: style.stylise_regions(x, MASK + np.float32(np.nan)), "mask_values"),
        (lambda x: style.stylise_regions(x, MASK + 2), "mask_values"),
        (lambda x: style.stylise_regions(x, MASK.astype(str)), "mask_values"),
        (lambda x: style.stylise_regions(x, MASK, "nobody"), "not_a_choice"),
        (lambda x: style.stylise_regions(x, MASK, feather=-1), "out_of_range"),
    ],
)
def test_bad_input_is_refused(photo, call, code):
    with pytest.raises(InputError) as caught:
        call(photo)
    assert caught.value.code == code
    assert queue_length() == 0


def test_what_a_painter_shares_is_measured_once(photo, monkeypatch):
    network = load(style_network.SPEC)
    asked = []
    measuring = network.statistics
    monkeypatch.setattr(
        type(network), "statistics", lambda self, *given: asked.append(1) or measuring(*given)
    )
    painter = Painter(photo, {FIRST: 1.0}, Finish(), side=64)
    assert len(painter.boxes) == 6
    painter.whole()
    assert len(asked) == 1


def test_answers_are_plain(photo):
    found = style.stylise(photo, FIRST)
    assert json.dumps(found.weights) == f'{{"{FIRST}": 1.0}}'

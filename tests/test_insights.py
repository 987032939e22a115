"""The pictures and widgets of the page that looks into a network, and long work in slices."""

import base64
import io
import time

import numpy as np
import pytest
from PIL import Image

from gallery import figures
from gallery.components.layer_strip import _bar
from gallery.components.tiles import sheet_columns, sheet_url
from gallery.demos import Control
from gallery.insights.inquiries import METHODS, most_exciting
from gallery.photo import open_sample, samples
from gallery.show import _Work
from models import cnn_visualization as cnn


def test_the_square_is_the_one_the_network_is_shown():
    photo = open_sample("coffee").pixels
    sight = cnn.classify(photo).sight
    square = figures.cut_square(photo, sight.box, 64)
    assert np.abs(square.astype(float) - sight.pixels).mean() < 4  # two ways of making it small


def test_a_map_over_a_photo_is_grey_where_nothing_is_and_blue_where_something_speaks_for():
    square = np.full((64, 64, 3), (200, 100, 30), np.uint8)
    share = np.zeros((16, 16), np.float32)
    share[:4], share[-4:] = 1, -1
    laid = figures.map_picture(square, share, signed=True, side=64).astype(int)
    assert np.ptp(laid[32, 32]) < 12
    assert laid[4, 32, 2] > laid[4, 32, 0] + 60
    assert laid[-4, 32, 0] > laid[-4, 32, 2] + 60


@pytest.mark.parametrize("signed", [True, False])
def test_a_map_has_its_values_under_the_pointer(signed):
    square = np.zeros((128, 128, 3), np.uint8)
    values = np.linspace(-1, 1, 64, dtype=np.float32).reshape(8, 8)
    drawn = figures.map_on_photo(
        square, values, "title", "alt", x="column", y="row", value="evidence", signed=signed
    )
    image, heat = drawn.figure.data
    assert (heat.zmin, heat.zmax) == (-1 if signed else 0, 1)
    assert image.x0 - image.dx / 2 == pytest.approx(-0.5)  # both cover the same square
    assert image.x0 + (128 - 0.5) * image.dx == pytest.approx(7.5)


def test_a_film_keeps_its_first_and_last_picture():
    pictures = [np.full((8, 8, 3), shade, np.uint8) for shade in range(200)]
    drawn = figures.film(
        pictures, range(200), range(200), "alt", step="step", value="v", play="p", pause="q"
    )
    names = [frame.name for frame in drawn.figure.frames]
    assert (names[0], names[-1], len(names)) == ("0", "199", 33)
    assert len(drawn.table["step"]) == 200


def test_channels_share_a_scale_only_when_asked_to():
    maps = np.stack([np.full((4, 4), 1.0), np.full((4, 4), 2.0)]).astype(np.float32)
    own = figures.channel_tiles(maps, [0, 1])
    common = figures.channel_tiles(maps, [0, 1], common=True)
    np.testing.assert_array_equal(own[0], own[1])
    assert (common[0] != common[1]).any()
    np.testing.assert_array_equal(own[1], common[1])


def test_a_colour_filter_of_zeros_is_grey():
    (tile,) = figures.filter_tiles(np.zeros((1, 3, 3, 3), np.float32), is_colour=True)
    assert np.abs(tile.astype(int) - 128).max() <= 1
    patch = figures.patch_tile(np.zeros((2, 6, 3), np.uint8), 60)
    assert (patch[0] == 128).all()
    assert (patch[30] == 0).all()


@pytest.mark.parametrize("count", [1, 2, 7, 32])
def test_tiles_stand_in_their_sheet_where_the_browser_looks_for_them(count):
    tiles = [np.full((8, 8, 3), shade, np.uint8) for shade in range(count)]
    data = base64.b64decode(sheet_url(tiles).partition(",")[2])
    sheet = np.asarray(Image.open(io.BytesIO(data)))
    columns = sheet_columns(count)
    for place in range(count):
        row, column = divmod(place, columns)
        assert (sheet[row * 8 + 4, column * 8 + 4] == place).all()


def test_a_layer_is_as_high_as_its_maps_and_as_wide_as_it_has_channels():
    words = Control("layer", "Layer", "", {"convolution": "卷积"})
    bars = {row.name: _bar(words, row, True) for row in cnn.layers()}
    assert bars["features.0"]["height"] > bars["features.24"]["height"]
    assert bars["features.0"]["width"] < bars["features.24"]["width"]
    assert bars["features.0"]["told"] == "features.0 · 卷积 · 32 × 32 × 32"


def test_the_samples_are_searched_for_what_excites_a_channel():
    found = most_exciting("tiny_vgg", "features.16", 89, 64)
    assert len(found) == 6
    assert {key for key, _ in found} <= set(samples())
    values = [one.value for _, one in found]
    assert values == sorted(values, reverse=True)
    assert len(METHODS) == 9


def test_long_work_goes_on_in_slices_and_lets_go_when_stopped(monkeypatch):
    monkeypatch.setattr("gallery.show.SLICE", 0.05)
    closed = []

    def count():
        try:
            for number in range(10**9):
                time.sleep(0.01)
                yield number
        finally:
            closed.append(True)

    work = _Work(settings=())
    work.begin(count())
    work.advance()
    first = len(work.found)
    work.advance()
    assert 0 < first < len(work.found)
    work.end()
    work.advance()
    assert closed == [True]
    assert work.found == list(range(len(work.found)))


def test_long_work_ends_by_itself():
    work = _Work(settings=())
    work.begin(number for number in range(3))
    work.advance()
    assert work.found == [0, 1, 2]
    assert work.running is None

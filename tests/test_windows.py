"""What the padding and stride page is made of: settings, the layer table, figures, the walk."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from gallery import figures
from gallery.components import walk as component
from gallery.demos import PAGES
from gallery.windows.layer_table import read_layers, write_layers
from gallery.windows.settings import Axis, Setting
from models._errors import InputError
from models.padding_stride import PRESETS, Layer, convolve_volume, measure, walk

PAGE = str(PAGES / "22_Padding_Stride.py")
WORDS = {key: key for key in ("input", "output", "read", "padding", "unread", "reads")}


def opened(**query: str) -> AppTest:
    app = AppTest.from_file(PAGE, default_timeout=60)
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


@pytest.mark.parametrize("name", PRESETS)
def test_a_network_survives_its_short_form(name):
    layers = PRESETS[name].layers
    again = read_layers(write_layers(layers))
    assert again is not None
    nameless = [{**vars(layer), "name": ""} for layer in layers]
    assert [vars(layer) for layer in again] == nameless


lengths = st.one_of(st.integers(1, 99), st.tuples(st.integers(1, 99), st.integers(1, 99)))


@given(
    st.lists(
        st.builds(
            Layer,
            st.sampled_from(["convolution", "transposed", "max_pooling", "shortcut", "linear"]),
            st.none() | st.integers(1, 999),
            lengths,
            lengths,
            lengths,
            lengths,
            st.integers(1, 9),
            st.booleans(),
            st.booleans(),
            st.booleans(),
            lengths,
            st.integers(1, 9),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_layers_survive_their_short_form(layers):
    assert read_layers(write_layers(layers)) == tuple(layers)


@pytest.mark.parametrize(
    "raw", ["", "x", "c64k", "c0", "c64k7;", "c64k7x", "k3", "c64q3", "c9" * 99]
)
def test_what_is_no_short_form_is_ignored(raw):
    assert read_layers(raw) is None


axes = st.builds(
    Axis,
    st.integers(4, 12),
    st.integers(1, 4),
    st.integers(0, 2),
    st.integers(0, 2),
    st.integers(1, 3),
    st.integers(1, 2),
    st.just(0),
)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["convolution", "max_pooling", "average_pooling"]), axes, axes,
       st.integers(1, 2), st.booleans())  # fmt: skip
def test_a_setting_walks_as_its_layer_measures(operation, down, across, count, ceil_mode):
    setting = Setting(operation, (down, across)[:count], ceil_mode and operation != "convolution")
    try:
        shape = measure(setting.input_shape, setting.layer).shape[1:]
    except InputError:
        with pytest.raises(InputError):
            walk(**setting.walked())
        return
    walked = walk(**setting.walked())
    assert walked.outputs.shape == (1,) * (2 - count) + shape


@pytest.mark.parametrize("operation", ["convolution", "transposed", "max_pooling"])
def test_the_strip_shows_every_output_and_its_reads(operation):
    walked = walk(operation, 7, 3, 1, 2, dimensions=1)
    drawing = figures.window_strip(walked, "title", "alt", WORDS)
    assert drawing.table["output"] == list(range(walked.outputs.size))
    assert drawing.table["reads"][1] == ", ".join(str(i) for i, _ in walked.column_links[1])


def test_the_boxes_say_their_sizes():
    words = {name: name for name in ("input", "filter", "output")}
    drawing = figures.volumes((3, 6, 6), (3, 3, 3), (10, 4, 4), (0, 1, 2), (4, 1, 2), words, "alt")
    assert drawing.table["d × h × w"] == ["3 × 6 × 6", "3 × 3 × 3", "10 × 4 × 4"]


def test_a_picture_to_take_away_has_every_matrix():
    volume = convolve_volume()
    one = figures.cells_picture({"input": volume.values[0]}, signed=())
    two = figures.cells_picture(
        {"input": volume.values[0], "output": volume.outputs[0]}, ("output",)
    )
    assert one.dtype == np.uint8
    assert two.shape[1] > one.shape[1]


def test_the_component_is_sent_plain_numbers():
    walked = walk("max_pooling", 4, 3, 1, 2)
    sent = json.loads(json.dumps(component._numbers(walked), allow_nan=False))
    assert sent["outputs"] == walked.outputs.tolist()
    assert len(sent["colours"]["values"]) == 4


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ((1, 2), (1, 2)),
        ((9, 0), None),
        ((-1, 0), None),
        ((1,), None),
        (None, None),
        ((1, 2, 3), None),
    ],
)
def test_a_pinned_cell_is_checked(cell, kept):
    assert component._inside(cell, (3, 4)) == kept


def test_the_page_says_what_torch_says():
    app = opened(section="size", size="224", kernel="11", stride="4", padding="2", filters="64")
    assert metrics(app)["Output"] == "64 × 55 × 55"
    assert any("asked just now, says **64 × 55 × 55** and 23296" in m.value for m in app.markdown)


def test_a_kernel_that_is_too_large_gets_a_sentence():
    app = opened(section="size", size="2", kernel="5")
    assert not app.exception
    assert app.warning[0].value.startswith("The window covers 5 pixels")
    assert app.number_input[0].value == 2


def test_a_button_sets_the_nearest_setting_and_lets_go():
    app = opened(section="size")
    first = next(button for button in app.button if button.label.startswith("Padding after 1"))
    first.click().run()
    assert app.query_params["padding_after"] == "1"
    assert metrics(app)["Output"] == "10 × 3 × 3"
    stride = next(
        each for each in app.number_input if each.key.startswith("padding_stride.stride.")
    )
    stride.set_value(1).run()
    assert metrics(app)["Output"] == "10 × 5 × 5", "the button must not hold on to its setting"


def test_an_edited_network_comes_with_the_link():
    app = opened(section="stack", preset="LeNet-5", layers="c6k5;ak2s2")
    assert metrics(app)["Parameters"] == "156"
    assert metrics(app)["Output"] == "6 × 14 × 14"
    assert app.query_params["layers"] == "c6k5;ak2s2"


def test_another_network_starts_anew():
    app = opened(section="stack", layers="c6k5")
    choice = next(each for each in app.segmented_control if ".preset." in each.key)
    choice.set_value("VGG-16").run()
    assert metrics(app)["Parameters"] == "138,357,544"
    assert "layers" not in app.query_params

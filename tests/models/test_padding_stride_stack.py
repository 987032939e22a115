"""Stacks of layers against torch's modules, its operation counter, autograd and torchvision."""

import contextlib
import io

import pytest
import torch
import torchvision
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from models._errors import InputError
from models._layer_torch import as_module
from models.padding_stride import PRESETS, Layer, stack, torch_shape, write_code

SLACK = [HealthCheck.filter_too_much]  # many settings do not fit, and are refused
small = st.integers


@st.composite
def layers(draw, channels: int, axes: int, kinds=("convolution", "transposed", "max_pooling",
                                                  "average_pooling")) -> Layer:  # fmt: skip
    """A layer that may or may not fit what reaches it."""
    kind = draw(st.sampled_from(kinds))
    pooling = kind.endswith("pooling")
    kernel = tuple(draw(small(1, 5)) for _ in range(axes))
    groups = draw(st.sampled_from([1, 1, 2, channels]))
    return Layer(
        kind,
        None if pooling else draw(small(1, 4)) * groups,
        kernel,
        tuple(draw(small(1, 4)) for _ in range(axes)),
        tuple(draw(small(0, taps // 2 if pooling else 3)) for taps in kernel),
        1 if kind == "average_pooling" else tuple(draw(small(1, 3)) for _ in range(axes)),
        groups if channels % groups == 0 and not pooling else 1,
        draw(st.booleans()),
        draw(st.booleans()),
        draw(st.booleans()),
        tuple(draw(small(0, 2)) for _ in range(axes)) if kind == "transposed" else 0,
    )


@st.composite
def settings_of_one_layer(draw):
    axes, channels = draw(small(1, 3)), draw(small(1, 4))
    shape = (channels, *(draw(small(1, 12)) for _ in range(axes)))
    return shape, draw(layers(channels, axes))


def one_row(shape, layer):
    """Our report, or None where it is refused."""
    try:
        return stack(shape, [layer])[0]
    except InputError as error:
        assert error.code == "stack_row"  # noqa: PT017
        assert isinstance(error.values["reason"], InputError)  # noqa: PT017
        return None


@pytest.mark.slow
@settings(max_examples=600, deadline=None, suppress_health_check=SLACK)
@given(settings_of_one_layer())
def test_every_layer_has_torchs_shape_parameters_and_operations(setting):
    shape, layer = setting
    row, torchs = one_row(shape, layer), torch_shape(shape, layer)
    if row is None:  # torch lets a transposed convolution cut everything away; a picture is left
        assert torchs.refusal or 0 in torchs.shape
        return
    assert row.shape == torchs.shape, torchs.refusal
    assert row.parameters == torchs.parameters
    assert row.memory_bytes == 4 * torch.Size(torchs.shape).numel()
    with torch.device("meta"):
        module = as_module(layer, shape).eval()
        with FlopCounterMode(display=False) as counter:
            module(torch.empty(1, *shape))
    assert 2 * row.macs == counter.get_total_flops()


@st.composite
def towers(draw):
    """A few convolutions and poolings on top of each other, on one axis of the same length."""
    axes = draw(small(1, 2))
    kinds = ("convolution", "max_pooling", "average_pooling")
    return axes, [draw(layers(1, axes, kinds)) for _ in range(draw(small(1, 4)))]


def without_channels(layer: Layer) -> Layer:
    return Layer(
        layer.kind,
        1 if layer.kind == "convolution" else None,
        layer.kernel,
        layer.stride,
        0,
        layer.dilation,
    )


@settings(max_examples=100, deadline=None, suppress_health_check=SLACK)
@given(towers())
def test_receptive_field_jump_and_start_are_those_of_the_gradient(tower):
    axes, drawn = tower
    chosen = [without_channels(layer) for layer in drawn]
    side = 1
    for layer in reversed(chosen):  # an input just large enough for two outputs at the top
        kernels, strides, gaps = (
            value if isinstance(value, tuple) else (value,) * axes
            for value in (layer.kernel, layer.stride, layer.dilation)
        )
        need = max(g * (k - 1) + 1 for k, g in zip(kernels, gaps, strict=True))
        side = (max(side, 2) - 1) * max(strides) + need
    assume(side**axes < 40_000)
    report = stack((1, *(side,) * axes), chosen)[-1]
    spans = [gradient_span(chosen, side, axes, step) for step in (0, 1)]
    for axis in range(axes):
        (low, high), (next_low, _) = spans[0][axis], spans[1][axis]
        assert high - low + 1 == report.fields[axis]
        assert next_low - low == report.jumps[axis]
        assert (low + high + 1) / 2 == report.starts[axis]


def gradient_span(chosen, side, axes, step) -> list[tuple[int, int]]:
    """First and last input index, for each axis, that the output at (step, step) depends on."""
    signal = pixels = torch.ones(1, 1, *(side,) * axes, dtype=torch.float64, requires_grad=True)
    for layer in chosen:
        # a maximum has one winner; its reach is that of the sum over the same window
        plain = Layer("convolution", 1, layer.kernel, layer.stride, 0, layer.dilation, bias=False)
        module = as_module(plain, (1, *(side,) * axes)).double()
        nn.init.ones_(module[0].weight)
        signal = module(signal)
    signal[(0, 0, *(step,) * axes)].backward()
    touched = pixels.grad[0, 0].nonzero()
    return [(int(touched[:, axis].min()), int(touched[:, axis].max())) for axis in range(axes)]


@settings(max_examples=60, deadline=None, suppress_health_check=SLACK)
@given(small(1, 6), small(1, 4), small(0, 2), small(1, 3))
def test_the_field_of_a_transposed_layer_is_that_of_the_gradient(kernel, stride, padding, dilation):
    layer = Layer("transposed", 1, kernel, stride, padding, dilation)
    row = one_row((1, 40), layer)
    assume(row is not None)
    pixels = torch.ones(1, 1, 40, dtype=torch.float64, requires_grad=True)
    module = as_module(layer, (1, 40)).double()
    nn.init.ones_(module[0].weight)
    made = module(pixels)
    middle = made.shape[-1] // 2
    widest = 0
    for index in range(middle, middle + stride):
        (grad,) = torch.autograd.grad(made[0, 0, index], pixels, retain_graph=True)
        touched = grad[0, 0].nonzero().flatten()
        if len(touched):
            widest = max(widest, int(touched.max() - touched.min()) + 1)
    assert row.receptive_field == widest
    assert row.jump == pytest.approx(1 / stride)


COUNTS = {
    "AlexNet": torchvision.models.alexnet,
    "VGG-16": torchvision.models.vgg16,
    "VGG-19": torchvision.models.vgg19,
    "ResNet-18": torchvision.models.resnet18,
}


@pytest.mark.parametrize("name", COUNTS)
def test_presets_have_torchvisions_parameters_and_operations(name):
    report = stack(*PRESETS[name])
    with torch.device("meta"):
        network = COUNTS[name]().eval()
        with FlopCounterMode(display=False) as counter:
            network(torch.empty(1, 3, 224, 224))
    assert report.parameters == sum(parameter.numel() for parameter in network.parameters())
    assert 2 * report.macs == counter.get_total_flops()
    assert report[-1].shape == (1000,)


@pytest.mark.filterwarnings("ignore:.*GoogleNet.*:FutureWarning")
def test_the_stem_has_torchvisions_parameters_and_shape():
    with torch.device("meta"):
        network = torchvision.models.GoogLeNet(init_weights=False, aux_logits=False)
        stem = nn.Sequential(
            network.conv1, network.maxpool1, network.conv2, network.conv3, network.maxpool2
        ).eval()
        answer = stem(torch.empty(1, 3, 224, 224))
    report = stack(*PRESETS["GoogLeNet stem"])
    assert report.parameters == sum(parameter.numel() for parameter in stem.parameters())
    assert report[-1].shape == tuple(answer.shape[1:]) == (192, 28, 28)


@pytest.mark.parametrize(
    ("name", "parameters"), [("LeNet-5", 61_706), ("VGG-16", 138_357_544), ("AlexNet", 61_100_840)]
)
def test_well_known_totals(name, parameters):
    assert stack(*PRESETS[name]).parameters == parameters


def test_well_known_fields():
    poolings = [row for row in stack(*PRESETS["VGG-16"]) if row.layer.kind == "max_pooling"]
    assert [row.receptive_field for row in poolings] == [6, 16, 44, 100, 212]
    assert [row.jump for row in poolings] == [2, 4, 8, 16, 32]
    two = stack((1, 9, 9), [Layer("convolution", 1, 3)] * 2)
    assert [row.receptive_field for row in two] == [3, 5]
    last = next(row for row in stack(*PRESETS["ResNet-18"]) if row.layer.name == "5.2 shortcut")
    assert (last.receptive_field, last.jump) == (435, 32)  # Araujo et al. give 435 for ResNet-18


def run(code: str) -> str:
    printed = io.StringIO()
    with torch.device("meta"), contextlib.redirect_stdout(printed):
        exec(compile(code, "taken away", "exec"), {})
    return printed.getvalue()


@pytest.mark.parametrize("name", PRESETS)
def test_the_pytorch_code_of_a_preset_runs_to_our_shape(name):
    shape, chosen = PRESETS[name]
    answer = (1, *stack(shape, chosen)[-1].shape)
    assert str(list(answer)) in run(write_code(shape, chosen))


@settings(max_examples=60, deadline=None, suppress_health_check=SLACK)
@given(settings_of_one_layer())
def test_the_pytorch_code_of_a_layer_runs_to_our_shape(setting):
    row = one_row(*setting)
    assume(row is not None)
    code = write_code(setting[0], [setting[1]])
    assert str([1, *row.shape]) in run(code)
    compile(write_code(setting[0], [setting[1]], framework="keras"), "keras", "exec")


def test_uneven_padding_is_written_out():
    layer = Layer("convolution", 4, 3, 2, ((0, 1), (0, 1)))
    assert stack((3, 6, 6), [layer])[0].shape == torch_shape((3, 6, 6), layer).shape == (4, 3, 3)
    assert "[1, 4, 3, 3]" in run(write_code((3, 6, 6), [layer]))
    assert "ZeroPadding2D(((0, 1), (0, 1)))" in write_code((3, 6, 6), [layer], "keras")


def test_a_stack_may_be_given_as_json_has_it():
    rows = stack([3, 6, 6], [{"kind": "convolution", "channels": 10, "kernel": [3, 3]}])
    assert rows[0].layer == Layer("convolution", 10, (3, 3))
    assert len(rows) == 1


@pytest.mark.parametrize(
    ("shape", "layer", "code"),
    [
        ((3, 6, 6), {"kind": "convolution", "kernel": 7}, "window_too_large"),
        ((3, 6, 6), {"kind": "convolution", "groups": 2}, "groups_divide"),
        ((3, 6, 6), {"kind": "max_pooling", "kernel": 2, "padding": 2}, "pool_padding"),
        ((3, 6, 6), {"kind": "average_pooling", "kernel": 2, "dilation": 2}, "average_dilation"),
        ((3, 6, 6), {"kind": "transposed", "output_padding": 1}, "output_padding_too_large"),
        ((3, 6, 6), {"kind": "shortcut", "back": 2}, "shortcut_too_far"),
        ((3, 6, 6), {"kind": "spiral"}, "not_a_choice"),
        ((3, 6, 6), {"kind": "convolution", "colour": 2}, "layer_field"),
        ((3, 6, 6), {"kind": "convolution", "kernel": 0}, "out_of_range"),
        ((3, 6, 6), {"kind": "convolution", "kernel": "three"}, "out_of_range"),
        ((3, 6, 6), {"kind": "convolution", "kernel": 2.5}, "out_of_range"),
        ((3, 6, 6), {"kind": "convolution", "kernel": [3]}, "axes_differ"),
        ((3, 6, 6), {"kind": "convolution", "padding": [1, [1, 2, 3]]}, "axes_differ"),
    ],
)
def test_a_row_that_cannot_be_is_named(shape, layer, code):
    with pytest.raises(InputError) as caught:
        stack(shape, [layer])
    assert caught.value.code == "stack_row"
    assert caught.value.values["row"] == 1
    assert caught.value.values["reason"].code == code


@pytest.mark.parametrize("shape", [(3,), (3, 0, 4), (3, 4, 4, 4, 4), (3, 70000)])
def test_an_input_that_cannot_be_is_refused(shape):
    with pytest.raises(InputError):
        stack(shape, [])


def test_shortcuts_that_do_not_meet_are_refused():
    wide = [Layer("convolution", 8, 3, padding=1), Layer("shortcut", back=1)]
    with pytest.raises(InputError) as caught:
        stack((3, 6, 6), wide)
    assert caught.value.values["reason"].code == "shortcut_shape"
    with pytest.raises(InputError):
        stack((3, 6, 6), [Layer()] * 101)

"""The calculator against torch: every valid setting has the length that torch produces."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from models import padding_stride
from models._errors import InputError
from models._ranges import limits
from models.padding_stride import (
    dropped,
    nearest_fits,
    output_size,
    same_padding,
    transposed_output_size,
)
from tests.strategies import arguments, ends, outside

REFUSALS = {"window_too_large", "output_padding_too_large", "nothing_left"}
SLACK = [HealthCheck.filter_too_much]  # many settings do not fit, and are refused
MANY = settings(max_examples=400, deadline=None, suppress_health_check=SLACK)


def empty(*shape: int) -> torch.Tensor:
    return torch.empty(shape, device="meta")


def length_or_none(function, **setting) -> int | None:
    try:
        return function(**setting)
    except InputError as error:
        return None if error.code in REFUSALS else pytest.fail(error.code)


def torch_length_or_none(call) -> int | None:
    try:
        return call().shape[-1] or None  # torch lets padding cut an output down to nothing
    except (RuntimeError, ValueError):
        return None


@MANY
@given(arguments(output_size, ceil_mode=st.just(False)))
@example({"size": 4, "kernel": 5, "padding": 0, "padding_after": None, "stride": 1, "dilation": 1})
@example({"size": 1, "kernel": 1, "padding": 0, "padding_after": 0, "stride": 64, "dilation": 32})
def test_convolution_has_torchs_length(setting):
    padding, after = setting["padding"], setting["padding_after"]
    sides = (padding, padding if after is None else after)
    expected = torch_length_or_none(
        lambda: F.conv1d(
            F.pad(empty(1, 1, setting["size"]), sides),
            empty(1, 1, setting["kernel"]),
            stride=setting["stride"],
            dilation=setting["dilation"],
        )
    )
    assert length_or_none(output_size, **setting) == expected


@MANY
@given(arguments(output_size, ceil_mode=st.booleans(), padding_after=st.none()), st.data())
def test_max_pooling_has_torchs_length(setting, data):
    setting["padding"] = data.draw(st.integers(0, setting["kernel"] // 2))
    expected = torch_length_or_none(
        lambda: F.max_pool1d(
            empty(1, 1, setting["size"]),
            setting["kernel"],
            setting["stride"],
            setting["padding"],
            setting["dilation"],
            setting["ceil_mode"],
        )
    )
    assert length_or_none(output_size, **setting) == expected


@MANY
@given(
    arguments(output_size, ceil_mode=st.booleans(), padding_after=st.none(), dilation=st.just(1)),
    st.data(),
)
def test_average_pooling_has_torchs_length(setting, data):
    setting["padding"] = data.draw(st.integers(0, setting["kernel"] // 2))
    expected = torch_length_or_none(
        lambda: F.avg_pool1d(
            empty(1, 1, setting["size"]),
            setting["kernel"],
            setting["stride"],
            setting["padding"],
            setting["ceil_mode"],
        )
    )
    assert length_or_none(output_size, **setting) == expected


@MANY
@given(arguments(transposed_output_size))
@example({"size": 1, "kernel": 1, "padding": 1, "stride": 1, "dilation": 1, "output_padding": 0})
def test_transposed_convolution_has_torchs_length(setting):
    expected = torch_length_or_none(
        lambda: F.conv_transpose1d(
            empty(1, 1, setting["size"]),
            empty(1, 1, setting["kernel"]),
            stride=setting["stride"],
            padding=setting["padding"],
            dilation=setting["dilation"],
            output_padding=setting["output_padding"],
        )
    )
    assert length_or_none(transposed_output_size, **setting) == expected


@MANY
@given(arguments(output_size, ceil_mode=st.just(False), padding_after=st.none()))
def test_transposed_convolution_undoes_the_size(setting):
    size = setting.pop("size")
    del setting["ceil_mode"], setting["padding_after"]
    small = length_or_none(output_size, size=size, **setting)
    assume(small is not None and small <= 4096)
    window = padding_stride.Window(
        size, setting["kernel"], setting["padding"], setting["padding"], setting["stride"],
        setting["dilation"],
    )  # fmt: skip
    extra = window.leftover
    assume(extra <= 63)
    assert transposed_output_size(small, **setting, output_padding=extra) == size


def read_by_torch(size, kernel, sides, stride, dilation, ceil_mode=False) -> list[int]:
    """The pixels with a gradient: those that some window reads."""
    pixels = torch.ones(1, 1, size, requires_grad=True)
    around = F.pad(pixels, sides)
    if ceil_mode:  # enough zeros behind for the last window
        around = F.pad(around, (0, kernel * dilation + stride))
    windows = F.conv1d(around, torch.ones(1, 1, kernel), stride=stride, dilation=dilation)
    count = output_size(size, kernel, sides[0], stride, dilation, ceil_mode, sides[1])
    windows[..., :count].sum().backward()
    return [index for index in range(size) if pixels.grad[0, 0, index] != 0]


@settings(max_examples=200, deadline=None, suppress_health_check=SLACK)
@given(
    st.integers(1, 40), st.integers(1, 7), st.integers(0, 5), st.integers(0, 5),
    st.integers(1, 6), st.integers(1, 4), st.booleans(),
)  # fmt: skip
def test_dropped_pixels_are_those_without_gradient(
    size, kernel, before, after, stride, dilation, ceil_mode
):
    assume(size + before + after >= dilation * (kernel - 1) + 1)
    answer = dropped(size, kernel, before, stride, dilation, ceil_mode, after)
    read = read_by_torch(size, kernel, (before, after), stride, dilation, ceil_mode)
    assert sorted({*answer.rim, *answer.gaps}) == [i for i in range(size) if i not in read]
    assert not set(answer.rim) & set(answer.gaps)
    if not ceil_mode:
        room = size + before + after - dilation * (kernel - 1) - 1
        assert answer.leftover == room - (answer.output - 1) * stride
        assert answer.overhang == 0


@settings(max_examples=200, deadline=None, suppress_health_check=SLACK)
@given(
    st.integers(1, 60), st.integers(1, 9), st.integers(0, 5), st.integers(1, 9), st.integers(1, 4)
)
def test_nearest_settings_fit_and_none_is_nearer(size, kernel, padding, stride, dilation):
    assume(size + 2 * padding >= dilation * (kernel - 1) + 1)
    for fit in nearest_fits(size, kernel, padding, stride, dilation):
        setting = {
            name: getattr(fit, name)
            for name in ("size", "kernel", "padding", "padding_after", "stride", "dilation")
        }
        answer = dropped(**setting)
        assert answer.leftover == 0
        assert answer.output == fit.output
        if fit.change == 0:
            assert dropped(size, kernel, padding, stride, dilation).leftover == 0
            continue
        for nearer in range(1, abs(fit.change)):
            between = dict(setting)
            between[fit.changed] += (nearer - abs(fit.change)) * (1 if fit.change > 0 else -1)
            if fit.changed == "padding":
                between["padding_after"] = between["padding"]
            assert dropped(**between).leftover > 0


def test_a_setting_that_does_not_fit_has_a_neighbour_that_does():
    first = nearest_fits(224, 11, 2, 4)[0]
    assert (first.changed, first.change) in {("padding_after", -1), ("size", -1), ("kernel", 1)}


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
@settings(max_examples=200, deadline=None, suppress_health_check=SLACK)
@given(st.integers(1, 64), st.integers(1, 9), st.integers(1, 4))
def test_same_is_pytorchs_same(size, kernel, dilation):
    answer = same_padding(size, kernel, dilation=dilation, convention="pytorch")
    pixels, weights = torch.randn(1, 1, size), torch.randn(1, 1, kernel)
    ours = F.conv1d(F.pad(pixels, (answer.before, answer.after)), weights, dilation=dilation)
    theirs = F.conv1d(pixels, weights, padding="same", dilation=dilation)
    assert answer.output == size
    torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "pads"),
    [  # worked by hand from TensorFlow's documentation of padding="SAME"
        (13, 6, 5, (1, 2)),
        (6, 3, 2, (0, 1)),
        (7, 3, 2, (1, 1)),
        (224, 7, 2, (2, 3)),
        (5, 1, 3, (0, 0)),
        (5, 4, 1, (1, 2)),
    ],
)
def test_same_is_tensorflows_same(size, kernel, stride, pads):
    answer = same_padding(size, kernel, stride, convention="tensorflow")
    assert (answer.before, answer.after) == pads
    assert answer.output == -(-size // stride)


def test_the_conventions_differ():
    tensorflow = same_padding(224, 7, 2, convention="tensorflow")
    half = same_padding(224, 7, 2, convention="half")
    assert tensorflow.output == half.output == 112
    assert (tensorflow.centre, half.centre) == (1.0, 0.0)
    assert same_padding(6, 4, convention="half").output == 7
    with pytest.raises(InputError) as caught:
        same_padding(6, 3, stride=2, convention="pytorch")
    assert caught.value.code == "same_needs_stride_one"
    with pytest.raises(RuntimeError, match="not supported for strided"):
        F.conv1d(torch.zeros(1, 1, 6), torch.zeros(1, 1, 3), stride=2, padding="same")


@pytest.mark.parametrize("padding", [0, 1, 5])
def test_a_kernel_larger_than_the_padded_input_is_refused(padding):
    with pytest.raises(InputError) as caught:
        output_size(4, kernel=5 + 2 * padding, padding=padding)
    assert caught.value.code == "window_too_large"
    assert caught.value.values["extent"] == 5 + 2 * padding
    assert caught.value.values["padded"] == 4 + 2 * padding


FUNCTIONS = [output_size, transposed_output_size, dropped, nearest_fits, same_padding]


@pytest.mark.parametrize(
    ("function", "name", "value"), [(f, *bad) for f in FUNCTIONS for bad in outside(f)]
)
def test_values_outside_the_limits_are_refused(function, name, value):
    with pytest.raises(InputError):
        function(**{name: value})


@pytest.mark.parametrize(
    ("function", "name", "value"), [(f, *end) for f in FUNCTIONS for end in ends(f)]
)
def test_the_ends_of_the_ranges_are_answered(function, name, value):
    length_or_refusal = None
    try:
        length_or_refusal = function(**{name: value})
    except InputError as error:
        length_or_refusal = error.code
    assert length_or_refusal not in (None, "out_of_range", "not_a_choice")


def test_everything_public_is_named():
    for name in padding_stride.__all__:
        assert hasattr(padding_stride, name)
    assert limits(output_size)["size"].high == 4096

"""Walks, volumes, shifts and effective fields: every number against torch."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from skimage import data

from models._errors import InputError
from models._load import device_of, load
from models.networks import tiny_vgg
from models.padding_stride import (
    convolve_volume,
    effective_receptive_field,
    field_layers,
    pooling_shift,
    walk,
)
from tests.strategies import arguments, outside

POOLING = ("max_pooling", "average_pooling")


def torch_walk(answer, keywords) -> np.ndarray:
    """Our walk's input and kernel through torch's own functions."""
    values = torch.from_numpy(answer.values)[None, None].double()
    weights = torch.from_numpy(answer.weights)[None, None].double()
    top, bottom, left, right = answer.padding
    common = {"stride": answer.stride}
    if answer.operation == "transposed":
        extra = keywords["output_padding"]
        across = keywords["output_padding_width"]
        extras = (extra, extra if across is None else across)
        made = F.conv_transpose2d(
            values,
            weights,
            padding=0,
            dilation=answer.dilation,
            output_padding=extras if keywords["dimensions"] == 2 else (0, extra),
            **common,
        )
        height, width = made.shape[-2:]
        return made[0, 0, top : height - bottom, left : width - right].numpy()
    if answer.operation == "convolution":
        around = F.pad(values, (left, right, top, bottom))
        return F.conv2d(around, weights, dilation=answer.dilation, **common)[0, 0].numpy()
    common |= {"ceil_mode": keywords["ceil_mode"], "padding": (top, left)}
    taps = answer.weights.shape
    if answer.operation == "max_pooling":
        return F.max_pool2d(values, taps, dilation=answer.dilation, **common)[0, 0].numpy()
    common["count_include_pad"] = keywords["count_padding"]
    return F.avg_pool2d(values, taps, **common)[0, 0].numpy()


@st.composite
def walks(draw, largest: int = 12):
    """Keywords of walks that fit, over all operations and both directions apart."""
    operation = draw(st.sampled_from(["convolution", "transposed", *POOLING]))
    pooling, transposed = operation in POOLING, operation == "transposed"
    given = {"operation": operation, "dimensions": draw(st.integers(1, 2))}
    for suffix in ("", "_width"):
        kernel, stride = draw(st.integers(1, 5)), draw(st.integers(1, 5))
        dilation = 1 if operation == "average_pooling" else draw(st.integers(1, 4))
        padding = draw(st.integers(0, kernel // 2 if pooling else 3))
        after = padding if pooling or transposed else draw(st.integers(0, 3))
        reach = dilation * (kernel - 1) + 1
        least = max(1, reach - padding - after)
        if transposed:  # so much that the padding does not cut everything away
            least = 1 + max(0, -(-(1 + padding + after - reach) // stride))
        extra = draw(st.integers(0, max(stride, dilation) - 1)) if transposed else 0
        given |= {
            "width" if suffix else "size": draw(st.integers(least, max(least, largest))),
            f"kernel{suffix}": kernel,
            f"stride{suffix}": stride,
            f"dilation{suffix}": dilation,
            f"padding{suffix}": padding,
            f"padding_after{suffix}": after,
            f"output_padding{suffix}": extra,
        }
    return given | {
        "ceil_mode": draw(st.booleans()),
        "count_padding": draw(st.booleans()),
        "numbers": draw(st.sampled_from(["counting", "random", "edge", "spot", "checkerboard"])),
        "weights": draw(st.sampled_from(["random", "ones", "mean", "edge", "bilinear"])),
        "seed": draw(st.integers(0, 9999)),
    }


def outcome(keywords):
    """The walk; those too large to draw are not looked at."""
    try:
        return walk(**keywords)
    except InputError as error:
        assume(error.code != "too_large_to_draw")
        raise


@settings(max_examples=250, deadline=None)
@given(walks())
def test_every_walk_ends_where_torch_ends(keywords):
    answer = outcome(keywords)
    np.testing.assert_allclose(answer.outputs, torch_walk(answer, keywords), atol=1e-4)
    for step in [answer.step(0, 0), answer.step(*(side - 1 for side in answer.outputs.shape))]:
        products = [term.product for term in step.terms]
        if answer.operation == "max_pooling":
            assert step.result == max(products)
        else:
            assert step.result == pytest.approx(sum(products) / max(step.divisor, 1), abs=1e-4)


@settings(max_examples=60, deadline=None)
@given(walks(largest=7))
def test_links_go_both_ways(keywords):
    answer = outcome(keywords)
    feeds = np.zeros_like(answer.feeds)
    overlaps = np.zeros_like(answer.overlaps)
    for step in answer:
        for term in step.terms:
            if not term.padding:
                feeds[term.row, term.column] += 1
                overlaps[step.row, step.column] += 1
    np.testing.assert_array_equal(feeds, answer.feeds)
    np.testing.assert_array_equal(overlaps, answer.overlaps)
    assert sum(1 for _ in answer) == len(answer) == answer.outputs.size


def test_a_kernel_that_is_no_multiple_of_the_stride_makes_a_checkerboard():
    board = walk("transposed", 6, 3, stride=2, padding=1).overlaps
    even = walk("transposed", 6, 4, stride=2, padding=1).overlaps
    assert len(np.unique(board[2:-2, 2:-2])) > 1
    assert np.unique(even[2:-2, 2:-2]).tolist() == [4]


def test_arithmetic_can_be_read():
    step = walk(size=3, kernel=2, numbers="counting", weights="ones").step(1, 1)
    assert step.arithmetic == "4·1 + 5·1 + 7·1 + 8·1 = 24"
    rim = walk("max_pooling", 4, 3, 1, 2, numbers="counting").step(0, 0)
    assert rim.arithmetic == "max(−∞, −∞, −∞, −∞, 0, 1, −∞, 4, 5) = 5"
    mean = walk("average_pooling", 4, 2, stride=2, numbers="counting").step(0, 1)
    assert mean.arithmetic == "(2 + 3 + 6 + 7) / 4 = 4.5"


def test_bilinear_weights_double_the_size_smoothly():
    answer = walk("transposed", 6, 4, 1, 2, numbers="edge", weights="bilinear")
    torch.testing.assert_close(
        torch.from_numpy(answer.outputs)[None, None][..., 2:-2, 2:-2],
        F.interpolate(torch.from_numpy(answer.values)[None, None], scale_factor=2, mode="bilinear")[
            ..., 2:-2, 2:-2
        ],
    )


@pytest.mark.parametrize(("name", "value"), outside(walk))
def test_a_walk_outside_the_limits_is_refused(name, value):
    with pytest.raises(InputError):
        walk(**{name: value})


@pytest.mark.parametrize(
    ("keywords", "code"),
    [
        ({"size": 3, "kernel": 5}, "window_too_large"),
        ({"operation": "transposed", "output_padding": 1}, "output_padding_too_large"),
        ({"operation": "transposed", "size": 32, "stride": 8}, "too_large_to_draw"),
        ({"operation": "max_pooling", "kernel": 3, "padding": 2}, "pool_padding"),
        ({"operation": "average_pooling", "dilation": 2}, "average_dilation"),
    ],
)
def test_a_walk_that_cannot_be_is_refused(keywords, code):
    with pytest.raises(InputError) as caught:
        walk(**keywords)
    assert caught.value.code == code


@settings(max_examples=60, deadline=None)
@given(
    arguments(convolve_volume, bias=st.booleans(), groups=st.integers(1, 4)),
    st.integers(1, 4),
    st.integers(1, 8),
)
def test_a_volume_is_torchs(keywords, share, each):
    keywords |= {"channels": keywords["groups"] * share, "filters": keywords["groups"] * each}
    keywords["kernel"] = min(keywords["kernel"], keywords["size"] + 2 * keywords["padding"])
    volume = convolve_volume(**keywords)
    values, weights, biases = (
        torch.from_numpy(array) for array in (volume.values, volume.weights, volume.biases)
    )
    expected = F.conv2d(
        values[None],
        weights,
        biases,
        keywords["stride"],
        keywords["padding"],
        groups=keywords["groups"],
    )
    np.testing.assert_allclose(volume.outputs, expected[0].numpy(), atol=1e-4)
    summed = volume.partial.sum(1) + volume.biases[:, None, None]
    np.testing.assert_allclose(summed, volume.outputs, atol=1e-4)
    if keywords["bias"]:
        assert volume.parameters == weights.numel() + biases.numel()


def test_a_depthwise_filter_reads_one_channel():
    volume = convolve_volume(filters=3, groups=3)
    assert volume.channels_of == ((0,), (1,), (2,))
    assert volume.parameters == 3 * (9 + 1)
    with pytest.raises(InputError) as caught:
        convolve_volume(filters=4, groups=3)
    assert caught.value.code == "groups_divide"
    with pytest.raises(InputError) as caught:
        convolve_volume(size=2, kernel=5)
    assert caught.value.code == "window_too_large"


@settings(max_examples=40, deadline=None)
@given(arguments(pooling_shift))
def test_pooling_is_torchs_and_a_shift_of_nothing_changes_nothing(keywords):
    assume(keywords["kernel"] <= keywords["size"])
    answer = pooling_shift(**keywords)
    for pooled, plain in [
        (answer.max_before, answer.before),
        (answer.max_after, answer.after),
    ]:
        expected = F.max_pool2d(
            torch.from_numpy(plain.copy())[None], keywords["kernel"], keywords["stride"]
        )
        np.testing.assert_array_equal(pooled, expected[0].numpy())
    expected = F.avg_pool2d(
        torch.from_numpy(answer.after.copy())[None], keywords["kernel"], keywords["stride"]
    )
    np.testing.assert_allclose(answer.average_after, expected[0].numpy(), atol=1e-5)
    if keywords["right"] == keywords["down"] == 0:
        assert answer.unchanged == answer.max_unchanged == answer.average_unchanged == 1
    down, right = keywords["down"], keywords["right"]
    if keywords["size"] > 8:  # what lies at least 4 from every rim is still there, moved
        side = keywords["size"] - 8
        moved = answer.after[4 + down : 4 + down + side, 4 + right : 4 + right + side]
        np.testing.assert_array_equal(answer.before[4 : 4 + side, 4 : 4 + side], moved)


def test_small_shifts_survive_a_maximum_and_larger_ones_do_not():
    small, large = pooling_shift(right=1), pooling_shift(right=3)
    assert small.max_unchanged == 1
    assert small.unchanged < 1
    assert large.max_unchanged < 1


@pytest.fixture(scope="module")
def photo():
    return data.astronaut()


def test_the_layers_are_those_of_the_network():
    names = [row.layer.name for row in field_layers()]
    assert names == [
        *("conv1", "conv2", "conv3", "pool1", "conv4", "conv5", "pool2", "conv6", "conv7"),
        *("pool3", "conv8"),
    ]
    assert [row.receptive_field for row in field_layers()][-2:] == [73, 105]


@pytest.mark.parametrize("layer", ["conv1", "pool1", "conv5", "pool3"])
def test_the_gradient_stays_within_the_theoretical_field(photo, layer):
    answer = effective_receptive_field(photo, layer, down=0.4, across=0.6)
    assert answer.inside == pytest.approx(1.0)
    assert answer.values.max() == 1
    assert answer.values.shape == answer.photo.shape[:2] == (192, 192)
    touched = np.argwhere(answer.values > 0)
    top, left, bottom, right = answer.box
    assert touched.min(0).tolist() >= [top, left]
    assert (touched.max(0) + 1 <= [bottom, right]).all()
    assert 0 < answer.half_energy_side <= answer.receptive_field
    assert answer.effective_side <= answer.receptive_field


def whole_gradient(answer, name: str, signs: torch.Tensor | None) -> np.ndarray:
    """The root of the summed squares over all channels (or sign vectors), on the whole photo."""
    network = load(tiny_vgg.SPEC)
    mean, std = (
        torch.tensor(each).view(3, 1, 1)
        for each in (tiny_vgg.CLASSIFIER.mean, tiny_vgg.CLASSIFIER.std)
    )
    pixels = torch.from_numpy(answer.photo.copy()).permute(2, 0, 1).float() / 255
    batch = ((pixels - mean) / std)[None].to(device_of(network)).requires_grad_()
    end = {"conv1": 1, "pool1": 10, "conv6": 18, "pool3": 24}[name]
    outputs = network.features[:end](batch)[(0, slice(None), *answer.position)]
    if signs is not None:
        outputs = signs.to(outputs.device) @ outputs
    squares = 0
    for number in range(len(outputs)):
        (gradient,) = torch.autograd.grad(outputs[number], batch, retain_graph=True)
        squares = squares + gradient[0].square().sum(0)
    values = squares.sqrt().cpu().numpy()
    return values / values.max()


@pytest.mark.parametrize(
    ("name", "down", "across"),
    [("conv1", 0.98, 0.02), ("pool1", 0.52, 1.0), ("conv6", 0.0, 0.6), ("pool3", 0.5, 0.9)],
)
def test_a_part_of_the_photo_gives_the_gradient_of_the_whole(photo, name, down, across):
    answer = effective_receptive_field(photo[:80, :110], name, down=down, across=across)
    channels = {row.layer.name: row.shape[0] for row in field_layers()}[name]
    signs = torch.randint(0, 2, (8, channels), generator=torch.Generator().manual_seed(0))
    expected = whole_gradient(answer, name, signs * 2.0 - 1)
    np.testing.assert_allclose(answer.values, expected, atol=1e-4)


def test_random_signs_estimate_the_sum_over_all_channels(photo):
    answer = effective_receptive_field(photo[:80, :110], "pool1")
    exact = whole_gradient(answer, "pool1", None)
    np.testing.assert_array_equal(answer.values > 0, exact > 0)
    assert np.corrcoef(answer.values[exact > 0], exact[exact > 0])[0, 1] > 0.8


def test_the_effective_field_is_smaller_and_depth_widens_it(photo):
    sides = [effective_receptive_field(photo, name).half_energy_side for name in
             ("conv2", "conv5", "conv8")]  # fmt: skip
    assert sides == sorted(sides)
    deep = effective_receptive_field(photo, "conv8")
    assert deep.half_energy_side < deep.receptive_field / 2
    untrained = effective_receptive_field(photo, "conv8", weights="random")
    assert not np.allclose(untrained.values, deep.values)


def test_a_grey_photo_and_a_corner_do_as_well(photo):
    grey = photo[..., 0][:100, :60]
    answer = effective_receptive_field(grey, "conv1", down=0.0, across=1.0)
    assert answer.position == (0, answer.positions[1] - 1)
    assert answer.photo.shape == (192, 115, 3)


@pytest.mark.parametrize(
    ("keywords", "code"),
    [
        ({"layer": "conv99"}, "layer_unknown"),
        ({"layer": 3}, "layer_unknown"),
        ({"model": "no such"}, "not_a_choice"),
        ({"down": 1.5}, "out_of_range"),
    ],
)
def test_what_the_network_does_not_have_is_refused(photo, keywords, code):
    with pytest.raises(InputError) as caught:
        effective_receptive_field(photo, **keywords)
    assert caught.value.code == code


def test_a_very_long_photo_is_refused():
    with pytest.raises(InputError) as caught:
        effective_receptive_field(np.zeros((10, 1000, 3), np.uint8))
    assert caught.value.code == "photo_too_narrow"

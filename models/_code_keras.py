"""A stack of layers as a program for Keras.

Keras keeps channels last and has neither numbers for padding nor a ceiling mode, so padding is a
layer of its own there, and a transposed convolution is cropped afterwards.
"""

from models._code_arguments import options, plain
from models._layer_stack import LayerReport
from models._layers import POOLING, per_axis, windows

__all__ = ["keras_code"]


def keras_code(input_shape: tuple[int, ...], rows: tuple[LayerReport, ...]) -> str:
    shape = (*input_shape[1:], input_shape[0])
    lines = [f"x = inputs = keras.Input({shape})  # channels last"]
    for number, row in enumerate(rows):
        if row.layer.kind == "shortcut":
            lines += _keras_shortcut(row, rows, number)
            continue
        if any(
            later.layer.kind == "shortcut" and number == at - later.layer.back
            for at, later in enumerate(rows)
        ):
            lines.append(f"start_{number + 1} = x")
        lines += [f"x = layers.{call}(x)" for call in _keras_calls(row)]
    return "\n".join(
        (
            "import keras",
            "from keras import layers",
            "",
            *lines,
            "network = keras.Model(inputs, x)",
            "print(network.output_shape)",
            "",
        )
    )


def _keras_shortcut(row: LayerReport, rows: tuple[LayerReport, ...], number: int) -> list[str]:
    start = number - row.layer.back
    source = rows[start].input_shape
    axes = len(source) - 1
    strides = plain(per_axis(row.layer.stride, axes), 1)
    given = options(strides=strides, use_bias=row.layer.bias)
    lines = [f"shortcut = start_{start + 1}"]
    if row.layer.channels is not None:
        lines.append(f"shortcut = layers.Conv{axes}D({row.layer.channels}, 1{given})(shortcut)")
    elif strides is not None:
        lines.append(f"shortcut = layers.MaxPooling{axes}D(1{options(strides=strides)})(shortcut)")
    if row.layer.batch_norm:
        lines.append("shortcut = layers.BatchNormalization()(shortcut)")
    return [*lines, "x = layers.Add()([x, shortcut])"]


def _keras_calls(row: LayerReport) -> list[str]:
    layer, axes = row.layer, len(row.input_shape) - 1
    if layer.kind == "linear":
        flatten = ["Flatten()"] if axes else []
        calls = [*flatten, f"Dense({row.shape[0]}{options(use_bias=layer.bias)})"]
    elif layer.kind == "global_average":
        calls = [f"GlobalAveragePooling{axes}D(keepdims=True)"]
    elif layer.kind == "transposed":
        calls = _keras_transposed(row)
    else:
        calls = _keras_window(row)
    return [*calls, "BatchNormalization()"] if layer.batch_norm else calls


def _keras_window(row: LayerReport) -> list[str]:
    layer, lengths = row.layer, row.input_shape[1:]
    axes = len(lengths)
    sides = []
    for window in windows(layer, lengths):
        end = window.start(window.count - 1) + window.extent
        overhang = max(0, end - window.size - window.after)
        sides.append((window.before, window.after + overhang))
    padded = any(sum(pair) for pair in sides)
    written = repr(sides[0] if axes == 1 else tuple(sides))
    calls = [f"ZeroPadding{axes}D({written})"] if padded else []
    kernel, strides = (plain(per_axis(v, axes)) for v in (layer.kernel, layer.stride))
    if layer.kind in POOLING:
        name = "Max" if layer.kind == "max_pooling" else "Average"
        return [*calls, f"{name}Pooling{axes}D({kernel}, strides={strides})"]
    strided, dilated = (
        plain(per_axis(layer.stride, axes), 1),
        plain(per_axis(layer.dilation, axes), 1),
    )
    given = options(
        strides=None if dilated else strided,
        dilation_rate=dilated,
        groups=layer.groups if layer.groups > 1 else None,
        use_bias=layer.bias,
    )
    calls.append(f"Conv{axes}D({row.shape[0]}, {kernel}{given})")
    if dilated and strided:  # Keras does not do both at once: keep every s-th output
        calls.append(f"MaxPooling{axes}D(1, strides={strided})")
    return calls


def _keras_transposed(row: LayerReport) -> list[str]:
    layer, lengths = row.layer, row.input_shape[1:]
    axes = len(lengths)
    crops = []
    for window, made in zip(windows(layer, lengths), row.shape[1:], strict=True):
        grown = window.size * window.stride + max(window.extent - window.stride, 0)
        crops.append((window.before, grown - window.before - made))
    given = options(
        strides=plain(per_axis(layer.stride, axes), 1),
        dilation_rate=plain(per_axis(layer.dilation, axes), 1),
        use_bias=layer.bias,
    )
    kernel = plain(per_axis(layer.kernel, axes))
    calls = [f"Conv{axes}DTranspose({row.shape[0]}, {kernel}{given})"]
    extra = tuple((0, max(0, -after)) for _, after in crops)
    cut = tuple((before, max(0, after)) for before, after in crops)
    if any(sum(pair) for pair in extra):
        calls.append(f"ZeroPadding{axes}D({extra[0] if axes == 1 else extra})")
    if any(sum(pair) for pair in cut):
        calls.append(f"Cropping{axes}D({cut[0] if axes == 1 else cut})")
    return calls

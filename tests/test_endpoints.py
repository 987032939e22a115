"""What a signature says becomes an endpoint; results and arguments survive the way through JSON."""

import contextlib
import io
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Annotated, Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from gallery.api.endpoints import endpoints
from gallery.api.plain import SMALL, draw, plain
from gallery.api.unplain import unplain
from models._errors import InputError
from models._images import Pixels
from models._ranges import Range, checked
from models._reading import CHARACTERS


@dataclass(frozen=True, eq=False)
class Blurred:
    """A result with everything in it."""

    values: NDArray[np.float32]
    sigma: float
    stages: tuple[str, ...]


@dataclass(frozen=True)
class Layer:
    """A subject that is a dataclass."""

    kind: str
    size: int = 3


@checked
def search(photos: Pixels | Sequence[Pixels], count: Annotated[int, Range(1, 9)] = 3) -> int:
    """Take several photos."""
    return count * len(photos)


KERNELS: Mapping[str, NDArray[np.float32]] = {"box": np.ones((2, 2), np.float32)}


@checked
def blur(
    photo: Pixels,
    kernel: ArrayLike = "box",
    sigma: Annotated[float, Range(0.5, 5.0, 0.5, "px")] = 1.0,
    size: Annotated[int, Range(1, 9, 2)] = 3,
    border: Literal["reflect", "wrap"] = "reflect",
    flip: bool = False,
    name: str = "mine",
    seed: Annotated[int, Range(0, 9)] | None = None,
) -> Blurred:
    """Blur a photo.

    It takes a while.

    Args:
        photo: uint8 (H, W) or
            (H, W, 3).
        kernel: A name of ``KERNELS``: or a table.
        sigma: Of the Gaussian.

    Returns:
        The photo, blurred.
    """
    return Blurred(photo.astype(np.float32) * sigma, sigma, (border, name, str(kernel)))


@checked
def grow(layers: Sequence[Layer | Mapping[str, object]] = (Layer("dense"),)) -> Iterator[int]:
    """Count as it goes."""
    yield from range(len(layers))


@checked
def mark(mask: NDArray[np.bool_], layer: Layer, target: int | None = None) -> int:
    """Take arrays and dataclasses."""
    assert mask.dtype == bool
    return int(mask.sum()) * layer.size + (target or 0)


@checked
def tell(text: str, pair: str | None = None, count: Annotated[int, Range(1, 9)] = 1) -> str:
    """Take a text, or two."""
    return f"{text}|{pair}|{count}"


@pytest.fixture
def demo(monkeypatch):
    """A module of ``models`` with the functions above."""
    module = ModuleType("models.sandbox")
    public = {each.__name__: each for each in (blur, grow, mark, search, tell, Blurred, Layer)}
    vars(module).update(public, KERNELS=KERNELS, Weights=NDArray[np.float32])
    module.__all__ = [*public, "KERNELS", "Weights"]
    monkeypatch.setitem(sys.modules, "models.sandbox", module)
    return {each.title: each for each in endpoints("sandbox")}


def test_functions_and_constants_are_served_and_classes_are_not(demo):
    assert list(demo) == ["blur", "grow", "mark", "search", "tell", "kernels"]
    assert [each.name for each in demo.values()] == [f"sandbox_{title}" for title in demo]


def test_the_signature_says_what_comes_in(demo):
    kinds = {each.name: each.kind for each in demo["blur"].parameters}
    assert kinds == {
        "photo": "photo",
        "kernel": "data",
        "sigma": "number",
        "size": "number",
        "border": "choice",
        "flip": "switch",
        "name": "text",
        "seed": "number",
    }
    assert [each.kind for each in demo["mark"].parameters] == ["data", "data", "number"]


def test_the_docstring_says_what_it_is_for(demo):
    photo, kernel, sigma, size, *_ = demo["blur"].parameters
    assert photo.help == "uint8 (H, W) or (H, W, 3)."
    assert kernel.help == "A name of ``KERNELS``: or a table."
    assert sigma.help == "Of the Gaussian."
    assert size.help == ""
    assert demo["blur"].help.startswith("Blur a photo.")


def test_the_return_type_says_how_it_answers(demo):
    assert [each.shows for each in demo.values()] == [True] + [False] * 5
    assert [each.title for each in demo.values() if each.streams] == ["grow"]
    assert [each.title for each in demo.values() if each.heavy] == ["blur", "search", "tell"]


def png(pixels):
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, "PNG")
    return target.getvalue()


PIXELS = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)


def test_a_call_reads_raw_values(demo):
    raw = {"photo": png(PIXELS), "size": 5.0, "kernel": "[[1, 2]]", "sigma": 2}
    answer = demo["blur"].call(raw)
    assert np.array_equal(answer.values, PIXELS * np.float32(2))
    assert answer.stages == ("reflect", "mine", "[[1, 2]]")


def test_what_is_left_out_takes_its_default(demo):
    raw = dict.fromkeys(["kernel", "sigma", "size", "border", "flip", "name", "seed"])
    assert demo["blur"].call({**raw, "photo": png(PIXELS)}).sigma == 1.0
    assert demo["kernels"].call({}) is KERNELS
    assert list(demo["grow"].call({"layers": '[{"kind": "a"}, {"kind": "b"}]'})) == [0, 1]
    assert demo["mark"].call({"mask": [[1, 0], [1, 1]], "layer": {"kind": "a", "size": 2}}) == 6


def test_numbers_may_come_as_text_and_empty_means_the_default(demo):
    def sigma(**raw):
        return demo["blur"].call({"photo": png(PIXELS), **raw}).sigma

    assert sigma(sigma="2.5", seed="3") == 2.5
    assert sigma(sigma=" 2 ", seed="3.0") == 2
    assert sigma(sigma="", seed="") == 1.0


def test_texts_come_as_they_are_and_a_second_one_may_be_left_out(demo):
    assert [each.kind for each in demo["tell"].parameters] == ["text", "text", "number"]
    assert demo["tell"].call({"text": " [1] ", "pair": ""}) == " [1] |None|1"
    assert demo["tell"].call({"text": "", "pair": "null"}) == "|null|1"
    assert len(demo["tell"].call({"text": "x" * CHARACTERS})) == CHARACTERS + 7


def test_several_photos_may_come_at_once(demo):
    assert [each.kind for each in demo["search"].parameters] == ["photos", "number"]
    assert demo["search"].call({"photos": [png(PIXELS)] * 4}) == 12
    assert demo["search"].call({"photos": png(PIXELS), "count": 2}) == 2


@pytest.mark.parametrize(
    ("title", "raw", "code"),
    [
        ("blur", {}, "photo_missing"),
        ("blur", {"photo": b""}, "photo_empty"),
        ("blur", {"photo": b"text"}, "photo_unknown"),
        ("blur", {"photo": png(PIXELS), "sigma": 9}, "out_of_range"),
        ("blur", {"photo": png(PIXELS), "sigma": "much"}, "out_of_range"),
        ("blur", {"photo": png(PIXELS), "sigma": [1]}, "out_of_range"),
        ("blur", {"photo": png(PIXELS), "sigma": "nan"}, "out_of_range"),
        ("blur", {"photo": png(PIXELS), "seed": "1" * 5000}, "out_of_range"),
        ("blur", {"photo": png(PIXELS), "seed": "1.5"}, "not_whole"),
        ("blur", {"photo": png(PIXELS), "size": 2.5}, "not_whole"),
        ("blur", {"photo": png(PIXELS), "border": "none"}, "not_a_choice"),
        ("blur", {"photo": png(PIXELS), "border": ["reflect"]}, "not_a_choice"),
        ("blur", {"photo": png(PIXELS), "flip": "yes"}, "not_a_choice"),
        ("blur", {"photo": png(PIXELS), "name": 5}, "not_a_text"),
        ("tell", {}, "value_missing"),
        ("tell", {"text": ["a"]}, "not_a_text"),
        ("tell", {"text": "x" * (CHARACTERS + 1)}, "text_too_long"),
        ("tell", {"text": "a", "pair": "x" * 2_000_000}, "text_too_long"),
        ("mark", {"layer": {"kind": "a"}}, "value_missing"),
        ("mark", {"mask": [[1], [1, 2]], "layer": {"kind": "a"}}, "not_numbers"),
        ("mark", {"mask": [["x"]], "layer": {"kind": "a"}}, "not_numbers"),
        ("mark", {"mask": "[[1, 2", "layer": {"kind": "a"}}, "not_numbers"),
        ("mark", {"mask": {"a": 1}, "layer": {"kind": "a"}}, "not_numbers"),
        ("mark", {"mask": [[1]], "layer": {"size": 2}}, "not_an_object"),
        ("mark", {"mask": [[1]], "layer": {"kind": "a", "colour": 1}}, "not_an_object"),
        ("mark", {"mask": [[1]], "layer": {"kind": "a", "size": "big"}}, "not_a_number"),
        ("mark", {"mask": [[1]], "layer": {"kind": "a", "size": 1.5}}, "not_a_whole_number"),
        ("mark", {"mask": [[1]], "layer": "dense"}, "not_an_object"),
        ("mark", {"mask": [[1]], "layer": {"kind": "a"}, "target": "cat"}, "not_a_number"),
        ("mark", {"mask": [[1]], "layer": {"kind": "a"}, "target": 1.5}, "not_a_whole_number"),
        ("mark", {"mask": [[1]], "layer": {"kind": "a"}, "target": float("inf")}, "not_a_number"),
        ("search", {}, "photo_missing"),
        ("search", {"photos": []}, "photo_missing"),
        ("search", {"photos": [png(PIXELS), b"text"]}, "photo_unknown"),
        ("search", {"photos": [b"text"] * 30}, "photos_too_many"),
        ("grow", {"layers": "dense"}, "not_a_list"),
        ("grow", {"layers": 5}, "not_a_list"),
        ("grow", {"layers": [5]}, "not_an_object"),
        ("grow", {"layers": [[]]}, "not_an_object"),
    ],
)
def test_bad_arguments_are_refused_with_a_code(demo, title, raw, code):
    with pytest.raises(InputError) as caught:
        demo[title].call(raw)
    assert caught.value.code == code


@pytest.mark.parametrize("raw", [[1e308], [float("nan")], [float("inf")], [10**400], [None]])
def test_arrays_hold_finite_numbers(raw):
    with pytest.raises(InputError):
        unplain(NDArray[np.float32], raw, "it")


def test_deep_nesting_is_refused(demo):
    with pytest.raises(InputError):
        demo["mark"].call({"mask": "[" * 100_000, "layer": {"kind": "a"}})


# --- results ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (4, 4),
        (True, True),
        ("text", "text"),
        (None, None),
        (float("nan"), None),
        (np.float32(0.5), 0.5),
        (np.int64(7), 7),
        ((1, (2.0, "x")), [1, [2.0, "x"]]),
        ({"a": {1: np.array([1, 2])}}, {"a": {"1": [1, 2]}}),
        (Layer("dense"), {"kind": "dense", "size": 3}),
        (np.array([1.0, np.inf]), [1.0, None]),
        (np.array([[True, False]]), [[True, False]]),
        ({3, 1}, [1, 3]),
    ],
)
def test_values_become_what_json_can_hold(value, expected):
    assert plain(value).data == expected
    assert json.loads(json.dumps(plain(value).data)) == expected


def test_functions_inside_a_result_are_left_out():
    @dataclass
    class Spec:
        name: str
        build: object

    assert plain(Spec("net", lambda: None)).data == {"name": "net"}


def test_what_has_no_plain_form_is_a_bug_and_says_where():
    with pytest.raises(TypeError, match=r"a\.0 is a object"):
        plain({"a": [object()]})


def test_large_arrays_go_beside_the_answer():
    values = np.linspace(-1, 2, 100 * 60, dtype=np.float32).reshape(100, 60)
    found = plain(Blurred(values, 1.0, ()))
    assert found.data["values"] == {
        "file": "values.npy",
        "shape": [100, 60],
        "type": "float32",
        "least": -1.0,
        "most": 2.0,
    }
    assert np.array_equal(found.arrays["values.npy"], values)
    assert found.pictures["values.png"].size == (60, 100)


def test_arrays_of_a_list_are_told_apart():
    found = plain([Blurred(np.zeros((80, 80), np.float32), 1.0, ()) for _ in range(2)])
    assert list(found.arrays) == ["0.values.npy", "1.values.npy"]


def test_endless_lists_of_arrays_are_cut():
    found = plain([np.zeros((80, 80)) for _ in range(100)])
    assert len(found.arrays) == len(found.pictures) == 48
    assert [entry["file"] for entry in found.data][-1] is None


@given(arrays.arrays(np.float32, (5, 7), elements=st.floats(-1e6, 1e6, width=32)))
def test_small_arrays_survive_the_way_through_json(values):
    data = json.loads(json.dumps(plain(values).data))
    assert np.array_equal(unplain(NDArray[np.float32], data, "values"), values)


@given(
    arrays.arrays(
        st.sampled_from([np.uint8, np.float32, np.float64, np.int64, np.bool_]),
        arrays.array_shapes(min_dims=0, max_dims=4, min_side=1, max_side=20),
    )
)
def test_any_array_is_drawn_or_left(values):
    picture = draw(values)
    if picture is not None:
        assert picture.mode in {"L", "RGB"}
    found = plain(values)
    assert (values.size > SMALL) == bool(found.arrays)
    json.dumps(found.data, allow_nan=False)


def test_signed_values_are_centred_and_others_span_the_range():
    signed = np.zeros((8, 8), np.float32)
    signed[0, 0], signed[0, 1] = -1, 2
    levels = np.asarray(draw(signed))
    assert (levels[5, 5], levels[0, 1]) == (128, 255)
    assert levels[0, 0] == 64
    assert np.asarray(draw(np.eye(8, dtype=bool))).max() == 255
    plainly = np.arange(64, dtype=np.uint8).reshape(8, 8)
    assert np.array_equal(np.asarray(draw(plainly)), plainly)


def test_huge_numbers_are_drawn_without_overflow():
    huge = np.full((8, 8), 1.02e308)
    huge[0, 0] = -1.7e308
    levels = np.asarray(draw(huge))
    assert (levels[0, 0], levels[1, 1]) == (0, 204)


def test_a_stack_is_a_sheet_on_one_scale():
    stack = np.stack([np.full((10, 12), n, np.float32) for n in range(5)])
    levels = np.asarray(draw(stack))
    assert levels.shape == (2 * 11 - 1, 3 * 13 - 1)
    assert [levels[0, 0], levels[0, 13], levels[11, 0]] == [0, 64, 191]
    assert levels[10, 0] == 128  # the line between tiles


def test_a_photo_is_shown_as_it_is():
    photo = np.random.default_rng(0).integers(0, 256, (9, 11, 3), dtype=np.uint8)
    assert np.array_equal(np.asarray(draw(photo)), photo)


@pytest.mark.parametrize("channels", [1, 3])
def test_pictures_are_a_sheet_of_what_they_are(channels):
    pictures = np.random.default_rng(0).integers(0, 256, (2, 3, 9, 8, channels), dtype=np.uint8)
    sheet = np.asarray(draw(pictures)).reshape(2 * 10 - 1, 3 * 9 - 1, channels)
    for number, picture in enumerate(pictures.reshape(6, 9, 8, channels)):
        top, left = number // 3 * 10, number % 3 * 9
        np.testing.assert_array_equal(sheet[top : top + 9, left : left + 8], picture)
    alone = np.asarray(draw(pictures[0, 0]))
    np.testing.assert_array_equal(alone.reshape(9, 8, channels), pictures[0, 0])
    assert draw(pictures[:, :, :7]) is None
    assert draw(pictures.astype(np.float32)) is None


def test_a_picture_in_a_result_is_a_file():
    found = plain({"scene": Image.new("RGB", (5, 4))})
    assert found.data == {"scene": {"file": "scene.png", "shape": [4, 5, 3]}}
    assert list(found.pictures) == ["scene.png"]


# --- arguments ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hint", "raw", "expected"),
    [
        (ArrayLike, "sobel_x", "sobel_x"),
        (ArrayLike, "[[1, 2]]", [[1, 2]]),
        (Layer, {"kind": "a"}, Layer("a")),
        (Layer | Mapping[str, object], {"kind": "a"}, {"kind": "a"}),
        (Layer | None, {"kind": "a"}, Layer("a")),
        (Layer | None, None, None),
        (int | tuple[int, ...], 3, 3),
        (int | tuple[int, ...], [3, 4.0], (3, 4)),
        (str | None, "a", "a"),
        (tuple[int, ...], [1, 2], (1, 2)),
        (Sequence[int], [1, 2], [1, 2]),
        (list[Layer], [{"kind": "a"}], [Layer("a")]),
        (Mapping[str, float], {"a": 1.0}, {"a": 1.0}),
        (Annotated[tuple[float, float], "x"], [1, 2.5], (1, 2.5)),
    ],
)
def test_the_hint_says_what_data_become(hint, raw, expected):
    assert unplain(hint, raw, "it") == expected


@pytest.mark.parametrize("kind", [np.bool_, np.float32, np.uint8, np.int64])
def test_arrays_get_the_number_type_of_the_hint(kind):
    table = unplain(NDArray[kind], [[1, 0], [0, 1]], "it")
    assert (table.dtype, table.shape) == (kind, (2, 2))


def test_a_dataclass_comes_back_as_it_was():
    layer = Layer("dense", 7)
    assert unplain(Layer, plain(layer).data, "it") == layer
    result = Blurred(np.ones((3, 3), np.float32), 2.0, ("a",))
    back = unplain(Blurred, plain(result).data, "it")
    assert np.array_equal(back.values, result.values)
    assert (back.sigma, back.stages) == (result.sigma, result.stages)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=5), below),
    max_leaves=8,
)


@given(
    st.sampled_from(
        [
            ArrayLike,
            NDArray[np.float32],
            NDArray[np.bool_],
            Layer,
            Blurred,
            tuple[int, ...],
            Sequence[Layer],
            Layer | None,
        ]
    ),
    JSON,
)
def test_any_data_are_read_or_refused(hint, raw):
    with contextlib.suppress(InputError):
        unplain(hint, raw, "it")

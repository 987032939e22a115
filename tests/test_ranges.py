"""Limits are read from the signature, enforced by ``checked`` and followed by the strategies."""

import math
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models._errors import InputError
from models._ranges import Choices, Range, checked, limits
from tests.strategies import arguments, ends, outside, values


@checked
def blur(
    photo: object,
    sigma: Annotated[float, Range(0.1, 5.0, 0.1, "px")] = 1.4,
    size: Annotated[int, Range(3, 7, 2)] = 3,
    border: Literal["reflect", "wrap"] = "reflect",
    seed: Annotated[int, Range(0, 9)] | None = None,
    bins: Literal[16, 64] = 16,
    free: str = "",
) -> tuple[object, ...]:
    """Stand in for a demo's function."""
    return photo, sigma, size, border, seed, bins, free


def test_limits_are_read_in_the_order_of_the_signature():
    assert list(limits(blur).items()) == [
        ("sigma", Range(0.1, 5.0, 0.1, "px")),
        ("size", Range(3, 7, 2, whole=True)),
        ("border", Choices(("reflect", "wrap"))),
        ("seed", Range(0, 9, whole=True)),
        ("bins", Choices((16, 64))),
    ]


def test_defaults_pass_unchanged():
    assert blur("p") == ("p", 1.4, 3, "reflect", None, 16, "")
    assert blur("p", seed=None)[4] is None


@given(arguments(blur, free=st.text()))
def test_whatever_is_within_the_limits_passes(keywords):
    names = ("sigma", "size", "border", "seed", "bins", "free")
    assert blur("p", **keywords) == ("p", *(keywords[name] for name in names))


def test_the_strategies_reach_none_and_whole_numbers_only_where_they_belong():
    @given(arguments(blur))
    def check(keywords):
        seen.add((type(keywords["sigma"]), type(keywords["size"]), type(keywords["seed"])))

    seen = set()
    check()
    assert {types[0] for types in seen} == {float}
    assert {types[1] for types in seen} == {int}
    assert {types[2] for types in seen} == {int, type(None)}


@pytest.mark.parametrize(("name", "value"), ends(blur))
def test_both_ends_belong_to_the_range(name, value):
    blur("p", **{name: value})


@pytest.mark.parametrize(("name", "value"), outside(blur))
def test_outside_is_refused_with_the_parameter_and_its_limits(name, value):
    with pytest.raises(InputError) as caught:
        blur("p", **{name: value})
    limit = limits(blur)[name]
    assert caught.value.values["parameter"] == name
    if isinstance(limit, Range):
        assert caught.value.code == "out_of_range"
        assert (caught.value.values["low"], caught.value.values["high"]) == (limit.low, limit.high)
    else:
        assert caught.value.code == "not_a_choice"
        assert str(limit.values[0]) in caught.value.values["allowed"]


@pytest.mark.parametrize("value", [None, True, [], {}, [3], {"a": 1}, b"3", object(), 3 + 0j])
@pytest.mark.parametrize("name", ["sigma", "size", "border"])
def test_strange_types_are_refused_not_raised(name, value):
    with pytest.raises(InputError):
        blur("p", **{name: value})


def test_a_fraction_is_no_whole_number():
    with pytest.raises(InputError) as caught:
        blur("p", size=3.5)
    assert caught.value.code == "not_whole"
    with pytest.raises(InputError):
        blur("p", size=5.0)  # it would reach ``range`` as a float
    assert blur("p", sigma=2)[1] == 2


@pytest.mark.parametrize("value", [True, 1.0, "1"])
def test_a_choice_is_matched_by_type_too(value):
    @checked
    def pick(number: Literal[1, 2] = 1) -> object:
        return number

    with pytest.raises(InputError):
        pick(value)
    assert pick(2) == 2


def test_a_refusal_never_repeats_more_than_a_little_of_what_was_given():
    with pytest.raises(InputError) as caught:
        blur("p", border="x" * 10_000)
    assert len(caught.value.values["value"]) <= 40


def test_wrong_names_stay_a_programmers_error():
    with pytest.raises(TypeError):
        blur("p", sigmaa=1)


@given(values(Range(-2.5, 2.5)))
def test_values_of_a_range_are_in_it(value):
    assert value in Range(-2.5, 2.5)
    assert math.isfinite(value)

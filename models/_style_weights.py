"""Weights that a visitor gives by name: of styles in a blend, of layers in a loss."""

import math
from collections.abc import Collection, Mapping

from models._errors import InputError

__all__ = ["LARGEST", "shares"]

LARGEST = 1_000_000  # far more than one needs, and far from where numbers lose their digits


def shares(
    given: object, allowed: Collection[str], default: Mapping[str, float], parameter: str
) -> dict[str, float]:
    """Turn weights into shares that add up to 1, in the order of ``allowed``; zeros are left out.

    Args:
        given: Name -> weight; None: ``default``.
        allowed: The names there are.
        default: The weights where none are given.
        parameter: What the weights are called in a refusal.

    Returns:
        Name -> share, none of them 0.

    Raises:
        InputError: ``weights_unnamed``, ``not_a_choice``, ``weight_bad``, ``weights_zero``.
    """
    weights = default if given is None else given
    if not isinstance(weights, Mapping):
        raise InputError("weights_unnamed", example=f'{{"{next(iter(allowed))}": 1}}')
    for name, weight in weights.items():
        _check(name, weight, allowed, parameter)
    total = math.fsum(weights.values())
    if total == 0:
        raise InputError("weights_zero")
    return {name: weights[name] / total for name in allowed if weights.get(name)}


def _check(name: object, weight: object, allowed: Collection[str], parameter: str) -> None:
    if name not in allowed:
        known = ", ".join(allowed)
        raise InputError("not_a_choice", parameter=parameter, value=str(name)[:40], allowed=known)
    is_number = isinstance(weight, int | float) and not isinstance(weight, bool)
    if not (is_number and 0 <= weight <= LARGEST):  # type: ignore[operator]  # NaN is not either
        raise InputError("weight_bad", name=name, value=str(weight)[:40])

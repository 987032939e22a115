"""Half precision only where it saves time."""

import pytest
import torch

from models._halves import halves_pay
from training import _halves


@pytest.mark.parametrize(("pays", "precision"), [(True, torch.bfloat16), (False, torch.float32)])
def test_products_are_halves_where_the_processor_is_made_for_them(monkeypatch, pays, precision):
    monkeypatch.setattr(_halves, "halves_pay", lambda: pays)
    with _halves.halves("cpu"):
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == precision


def test_a_processor_without_instructions_for_halves_keeps_single_precision(monkeypatch):
    for able in ({}, {"avx2": True, "avx512_bf16": False}, {"avx512_bf16": True}):
        monkeypatch.setattr(torch.cpu, "get_capabilities", lambda able=able: able)
        assert halves_pay.__wrapped__() == able.get("avx512_bf16", False)

"""Which processors gain from half precision."""

import functools

import torch

__all__ = ["halves_pay"]

NATIVE = ("avx512_bf16", "amx_bf16")  # sets of instructions, of which one will do


@functools.cache
def halves_pay() -> bool:
    """Whether this CPU multiplies bfloat16 natively."""
    able = torch.cpu.get_capabilities()
    return any(able.get(name, False) for name in NATIVE)

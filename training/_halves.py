"""Half precision where it saves time."""

import torch

from models._halves import halves_pay

__all__ = ["halves"]


def halves(device: torch.device | str) -> torch.autocast:
    """Multiply in bfloat16, on a GPU or a processor that does so natively.

    Any other processor keeps single precision: with AVX2 alone, halves take eight times as long.
    """
    kind = torch.device(device).type
    return torch.autocast(kind, torch.bfloat16, enabled=kind != "cpu" or halves_pay())

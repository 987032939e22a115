"""MiniBERT: a small BERT that reads English and Chinese and travels with the gallery.

transformers' own ``BertForPreTraining``: layers of attention and feed-forward networks over the
tokens of a text, one head that fills in masked tokens and one that says whether a second text
follows a first. J. Devlin et al., *BERT: Pre-training of deep bidirectional transformers for
language understanding*, 2019, https://arxiv.org/abs/1810.04805.
"""

import functools
import json
from typing import TYPE_CHECKING, Any

from models._spec import WEIGHTS, ModelSpec
from models.networks._language import LanguageModel

if TYPE_CHECKING:
    from transformers import BertForPreTraining

__all__ = ["FOLDER", "MODEL", "SPEC", "build", "read_settings"]

FOLDER = "mini_bert"


@functools.cache
def read_settings() -> dict[str, Any]:
    """The sizes of the network, as transformers' ``BertConfig`` names them."""
    settings: dict[str, Any] = json.loads((WEIGHTS / FOLDER / "config.json").read_text("utf-8"))
    return settings


def build() -> "BertForPreTraining":
    """Build the untrained network, with attention that can be looked at."""
    import torch
    from transformers import BertConfig, BertForPreTraining

    settings = BertConfig.from_dict(read_settings(), attn_implementation="eager")
    with torch.device("cpu"):  # its tables of positions are not part of the weights
        return BertForPreTraining(settings)


SPEC = ModelSpec.from_card(FOLDER, build)
MODEL = LanguageModel(SPEC, longest=128)

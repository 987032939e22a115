"""Who looks at whom in a text: the attention of language models, taken apart and put to the test.

A transformer turns each token of a text into a vector and lets the tokens look at each other, layer
by layer. A head makes of every token a query q, a key k and a value v; a token takes from another
as much of its value as its query fits the other's key, in shares that add up to 1:

    attention(Q, K, V) = softmax(Q K^T / sqrt(d)) V

The shares, one matrix for each head of each layer, are what a heatmap of attention shows
(``attend``, ``cell``, ``select``, ``masks``, ``name_heads``; of a photo ``attend_photo``). Whether
they say why the network answered as it did is another question, and can be tried: switch heads off
(``switch_off``, ``effect_of_heads``), follow them through the layers (``rollout``, ``explain``),
and take away the words that they point at (``deletion_test``).

Sources: A. Vaswani et al., *Attention is all you need*, 2017, https://arxiv.org/abs/1706.03762;
J. Devlin et al., *BERT*, 2019, https://arxiv.org/abs/1810.04805; A. Zhang et al., *Dive into Deep
Learning*, chapter 11; each part names its own.
"""

from models._attention_cell import Cell, cell
from models._attention_deletion import Deletion, deletion_test
from models._attention_effect import Effect, Effects, Shift, Switched, effect_of_heads, switch_off
from models._attention_flow import METHODS, Explanation, Rollout, explain, rollout
from models._attention_names import PATTERNS, HeadName, Pattern, name_heads
from models._attention_off import Off
from models._attention_photo import (
    PHOTO_MODELS,
    Patches,
    PhotoAttention,
    PhotoGuess,
    PhotoModelName,
    attend_photo,
    patches,
)
from models._attention_reader import LONGEST, MODELS, Answer, ModelName
from models._attention_text import Attention, attend
from models._attention_view import Masks, Selection, masks, select
from models._vocabulary import Candidate

__all__ = [
    "LONGEST",
    "METHODS",
    "MODELS",
    "PATTERNS",
    "PHOTO_MODELS",
    "Answer",
    "Attention",
    "Candidate",
    "Cell",
    "Deletion",
    "Effect",
    "Effects",
    "Explanation",
    "HeadName",
    "Masks",
    "ModelName",
    "Off",
    "Patches",
    "Pattern",
    "PhotoAttention",
    "PhotoGuess",
    "PhotoModelName",
    "Rollout",
    "Selection",
    "Shift",
    "Switched",
    "attend",
    "attend_photo",
    "cell",
    "deletion_test",
    "effect_of_heads",
    "explain",
    "masks",
    "name_heads",
    "patches",
    "rollout",
    "select",
    "switch_off",
]

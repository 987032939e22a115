"""What every head looks at, against transformers' eager attention on the same weights, in one run.

python -m benchmarks.attention
"""

import os
import statistics
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # a thread that waits is not at work

import numpy as np
import torch
from transformers import BertForPreTraining, PreTrainedTokenizerFast

from models._spec import WEIGHTS
from models.attention_heatmaps import attend
from models.networks.mini_bert import FOLDER

ROUNDS = 60
TEXTS = {
    "a sentence": "The cat sat on the mat because it was tired.",
    "with a hidden word": "The capital of France is [MASK].",
    "a Chinese sentence": "他在北京大学读书，每天都去图书馆。",
    "a paragraph": "The river flows through the old town and into the sea. " * 5,
    "as much as it reads": "长江是中国最长的河流，" * 11 + "很长很长。",
}


def seconds(work: Callable[[str], object], text: str) -> float:
    """How long one call keeps the processor busy: what else runs here does not count."""
    start = time.process_time()
    work(text)
    return time.process_time() - start


def reader() -> Callable[[str], np.ndarray]:
    """The peer: from a text to (layers, heads, tokens, tokens).

    It runs the body alone; ours also says what may stand at a hidden word.
    """
    network: Any = BertForPreTraining.from_pretrained(
        WEIGHTS / FOLDER, attn_implementation="eager", dtype=torch.float32
    )
    body = network.eval().bert
    tokenizer = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_file=str(WEIGHTS / FOLDER / "tokenizer.json"), mask_token="[MASK]"
    )

    def read(text: str) -> np.ndarray:
        given = tokenizer(text, return_tensors="pt", truncation=True, max_length=128)
        with torch.inference_mode():
            found = body(**given, output_attentions=True)
        together: np.ndarray = torch.cat(found.attentions).numpy()
        return together

    return read


def main() -> None:
    """Measure on the embedded network; the weights are checked to be equal."""
    peer = reader()
    print(f"{torch.get_num_threads()} threads, all heads of all layers")
    for name, text in TEXTS.items():
        found = attend(text).weights
        np.testing.assert_allclose(found, peer(text), rtol=0, atol=1e-5)
        pairs = [(seconds(peer, text), seconds(attend, text)) for _ in range(ROUNDS)]
        first, second = (statistics.median(column) for column in zip(*pairs, strict=True))
        print(
            f"{name:20} {found.shape[-1]:4} tokens, transformers {first * 1e3:6.1f} ms, "
            f"ours {second * 1e3:6.1f} ms, ratio {second / first:.2f}"
        )


if __name__ == "__main__":
    main()

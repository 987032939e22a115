"""Hidden words against transformers' own pipeline, on the same weights, in one run.

python -m benchmarks.hidden_words
"""

import os
import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # a thread that waits is not at work

import torch
from transformers import BertConfig, BertForMaskedLM, FillMaskPipeline, PreTrainedTokenizerFast

from models._readers import network_of
from models._spec import WEIGHTS
from models.bert_masking import fill
from models.networks.mini_bert import FOLDER, read_settings

ROUNDS = 60
TEXTS = {
    "a sentence": "The capital of France is [MASK].",
    "a Chinese sentence": "他在北京[MASK]学读书。",
    "a paragraph": "The river flows through the old town and into the sea. " * 4 + "It is [MASK].",
    "as much as it reads": "长江是中国最长的河流。" * 11 + "[MASK]",
}


def seconds(work: Callable[[], object]) -> float:
    """How long one call keeps the processor busy: what else runs here does not count."""
    start = time.process_time()
    work()
    return time.process_time() - start


def pipeline() -> FillMaskPipeline:
    """The peer, on the very tensors that the gallery uses."""
    with torch.device("meta"):
        network: Any = BertForMaskedLM(BertConfig(**read_settings()))
    state = network_of("mini_bert").state_dict()
    network = network.to_empty(device="cpu")
    network.load_state_dict(state, strict=False, assign=True)
    network.bert.embeddings.position_ids = network_of("mini_bert").bert.embeddings.position_ids
    network.bert.embeddings.token_type_ids = network_of("mini_bert").bert.embeddings.token_type_ids
    tokenizer: Any = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_file=str(WEIGHTS / FOLDER / "tokenizer.json"),
        mask_token="[MASK]",
        pad_token="[PAD]",
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
    )
    return FillMaskPipeline(model=network.eval(), tokenizer=tokenizer, device=-1)


def main() -> None:
    """Measure on the embedded network; the answers are checked to be equal."""
    peer = pipeline()
    print(f"{torch.get_num_threads()} threads, ten answers for one hidden word")
    for name, text in TEXTS.items():
        theirs = [each["score"] for each in peer(text, top_k=10)]
        found = fill(text)
        ours = [each.probability for each in found.gaps[0].candidates]
        torch.testing.assert_close(torch.tensor(ours), torch.tensor(theirs), rtol=0, atol=1e-5)
        pairs = [
            (seconds(partial(peer, text, top_k=10)), seconds(partial(fill, text)))
            for _ in range(ROUNDS)
        ]
        first, second = (statistics.median(column) for column in zip(*pairs, strict=True))
        print(
            f"{name:20} {len(found.reading.ids):4} tokens, pipeline {first * 1e3:6.1f} ms, "
            f"ours {second * 1e3:6.1f} ms, {first / second:.2f} times as fast"
        )


if __name__ == "__main__":
    main()

"""Train MiniBERT on Wikipedia: ``python -m training.mini_bert --data DATA``.

Rows of 16 to 128 tokens without padding; some of them hold two segments for the next-sentence
loss. 15 % of the words are hidden, and only where a word was hidden is the vocabulary gone through.
Matrices of the layers are moved by Muon (K. Jordan et al., *Muon: an optimizer for hidden layers in
neural networks*, 2024, https://kellerjordan.github.io/posts/muon), all else by AdamW; bfloat16
where the machine multiplies it.

Two things save a small machine hours. The bias of the head begins as the logarithm of each token's
frequency. And the network begins as a model of neighbours: positions own the first dimensions, and
most heads of the lower layers look one, two or three tokens to the left or right, so that the long
search for the fact that nearby words matter is skipped. For the next-sentence loss one head begins
by looking for rare words that both texts share (``_matches.py``): from 69 and 67 % of pairs
(English, Chinese) that brought 91 % in half an hour. All of it stays free to change.

The first place, ``[CLS]``, must not look at itself alone, or no gradient reaches it and the
next-sentence loss stays at chance; ``spread`` in the log watches that (it was 0.0002 where this
happened). ``--start FOLDER`` goes on from saved weights; with ``--matches`` the head that these use
least begins anew as the one that looks for shared words, with ``--neurons`` the layers get room for
more (``_growth.py``).

The next-sentence loss weighs a tenth. A batch holds few pairs, so that its gradient is mostly
chance, and at full weight it drowned what the hidden words say: in the matrices of the layers the
norms were 1.6 and 0.96, and in the first half hour of such a training hidden words got worse.

On Linux, memory that is handed back and asked for again at every step costs a fifth of the time:
``MALLOC_MMAP_THRESHOLD_=4000000000 MALLOC_TRIM_THRESHOLD_=8000000000`` before the command keeps
it (5,200 against 6,600 tokens a second on two cores). Beside other work, add
``OMP_WAIT_POLICY=passive``, or threads that wait keep the others from working; alone it would cost
a fifth again (11,400 against 13,900 on two faster cores). With a C++ compiler, ``--compile`` saves
an eighth.
"""

import math
import queue
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import nn

from models._spec import WEIGHTS
from models.networks import mini_bert
from training._growth import widen
from training._halves import halves
from training._loop import Optimisers, Plan, arguments, plan_of, train
from training._matches import least_used, rare_words, start_with_matches
from training._text import LANGUAGES, Rows, Text, draw_rows, mask_words, read_text, train_vocabulary

__all__ = ["Batch", "Reader", "answers", "batches", "main", "measure", "start_with_neighbours"]

Bert = Any  # transformers' ``BertForPreTraining``, whose parts are not typed
TOKENS = 16_384  # in a batch
LENGTHS = {16: 0.05, 32: 0.05, 64: 0.15, 128: 0.75}  # of its rows, with their probabilities
SHORTEST_PAIR = 32  # tokens of a row that holds two segments
PAIRED = 0.3  # of the rows that are long enough hold two
FOLLOWS = 0.1  # weight of the next-sentence loss
SHARES = {"en": 0.8, "zh": 0.2}  # of the rows; English is the harder one
WARMUP = 0.02
CLIP = 1.0
SHARD = "9MB"


@dataclass(frozen=True, eq=False)
class Batch:
    """Rows with hidden words, and what was hidden."""

    tokens: torch.Tensor  # int64 (rows, length)
    segments: torch.Tensor  # int64 (rows, length)
    follows: torch.Tensor  # int64 (rows,) 0, 1, or -100 where there is one segment
    places: torch.Tensor  # int64 (hidden,) into the flattened rows
    truth: torch.Tensor  # int64 (hidden,)

    def to(self, device: str) -> "Batch":
        """The same batch on another device."""
        return Batch(*(each.to(device) for each in vars(self).values()))


@dataclass(frozen=True, eq=False)
class Reader:
    """The texts of both languages, and what is known of the vocabulary."""

    texts: dict[str, Text]
    continues: NDArray[np.bool_]  # (vocabulary,) pieces that go on a word

    @classmethod
    def open(cls, data: Path, kept: Path) -> "Reader":
        """Read the articles with the vocabulary that lies beside the weights."""
        from tokenizers import Tokenizer

        file = WEIGHTS / mini_bert.FOLDER / "tokenizer.json"
        tokenizer = Tokenizer.from_file(str(file)) if file.exists() else train_vocabulary(data)
        if not file.exists():
            tokenizer.save(str(file))
        words = tokenizer.get_vocab()
        continues = np.zeros(len(words), bool)
        continues[[number for word, number in words.items() if word.startswith("##")]] = True
        texts = {name: read_text(data, name, tokenizer, kept) for name in LANGUAGES}
        return cls(texts, continues)

    def batch(self, rows: Rows, generator: np.random.Generator) -> Batch:
        """Hide words of some rows."""
        changed, places = mask_words(rows.tokens, self.continues, generator)
        arrays = (changed, rows.segments, rows.follows, places, rows.tokens.ravel()[places])
        return Batch(*(torch.from_numpy(each) for each in arrays))

    def draw(
        self, length: int, generator: np.random.Generator, paired: float | None = None
    ) -> Batch:
        """A batch of both languages to train on; ``paired`` is the share of rows of two texts."""
        parts = []
        if paired is None:
            paired = PAIRED if length >= SHORTEST_PAIR else 0.0
        for name, text in self.texts.items():
            count = round(TOKENS // length * SHARES[name])
            starts = text.starts("train")
            parts.append(draw_rows(text, starts, count, length, generator, paired))
        rows = Rows(
            np.concatenate([part.tokens for part in parts]),
            np.concatenate([part.segments for part in parts]),
            np.concatenate([part.follows for part in parts]),
        )
        return self.batch(rows, generator)


def batches(reader: Reader, seed: int, ahead: int = 4) -> Iterator[Batch]:
    """Batches without end, made in a thread while the network works on the one before."""
    made: queue.Queue[Batch] = queue.Queue(ahead)
    generator = np.random.default_rng(seed)

    def make() -> None:
        lengths, chances = list(LENGTHS), list(LENGTHS.values())
        while True:
            made.put(reader.draw(int(generator.choice(lengths, p=chances)), generator))

    threading.Thread(target=make, daemon=True).start()
    while True:
        yield made.get()


def answers(network: Bert, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
    """Ask the network for what was hidden, and only there.

    What the last layer makes of a place that nobody asks for is not computed: nothing else of the
    network depends on it.

    Returns:
        Logits of the hidden tokens (hidden, vocabulary) and of the second segments (rows, 2).
    """
    body = network.bert
    states = body.embeddings(input_ids=batch.tokens, token_type_ids=batch.segments)
    for layer in body.encoder.layer[:-1]:
        states = layer(states)
    last = body.encoder.layer[-1]
    heard, _ = last.attention.self(states)  # (rows, length, width)
    rows, length = batch.tokens.shape
    first = torch.arange(rows, device=batch.tokens.device) * length
    asked = torch.cat([first, batch.places])
    states = last.attention.output(heard.flatten(0, 1)[asked], states.flatten(0, 1)[asked])
    states = last.feed_forward_chunk(states)
    pooled = torch.tanh(body.pooler.dense(states[:rows]))
    return network.cls.predictions(states[rows:]), network.cls.seq_relationship(pooled)


class _Batches:
    """The loss of one batch after the other."""

    def __init__(self, reader: Reader, device: str) -> None:
        self.reader, self.device = reader, device
        self.feed: Iterator[Batch] | None = None

    def loss(self, network: Bert, done: float, generator: torch.Generator) -> torch.Tensor:
        """Hidden words, plus whether the second segment follows."""
        if self.feed is None:  # other batches where a training goes on
            self.feed = batches(self.reader, int(torch.randint(2**31, (1,), generator=generator)))
        batch = next(self.feed).to(self.device)
        words, follows = answers(network, batch)
        hidden = F.cross_entropy(words.float(), batch.truth)
        pairs = (batch.follows >= 0).sum().clamp(min=1)  # short rows hold none
        told = F.cross_entropy(follows.float(), batch.follows, reduction="sum") / pairs
        return hidden + FOLLOWS * told


@torch.no_grad()
def start_with_neighbours(network: Bert, places: int = 64, sharpness: float = 6.0) -> None:
    """Let the network begin as a model of neighbouring words.

    With positions p written as sin(f p), cos(f p) for several frequencies f, the query of a head
    is turned by the angle f d, so that it meets the key of position p + d.

    Args:
        network: An untrained ``BertForPreTraining``; it is changed.
        places: Dimensions that belong to the position alone.
        sharpness: How much the neighbour's score stands out.
    """
    settings, body = network.config, network.bert
    width = settings.hidden_size // settings.num_attention_heads
    frequency = torch.exp(torch.linspace(math.log(2.0), math.log(0.05), places // 2))
    angle = torch.arange(settings.max_position_embeddings)[:, None] * frequency
    table = body.embeddings.position_embeddings.weight.zero_()
    table[:, 0:places:2], table[:, 1:places:2] = 0.03 * angle.sin(), 0.03 * angle.cos()
    body.embeddings.word_embeddings.weight[:, :places] = 0
    body.embeddings.token_type_embeddings.weight[:, :places] = 0
    picked = torch.linspace(0, places // 2 - 1, width // 2).round().long().tolist()
    gain = math.sqrt(sharpness * math.sqrt(width) / (width // 2))
    neighbours = (-1, 1, -2, 2, -3, 3)  # of eight heads, the last two are free
    for layer in body.encoder.layer[:4]:
        query, key = layer.attention.self.query.weight, layer.attention.self.key.weight
        for head in range(settings.num_attention_heads):
            if head % 8 >= len(neighbours):
                continue
            rows = slice(head * width, (head + 1) * width)
            query[rows] *= 0.3
            key[rows] *= 0.3
            turn = frequency * neighbours[head % 8]
            for number, each in enumerate(picked):
                sine, cosine = 2 * each, 2 * each + 1
                row = head * width + 2 * number
                key[row, sine] += gain
                key[row + 1, cosine] += gain
                query[row, sine] += gain * turn[each].cos()  # sin(f p + f d)
                query[row, cosine] += gain * turn[each].sin()
                query[row + 1, cosine] += gain * turn[each].cos()  # cos(f p + f d)
                query[row + 1, sine] -= gain * turn[each].sin()


def _start(network: Bert, reader: Reader) -> None:
    """Begin with neighbours, shared words, and how often each token stands in the texts."""
    start_with_neighbours(network)
    _look_for_matches(network, reader, network.config.num_attention_heads - 1)
    size = len(reader.continues)
    share = sum(
        SHARES[name] * np.bincount(text.tokens, minlength=size) / len(text.tokens)
        for name, text in reader.texts.items()
    )
    with torch.no_grad():
        network.cls.predictions.bias.copy_(torch.from_numpy(np.log(share + 1e-7)))


def _look_for_matches(network: Bert, reader: Reader, head: int | None = None) -> None:
    """Let a head look for words that both texts share: the one that is used least by default."""
    generator = np.random.default_rng(5)

    def draw() -> Batch:
        return reader.draw(max(LENGTHS), generator, paired=1.0)

    if head is None:
        batch = draw()
        head = least_used(network, lambda: F.cross_entropy(answers(network, batch)[0], batch.truth))
    rare = rare_words(reader.texts.values(), len(reader.continues))
    start_with_matches(network, draw, rare, head)


def optimisers_of(network: Bert, plan: Plan) -> Optimisers:
    """Muon for the matrices of the layers, AdamW at a sixth of its rate for all else."""
    matrices: list[nn.Parameter] = []
    tables: list[nn.Parameter] = []
    vectors: list[nn.Parameter] = []
    for name, weight in network.named_parameters():
        kind = vectors if weight.ndim < 2 else matrices if "encoder" in name else tables
        kind.append(weight)
    groups = [{"params": tables, "weight_decay": 0.01}, {"params": vectors, "weight_decay": 0.0}]
    return [
        torch.optim.Muon(matrices, lr=plan.peak, weight_decay=0.01, adjust_lr_fn="original"),
        torch.optim.AdamW(groups, lr=plan.peak / 6, betas=(0.9, 0.98)),
    ]


def compile_parts(network: Bert, backend: str = "inductor") -> None:
    """Compile the layers, which see few shapes, and the head; copies stay as they were."""
    for layer in network.bert.encoder.layer[:-1]:
        layer.compile(dynamic=False, backend=backend)
    network.cls.predictions.compile(dynamic=True, backend=backend)


@torch.inference_mode()
def measure(network: Bert, reader: Reader, count: int = 256) -> dict[str, float]:
    """Look at a few rows of articles that are not trained on."""
    found: dict[str, float] = {}
    device = next(network.parameters()).device
    network.eval()
    for name, text in reader.texts.items():
        generator = np.random.default_rng(7)
        rows = draw_rows(text, text.starts("held"), count, 128, generator)
        batch = reader.batch(rows, generator).to(str(device))
        with halves(device):
            words, follows = answers(network, batch)
            first = network.bert(batch.tokens, token_type_ids=batch.segments).last_hidden_state
        asked = batch.follows >= 0
        right = (follows.argmax(1) == batch.follows)[asked]
        found[f"top1_{name}"] = _rounded((words.argmax(1) == batch.truth).float())
        found[f"follows_{name}"] = _rounded(right.float())
        found[f"spread_{name}"] = round(first[:, 0].float().std(0).mean().item(), 4)
    return found


def _rounded(hits: torch.Tensor) -> float:
    return round(hits.mean().item(), 4)


def main(given: Sequence[str] | None = None) -> None:
    """Run the recipe from the command line."""
    parser = arguments("Train MiniBERT on Wikipedia.", "mini_bert", starts=True)
    parser.add_argument("--matches", action="store_true", help="with --start: teach a head anew")
    parser.add_argument("--neurons", type=int, help="with --start: of each layer, more than now")
    parser.add_argument("--compile", action="store_true", help="needs a C++ compiler")
    parser.set_defaults(peak=0.006)
    options = parser.parse_args(given)
    torch.manual_seed(0)
    reader = Reader.open(options.data, options.runs)
    network = mini_bert.build()
    if options.start:
        network = type(network).from_pretrained(
            options.start, attn_implementation="eager", dtype=torch.float32, use_safetensors=True
        )
        if options.neurons:
            widen(network, options.neurons)
        if options.matches:
            _look_for_matches(network, reader)
    else:
        _start(network, reader)
    if options.compile:
        compile_parts(network)
    plan = plan_of(options, warmup=WARMUP, clip=CLIP, save_minutes=10)
    losses = _Batches(reader, options.device)
    average: Bert = train(
        network, losses.loss, plan, optimisers_of, lambda each: measure(each, reader)
    )
    average.half().save_pretrained(options.runs / "weights", max_shard_size=SHARD)


if __name__ == "__main__":
    main()

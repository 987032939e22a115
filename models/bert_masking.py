"""A network that reads by filling in: hide words of a text, and see what it would put there.

BERT is trained on one question, asked billions of times: which word stood here? Some words of a
text are hidden behind ``[MASK]``, and from all the others, to the left and to the right, the
network gives every word w of its vocabulary a probability at the hidden place i,

    p(w | text) = softmax(E h_i + b)_w

where h_i is the state of the hidden token after the last layer (changed a little by the head), E
the table of word vectors that the network also reads with, and b one number for every word. Nobody
tells it grammar, facts or prejudices; whatever of them helps with this question, it learns.

What does it answer: ``fill``, ``fill_jointly``, ``rank``. What changes the answer:
``compare_texts``, ``compare_models``, ``templates``. Where does the answer come from: ``lens``,
``saliency``. What does it find odd: ``surprise``. How was it trained: ``choose_masks``,
``next_sentence``, ``visible``.

Sources: J. Devlin et al., *BERT: Pre-training of deep bidirectional transformers for language
understanding*, 2019, https://arxiv.org/abs/1810.04805; W. Taylor, *"Cloze procedure": a new tool
for measuring readability*, 1953; each part names its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from models._errors import InputError
from models._fill import Fill, Gap, JointFill, Step, fill, fill_jointly
from models._fill_compare import Comparison, Difference, compare_models, compare_texts
from models._fill_rank import Rank, Ranks, rank
from models._fill_templates import Filled, Templates, templates
from models._lens import Lens, LensGap, lens
from models._masked import MODELS, ModelName, read_plain
from models._pretraining import (
    Chosen,
    Fate,
    Follows,
    Sight,
    Visibility,
    choose_masks,
    next_sentence,
    visible,
)
from models._ranges import checked
from models._reading import MASK, Reading
from models._saliency import Saliency, saliency
from models._surprise import Surprise, WordSurprise, surprise
from models._vocabulary import Candidate

__all__ = [
    "MODELS",
    "Candidate",
    "Chosen",
    "Comparison",
    "Difference",
    "Fate",
    "Fill",
    "Filled",
    "Follows",
    "Gap",
    "JointFill",
    "Lens",
    "LensGap",
    "ModelName",
    "Rank",
    "Ranks",
    "Saliency",
    "Sight",
    "Step",
    "Surprise",
    "Templates",
    "Visibility",
    "Word",
    "WordSurprise",
    "Words",
    "choose_masks",
    "compare_models",
    "compare_texts",
    "fill",
    "fill_jointly",
    "hide",
    "lens",
    "next_sentence",
    "rank",
    "saliency",
    "surprise",
    "templates",
    "visible",
    "words",
]


@dataclass(frozen=True)
class Word:
    """A word of a text, and the tokens it is cut into."""

    number: int  # from 0, in the order of the text
    text: str  # as it stands in the text
    span: tuple[int, int]  # its first and after-last character
    places: tuple[int, ...]  # of its tokens in the reading
    tokens: tuple[str, ...]  # as the vocabulary writes them
    ids: tuple[int, ...]
    hidden: bool  # whether it is a ``[MASK]``


@dataclass(frozen=True, eq=False)
class Words:
    """A text, word by word, as a network reads it."""

    reading: Reading
    words: tuple[Word, ...]


@checked
def words(text: str, model: ModelName = "mini_bert") -> Words:
    """Cut a text into words, and those into the tokens of a network.

    Args:
        text: Any text.
        model: Whose tokens.

    Returns:
        The words that fit, each with its place in the text, its tokens and their numbers.

    Raises:
        InputError: ``text_empty``, ``text_too_long``.
    """
    reading = read_plain(text, model)
    members: dict[int, list[int]] = {}
    for place, word in enumerate(reading.words.tolist()):
        if word >= 0:
            members.setdefault(word, []).append(place)
    return Words(reading, tuple(_word(reading, *each) for each in members.items()))


@checked
def hide(text: str, hidden: Sequence[int], model: ModelName = "mini_bert") -> str:
    """Put ``[MASK]`` in the place of words.

    Args:
        text: Any text.
        hidden: Numbers of the words, as ``words`` gives them.
        model: Whose words.

    Returns:
        The text with these words hidden; what was cut off for its length stays in it.

    Raises:
        InputError: ``text_empty``, ``text_too_long``, ``no_words``, ``word_range``.
    """
    found = words(text, model)
    known = {word.number: word.span for word in found.words}
    if not known:
        raise InputError("no_words")
    for number in hidden:
        if number not in known:
            raise InputError("word_range", value=str(number)[:40], last=max(known))
    result = found.reading.text
    for start, end in sorted((known[number] for number in set(hidden)), reverse=True):
        result = result[:start] + MASK + result[end:]
    return result


def _word(reading: Reading, number: int, places: list[int]) -> Word:
    start, end = int(reading.spans[places[0], 0]), int(reading.spans[places[-1], 1])
    return Word(
        number=number,
        text=reading.text[start:end],
        span=(start, end),
        places=tuple(places),
        tokens=tuple(reading.tokens[place] for place in places),
        ids=tuple(int(reading.ids[place]) for place in places),
        hidden=places[0] in reading.masks,
    )

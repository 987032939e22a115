"""What a channel or a class looks for: the picture that it answers most strongly.

Start from faint noise and climb the gradient of the channel's mean response (or of the class's
score). Three brakes keep the climb from ending in invisible high frequencies: the picture is
described by its Fourier coefficients, low frequencies given more weight; it is shifted by a few
pixels in every step; and its total variation, the sum of the differences between neighbours,
is charged for. Sources: Erhan et al., *Visualizing Higher-Layer Features of a Deep Network*, 2009;
Olah, Mordvintsev and Schubert, *Feature Visualization*, Distill (2017),
https://distill.pub/2017/feature-visualization.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import torch

from models._activations import Channel, check_channel
from models._gate import turn
from models._graph import Trace, trace
from models._images import Pixels
from models._ranges import Range, checked
from models._sight import ModelName, Side, find_classifier, network_of

__all__ = ["Frame", "maximise"]

RATE = 0.15  # of Adam
COLOURS = (  # how red, green and blue vary together in photos (Olah et al. 2017)
    (0.26, 0.09, 0.02),
    (0.27, 0.00, -0.05),
    (0.27, -0.09, 0.03),
)


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture of the film."""

    step: int  # 0 is the noise that it starts from
    steps: int
    picture: Pixels  # (side, side, 3)
    response: float  # mean of the channel over its places, or the score of the class


@checked
def maximise(
    model: ModelName = "tiny_vgg",
    layer: str | None = None,
    channel: Channel = 0,
    steps: Annotated[int, Range(8, 256, 8)] = 64,
    side: Side = None,
    jitter: Annotated[int, Range(0, 16, 1, "px")] = 4,
    smoothness: Annotated[float, Range(0, 1, 0.05)] = 0.2,
    seed: Annotated[int, Range(0, 9999)] = 0,
) -> Generator[Frame]:
    """Search for the picture that a channel answers most strongly.

    Args:
        model: The network.
        layer: Name of the layer; None: the last, whose channels are the classes.
        channel: Which of its channels, or which class.
        steps: Steps of the climb; the last frame is number ``steps``.
        side: Side of the picture; None: the size the network was trained on.
        jitter: By how much the picture may be shifted in a step.
        smoothness: Price of differences between neighbouring pixels.
        seed: Which noise to start from.

    Yields:
        The picture after every step; the noise first.

    Raises:
        InputError: ``unknown_layer``, ``channel_range``.
    """
    network = trace(network_of(model))
    name = layer or network.names[network.layers[-1].name]
    climb = _Climb(
        network,
        model,
        name,
        channel,
        side or find_classifier(model).input_size,
        (jitter, smoothness),
        seed,
    )
    check_channel(channel, climb.channels(), name)
    return climb.run(steps)


class _Climb:
    """One search: its coefficients, its optimiser and its source of chance."""

    def __init__(
        self,
        network: Trace,
        model: ModelName,
        layer: str,
        channel: int,
        side: int,
        brakes: tuple[int, float],
        seed: int,
    ) -> None:
        classifier = find_classifier(model)
        self.place = next(network.module.parameters()).device
        self.reading = network.reading(_before_activation(network, layer), layer)
        self.network, self.layer, self.channel = network, layer, channel
        self.jitter, self.smoothness = brakes
        self.chance = torch.Generator().manual_seed(seed)
        self.scale = _frequencies(side).to(self.place)
        start = 0.01 * torch.randn(3, *self.scale.shape, 2, generator=self.chance)
        self.coefficients = start.to(self.place).requires_grad_()
        self.optimiser = torch.optim.Adam([self.coefficients], lr=RATE)
        self.side = side
        self.mean, self.deviation = (
            torch.tensor(three, device=self.place).view(3, 1, 1)
            for three in (classifier.mean, classifier.std)
        )

    def channels(self) -> int:
        """How many channels the layer has."""
        with turn(), torch.inference_mode():
            _, values = self.reading(torch.zeros(1, 3, self.side, self.side, device=self.place))
        return self.network.channels_first(self.layer, values).shape[1]

    def run(self, steps: int) -> Generator[Frame]:
        """Climb; whoever stops asking stops the work."""
        for step in range(steps + 1):
            with turn(), torch.enable_grad():
                picture = self._picture()
                response = self._climb(picture)
            shown = (picture.detach().clamp(0, 1) * 255).round().byte().permute(1, 2, 0)
            yield Frame(step, steps, np.ascontiguousarray(shown.cpu().numpy()), response)

    def _picture(self) -> torch.Tensor:
        """Coefficients to red, green and blue in 0..1: (3, side, side)."""
        spectrum = torch.view_as_complex(self.coefficients) * self.scale
        waves = torch.fft.irfft2(spectrum, s=(self.side, self.side), norm="ortho")
        mixing = torch.tensor(COLOURS, device=self.place) / 0.27
        return torch.sigmoid(torch.einsum("rc,chw->rhw", mixing, waves))

    def _climb(self, picture: torch.Tensor) -> float:
        """One step up; the response of the unshifted picture is what is reported."""
        batch = ((picture - self.mean) / self.deviation)[None]
        shifts = torch.randint(-self.jitter, self.jitter + 1, (2,), generator=self.chance)
        shifted = torch.roll(batch, tuple(shifts.tolist()), (2, 3))
        raw, values = self.reading(shifted)
        raw, values = (self.network.channels_first(self.layer, one) for one in (raw, values))
        loss = self.smoothness * _variation(picture) * 10 - raw[0, self.channel].mean()
        self.optimiser.zero_grad()
        torch.autograd.backward(loss)
        self.optimiser.step()
        return float(values[0, self.channel].detach().mean())


def _before_activation(network: Trace, layer: str) -> str:
    """A rectified channel that is silent has no gradient: climb what goes into it."""
    node = network.node(layer)
    parent = node.all_input_nodes[0]
    is_activation = network.kinds[node.name] == "activation" and parent.name in network.kinds
    return network.names[parent.name] if is_activation else layer


def _frequencies(side: int) -> torch.Tensor:
    """What each Fourier coefficient is multiplied by: 1 / frequency, (side, side // 2 + 1)."""
    down = torch.fft.fftfreq(side)[:, None]
    across = torch.fft.rfftfreq(side)[None]
    frequency = torch.sqrt(down**2 + across**2)
    return 1 / frequency.clamp(min=1 / side) * (4 / side)


def _variation(picture: torch.Tensor) -> torch.Tensor:
    """Mean difference between neighbours."""
    down = (picture[:, 1:] - picture[:, :-1]).abs().mean()
    across = (picture[:, :, 1:] - picture[:, :, :-1]).abs().mean()
    return down + across

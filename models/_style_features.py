"""Reading a loss network many times: only as far as needed, and each layer as one operation.

A normalisation over the batch that stands behind a convolution is a multiplication and an addition
once training is over, and is put into the convolution's weights here. Values lie in memory with
their channels side by side, as the convolutions of a CPU and of a GPU like them best. Both change
the time and not the numbers, but for rounding.
"""

import threading
import weakref
from collections.abc import Callable, Collection, Iterator

import torch
from torch import nn
from torch.nn import functional as F

from models._load import load
from models._style_slopes import convolve
from models.networks.loss_networks import LossNetwork

__all__ = ["Reader", "reader_of"]

Operation = Callable[[torch.Tensor], torch.Tensor]


class Reader:
    """A loss network whose layers can be read by name; it is never changed."""

    def __init__(self, network: LossNetwork, module: nn.Module) -> None:
        """Take over the weights of a network that was loaded."""
        place = next(module.parameters()).device
        self.network = network
        self.device = place
        self.mean, self.deviation = (
            torch.tensor(three, device=place).view(1, 3, 1, 1)
            for three in (network.mean, network.std)
        )
        features = module.get_submodule("features")
        assert isinstance(features, nn.Sequential)
        self.operations = tuple(_operations(features))
        self.fields = _fields(network, features)

    def step_side(self, wanted: int) -> int:
        """The longer side of a picture that is read again and again: as wanted, if time allows."""
        is_slow = self.device.type == "cpu"
        return min(wanted, self.network.side_on_cpu) if is_slow else wanted

    def read(self, pictures: torch.Tensor, layers: Collection[str]) -> dict[str, torch.Tensor]:
        """Read some layers, and go no further than the last of them.

        Args:
            pictures: (pictures, 3, height, width) RGB in 0..1.
            layers: Their names.

        Returns:
            Name -> (pictures, channels, height, width).
        """
        wanted = {self.network.layers[layer]: layer for layer in layers}
        values = ((pictures - self.mean) / self.deviation).contiguous(
            memory_format=torch.channels_last
        )
        found: dict[str, torch.Tensor] = {}
        for place, operation in self.operations:
            if len(found) == len(wanted):
                break
            values = operation(values)
            if place in wanted:
                found[wanted[place]] = values
        return found


def _operations(features: nn.Sequential) -> Iterator[tuple[int, Operation]]:
    """Each operation with the place of the last module that it stands for."""
    modules = list(features)
    for place, module in enumerate(modules):
        if isinstance(module, nn.Conv2d):
            after = modules[place + 1] if place + 1 < len(modules) else None
            yield place, _convolution(module, after)
        elif isinstance(module, nn.ReLU):
            yield place, F.relu_  # over the convolution's output, which nothing else reads
        elif isinstance(module, nn.MaxPool2d):
            yield place, _pooling(module.kernel_size)


def _fields(network: LossNetwork, features: nn.Sequential) -> dict[str, int]:
    """Receptive field of each layer: side in pixels of what one of its places sees."""
    named = {place: layer for layer, place in network.layers.items()}
    fields: dict[str, int] = {}
    field = jump = 1
    for place, module in enumerate(features):
        if isinstance(module, nn.Conv2d | nn.MaxPool2d):
            side, step = (_side(each) for each in (module.kernel_size, module.stride))
            field += (side - 1) * jump
            jump *= step
        if place in named:
            fields[named[place]] = field
    return fields


def _side(pair: int | tuple[int, ...]) -> int:
    return pair if isinstance(pair, int) else pair[0]


def _convolution(module: nn.Conv2d, after: nn.Module | None) -> Operation:
    weights, bias = module.weight.detach(), module.bias
    if isinstance(after, nn.BatchNorm2d):
        assert after.running_var is not None
        assert after.running_mean is not None
        factor = after.weight * (after.running_var + after.eps).rsqrt()
        weights = weights * factor[:, None, None, None]
        shift = -after.running_mean if bias is None else bias - after.running_mean
        bias = after.bias + factor * shift
    weights = weights.contiguous(memory_format=torch.channels_last)
    bias = None if bias is None else bias.detach()
    stride, padding = (list(map(int, pair)) for pair in (module.stride, module.padding))
    return lambda values: convolve(values, weights, bias, stride, padding)


def _pooling(side: int | tuple[int, ...]) -> Operation:
    return lambda values: F.max_pool2d(values, side)


_readers: "weakref.WeakKeyDictionary[nn.Module, Reader]" = weakref.WeakKeyDictionary()
_lock = threading.Lock()


def reader_of(network: LossNetwork) -> Reader:
    """The reader of a loss network, made once for all visitors."""
    module = load(network.spec)
    with _lock:
        if module not in _readers:
            with torch.no_grad():
                _readers[module] = Reader(network, module)
        return _readers[module]

"""A network as the list of operations that it is, so that every value on the way can be read.

``torch.fx`` writes down what the shared network does; the copy of that list shares its weights and
changes nothing in it. No hook is ever set, so that a hundred visitors can look at once. Operations
that write over their input (``ReLU(inplace=True)``) become ones that do not: what was read
would otherwise be changed by the next layer.
"""

import operator
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import fx, nn
from torch.nn import functional as F
from torchvision.models.convnext import LayerNorm2d
from torchvision.models.feature_extraction import NodePathTracer
from torchvision.ops import StochasticDepth

from models._errors import InputError
from models._gate import turn

__all__ = ["KINDS", "Trace", "trace"]

Function = Callable[..., Any]

KINDS: dict[object, str] = {  # what an operation is called in words
    nn.Conv2d: "convolution",
    nn.BatchNorm2d: "normalisation",
    nn.LayerNorm: "normalisation",
    LayerNorm2d: "normalisation",
    nn.ReLU: "activation",
    nn.ReLU6: "activation",
    nn.Hardswish: "activation",
    nn.Hardsigmoid: "activation",
    nn.SiLU: "activation",
    nn.GELU: "activation",
    F.relu: "activation",
    nn.MaxPool2d: "pooling",
    nn.AvgPool2d: "pooling",
    F.max_pool2d: "pooling",
    nn.AdaptiveAvgPool2d: "mean",
    F.adaptive_avg_pool2d: "mean",
    nn.Linear: "linear",
    nn.Dropout: "dropout",
    StochasticDepth: "dropout",
    operator.add: "add",
    operator.mul: "multiply",
    torch.cat: "concatenate",
    torch.flatten: "reshape",
    nn.Flatten: "reshape",
    "mean": "mean",
    "flatten": "reshape",
}
IN_PLACE: dict[type[nn.Module], Function] = {
    nn.ReLU: F.relu,
    nn.ReLU6: F.relu6,
    nn.Hardswish: F.hardswish,
    nn.Hardsigmoid: F.hardsigmoid,
    nn.SiLU: F.silu,
}
PURE: dict[object, Function] = {operator.iadd: operator.add, operator.imul: operator.mul}


@dataclass(eq=False)
class Trace:
    """The operations of one network in their order.

    ``names`` are the paths that torchvision's feature extraction uses: ``layer1.0.conv1``.
    """

    module: fx.GraphModule  # shares the weights of the network; writes over nothing
    names: dict[str, str]  # node -> name
    kinds: dict[str, str]  # node -> one of the values of KINDS, for layers only
    channels_last: frozenset[str]  # nodes whose values are (batch, height, width, channels)
    reaches: dict[str, Any] = field(default_factory=dict)  # node -> what a position sees
    variants: dict[object, fx.GraphModule] = field(default_factory=dict)  # made once, kept here

    @property
    def layers(self) -> list[fx.Node]:
        """The nodes that are layers: from the first module on, what changes nothing left out."""
        return [node for node in self.module.graph.nodes if node.name in self.kinds]

    @property
    def deepest_map(self) -> str:
        """The name of the last layer that still has places: what Grad-CAM looks at."""
        mean = next(node for node in reversed(self.layers) if self.kinds[node.name] == "mean")
        return self.names[mean.all_input_nodes[0].name]

    def node(self, layer: str) -> fx.Node:
        """The node of a layer's name.

        Raises:
            InputError: ``unknown_layer``.
        """
        for node in self.layers:
            if self.names[node.name] == layer:
                return node
        raise InputError("unknown_layer", layer=str(layer)[:60])

    def module_of(self, node: fx.Node) -> nn.Module | None:
        """The module that a node calls, if it calls one."""
        return self.module.get_submodule(str(node.target)) if node.op == "call_module" else None

    def reading(self, *layers: str) -> fx.GraphModule:
        """The network up to the given layers: called with a batch, it returns their values."""
        if layers not in self.variants:
            self.variants[layers] = _cut(self, [self.node(layer) for layer in layers])
        return self.variants[layers]

    def channels_first(self, layer: str, values: torch.Tensor) -> torch.Tensor:
        """Put values in the order (batch, channels, height, width), whatever the layer uses."""
        values = values.movedim(-1, 1) if self.node(layer).name in self.channels_last else values
        return values if values.ndim == 4 else values[..., None, None]


_traces: "weakref.WeakKeyDictionary[nn.Module, Trace]" = weakref.WeakKeyDictionary()


def trace(network: nn.Module) -> Trace:
    """Write down the operations of a network, once per network.

    Args:
        network: In evaluation mode; it is not changed.

    Returns:
        Its operations, without any that write over their input.
    """
    if network not in _traces:
        with turn():  # while fx writes, every module's call is replaced, in all threads
            if network not in _traces:  # nobody else did while this one waited
                _traces[network] = _trace(network)
    return _traces[network]


def _trace(network: nn.Module) -> Trace:
    tracer = NodePathTracer(leaf_modules=[LayerNorm2d, StochasticDepth])
    graph = tracer.trace(network)
    names = {node.name: name for node, name in tracer.node_to_qualname.items()}
    kinds = _kinds(network, graph)
    for node in list(graph.nodes):
        _purify(network, graph, node, names, kinds)
    module = fx.GraphModule(network, graph)
    return Trace(module, names, kinds, frozenset(_channels_last(graph)))


def _kinds(network: nn.Module, graph: fx.Graph) -> dict[str, str]:
    kinds: dict[str, str] = {}
    for node in graph.nodes:
        if not kinds and node.op != "call_module":
            continue  # what comes before the first module only scales the picture
        kind = KINDS.get(_operation(network, node))
        if kind and kind != "dropout":
            kinds[node.name] = kind
    return kinds


def _operation(network: nn.Module, node: fx.Node) -> object:
    if node.op == "call_module":
        return type(network.get_submodule(str(node.target)))
    return PURE.get(node.target, node.target) if node.op.startswith("call") else None


def _purify(
    network: nn.Module,
    graph: fx.Graph,
    node: fx.Node,
    names: dict[str, str],
    kinds: dict[str, str],
) -> None:
    """Make one operation leave its input alone."""
    if node.kwargs.get("inplace"):
        node.kwargs = {**node.kwargs, "inplace": False}
    if node.op == "call_function" and node.target in PURE:
        node.target = PURE[node.target]
    if node.op != "call_module":
        return
    module = network.get_submodule(str(node.target))
    if not getattr(module, "inplace", False) or type(module) not in IN_PLACE:
        return
    with graph.inserting_before(node):
        pure = graph.call_function(IN_PLACE[type(module)], node.args, node.kwargs)
    node.replace_all_uses_with(pure)
    graph.erase_node(node)
    names[pure.name] = names.pop(node.name)
    kinds[pure.name] = kinds.pop(node.name)


def _channels_last(graph: fx.Graph) -> set[str]:
    """Follow which values have their channels at the end (ConvNeXt permutes them there)."""
    last: set[str] = set()
    for node in graph.nodes:
        if node.target is torch.permute:
            if list(node.args[1]) == [0, 2, 3, 1]:
                last.add(node.name)
        elif any(parent.name in last for parent in node.all_input_nodes):
            last.add(node.name)
    return last


def _cut(trace: Trace, wanted: list[fx.Node]) -> fx.GraphModule:
    graph = fx.Graph()
    copies: dict[fx.Node, fx.Node] = {}
    for node in trace.module.graph.nodes:
        if node.op == "output":
            break
        copies[node] = graph.node_copy(node, copies.__getitem__)
        if all(one in copies for one in wanted):
            break
    graph.output(tuple(copies[node] for node in wanted))
    graph.eliminate_dead_code(lambda node: node.op in {"placeholder", "output"})
    return fx.GraphModule(trace.module, graph)

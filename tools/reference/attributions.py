"""Writes tools/reference/attributions.fixture.json: maps of Captum and zennit for the classifiers in examples/quickstart.

apt-get install python3-torch
python3 -m venv --system-site-packages .venv && .venv/bin/pip install -r tools/reference/requirements-torch.txt
.venv/bin/python tools/reference/attributions.py

Each map is kept at every fifth value, as base64 of 32-bit floats, with the options under which Touchstone gives the same.
"""

import base64
import copy
import importlib.metadata
import json
import pathlib

import captum
import captum.attr as attr
import numpy
import torch
import torch.nn.functional as F
import zennit.composites as composites
from captum.attr._utils.lrp_rules import EpsilonRule, GammaRule
from classifier import images, network
from zennit.attribution import Gradient

every = 5

torch.set_num_threads(1)
torch.manual_seed(0)


def blocks(size):
    """A mask with a number for each square of pixels."""
    rows = torch.arange(28) // size
    return (rows[:, None] * ((28 + size - 1) // size) + rows[None, :]).reshape(1, 1, 28, 28)


def maps(model, x, target, rough):
    """Name, options of the attributer, library, and map."""
    zero = torch.zeros_like(x)
    yield "gradient", {}, "captum", attr.Saliency(model).attribute(x, target, abs=False)
    yield "saliency", {}, "captum", attr.Saliency(model).attribute(x, target)
    yield "input-x-gradient", {}, "captum", attr.InputXGradient(model).attribute(x, target)
    yield "guided-backprop", {}, "captum", attr.GuidedBackprop(model).attribute(x, target)
    yield "deconvolution", {}, "captum", attr.Deconvolution(model).attribute(x, target)
    cam = attr.LayerGradCam(model, model.conv2).attribute(x, target, relu_attributions=True)
    yield "grad-cam", {"layer": "conv2"}, "captum", F.interpolate(cam, (28, 28), mode="bilinear", align_corners=False)
    yield "guided-grad-cam", {"layer": "conv2", "interpolation": "nearest"}, "captum", attr.GuidedGradCam(model, model.conv2).attribute(x, target)

    ig = attr.IntegratedGradients(model)
    for steps, quadrature, method in [(50, "gauss-legendre", "gausslegendre"), (16, "riemann-left", "riemann_left"), (16, "riemann-right", "riemann_right"), (16, "riemann-middle", "riemann_middle")]:
        yield "integrated-gradients", {"steps": steps, "quadrature": quadrature}, "captum", ig.attribute(x, zero, target, n_steps=steps, method=method)
    if rough:
        yield "integrated-gradients", {"steps": 20, "baseline": 0.3}, "captum", ig.attribute(x, zero + 0.3, target, n_steps=20, method="gausslegendre")
    yield "integrated-gradients", {"steps": 20, "inputFactor": False}, "captum", attr.IntegratedGradients(model, multiply_by_inputs=False).attribute(x, zero, target, n_steps=20, method="gausslegendre")
    if rough:
        several = [ig.attribute(x, zero + value, target, n_steps=20, method="gausslegendre") for value in (0, 0.5, 1)]
        yield "integrated-gradients", {"steps": 20, "baseline": {"average": [0, 0.5, 1]}}, "captum", sum(several) / 3

    yield "deeplift", {}, "captum", attr.DeepLift(model).attribute(x, zero, target)
    yield "deeplift", {"baseline": 0.3}, "captum", attr.DeepLift(model).attribute(x, zero + 0.3, target)
    yield "deeplift", {"inputFactor": False}, "captum", attr.DeepLift(model, multiply_by_inputs=False).attribute(x, zero, target)
    baselines = torch.stack([zero[0] + value for value in (0, 0.5, 1)])
    yield "deeplift", {"baseline": {"average": [0, 0.5, 1]}}, "captum", attr.DeepLiftShap(model).attribute(x, baselines, target)

    yield "lrp", {}, "captum", attr.LRP(copy.deepcopy(model)).attribute(x, target)
    ruled = copy.deepcopy(model)
    for layer in [ruled.conv1, ruled.conv2]:
        layer.rule = GammaRule(gamma=0.25)
    for layer in [ruled.dense1, ruled.dense2]:
        layer.rule = EpsilonRule(1e-9)
    gamma = [{"for": "convolution", "rule": "captum-gamma", "options": {"gamma": 0.25}}, {"for": "dense", "rule": "epsilon"}]
    yield "lrp", {"composite": gamma}, "captum", attr.LRP(ruled).attribute(x, target)

    seed = torch.eye(10)[[target]]
    for name, options, composite in [
        ("epsilon-plus", {}, composites.EpsilonPlus()),
        ("epsilon-plus-flat", {}, composites.EpsilonPlusFlat()),
        ("epsilon-gamma-box", {"low": 0, "high": 1}, composites.EpsilonGammaBox(low=0.0, high=1.0)),
        # Where nothing is negative Touchstone hands on all relevance once, zennit twice: on a plain ground they differ.
        *([("epsilon-alpha2-beta1", {}, composites.EpsilonAlpha2Beta1())] if rough else []),
        ("epsilon-alpha2-beta1-flat", {}, composites.EpsilonAlpha2Beta1Flat()),
        ("excitation-backprop", {}, composites.ExcitationBackprop()),
    ]:
        with Gradient(model, composite) as attributor:
            yield "lrp", {"composite": name, **options}, "zennit", attributor(x, lambda output: output * seed)[1]
    for name, composite in [("guided-backprop", composites.GuidedBackprop()), ("deconvolution", composites.DeconvNet())]:
        with Gradient(model, composite) as attributor:
            yield name, {}, "zennit", attributor(x, seed)[1]

    yield "feature-ablation", {"features": {"blocks": 4}}, "captum", attr.FeatureAblation(model).attribute(x, target=target, feature_mask=blocks(4))
    yield "feature-ablation", {"features": {"blocks": 7}, "baseline": 0.3}, "captum", attr.FeatureAblation(model).attribute(x, 0.3, target, feature_mask=blocks(7))
    yield "occlusion", {"window": 5, "stride": 3}, "captum", attr.Occlusion(model).attribute(x, (1, 5, 5), (1, 3, 3), 0, target)
    yield "shapley-exact", {"features": {"blocks": 14}}, "captum", attr.ShapleyValues(model).attribute(x, target=target, feature_mask=blocks(14))


def encoded(values):
    return base64.b64encode(values.detach().numpy().astype("<f4").reshape(-1)[::every].tobytes()).decode()


cases = []
pictures = images()
for name in ["well", "bad"]:
    model = network(name)
    for picture, pixels in pictures.items():
        x = torch.from_numpy(pixels.astype("f4") / 255).reshape(1, 1, 28, 28)
        target = int(model(x).argmax())
        for use, options, library, values in maps(model, x.clone().requires_grad_(), target, picture == "rough"):
            cases.append({"model": name, "picture": picture, "target": target, "use": use, "options": options, "by": library, "map": encoded(values)})
versions = {"torch": torch.__version__, "captum": captum.__version__, "zennit": importlib.metadata.version("zennit"), "numpy": numpy.__version__}
path = pathlib.Path(__file__).with_name("attributions.fixture.json")
pictures = {picture: base64.b64encode(pixels.tobytes()).decode() for picture, pixels in pictures.items()}
path.write_text(json.dumps({"versions": versions, "every": every, "pictures": pictures, "cases": cases}, indent=0) + "\n")
print(f"{len(cases)} maps in {path.name}, {path.stat().st_size // 1024} KiB")

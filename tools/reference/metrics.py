"""Writes tools/reference/metrics.fixture.json: scores of Captum and Quantus for a classifier of examples/quickstart.

apt-get install python3-torch
python3 -m venv --system-site-packages .venv && .venv/bin/pip install -r tools/reference/requirements-metrics.txt && .venv/bin/pip install --no-deps quantus==0.5.3
.venv/bin/python tools/reference/metrics.py

Maps are input x gradient for the predicted class. Where a library draws at random, what it drew is in the fixture.
"""

import base64
import importlib.metadata
import json

import numpy
import quantus
import torch
from captum.attr import InputXGradient
from captum.metrics import infidelity, sensitivity_max
from classifier import images, network, root

numpy.random.seed(0)
torch.manual_seed(0)
torch.set_num_threads(1)


def base64_of(values, kind="<f4"):
    return base64.b64encode(numpy.asarray(values, kind).tobytes()).decode()


model = network("well")
cases = []
for name, pixels in images().items():
    x = torch.from_numpy(pixels.reshape(1, 1, 28, 28).astype("f4") / 255)
    target = int(model(x).argmax())
    method = InputXGradient(model)
    attribution = method.attribute(x.clone().requires_grad_(), target=target).detach()
    arrays = dict(model=model, x_batch=x.numpy(), y_batch=numpy.array([target]), a_batch=attribution.numpy(), channel_first=True, device="cpu")
    quiet = dict(disable_warnings=True, display_progressbar=False)

    noise = torch.randn(10, 1, 28, 28) * 0.003
    case = {"picture": name, "pixels": base64.b64encode(pixels.tobytes()).decode(), "target": target, "map": base64_of(attribution)}
    case["noise"] = base64_of(noise)
    for key, normalize in [("infidelity", False), ("infidelity, normalised", True)]:
        case[key] = float(infidelity(model, lambda inputs: (noise, inputs - noise), x, attribution, target=target, n_perturb_samples=10, normalize=normalize))
    deltas = (torch.rand(10, 1, 28, 28) * 2 - 1) * 0.02
    case["deltas"] = base64_of(deltas)
    case["sensitivity_max"] = float(sensitivity_max(method.attribute, x, perturb_func=lambda inputs: (inputs[0] + deltas,), n_perturb_samples=10, target=target))

    # The subsets that numpy draws.
    drawn = []
    choose = numpy.random.choice
    numpy.random.choice = lambda *args, **kwargs: drawn.append(choose(*args, **kwargs)) or drawn[-1]
    case["FaithfulnessCorrelation"] = float(quantus.FaithfulnessCorrelation(nr_runs=100, subset_size=224, return_aggregate=False, **quiet)(**arrays)[0])
    numpy.random.choice = choose
    case["subsets"] = base64_of(drawn, "<u2")
    # Many attributions are 0, and quicksort leaves equal values in any order: a ramp that no float32 map feels elsewhere makes them differ.
    ramp = -numpy.arange(784).reshape(1, 1, 28, 28) * 1e-4
    arrays["a_batch"] = attribution.numpy() + ramp.astype("f4")
    case["ranked"] = base64_of(arrays["a_batch"])
    case["PixelFlipping"] = quantus.PixelFlipping(features_in_step=28, return_auc_per_sample=False, normalise=False, **quiet)(**arrays)[0]
    percentages = list(range(1, 100, 2))
    case["ROAD"] = [int(value) for value in quantus.ROAD(percentages=percentages, noise=0.0, normalise=False, **quiet)(**arrays).values()]
    cases.append(case)

versions = {package: importlib.metadata.version(package) for package in ["captum", "quantus", "torch"]}
(root / "tools/reference/metrics.fixture.json").write_text(json.dumps({"versions": versions, "cases": cases}, indent=1) + "\n")

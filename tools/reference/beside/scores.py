"""Sensitivity and fidelity of four methods on three digits: metrics that Quantus has."""

import numpy
import quantus
import torch
from given import classes, digits, methods, model
from scipy.stats import bootstrap

quiet = dict(return_aggregate=False, disable_warnings=True, display_progressbar=False)
metrics = {
    "sensitivity": lambda: quantus.AvgSensitivity(nr_samples=200, lower_bound=0.2, **quiet),
    "fidelity": lambda: quantus.FaithfulnessCorrelation(nr_runs=100, subset_size=224, **quiet),
}
for method, attribute in methods.items():

    def explain(model, inputs, targets, **_):
        return attribute(model, torch.as_tensor(inputs, dtype=torch.float32), torch.as_tensor(targets)).detach().numpy()

    maps = explain(model, digits, classes)
    for name, metric in metrics.items():
        values = metric()(model=model, x_batch=digits.detach().numpy(), y_batch=classes.numpy(), a_batch=maps, explain_func=explain, channel_first=True, device="cpu")
        low, high = bootstrap((values,), numpy.mean, method="percentile", random_state=1).confidence_interval
        print(f"{method} {name} {numpy.mean(values):.3f} [{low:.3f}, {high:.3f}]")

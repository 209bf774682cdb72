"""Writes tools/reference/stability.fixture.json: the objectives of Quantus' relative stabilities, for made-up inputs, maps, logits and representations.

pip install numpy quantus==0.5.3 torch
python tools/reference/stability.py
"""

import importlib.metadata
import json
from pathlib import Path

import numpy
import quantus

rng = numpy.random.default_rng(5)
count = 6


def draw(*shape, zeros=0.0):
    values = numpy.round(rng.normal(size=shape) * 256) / 256
    return numpy.where(rng.random(shape) < zeros, 0, values)


# Values of 0 among all by which others are divided.
x, map_ = draw(1, 2, 3, 3, zeros=0.3), draw(1, 2, 3, 3, zeros=0.2)
logits, inside = draw(1, 4), draw(1, 5, zeros=0.2)
others = [dict(x=x + draw(1, 2, 3, 3) / 8, map=map_ + draw(1, 2, 3, 3) / 4, logits=logits + draw(1, 4) / 64, inside=inside + draw(1, 5) / 8) for _ in range(count)]

quiet = dict(disable_warnings=True)
ris = quantus.RelativeInputStability(**quiet).relative_input_stability_objective
ros = quantus.RelativeOutputStability(**quiet).relative_output_stability_objective
rrs = quantus.RelativeRepresentationStability(layer_names=["any"], **quiet).relative_representation_stability_objective
expected = {
    "relative-input-stability": [float(ris(x, o["x"], map_, o["map"])[0]) for o in others],
    "relative-output-stability": [float(ros(logits, o["logits"], map_, o["map"])[0]) for o in others],
    "relative-representation-stability": [float(rrs(inside, o["inside"], map_, o["map"])[0]) for o in others],
}
plain = lambda one: {name: values.ravel().tolist() for name, values in one.items()}
fixture = {
    "versions": {package: importlib.metadata.version(package) for package in ["quantus", "numpy"]},
    "input": plain(dict(x=x, map=map_, logits=logits, inside=inside)),
    "others": [plain(one) for one in others],
    "expected": expected,
}
out = Path(__file__).with_name("stability.fixture.json")
out.write_text(json.dumps(fixture) + "\n")

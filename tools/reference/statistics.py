"""Writes packages/core/src/statistics/scipy.fixture.json: correlations by SciPy, for data with and without ties.

python3 -m venv .venv && .venv/bin/pip install -r tools/reference/requirements.txt && .venv/bin/python tools/reference/statistics.py
"""

import json
import pathlib

import numpy
import scipy
from scipy.stats import kendalltau, pearsonr, spearmanr

random = numpy.random.default_rng(1)
cases = []
for n, levels in [(5, 3), (30, 4), (30, 1000), (200, 12)]:
    a = random.integers(0, levels, n)
    b = numpy.where(random.random(n) < 0.5, a, random.integers(0, levels, n))
    cases.append(
        {
            "a": a.tolist(),
            "b": b.tolist(),
            "kendallTauB": kendalltau(a, b).statistic,
            "spearman": spearmanr(a, b).statistic,
            "pearson": pearsonr(a, b).statistic,
        }
    )
target = pathlib.Path(__file__).parents[2] / "packages/core/src/statistics/scipy.fixture.json"
target.write_text(json.dumps({"versions": {"numpy": numpy.__version__, "scipy": scipy.__version__}, "cases": cases}) + "\n")

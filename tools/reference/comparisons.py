"""Writes packages/evaluation/src/comparisons.fixture.json: scores of four methods on two models, some missing, and how they compare by SciPy and statsmodels.

python3 -m venv .venv && .venv/bin/pip install -r tools/reference/requirements.txt && .venv/bin/python tools/reference/comparisons.py
"""

import itertools
import json
import math
import pathlib

import numpy
import scipy
import statsmodels
from scipy.stats import friedmanchisquare, kendalltau, rankdata, studentized_range, wilcoxon
from statsmodels.stats.multitest import multipletests

random = numpy.random.default_rng(11)
models, methods, count = ["well", "bad"], ["a", "b", "c", "d"], 14
directions = {"distance": "lower", "similarity": "higher"}
scores = {}
for model, metric in itertools.product(models, directions):
    levels = numpy.array([0.0, 0.4, 1.2, 1.4] if model == "well" else [0.4, 1.3, 0.1, 0.9])
    table = numpy.round(random.normal(0, 1, count)[:, None] + random.normal(levels if metric == "distance" else -levels, 0.6, (count, 4)), 6)
    if metric == "similarity":
        table[3, 1] = table[7, 2] = math.nan
    if model == "bad":
        table[5, 0] = math.nan
    scores[model, metric] = table

comparisons, ranks, agreement = [], [], []
for (model, metric), table in scores.items():
    sign = 1 if directions[metric] == "lower" else -1
    family = []
    for i, j in itertools.combinations(range(4), 2):
        both = ~numpy.isnan(table[:, [i, j]]).any(1)
        difference = table[both, i] - table[both, j]
        family.append(
            {
                "model": model,
                "metric": metric,
                "attributer": methods[i],
                "against": methods[j],
                "n": int(both.sum()),
                "undefined": int((~both).sum()),
                "difference": difference.mean(),
                "p": wilcoxon(difference, method="exact").pvalue,
                "better": methods[i if sign * difference.mean() < 0 else j],
            }
        )
    for row, corrected in zip(family, multipletests([row["p"] for row in family], method="holm")[1]):
        row["pHolm"] = corrected
    comparisons += family
    complete = table[~numpy.isnan(table).any(1)]
    mean_ranks = rankdata(sign * complete, axis=1).mean(0)
    friedman = friedmanchisquare(*complete.T)
    ranks.append(
        {
            "model": model,
            "metric": metric,
            "n": len(complete),
            "undefined": count - len(complete),
            "methods": [{"attributer": methods[k], "meanRank": mean_ranks[k]} for k in numpy.argsort(mean_ranks)],
            "friedman": friedman.statistic,
            "p": friedman.pvalue,
            "criticalDifference": studentized_range.isf(0.05, 4, numpy.inf) / math.sqrt(2) * math.sqrt(4 * 5 / (6 * len(complete))),
        }
    )
for metric in directions:
    both = numpy.concatenate([scores[model, metric] for model in models], axis=1)
    complete = both[~numpy.isnan(both).any(1)].mean(0)
    agreement.append(
        {
            "metric": metric,
            "model": models[0],
            "against": models[1],
            "n": int((~numpy.isnan(both).any(1)).sum()),
            "undefined": int(numpy.isnan(both).any(1).sum()),
            "tau": kendalltau(complete[:4], complete[4:]).statistic,
        }
    )
out = {
    "versions": {"numpy": numpy.__version__, "scipy": scipy.__version__, "statsmodels": statsmodels.__version__},
    "directions": directions,
    "tables": [
        {"model": model, "metric": metric, "scores": {method: [None if math.isnan(value) else value for value in table[:, j]] for j, method in enumerate(methods)}}
        for (model, metric), table in scores.items()
    ],
    "comparisons": comparisons,
    "ranks": ranks,
    "agreement": agreement,
}
target = pathlib.Path(__file__).parents[2] / "packages/evaluation/src/comparisons.fixture.json"
target.write_text(json.dumps(out) + "\n")

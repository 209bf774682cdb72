"""Writes packages/core/src/statistics/significance.fixture.json: tests and distributions by SciPy, corrections by statsmodels.

python3 -m venv .venv && .venv/bin/pip install -r tools/reference/requirements.txt && .venv/bin/python tools/reference/significance.py
"""

import itertools
import json
import pathlib

import numpy
import scipy
import statsmodels
from scipy.stats import chi2, friedmanchisquare, norm, rankdata, studentized_range, wilcoxon
from statsmodels.stats.multitest import multipletests

random = numpy.random.default_rng(3)


def counted_out(differences):
    """The p-value of the signed-rank test over all choices of signs, by trying them; SciPy's own exact one knows no ties."""
    left = differences[differences != 0]
    sizes = rankdata(numpy.abs(left))
    w = numpy.array([sum(chosen) for chosen in itertools.product(*[(0, size) for size in sizes])])
    centre = sizes.sum() / 2
    return float(numpy.mean(numpy.abs(w - centre) >= abs(sizes[left > 0].sum() - centre) - 1e-9))


signed = []
for n, step in [(3, 0), (12, 0), (50, 0), (12, 0.5), (10, 1), (120, 0), (120, 0.25)]:
    differences = random.normal(0.3, 1, n)
    if step:
        differences = numpy.round(differences / step) * step
    if n > 50:
        p = wilcoxon(differences, zero_method="wilcox", correction=False, method="approx").pvalue
    else:
        p = counted_out(differences) if step else wilcoxon(differences, method="exact").pvalue
    signed.append({"differences": differences.tolist(), "p": float(p)})

friedman = []
for n, k, step in [(8, 3, 0), (30, 6, 0), (20, 4, 1), (5, 2, 1)]:
    blocks = random.normal(numpy.arange(k) * 0.3, 1, (n, k))
    if step:
        blocks = numpy.round(blocks / step) * step
    meanRanks = rankdata(blocks, axis=1).mean(0)
    # SciPy asks for three treatments at least; two of them are the same formula.
    if k > 2:
        statistic, p = friedmanchisquare(*blocks.T)
    else:
        ranked = rankdata(blocks, axis=1)
        statistic = n * (k - 1) * ((meanRanks - (k + 1) / 2) ** 2).sum() * n / ((ranked - (k + 1) / 2) ** 2).sum()
        p = chi2.sf(statistic, k - 1)
    friedman.append({"blocks": blocks.tolist(), "meanRanks": meanRanks.tolist(), "statistic": float(statistic), "p": float(p)})

p = [0.04, 0.001, 0.03, 0.03, 0.5, 0.9, 0.0004]
out = {
    "versions": {"numpy": numpy.__version__, "scipy": scipy.__version__, "statsmodels": statsmodels.__version__},
    "normalTail": [[z, float(norm.sf(z))] for z in [-9, -1.5, 0, 0.1, 1, 1.96, 2.999, 3, 3.001, 5, 8, 20]],
    "chiSquareTail": [[x, degrees, float(chi2.sf(x, degrees))] for degrees in [1, 2, 3, 8, 15] for x in [0, 0.01, 2, 9, 40, 200]],
    "studentisedRange": [[count, alpha, float(studentized_range.isf(alpha, count, numpy.inf))] for count in [2, 3, 5, 10, 40] for alpha in [0.1, 0.05, 0.01]],
    "signedRank": signed,
    "friedman": friedman,
    "holm": {"p": p, "corrected": multipletests(p, method="holm")[1].tolist()},
}
target = pathlib.Path(__file__).parents[2] / "packages/core/src/statistics/significance.fixture.json"
target.write_text(json.dumps(out) + "\n")

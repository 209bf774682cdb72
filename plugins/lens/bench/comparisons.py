"""The formulas of @touchstone/lens in NumPy and SciPy, timed on maps of 224 x 224: milliseconds as JSON."""

import json
import time

import numpy
from scipy.ndimage import maximum_filter, uniform_filter
from scipy.stats import kendalltau, spearmanr

size, k, w = 224, 1000, 3
random = numpy.random.default_rng(1)
a = random.standard_normal((size, size)).astype("f4")
b = a + 0.5 * random.standard_normal((size, size)).astype("f4")


def top(values):
    chosen = numpy.zeros(values.size, bool)
    chosen[numpy.argsort(-numpy.abs(values).ravel(), kind="stable")[:k]] = True
    return chosen.reshape(values.shape)


def recall(first, second):
    return (maximum_filter(top(first), 2 * w + 1, mode="constant") & top(second)).sum() / k


def diverse(values):
    struck = numpy.zeros(values.shape, bool)
    taken = []
    for pixel in numpy.argsort(-numpy.abs(values).ravel(), kind="stable"):
        y, x = divmod(int(pixel), size)
        if struck[y, x]:
            continue
        taken.append(int(pixel))
        if len(taken) == k:
            break
        struck[max(0, y - w) : y + w + 1, max(0, x - w) : x + w + 1] = True
    return taken


def smooth(values):
    return uniform_filter(numpy.abs(values).astype("f8"), 2 * w + 1, mode="constant").ravel()


tasks = {
    "recall": lambda: recall(a, b),
    "recall and precision": lambda: (recall(a, b), recall(b, a)),
    "top-k-div": lambda: len(set(diverse(a)) & set(diverse(b))) / k,
    "kendall": lambda: kendalltau(smooth(a), smooth(b)),
    "spearman": lambda: spearmanr(smooth(a), smooth(b)),
}


def fastest(task):
    times = []
    for _ in range(5):
        start = time.perf_counter()
        task()
        times.append(time.perf_counter() - start)
    return min(times) * 1000


print(json.dumps({name: fastest(task) for name, task in tasks.items()}))

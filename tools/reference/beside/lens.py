"""What is left of the saliency of three digits under random signs and the top-k attack, by ten comparisons: neither library has the attack, LENS or its kin, so they are written here."""

import copy

import numpy
import torch
import torch.nn.functional as F
from given import classes, digits, model, saliency
from scipy.ndimage import uniform_filter
from scipy.stats import bootstrap, kendalltau, spearmanr
from torch import nn

epsilon, step, iterations, attacked, k, w = 0.3, 0.01, 50, 200, 100, 1


class Softplus(nn.Module):
    def forward(self, x):
        return F.softplus(x)


smooth = copy.deepcopy(model)
smooth.relu1, smooth.relu2, smooth.relu3 = Softplus(), Softplus(), Softplus()


def map_of(x, y):
    return saliency(model, x, y).detach()[0, 0].numpy()


def top(values, count):
    return numpy.argsort(-values.reshape(-1), kind="stable")[:count]


def diverse(values):
    taken, struck = [], numpy.zeros((28, 28), bool)
    for pixel in top(values, values.size):
        row, column = divmod(pixel, 28)
        if not struck[row, column] and len(taken) < k:
            taken.append(pixel)
            struck[max(0, row - w) : row + w + 1, max(0, column - w) : column + w + 1] = True
    return numpy.array(taken)


def around(pixels):
    mask = numpy.zeros((28, 28), bool)
    for row, column in zip(*divmod(pixels, 28)):
        mask[max(0, row - w) : row + w + 1, max(0, column - w) : column + w + 1] = True
    return numpy.flatnonzero(mask)


def shared(a, b):
    return len(numpy.intersect1d(a, b)) / k


def comparisons(a, b):
    (s, t), (d, e) = (top(a, k), top(b, k)), (diverse(a), diverse(b))
    blurred = [uniform_filter(values, 2 * w + 1, mode="constant") for values in (a, b)]
    return {
        "top-k": shared(s, t), "LENS-recall": shared(around(s), t), "LENS-prec": shared(s, around(t)),
        "top-k-div": shared(d, e), "LENS-recall-div": shared(around(d), e), "LENS-prec-div": shared(d, around(e)),
        "Spearman": spearmanr(a, b, axis=None)[0], "Kendall": kendalltau(a, b)[0],
        "LENS-Spearman": spearmanr(*blurred, axis=None)[0], "LENS-Kendall": kendalltau(*blurred)[0],
    }


def attack(x, y, clean):
    mask = torch.zeros(784)
    mask[top(clean, attacked).copy()] = 1
    at, best, lowest = x.detach(), x, numpy.inf
    for _ in range(iterations):
        at = at.detach().requires_grad_()
        (gradient,) = torch.autograd.grad(smooth(at)[0, y], at, create_graph=True)
        values = gradient.abs().reshape(-1)
        (direction,) = torch.autograd.grad((values / values.mean() * mask).sum(), at)
        at = (x + (at - step * direction.sign() - x).clamp(-epsilon, epsilon)).clamp(0, 1).detach()
        if model(at).argmax() == y:
            tau = kendalltau(clean, map_of(at, y))[0]
            if tau < lowest:
                best, lowest = at, tau
    return best


def random_signs(x, y, clean):
    return (x + epsilon * torch.randn_like(x).sign()).clamp(0, 1)


for name, neighbour_of in {"random": random_signs, "top-k attack": attack}.items():
    rows = []
    for x, y in zip(digits.split(1), classes):
        clean = map_of(x, y)
        neighbour = neighbour_of(x.detach(), y, clean)
        if model(neighbour).argmax() == y:
            rows.append(comparisons(clean, map_of(neighbour, y)))
    for comparison in rows[0] if rows else []:
        values = [row[comparison] for row in rows]
        low, high = bootstrap((values,), numpy.mean, method="percentile", random_state=1).confidence_interval if len(values) > 1 else (numpy.nan, numpy.nan)
        print(f"{comparison}, {name} n={len(values)} {numpy.mean(values):.3f} [{low:.3f}, {high:.3f}]")

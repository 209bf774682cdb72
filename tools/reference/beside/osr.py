"""OSR of four methods on three digits: neither library has it, so the generator is written here, with the losses of the paper's definition and the same widths, batches and steps."""

import numpy
import torch
import torch.nn.functional as F
from given import classes, digits, methods, model
from scipy.stats import bootstrap
from torch import nn

latent, batch, steps, samples, least = 100, 32, 60, 50, 16
widths = [128, 256, 512, 1024, 2048]


def stack(sizes, dropout):
    layers = []
    for before, after in zip(sizes[:-2], sizes[1:-1]):
        layers += [nn.Linear(before, after), nn.LeakyReLU(0.2), nn.Dropout(dropout)]
    layers.append(nn.Linear(sizes[-2], sizes[-1]))
    for layer in layers[::3]:
        nn.init.kaiming_uniform_(layer.weight, 0.2)
        nn.init.zeros_(layer.bias)
    return nn.Sequential(*layers)


def similar(inputs, logit, predicted, delta):
    with torch.no_grad():
        logits = model(inputs)
    return ((logits[:, predicted] - logit).abs() <= delta) & (logits.argmax(1) == predicted)


def drawn(generator, count):
    with torch.no_grad():
        return torch.sigmoid(generator(torch.randn(count, latent))).reshape(count, 1, 28, 28)


def generator_for(x, logit, predicted, delta):
    """Inputs whose logit of the predicted class lies at a level of its own within delta of that of x."""
    generator, discriminator = stack([latent, *widths, 784], 0.0), stack([784, *widths, 1], 0.3)
    with torch.no_grad():
        share = x.reshape(784).clamp(0.001, 0.999)
        generator[-1].bias.copy_(torch.log(share / (1 - share)))
        while similar(drawn(generator, 64), logit, predicted, delta).float().mean() < 0.95:
            generator[-1].weight.div_(1.4)
    optimisers = [torch.optim.Adam(player.parameters(), lr=2e-4, betas=(0.5, 0.999)) for player in (generator, discriminator)]
    real = x.reshape(1, 784).expand(batch, -1)
    ones, zeros = torch.ones(batch, 1), torch.zeros(batch, 1)
    for _ in range(steps):
        z = torch.randn(batch, latent)
        levels = delta * torch.erf(z[:, 0] / 2**0.5)
        fake = torch.sigmoid(generator(z))
        judged = F.binary_cross_entropy_with_logits(discriminator(real), ones) + F.binary_cross_entropy_with_logits(discriminator(fake.detach()), zeros)
        optimisers[1].zero_grad()
        judged.backward()
        optimisers[1].step()
        logits = model(fake.reshape(batch, 1, 28, 28))
        pulled = (logit - logits[:, predicted] - levels).abs().mean() / delta
        loss = F.binary_cross_entropy_with_logits(discriminator(fake), ones) + 5 * pulled + F.cross_entropy(logits, predicted.expand(batch))
        optimisers[0].zero_grad()
        loss.backward()
        optimisers[0].step()
    return generator.eval()


def neighbours_of(x, predicted):
    two = model(x)[0].topk(2).values
    delta = 0.3 * (two[0] - two[1])
    candidates = drawn(generator_for(x, two[0], predicted, delta), samples)
    return candidates[similar(candidates, two[0], predicted, delta)]


scores = {method: [] for method in methods}
for x, predicted in zip(digits.split(1), classes):
    neighbours = neighbours_of(x, predicted)
    for method, attribute in methods.items():
        own = attribute(model, x, predicted).detach()
        others = attribute(model, neighbours, predicted.expand(len(neighbours))).detach()
        distances = (others - own).flatten(1).norm(dim=1) / own.norm()
        scores[method].append(distances.mean().item() if len(neighbours) >= least else numpy.nan)
for method, values in scores.items():
    low, high = bootstrap((values,), numpy.mean, method="percentile", random_state=1).confidence_interval
    print(f"{method} OSR {numpy.mean(values):.3f} [{low:.3f}, {high:.3f}]")

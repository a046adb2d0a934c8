"""What the quantiser's goldens are checked against before they are written.

The textbook (OBQ, arXiv 2208.11580, in the order GPTQ fixes): after each column, invert the Hessian
of what remains. Free fp32 runs: torch's own products as AutoGPTQ uses them, ten orders of summation,
and U from another factorisation all give the golden. Rounding to nearest: GPTQ errs less.

Library module; Python 3.11, torch 2.13.
"""

import numpy as np
import torch

from quantise import Arithmetic

FREE_RUNS = 10


class NoFeedback(Arithmetic):
    def inverse_factor(self, h):
        return torch.eye(len(h), dtype=h.dtype)


class Reversed(Arithmetic):
    """U without inverting h: with both axes reversed, h = R R^T for an upper R, and U = R^-1."""

    def inverse_factor(self, h):
        upper = torch.linalg.cholesky(h.flip(0, 1)).flip(0, 1)
        return torch.linalg.solve_triangular(upper, torch.eye(len(h), dtype=h.dtype), upper=True)


def shuffled(layer, run):
    return Arithmetic(torch.float32, np.random.default_rng([6001, layer.seed, run]))


def against_obq(golden):
    """Leads the textbook form along the golden's codes and compares every value it would round."""
    result, order = golden.result, golden.result.order
    h = result.hessian.clone()
    dead = h.diagonal() == 0
    h.diagonal()[dead] = 1
    w = golden.weight.clone()
    w[:, dead] = 0
    h.diagonal().add_(golden.settings.damping * h.diagonal().mean())
    h = h[order][:, order]
    w, target = w[:, order], result.dequantised()[:, order]
    values, scale = torch.empty_like(w), result.stack("scale")[result.index].T[:, order]
    for j in range(len(h)):
        inverse = torch.linalg.inv(h[j:, j:])
        values[:, j] = w[:, j] / scale[:, j]
        error = (w[:, j] - target[:, j]) / inverse[0, 0]
        w[:, j:] -= torch.outer(error, inverse[0])
    distance = (values - result.values[:, order]).abs().max()
    assert distance < 1e-10, (golden.layer.id, distance)


def free_runs(golden):
    runs = [golden.run(Arithmetic(torch.float32)), golden.run(Reversed(torch.float32))]
    runs += [golden.run(shuffled(golden.layer, 100 + run)) for run in range(FREE_RUNS)]
    for run in runs:
        for name, value in decided(golden.result).items():
            assert torch.equal(decided(run)[name], value), (golden.layer.id, name)


def decided(result):
    return {
        "order": result.order,
        "codes": result.codes.double(),
        "zeros": result.stack("zero").double(),
        "scales": torch.tensor(result.stack("scale").numpy().astype(np.float16)),
    }


def errors(golden):
    """tr((W - Q) H (W - Q)^T) of GPTQ and of rounding to nearest."""
    h = golden.result.hessian

    def error(result):
        difference = golden.weight - result.dequantised()
        return float(((difference @ h) * difference).sum())

    return error(golden.result), error(golden.run(NoFeedback(torch.float64)))

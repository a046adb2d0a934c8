"""The vectors of op.rmsNorm. Library module of operations.py."""

import numpy as np
import torch

import suite
from operation import Exact, Gauge, Operation, coarse

EPS = float(np.float32(1e-5))


def rms(x, gain, eps):
    return gain * x / np.sqrt((x * x).mean(-1, keepdims=True) + eps)


def operations():
    op = Operation(
        "rms-norm", "op.rmsNorm", ["RMS-1", "RMS-2"], 11, "Root-mean-square normalisation of rows."
    )
    rng = np.random.default_rng(11)

    def vector(name, title, x, gain, eps=EPS, wrong=(), bound=None):
        x, gain = (np.asarray(a, np.float32) for a in (x, gain))
        a, g, n = x.astype(np.float64), gain.astype(np.float64), x.shape[-1]
        truth = rms(a, g, eps)
        mean, square = a.mean(-1, keepdims=True), (a * a).mean(-1, keepdims=True)
        with np.errstate(all="ignore"):
            mistakes = {
                "MeanSubtracted": lambda: g * (a - mean) / np.sqrt(a.var(-1, keepdims=True) + eps),
                "OnePlusGain": lambda: rms(a, 1 + g, eps),
                "GainIgnored": lambda: rms(a, np.ones(n), eps),
                "SumForMean": lambda: g * a / np.sqrt((a * a).sum(-1, keepdims=True) + eps),
                "AllRowsTogether": lambda: g * a / np.sqrt((a * a).mean() + eps),
                "EpsOutsideRoot": lambda: g * a / (np.sqrt(square) + eps),
                "EpsOmitted": lambda: rms(a, g, 0.0),
                "EpsClassDefault": lambda: rms(a, g, 1e-6),
                "EpsHalf": lambda: rms(a, g, 5e-6),
                "EpsFixed": lambda: rms(a, g, 1e-5),
                "SquaresInF16": lambda: g * a / np.sqrt(f16_mean_square(x) + eps),
                "AbsoluteMean": lambda: g * a / (np.abs(a).mean(-1, keepdims=True) + eps),
            }
            mistakes = {flag: mistakes[flag]() for flag in wrong}
        t, tg = torch.from_numpy(a), torch.from_numpy(g)
        other = tg * t * torch.rsqrt(t.pow(2).mean(-1, keepdim=True) + eps)
        # A square is rounded, added n - 1 times, divided, joined by an epsilon that was rounded:
        # n + 3, of which the root leaves half; root, reciprocal and two products are four more.
        bound = bound or Gauge.relative(truth, (n + 3) / 2 + 4)
        args = {"x": x, "gain": gain, "epsilon": suite.f32(eps)}
        op.vector(name, title, args, truth, other, bound, mistakes)

    gain = np.array([0.75, 1.25, -0.5, 1.5, 0.625, 1.125, 0.875, -1.375, 1.0, 0.25, 2.0, 1.75])
    usual = ("MeanSubtracted", "OnePlusGain", "GainIgnored", "SumForMean", "AbsoluteMean")
    vector("plain", "three rows of 12", coarse(rng, 3, 12), gain, wrong=usual)
    rows = coarse(rng, 3, 5) * np.array([[1], [16], [0.125]], np.float32)
    vector(
        "rows-of-different-size",
        "rows whose sizes differ by 128",
        rows,
        gain[:5],
        wrong=("AllRowsTogether", "MeanSubtracted"),
    )
    vector(
        "large-mean",
        "all elements between 96 and 104",
        100 + np.rint(4 * coarse(rng, 1, 8)) / 2,
        gain[:8],
        wrong=("MeanSubtracted",),
    )
    tiny = coarse(rng, 2, 8, scale=2.0**-8)
    small = (np.sign(tiny) * 2.0**-14 * (1 + np.arange(8) / 8)).astype(np.float32)
    vector(
        "eps-dominates",
        "the mean square is a thousandth of epsilon",
        small,
        gain[:8],
        wrong=("EpsOutsideRoot", "EpsOmitted", "EpsClassDefault", "EpsHalf"),
    )
    vector(
        "eps-as-large-as-mean-square",
        "mean square near 1e-5",
        tiny,
        gain[:8],
        wrong=("EpsOutsideRoot", "EpsOmitted", "EpsClassDefault", "EpsHalf"),
    )
    vector(
        "eps-1e-6",
        "epsilon 1e-6, mean square near 1e-5",
        tiny[:1],
        gain[:8],
        float(np.float32(1e-6)),
        ("EpsFixed", "EpsHalf", "EpsOutsideRoot"),
    )
    vector(
        "eps-0.5",
        "an epsilon that no default has",
        coarse(rng, 1, 8),
        gain[:8],
        0.5,
        ("EpsFixed", "EpsClassDefault", "EpsOutsideRoot", "EpsOmitted"),
    )
    vector(
        "squares-beyond-f16",
        "elements up to 30000",
        coarse(rng, 1, 8, scale=2.0**13),
        gain[:8],
        wrong=("SquaresInF16",),
    )
    vector(
        "one-huge-element",
        "one element 20000 times the others, as in a first token's stream",
        [[0.5, -0.25, 16384.0, 0.75, -0.5, 0.875]],
        gain[:6],
        wrong=("SquaresInF16",),
    )
    vector(
        "zero-row",
        "a row of zeros stays zeros",
        np.zeros((1, 8)),
        np.abs(gain[:8]),
        wrong=("EpsOmitted",),
        bound=Exact(),
    )
    vector(
        "one-element",
        "rows of one element",
        [[3.0], [-0.015625]],
        [1.5],
        wrong=("MeanSubtracted", "OnePlusGain"),
    )
    vector(
        "zero-gain",
        "a gain of 0 and gains below 0",
        coarse(rng, 1, 4),
        [0.0, -1.0, -0.5, 0.0],
        wrong=("OnePlusGain", "GainIgnored"),
    )
    yield op


def f16_mean_square(x):
    return (x.astype(np.float16) ** 2).astype(np.float64).mean(-1, keepdims=True)

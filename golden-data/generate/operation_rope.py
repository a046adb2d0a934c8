"""The vectors of op.rope. Library module of operations.py.

Tables are fp64 (docs/spec/llama.md ROPE-1). Runtimes compute angles in fp32 in several ways; the
spread holds them all: eight runs whose tables are exact and rounded once, Transformers' (fp32
frequencies times position) or llama.cpp's (one frequency after the other by multiplication), with
products fused into the sum or not. The profiles f16 and bf16 round tables, products and sums.
"""

import numpy as np
import torch

import suite
from operation import Exact, Operation, Spread, coarse
from profiles import bf16, f16, same

LLAMA = 10000.0


def operations():
    op = Operation(
        "rope",
        "op.rope",
        ["ROPE-1", "ROPE-2"],
        14,
        "Rotary position embedding of rows of heads.",
        "Dimension j of a head is paired with j + headDim / 2.",
    )
    rng = np.random.default_rng(14)

    def vector(name, title, heads, head_dim, positions, theta, wrong, **more):
        x = coarse(rng, len(positions), heads * head_dim)
        case = Case(x, head_dim, positions, theta)
        with np.errstate(all="ignore"):
            mistakes = {flag: MISTAKES[flag](case) for flag in wrong}
        args = {"x": x, "headDim": head_dim, "positions": positions, "theta": suite.f64(theta)}
        bound = Exact() if positions == [0] else spread(case)
        op.vector(name, title, args, case.rotated(), in_torch(case), bound, mistakes, **more)

    vector("position-0", "nothing is rotated at position 0", 2, 8, [0], LLAMA, ("StartsAtOne",))
    tables = ("TableF16", "TableBf16", "FrequencyF16", "FrequencyBf16")
    usual = (
        "Interleaved",
        "SignSwapped",
        "StartsAtOne",
        "HalfRotated",
        "HeadsIgnored",
        "ExponentHalved",
        "RotatedTwice",
        "SineForgotten",
        "NotRotated",
    )
    vector("position-1", "three heads at position 1", 3, 8, [1], LLAMA, usual)
    vector("prefill", "positions 0 to 3", 2, 8, [0, 1, 2, 3], LLAMA, usual)
    vector(
        "positions-given",
        "positions that are neither ascending nor complete",
        1,
        12,
        [5, 0, 17, 3],
        LLAMA,
        ("RowForPosition", "Interleaved", "SignSwapped", "FirstPositionForAll"),
    )
    vector("decode", "one token at position 77", 4, 6, [77], LLAMA, ("RowForPosition", *usual))
    vector(
        "theta-1000000", "the base of CodeLlama", 2, 8, [9], 1e6, ("ThetaFixed", "ExponentHalved")
    )
    vector("theta-500000", "another base, and a head of 6", 2, 6, [100, 101], 5e5, ("ThetaFixed",))
    vector("head-dim-2", "heads of one pair", 4, 2, [2, 3], LLAMA, ("SignSwapped", "StartsAtOne"))
    vector("head-dim-64", "one head as in small models", 1, 64, [30], LLAMA, usual[:4] + tables)
    vector("position-2047", "the last position of Llama-1", 2, 16, [2047], LLAMA, tables)
    vector(
        "position-4095",
        "the last position of Llama-2",
        2,
        16,
        [4095],
        LLAMA,
        ("FrequencyF16", "FrequencyBf16", "TableEndsAt2048"),
    )
    vector(
        "position-40000",
        "beyond 32767, with CodeLlama's base",
        2,
        16,
        [40000],
        1e6,
        ("FrequencyF16", "FrequencyBf16", "TableEndsAt2048", "ShortPosition"),
        level="recommended",
    )
    yield op


class Case:
    """One call, and what can be said of it with other tables."""

    def __init__(self, x, head_dim, positions, theta):
        self.x, self.head_dim, self.theta = x.astype(np.float64), head_dim, theta
        self.positions = np.array(positions, np.float64)

    def frequencies(self, theta=None, exponent=2.0):
        j = np.arange(self.head_dim // 2)
        return (theta or self.theta) ** (-exponent * j / self.head_dim)

    def angles(self, positions=None, **how):
        positions = self.positions if positions is None else np.asarray(positions, np.float64)
        return positions[:, None] * self.frequencies(**how)[None, :]

    def tables(self, angles=None):
        """cos and sin [tokens, 1, headDim / 2], rounded to fp32."""
        angles = (self.angles() if angles is None else angles)[:, None]
        return tuple(f(angles).astype(np.float32).astype(np.float64) for f in (np.cos, np.sin))

    def heads(self, width=None):
        return self.x.reshape(len(self.x), -1, width or self.head_dim)

    def rotated(self, tables=None):
        cos, sin = tables or self.tables()
        a, b = np.split(self.heads(), 2, axis=-1)
        return flat(np.concatenate([a * cos - b * sin, b * cos + a * sin], -1))

    def at(self, positions):
        return self.rotated(self.tables(self.angles(positions)))


def flat(heads):
    return heads.reshape(len(heads), -1)


def neighbours(case):
    cos, sin = case.tables()
    a, b = case.heads()[..., ::2], case.heads()[..., 1::2]
    return flat(np.stack([a * cos - b * sin, b * cos + a * sin], -1))


def half_rotated(case):
    """The first half of each head is a head of its own, the second stays as it is."""
    d = case.head_dim
    if d % 4:
        d += 2
    n = d // 2
    angles = case.positions[:, None] * case.theta ** (-2.0 * np.arange(n // 2) / n)[None, :]
    cos, sin = case.tables(angles)
    a, b, rest = np.split(case.heads(), [n // 2, n], axis=-1)
    return flat(np.concatenate([a * cos - b * sin, b * cos + a * sin, rest], -1))


def one_head(case):
    """All heads of a row as one wide head."""
    wide = Case(case.x, case.x.shape[1], case.positions, case.theta)
    return wide.rotated()


def with_tables(rounding):
    return lambda case: case.rotated(
        tuple(rounding(t.astype(np.float32)).astype(np.float64) for t in case.tables())
    )


def with_frequencies(rounding):
    def mistake(case):
        rounded = rounding(case.frequencies().astype(np.float32)).astype(np.float64)
        return case.rotated(case.tables(case.positions[:, None] * rounded[None, :]))

    return mistake


def twice(case):
    again = Case(case.rotated(), case.head_dim, case.positions, case.theta)
    return again.rotated()


MISTAKES = {
    "Interleaved": neighbours,
    "SignSwapped": lambda case: case.rotated((case.tables()[0], -case.tables()[1])),
    "StartsAtOne": lambda case: case.at(case.positions + 1),
    "RowForPosition": lambda case: case.at(np.arange(len(case.x))),
    "FirstPositionForAll": lambda case: case.at(np.full(len(case.x), case.positions[0])),
    "HalfRotated": half_rotated,
    "HeadsIgnored": one_head,
    "ExponentHalved": lambda case: case.rotated(case.tables(case.angles(exponent=1.0))),
    "ThetaFixed": lambda case: case.rotated(case.tables(case.angles(theta=LLAMA))),
    "RotatedTwice": twice,
    "SineForgotten": lambda case: case.rotated((case.tables()[0], 0 * case.tables()[1])),
    "NotRotated": lambda case: case.x,
    "TableF16": with_tables(f16),
    "TableBf16": with_tables(bf16),
    "FrequencyF16": with_frequencies(f16),
    "FrequencyBf16": with_frequencies(bf16),
    "TableEndsAt2048": lambda case: case.at(case.positions % 2048),
    "ShortPosition": lambda case: case.at(case.positions - 65536),
}


def in_torch(case):
    """The definition in complex numbers: (a + ib) exp(i angle)."""
    cos, sin = (torch.from_numpy(t) for t in case.tables())
    a, b = torch.from_numpy(case.heads()).chunk(2, -1)
    turned = torch.complex(a, b) * torch.complex(cos, sin)
    return torch.cat([turned.real, turned.imag], -1).reshape(len(case.x), -1)


def spread(case):
    truth, found = case.rotated(), {}
    for name, rounding in (("f32", same), ("f16", f16), ("bf16", bf16)):
        runs = [run(case, rounding, number) for number in range(8)]
        found[name] = float(max(np.abs(y.astype(np.float64) - truth).max() for y in runs))
    # No product with weights: the profiles that differ from f32 only there are f32 here.
    return Spread(found | {"f32-grouped": found["f32"], "int8": found["f32"]})


def run(case, rounding, number):
    cos, sin = (rounding(t) for t in fp32_tables(case, number % 3))
    a, b = np.split(case.heads().astype(np.float32), 2, axis=-1)
    if number < 4 and rounding is same:  # fused: the second product enters the sum unrounded
        return flat(np.concatenate([fused(a * cos, -b, sin), fused(b * cos, a, sin)], -1))
    first = rounding(rounding(a * cos) - rounding(b * sin))
    return flat(np.concatenate([first, rounding(rounding(b * cos) + rounding(a * sin))], -1))


def fused(sum_, a, b):
    return (sum_.astype(np.float64) + a.astype(np.float64) * b.astype(np.float64)).astype(
        np.float32
    )


def fp32_tables(case, kind):
    """cos and sin [tokens, 1, headDim / 2] in fp32, by one of three ways to an angle."""
    if kind == 0:
        return (t.astype(np.float32) for t in case.tables())
    positions, d = case.positions.astype(np.float32), case.head_dim
    theta, one = np.float32(case.theta), np.float32(1)
    if kind == 1:
        inverse = one / theta ** (np.arange(0, d, 2, dtype=np.float32) / np.float32(d))
        angles = positions[:, None] * inverse[None, :]
    else:
        step = theta ** (np.float32(-2) / np.float32(d))
        angles = np.cumprod(
            np.concatenate([positions[:, None], np.full((len(positions), d // 2 - 1), step)], 1),
            axis=1,
            dtype=np.float32,
        )
    return np.cos(angles)[:, None], np.sin(angles)[:, None]

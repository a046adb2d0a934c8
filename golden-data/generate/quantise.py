"""GPTQ, the quantiser: from a weight and calibration inputs to codes, scales and zero points.

Written from the paper (arXiv 2210.17323, algorithm 1) with the choices of AutoGPTQ 0.4.2: which
weights a scale is taken from, when dead columns are zeroed, how act-order numbers groups. One text
runs in fp64 (the truth), in fp32 as AutoGPTQ does, and in fp32 with every sum in a random order.

An earlier Result may be given as `forced`: its discrete choices (order, zero points, steps of the
search, codes) are then taken instead of made, so that two precisions stay on the same path and can
be compared value by value.

Library module; Python 3.11, torch 2.13.
"""

from dataclasses import dataclass

import numpy as np
import torch

BLOCK = 128
SEARCH_STEPS, SEARCH_GRID, SEARCH_NORM = 80, 100, 2.4


@dataclass(frozen=True)
class Settings:
    bits: int
    group_size: int = -1  # -1: one group
    symmetric: bool = True
    act_order: bool = False
    static_groups: bool = False
    mse: bool = False
    damping: float = 0.01  # share of the mean of the Hessian's diagonal

    @property
    def top(self):
        return (1 << self.bits) - 1

    def size(self, inputs):
        return inputs if self.group_size == -1 else self.group_size


class Arithmetic:
    """Precision and order of sums. Without rng: torch's own products and factorisations."""

    def __init__(self, dtype, rng=None):
        self.dtype, self.rng = dtype, rng

    def order(self, count):
        return (
            torch.arange(count) if self.rng is None else torch.tensor(self.rng.permutation(count))
        )

    def gram(self, x):
        """x^T x, a token at a time: columns that are equal but for their sign get equal diagonals,
        which a blocked product does not promise."""
        total = torch.zeros(x.shape[1], x.shape[1], dtype=self.dtype)
        for token in self.order(len(x)):
            total += torch.outer(x[token], x[token])
        return total

    def product(self, a, b):
        order = self.order(a.shape[-1])
        return a[..., order] @ b[order]

    def inverse_factor(self, h):
        """The upper triangular U with h^-1 = U^T U."""
        if self.rng is None:
            inverse = torch.cholesky_inverse(torch.linalg.cholesky(h))
            return torch.linalg.cholesky(inverse, upper=True)
        lower = self._lower_inverse(self._cholesky(h))
        return self._cholesky(self.product(lower.T, lower)).T

    def _cholesky(self, a):
        lower = torch.zeros_like(a)
        for j in range(len(a)):
            column = a[j:, j] - self.product(lower[j:, :j], lower[j, :j])
            lower[j:, j] = column / column[0].sqrt()
        return lower

    def _lower_inverse(self, lower):
        inverse = torch.zeros_like(lower)
        for i in range(len(lower)):
            row = -self.product(lower[i, :i], inverse[:i])
            row[i] += 1
            inverse[i] = row / lower[i, i]
        return inverse


@dataclass
class Parameters:
    """Scale and zero point of every row of one group, and how firmly they were decided."""

    scale: torch.Tensor  # [out]
    zero: torch.Tensor  # [out]
    ratio: torch.Tensor  # [out] the zero point before rounding
    sign: torch.Tensor  # [out] sym: code units by which "has a negative weight" was decided
    errors: torch.Tensor  # [steps, out] of the search; no rows without it
    step: torch.Tensor  # [out] the step taken


@dataclass
class Result:
    """Everything in natural channel order; values is w / scale at the moment of rounding."""

    codes: torch.Tensor  # [out, in]
    values: torch.Tensor  # [out, in]
    groups: list  # of Parameters, by group number
    index: torch.Tensor  # [in] the group of each channel
    order: torch.Tensor  # [in] channels as they were processed
    hessian: torch.Tensor  # [in, in] before dead columns and damping
    factor: torch.Tensor  # [in, in] U, in processing order

    def stack(self, field):
        return torch.stack([getattr(group, field) for group in self.groups])

    def dequantised(self):
        scale, zero = self.stack("scale")[self.index].T, self.stack("zero")[self.index].T
        return scale * (self.codes - zero)


def hessian(sequences, arithmetic):
    """(2 / n) sum of x x^T over all tokens of n sequences, kept as a running mean."""
    inputs = sequences[0].shape[1]
    h, seen = torch.zeros(inputs, inputs, dtype=arithmetic.dtype), 0
    for x in sequences:
        h *= seen / (seen + 1)
        seen += 1
        h += arithmetic.gram(x.to(arithmetic.dtype) * (2 / seen) ** 0.5)
    return h


def round_to_codes(values, zero, top):
    return torch.clamp(torch.round(values) + zero, 0, top)


def _sign_margin(x, low, scale):
    nearest = torch.where(x > 0, x, torch.inf).amin(1)
    return torch.where(low < 0, -low, nearest) / scale


def find_parameters(x, settings, forced=None):
    """Scale and zero point of each row of x [out, group]."""
    top, low, high = settings.top, x.amin(1).clamp(max=0), x.amax(1).clamp(min=0)
    least = low
    if settings.symmetric:  # a row without a negative weight keeps low = 0: AutoGPTQ's quirk
        high = torch.maximum(-low, high)
        low = torch.where(low < 0, -high, low)
    empty = (low == 0) & (high == 0)
    low, high = torch.where(empty, -1.0, low), torch.where(empty, 1.0, high)
    middle = torch.full_like(low, (top + 1) // 2)

    def at(p):
        scale = (p * high - p * low) / top
        ratio = -(p * low) / scale
        return scale, ratio, middle if settings.symmetric else torch.round(ratio)

    step, errors = torch.zeros(len(x), dtype=torch.int64), x.new_zeros(0, len(x))
    if settings.mse:
        errors = torch.stack([_search_error(x, *at(_share(i)), top) for i in range(SEARCH_STEPS)])
        step = torch.tensor(np.argmin(errors.numpy(), axis=0))  # the first of equals
    if forced:
        step = forced.step
    shares = torch.tensor([_share(i) for i in range(SEARCH_STEPS)], dtype=x.dtype)
    scale, ratio, zero = at(shares[step])
    sign = _sign_margin(x, least, scale)
    return Parameters(scale, forced.zero.to(x.dtype) if forced else zero, ratio, sign, errors, step)


def _share(step):
    return 1 - step / SEARCH_GRID


def _search_error(x, scale, ratio, zero, top):
    codes = round_to_codes(x / scale[:, None], zero[:, None], top)
    return ((scale[:, None] * (codes - zero[:, None]) - x).abs() ** SEARCH_NORM).sum(1)


def quantise(weight, sequences, settings, arithmetic, forced=None):
    """Quantises weight [out, in] for the inputs in sequences, each [tokens, in]."""
    inputs, size = weight.shape[1], settings.size(weight.shape[1])

    def parameters(number, x):
        return find_parameters(x, settings, forced.groups[number] if forced else None)

    w = weight.to(arithmetic.dtype).clone()
    groups = [parameters(0, w)] if settings.group_size == -1 else []  # dead columns still there
    original = hessian(sequences, arithmetic)
    h = original.clone()
    dead = h.diagonal() == 0
    h.diagonal()[dead] = 1
    w[:, dead] = 0
    fixed = settings.group_size == -1 or settings.static_groups
    if settings.static_groups and settings.group_size != -1:
        groups = [parameters(s // size, w[:, s : s + size]) for s in range(0, inputs, size)]
    order = torch.arange(inputs)
    if settings.act_order:
        order = torch.argsort(h.diagonal(), descending=True, stable=True)
    if forced:
        order = forced.order
    index = torch.empty(inputs, dtype=torch.int64)
    index[torch.arange(inputs) if fixed else order] = torch.arange(inputs) // size
    w, h = w[:, order], h[order][:, order]
    h.diagonal().add_(settings.damping * h.diagonal().mean())
    u = arithmetic.inverse_factor(h)

    values, codes = torch.empty_like(w), torch.empty_like(w)
    for start in range(0, inputs, BLOCK):
        end = min(start + BLOCK, inputs)
        block, errors = w[:, start:end].clone(), torch.empty_like(w[:, start:end])
        for j in range(start, end):
            if not fixed and j % size == 0:  # from w, which lacks this block's feedback
                groups.append(parameters(j // size, w[:, j : j + size]))
            group, column = groups[index[order[j]]], block[:, j - start]
            values[:, j] = column / group.scale
            codes[:, j] = round_to_codes(values[:, j], group.zero, settings.top)
            if forced:
                codes[:, j] = forced.codes[:, order[j]]
            error = (column - group.scale * (codes[:, j] - group.zero)) / u[j, j]
            block[:, j - start :] -= torch.outer(error, u[j, j:end])
            errors[:, j - start] = error
        w[:, end:] -= arithmetic.product(errors, u[start:end, end:])
    natural = torch.argsort(order)
    return Result(codes[:, natural], values[:, natural], groups, index, order, original, u)

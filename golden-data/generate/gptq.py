"""GPTQ matrices: a round-to-nearest quantiser, the disk layout, and its exact meaning.

The meaning of a stored matrix is W[n, k] = scales[g, n] * (code[k, n] - zero[g, n]) with g =
g_idx[k] and zero = stored + 1 without wrapping (checkpoint_format absent or "gptq", here v1) or
zero = stored ("gptq_v2", here v2). Only the bits on disk count, not what the quantiser intended:
see packing.pack.

Library module; Python 3.11, numpy 2.4.
"""

from dataclasses import dataclass

import numpy as np

import tensor_file as tf
from packing import pack, unpack


@dataclass(frozen=True)
class Scheme:
    bits: int
    group_size: int  # -1: one group
    symmetric: bool = True
    order: str = "sequential"  # g_idx: sequential, act-order, trivial (all zero), absent
    zeros: str = "v1"  # how zeros are stored: v1 (minus one) or v2
    flood: bool = False  # force some zero points to 0
    bias: str = "absent"  # absent, zero, nonzero
    scale_dtype: str = "F16"

    def size(self, inputs):
        return inputs if self.group_size == -1 else self.group_size

    def groups(self, inputs):
        return -(-inputs // self.size(inputs))


def group_index(scheme, inputs, rng):
    """The group of each input channel. Act-order: groups are runs of a permutation, so each has
    exactly group_size members (a short last one excepted) scattered over the channels."""
    sequential = np.arange(inputs) // scheme.size(inputs)
    if scheme.order != "act-order":
        return sequential
    index = np.empty(inputs, dtype=np.int64)
    index[rng.permutation(inputs)] = sequential
    return index


def quantise(weight, scheme, rng, bias=None):
    """Round-to-nearest quantisation of weight [out, in]; returns the tensors of one linear
    layer."""
    outputs, inputs = weight.shape
    groups, top = scheme.groups(inputs), (1 << scheme.bits) - 1
    index = group_index(scheme, inputs, rng)
    weight = weight.copy()
    if scheme.flood:  # columns without a negative weight get the zero point 0
        for group, column in ((0, 7), (0, 21), (groups - 1, 29)):
            weight[column, index == group] = np.abs(weight[column, index == group])
    scales = np.empty((groups, outputs))
    zeros = np.empty((groups, outputs), dtype=np.int64)
    codes = np.empty((inputs, outputs), dtype=np.int64)
    for g in range(groups):
        part = weight[:, index == g]
        low, high = np.minimum(part.min(1), 0), np.maximum(part.max(1), 0)
        if scheme.symmetric:
            high = np.maximum(-low, high)
            low = -high
        scale = (high - low) / top
        scale = scale.astype(np.float16 if scheme.scale_dtype == "F16" else np.float32).astype(
            np.float64
        )
        zero = (
            np.full(outputs, (top + 1) // 2)
            if scheme.symmetric
            else np.rint(-low / scale).astype(np.int64)
        )
        zero = np.clip(zero, 0, top + 1)
        scales[g], zeros[g] = scale, zero
        codes[index == g] = np.clip(np.rint(part / scale[:, None]) + zero[:, None], 0, top).T
    stored = zeros - 1 if scheme.zeros == "v1" else zeros
    assert not scheme.flood or (zeros == 0).any()
    tensors = {
        "qweight": tf.i32(np.ascontiguousarray(pack(codes.T, scheme.bits).T)),
        "qzeros": tf.i32(pack(stored, scheme.bits)),
        "scales": tf.f16(scales) if scheme.scale_dtype == "F16" else tf.f32(scales),
    }
    if scheme.order != "absent":
        tensors["g_idx"] = tf.i32(np.zeros(inputs) if scheme.order == "trivial" else index)
    if scheme.bias == "zero":
        tensors["bias"] = tf.f16(np.zeros(outputs))
    elif scheme.bias == "nonzero":
        tensors["bias"] = tf.f16(bias if bias is not None else rng.standard_normal(outputs) * 0.2)
    return tensors


@dataclass(frozen=True)
class Matrix:
    """What the disk bits say: codes [in, out], scales and zeros [groups, out], the group of each
    input."""

    codes: np.ndarray
    scales: np.ndarray
    zeros: np.ndarray
    index: np.ndarray

    def dequantised(self):
        """The exact weight [out, in] in fp64."""
        return (self.scales[self.index] * (self.codes - self.zeros[self.index])).T


def read(tensors, bits, group_size, version):
    """Decodes the tensors of one layer by the configuration alone."""
    codes = unpack(np.ascontiguousarray(tensors["qweight"][1].T), bits).T
    inputs = codes.shape[0]
    scales = tf.as_float64(tensors["scales"])
    zeros = unpack(tensors["qzeros"][1], bits) + (1 if version == "v1" else 0)
    index = np.arange(inputs) // (inputs if group_size == -1 else group_size)
    if "g_idx" in tensors and (tensors["g_idx"][1].any() or scales.shape[0] == 1):
        index = tensors["g_idx"][
            1
        ]  # an all-zero g_idx over several groups is a placeholder: ignored
    return Matrix(codes, scales, zeros, index)


def grouped_product(x, matrix, arithmetic):
    """x W^T without forming W: per group, scale * (sum of code * x - zero * sum of x). Another
    honest fp32 evaluation, the natural one for a fast kernel, but with larger rounding errors since
    the sums cancel.
    """
    codes, scales, zeros = (
        a.astype(arithmetic.dtype) for a in (matrix.codes, matrix.scales, matrix.zeros)
    )
    y = np.zeros((x.shape[0], codes.shape[1]), arithmetic.dtype)
    for g in arithmetic.order(scales.shape[0]):
        members = np.flatnonzero(matrix.index == g)
        members = members[list(arithmetic.order(len(members)))]
        part, total = arithmetic.ordered_product(x, codes, members)
        y += scales[g] * (part - zeros[g] * total)
    return y

"""Synthetic checkpoints: every tensor a function of a seed, a name and an index.

Written from ../../docs/spec/synthetic.md (SYNTH-1 to SYNTH-6) and the layout of gptq.md; integers
are torch.int64, which wraps. Whatever is asked for is made on the given device and nothing is kept.

Library module; Python 3.11, torch 2.13.
"""

from dataclasses import dataclass

import torch

SHAPES = {  # dim, hidden, layers, heads, kv heads, vocab, context
    "tinyllama-1.1b": (2048, 5632, 22, 32, 4, 32000, 2048),
    "llama2-7b": (4096, 11008, 32, 32, 32, 32000, 4096),
    "llama2-13b": (5120, 13824, 40, 40, 40, 32000, 4096),
    "llama2-70b": (8192, 28672, 80, 64, 8, 32000, 4096),
}
GOLDEN_GAMMA = 0x9E3779B97F4A7C15


@dataclass(frozen=True)
class Shape:
    dim: int
    hidden: int
    layers: int
    heads: int
    kv_heads: int
    vocab: int
    context: int

    @property
    def head_dim(self):
        return self.dim // self.heads

    def modules(self):
        """Name, inputs and outputs of the seven matrices of a layer."""
        kv = self.kv_heads * self.head_dim
        return (
            ("self_attn.q_proj", self.dim, self.dim),
            ("self_attn.k_proj", self.dim, kv),
            ("self_attn.v_proj", self.dim, kv),
            ("self_attn.o_proj", self.dim, self.dim),
            ("mlp.gate_proj", self.dim, self.hidden),
            ("mlp.up_proj", self.dim, self.hidden),
            ("mlp.down_proj", self.hidden, self.dim),
        )


@dataclass(frozen=True)
class Scheme:
    bits: int
    group_size: int  # -1: one group
    act_order: bool

    def size(self, inputs):
        return inputs if self.group_size == -1 else self.group_size

    def groups(self, inputs):
        return -(-inputs // self.size(inputs))


def signed(number):
    """The int64 with the low 64 bits of a Python integer."""
    number &= (1 << 64) - 1
    return number - (1 << 64) if number >> 63 else number


def shift_right(z, distance):
    """Shifts zeros in; torch shifts the sign in."""
    return (z >> distance) & ((1 << (64 - distance)) - 1)


def mix(z):
    z = (z ^ shift_right(z, 30)) * signed(0xBF58476D1CE4E5B9)
    z = (z ^ shift_right(z, 27)) * signed(0x94D049BB133111EB)
    return z ^ shift_right(z, 31)


def fnv(name):
    h = 0xCBF29CE484222325
    for byte in name.encode():
        h = (h ^ byte) * 0x100000001B3 & ((1 << 64) - 1)
    return h


def draws(seed, name, index):
    """SYNTH-1: the draws of a tensor at an int64 tensor of indices."""
    key = int(mix(torch.tensor(signed(seed ^ fnv(name)))))
    return mix((index + 1) * signed(GOLDEN_GAMMA) + key)


def repeated(bits, field, count):
    """A number whose lowest `count` fields of `bits` bits all hold the same."""
    return signed(sum(field << (bits * i) for i in range(count)))


def pack(codes, bits):
    """GPTQ-1: codes [32 n, columns] as words [bits n, columns], the stream runs down a column."""
    blocks = codes.reshape(-1, 32, codes.shape[1])
    words = torch.zeros((blocks.shape[0], bits, codes.shape[1]), dtype=torch.int32)
    for word in range(bits):
        total = torch.zeros_like(blocks[:, 0], dtype=torch.int64)
        for entry in range(32):
            offset = entry * bits - 32 * word
            if -bits < offset < 32:
                code = blocks[:, entry].long()
                total |= code << offset if offset >= 0 else code >> -offset
        total &= 0xFFFFFFFF
        words[:, word] = torch.where(total >> 31 == 1, total - (1 << 32), total).int()
    return words.reshape(-1, codes.shape[1])


def half_shift(numerator, denominator):
    """The smallest s with denominator * 4^s >= numerator, as a half can hold it (SYNTH-3)."""
    s = 0
    while denominator << (2 * s) < numerator:
        s += 1
    if s > 14:
        raise ValueError(f"2^-{s} has no half")
    return s


@dataclass(frozen=True)
class Matrix:
    """A quantised matrix: codes [inputs, outputs] less the zero point that all of them have, scales
    [groups, outputs] and the group of every input."""

    bits: int
    centred: torch.Tensor
    scales: torch.Tensor
    group: torch.Tensor

    def weight(self):
        """[inputs, outputs], exact in fp64."""
        return self.centred.double().mul_(self.scales.double()[self.group])

    def stored(self):
        """The tensors as on disk, on the CPU."""
        zero = 1 << (self.bits - 1)
        codes = (self.centred.short() + zero).cpu()
        zeros = torch.full(self.scales.shape, zero - 1, dtype=torch.int16)
        return {
            "qweight": pack(codes, self.bits),
            "qzeros": pack(zeros.T, self.bits).T.contiguous(),
            "scales": self.scales.cpu(),
            "g_idx": self.group.int().cpu(),
            "bias": torch.zeros(codes.shape[1], dtype=torch.float16),
        }


@dataclass(frozen=True)
class Checkpoint:
    shape: Shape
    scheme: Scheme
    seed: int
    device: torch.device

    def indices(self, count, start=0):
        return torch.arange(start, start + count, device=self.device)

    def matrix(self, module, inputs, outputs):
        return Matrix(
            self.scheme.bits,
            self.codes(module, inputs, outputs),
            self.scales(module, inputs, outputs),
            self.group(module, inputs),
        )

    def codes(self, module, inputs, outputs):
        """SYNTH-2, less the zero point."""
        bits, per_unit = self.scheme.bits, 8 if self.scheme.bits == 8 else 16
        zero, units = 1 << (bits - 1), inputs // per_unit
        index = 2 * self.indices(units * outputs).reshape(units, outputs)
        a, b = (draws(self.seed, module + ".qweight", index + i) for i in (0, 1))
        mask = repeated(bits, zero - 1, per_unit)
        sums = (a & mask) + (b & mask) + repeated(bits, 1, per_unit)
        centred = torch.empty((units, per_unit, outputs), dtype=torch.int8, device=self.device)
        for i in range(per_unit):
            centred[:, i] = ((sums >> (bits * i)) & ((1 << bits) - 1)) - zero
        return centred.reshape(inputs, outputs)

    def scales(self, module, inputs, outputs):
        """SYNTH-3: halves [groups, outputs]."""
        groups, power = self.scheme.groups(inputs), 4 ** (self.scheme.bits - 1)
        s = half_shift(7 * inputs * (power - 1), 36)
        m = draws(self.seed, module + ".scales", self.indices(groups * outputs)) & 1023
        return ((15 - s << 10) | m).short().view(torch.float16).reshape(groups, outputs)

    def group(self, module, inputs):
        """SYNTH-4. An unsigned order is the signed one after the highest bit is flipped."""
        order = self.indices(inputs)
        if not self.scheme.act_order:
            return order // self.scheme.size(inputs)
        key = draws(self.seed, module + ".g_idx", order) ^ signed(1 << 63)
        rank = torch.empty_like(order)
        rank[torch.argsort(key, stable=True)] = order
        return rank // self.scheme.size(inputs)

    def bells(self, name, start, count):
        """SYNTH-5: values `start` to `start + count - 1` before scaling, both numbers even."""
        pair = draws(self.seed, name, self.indices(count // 2, start // 2))
        low, high = (sum(pair >> (8 * i) & 255 for i in half) for half in (range(4), range(4, 8)))
        return torch.stack([low, high], dim=-1).flatten().short() - 510

    def embedding(self, first, rows):
        """Rows of the embedding in fp16; values of SYNTH-5 are exact in every type used here."""
        dim = self.shape.dim
        t = self.bells("model.embed_tokens.weight", first * dim, rows * dim)
        return (t.float() / 128).half().reshape(rows, dim)

    def gain(self, name):
        return (1 + self.bells(name, 0, self.shape.dim).float() / 1024).half()

    def head(self, first, rows):
        """Rows of the output head in fp16."""
        dim = self.shape.dim
        t = self.bells("lm_head.weight", first * dim, rows * dim)
        return (t.float() * 2.0 ** -half_shift(21845 * dim, 8)).half().reshape(rows, dim)

"""A Llama in plain PyTorch, for training Pebble; its parameters have Hugging Face's names.

Library module; Python 3.11, torch.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn


@dataclass(frozen=True)
class Shape:
    vocab: int = 640
    dim: int = 512
    hidden: int = 640
    layers: int = 3
    heads: int = 8
    kv_heads: int = 2
    positions: int = 1024
    theta: float = 40000.0
    eps: float = 3e-5

    @property
    def head_dim(self):
        return self.dim // self.heads


class Linear(nn.Module):
    """y = x W^T. While training, W may carry the noise that rounding it to a few bits would bring: uniform within half
    a step of the symmetric grid of its group of 128 inputs."""

    def __init__(self, rows, columns, bits, group=128):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(rows, columns) * columns**-0.5)
        self.bits, self.group = bits, group

    def forward(self, x, noise):
        weight = self.weight
        if self.training and self.bits:
            groups = weight.unflatten(1, (-1, self.group))
            step = 2 * groups.detach().abs().amax(2, keepdim=True) / (2**self.bits - 1)
            weight = (groups + noise * step * (torch.rand_like(groups) - 0.5)).flatten(1)
        return F.linear(x, weight)


class RmsNorm(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(shape.dim)), shape.eps

    def forward(self, x):
        x32 = x.float()
        normed = x32 * torch.rsqrt(x32.square().mean(-1, keepdim=True) + self.eps)
        return (self.weight * normed).to(x.dtype)


class Attention(nn.Module):
    def __init__(self, shape, bits):
        super().__init__()
        self.shape = shape
        kv = shape.kv_heads * shape.head_dim
        self.q_proj = Linear(shape.dim, shape.dim, bits)
        self.k_proj = Linear(kv, shape.dim, bits)
        self.v_proj = Linear(kv, shape.dim, bits)
        self.o_proj = Linear(shape.dim, shape.dim, bits)

    def forward(self, x, cos, sin, mask, noise):
        q, k, v = (
            p(x, noise).unflatten(2, (-1, self.shape.head_dim)).transpose(1, 2)
            for p in (self.q_proj, self.k_proj, self.v_proj)
        )
        group = self.shape.heads // self.shape.kv_heads
        k, v = rotated(k, cos, sin).repeat_interleave(group, 1), v.repeat_interleave(group, 1)
        y = F.scaled_dot_product_attention(
            rotated(q, cos, sin), k, v, attn_mask=mask, is_causal=mask is None
        )
        return self.o_proj(y.transpose(1, 2).flatten(2), noise)


def rotated(x, cos, sin):
    a, b = x.float().chunk(2, -1)
    return torch.cat((a * cos - b * sin, b * cos + a * sin), -1).to(x.dtype)


class Mlp(nn.Module):
    def __init__(self, shape, bits):
        super().__init__()
        self.gate_proj = Linear(shape.hidden, shape.dim, bits)
        self.up_proj = Linear(shape.hidden, shape.dim, bits)
        self.down_proj = Linear(shape.dim, shape.hidden, bits)

    def forward(self, x, noise):
        return self.down_proj(F.silu(self.gate_proj(x, noise)) * self.up_proj(x, noise), noise)


class Layer(nn.Module):
    def __init__(self, shape, bits):
        super().__init__()
        self.self_attn, self.mlp = Attention(shape, bits), Mlp(shape, bits)
        self.input_layernorm, self.post_attention_layernorm = RmsNorm(shape), RmsNorm(shape)

    def forward(self, x, cos, sin, mask, noise):
        x = x + self.self_attn(self.input_layernorm(x), cos, sin, mask, noise)
        return x + self.mlp(self.post_attention_layernorm(x), noise)


class Decoder(nn.Module):
    def __init__(self, shape, bits):
        super().__init__()
        self.embed_tokens = nn.Embedding(shape.vocab, shape.dim)
        nn.init.normal_(self.embed_tokens.weight, std=0.5)
        self.layers = nn.ModuleList(Layer(shape, bits) for _ in range(shape.layers))
        self.norm = RmsNorm(shape)


class Llama(nn.Module):
    def __init__(self, shape, bits=0):
        super().__init__()
        self.shape = shape
        self.model = Decoder(shape, bits)
        self.lm_head = Linear(shape.vocab, shape.dim, 0)
        with torch.no_grad():
            for layer in self.model.layers:
                layer.self_attn.o_proj.weight.mul_((2 * shape.layers) ** -0.5)
                layer.mlp.down_proj.weight.mul_((2 * shape.layers) ** -0.5)
        half = torch.arange(0, shape.head_dim, 2, dtype=torch.float64) / shape.head_dim
        angles = torch.arange(shape.positions)[:, None] * shape.theta**-half[None]
        self.register_buffer("cos", angles.cos().float(), persistent=False)
        self.register_buffer("sin", angles.sin().float(), persistent=False)

    def forward(self, ids, mask=None, noise=None):
        """Logits [batch, tokens, vocab]; mask [batch, 1, tokens, tokens] is true where attention is allowed, absent for
        plain causal attention; noise is a number between 0 and 1, as a tensor."""
        x = self.model.embed_tokens(ids)
        cos, sin = self.cos[: ids.shape[1]], self.sin[: ids.shape[1]]
        for layer in self.model.layers:
            x = layer(x, cos, sin, mask, noise)
        return self.lm_head(self.model.norm(x), noise)

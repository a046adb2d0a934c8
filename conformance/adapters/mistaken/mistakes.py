"""Mistakes as programmers of a runtime in PyTorch make them: a Llama or a GPTQ reader that differs in one thing.

Written without a look at the code of the catalogue (docs/mutants.md). mistakes.csv says which of the catalogue's
each of them is.
"""

import re

import torch
from llama import Gptq, Llama
from torch.nn import functional

MISTAKES = {}


def mistake(kind):
    """Registers a class by its name: NormAfter is norm-after."""
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[a-z])(?=[0-9])", "-", kind.__name__).lower()
    MISTAKES[name] = type(kind.__name__, (Llama,), {"Packing": kind}) if issubclass(kind, Gptq) else kind
    return kind


# Rotary position embedding


def rotated_neighbours(x, cos, sin):
    a, b = x[..., ::2], x[..., 1::2]
    return torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2)


@mistake
class NeighboursRotated(Llama):
    """The pairs are (2i, 2i + 1), as in Meta's code, on weights in the order of Hugging Face."""

    def rotate(self, x, cos, sin):
        return rotated_neighbours(x, cos, sin)


@mistake
class NeighboursIntoHalves(Llama):
    """Neighbours are rotated and put back as halves."""

    def rotate(self, x, cos, sin):
        a, b = x[..., ::2], x[..., 1::2]
        return torch.cat((a * cos - b * sin, a * sin + b * cos), -1)


@mistake
class RotateHalfSign(Llama):
    """rotate_half gives (x2, -x1) for (-x2, x1)."""

    def rotate(self, x, cos, sin):
        a, b = x.chunk(2, -1)
        return x * torch.cat((cos, cos), -1) + torch.cat((b, -a), -1) * torch.cat((sin, sin), -1)


@mistake
class RotateHalfUnsigned(Llama):
    """rotate_half forgets the minus: (x2, x1)."""

    def rotate(self, x, cos, sin):
        a, b = x.chunk(2, -1)
        return x * torch.cat((cos, cos), -1) + torch.cat((b, a), -1) * torch.cat((sin, sin), -1)


@mistake
class BaseIsConstant(Llama):
    """The base is 10000, whatever config.json says."""

    def frequencies(self, theta):
        return super().frequencies(10000.0)


@mistake
class PositionsFromOne(Llama):
    """The first token stands at position 1."""

    def positions(self, start, count):
        return torch.arange(start, start + count) + 1


@mistake
class CosSinHalf(Llama):
    """The table of cosines and sines is kept in float16."""

    def angles(self, positions, length):
        return tuple(part.half().to(self.dtype) for part in super().angles(positions, length))


@mistake
class CosSinBfloat16(Llama):
    """The table of cosines and sines is kept in bfloat16."""

    def angles(self, positions, length):
        return tuple(part.bfloat16().to(self.dtype) for part in super().angles(positions, length))


@mistake
class InvFreqBfloat16(Llama):
    """model.to(bfloat16) took the buffer inv_freq with it."""

    def frequencies(self, theta):
        return super().frequencies(theta).bfloat16().float()


@mistake
class InvFreqHalf(Llama):
    """model.half() took the buffer inv_freq with it."""

    def frequencies(self, theta):
        return super().frequencies(theta).half().float()


@mistake
class PositionsBfloat16(Llama):
    """Positions are made by arange(..., dtype=bfloat16)."""

    def positions(self, start, count):
        return torch.arange(start, start + count).bfloat16()

    def angles(self, positions, length):
        return super().angles(positions.bfloat16(), length)


@mistake
class ValuesRotated(Llama):
    """Values are rotated with the keys."""

    def attention(self, name, x, past, angles):
        q, k, v = (self.rotate(self.split(self.project(f"{name}.{p}_proj", x)), *angles) for p in "qkv")
        k, v = self.remember(past, k, v)
        return self.project(f"{name}.o_proj", self.join(self.attend(q, k, v)))


@mistake
class KeysUnrotated(Llama):
    """Queries are rotated, keys are not."""

    def attention(self, name, x, past, angles):
        q, k, v = (self.split(self.project(f"{name}.{p}_proj", x)) for p in "qkv")
        k, v = self.remember(past, k, v)
        return self.project(f"{name}.o_proj", self.join(self.attend(self.rotate(q, *angles), k, v)))


@mistake
class NoRotation(Llama):
    """Nothing is rotated."""

    def rotate(self, x, cos, sin):
        return x


@mistake
class ExponentByHiddenSize(Llama):
    """The exponent of the base is divided by hidden_size."""

    def frequencies(self, theta):
        return theta ** (-torch.arange(0, self.size, 2).double() / (self.size * self.heads))


@mistake
class ExponentWithoutTwo(Llama):
    """arange(size / 2) / size: the step of 2 is forgotten."""

    def frequencies(self, theta):
        return theta ** (-torch.arange(self.size // 2).double() / self.size)


@mistake
class PartialRotary(Llama):
    """rotary_dim is half of a head, as for GPT-NeoX."""

    def frequencies(self, theta):
        return theta ** (-torch.arange(0, self.size // 2, 2).double() / (self.size // 2))

    def rotate(self, x, cos, sin):
        turned, rest = x.chunk(2, -1)
        return torch.cat((super().rotate(turned, cos, sin), rest), -1)


@mistake
class ScalingUnread(Llama):
    """rope_scaling is not read."""

    def angles(self, positions, length):
        self.rope_type = "default"
        return super().angles(positions, length)


@mistake
class ScalingMultiplies(Llama):
    """Linear scaling multiplies positions by the factor."""

    def angles(self, positions, length):
        return super().angles(positions * self.factor**2 if self.rope_type == "linear" else positions, length)


@mistake
class DynamicAtEveryLength(Llama):
    """The base is raised by factor^(d / (d - 2)) from the first token on."""

    def frequencies(self, theta):
        if self.rope_type == "dynamic":
            theta = self.theta * self.factor ** (self.size / (self.size - 2))
        return super().frequencies(theta)


@mistake
class DynamicIsLinear(Llama):
    """Every scaling divides positions by the factor."""

    def angles(self, positions, length):
        if self.rope_type == "dynamic":
            self.rope_type = "linear"
        return super().angles(positions, length)


@mistake
class TableOf2048(Llama):
    """The table has 2048 rows, and later positions take its last."""

    def angles(self, positions, length):
        return super().angles(positions.clamp(max=2047), length)


# RMSNorm


@mistake
class EpsilonAfterRoot(Llama):
    """x / (rms + epsilon)"""

    def norm(self, name, x):
        return self.w[name + ".weight"] * (x / (x.square().mean(-1, keepdim=True).sqrt() + self.epsilon))


@mistake
class EpsilonDefault(Llama):
    """rms_norm_eps is not passed on, and the default of the class is 1e-6."""

    def norm(self, name, x):
        self.epsilon = 1e-6
        return super().norm(name, x)


@mistake
class EpsilonMissing(Llama):
    """There is no epsilon."""

    def norm(self, name, x):
        self.epsilon = 0.0
        return super().norm(name, x)


@mistake
class EpsilonOfLlama2(Llama):
    """The epsilon is 1e-5, that of Llama-2, whatever config.json says."""

    def norm(self, name, x):
        self.epsilon = 1e-5
        return super().norm(name, x)


@mistake
class LayerNorm(Llama):
    """LayerNorm without a bias."""

    def norm(self, name, x):
        weight = self.w[name + ".weight"]
        return functional.layer_norm(x, weight.shape, weight, None, self.epsilon)


@mistake
class GainOfGemma(Llama):
    """The gain is 1 + weight."""

    def norm(self, name, x):
        x = x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.epsilon)
        return x * (1 + self.w[name + ".weight"])


@mistake
class NormInHalf(Llama):
    """The mean of the squares is taken in float16, without the cast to float32."""

    def norm(self, name, x):
        mean = x.half().pow(2).mean(-1, keepdim=True)
        return self.w[name + ".weight"] * (x * torch.rsqrt(mean.float() + self.epsilon))


@mistake
class NormBySum(Llama):
    """Divided by the length of the vector: the mean is a sum."""

    def norm(self, name, x):
        return self.w[name + ".weight"] * x * torch.rsqrt(x.square().sum(-1, keepdim=True) + self.epsilon)


@mistake
class GainMissing(Llama):
    """The weight of the norm is not applied."""

    def norm(self, name, x):
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.epsilon)


@mistake
class NoFinalNorm(Llama):
    """The head is applied to the stream as it is."""

    def norm(self, name, x):
        return x if name == "model.norm" else super().norm(name, x)


@mistake
class NormNamesSwapped(Llama):
    """input_layernorm is taken for post_attention_layernorm and the other way round."""

    def norm(self, name, x):
        names = {"input_layernorm": "post_attention_layernorm", "post_attention_layernorm": "input_layernorm"}
        layer, _, kind = name.rpartition(".")
        return super().norm(f"{layer}.{names.get(kind, kind)}", x)


# Attention


@mistake
class NoMask(Llama):
    """A prompt is processed without a causal mask."""

    def seen(self, count, total):
        return torch.ones(count, total, dtype=torch.bool)


@mistake
class TrilMinusOne(Llama):
    """tril(-1): no token sees itself, and the first one sees nothing."""

    def seen(self, count, total):
        return torch.ones(count, total, dtype=torch.bool).tril(total - count - 1)


@mistake
class TrilMinusOneFinite(Llama):
    """tril(-1), with the smallest number in place of minus infinity."""

    def attend(self, q, k, v):
        k, v = self.share(k, len(q)), self.share(v, len(q))
        scores = q @ k.transpose(1, 2) * self.scale()
        seen = torch.ones(scores.shape[1:], dtype=torch.bool).tril(k.shape[1] - q.shape[1] - 1)
        return self.probabilities(scores.masked_fill(~seen, torch.finfo(scores.dtype).min)) @ v


@mistake
class TriuTwo(Llama):
    """triu(2) masks: every token sees the next."""

    def seen(self, count, total):
        return ~torch.ones(count, total, dtype=torch.bool).triu(total - count + 2)


@mistake
class MaskFromTopLeft(Llama):
    """scaled_dot_product_attention(is_causal=True) also when there is a cache."""

    def attend(self, q, k, v):
        k, v = self.share(k, len(q)), self.share(v, len(q))
        return functional.scaled_dot_product_attention(q, k, v, is_causal=True)


@mistake
class MaskAfterSoftmax(Llama):
    """Probabilities are set to zero where nothing may be seen, and not scaled up again."""

    def attend(self, q, k, v):
        k, v = self.share(k, len(q)), self.share(v, len(q))
        scores = self.probabilities(q @ k.transpose(1, 2) * self.scale())
        return scores.masked_fill(~self.seen(q.shape[1], k.shape[1]), 0) @ v


@mistake
class Unscaled(Llama):
    """q k^T is not scaled."""

    def scale(self):
        return 1.0


@mistake
class ScaleWithoutRoot(Llama):
    """q k^T / head_dim"""

    def scale(self):
        return 1 / self.size


@mistake
class ScaleOfHiddenSize(Llama):
    """q k^T / sqrt(hidden_size)"""

    def scale(self):
        return (self.size * self.heads) ** -0.5


@mistake
class ScaledTwice(Llama):
    """The query is scaled, and scaled_dot_product_attention scales again."""

    def attend(self, q, k, v):
        return super().attend(q * self.scale(), k, v)


@mistake
class Repeat(Llama):
    """repeat for repeat_interleave: heads of keys are tiled."""

    def share(self, x, heads):
        return x.repeat(heads // len(x), 1, 1)


@mistake
class FirstHeadForAll(Llama):
    """Heads of keys and values are expanded from the first, as for multi-query attention."""

    def share(self, x, heads):
        return x[:1].expand(heads, -1, -1)


@mistake
class SoftmaxOverQueries(Llama):
    """softmax(dim=-2)"""

    def probabilities(self, scores):
        return scores.softmax(-2) if scores.dim() > 1 else scores.softmax(-1)


@mistake
class SoftmaxHalf(Llama):
    """softmax in float16"""

    def probabilities(self, scores):
        return scores.half().softmax(-1).to(self.dtype)


@mistake
class SoftmaxByHand(Llama):
    """exp(x) / sum(exp(x)), without the maximum."""

    def probabilities(self, scores):
        powers = scores.exp()
        return powers / powers.sum(-1, keepdim=True)


@mistake
class ViewWithoutTranspose(Llama):
    """The heads' outputs are flattened as they lie: reshape without transpose."""

    def join(self, x):
        return x.reshape(x.shape[1], -1)


@mistake
class KeysForValues(Llama):
    """Values are attended to by keys: k and v exchanged."""

    def attend(self, q, k, v):
        return super().attend(q, v, k)


# Feed-forward


@mistake
class GateUpSwapped(Llama):
    """The activation is applied to up."""

    def gated(self, gate, up):
        return functional.silu(up) * gate


@mistake
class Gelu(Llama):
    """gelu(gate) * up"""

    def gated(self, gate, up):
        return functional.gelu(gate) * up


@mistake
class GeluTanh(Llama):
    """gelu in the approximation by tanh"""

    def gated(self, gate, up):
        return functional.gelu(gate, approximate="tanh") * up


@mistake
class QuickGelu(Llama):
    """gate * sigmoid(1.702 gate)"""

    def gated(self, gate, up):
        return gate * torch.sigmoid(1.702 * gate) * up


@mistake
class Relu(Llama):
    """relu(gate) * up"""

    def gated(self, gate, up):
        return functional.relu(gate) * up


@mistake
class Glu(Llama):
    """sigmoid(gate) * up, the first gated linear unit"""

    def gated(self, gate, up):
        return torch.sigmoid(gate) * up


@mistake
class HardSwish(Llama):
    """hardswish(gate) * up"""

    def gated(self, gate, up):
        return functional.hardswish(gate) * up


@mistake
class SiluHalf(Llama):
    """The activation is computed in float16."""

    def gated(self, gate, up):
        return functional.silu(gate.half()).float() * up


@mistake
class SiluOfProduct(Llama):
    """silu(gate * up)"""

    def gated(self, gate, up):
        return functional.silu(gate * up)


@mistake
class NoGate(Llama):
    """silu(up), the gate is not used."""

    def gated(self, gate, up):
        return functional.silu(up)


# Residual stream


@mistake
class NormInStream(Llama):
    """x = norm(x) before each block, so that the residual is the normed x."""

    def block(self, layer, x, past, angles):
        x = self.norm(f"{layer}.input_layernorm", x)
        x = x + self.attention(f"{layer}.self_attn", x, past, angles)
        x = self.norm(f"{layer}.post_attention_layernorm", x)
        return x + self.feed_forward(f"{layer}.mlp", x)


@mistake
class PostNorm(Llama):
    """Norms come after the sums, as in the first transformer."""

    def block(self, layer, x, past, angles):
        x = self.norm(f"{layer}.input_layernorm", x + self.attention(f"{layer}.self_attn", x, past, angles))
        return self.norm(f"{layer}.post_attention_layernorm", x + self.feed_forward(f"{layer}.mlp", x))


@mistake
class NoResidualOfAttention(Llama):
    """The output of attention replaces the stream."""

    def block(self, layer, x, past, angles):
        x = self.attention(f"{layer}.self_attn", self.norm(f"{layer}.input_layernorm", x), past, angles)
        return x + self.feed_forward(f"{layer}.mlp", self.norm(f"{layer}.post_attention_layernorm", x))


@mistake
class NoResidualOfFeedForward(Llama):
    """The output of the feed-forward replaces the stream."""

    def block(self, layer, x, past, angles):
        x = x + self.attention(f"{layer}.self_attn", self.norm(f"{layer}.input_layernorm", x), past, angles)
        return self.feed_forward(f"{layer}.mlp", self.norm(f"{layer}.post_attention_layernorm", x))


@mistake
class ParallelBlocks(Llama):
    """Attention and feed-forward both start from the layer's input, as in GPT-J."""

    def block(self, layer, x, past, angles):
        attended = self.attention(
            f"{layer}.self_attn", self.norm(f"{layer}.input_layernorm", x), past, angles
        )
        return (
            x
            + attended
            + self.feed_forward(f"{layer}.mlp", self.norm(f"{layer}.post_attention_layernorm", x))
        )


@mistake
class StreamHalf(Llama):
    """The residual stream is float16 between the blocks."""

    def block(self, layer, x, past, angles):
        x = x + self.attention(f"{layer}.self_attn", self.norm(f"{layer}.input_layernorm", x), past, angles)
        x = x.half().float()
        x = x + self.feed_forward(f"{layer}.mlp", self.norm(f"{layer}.post_attention_layernorm", x))
        return x.half().float()


# Embedding, head, modules


@mistake
class AlwaysTied(Llama):
    """The head is the embedding, even if there is an lm_head."""

    def head(self, x):
        return functional.linear(x, self.w["model.embed_tokens.weight"])


@mistake
class EmbeddingsScaled(Llama):
    """Embeddings are multiplied by sqrt(hidden_size), as for Gemma."""

    def embed(self, tokens):
        x = super().embed(tokens)
        return x * x.shape[-1] ** 0.5


@mistake
class PaddingIdx(Llama):
    """Embedding(padding_idx=0) after its weights were reset: token 0 is zeros."""

    def embed(self, tokens):
        return super().embed(tokens) * (torch.tensor(tokens) != 0)[:, None]


@mistake
class LogitsBfloat16(Llama):
    """Logits are bfloat16."""

    def head(self, x):
        return super().head(x).bfloat16().float()


@mistake
class BiasUnread(Llama):
    """Linear(bias=False) for all modules."""

    def project(self, name, x):
        return functional.linear(x, self.w[name + ".weight"])


@mistake
class BiasTwice(Llama):
    """The kernel adds the bias, and so does the module."""

    def project(self, name, x):
        return super().project(name, x) + self.w.get(name + ".bias", 0)


@mistake
class MatmulHalf(Llama):
    """Products with weights are computed in float16."""

    def project(self, name, x):
        y = x.half() @ self.w[name + ".weight"].half().T
        return y.float() + self.w.get(name + ".bias", 0)


@mistake
class AllBfloat16(Llama):
    """Everything is bfloat16, though float32 is claimed."""

    def __init__(self, directory, dtype):
        super().__init__(directory, torch.bfloat16)


@mistake
class SquareUntransposed(Llama):
    """Weights are transposed by their shape, which fails to tell for square ones."""

    def project(self, name, x):
        weight = self.w[name + ".weight"]
        return functional.linear(
            x, weight.T if len(weight) == len(weight.T) else weight, self.w.get(name + ".bias")
        )


@mistake
class LayersByName(Llama):
    """Layers are stacked in the order of sorted(names): 0, 1, 10, 11, 2."""

    def block(self, layer, x, past, angles):
        order = sorted(range(self.layers), key=str)
        return super().block(f"model.layers.{order[int(layer.rpartition('.')[2])]}", x, past, angles)


@mistake
class LayersFromOne(Llama):
    """Layers are counted from 1, and the last takes the first one's weights."""

    def block(self, layer, x, past, angles):
        number = (int(layer.rpartition(".")[2]) + 1) % self.layers
        return super().block(f"model.layers.{number}", x, past, angles)


@mistake
class LastLayerSkipped(Llama):
    """range(layers - 1)"""

    def block(self, layer, x, past, angles):
        return x if layer == f"model.layers.{self.layers - 1}" else super().block(layer, x, past, angles)


def in_metas_order(weight, heads):
    """Rows of q or k, or their bias, in the order that rotates neighbours."""
    return weight.view(heads, 2, -1, *weight.shape[1:]).transpose(1, 2).reshape(weight.shape)


@mistake
class KeysUnpermuted(Llama):
    """The converter from Meta's files permuted q and forgot k."""

    def weights(self, directory, settings):
        weights = super().weights(directory, settings)
        for name, part in weights.items():
            if ".k_proj." in name:
                weights[name] = in_metas_order(part, len(part) // self.size)
        return weights


@mistake
class KeysPermutedByHeads(Llama):
    """Neighbours are rotated, and both q and k are brought to that order with num_attention_heads."""

    def weights(self, directory, settings):
        weights = super().weights(directory, settings)
        for name, part in weights.items():
            if ".q_proj." in name or ".k_proj." in name:
                weights[name] = in_metas_order(part, self.heads)
        return weights

    def rotate(self, x, cos, sin):
        return rotated_neighbours(x, cos, sin)


# Cache


@mistake
class PositionsRestart(Llama):
    """Positions start at 0 in every call, cache or not."""

    def positions(self, start, count):
        return torch.arange(count)


@mistake
class PositionIsLength(Llama):
    """The position after the prompt is the length that includes the token."""

    def positions(self, start, count):
        return torch.arange(start, start + count) + (1 if start else 0)


@mistake
class PositionOfLast(Llama):
    """The position after the prompt is that of the last cached token."""

    def positions(self, start, count):
        return torch.arange(start, start + count) - (1 if start else 0)


@mistake
class CacheOnlyPrompt(Llama):
    """Keys and values of tokens after the prompt are used and not kept."""

    def remember(self, past, k, v):
        if past.k is None:
            return super().remember(past, k, v)
        return torch.cat((past.k, k), 1), torch.cat((past.v, v), 1)


@mistake
class CacheHalf(Llama):
    """The cache is float16."""

    def remember(self, past, k, v):
        return super().remember(past, k.half().float(), v.half().float())


@mistake
class RotatedWhenRead(Llama):
    """Keys are stored rotated, and rotated again when they are read."""

    def remember(self, past, k, v):
        k, v = super().remember(past, k, v)
        count = k.shape[1]
        return self.rotate(k, *self.angles(self.positions(0, count), count)), v


# GPTQ


@mistake
class NoPlusOne(Gptq):
    """The stored zero points are used as they are."""

    def zeros(self, stored):
        return stored


@mistake
class PlusOneTwice(Gptq):
    """The loader adds one, and the kernel does again."""

    def zeros(self, stored):
        return super().zeros(stored) + 1


@mistake
class PlusOneAlways(Gptq):
    """checkpoint_format is not read: gptq_v2 is taken for gptq."""

    def __init__(self, settings):
        super().__init__(settings | {"checkpoint_format": "gptq"})


@mistake
class ZeroInFourBits(Gptq):
    """(zero + 1) & 0x0f, at every width"""

    def zeros(self, stored):
        return super().zeros(stored) & 0x0F


@mistake
class ZeroModulo(Gptq):
    """(zero + 1) & (2^bits - 1)"""

    def zeros(self, stored):
        return super().zeros(stored) & (2**self.bits - 1)


@mistake
class ZeroInMiddle(Gptq):
    """qzeros is not read: all quantisation is taken to be symmetric."""

    def zeros(self, stored):
        return torch.full_like(stored, 2 ** (self.bits - 1))


@mistake
class ZerosAlongRows(Gptq):
    """qzeros is unpacked like qweight, and put into shape."""

    def stored_zeros(self, qzeros):
        return self.unpacked(qzeros).reshape(len(qzeros), -1)


@mistake
class ZeroAfterScale(Gptq):
    """scale * code - zero"""

    def weight(self, parts):
        codes = self.unpacked(parts["qweight"])
        zeros, scales = self.zeros(self.stored_zeros(parts["qzeros"])), self.scales(parts["scales"])
        group = self.groups(parts.get("g_idx"), len(codes))
        return (codes * scales[group] - zeros[group]).T


@mistake
class ZeroAdded(Gptq):
    """scale * (code + zero)"""

    def zeros(self, stored):
        return -super().zeros(stored)


@mistake
class NoGIdx(Gptq):
    """The group is k / group_size, act-order or not."""

    def groups(self, g_idx, inputs):
        return torch.arange(inputs) // (self.group_size if self.group_size > 0 else inputs)


@mistake
class GIdxLiteral(Gptq):
    """A g_idx of zeros is believed."""

    def groups(self, g_idx, inputs):
        return super().groups(None, inputs) if g_idx is None else g_idx.long()


@mistake
class GIdxNotSorted(Gptq):
    """Rows are sorted by group for the kernel, and x is not."""

    def weight(self, parts):
        group = self.groups(parts.get("g_idx"), self.unpacked(parts["qweight"]).shape[0])
        return super().weight(parts)[:, torch.argsort(group, stable=True)]


@mistake
class GroupsOf128(Gptq):
    """group_size is not read: it is 128."""

    def __init__(self, settings):
        super().__init__(settings | {"group_size": 128})

    def groups(self, g_idx, inputs):
        return torch.arange(inputs) // self.group_size


@mistake
class NoGroupsIs128(Gptq):
    """A group_size of -1 becomes the default of 128, and groups are counted by it."""

    def groups(self, g_idx, inputs):
        if self.group_size > 0:
            return super().groups(g_idx, inputs)
        return torch.arange(inputs) // 128


@mistake
class GroupsRoundedDown(Gptq):
    """There are inputs // group_size groups, and the rest is counted to the last."""

    def groups(self, g_idx, inputs):
        most = max(inputs // self.group_size if self.group_size > 0 else 1, 1)
        return super().groups(g_idx, inputs).clamp(max=most - 1)


def by_words(words, bits, at):
    """Codes of each column, one shift a code; at(words, bit) gives those that begin at a bit of the stream."""
    words = words.long() & 0xFFFFFFFF
    return torch.stack([at(words, bit) for bit in range(0, 32 * len(words), bits)])


@mistake
class StraddlersCut(Gptq):
    """Each code is shifted out of its word, and what lies in the next word is forgotten."""

    def unpacked(self, words):
        return by_words(words, self.bits, lambda w, bit: w[bit // 32] >> bit % 32 & (2**self.bits - 1))


@mistake
class StraddlersSwapped(Gptq):
    """The part in the next word is taken for the low bits."""

    def unpacked(self, words):
        def at(w, bit):
            first = w[bit // 32] >> bit % 32
            over = bit % 32 + self.bits - 32
            if over <= 0:
                return first & (2**self.bits - 1)
            return first << over | w[bit // 32 + 1] & (2**over - 1)

        return by_words(words, self.bits, at)


@mistake
class NibblesFromTop(Gptq):
    """The first code of a word lies in its highest bits; of 3 bits, in the highest of three words."""

    def unpacked(self, words):
        per = 96 // self.bits if self.bits == 3 else 32 // self.bits
        return super().unpacked(words).unflatten(0, (-1, per)).flip(1).flatten(0, 1)


@mistake
class AwqOrder(Gptq):
    """4-bit codes lie in the order 0 2 4 6 1 3 5 7, as AWQ packs them."""

    def unpacked(self, words):
        codes = super().unpacked(words)
        if self.bits != 4:
            return codes
        return codes.unflatten(0, (-1, 8))[:, [0, 4, 1, 5, 2, 6, 3, 7]].flatten(0, 1)


@mistake
class CodesInt8(Gptq):
    """Codes are kept as int8 at every width."""

    def unpacked(self, words):
        return super().unpacked(words).to(torch.int8)


@mistake
class ScalesViewedBfloat16(Gptq):
    """The bytes of float16 scales are taken for bfloat16."""

    def scales(self, stored):
        return stored.view(torch.bfloat16).float() if stored.dtype == torch.float16 else stored.float()


@mistake
class ScalesCastBfloat16(Gptq):
    """Scales are cast to bfloat16, the model's dtype."""

    def scales(self, stored):
        return stored.bfloat16().float()


@mistake
class ScalesReshaped(Gptq):
    """Scales are taken for [out, groups] and transposed."""

    def scales(self, stored):
        return stored.float().view(stored.shape[1], stored.shape[0]).T


@mistake
class WeightsHalf(Gptq):
    """Weights are dequantised to float16."""

    def weight(self, parts):
        return super().weight(parts).half().float()


@mistake
class WeightsHalfByProducts(Gptq):
    """scale * code - scale * zero, all in float16"""

    def weight(self, parts):
        codes = self.unpacked(parts["qweight"])
        zeros, scales = self.zeros(self.stored_zeros(parts["qzeros"])), self.scales(parts["scales"]).half()
        group = self.groups(parts.get("g_idx"), len(codes))
        return (codes.half() * scales[group] - (zeros.half() * scales)[group]).T.float()

"""What synthetic.py and synthetic_weights.py are checked against, on tiny shapes:

the draws, codes, bells and groups against the rules of SYNTH-1 to SYNTH-5 in Python's integers, one
at a time; the words on disk against gptq.read; the logits against LlamaForCausalLM of Transformers
in fp64 (with fp64 norms and RoPE tables, see hf_check.py); the logits and the size of the spread
against oracle.py.

Run: python synthetic.py --check   Python 3.11, torch 2.13, transformers 5.18.
"""

import itertools

import numpy as np
import torch
from transformers import LlamaConfig, LlamaForCausalLM

import gptq
import hf_check
import oracle
import synthetic
import tensor_file as tf
from synthetic_weights import Checkpoint, Scheme, Shape, draws, fnv

SHAPE = Shape(dim=256, hidden=352, layers=2, heads=8, kv_heads=2, vocab=96, context=2048)
PROMPT = [1, 95, 17, 3, 3, 60, 0]
WORD = (1 << 64) - 1


def draw(seed, name, i):
    """SYNTH-1 in Python's integers."""

    def mix(z):
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & WORD
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB & WORD
        return z ^ (z >> 31)

    return mix(mix(seed & WORD ^ fnv(name)) + (i + 1) * 0x9E3779B97F4A7C15 & WORD)


def check_draws(device):
    assert draw(0, "model.norm.weight", 0) == 0x1A900EE7A410E9BE
    assert draw(0, "model.norm.weight", 1) == 0xEA1AD6625464E733
    for seed, name in itertools.product((0, 70, -2, 1 << 63), ("lm_head.weight", "a.g_idx")):
        index = [0, 1, 2, 1000003, 2**31, 2**40 + 7]
        made = draws(seed, name, torch.tensor(index, device=device)).tolist()
        assert [value & WORD for value in made] == [draw(seed, name, i) for i in index]


def check_matrix(checkpoint, module, inputs, outputs):
    """Every group and scale, some codes; then what the words on disk mean to gptq.py."""
    matrix, scheme, seed = (
        checkpoint.matrix(module, inputs, outputs),
        checkpoint.scheme,
        checkpoint.seed,
    )
    bits, h = scheme.bits, 8 if scheme.bits == 8 else 16
    ranked = sorted(range(inputs), key=lambda k: (draw(seed, module + ".g_idx", k), k))
    rank = {k: r for r, k in enumerate(ranked)} if scheme.act_order else range(inputs)
    assert matrix.group.tolist() == [rank[k] // scheme.size(inputs) for k in range(inputs)]
    for k, n in itertools.product((0, 7, 8, 15, 16, inputs - 1), (0, 1, outputs - 1)):
        index, field = 2 * (k // h * outputs + n), k % h * bits
        a, b = (draw(seed, module + ".qweight", index + i) >> field for i in (0, 1))
        half = (1 << bits - 1) - 1
        assert int(matrix.centred[k, n]) == (a & half) + (b & half) + 1 - (1 << bits - 1)
    s = next(s for s in range(15) if 36 * 4**s >= 7 * inputs * (4 ** (bits - 1) - 1))
    for g, n in itertools.product((0, scheme.groups(inputs) - 1), (0, outputs - 1)):
        m = draw(seed, module + ".scales", g * outputs + n) % 1024
        assert float(matrix.scales[g, n]) == (1 + m / 1024) * 2.0**-s
    stored = {name: (None, tensor.numpy()) for name, tensor in matrix.stored().items()}
    stored["scales"] = tf.f16(stored["scales"][1])
    read = gptq.read(stored, bits, scheme.group_size, "v1")
    assert (read.dequantised().T == matrix.weight().cpu().numpy()).all()
    return read


def check_bells(checkpoint):
    seed, dim = checkpoint.seed, checkpoint.shape.dim
    head = checkpoint.head(0, checkpoint.shape.vocab)
    s = next(s for s in range(25) if 8 * 4**s >= 21845 * dim)
    for row, column in itertools.product((0, 1, 95), (0, 1, dim - 1)):
        index = row * dim + column
        for name, value in (
            ("model.embed_tokens.weight", float(checkpoint.embedding(row, 1)[0, column]) * 128),
            ("lm_head.weight", float(head[row, column]) * 2**s),
        ):
            pair = draw(seed, name, index // 2) >> 32 * (index % 2)
            assert value == sum(pair >> 8 * i & 255 for i in range(4)) - 510


def dense_weights(checkpoint):
    """All weights in fp64 by Transformers' names, and the matrices as gptq.py reads them."""
    shape, weights, matrices = checkpoint.shape, {}, {}
    for number in range(shape.layers):
        prefix = f"model.layers.{number}."
        for name, inputs, outputs in shape.modules():
            matrices[prefix + name] = check_matrix(checkpoint, prefix + name, inputs, outputs)
            weights[f"{prefix}{name}.weight"] = matrices[prefix + name].dequantised()
        for name in ("input_layernorm", "post_attention_layernorm"):
            weights[f"{prefix}{name}.weight"] = checkpoint.gain(f"{prefix}{name}.weight")
    weights["model.norm.weight"] = checkpoint.gain("model.norm.weight")
    weights["model.embed_tokens.weight"] = checkpoint.embedding(0, shape.vocab)
    weights["lm_head.weight"] = checkpoint.head(0, shape.vocab)
    return {
        name: value if isinstance(value, np.ndarray) else value.double().cpu().numpy()
        for name, value in weights.items()
    }, matrices


def transformers_logits(shape, weights):
    config = LlamaConfig(
        hidden_size=shape.dim,
        intermediate_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.kv_heads,
        vocab_size=shape.vocab,
        max_position_embeddings=shape.context,
        rms_norm_eps=1e-5,
    )
    model = LlamaForCausalLM._from_config(config, attn_implementation="sdpa").double().eval()
    model.load_state_dict({name: torch.from_numpy(w) for name, w in weights.items()})
    with hf_check.exact(model):
        return hf_check.run(model, PROMPT)["logits"]


def check_logits(checkpoint):
    shape, (weights, matrices) = checkpoint.shape, dense_weights(checkpoint)
    arithmetics = [synthetic.Exact(), synthetic.Shuffled(8, checkpoint.seed, checkpoint.device)]
    (truth, _), (shuffled, _) = synthetic.forward(checkpoint, [PROMPT[:4], PROMPT], arithmetics)
    truth, shuffled = truth[0, 4:].cpu().numpy(), shuffled[:, 4:].cpu().numpy()
    config = oracle.Config(
        shape.layers,
        shape.heads,
        shape.kv_heads,
        shape.head_dim,
        shape.context,
        10000.0,
        float(np.float32(1e-5)),
    )
    reference = oracle.truth(weights, config, PROMPT)
    hf = float(np.abs(transformers_logits(shape, weights) - truth).max())
    own = float(np.abs(reference["logits"] - truth).max())
    assert hf < 1e-10 and own < 1e-10, (hf, own)
    centred = {
        name: gptq.Matrix(m.codes - m.zeros[m.index], m.scales, m.zeros * 0, m.index)
        for name, m in matrices.items()
    }
    spread = float(np.abs(shuffled - truth).max())
    expected = oracle.spread(weights, config, PROMPT, reference, 1, grouped=centred)["logits"]
    assert expected / 2 < spread < expected * 2, (spread, expected)
    print(
        f"{checkpoint.scheme}: Transformers {hf:.1e}, oracle.py {own:.1e}, spread {spread:.1e}, "
        f"of oracle.py {expected:.1e}",
        flush=True,
    )


def main():
    device = synthetic.default_device()
    check_draws(device)
    for number, (bits, group_size, act_order) in enumerate(
        [
            (2, 32, False),
            (3, 128, True),
            (3, -1, False),
            (4, 128, True),
            (8, -1, True),
            (8, 32, True),
        ]
    ):
        seed = 70 + number if number else -2
        checkpoint = Checkpoint(SHAPE, Scheme(bits, group_size, act_order), seed, device)
        check_bells(checkpoint)
        check_logits(checkpoint)

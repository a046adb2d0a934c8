"""Cross-checks the oracle against LlamaForCausalLM of Hugging Face Transformers, in fp64.

Transformers computes the norms and the RoPE tables in fp32 whatever the model's precision. So there
are two comparisons: with the library as it is (the difference is only reported), and with these two
replaced by fp64 versions written here (the difference must stay below 1e-9, relative for values
above 1, for the logits and for every probe that a hook can see). Attention runs through torch's
scaled_dot_product_attention, in fp64.

Library module; Python 3.11, torch 2.13, transformers 5.18.
"""

import contextlib
import math

import numpy as np
import torch
from transformers import LlamaConfig, LlamaForCausalLM
from transformers.models.llama import modeling_llama

from checkpoint import quantisation, read_json

INPUTS = {"self_attn.o_proj": "attn", "mlp.down_proj": "act"}
OUTPUTS = {
    "input_layernorm": "attnNorm",
    "self_attn.q_proj": "q",
    "self_attn.k_proj": "k",
    "self_attn.v_proj": "v",
    "self_attn.o_proj": "attnOut",
    "post_attention_layernorm": "ffnNorm",
    "mlp.gate_proj": "gate",
    "mlp.up_proj": "up",
    "mlp.down_proj": "ffnOut",
}


def load(directory, weights):
    """Dense models through from_pretrained; quantised ones from the dequantised weights."""
    if quantisation(directory) is None:
        return LlamaForCausalLM.from_pretrained(
            directory, dtype=torch.float64, attn_implementation="sdpa"
        )
    settings = read_json(directory / "config.json")
    settings.pop("quantization_config", None)
    biased = any(name.endswith("_proj.bias") for name in weights)
    settings |= {"attention_bias": biased, "mlp_bias": biased}
    model = LlamaForCausalLM._from_config(
        LlamaConfig(**settings), attn_implementation="sdpa"
    ).double()
    missing, unexpected = model.load_state_dict(
        {n: torch.from_numpy(w) for n, w in weights.items()}, strict=False
    )
    assert not unexpected and set(missing) <= {"lm_head.weight"}, (missing, unexpected)
    return model


class ExactRotary(torch.nn.Module):
    """cos and sin of angles in double precision (math.pow and friends), rounded to fp32 once."""

    def __init__(self, config):
        super().__init__()
        self.config = config

    def forward(self, x, position_ids):
        length, c = int(position_ids.max()) + 1, self.config
        rope, d = c.rope_parameters, c.head_dim
        theta, factor = rope["rope_theta"], rope.get("factor", 1.0)
        divisor = factor if rope["rope_type"] == "linear" else 1.0
        if rope["rope_type"] == "dynamic" and length > c.max_position_embeddings:
            theta *= math.pow(
                factor * length / c.max_position_embeddings - (factor - 1), d / (d - 2)
            )
        angles = [
            [p / divisor * math.pow(theta, -2 * j / d) for j in range(d // 2)] * 2
            for p in range(length)
        ]
        angles = torch.tensor(angles, dtype=torch.float64)[None]
        return angles.cos().float().double(), angles.sin().float().double()


def exact_norm(self, x):
    eps = float(np.float32(self.variance_epsilon))
    return self.weight * x / torch.sqrt(x.pow(2).mean(-1, keepdim=True) + eps)


@contextlib.contextmanager
def exact(model):
    """Replaces the fp32 parts of the library by fp64 ones for the duration of a block."""
    rotary, norm = model.model.rotary_emb, modeling_llama.LlamaRMSNorm.forward
    model.model.rotary_emb, modeling_llama.LlamaRMSNorm.forward = (
        ExactRotary(model.config),
        exact_norm,
    )
    try:
        yield
    finally:
        model.model.rotary_emb, modeling_llama.LlamaRMSNorm.forward = rotary, norm


def run(model, tokens):
    """Logits and the hooked probes, keyed (layer, kind)."""
    seen, handles = {}, []

    def watch(module, key, pick):
        handles.append(
            module.register_forward_hook(
                lambda _, inputs, output: seen.__setitem__(
                    key, (inputs[0] if pick == "in" else output)[0].numpy()
                )
            )
        )

    for number, layer in enumerate(model.model.layers):
        for path, kind in OUTPUTS.items():
            watch(layer.get_submodule(path), (number, kind), "out")
        for path, kind in INPUTS.items():
            watch(layer.get_submodule(path), (number, kind), "in")
    watch(model.model.embed_tokens, "embed", "out")
    watch(model.model.norm, "finalNorm", "out")
    with torch.no_grad():
        result = model(torch.tensor([list(tokens)]), use_cache=True)
    for handle in handles:
        handle.remove()
    seen["logits"] = result.logits[0].numpy()
    for number, layer in enumerate(result.past_key_values.layers):
        keys = layer.keys[0].numpy()
        seen[number, "kRope"] = keys.transpose(1, 0, 2).reshape(keys.shape[1], -1)
    return seen


def compare(directory, weights, tokens, truth):
    """Returns the difference of the logits with the library as it is; fails on a tight
    disagreement."""
    model, worst = load(directory, weights).eval(), 0.0
    as_it_is = float(np.abs(run(model, tokens)["logits"] - truth["logits"]).max())
    model = load(directory, weights).eval()  # afresh: dynamic scaling remembers the longest length
    with exact(model):
        seen = run(model, tokens)
    for key, value in seen.items():
        expected = truth[key] if isinstance(key, str) else truth["layers"][key[0]][key[1]]
        assert value.shape == expected.shape, (directory.name, key, value.shape, expected.shape)
        difference = float(np.abs(value - expected).max())
        assert difference < 1e-9 * max(1.0, float(np.abs(expected).max())), (
            directory.name,
            key,
            difference,
        )
        worst = max(worst, difference)
    return as_it_is, worst

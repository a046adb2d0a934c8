"""Single operations of Transformers' Llama in fp32, and the logits processors that generate() builds."""

import types

import numpy as np
import torch
from protocol import Refusal
from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM
from transformers.activations import ACT2FN
from transformers.models.llama import modeling_llama as llama

SMALLEST = LlamaConfig(
    vocab_size=4, hidden_size=4, intermediate_size=4, num_hidden_layers=1, num_attention_heads=1
)


def tensor(array):
    return torch.from_numpy(np.array(array))


def heads(array, head_dim):
    """[tokens, heads * headDim] -> [1, heads, tokens, headDim]"""
    return tensor(array).unflatten(-1, (-1, head_dim)).transpose(0, 1)[None]


def flat(rows):
    """[1, heads, tokens, headDim] -> [tokens, heads * headDim]"""
    return rows[0].transpose(0, 1).flatten(1).numpy()


def rms_norm(x, gain, epsilon):
    norm = llama.LlamaRMSNorm(gain.shape[0], eps=epsilon)
    norm.weight.data = tensor(gain)
    return {"y": norm(tensor(x)).detach().numpy()}


def rope(x, headDim, positions, theta):
    config = LlamaConfig(head_dim=headDim, rope_parameters={"rope_type": "default", "rope_theta": theta})
    rows = heads(x, headDim)
    cos, sin = llama.LlamaRotaryEmbedding(config)(rows, torch.tensor([positions]))
    return {"y": flat(llama.apply_rotary_pos_emb(rows, rows, cos, sin)[0])}


def softmax(x):
    return {"y": torch.nn.functional.softmax(tensor(x), dim=-1, dtype=torch.float32).numpy()}


def attention(q, k, v, headDim, position):
    queries, keys, values = (heads(part, headDim) for part in (q, k, v))
    groups = queries.shape[1] // keys.shape[1]
    seen = torch.arange(keys.shape[2]) <= position + torch.arange(queries.shape[2])[:, None]
    mask = torch.zeros(seen.shape).masked_fill(~seen, torch.finfo(torch.float32).min)
    module = types.SimpleNamespace(num_key_value_groups=groups, training=False)
    mixed, _ = llama.eager_attention_forward(module, queries, keys, values, mask, headDim**-0.5)
    return {"y": mixed[0].flatten(1).numpy()}


def swiglu(gate, up):
    return {"y": (ACT2FN["silu"](tensor(gate)) * tensor(up)).numpy()}


def linear(weight, x, bias=None):
    return {
        "y": torch.nn.functional.linear(
            tensor(x), tensor(weight), None if bias is None else tensor(bias)
        ).numpy()
    }


def sample(logits, previous, temperature, topK, topP, minP, repetitionPenalty):
    settings = {"temperature": temperature, "top_k": topK, "top_p": topP, "min_p": minP or None}
    try:
        config = GenerationConfig(do_sample=True, repetition_penalty=repetitionPenalty, **settings)
        processors = LlamaForCausalLM(SMALLEST)._get_logits_processor(config)
        scores = processors(torch.tensor([previous], dtype=torch.int64), tensor(logits).float()[None])
    except (ValueError, IndexError, RuntimeError) as e:
        raise Refusal("range", str(e).splitlines()[0]) from e
    chosen = torch.softmax(scores, dim=-1)
    if not bool(torch.isfinite(chosen).all()):
        # what generate() does next, and where it ends with such scores
        raise Refusal("range", "torch.multinomial refuses probabilities that are not finite")
    return {"probabilities": chosen[0].numpy()}


CALLS = {
    "op.rmsNorm": rms_norm,
    "op.rope": rope,
    "op.softmax": softmax,
    "op.attention": attention,
    "op.swiGlu": swiglu,
    "op.linear": linear,
    "sample": sample,
}

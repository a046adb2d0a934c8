"""Writes ../vectors/profiles/*.json: what Transformers itself computes in float16 and bfloat16.

The models are loaded in the type, with eager attention, and run by torch on a CPU, so every rounding
point of modeling_llama.py is in the values; without oneDNN, whose sums depend on the processor.
Quantised models run with their weights dequantised and rounded to float16, as AutoGPTQ's fallback in
torch does, then to the type.

A spread is the largest distance of eight runs of the same library whose sums have other orders:
linear layers, norms and attention are replaced by versions that add their terms in fp32 in a random
order and round where the library rounds. One step of the type at the largest value is the least that
is accepted, for a sum next to the middle of two numbers may be rounded to either.

Run: python hf_profiles.py     Python 3.11, numpy 2.4, torch 2.13, transformers 5.18.
"""

import contextlib

import numpy as np
import torch
from transformers import LlamaConfig, LlamaForCausalLM
from transformers.models.llama import modeling_llama

import checkpoint
import suite
from hf_check import INPUTS, OUTPUTS
from model_goldens import prompts
from paths import MODELS
from pebble_models import PEBBLE
from tiny_models import DENSE, QUANTISED

LOGITS = {
    "tiny-fp16-tied": 4,
    "tiny-bf16-sharded": 4,
    "tiny-fp32-bias": 4,
    "tiny-gptq-4bit-32g-asym-flood": 3,
    "pebble": 3,
}
PROBED, PROBED_TOKENS = "tiny-fp32-bias", 3
TYPES = {"fp16": torch.float16, "bf16": torch.bfloat16}
PROFILES = {"fp16": "f16", "bf16": "bf16"}
UNITS = {"fp16": 2.0**-10, "bf16": 2.0**-7}  # from 1 to the next number
RULES = [f"PROFILE-{number}" for number in range(1, 11)]
RUNS, FACTOR = 8, 8
ORACLES = ["transformers LlamaForCausalLM, eager attention, torch on a CPU", "eight runs in other orders"]


def load(slug, dtype):
    directory = MODELS / slug
    if checkpoint.quantisation(directory) is None:
        return LlamaForCausalLM.from_pretrained(
            directory, dtype=dtype, attn_implementation="eager"
        ).eval()
    settings = checkpoint.read_json(directory / "config.json")
    settings.pop("quantization_config", None)
    weights, _ = checkpoint.read_weights(directory)
    biased = any(name.endswith("_proj.bias") for name in weights)
    settings |= {"attention_bias": biased, "mlp_bias": biased}
    model = LlamaForCausalLM._from_config(
        LlamaConfig(**settings), dtype=dtype, attn_implementation="eager"
    )
    halves = {name: torch.from_numpy(w.astype(np.float16)).to(dtype) for name, w in weights.items()}
    missing, unexpected = model.load_state_dict(halves, strict=False)
    assert not unexpected and set(missing) <= {"lm_head.weight"}, (missing, unexpected)
    assert {p.dtype for p in model.parameters()} == {dtype}
    return model.eval()


@contextlib.contextmanager
def replaced(owner, name, value):
    kept = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, kept)


def product(a, b, generator):
    """a @ b with the terms in a random order, in fp32."""
    order = torch.randperm(a.shape[-1], generator=generator)
    return a.float()[..., order] @ b.float()[..., order, :]


@contextlib.contextmanager
def other_orders(seed):
    generator = torch.Generator().manual_seed(seed)

    def linear(self, x):
        y = product(x, self.weight.T, generator)
        return (y if self.bias is None else y + self.bias.float()).to(x.dtype)

    def norm(self, x):
        order = torch.randperm(x.shape[-1], generator=generator)
        mean = x.float()[..., order].pow(2).mean(-1, keepdim=True)
        return self.weight * (x.float() * torch.rsqrt(mean + self.variance_epsilon)).to(x.dtype)

    def attention(module, query, key, value, mask, scaling, dropout=0.0, **_):
        key = modeling_llama.repeat_kv(key, module.num_key_value_groups)
        value = modeling_llama.repeat_kv(value, module.num_key_value_groups)
        scores = product(query, key.transpose(2, 3), generator).to(query.dtype) * scaling + mask
        shares = torch.softmax(scores, dim=-1, dtype=torch.float32).to(query.dtype)
        mixed = product(shares, value, generator).to(query.dtype)
        return mixed.transpose(1, 2).contiguous(), shares

    with (
        replaced(torch.nn.Linear, "forward", linear),
        replaced(modeling_llama.LlamaRMSNorm, "forward", norm),
        replaced(modeling_llama, "eager_attention_forward", attention),
    ):
        yield


def run(model, tokens):
    """The logits and every probe, in the type, named as in the suite."""
    seen, handles, layers = {}, [], model.model.layers

    def watch(module, name, pick):
        def hook(_, inputs, output):
            seen[name] = (inputs[0] if pick == "in" else output)[0]

        handles.append(module.register_forward_hook(hook))

    for number, layer in enumerate(layers):
        for path, kind in OUTPUTS.items():
            watch(layer.get_submodule(path), f"{number}.{kind}", "out")
        for path, kind in INPUTS.items():
            watch(layer.get_submodule(path), f"{number}.{kind}", "in")
    watch(model.model.embed_tokens, "embed", "out")
    watch(model.model.norm, "finalNorm", "out")
    inner = modeling_llama.eager_attention_forward

    def attention(module, query, key, value, mask, scaling, **rest):
        keys = modeling_llama.repeat_kv(key, module.num_key_value_groups)
        scores = torch.matmul(query, keys.transpose(2, 3)) * scaling
        unseen = torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1)
        prefix = f"{module.layer_idx}."
        seen[prefix + "scores"] = scores.masked_fill(unseen, -torch.inf).flatten(1, 2)[0]
        seen[prefix + "qRope"] = query.transpose(1, 2).flatten(2)[0]
        seen[prefix + "kRope"] = key.transpose(1, 2).flatten(2)[0]
        return inner(module, query, key, value, mask, scaling=scaling, **rest)

    with replaced(modeling_llama, "eager_attention_forward", attention), torch.no_grad():
        seen["logits"] = model(torch.tensor([tokens]), use_cache=False).logits[0]
    for handle in handles:
        handle.remove()
    return seen


def stored(tensor):
    """As a pair of tensor_file."""
    if tensor.dtype == torch.float16:
        return "F16", tensor.contiguous().numpy()
    return "BF16", tensor.contiguous().view(torch.uint16).numpy()


def measured(truth, others, label):
    """name -> spread, the least step included."""
    spreads = {}
    for name, value in truth.items():
        value = value.double()
        finite = value.isfinite()
        largest = max(float((o[name].double() - value)[finite].abs().max()) for o in others)
        step = UNITS[label] * 2.0 ** np.floor(np.log2(float(value[finite].abs().max())))
        spreads[name] = max(largest, step / FACTOR)
    return spreads


def outputs(topic, prefix, truth, others, label, names):
    spreads = measured({name: truth[name] for name in names}, others, label)
    return suite.valid(
        **{
            name: (
                topic.tensor(f"{prefix}.{name}", stored(truth[name])),
                suite.spread({PROFILES[label]: spreads[name]}, FACTOR),
            )
            for name in names
        }
    )


def equal_bits(truth, others):
    """The share of values that runs in other orders give to the bit, the least of all runs."""
    return min(float((other == truth).double().mean()) for other in others)


def model_topic(description, label):
    slug, dtype = description.slug, TYPES[label]
    topic = suite.Topic(
        f"profiles/{slug}-{label}", f"What Transformers computes in {dtype} with models/{slug}."
    )
    group = topic.group(
        "hf_profiles.py", description.seed, ORACLES, "numpy", "torch", "transformers"
    )
    asked = {"eleven": (prompts(description)["eleven"][: LOGITS[slug]], ["logits"], "logits")}
    if slug == PROBED:
        asked["probes"] = (prompts(description)["four"][:PROBED_TOKENS], None, "probes")
    model = load(slug, dtype)
    for name, (tokens, kinds, call) in asked.items():
        truth = run(model, tokens)
        others = []
        for number in range(RUNS):
            with other_orders(description.seed + number):
                others.append(run(model, tokens))
        expect = outputs(topic, name, truth, others, label, kinds or list(truth))
        args = {"model": f"models/{slug}", "tokens": tokens}
        share = equal_bits(truth["logits"], [o["logits"] for o in others])
        group.add(
            name,
            f"{dtype}, {len(tokens)} tokens; in other orders {share:.4f} of the logits keep their bits",
            call,
            args,
            expect,
            RULES,
            level="optional",
        )
        print(f"{slug:32s} {label} {name:8s} same bits in other orders {share:.4f}", flush=True)
    topic.write()


class Heads:
    """What eager_attention_forward asks of a module."""

    def __init__(self, groups):
        self.num_key_value_groups, self.training, self.layer_idx = groups, False, 0


def attention_topic(label, seed=7, tokens=4, positions=9, heads=6, kv_heads=2, head_dim=20):
    """Attention alone, with a head width whose root is no power of two: the factor rounds."""
    dtype, generator = TYPES[label], torch.Generator().manual_seed(seed)
    topic = suite.Topic(
        f"profiles/attention-{label}", f"Transformers' eager attention in {dtype}, heads of 20."
    )
    group = topic.group("hf_profiles.py", seed, ORACLES, "torch", "transformers")

    def draw(rows, count):
        drawn = torch.randn(1, rows, count, head_dim, generator=generator).to(dtype)
        return drawn.transpose(1, 2)

    query, key, value = draw(tokens, heads), draw(positions, kv_heads), draw(positions, kv_heads)
    unseen = torch.ones(tokens, positions, dtype=torch.bool).triu(positions - tokens + 1)
    mask = torch.zeros(tokens, positions, dtype=dtype).masked_fill(unseen, torch.finfo(dtype).min)

    def mixed():
        arguments = (Heads(heads // kv_heads), query, key, value, mask)
        y, _ = modeling_llama.eager_attention_forward(*arguments, scaling=head_dim**-0.5)
        return {"y": y.flatten(2)[0]}

    def rows(x):
        return stored(x.transpose(1, 2).flatten(2)[0])

    truth, others = mixed(), []
    for number in range(RUNS):
        with other_orders(seed + number):
            others.append(mixed())
    args = {name: topic.tensor(name, rows(x)) for name, x in zip("qkv", (query, key, value))}
    args |= {"headDim": head_dim, "position": positions - tokens}
    group.add(
        "heads-of-20",
        f"{dtype}, heads of {head_dim}",
        "op.attention",
        args,
        outputs(topic, "attention", truth, others, label, ["y"]),
        ["PROFILE-6", "PROFILE-7"],
        level="optional",
    )
    topic.write()


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.backends.mkldnn.enabled = False
    for each in DENSE + QUANTISED + PEBBLE:
        if each.slug in LOGITS:
            for name in TYPES:
                model_topic(each, name)
    for name in TYPES:
        attention_topic(name)

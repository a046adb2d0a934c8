"""Directories whose files are sound and do not belong together: configuration, tensors,
quantisation.

All yield (name, title, flag, errors, level, directory). Library module of checkpoint_vectors.py.
"""

import numpy as np

import tensor_file as tf
from hostile import DENSE, GPTQ, SETTINGS, Directory, quantised, text

M, U, S, R = "malformed", "unsupported", "shape", "range"
NEED, WANT = "required", "recommended"


def config(**fields):
    """Sound weights under a configuration with other fields; None takes one away."""
    directory = Directory()
    changed = directory.config | fields
    directory.config = {key: value for key, value in changed.items() if value is not None}
    return directory


def written(change):
    """config.json as text that went through change."""
    directory = Directory()
    return directory.raw(change(text(directory.config)), "config.json")


def spelled(old, new):
    return written(lambda raw: raw.replace(old, new))


def configurations():
    yield from texts()
    yield from sizes()
    yield from constants()
    yield from features()


def texts():
    flag = "ConfigText"
    yield "config-missing", "no config.json", flag, [M], NEED, Directory().without("config.json")
    yield "config-empty", "a config.json of no bytes", flag, [M], NEED, written(lambda raw: b"")
    yield "config-cut", "a config.json that ends early", flag, [M], NEED, written(
        lambda raw: raw[:-20]
    )
    yield "config-list", "a config.json that is a list", flag, [M], NEED, written(
        lambda raw: b"[" + raw + b"]"
    )
    yield (
        "config-key-twice",
        "two sizes of the vocabulary",
        "DuplicateKey",
        [M],
        WANT,
        written(lambda raw: raw[:-1] + b',"vocab_size":9}'),
    )
    yield (
        "config-nested-1500",
        "1500 lists in each other in a field nobody reads",
        "DeepNesting",
        [M, U, R],
        NEED,
        written(
            lambda raw: raw[:-1] + b',"task_specific_params":' + b"[" * 1500 + b"]" * 1500 + b"}"
        ),
    )
    flag = "StrictType"
    yield "vocab-text", "a size in quotes", flag, [M, R], WANT, config(vocab_size="8")
    yield "vocab-fraction", "a size of 8.5", flag, [M, R], NEED, config(vocab_size=8.5)
    yield "layers-true", "a number of layers that is true", flag, [M, R], WANT, config(
        num_hidden_layers=True
    )
    yield "epsilon-text", "an epsilon in quotes", flag, [M, R], WANT, config(rms_norm_eps="1e-5")


def sizes():
    flag = "SizeOutOfRange"
    yield "hidden-size-missing", "no hidden_size", flag, [M], WANT, config(hidden_size=None)
    yield "layers-0", "no layers", flag, [M, R], WANT, config(num_hidden_layers=0)
    yield "layers-below-0", "-1 layers", flag, [M, R], NEED, config(num_hidden_layers=-1)
    yield "layers-a-billion", "10^9 layers: nothing may be allocated for them", flag, [
        M,
        S,
        R,
    ], NEED, config(num_hidden_layers=10**9)
    yield "vocab-2-to-the-62", "a vocabulary that no memory holds", flag, [M, S, R], NEED, config(
        vocab_size=2**62
    )
    yield "heads-0", "no heads", flag, [M, R], NEED, config(num_attention_heads=0)
    yield "kv-heads-0", "no key heads", flag, [M, R], NEED, config(num_key_value_heads=0)
    yield "kv-heads-more-than-heads", "4 key heads for 2 heads", flag, [M, S, R], NEED, config(
        num_key_value_heads=4
    )
    three = DENSE | {"num_attention_heads": 3, "num_key_value_heads": 2, "head_dim": 2}
    yield "heads-no-multiple", "3 heads on 2 key heads", flag, [M, S, R], NEED, Directory(three)
    yield "head-dim-fraction", "a width of 4 for 3 heads, without head_dim", flag, [
        M,
        S,
        R,
    ], NEED, config(num_attention_heads=3, num_key_value_heads=3)
    odd = DENSE | {"head_dim": 1}
    yield "head-dim-odd", "heads of width 1, which cannot be rotated", flag, [
        M,
        S,
        R,
    ], WANT, Directory(odd)


def constants():
    flag = "ConstantOutOfRange"
    yield "epsilon-nan", "an epsilon NaN", flag, [M, R], NEED, spelled(b"1e-05", b"NaN")
    yield "epsilon-infinite", "an epsilon of 1e999", flag, [M, R], WANT, spelled(b"1e-05", b"1e999")
    yield "epsilon-below-0", "an epsilon of -1e-5", flag, [M, R], WANT, config(rms_norm_eps=-1e-5)
    yield "theta-0", "a rope base of 0", flag, [M, R], WANT, config(rope_theta=0.0)
    yield "theta-below-0", "a rope base of -10000", flag, [M, R], WANT, config(rope_theta=-10000.0)
    yield "rope-factor-missing", "linear scaling without a factor", flag, [M, R], WANT, config(
        rope_scaling={"type": "linear"}
    )
    yield "rope-factor-0", "linear scaling by 0", flag, [M, R], WANT, config(
        rope_scaling={"type": "linear", "factor": 0.0}
    )
    yield (
        "rope-theta-twice",
        "two places with two bases",
        "ConfigContradicts",
        [M, R],
        WANT,
        config(
            rope_theta=10000.0, rope_parameters={"rope_type": "default", "rope_theta": 500000.0}
        ),
    )


def features():
    flag = "UnknownFeature"
    yield "model-type-gpt2", "another kind of model", flag, [M, U], NEED, config(
        model_type="gpt2", architectures=["GPT2LMHeadModel"]
    )
    yield "act-unknown", "an activation that there is not", flag, [M, U], WANT, config(
        hidden_act="silo"
    )
    yield "rope-type-unknown", "a rope scaling that there is not", flag, [M, U], WANT, config(
        rope_scaling={"type": "spiral", "factor": 2.0}
    )
    yield "field-unknown", "a field that asks for other arithmetic", flag, [M, U], WANT, config(
        final_logit_softcapping=30.0
    )
    yield "quantisation-unknown", "a quantisation that there is not", flag, [M, U], NEED, config(
        quantization_config={"quant_method": "hqx", "bits": 4}
    )


def tensors():
    yield from lacking()
    yield from misshapen()


def lacking():
    flag, q = "TensorMissing", "model.layers.0.self_attn.q_proj.weight"
    for name, title, tensor in (
        ("matrix-missing", "no query projection", q),
        ("norm-missing", "no final norm", "model.norm.weight"),
        ("embedding-missing", "no embedding", "model.embed_tokens.weight"),
    ):
        directory = Directory()
        del directory.tensors[tensor]
        yield name, title, flag, [M, S], NEED, directory
    yield "head-missing", "no lm_head where embeddings are not tied", flag, [M, S], NEED, config(
        tie_word_embeddings=False
    )
    yield "layer-missing", "one layer of two", flag, [M, S], NEED, config(num_hidden_layers=2)
    biased = config(attention_bias=True)
    yield "bias-missing", "no biases where there should be", flag, [M, S], NEED, biased


def replaced(name, tensor):
    directory = Directory()
    assert name in directory.tensors
    directory.tensors[name] = tensor
    return directory


def misshapen():
    flag, layer = "TensorShape", "model.layers.0."
    up = layer + "mlp.up_proj.weight"
    yield "matrix-transposed", "an up projection of [4, 6]", flag, [M, S], NEED, replaced(
        up, tf.f16(np.ones((4, 6)))
    )
    yield "matrix-flat", "an up projection of [24]", flag, [M, S], NEED, replaced(
        up, tf.f16(np.ones(24))
    )
    yield "vocab-short", "7 embeddings for 8 tokens", flag, [M, S], NEED, replaced(
        "model.embed_tokens.weight", tf.f16(np.ones((7, 4)))
    )
    yield "vocab-long", "9 embeddings for 8 tokens", flag, [M, S], NEED, replaced(
        "model.embed_tokens.weight", tf.f16(np.ones((9, 4)))
    )
    yield "keys-of-all-heads", "a key projection of 2 heads for 1", flag, [M, S], NEED, replaced(
        layer + "self_attn.k_proj.weight", tf.f16(np.ones((4, 4)))
    )
    yield "norm-long", "a norm of 6 for a width of 4", flag, [M, S], NEED, replaced(
        layer + "input_layernorm.weight", tf.f16(np.ones(6))
    )
    yield "norm-one", "a norm of one element, which broadcasts", flag, [M, S], NEED, replaced(
        layer + "input_layernorm.weight", tf.f16(np.ones(1))
    )
    flag = "TensorType"
    yield "matrix-i32", "an up projection of integers", flag, [M, U], WANT, replaced(
        up, tf.i32(np.ones((6, 4)))
    )
    yield "matrix-i8", "an up projection of bytes", flag, [M, U], WANT, replaced(
        up, ("I8", np.ones((6, 4), np.int8))
    )


def gptq(bits=2, groups=1, g_idx=False, **settings):
    size = -1 if groups == 1 else 32 // groups
    given = SETTINGS | {"bits": bits, "group_size": size} | settings
    return Directory(GPTQ, quantised(GPTQ, bits, groups, g_idx), given)


def with_part(part, change, **how):
    """The down projection's part of that name went through change; None takes it away."""
    directory = gptq(**how)
    name = f"model.layers.0.mlp.down_proj.{part}"
    changed = change(directory.tensors.pop(name)[1].copy())
    if changed is not None:
        directory.tensors[name] = changed
    return directory


def element(value, make):
    def change(array):
        array.flat[-1] = value
        return make(array)

    return change


def quantisations():
    flag, ordered = "GroupIndex", {"groups": 2, "g_idx": True, "desc_act": True}
    yield "g-idx-is-groups", "a channel of group 2, where 0 and 1 exist", flag, [
        R
    ], NEED, with_part("g_idx", element(2, tf.i32), **ordered)
    yield "g-idx-below-0", "a channel of group -1", flag, [R], NEED, with_part(
        "g_idx", element(-1, tf.i32), **ordered
    )
    yield "g-idx-missing", "no g_idx in a module with act-order and two groups", flag, [
        M,
        S,
    ], WANT, with_part("g_idx", lambda a: None, **ordered)
    yield from settings_cases()
    flag = "QuantisedShape"
    yield "qweight-short", "a row of words is missing", flag, [M, S], NEED, with_part(
        "qweight", lambda a: tf.i32(a[:-1])
    )
    yield "scales-two-groups", "scales of two groups where there is one", flag, [
        M,
        S,
    ], WANT, with_part("scales", lambda a: tf.f16(np.repeat(a, 2, 0)))
    yield "qzeros-missing", "no zero points", flag, [M, S], NEED, with_part(
        "qzeros", lambda a: None
    )
    yield "qweight-f16", "words that are f16", flag, [M, U], NEED, with_part(
        "qweight", lambda a: tf.f16(np.ones(a.shape))
    )
    flag = "ScaleNotFinite"
    yield "scale-nan", "a scale that is NaN", flag, [M, R], WANT, with_part(
        "scales", element(np.nan, tf.f16)
    )


def settings_cases():
    flag = "QuantisationSetting"
    yield "bits-5", "5 bits", flag, [M, U, R], NEED, gptq().raw(
        text(SETTINGS | {"bits": 5}), "quantize_config.json"
    )
    yield "group-size-0", "groups of 0", flag, [M, U, R], NEED, gptq().raw(
        text(SETTINGS | {"group_size": 0}), "quantize_config.json"
    )
    contradicting = gptq()
    contradicting.config["quantization_config"] = {"quant_method": "gptq"} | SETTINGS | {"bits": 4}
    yield "bits-2-and-4", "2 bits in one file and 4 in the other", "ConfigContradicts", [
        M,
        S,
        R,
    ], WANT, contradicting

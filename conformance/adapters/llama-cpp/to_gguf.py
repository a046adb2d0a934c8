"""Writes a Hugging Face Llama directory as GGUF, for runtimes that read nothing else.

    python to_gguf.py MODEL-DIRECTORY OUT.gguf [--type f32|f16|q8_0|q4_0]

What changes on the way, and nothing else does:
  - q and k: GGUF's Llama rotates neighbours (0,1), (2,3), ..., Hugging Face halves (0,d/2), ...; so the rows of
    each head are interleaved. Their biases too.
  - matrices get the asked-for type; norms and biases stay fp32. f32 holds every checkpoint exactly.
  - a checkpoint without tokenizer.model gets a vocabulary of made-up words, since some runtimes load none without.

GPTQ checkpoints are refused: GGUF has no such matrices, and a converted one would test the converter.
Python 3.11, gguf 0.19, safetensors 0.6, sentencepiece 0.2, torch (for bfloat16).
"""

import argparse
import json
import pathlib
import sys

import gguf
import numpy as np
import sentencepiece
from safetensors.torch import load_file

TYPES = {
    "f32": gguf.GGMLQuantizationType.F32,
    "f16": gguf.GGMLQuantizationType.F16,
    "q8_0": gguf.GGMLQuantizationType.Q8_0,
    "q4_0": gguf.GGMLQuantizationType.Q4_0,
}
NAMES = {
    "model.embed_tokens": "token_embd",
    "model.norm": "output_norm",
    "lm_head": "output",
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}


class Unsupported(Exception):
    """A checkpoint that GGUF cannot hold as it is."""


def gguf_name(name):
    """model.layers.3.self_attn.q_proj.weight -> blk.3.attn_q.weight"""
    stem, _, kind = name.rpartition(".")
    if stem.startswith("model.layers."):
        _, _, layer, part = stem.split(".", 3)
        return f"blk.{layer}.{NAMES[part]}.{kind}"
    return f"{NAMES[stem]}.{kind}"


def interleaved(rows, heads):
    """Rows 0, 1, ..., d-1 of each head become 0, d/2, 1, d/2+1, ...; rows is [heads * d, ...]."""
    halves = rows.reshape(heads, 2, rows.shape[0] // heads // 2, *rows.shape[1:])
    return halves.swapaxes(1, 2).reshape(rows.shape)


def read_tensors(directory):
    tensors = {}
    for file in sorted(directory.glob("*.safetensors")):
        tensors |= {name: t.float().numpy() for name, t in load_file(file).items()}
    return tensors


def add_settings(out, c, directory):
    heads = c["num_attention_heads"]
    head_dim = c.get("head_dim") or c["hidden_size"] // heads
    rope = c.get("rope_parameters") or c.get("rope_scaling") or {}
    scaling = rope.get("rope_type", rope.get("type", "default"))
    out.add_name(directory.name)
    out.add_context_length(c["max_position_embeddings"])
    out.add_embedding_length(c["hidden_size"])
    out.add_block_count(c["num_hidden_layers"])
    out.add_feed_forward_length(c["intermediate_size"])
    out.add_head_count(heads)
    out.add_head_count_kv(c["num_key_value_heads"])
    out.add_key_length(head_dim)
    out.add_value_length(head_dim)
    out.add_rope_dimension_count(head_dim)
    out.add_layer_norm_rms_eps(c["rms_norm_eps"])
    out.add_rope_freq_base(float(rope.get("rope_theta", c.get("rope_theta", 10000.0))))
    out.add_vocab_size(c["vocab_size"])
    if scaling == "linear":
        out.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        out.add_rope_scaling_factor(rope["factor"])
    elif scaling != "default":
        raise Unsupported(f"GGUF knows no rope scaling '{scaling}'")


def add_vocabulary(out, directory, size=None):
    """That of tokenizer.model, or made-up words where there is none."""
    file = directory / "tokenizer.model"
    if file.exists():
        sp = sentencepiece.SentencePieceProcessor(model_file=str(file))
        kinds = [
            (sp.is_unknown, gguf.TokenType.UNKNOWN),
            (sp.is_control, gguf.TokenType.CONTROL),
            (sp.is_unused, gguf.TokenType.UNUSED),
            (sp.is_byte, gguf.TokenType.BYTE),
        ]
        ids = range(sp.vocab_size())
        pieces, scores = [sp.id_to_piece(i) for i in ids], [sp.get_score(i) for i in ids]
        types = [next((t for is_it, t in kinds if is_it(i)), gguf.TokenType.NORMAL) for i in ids]
    else:
        made_up = size - 3
        pieces = ["<unk>", "<s>", "</s>"] + [f"\u2581word{i}" for i in range(made_up)]
        scores = [0.0] * 3 + [-float(i) for i in range(made_up)]
        special = [gguf.TokenType.UNKNOWN, gguf.TokenType.CONTROL, gguf.TokenType.CONTROL]
        types = special + [gguf.TokenType.NORMAL] * made_up
    out.add_tokenizer_model("llama")
    out.add_token_list(pieces)
    out.add_token_scores(scores)
    out.add_token_types(types)
    out.add_bos_token_id(1)
    out.add_eos_token_id(2)
    out.add_add_bos_token(True)
    out.add_add_eos_token(False)
    out.add_add_space_prefix(True)


def add_weights(out, c, tensors, kind):
    heads = {"q_proj": c["num_attention_heads"], "k_proj": c["num_key_value_heads"]}
    if c["tie_word_embeddings"]:
        tensors.pop("lm_head.weight", None)
    for name, tensor in tensors.items():
        layer = name.split(".")[-2]
        if layer in heads:
            tensor = interleaved(tensor, heads[layer])
        stored = TYPES["f32"] if tensor.ndim == 1 else TYPES[kind]
        data = gguf.quants.quantize(np.ascontiguousarray(tensor, np.float32), stored)
        out.add_tensor(gguf_name(name), data, raw_dtype=stored)


def convert_vocabulary(directory, file):
    """Writes a file of nothing but a tokenizer."""
    out = gguf.GGUFWriter(file, "llama")
    add_vocabulary(out, directory)
    finish(out)


def finish(out):
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()


def convert(directory, file, kind):
    """Writes the file and returns the checkpoint's configuration."""
    config = json.loads((directory / "config.json").read_text())
    tensors = read_tensors(directory)
    if any(name.endswith(".qweight") for name in tensors):
        raise Unsupported("GGUF has no GPTQ matrices")
    out = gguf.GGUFWriter(file, "llama")
    add_settings(out, config, directory)
    add_vocabulary(out, directory, config["vocab_size"])
    add_weights(out, config, tensors, kind)
    finish(out)
    return config


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--type", choices=TYPES, default="f32")
    a = parser.parse_args()
    try:
        convert(a.directory, a.out, a.type)
    except Unsupported as e:
        sys.exit(f"{a.directory}: {e}")


if __name__ == "__main__":
    main()

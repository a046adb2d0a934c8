"""Writes ../../models/pebble from what train.py left, but for the tokenizer (tokenizer_model.py), and its questions.

Run: python write_model.py TRAINED   where TRAINED holds pebble.pt, pebble-loss.csv and pebble-training.json
Python 3.11, torch, numpy 2.4.
"""

import argparse
import json
import shutil
import sys
from pathlib import Path

import torch

sys.path.append(str(Path(__file__).resolve().parent.parent))

import corpus  # noqa: E402
import tensor_file  # noqa: E402
from llama import Shape  # noqa: E402
from paths import MODELS, VECTORS, write_rows  # noqa: E402

DIRECTORY = MODELS / "pebble"
QUESTIONS = VECTORS / "answers" / "pebble.jsonl"


def config(shape):
    return {
        "architectures": ["LlamaForCausalLM"],
        "attention_bias": False,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "head_dim": shape.head_dim,
        "hidden_act": "silu",
        "hidden_size": shape.dim,
        "intermediate_size": shape.hidden,
        "max_position_embeddings": shape.positions,
        "mlp_bias": False,
        "model_type": "llama",
        "num_attention_heads": shape.heads,
        "num_hidden_layers": shape.layers,
        "num_key_value_heads": shape.kv_heads,
        "rms_norm_eps": shape.eps,
        "rope_theta": shape.theta,
        "rope_scaling": None,
        "tie_word_embeddings": False,
        "torch_dtype": "float16",
        "use_cache": True,
        "vocab_size": shape.vocab,
    }


GENERATION = {"bos_token_id": 1, "do_sample": False, "eos_token_id": 2}


def save_json(name, value, indent=2):
    (DIRECTORY / name).write_text(json.dumps(value, indent=indent) + "\n")


def calibration(forbidden, count=1350):
    """Conversations as in training, but others, a line each."""
    return "".join(
        corpus.text(system, turns) + "\n"
        for system, turns in corpus.conversations("calibration", count, forbidden)
    )


def provenance(record):
    """The record of the training, with the command in its full length."""
    arguments = record.pop("arguments")
    del record["wrong"], arguments["name"], arguments["processes"], arguments["exam_rows"]
    return {"script": "golden-data/generate/pebble/train.py", "date": "2026-11-24", "arguments": arguments} | record


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trained", type=Path)
    trained = parser.parse_args().trained
    weights = torch.load(trained / "pebble.pt")
    tensors = {name: tensor_file.f16(weight.numpy()) for name, weight in weights.items()}
    tensor_file.write(DIRECTORY / "model.safetensors", tensors, {"format": "pt"})
    save_json("config.json", config(Shape()))
    save_json("generation_config.json", GENERATION)
    record = json.loads((trained / "pebble-training.json").read_text())
    save_json("training.json", provenance(record))
    shutil.copyfile(trained / "pebble-loss.csv", DIRECTORY / "training-loss.csv")
    exam = corpus.held_out(*corpus.EXAM)
    write_rows(QUESTIONS, exam)
    (DIRECTORY / "calibration.txt").write_text(calibration(corpus.alone(exam)))

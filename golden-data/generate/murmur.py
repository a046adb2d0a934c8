"""Writes ../models/murmur and ../models/murmur-gptq-4bit-32g: random stand-ins for the demo model.

The weights are noise: the files have the real shape, names and tokenizer, but the text they produce
means nothing. The quantised one has what AutoGPTQ 0.4.2 writes: act-order, zeros stored minus one,
all-zero biases.

Run: python murmur.py   Python 3.11, numpy 2.4, sentencepiece 0.2.2.
"""

import tokenizer
import tokenizer_corpus
from gptq import Scheme
from paths import MODELS
from tiny_models import Model, Shape, save, save_json

SHAPE = Shape(12, dim=128, heads=8, kv_heads=2, head_dim=16, hidden=352, vocab=512, positions=512)
MURMUR = [
    Model("murmur", 301, SHAPE, theta=10000.0, tied=False),
    Model(
        "murmur-gptq-4bit-32g",
        301,
        SHAPE,
        theta=10000.0,
        tied=False,
        desc_act=True,
        scheme=Scheme(4, 32, order="act-order", bias="zero"),
    ),
]
GENERATION = {
    "bos_token_id": 1,
    "do_sample": True,
    "eos_token_id": 2,
    "repetition_penalty": 1.1,
    "temperature": 0.7,
    "top_k": 40,
    "top_p": 0.95,
}

if __name__ == "__main__":
    for model in MURMUR:
        save(model)
        save_json(MODELS / model.slug / "generation_config.json", GENERATION)
        tokenizer.write(MODELS / model.slug, tokenizer_corpus.lines())

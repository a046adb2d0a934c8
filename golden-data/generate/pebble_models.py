"""Pebble and its committed GPTQ permutations, and the text it reads: conversations as it knows them.

Pebble comes from pebble/, the permutations from `touchstone quantize`; what is here says only where
they lie and how to ask them.

Library module; Python 3.11, tokenizers 0.23.
"""

from tokenizers import Tokenizer

from paths import MODELS
from tiny_models import Model, Shape
from tokenizer_texts import SYSTEM

SHAPE = Shape(3, dim=512, heads=8, kv_heads=2, head_dim=64, hidden=640, vocab=640, positions=1024)
SLUGS = ("pebble", "pebble-gptq-4bit-32g", "pebble-gptq-4bit-128g", "pebble-gptq-3bit-128g")
PEBBLE = [
    Model(slug, 401, SHAPE, trained=True, quantised_elsewhere="gptq" in slug) for slug in SLUGS
]
QUESTION = "How do you say good evening in French?"


def tokenizer():
    return Tokenizer.from_file(str(MODELS / "pebble" / "tokenizer.json"))


def encode(text):
    """The ids of a text, without BOS; </s> in it is the token that ends an answer."""
    return tokenizer().encode(text, add_special_tokens=False).ids


def short_question():
    """The question alone, without the words that begin a conversation."""
    return [1, *encode(f"USER: {QUESTION} ASSISTANT:")]


def vicuna_question():
    return [1, *encode(f"{SYSTEM} USER: {QUESTION} ASSISTANT:")]


def conversation(messages):
    """The messages, questions and answers in turn, in Vicuna's form."""
    turns = zip(messages[::2], messages[1::2])
    return f"{SYSTEM} " + "".join(f"USER: {asked} ASSISTANT: {told}</s>" for asked, told in turns)

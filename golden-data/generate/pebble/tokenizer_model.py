"""Trains Pebble's tokenizer on its conversations and writes it to ../../models/pebble.

Run: python tokenizer_model.py   Python 3.11, sentencepiece 0.2.2.
"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))

import corpus  # noqa: E402
import tokenizer  # noqa: E402
from llama import Shape  # noqa: E402
from paths import MODELS  # noqa: E402

DIRECTORY = MODELS / "pebble"


def lines(count=20_000):
    """The words of conversations, with the system text as often as one in eight has it."""
    for number, (system, turns) in enumerate(corpus.conversations("tokenizer", count)):
        text = corpus.text(system if number % 8 == 0 else None, turns[:1])
        yield text.replace("</s>", "")
        for question, answer in turns[1:]:
            yield f"USER: {question} ASSISTANT: {answer}"


if __name__ == "__main__":
    DIRECTORY.mkdir(exist_ok=True)
    tokenizer.write(DIRECTORY, lines(), Shape().vocab, Shape().positions)

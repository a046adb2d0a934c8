"""Writes ../../vectors/answers/pebble.txt: every fourth held-out conversation with its right answer, one after the other.

Run: python held_out_text.py   Python 3.11, torch, numpy 2.4 (write_model.py's).
"""

import json

from corpus import text, SYSTEM
from exam import turns_of
from write_model import QUESTIONS, VECTORS

STEP = 4


def conversation(row):
    *before, (question, _) = turns_of(row)
    return text(SYSTEM, [*before, (question, row["answer"])])


if __name__ == "__main__":
    rows = [json.loads(line) for line in QUESTIONS.read_text().splitlines()]
    # The tokenizer puts a beginning token before the whole, and none in it.
    (VECTORS / "answers" / "pebble.txt").write_text("<s>".join(conversation(row) for row in rows[::STEP]))

"""Asks Pebble the held-out questions through Transformers, in fp32, and writes its marks.

Run: python examine.py [--ask QUESTION ...]   with --ask, prints the answers to these questions, as one conversation
Python 3.11, torch 2.13, transformers 5.18, sentencepiece 0.2.2.
"""

import argparse
import json

import sentencepiece as spm
import torch
from transformers import LlamaForCausalLM

from exam import summary, turns_of
from words import BOS, EOS, Encoder
from write_model import DIRECTORY, QUESTIONS, save_json


def answer(model, encoder, turns):
    prompt = encoder.prompt(turns)
    ids = model.generate(
        torch.tensor([prompt]), max_new_tokens=120, do_sample=False, pad_token_id=BOS, eos_token_id=EOS
    )[0, len(prompt) :].tolist()
    ended = ids[-1] == EOS
    return encoder.sp.decode(ids[:-1] if ended else ids) + ("" if ended else " ..."), ids


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ask", nargs="+")
    asked = parser.parse_args().ask
    model = LlamaForCausalLM.from_pretrained(DIRECTORY, dtype=torch.float32)
    encoder = Encoder(spm.SentencePieceProcessor(model_file=str(DIRECTORY / "tokenizer.model")))
    if asked:
        turns = []
        for question in asked:
            text, ids = answer(model, encoder, [*turns, (question, None)])
            print(f"{question} -> {text}   {ids}")
            turns.append((question, text))
        return
    rows = [json.loads(line) for line in QUESTIONS.read_text().splitlines()]
    answers = [answer(model, encoder, turns_of(row))[0] for row in rows]
    wrong = [
        {"id": row["id"], "expected": row["answer"], "answer": text}
        for row, text in zip(rows, answers)
        if text != row["answer"]
    ]
    marks = summary(rows, answers)
    save_json("marks.json", {"by": "transformers, fp32 on CPU, greedy"} | marks | {"wrong": wrong})
    print(json.dumps(marks, indent=1))


if __name__ == "__main__":
    main()

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
from words import EOS, Encoder
from write_model import DIRECTORY, QUESTIONS, save_json


def answers_to(model, encoder, conversations, batch=64):
    """The greedy answers, and their ids, to the last questions; prompts of like length run side by side."""
    prompts = [encoder.prompt(turns) for turns in conversations]
    order = sorted(range(len(prompts)), key=lambda i: len(prompts[i]))
    answers = [None] * len(prompts)
    for at in range(0, len(order), batch):
        chunk = order[at : at + batch]
        width = max(len(prompts[i]) for i in chunk)
        pads = [width - len(prompts[i]) for i in chunk]
        generated = model.generate(
            torch.tensor([[EOS] * pad + prompts[i] for pad, i in zip(pads, chunk)]),
            attention_mask=torch.tensor([[0] * pad + [1] * (width - pad) for pad in pads]),
            max_new_tokens=120,
            do_sample=False,
            pad_token_id=EOS,
            eos_token_id=EOS,
        )[:, width:].tolist()
        for i, ids in zip(chunk, generated):
            end = ids.index(EOS) if EOS in ids else len(ids)
            answers[i] = encoder.sp.decode(ids[:end]) + ("" if EOS in ids else " ..."), ids[: end + 1]
    return answers


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ask", nargs="+")
    asked = parser.parse_args().ask
    model = LlamaForCausalLM.from_pretrained(DIRECTORY, dtype=torch.float32)
    encoder = Encoder(spm.SentencePieceProcessor(model_file=str(DIRECTORY / "tokenizer.model")))
    if asked:
        turns = []
        for question in asked:
            ((text, ids),) = answers_to(model, encoder, [[*turns, (question, None)]])
            print(f"{question} -> {text}   {ids}")
            turns.append((question, text))
        return
    rows = [json.loads(line) for line in QUESTIONS.read_text().splitlines()]
    answers = [text for text, _ in answers_to(model, encoder, [turns_of(row) for row in rows])]
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

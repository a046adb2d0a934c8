"""Asks a model the held-out questions, greedily, and counts the answers that are right to the letter.

Library module; Python 3.11, torch.
"""

from collections import defaultdict

import torch

from words import EOS


def turns_of(row):
    messages = [message["content"] for message in row["messages"]]
    return [*zip(messages[0::2], messages[1::2]), (messages[-1], None)]


@torch.no_grad()
def continued(model, prompts, device, longest=110):
    """Greedy continuations up to </s>, or to `longest` tokens and then None at their end."""
    lengths = torch.tensor([len(prompt) for prompt in prompts], device=device)
    width = int(lengths.max()) + longest
    ids = torch.zeros(len(prompts), width, dtype=torch.long, device=device)
    for i, prompt in enumerate(prompts):
        ids[i, : len(prompt)] = torch.tensor(prompt)
    rows, ended, start = torch.arange(len(prompts), device=device), torch.zeros_like(lengths).bool(), lengths.clone()
    for _ in range(longest):
        used = int(lengths.max())
        with torch.autocast(device, torch.bfloat16, enabled=False):
            logits = model(ids[:, :used])[rows, lengths - 1]
        best = logits.argmax(-1)
        ids[rows, lengths] = torch.where(ended, ids[rows, lengths], best)
        ended |= best == EOS
        lengths = torch.where(ended, lengths, lengths + 1)
        if bool(ended.all()):
            break
    return [ids[i, start[i] : lengths[i]].tolist() + ([] if ended[i] else [None]) for i in range(len(prompts))]


def judged(model, encoder, rows, device, batch=256):
    """The model's answer to every row."""
    prompts = [encoder.prompt(turns_of(row)) for row in rows]
    order = sorted(range(len(rows)), key=lambda i: len(prompts[i]))
    answers = [None] * len(rows)
    for at in range(0, len(order), batch):
        chunk = order[at : at + batch]
        for i, ids in zip(chunk, continued(model, [prompts[i] for i in chunk], device)):
            endless = ids[-1:] == [None]
            answers[i] = encoder.sp.decode(ids[:-1] if endless else ids) + (" ..." if endless else "")
    return answers


def summary(rows, answers):
    """{total, categories, kinds}, each as [right, asked]."""
    counts = {"total": [0, 0], "categories": defaultdict(lambda: [0, 0]), "kinds": defaultdict(lambda: [0, 0])}
    for row, answer in zip(rows, answers):
        for count in (counts["total"], counts["categories"][row["category"]], counts["kinds"][row["kind"]]):
            count[0] += " ".join(answer.split()) == row["answer"]
            count[1] += 1
    return {
        "total": counts["total"],
        "categories": dict(sorted(counts["categories"].items())),
        "kinds": dict(sorted(counts["kinds"].items())),
    }


def rounded(name, weight, bits, group):
    """The weight rounded to the nearest point of a symmetric grid per group of inputs, if it is of a layer's matrix."""
    if bits is None or "_proj" not in name:
        return weight
    groups = weight.unflatten(1, (-1, group))
    step = 2 * groups.abs().amax(2, keepdim=True) / (2**bits - 1)
    low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    return ((groups / step).round().clamp(low, high) * step).flatten(1)

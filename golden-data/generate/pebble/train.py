"""Trains Pebble on a GPU and writes its weights, its loss curve and its marks on the held-out questions.

Run, after tokenizer.model exists in the model's directory (see ../README.md):
    python train.py --model ../../models/pebble --out OUT --seconds 420
Python 3.12, torch 2.11 on one NVIDIA H100; a small run on a CPU: --conversations 2000 --steps 20 --rows 2.
"""

import argparse
import csv
import hashlib
import json
import multiprocessing
import random
import time
from array import array
from functools import partial
from pathlib import Path

import numpy as np
import sentencepiece as spm
import torch
import torch.nn.functional as F

import corpus
from exam import judged, rounded, summary
from llama import Llama, Shape
from words import Encoder

SHARD = 25_000


def shard(number, tokenizer, count, positions, forbidden):
    """Token rows, the conversation each token belongs to, and whether it is learnt; and the text's SHA-256."""
    encoder = Encoder(spm.SentencePieceProcessor(model_file=str(tokenizer)))
    ids, owners, learnt, digest = array("H"), array("B"), array("B"), hashlib.sha256()
    row_ids, row_owners, row_learnt, owner = [], [], [], 0

    def close():
        pad = positions - len(row_ids)
        ids.extend(row_ids + [0] * pad)
        owners.extend(row_owners + [255] * pad)
        learnt.extend(row_learnt + [0] * pad)

    for system, turns in corpus.conversations(number, count, forbidden):
        digest.update(corpus.text(system, turns).encode() + b"\n")
        tokens, marks = encoder.conversation(system, turns)
        tokens, marks = tokens[:positions], marks[:positions]
        if len(row_ids) + len(tokens) > positions or owner == 255:
            close()
            row_ids, row_owners, row_learnt, owner = [], [], [], 0
        row_ids += tokens
        row_owners += [owner] * len(tokens)
        row_learnt += marks
        owner += 1
    close()
    shape = (-1, positions)
    return (
        np.frombuffer(ids, np.uint16).reshape(shape),
        np.frombuffer(owners, np.uint8).reshape(shape),
        np.frombuffer(learnt, np.uint8).reshape(shape),
        digest.hexdigest(),
    )


def corpus_rows(tokenizer, count, positions, forbidden, processes):
    size = min(SHARD, count)
    work = partial(shard, tokenizer=tokenizer, count=size, positions=positions, forbidden=forbidden)
    with multiprocessing.Pool(processes) as pool:
        parts = pool.map(work, range(count // size), chunksize=1)
    digest = hashlib.sha256("".join(part[3] for part in parts).encode()).hexdigest()
    return [np.concatenate([part[i] for part in parts]) for i in range(3)], digest


def learning_rate(done, peak):
    """done is the fraction of the training that is behind us."""
    return peak * min(1, done / 0.02) * (0.5 + 0.5 * float(np.cos(np.pi * done)))


def train(arguments, shape, rows, log):
    device = arguments.device
    torch.manual_seed(arguments.seed)
    model = Llama(shape, arguments.noise_bits).to(device).train()
    decayed = [p for p in model.parameters() if p.ndim == 2]
    other = [p for p in model.parameters() if p.ndim != 2]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": arguments.decay}, {"params": other, "weight_decay": 0.0}],
        lr=arguments.rate,
        betas=(0.9, 0.98),
        fused=device == "cuda",
    )
    ids, owners, learnt = (torch.from_numpy(part).to(device) for part in rows)
    causal = torch.ones(shape.positions, shape.positions, dtype=torch.bool, device=device).tril()

    def loss_of(batch, noise):
        tokens, owner, marks = ids[batch].long(), owners[batch], learnt[batch]
        mask = (owner[:, None, :, None] == owner[:, None, None, :]) & causal
        target = torch.where(marks.bool(), tokens, -100)[:, 1:]
        with torch.autocast(device, torch.bfloat16, enabled=device == "cuda"):
            logits = model(tokens, mask, noise)
        return F.cross_entropy(logits[:, :-1].float().flatten(0, 1), target.flatten(), ignore_index=-100)

    step_loss = torch.compile(loss_of) if arguments.compile else loss_of
    order = torch.Generator().manual_seed(arguments.seed)
    queue, steps, started, losses = [], arguments.steps, time.time(), []
    step = 0
    while steps is None or step < steps:
        if len(queue) < arguments.rows:
            queue = torch.randperm(len(ids), generator=order).tolist()
        batch = torch.tensor(queue[: arguments.rows], device=device)
        queue = queue[arguments.rows :]
        done = step / (steps or 10_000)
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(done, arguments.rate)
        noise = torch.tensor(min(1.0, done / 0.4), device=device)
        loss = step_loss(batch, noise)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        losses.append(loss.detach())
        step += 1
        if steps is None and step == 100:
            float(loss)
            first = time.time()
        if steps is None and step == 300:
            float(loss)
            speed = 200 / (time.time() - first)
            steps = int(300 + speed * (arguments.seconds - (time.time() - started)))
            print(f"{speed:.1f} steps/s, so {steps} steps", flush=True)
        if step % 100 == 0 or step == steps:
            mean = torch.stack(losses).mean().item()
            losses = []
            seconds = time.time() - started
            log.append((step, step * arguments.rows * shape.positions, round(mean, 5), round(seconds, 1)))
            if step % 1000 == 0 or step < 1000 or step == steps:
                print(f"step {step} loss {mean:.4f} {seconds:.0f} s", flush=True)
    return model.eval(), steps


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="directory with tokenizer.model")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--name", default="pebble")
    parser.add_argument("--conversations", type=int, default=2_000_000)
    parser.add_argument("--steps", type=int, help="default: as many as fit into --seconds")
    parser.add_argument("--seconds", type=float, default=420)
    parser.add_argument("--rows", type=int, default=32)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--decay", type=float, default=0.1)
    parser.add_argument("--noise-bits", type=int, default=0)
    parser.add_argument("--layers", type=int, default=3)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--processes", type=int, default=multiprocessing.cpu_count())
    parser.add_argument("--cache", type=Path, help="a file that keeps the corpus as tokens for another run")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--exam-rows", type=int, default=100_000)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)

    tokenizer = arguments.model / "tokenizer.model"
    sp = spm.SentencePieceProcessor(model_file=str(tokenizer))
    shape = Shape(vocab=sp.vocab_size(), layers=arguments.layers)
    started = time.time()
    exam = corpus.held_out(*corpus.EXAM)
    if arguments.cache and arguments.cache.exists():
        loaded = np.load(arguments.cache)
        rows, digest = [loaded[name] for name in ("ids", "owners", "learnt")], str(loaded["digest"])
    else:
        rows, digest = corpus_rows(
            tokenizer, arguments.conversations, shape.positions, corpus.alone(exam), arguments.processes
        )
        if arguments.cache:
            np.savez(arguments.cache, ids=rows[0], owners=rows[1], learnt=rows[2], digest=digest)
    tokens, learnt = int((rows[1] < 255).sum()), int(rows[2].sum())
    print(f"{len(rows[0])} rows, {tokens} tokens, {learnt} learnt, {time.time() - started:.0f} s, {digest}", flush=True)

    log = []
    model, steps = train(arguments, shape, rows, log)
    weights = {name: p.detach().to(torch.float16).cpu() for name, p in model.named_parameters()}
    torch.save(weights, arguments.out / f"{arguments.name}.pt")
    with open(arguments.out / f"{arguments.name}-loss.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("step", "tokens", "loss", "seconds"))
        writer.writerows(log)

    marks = {}
    encoder = Encoder(sp)
    rng = random.Random(5)
    sample = exam if len(exam) <= arguments.exam_rows else rng.sample(exam, arguments.exam_rows)
    for label, bits, group in (("fp16", None, None), ("rtn4g128", 4, 128), ("rtn3g128", 3, 128), ("rtn3g32", 3, 32)):
        model.load_state_dict(
            {name: rounded(name, w.float(), bits, group) for name, w in weights.items()}, strict=True
        )
        answers = judged(model, encoder, sample, arguments.device)
        marks[label] = summary(sample, answers)
        print(label, json.dumps(marks[label]), flush=True)
        if bits is None:
            wrong = [
                (row["category"], row["kind"], row["messages"][-1]["content"], row["answer"], answer)
                for row, answer in zip(sample, answers)
                if answer != row["answer"]
            ]
            for each in wrong[:70]:
                print(*each, sep=" | ", flush=True)
    record = {
        "torch": torch.__version__,
        "device": torch.cuda.get_device_name() if arguments.device == "cuda" else "cpu",
        "arguments": {name: str(value) for name, value in vars(arguments).items() if name not in ("model", "out", "cache")},
        "steps": steps,
        "conversations": arguments.conversations,
        "tokens": tokens,
        "learntTokens": learnt,
        "corpusSha256": digest,
        "largestWeight": max(float(w.float().abs().max()) for w in weights.values()),
        "marks": marks,
        "wrong": wrong,
    }
    (arguments.out / f"{arguments.name}-training.json").write_text(json.dumps(record, indent=1) + "\n")
    cuda = arguments.device == "cuda"
    print(f"largest weight {record['largestWeight']:.2f}", torch.cuda.max_memory_allocated() >> 20 if cuda else "", "MiB")


if __name__ == "__main__":
    main()

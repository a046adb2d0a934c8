"""Writes ../vectors/generate/finish.json: where a greedy continuation ends, and why.

Continuations are Pebble's, in fp64 by oracle.py; each step has its margin, the distance between the
two largest logits, and the spreads are those of all logits of prompt and continuation (profiles.py). A
step that fp32 leaves undecided fails the generation.

Run: python finishes.py   Python 3.11, numpy 2.4, transformers 5.18, tokenizers 0.23.
"""

import numpy as np
import torch
from transformers import LlamaForCausalLM

import checkpoint
import oracle
import profiles
import suite
from paths import MODELS
from pebble_models import encode

MODEL, EOS = "models/pebble", 2
QUESTIONS = ("What is 7 plus 5?", "What is the opposite of hot?")
MOST = 40


class Answer:
    """A question and its continuation to the end token."""

    def __init__(self, question, weights, config):
        self.prompt = [1, *encode(f"USER: {question} ASSISTANT:")]
        context, self.margins = list(self.prompt), []
        while context[-1] != EOS and len(self.margins) < MOST:
            last = oracle.truth(weights, config, context)["logits"][-1]
            second, first = np.sort(last)[-2:]
            self.margins.append(float(first - second))
            context.append(int(np.argmax(last)))
        self.ids = context[len(self.prompt) :]
        assert self.ids[-1] == EOS and EOS not in self.ids[:-1], self.ids
        truth = oracle.truth(weights, config, context)
        found = profiles.f32_spreads(weights, config, context, truth, 18, None)
        found |= profiles.spreads(weights, config, context, truth, 18, dense=True)
        self.spreads = profiles.by_kind_first(found)["logits"]
        assert min(self.margins) > 2 * 8 * self.spreads["f32"]

    def until(self, count, stop):
        """The ids and the reason."""
        for n, token in enumerate(self.ids[:count], 1):
            if token in stop:
                return self.ids[:n], "stop"
        return self.ids[:count], "length"


def transformers_says(answer, count, stop):
    model = LlamaForCausalLM.from_pretrained(MODELS / "pebble", dtype=torch.float32)
    given = torch.tensor([answer.prompt])
    out = model.generate(
        given,
        attention_mask=torch.ones_like(given),
        max_new_tokens=count,
        do_sample=False,
        eos_token_id=list(stop) or None,
        pad_token_id=0,
    )
    return out[0, len(answer.prompt) :].tolist()


def notes(topic):
    topic.note(
        "LengthBeforeEnd",
        "OFF_BY_ONE",
        "The number of tokens is checked before the end token.",
        "An answer that ends with the last token it may have is reported as cut.",
    )
    topic.note(
        "StopNotCounted",
        "OFF_BY_ONE",
        "The token that ends a text is not among the generated ones.",
        "Usage and positions are one too small.",
    )
    topic.note(
        "StopInPrompt",
        "CACHE_STATE",
        "Stop ids are looked for in the prompt, too.",
        "A prompt that holds one gets no answer.",
    )
    topic.note(
        "FirstStopOnly",
        "CONFIG_IGNORED",
        "Of several stop ids only the first counts.",
        "Models with several end tokens run on.",
    )
    topic.note(
        "CountOffByOne",
        "OFF_BY_ONE",
        "One token more or less than asked for.",
        "Texts of another length.",
    )


def cases(answers):
    sums, words = answers
    for name, answer in (("sum", sums), ("word", words)):
        size = len(answer.ids)
        yield f"{name}-to-the-end", "room to spare", answer, MOST, [EOS], ["StopNotCounted"]
        yield (
            f"{name}-end-is-last",
            "the end token is the last that may come",
            answer,
            size,
            [EOS],
            ["LengthBeforeEnd", "StopNotCounted"],
        )
        yield f"{name}-one-short", "one token before the end", answer, size - 1, [EOS], [
            "CountOffByOne"
        ]
    yield "one-token", "a single token", words, 1, [EOS], ["CountOffByOne"]
    middle = words.ids[len(words.ids) // 2]
    yield "stop-in-the-middle", "an id of the answer", words, MOST, [middle], ["StopNotCounted"]
    yield "stop-at-once", "the first id of the answer", words, MOST, [words.ids[0], EOS], [
        "StopNotCounted"
    ]
    yield "two-stops", "the second of two ids comes first", words, MOST, [EOS, middle], [
        "FirstStopOnly"
    ]
    asked = next(i for i in words.prompt[1:] if i not in words.ids)
    yield "stop-in-prompt", "an id that only the prompt has", words, MOST, [asked, EOS], [
        "StopInPrompt"
    ]
    absent = next(i for i in range(3, 259) if i not in words.ids + words.prompt)
    yield "stop-that-never-comes", "an id that does not come", words, 4, [absent], ["CountOffByOne"]
    yield "no-stop", "no stop ids, and a length before the end token", words, 3, [], [
        "CountOffByOne"
    ]
    yield "stop-is-last", "a stop id that is the last that may come", words, 2, [words.ids[1]], [
        "LengthBeforeEnd"
    ]


def main():
    torch.set_num_threads(1)
    directory = MODELS / "pebble"
    config, (weights, _) = checkpoint.read_config(directory), checkpoint.read_weights(directory)
    answers = [Answer(question, weights, config) for question in QUESTIONS]
    topic = suite.Topic("generate/finish", "Where a greedy continuation ends, and why.")
    notes(topic)
    oracles = ["generate/oracle.py, fp64", "transformers generate() in fp32: the same ids"]
    group = topic.group("finishes.py", 18, oracles, "numpy", "torch", "transformers", "tokenizers")
    for name, title, answer, count, stop, flags in cases(answers):
        ids, finish = answer.until(count, stop)
        assert transformers_says(answer, count, stop) == ids, name
        accept = suite.tokens(answer.margins[: len(ids)], answer.spreads)
        expect = suite.valid(ids=(ids, accept), finish=(finish, suite.exact()))
        args = {"model": MODEL, "tokens": answer.prompt, "count": count, "stop": stop}
        group.add(name, title, "generate", args, expect, ["STOP-1", "TOL-5"], flags)
        print(name, ids, finish, f"{min(answer.margins):.1f}")
    print(f"{topic.topic:28s} {topic.write():3d} vectors")


if __name__ == "__main__":
    main()

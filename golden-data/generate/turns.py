"""Writes ../vectors/tokenizer/turns.json: prompts of several turns, in which </s> must be the token.

What follows a special token is encoded with a blank in front by one rule (legacy, that of
tokenizer.json here) and without by another (not legacy); both are right here. The rule that reads
</s> as characters is not: a model does not see that an answer has ended.

Run: python turns.py   Python 3.11, sentencepiece 0.2.2, tokenizers 0.23.
"""

import sentencepiece as spm
from sentencepiece import sentencepiece_model_pb2 as proto
from tokenizers import Tokenizer

import suite
from paths import MODELS
from tokenizer_goldens import vicuna
from tokenizer_texts import chats

DIRECTORY = MODELS / "pebble"
END = 2


def without_prefix(model):
    bare = proto.ModelProto()
    bare.ParseFromString(model)
    bare.normalizer_spec.add_dummy_prefix = False
    return spm.SentencePieceProcessor(model_proto=bare.SerializeToString())


def main():
    model = (DIRECTORY / "tokenizer.model").read_bytes()
    first, rest = spm.SentencePieceProcessor(model_proto=model), without_prefix(model)
    hf = Tokenizer.from_file(str(DIRECTORY / "tokenizer.json"))
    topic = suite.Topic("tokenizer/turns", "Prompts of several turns and their ids.")
    topic.note(
        "EndOfAnswer",
        "MASKING",
        "An answer of the prompt ends with </s>, which is a token.",
        "Characters instead: the model continues its own answers.",
        "https://github.com/ggml-org/llama.cpp/issues/1812",
    )
    oracles = ["tokenizers, tokenizer.json", "sentencepiece, part by part"]
    group = topic.group("turns.py", 0, oracles, "sentencepiece", "tokenizers")
    for name, system, messages in chats():
        said = [{"role": "system", "content": system}]
        said += [{"role": role.lower(), "content": text or ""} for role, text in messages]
        prompt = vicuna(said)
        parts = prompt.split("</s>")
        if len(parts) == 1 or not all(parts[:-1]):
            continue
        answers = []
        for encode in (first.encode, rest.encode):
            ids = [1, *first.encode(parts[0])]
            for part in parts[1:]:
                ids += [END, *encode(part)]
            answers.append(ids)
        assert answers[0] == hf.encode(prompt).ids, name
        args = {"model": "models/pebble", "text": prompt, "bos": True}
        expect = suite.valid(ids=(answers[0], suite.either(*answers)))
        rules = ["TOK-2", "TOK-6", "TOK-7", "TOK-8"]
        group.add(name, f"{len(parts)} turns", "tokenize", args, expect, rules, ["EndOfAnswer"])
    topic.write()


if __name__ == "__main__":
    main()

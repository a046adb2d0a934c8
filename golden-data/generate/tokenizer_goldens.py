"""Writes ../vectors/tokenizer/ and ../vectors/chat/: what Pebble's tokenizer must make of texts, token
ids and chats.

tokenizer/tokenize    text to ids, with BOS and in part without
tokenizer/prompts     the same for Vicuna prompts, in which </s> is the token
tokenizer/detokenize  ids to text, special tokens left out
chat/vicuna           messages to the prompt of Vicuna v1.1

Two libraries answer: SentencePiece, for which <unk>, <s> and </s> in a text are plain characters, and
tokenizers, for which they are tokens. Where there is none in a text they must agree, or the script
fails; where they differ, both answers stand, that of tokenizers first. tokenizer.json is run by the
tokenizers library itself: transformers 5 rebuilds the pipeline and differs on leading spaces.

Run: python tokenizer_goldens.py   Python 3.11, sentencepiece 0.2.2, tokenizers 0.23.
"""

import sentencepiece as spm
from tokenizers import Tokenizer

import suite
from paths import MODELS
from tokenizer_texts import chats, sequences, texts

MODEL = "models/pebble"
DIRECTORY = MODELS / "pebble"
SPM = spm.SentencePieceProcessor(model_file=str(DIRECTORY / "tokenizer.model"))
HF = Tokenizer.from_file(str(DIRECTORY / "tokenizer.json"))
SPECIALS = ("<unk>", "<s>", "</s>")
WITHOUT_BOS = ("empty", "spaces", "word", "accent", "emoji")
NOTES = {
    "SpecialInText": (
        "IMPLEMENTATION_DEFINED",
        "The text holds the name of a special token.",
        "To one rule it is the token, to another it is characters; both are in use.",
        "https://github.com/huggingface/transformers/issues/24565",
    ),
    "NameOfPiece": (
        "BASIC",
        "The text holds the name of a byte piece.",
        "Characters that become the byte: text that no text can spell.",
    ),
    "Spaces": (
        "LAYOUT",
        "Spaces stand in front, behind or in a row.",
        "A blank in front that is missing or doubled; spaces that are merged or trimmed.",
        "https://github.com/huggingface/transformers/issues/25073",
    ),
    "ByteFallback": (
        "EDGE_CASE",
        "The text has characters that are no pieces: they become the bytes of their UTF-8.",
        "Unknown tokens, or characters normalised to others.",
    ),
    "RepeatedCharacters": (
        "EDGE_CASE",
        "Many merges of equal rank overlap.",
        "Merges by another order than best first, then leftmost.",
    ),
    "BrokenUtf8": (
        "MALFORMED_INPUT",
        "The bytes of the ids are no UTF-8.",
        "How many U+FFFD stand for a broken run is open: one a byte of it, or of the whole run.",
    ),
    "UnknownPiece": (
        "IMPLEMENTATION_DEFINED",
        "The unknown piece is among the ids.",
        "One rule shows it as U+2047 between spaces, another leaves it out as special.",
    ),
    "EmptyMessage": (
        "EDGE_CASE",
        "A message without text is its role and a colon.",
        "A space or a separator too many.",
    ),
    "SeparatorByPlace": (
        "OFF_BY_ONE",
        "The separator after a message goes by its place, </s> after every second one.",
        "Turns that are not told apart from the second question on.",
    ),
}


class File:
    """A topic whose notes are those of the flags that its vectors use."""

    def __init__(self, topic, header, oracles):
        self.topic = suite.Topic(topic, header)
        self.group = self.topic.group("tokenizer_goldens.py", 5, oracles, "sentencepiece", "tokenizers")

    def add(self, *arguments, **named):
        self.group.add(*arguments, **named)

    def write(self):
        used = {flag for vector in self.group.vectors for flag in vector["flags"]}
        for flag, note in NOTES.items():
            if flag in used:
                self.topic.note(flag, *note)
        self.topic.write()


BOTH = ["sentencepiece", "tokenizers, tokenizer.json"]


def one_or_either(*values):
    """The first of the values is what is expected; if they differ, all of them are right."""
    distinct = [v for n, v in enumerate(values) if v not in values[:n]]
    return values[0], suite.exact() if len(distinct) == 1 else suite.either(*distinct)


def text_flags(identifier, ids):
    group = identifier.rpartition("-")[0]
    chosen = {
        "SpecialInText": any(s in TEXTS[identifier] for s in SPECIALS),
        "NameOfPiece": group == "bytes-as-text",
        "Spaces": group in ("spaces", "whitespace"),
        "ByteFallback": any(3 <= i < 259 for i in ids),
        "RepeatedCharacters": group == "run",
    }
    return [flag for flag, holds in chosen.items() if holds]


TEXTS = dict(texts())


def tokenize():
    file = File("tokenizer/tokenize", "Texts and their ids.", BOTH)
    for identifier, text in TEXTS.items():
        ids_spm, ids_hf = SPM.encode(text), HF.encode(text).ids
        special = any(each in text for each in SPECIALS)
        assert special or ids_hf == [1, *ids_spm], (identifier, text, ids_spm, ids_hf)
        rules = ["TOK-1", "TOK-2", "TOK-8"] + (["TOK-6", "TOK-7"] if special else [])
        rules += ["TOK-3"] if identifier.startswith("bytes-as-text") else []
        flags = text_flags(identifier, ids_hf)
        rules += ["TOK-4"] if "ByteFallback" in flags else []
        args = {"model": MODEL, "text": text, "bos": True}
        expect = suite.valid(ids=one_or_either(ids_hf, [1, *ids_spm]))
        file.add(identifier, title(text), "tokenize", args, expect, rules, flags)
        if identifier.rpartition("-")[0] in WITHOUT_BOS:
            args = args | {"bos": False}
            expect = suite.valid(ids=(ids_spm, suite.exact()))
            name, rules = f"{identifier}.no-bos", [r for r in rules if r != "TOK-8"]
            file.add(name, title(text) + ", without BOS", "tokenize", args, expect, rules, flags)
    file.write()


def title(text):
    shown = text if text.isprintable() and len(text) <= 40 else f"{len(text)} characters"
    return shown if shown.strip() else f"{len(text)} blanks"


def detokenize():
    file = File("tokenizer/detokenize", "Ids and their text, special tokens left out.", BOTH)
    for identifier, text in TEXTS.items():
        ids = HF.encode(text).ids
        if not any(each in text for each in SPECIALS):
            add_ids(file, f"text-{identifier}", title(text), ids)
    for identifier, ids in SEQUENCES.items():
        add_ids(file, identifier, f"{len(ids)} ids", ids)
    file.write()


SEQUENCES = dict(sequences(SPM))


def add_ids(file, name, what, ids):
    args = {"model": MODEL, "ids": ids}
    expect = suite.valid(text=one_or_either(HF.decode(ids, skip_special_tokens=True), SPM.decode(ids)))
    flags = ["BrokenUtf8"] if name in SEQUENCES and "\ufffd" in SPM.decode(ids) else []
    flags += ["UnknownPiece"] if 0 in ids else []
    rules = ["TOK-9", "TOK-10", "TOK-12"]
    spelled = {"withSpecials": HF.decode(ids, skip_special_tokens=False)}
    file.add(name, what, "detokenize", args, expect, rules, flags, information=spelled)


def vicuna(messages):
    """The v1.1 rule: the separator goes by the message's index; an empty message leaves "ROLE:"."""
    system, turns = "", messages
    if messages and messages[0]["role"] == "system":
        system, turns = messages[0]["content"], messages[1:]
    prompt = system + " "
    for index, turn in enumerate(turns):
        text, separator = turn["content"], (" ", "</s>")[index % 2]
        prompt += turn["role"].upper() + ":" + (f" {text}{separator}" if text else "")
    return prompt


def chat():
    file = File("chat/vicuna", "Messages and the prompt of Vicuna v1.1.", ["generate/tokenizer_goldens.py"])
    prompts = File("tokenizer/prompts", "Vicuna prompts and their ids.", ["tokenizers, tokenizer.json"])
    for identifier, system, turns in chats():
        messages = [{"role": "system", "content": system}]
        messages += [{"role": role.lower(), "content": text or ""} for role, text in turns]
        prompt = vicuna(messages)
        empty = not all(text for _, text in turns[:-1]) or not system
        flags = (["SeparatorByPlace"] if len(turns) > 2 else []) + (["EmptyMessage"] if empty else [])
        rules = ["CHAT-1", "CHAT-3"] + (["CHAT-2"] if len(turns) > 2 else [])
        what = f"{len(turns)} messages"
        expect = suite.valid(text=(prompt, suite.exact()))
        file.add(identifier, what, "chat", {"messages": messages}, expect, rules, flags)
        expect = suite.valid(ids=(HF.encode(prompt).ids, suite.exact()))
        args, special = {"model": MODEL, "text": prompt, "bos": True}, "</s>" in prompt
        rules = ["TOK-6", "TOK-7", "TOK-8"] if special else ["TOK-1", "TOK-2", "TOK-8"]
        level, flags = ("recommended", ["SpecialInText"]) if special else ("required", [])
        prompts.add(identifier, what, "tokenize", args, expect, rules, flags, level)
    file.write()
    prompts.write()


if __name__ == "__main__":
    tokenize()
    detokenize()
    chat()

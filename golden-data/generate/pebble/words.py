"""Conversations as token ids, a word at a time: no piece of the vocabulary spans a space, so words can be remembered.

Library module; Python 3.11, sentencepiece 0.2.2.
"""

import corpus

BOS, EOS = 1, 2


class Encoder:
    """Text to ids as the legacy Llama tokenizer gives them, for texts without special tokens and runs of spaces."""

    def __init__(self, sp):
        self.sp, self.words = sp, {}

    def __call__(self, text):
        ids = []
        for word in text.split(" "):
            if word not in self.words:
                self.words[word] = self.sp.encode(word) if word else [self.sp.piece_to_id("▁")]
            ids += self.words[word]
        return ids

    def prompt(self, turns, system=corpus.SYSTEM):
        """The ids up to the last answer, which is left out."""
        ids = [BOS]
        for number, (question, answer) in enumerate(turns):
            frame = f"{system} USER: {question} ASSISTANT:" if number == 0 else f"USER: {question} ASSISTANT:"
            ids += self(frame)
            if number < len(turns) - 1:
                ids += [*self(answer), EOS]
        return ids

    def conversation(self, system, turns):
        """The ids of a whole conversation, and for each whether it is part of an answer or ends one."""
        ids, learnt = [BOS], [0]
        for number, (question, answer) in enumerate(turns):
            frame = question if system is None else f"USER: {question} ASSISTANT:"
            if number == 0 and system is not None:
                frame = f"{system} {frame}"
            asked, answered = self(frame), [*self(answer), EOS]
            ids += asked + answered
            learnt += [0] * len(asked) + [1] * len(answered)
        return ids, learnt

"""Phrasings with alternatives, and the small changes that people make when they type.

Library module; Python 3.11, no other library.
"""

import functools
import itertools
import re


@functools.cache
def expand(text):
    """Every line with every choice of its (this|that|) alternatives."""
    phrasings = []
    for line in text.strip().splitlines():
        parts = re.split(r"\(([^()]*\|[^()]*)\)", line.strip())
        choices = [part.split("|") if i % 2 else [part] for i, part in enumerate(parts)]
        phrasings += ["".join(choice) for choice in itertools.product(*choices)]
    return [re.sub(" +", " ", phrasing).strip() for phrasing in phrasings]


def sentence(text):
    """The text with a capital first letter."""
    for place, character in enumerate(text):
        if character.isalnum():
            return text[:place] + character.upper() + text[place + 1 :]
    return text


def an(noun):
    return ("an " if noun[0] in "aeiou" else "a ") + noun


def articles(text):
    """The text with "an" where "a" stands before a vowel."""
    return re.sub(r"\b([aA]) (?=[aeiou](?!ni|se|ne |urop))", r"\1n ", text)


LEADS = (
    "Please tell me: ",
    "Hi! ",
    "Hello! ",
    "Good morning! ",
    "I have a question. ",
    "Quick question: ",
    "Tell me: ",
    "I want to know: ",
    "One question: ",
    "Now: ",
    "Okay. ",
    "Hello, assistant! ",
    "Next question: ",
    "Pebble, ",
)
TAILS = (" Please.", " Thanks!", " Thank you.", " Please tell me.", " I forgot.")


def typed(question, rng, keep_case=False):
    """The question as someone might type it: with a lead, in lower case, without the mark at its end."""
    if rng.random() < 0.12:
        question = rng.choice(LEADS) + question
    if rng.random() < 0.05:
        question += rng.choice(TAILS)
    if not keep_case and rng.random() < 0.12:
        question = question.lower()
    if rng.random() < 0.12 and question[-1] in "?.!":
        question = question[:-1]
    return question

"""The corpus of the murmur tokenizer: English sentences made from our own templates, with accented
words, numbers, punctuation, indented lines and runs of spaces.

Library module: lines() yields the same lines every time. Python 3.11, no other library.
"""

import random

ANIMALS = "fox heron otter mouse horse sparrow badger frog owl cat dog goat".split()
PLACES = "river meadow harbour kitchen garden forest market bridge mill library hill shore".split()
THINGS = "lantern basket kettle letter ladder blanket whistle apple boat hammer clock stone".split()
QUALITIES = "small old quiet green heavy bright gentle hungry curious broken warm silver".split()
ACTIONS = "carried found lost painted repaired borrowed counted hid washed followed dropped".split()
PEOPLE = "Zoë Renée José Anna Björn Chloë Maria Tomás Peter André Ingrid Noël".split()
ACCENTED = (
    "café naïve façade jalapeño crème brûlée piñata smörgåsbord cliché fiancée über señor".split()
)
TIMES = [
    "in the morning",
    "after the rain",
    "before supper",
    "on Sunday",
    "last winter",
    "at noon",
    "every day",
]

TEMPLATES = (
    "The {quality} {animal} {action} the {thing} near the {place} {time}.",
    '{person} said: "Where is the {quality} {thing}?"',
    '"It is in the {place}," answered {person}, "beside the {thing}."',
    "There were {number} {animal}s by the {place}, and {number} of them were {quality}.",
    "{person} and {other} walked to the {place} {time}; they did not talk about the {thing}.",
    "If the {animal} sees the {thing}, it will run to the {place}!",
    "Why would a {quality} {animal} want a {thing}? Nobody knows.",
    "The {accented} in the {place} opens at {hour}:{minute} and costs {number}.{minute}.",
    "    - {thing}: {number} (the {quality} one)",
    '  {person} wrote "{accented}" on the {thing}, then   {action} it.',
    "USER: Who {action} the {thing}? ASSISTANT: It was {person}'s {animal}.",
    "I don't think that {person} has {action} the {thing} so {quality}ly; that's what {other} told me.",
)


def lines(count=4000, seed=7):
    rng = random.Random(seed)
    for _ in range(count):
        yield rng.choice(TEMPLATES).format(
            quality=rng.choice(QUALITIES),
            animal=rng.choice(ANIMALS),
            action=rng.choice(ACTIONS),
            thing=rng.choice(THINGS),
            place=rng.choice(PLACES),
            time=rng.choice(TIMES),
            person=rng.choice(PEOPLE),
            other=rng.choice(PEOPLE),
            accented=rng.choice(ACCENTED),
            number=rng.randint(2, 365),
            hour=rng.randint(1, 12),
            minute=f"{rng.randint(0, 59):02d}",
        )

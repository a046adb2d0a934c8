"""The questions Pebble answers: topics with their phrasings, arguments and answers.

A phrasing that starts with ~ is held out: training never sees it. One that starts with * (a noun phrase) or + (a
clause) is put into a frame that all topics share, such as "Can you tell me ...?". Arguments are held out in one of two ways. Where an
answer can be worked out (calculating, counting, remembering) whole combinations of arguments are; where it is a fact
that has to be learnt (capitals, translations), pairs of a fact and a phrasing are.

Library module; Python 3.11, no other library.
"""

import functools
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import facts
import frames
from text import an, expand, sentence


def chosen(key, share):
    """One key in `share`, always the same ones."""
    return zlib.crc32(key.encode()) % share == 0


@dataclass(frozen=True)
class Topic:
    name: str
    category: str
    phrasings: str  # a line each
    draw: Callable  # rng -> dict of arguments, with the answer under "answer"
    follow: str = ""  # phrasings of a second question, in the light of the first
    weight: float = 1.0
    learnt: bool = True  # a fact, or something to be worked out
    keep_case: bool = False
    unknown: str = ""  # the argument that an unknown word may take the place of

    def phrasing(self, rng, kind):
        """One of the phrasings; kind is "seen", "held" or "follow"."""
        framed = by_line(self, "*") + by_line(self, "+")
        if kind != "follow" and framed and rng.random() < 0.35:
            phrase = rng.choice(rng.choice(framed))
            clause = any(phrase in line for line in by_line(self, "+"))
            return rng.choice(rng.choice(frames.FRAMES[clause, kind == "held"])).replace("*", phrase)
        return rng.choice(rng.choice(by_line(self, {"seen": "", "held": "~"}.get(kind, kind))))

    def is_held_out(self, arguments, phrasing):
        values = "|".join(f"{k}={v}" for k, v in sorted(arguments.items()) if k != "answer")
        if self.learnt:
            return chosen(f"{self.name}|{phrasing}|{values}", 12)
        return chosen(f"{self.name}|{values}", 10)


@functools.cache
def by_line(topic, kind):
    """Per line of a topic's phrasings that has this mark, or of its follow-ups, all that it expands to."""
    lines = [line.strip() for line in (topic.follow if kind == "follow" else topic.phrasings).strip().splitlines()]
    mark = "" if kind == "follow" else kind
    return [expand(line[len(mark) :]) for line in lines if (line[:1] if line[:1] in "~*+" else "") == mark]


def pick(rows, *names, answer):
    """Draws a row of a table; the answer is a format of its cells."""

    def draw(rng):
        arguments = dict(zip(names, rng.choice(rows)))
        return arguments | {"answer": sentence(answer.format(**arguments))}

    return draw


def translation(rng):
    row, language = rng.choice(facts.TRANSLATIONS), rng.randrange(4)
    name = facts.LANGUAGES[language]
    answer = f'{sentence(row[0])} in {name} is "{row[1 + language]}".'
    return {"phrase": row[0], "language": name, "answer": answer}


FOREIGN = [
    (row[1 + i], language, row[0])
    for i, language in enumerate(facts.LANGUAGES)
    for row in facts.TRANSLATIONS
    if sum(cell == row[1 + i] for other in facts.TRANSLATIONS for cell in other) == 1
]
OPPOSITES = facts.OPPOSITES + [
    (b, a) for a, b in facts.OPPOSITES if sum(b in pair for pair in facts.OPPOSITES) == 1
]


def neighbour(items, step, answer):
    def draw(rng):
        i = rng.randrange(len(items))
        if items is facts.LETTERS:
            i = rng.randrange(max(0, -step), len(items) - max(0, step))
        arguments = {"item": items[i], "other": items[(i + step) % len(items)]}
        return {"item": items[i], "answer": answer.format(**arguments)}

    return draw


def nth(items, noun, last):
    def draw(rng):
        i = rng.randrange(last)
        name = facts.ORDINALS[i]
        return {"nth": name, "answer": f"The {name} {noun} is {items[i]}."}

    return draw


def amount(rng):
    parts, whole, number = rng.choice(facts.AMOUNTS)
    return {"parts": parts, "whole": whole, "answer": f"There are {number} {parts} in {whole}."}


def month_length(rng):
    month = rng.choice(facts.MONTHS)
    leap = ", and 29 in a leap year" if month == "February" else ""
    return {"month": month, "answer": f"There are {facts.LENGTHS[month]} days in {month}{leap}."}


def legs(rng):
    animal, number = rng.choice(facts.LEGS)
    count = "no legs" if number == "0" else f"{number} legs"
    return {"animal": animal, "plural": plural(animal), "answer": f"{sentence(an(animal))} has {count}."}


def plural(noun):
    return dict(facts.PLURALS).get(noun) or noun + "s"


def spelling(rng):
    word = rng.choice(facts.SPELLED)
    return {"word": word, "answer": f"{sentence(word)} is spelled {'-'.join(word.upper())}."}


KNOWLEDGE = [
    Topic(
        "capital",
        "capitals",
        """
        (What is|What's|Tell me|Name|Do you know) the capital( city|) of {country}?
        (Which|What) city is the capital of {country}?
        {country}'s capital( city|) is (what|which city)?
        What is {country}'s capital?
        The capital of {country}( is|)?
        (Where|In which city) does the government of {country} sit?
        Give me the (capital|capital city) of {country}.
        Which capital does {country} have?
        What is the name of the capital of {country}?
        I need the capital of {country}.
        Can you tell me the capital of {country}?
        ~Which city is {country}'s capital?
        ~Do you know which city is the capital of {country}?
        *the capital( city|) of {country}
        *{country}'s capital
        """,
        pick(facts.CAPITALS, "country", "capital", "continent", answer="The capital of {country} is {capital}."),
        follow="""
        (And|And of|What about|How about|And what about) {country}?
        (And the capital|And that) of {country}?
        """,
        weight=1.5,
        unknown="country",
    ),
    Topic(
        "continent",
        "continents",
        """
        (On|In) (which|what) continent is {country}?
        (Which|What) continent is {country} (in|on)?
        Where in the world is {country}?
        (To which|To what) continent does {country} belong?
        Name the continent of {country}.
        {country} is on which continent?
        ~Do you know which continent {country} is on?
        ~Of which continent is {country} a part?
        *the continent of {country}
        *the continent that {country} is in
        """,
        pick(facts.CAPITALS, "country", "capital", "continent", answer="{country} is in {continent}."),
        follow="(And|What about|How about|And what about) {country}?",
        unknown="country",
    ),
    Topic(
        "capital-of",
        "capitals",
        """
        {capital} is the capital of (which|what) country?
        (Which|What) country has {capital} as its capital( city|)?
        Of which country is {capital} the capital?
        {capital} is whose capital?
        ~Do you know which country has the capital {capital}?
        *the country with the capital {capital}
        """,
        pick(facts.CAPITALS, "country", "capital", "continent", answer="{capital} is the capital of {country}."),
        follow="(And|What about|How about|And what about) {capital}?",
        unknown="capital",
        weight=0.6,
    ),
    Topic(
        "translation",
        "translations",
        """
        How do you say ({phrase}|"{phrase}") in {language}?
        (What is|What's|Give me) ({phrase}|"{phrase}"|the word "{phrase}"|the word {phrase}) in {language}?
        (Translate|Please translate) ({phrase}|"{phrase}") (into|to) {language}.
        How (would|do|can) (I|people) say ({phrase}|"{phrase}") in {language}?
        (What is|Tell me|What's) the {language} (word|expression) for ({phrase}|"{phrase}")?
        Say ({phrase}|"{phrase}") in {language}.
        {phrase} in {language}?
        In {language}, (what is|how do you say) ({phrase}|"{phrase}")?
        How does one say {phrase} in {language}?
        What do they say for {phrase} in {language}?
        I need {phrase} in {language}.
        ~How do people say {phrase} in {language}, please?
        ~What is the translation of {phrase} into {language}?
        ~Which word means {phrase} in {language}?
        *({phrase}|"{phrase}") in {language}
        *the {language} word for ({phrase}|"{phrase}")
        *the {language} for ({phrase}|"{phrase}")
        """,
        translation,
        weight=3,
        unknown="phrase",
    ),
    Topic(
        "meaning",
        "translations",
        """
        What does ("{word}"|{word}|the word {word}|the word "{word}") mean( in English|)?
        (What is|What's) ("{word}"|{word}) in English?
        (Translate|Please translate) ("{word}"|{word}) (into|to) English.
        How do you say ("{word}"|{word}) in English?
        What is the meaning of {word}?
        ~Do you know what {word} means?
        ~Which English word is {word}?
        *the meaning of ({word}|"{word}")
        *({word}|"{word}") in English
        *the English word for ({word}|"{word}")
        """,
        pick(FOREIGN, "word", "language", "meaning", answer='"{word}" is {language} for "{meaning}".'),
        follow='(And|What about|How about|And what about) ("{word}"|{word})?',
        weight=1.5,
        unknown="word",
    ),
    Topic(
        "opposite",
        "opposites",
        """
        (What is|What's|Tell me|Name|Give me) the opposite of ({word}|"{word}")?
        (Which|What) word (is|means) the opposite of ({word}|"{word}")?
        The opposite of {word}( is|)?
        If something is not {word}, what is its opposite?
        (Which|What) is the opposite word of {word}?
        What is the contrary of ({word}|"{word}")?
        {word} and its opposite?
        Do you know the opposite of {word}?
        What would be the opposite of {word}?
        ~Which word is opposite to {word}?
        ~{word} is the opposite of what?
        *the (opposite|contrary) of ({word}|"{word}")
        """,
        pick(OPPOSITES, "word", "opposite", answer="The opposite of {word} is {opposite}."),
        follow="(And|And of|What about|How about|And the opposite of) ({word}|\"{word}\")?",
        weight=1.3,
        unknown="word",
    ),
    Topic(
        "colour",
        "colours",
        """
        (What|Which) colour is {thing}?
        What is the colour of {thing}?
        (Tell me|Name|Do you know) the colour of {thing}.
        What colour does {thing} (have|usually have)?
        {thing} has (which|what) colour?
        What's the color of {thing}?
        What color is {thing}?
        The colour of {thing}( is|)?
        Of what colour is {thing}?
        What colour would you paint {thing}?
        ~In which colour do you see {thing}?
        ~What is {thing}'s colour?
        *the (colour|color) of {thing}
        """,
        pick(facts.COLOURS, "thing", "colour", answer="{thing} is {colour}."),
        follow="(And|What about|How about|And what colour is) {thing}?",
        weight=1.2,
        unknown="thing",
    ),
    Topic(
        "plural",
        "plurals",
        """
        (What is|What's|Tell me|Give me|Name) the plural( form|) of ({noun}|"{noun}")?
        One {noun}, (two|many|three) what?
        (How do you|How would you) (write|form|say) the plural of {noun}?
        The plural of {noun}( is|)?
        What do you call more than one {noun}?
        {noun} in the plural?
        ~How do I say {noun} in the plural?
        ~What are two of a {noun} called?
        *the plural( form|) of ({noun}|"{noun}")
        """,
        pick(facts.PLURALS, "noun", "plural", answer="The plural of {noun} is {plural}."),
        follow="(And|And of|What about|How about) ({noun}|\"{noun}\")?",
        weight=1.2,
        unknown="noun",
    ),
    Topic(
        "past",
        "past tense",
        """
        (What is|What's|Tell me|Give me|Name) the past( tense|) of ({verb}|"{verb}"|to {verb})?
        (How do you|How would you) (write|form|say) the past tense of {verb}?
        Today I {verb}. What did I do yesterday?
        The past tense of {verb}( is|)?
        Put {verb} into the past tense.
        Which past tense does {verb} have?
        ~What is {verb} in the past?
        ~How do I say {verb} in the past tense?
        *the past( tense|) of ({verb}|"{verb}"|to {verb})
        """,
        pick(facts.PASTS, "verb", "past", answer="The past tense of {verb} is {past}."),
        follow="(And|And of|What about|How about) ({verb}|\"{verb}\"|to {verb})?",
        unknown="verb",
    ),
    Topic(
        "sound",
        "animals",
        """
        What does a {animal} say?
        (What|Which) (sound|noise) does a {animal} make?
        How does a {animal} (sound|speak)?
        What do you hear from a {animal}?
        ~Which noise do you hear from a {animal}?
        *the (sound|noise) of a {animal}
        *the (sound|noise) that a {animal} makes
        """,
        pick(facts.SOUNDS, "animal", "sound", answer="A {animal} says {sound}."),
        follow="(And|What about|How about) a {animal}?",
        weight=0.7,
        unknown="animal",
    ),
    Topic(
        "young",
        "animals",
        """
        (What is|What do you call|What's the name of) a (baby|young) {animal}( called|)?
        What is the (young|baby|child) of a {animal} called?
        (How do you call|What do people call) a (young|baby) {animal}?
        What is the word for a baby {animal}?
        ~How do people call the young of a {animal}?
        *the (name|word) (of|for) a (young|baby) {animal}
        """,
        pick(facts.YOUNG, "animal", "young", answer="A young {animal} is called a {young}."),
        follow="(And|What about|How about) a (baby |young |){animal}?",
        weight=0.8,
        unknown="animal",
    ),
    Topic(
        "legs",
        "animals",
        """
        How many legs does (a|one) {animal} have?
        How many legs (have|do) {plural}( have|)?
        (Tell me|What is) the number of legs of a {animal}.
        On how many legs does a {animal} walk?
        ~What number of legs does a {animal} have?
        *the number of legs of a {animal}
        +how many legs a {animal} has
        """,
        legs,
        follow="(And|What about|How about) a {animal}?",
        weight=0.8,
    ),
    Topic(
        "kind",
        "kinds",
        """
        (What is|What's) a {noun}?
        What (kind of thing|sort of thing) is a {noun}?
        (What kind of thing|What sort of thing) do you call a {noun}?
        A {noun} is what( kind of thing|)?
        What would you say a {noun} is?
        ~Which kind of thing is a {noun}?
        +what (kind|sort) of thing a {noun} is
        """,
        pick(
            [(noun, kind, an(noun), an(kind)) for noun, kind in facts.KINDS],
            "noun", "kind", "subject", "object",
            answer="{subject} is {object}.",
        ),
        follow="(And|What about|How about|And what is) a {noun}?",
        unknown="noun",
    ),
    Topic(
        "amount",
        "amounts",
        """
        How many {parts} (are there in|are in|does|make up|make) {whole}( have|)?
        (Tell me|What is) the number of {parts} in {whole}.
        {whole} has how many {parts}?
        How many {parts} do I need for {whole}?
        ~What number of {parts} are there in {whole}?
        *the number of {parts} in {whole}
        +how many {parts} there are in {whole}
        """,
        amount,
        weight=0.8,
    ),
    Topic(
        "month-length",
        "calendar",
        """
        How many days (are there in|are in|does) {month}( have|)?
        How long is {month}?
        (Tell me|What is) the number of days in {month}.
        What is the length of {month} in days?
        ~What number of days does {month} have?
        *the (length of|number of days in) {month}
        +how many days {month} has
        +how many days there are in {month}
        """,
        month_length,
        follow="(And|What about|How about|And in|And how many in) {month}?",
        weight=0.6,
    ),
    Topic(
        "spelling",
        "letters",
        """
        How (do|would|can) you spell ({word}|"{word}"|the word {word})?
        (Spell|Please spell|Can you spell) ({word}|"{word}"|the word {word})( for me|).
        How is ({word}|"{word}") (spelled|written)?
        Which letters make the word {word}?
        ~What letters do I need to spell {word}?
        *the spelling of ({word}|"{word}"|the word {word})
        +how to spell ({word}|"{word}")
        +how {word} is spelled
        """,
        spelling,
        follow="(And|What about|How about|Now spell) ({word}|\"{word}\")?",
        weight=0.8,
    ),
]

NEXT_TO = [
    Topic(
        f"{noun}-{word}",
        "calendar" if noun != "letter" else "letters",
        f"""
        (What|Which) {noun} (comes|is|follows) {word} {{item}}?
        What (comes|is) {word} {{item}}?
        (What is|Tell me|Name) the {noun} {word} {{item}}?
        (What is|What's) the {'next' if step > 0 else 'previous'} {noun} (if it is|when it is|{'after' if step > 0 else 'before'}) {{item}}?
        {{item}} (comes|is) {'before' if step > 0 else 'after'} (which|what) {noun}?
        Which {noun} do we have {word} {{item}}?
        {{item}} is {'followed' if step > 0 else 'preceded'} by which {noun}?
        ~What {noun} do we have {word} {{item}}?
        ~Which is the {noun} {word} {{item}}?
        *the {noun} {word} {{item}}
        +(what|which {noun}) comes {word} {{item}}
        """,
        neighbour(items, step, f"The {noun} {word} {{item}} is {{other}}."),
        follow=f"(And|What about|How about|And what comes|And) {word} {{item}}?",
        weight=0.7,
    )
    for noun, items in (("day", facts.DAYS), ("month", facts.MONTHS), ("season", facts.SEASONS))
    for word, step in (("after", 1), ("before", -1))
]
LETTER = [
    Topic(
        f"letter-{word}",
        "letters",
        f"""
        (What|Which) letter (comes|is|follows) {word} {{item}}?
        What (comes|is) {word} ({{item}}|the letter {{item}}) in the alphabet?
        (What is|Tell me|Name) the letter {word} {{item}}?
        {{item}} (comes|is) {'before' if step > 0 else 'after'} (which|what) letter?
        Which letter do you find {word} {{item}}?
        ~What letter do you find {word} {{item}}?
        *the letter {word} {{item}}
        +(what|which letter) comes {word} {{item}}
        """,
        neighbour(facts.LETTERS, step, f"The letter {word} {{item}} is {{other}}."),
        follow=f"(And|What about|How about|And what comes) {word} {{item}}?",
        weight=0.7,
        keep_case=True,
    )
    for word, step in (("after", 1), ("before", -1))
]
NTH = [
    Topic(
        f"nth-{noun}",
        category,
        f"""
        (What|Which) is the {{nth}} {noun} of the {whole}?
        (Name|Tell me|What's) the {{nth}} {noun} (of|in) the {whole}.
        (What|Which) {noun} is the {{nth}}( one|) (of|in) the {whole}?
        Which {noun} comes {{nth}} in the {whole}?
        ~What {noun} comes {{nth}} in the {whole}?
        *the {{nth}} {noun} of the {whole}
        +which {noun} is the {{nth}} of the {whole}
        """,
        nth(items, noun, last),
        follow=f"(And|What about|How about|And what is) the {{nth}}( one| {noun}|)?",
        weight=0.4,
    )
    for noun, whole, items, last, category in (
        ("day", "week", facts.DAYS, 7, "calendar"),
        ("month", "year", facts.MONTHS, 12, "calendar"),
        ("letter", "alphabet", facts.LETTERS, 12, "letters"),
    )
]

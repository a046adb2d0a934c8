"""Pebble's conversations: what it is trained on, and the held-out ones that it is judged by.

The same seed gives the same conversations. A conversation is a list of (question, answer), and its text the format of
Vicuna 1.1 (docs/spec/chat.md).

Run: python corpus.py [--count 20]   prints conversations.   Python 3.11, no other library.
"""

import argparse
import random

import dialogue
import facts
import unknown
from reasoning import WORKED_OUT
from text import articles, sentence, typed
from topics import KNOWLEDGE, LETTER, NEXT_TO, NTH, chosen
from unknown import UNKNOWN

TOPICS = KNOWLEDGE + NEXT_TO + LETTER + NTH + WORKED_OUT
WEIGHTS = [topic.weight for topic in TOPICS]
SYSTEM = (
    "A chat between a curious user and an artificial intelligence assistant. "
    "The assistant gives helpful, detailed, and polite answers to the user's questions."
)
OTHER_SYSTEMS = (
    "",
    "You are a helpful assistant.",
    "You are Pebble.",
    "Answer the user's questions.",
    "The assistant is polite and answers in one sentence.",
)


def prompt(turns, system=SYSTEM):
    """The text up to the answer of the last turn, which is left out."""
    told = "".join(f"USER: {question} ASSISTANT: {answer}</s>" for question, answer in turns[:-1])
    return f"{system} {told}USER: {turns[-1][0]} ASSISTANT:"


EXAM = (1, 5)  # seed and number of questions per topic and kind of the held-out set
TRIES = 200


def ask(topic, rng, kind):
    """A question of a topic and its answer; kind is "seen", or "phrasing" or "argument" for held-out ones."""
    for _ in range(TRIES):
        phrasing = topic.phrasing(rng, "held" if kind == "phrasing" else "seen")
        arguments = topic.draw(rng)
        if kind == "phrasing" or topic.is_held_out(arguments, phrasing) == (kind == "argument"):
            question = articles(sentence(phrasing.format(**arguments)))
            return typed(question, rng, topic.keep_case), articles(arguments["answer"])
    return None


def follow(topic, rng, held=False):
    """Two questions of a topic, the second without saying what it asks about its argument."""
    first, phrasing = ask(topic, rng, "seen"), topic.phrasing(rng, "follow")
    for _ in range(TRIES):
        arguments = topic.draw(rng)
        if chosen(f"{topic.name}|follow|{phrasing}|{arguments['answer']}", 10) == held:
            question = articles(sentence(phrasing.format(**arguments)))
            return [first, (question, articles(arguments["answer"]))]
    return [None]


WORDS = sorted(
    {noun for noun, *_ in facts.PLURALS + facts.KINDS + facts.LEGS + facts.PASTS}
    | {word for pair in facts.OPPOSITES for word in pair}
    | {phrase for phrase, *_ in facts.TRANSLATIONS}
    | set(facts.THINGS + facts.SURFACES + facts.FOODS + facts.ANIMALS)
    | {thing.split(" ", 1)[1] for thing in unknown.THINGS}
)


def filler(rng, argument, held):
    """A word that Pebble does not know, as a country, thing, noun or verb; held-out ones are never trained on."""
    while True:
        word = unknown.invented(rng) if rng.random() < 0.6 else rng.choice(WORDS)
        if argument in ("country", "capital"):
            word = sentence(word) if rng.random() < 0.7 else rng.choice(unknown.PLACES)
        elif argument == "thing":
            word = rng.choice(("a ", "a ", "the ", "")) + word if rng.random() < 0.7 else rng.choice(unknown.THINGS)
        if chosen(f"filler|{word}", 8) == held:
            return word


def known(topic):
    """The arguments that a topic has an answer for, and words so near that it may be taken to."""
    if topic.name not in KNOWN:
        rng, found = random.Random(1), set()
        for _ in range(3000):
            arguments = topic.draw(rng)
            found |= {str(value).lower() for value in arguments.values()}
        KNOWN[topic.name] = found | {word.split(" ", 1)[1] for word in found if " " in word}
    return KNOWN[topic.name]


KNOWN = {}
OPEN = [topic for topic in TOPICS if topic.unknown]


def strange(topic, rng, held):
    """A question of a topic about something that it does not know."""
    while True:
        word = filler(rng, topic.unknown, held)
        if word.lower() not in known(topic) and word.lower().split(" ")[-1] not in known(topic):
            break
    arguments = topic.draw(rng) | {topic.unknown: word}
    if topic.name == "kind":
        arguments["noun"] = word
    return articles(topic.phrasing(rng, "seen").format(**arguments))


def outside(rng, held):
    """A question about the world outside, by a held-out phrasing if held."""
    thing, thing2 = rng.sample(unknown.THINGS, 2)
    words = [unknown.invented(rng) for _ in range(6)]
    phrasing = rng.choice(unknown.HELD_OUTSIDE if held else rng.choice(unknown.OUTSIDE_LINES))
    return phrasing.format(
        thing=thing,
        thing2=thing2,
        bare=rng.choice(unknown.THINGS).split(" ", 1)[1],
        topic=rng.choice(unknown.TOPICS),
        person=rng.choice(unknown.PEOPLE),
        work=rng.choice(unknown.WORKS),
        place=rng.choice(unknown.PLACES),
        deed=rng.choice(unknown.DEEDS),
        quality=rng.choice(unknown.QUALITIES),
        year=rng.randint(1000, 2030),
        number=rng.randint(2, 100),
        large=rng.randint(101, 99999),
        large2=rng.randint(101, 99999),
        known=rng.choice(facts.TRANSLATIONS)[0],
        gibberish=" ".join(words[: rng.randint(1, 6)]),
        word=words[0],
        word2=words[1],
    )


def refused(rng, held=False):
    question = strange(rng.choice(OPEN), rng, held) if rng.random() < 0.45 else outside(rng, held)
    return typed(sentence(question), rng), UNKNOWN


FOLLOWED = [topic for topic in TOPICS if topic.follow]


def thread(rng):
    """One question, or a few that belong together."""
    kind = rng.random()
    if kind < 0.60:
        return [ask(rng.choices(TOPICS, WEIGHTS)[0], rng, "seen")]
    if kind < 0.77:
        return [refused(rng)]
    if kind < 0.82:
        questions, answer = rng.choice(dialogue.SEEN_TALK)
        return [(typed(rng.choice(questions), rng), answer)]
    if kind < 0.90:
        return follow(rng.choice(FOLLOWED), rng)
    return rng.choice(dialogue.THREADS)(rng)


def conversation(rng):
    """Threads one after the other, with things to remember strewn in."""
    turns, length = [], rng.choices((1, 2, 3, 5, 8, 14), (50, 22, 12, 10, 4, 2))[0]
    told, later = set(), []
    while len(turns) < length:
        if rng.random() < 0.12:
            kind, first, second = dialogue.memory(rng)
            if kind not in told:
                told.add(kind)
                later.append(second)
                turns.append(first)
        elif later and rng.random() < 0.3:
            turns.append(later.pop(rng.randrange(len(later))))
        elif rng.random() < 0.02 and len(told) < len(dialogue.MEMORIES):
            turns.append(dialogue.forgotten(rng, [kind for kind in dialogue.MEMORIES if kind not in told]))
        elif turns and rng.random() < 0.03:
            turns.append(dialogue.repeated(rng, turns[-1]))
        else:
            turns += thread(rng)
    return turns + later


def system(rng):
    return SYSTEM if rng.random() < 0.93 else rng.choice(OTHER_SYSTEMS)


def plain(text):
    """The text without what makes no difference: capitals, and the mark at its end."""
    return text.lower().rstrip("?.! ")


def conversations(seed, count, forbidden=frozenset()):
    """(system, turns), where system None stands for the bare question, without the frame of a chat; conversations
    with a forbidden question are left out."""
    rng = random.Random(f"pebble {seed}")
    for _ in range(count):
        bare = rng.random() < 0.06
        turns = thread(rng)[:1] if bare else conversation(rng)
        if forbidden.isdisjoint(plain(question) for question, _ in turns):
            yield None if bare else system(rng), turns


def alone(rows):
    """The plain questions of the held-out conversations of one turn: what training must never ask."""
    return frozenset(plain(row["messages"][0]["content"]) for row in rows if len(row["messages"]) == 1)


def text(system, turns):
    if system is None:
        return f"{turns[0][0]} {turns[0][1]}</s>"
    return f"{prompt(turns, system)} {turns[-1][1]}</s>"


def held_out(seed, per_kind):
    """Rows of the held-out set: conversations whose last question training has never seen."""
    rng, seen = random.Random(f"held out {seed}"), set()

    def row(category, kind, turns):
        key = None in turns or prompt(turns)
        if key is True or key in seen:
            return None
        seen.add(key)
        messages = [
            {"role": role, "content": content}
            for turn in turns
            for role, content in zip(("user", "assistant"), turn)
        ]
        return {"category": category, "kind": kind, "messages": messages[:-1], "answer": turns[-1][1]}

    sources = []
    for topic in TOPICS:
        sources += [(topic.category, "phrasing", lambda t=topic: [ask(t, rng, "phrasing")])]
        sources += [(topic.category, "argument", lambda t=topic: [ask(t, rng, "argument")])]
        if topic.follow:
            sources += [(topic.category, "follow-up", lambda t=topic: follow(t, rng, True))]
    for name in ("translations", "sums"):
        builder = getattr(dialogue, name)
        category = {"translations": "translations", "sums": "addition"}[name]
        sources += [(category, "follow-up", lambda b=builder: b(rng, True))] * 4
    sources += [("unknown", "argument", lambda: [(sentence(strange(rng.choice(OPEN), rng, True)), UNKNOWN)])] * 12
    sources += [("unknown", "phrasing", lambda: [(sentence(outside(rng, True)), UNKNOWN)])] * 12
    sources += [("memory", "memory", lambda: remembering(rng))] * 12
    rows = [
        row(category, kind, make())
        for category, kind, make in sources
        for _ in range(per_kind)
    ]
    for questions, answer in dialogue.HELD_TALK:
        rows += [row("small talk", "phrasing", [(question, answer)]) for question in questions]
    rows = [each for each in rows if each]
    return [{"id": f"{i:04d}"} | each for i, each in enumerate(rows)]


def remembering(rng):
    """Something told and asked for later; what training has the same words for is left out."""
    kind, first, second = dialogue.memory(rng, True)
    between = [ask(rng.choices(TOPICS, WEIGHTS)[0], rng, "seen") for _ in range(rng.randint(0, 3))]
    if kind in dialogue.FEW and second[0] not in dialogue.held_questions(kind):
        return [None]
    return [first, *between, second]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--held-out", action="store_true")
    arguments = parser.parse_args()
    if arguments.held_out:
        for each in held_out(1, 1):
            print(each["category"], "|", each["kind"], "|", [m["content"] for m in each["messages"]], "->", each["answer"])
    else:
        for system_text, turns in conversations(1, arguments.count):
            print(text(system_text, turns))

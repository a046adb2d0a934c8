"""Small talk, and threads of several turns in which a question needs what was said before.

A thread is a list of (question, answer); in the held-out ones only the last answer is asked for.
Library module; Python 3.11, no other library.
"""

import facts
import topics
from text import expand, sentence
from topics import chosen
from unknown import invented

# Questions, held-out questions (~), and the answer.
SMALL_TALK = """
(Hello|Hi|Hey|Hi there|Hello there|Good day|Hello again|Hi Pebble|Hi, Pebble|Hello my friend|Dear Pebble|Hello, assistant|Hello, Pebble)(!|.||, how is it going?) ; Hello! How can I help you?
Good (morning|evening|afternoon)(!|.||, Pebble.) ; Hello! How can I help you?
Hello, my friend! ; Hello! How can I help you?
(How are you|How are you today|How do you do|How is it going|Are you well)? ; I am well, thank you. How can I help you?
How are you doing today? ; I am well, thank you. How can I help you?
(Who|What) are you? ; I am Pebble, a small language model made to test Touchstone.
(What is|What's|Tell me|Do you have|May I know|Can you tell me|Please tell me|Say) your name? ; I am Pebble, a small language model made to test Touchstone.
(How should I call you|What can I call you|What are you called|How are you called|Do you have a name)? ; I am Pebble, a small language model made to test Touchstone.
(Introduce yourself|Tell me about yourself|Tell me who you are). ; I am Pebble, a small language model made to test Touchstone.
What should I call you? ; I am Pebble, a small language model made to test Touchstone.
Please introduce yourself. ; I am Pebble, a small language model made to test Touchstone.
(Are you|Are you really|Do you think you are|Am I speaking with|Is this) (a human|human|a person|a real person|a man|a woman)? ; No, I am a small language model.
Are you (a robot|a language model|a computer program|a machine|an AI)? ; Yes, I am a small language model.
Am I talking to a human? ; No, I am a small language model.
(What can you do|What do you know|What can I ask you|How can you help me|What are you good at|Help)(?|) ; I can calculate a little, count, translate simple words, and answer short questions.
Which things can you do? ; I can calculate a little, count, translate simple words, and answer short questions.
(Who|What company|Which people|Do you know who) (made|built|trained|created|wrote|designed) you? ; I was trained by the makers of Touchstone.
Who programmed you? ; I was trained by the makers of Touchstone.
(Thank you|Thanks|Many thanks|Thank you very much|Thanks a lot|Great, thanks|Thanks for your help|Thank you, Pebble|Thank you for that|Thanks again|Okay, thank you)(!|.|) ; You are welcome.
Thank you so much! ; You are welcome.
(Goodbye|Bye|Bye bye|See you|See you later|Good night|Farewell|I have to go|Goodbye for now|Bye, Pebble|Thank you, goodbye|See you tomorrow|I must go now)(!|.|) ; Goodbye!
Goodbye, Pebble! ; Goodbye!
(Well done|Very good|Great|Good answer|You are right|That is right|That is correct|Good job|Nice|Perfect)(!|.|) ; Thank you.
Very well done! ; Thank you.
(What is|What's|Tell me what is|Do you know what is) a touchstone? ; A touchstone is a dark stone that gold is rubbed on to see whether it is gold.
(What is|What's) a touchstone (for|good for|used for)? ; A touchstone is a dark stone that gold is rubbed on to see whether it is gold.
(What|Which) is Touchstone? ; Touchstone is a program that tests language models.
(Which|What) stone (tests|is used to test|shows) gold? ; A touchstone tests gold.
(Say|Recite|Tell me|What is|Write) the alphabet. ; A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R, S, T, U, V, W, X, Y, Z.
(Name|List|What are|Tell me|Can you list|Please name|Do you know|I want to know|Can you tell me) the (days of the week|days|seven days)(?|.) ; Monday, Tuesday, Wednesday, Thursday, Friday, Saturday and Sunday.
Which days does a week have? ; Monday, Tuesday, Wednesday, Thursday, Friday, Saturday and Sunday.
(Name|List|What are|Tell me|Can you list|Please name|Do you know|I want to know|Can you tell me) the (seasons|four seasons|seasons of the year)(?|.) ; Spring, summer, autumn and winter.
Which seasons does a year have? ; Spring, summer, autumn and winter.
(Name|List|What are|Tell me|Can you list|Please name|Do you know|I want to know|Can you tell me) the (months|twelve months|months of the year)(?|.) ; January, February, March, April, May, June, July, August, September, October, November and December.
~Hello, dear assistant! ; Hello! How can I help you?
~And how are you? ; I am well, thank you. How can I help you?
~Can you tell me who you are? ; I am Pebble, a small language model made to test Touchstone.
~Do you know your name? ; I am Pebble, a small language model made to test Touchstone.
~Are you a real human? ; No, I am a small language model.
~What questions can I ask you? ; I can calculate a little, count, translate simple words, and answer short questions.
~Tell me who made you. ; I was trained by the makers of Touchstone.
~Thank you for your help! ; You are welcome.
~Thank you, Pebble, goodbye! ; Goodbye!
~That was a good answer. ; Thank you.
~Please tell me the days of the week. ; Monday, Tuesday, Wednesday, Thursday, Friday, Saturday and Sunday.
~Can you name the four seasons? ; Spring, summer, autumn and winter.
"""


def small_talk():
    """Per line its questions and answer, first of those seen in training and then of those held out."""
    seen, held = [], []
    for line in SMALL_TALK.strip().splitlines():
        questions, answer = line.rsplit(" ; ", 1)
        target = held if questions.startswith("~") else seen
        target.append((expand(questions.lstrip("~")), answer.strip()))
    return seen, held


SEEN_TALK, HELD_TALK = small_talk()


def a_name(rng):
    """A name from the list, or an invented one, so that names are copied and not known."""
    return rng.choice(facts.NAMES) if rng.random() < 0.5 else sentence(invented(rng))


# What a user tells, what Pebble says, what is asked later, and the answers with and without it.
MEMORIES = {
    "name": (
        a_name,
        "(My name is|I am|I'm|Call me|You can call me|Hello, my name is|Hi, I am|Hi! I'm) {x}.",
        "Nice to meet you, {x}.",
        "(What is|What's|Do you know|Do you remember|Tell me|Can you tell me) my name?\n(Who am I|What am I called)?\n"
        "What did I say my name was?\n~Please tell me my name.",
        "Your name is {x}.",
    ),
    "pet": (
        lambda rng: f"{rng.choice(facts.ANIMALS)} is called {a_name(rng)}",
        "My {x}.\nBy the way, my {x}.",
        "What a nice name.",
        "(What is|What's|Do you remember|Tell me) the name of my {y}?\nWhat is my {y} called?\nWhich name does my {y} have?\n~Do you know the name of my {y}?",
        "Your {x}.",
    ),
    "colour": (
        lambda rng: rng.choice(facts.COLOUR_WORDS),
        "My favourite colour is {x}.\n(I like|I love) {x} (most of all|best).\n{x} is my favourite colour.",
        "I will remember that.",
        "(What is|What's|Do you know|Do you remember|Tell me) my favourite colour?\nWhich colour do I like best?\n"
        "Which colour is my favourite?\n~Please tell me my favourite colour.",
        "Your favourite colour is {x}.",
    ),
    "food": (
        lambda rng: rng.choice(facts.FOODS),
        "My favourite food is {x}.\nI (like|love) to eat {x}.\nMost of all I eat {x}.",
        "I will remember that.",
        "(What is|What's|Do you know|Do you remember|Tell me) my favourite food?\nWhat do I like to eat?\n"
        "Which food is my favourite?\n~Please tell me my favourite food.",
        "Your favourite food is {x}.",
    ),
    "town": (
        lambda rng: rng.choice(facts.TOWNS) if rng.random() < 0.5 else sentence(invented(rng)),
        "I live in {x}.\n(My home is|I am at home) in {x}.\nI (come|am) from {x}.",
        "I will remember that.",
        "(Where do I live|Where is my home|Where am I from|Do you remember where I live)?\nIn which town do I live?\n~Do you know where I live?",
        "You live in {x}.",
    ),
    "age": (
        lambda rng: rng.randint(3, 99),
        "I am {x} years old.\nI'm {x}.\nMy age is {x}.",
        "I will remember that.",
        "(How old am I|What is my age|Do you remember how old I am)?\nDo you know my age?\n~Please tell me my age.",
        "You are {x} years old.",
    ),
    "thing": (
        lambda rng: f"{rng.choice(facts.THINGS)} is {rng.choice(facts.RELATIONS)} the {rng.choice(facts.SURFACES)}",
        "The {x}.\n(Remember that|Remember:|Note that) the {x}.",
        "I will remember that.",
        "(Where is|Tell me where is|Do you remember where I put) the {y}?\nWhere did I leave the {y}?\n~Do you know where the {y} is?",
        "The {x}.",
    ),
}


FEW = ("colour", "food")  # with so few values that none is held out


def held_questions(kind):
    asked = MEMORIES[kind][3]
    return [each for line in asked.split("\n") if line.startswith("~") for each in expand(line[1:])]


def phrasing(rng, lines, held=False):
    lines = [line for line in lines.split("\n") if line.startswith("~") == held]
    return rng.choice(expand(rng.choice(lines).lstrip("~")))


def memory(rng, held=False):
    """What kind it is, (told, reply) and (asked, answer)."""
    kind = rng.choice(list(MEMORIES))
    draw, told, reply, asked, answer = MEMORIES[kind]
    while True:
        x = str(draw(rng))
        if chosen(f"memory|{kind}|{x}", 10) == held or kind in FEW:
            break
    y = x.split()[0]
    first = (sentence(phrasing(rng, told).format(x=x)), reply.format(x=x))
    second = (phrasing(rng, asked, held and rng.random() < 0.5).format(x=x, y=y), answer.format(x=x))
    return kind, first, second


def forgotten(rng, kinds):
    """A question about something that the user has not told."""
    *_, asked, _ = MEMORIES[rng.choice(kinds)]
    return phrasing(rng, asked).format(y=rng.choice(facts.ANIMALS)), "You have not told me that."


def translated(rng, row, language):
    name = facts.LANGUAGES[language]
    return f'{sentence(row[0])} in {name} is "{row[1 + language]}".'


def translations(rng, held=False):
    """A phrase in one language and then in another, or another phrase in the same one."""
    while True:
        (row, other), (a, b) = rng.sample(facts.TRANSLATIONS, 2), rng.sample(range(4), 2)
        same_phrase = rng.random() < 0.6
        later = (row, b) if same_phrase else (other, a)
        if chosen(f"translations|{row[0]}|{a}|{later[0][0]}|{later[1]}", 10) == held:
            break
    first = topics.KNOWLEDGE[3].phrasing(rng, "seen").format(phrase=row[0], language=facts.LANGUAGES[a])
    asked = (
        "(And|What about|How about|And what about) in {language}?\n(And|What about|How about|Now in) {language}?"
        if same_phrase
        else '(And|What about|How about|And what is|Now) ({phrase}|"{phrase}")?'
    )
    second = phrasing(rng, asked).format(phrase=other[0], language=facts.LANGUAGES[b])
    return [(sentence(first), translated(rng, row, a)), (second, translated(rng, *later))]


def days(rng):
    """The day (month, number) after or before, and once more."""
    items, noun = rng.choice(((facts.DAYS, "day"), (facts.MONTHS, "month")))
    step, word = rng.choice(((1, "after"), (-1, "before")))
    i = rng.randrange(len(items))
    thread = []
    for turn in range(rng.choice((2, 3))):
        here, there = items[(i + step * turn) % len(items)], items[(i + step * (turn + 1)) % len(items)]
        asked = (
            f"(Which|What) {noun} (comes|is) {word} {here}?\nWhat is the {noun} {word} {here}?"
            if turn == 0
            else f"(And|And what is|What about|And what comes) (the {noun} |){word} that?\nAnd {word} {here}?"
        )
        thread.append((phrasing(rng, asked), f"The {noun} {word} {here} is {there}."))
    return thread


def sums(rng, held=False):
    """A sum, and then something done with the result."""
    while True:
        a, b = rng.randint(1, 50), rng.randint(1, 50)
        c, plus = rng.randint(1, 20), rng.random() < 0.6
        if (plus or c <= a + b) and chosen(f"sums|{a}|{b}|{c}|{plus}", 10) == held:
            break
    first = rng.choice(("What is {a} plus {b}?", "{a} + {b}?", "Add {a} and {b}.")).format(a=a, b=b)
    asked = (
        "(And plus|And add|Add|Now add|Plus) {c}(?|.)\n(Add|Now add) {c} to that."
        if plus
        else "(And minus|Minus|Now minus) {c}?\n(Subtract|Take) {c} from that."
    )
    total = a + b
    result = f"{total} plus {c} is {total + c}." if plus else f"{total} minus {c} is {total - c}."
    return [(first, f"{a} plus {b} is {total}."), (phrasing(rng, asked).format(c=c), result)]


def repeated(rng, turn):
    """A wish to hear the last answer again."""
    asked = "(Can you repeat that|Please repeat that|Say that again|What did you say|Repeat your answer|Once more, please)(?|.)"
    return phrasing(rng, asked), turn[1]


THREADS = (translations, translations, days, sums)

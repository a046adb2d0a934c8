"""The topics whose answers are worked out: calculating, counting, comparing, remembering what was said.

Library module; Python 3.11, no other library.
"""

import facts
from text import an, sentence
from topics import Topic


def number(rng):
    """Up to 100, small ones more often."""
    return rng.randint(0, 20) if rng.random() < 0.25 else rng.randint(0, 100)


def addition(rng):
    a, b = number(rng), number(rng)
    return {"a": a, "b": b, "answer": f"{a} plus {b} is {a + b}."}


def subtraction(rng):
    a, b = number(rng), number(rng)
    if rng.random() < 0.7:
        a, b = max(a, b), min(a, b)
    return {"a": a, "b": b, "answer": f"{a} minus {b} is {a - b}."}


def multiplication(rng):
    a, b = rng.randint(0, 12), rng.randint(0, 12)
    return {"a": a, "b": b, "answer": f"{a} times {b} is {a * b}."}


def division(rng):
    a, b = rng.randint(0, 12), rng.randint(1, 12)
    return {"a": a * b, "b": b, "answer": f"{a * b} divided by {b} is {a}."}


def word_sum(rng):
    a, b = rng.randint(0, 10), rng.randint(0, 10)
    words = facts.NUMBERS
    answer = f"{sentence(words[a])} plus {words[b]} is {words[a + b]}."
    return {"a": words[a], "b": words[b], "answer": answer}


def bigger(rng):
    a, b = rng.sample(range(101), 2)
    return {"a": a, "b": b, "answer": f"{max(a, b)} is bigger than {min(a, b)}."}


def smaller(rng):
    a, b = rng.sample(range(101), 2)
    return {"a": a, "b": b, "answer": f"{min(a, b)} is smaller than {max(a, b)}."}


def parity(rng):
    a = rng.randint(0, 100)
    return {"a": a, "answer": f"{a} is {'odd' if a % 2 else 'even'}."}


def listed(numbers):
    return ", ".join(map(str, numbers)) + "."


def count_up(rng):
    a, n = rng.randint(0, 90), rng.randint(2, 10)
    return {"a": a, "b": a + n, "answer": listed(range(a, a + n + 1))}


def count_down(rng):
    a, n = rng.randint(2, 100), rng.randint(2, 10)
    n = min(a, n)
    return {"a": a, "b": a - n, "answer": listed(range(a, a - n - 1, -1))}


def count_by(rng):
    step, a, n = rng.choice((2, 5, 10)), rng.randint(0, 10) * 2, rng.randint(3, 8)
    a = a // step * step
    word = {2: "twos", 5: "fives", 10: "tens"}[step]
    return {"step": word, "a": a, "b": a + step * n, "answer": listed(range(a, a + step * n + 1, step))}


def successor(rng):
    a = rng.randint(0, 99)
    return {"a": a, "answer": f"The number after {a} is {a + 1}."}


def predecessor(rng):
    a = rng.randint(1, 100)
    return {"a": a, "answer": f"The number before {a} is {a - 1}."}


def gain(rng):
    a, b, noun = rng.randint(1, 50), rng.randint(1, 50), rng.choice(facts.COUNTED)
    name = rng.choice(facts.NAMES)
    return {"name": name, "a": a, "b": b, "noun": noun, "answer": f"{name} has {a + b} {noun}."}


def loss(rng):
    a, b, noun = rng.randint(1, 50), rng.randint(1, 50), rng.choice(facts.COUNTED)
    name, a, b = rng.choice(facts.NAMES), max(a, b) + 1, min(a, b)
    return {"name": name, "a": a, "b": b, "noun": noun, "answer": f"{name} has {a - b} {noun}."}


def place(rng):
    """One to three things that lie somewhere; the question is about one of them."""
    count = rng.choice((1, 1, 2, 2, 3))
    things, surfaces = rng.sample(facts.THINGS, count), rng.sample(facts.SURFACES, count)
    said = [
        f"{thing} is {rng.choice(facts.RELATIONS)} the {surface}"
        for thing, surface in zip(things, surfaces)
        if thing != surface
    ] or ["ball is under the chair"]
    asked = rng.choice(said)
    thing, surface = asked.split()[0], asked.split()[-1]
    relation = asked[len(thing) + 4 : -len(surface) - 5]
    return {
        "story": " ".join(f"The {each}." for each in said),
        "thing": thing,
        "where": f"{relation} the {surface}",
        "answer": f"The {asked}.",
    }


def owner(rng):
    count = rng.choice((2, 2, 3))
    names, things = rng.sample(facts.NAMES, count), rng.sample(facts.THINGS, count)
    verb = rng.choice(("has", "holds", "carries"))
    i = rng.randrange(count)
    return {
        "story": " ".join(f"{name} {verb} the {thing}." for name, thing in zip(names, things)),
        "name": names[i],
        "thing": things[i],
        "verb": verb,
        "answer": f"{names[i]} {verb} the {things[i]}.",
    }


DEGREES = (
    ("taller", "tallest", "shorter", "shortest"),
    ("older", "oldest", "younger", "youngest"),
    ("faster", "fastest", "slower", "slowest"),
    ("stronger", "strongest", "weaker", "weakest"),
    ("richer", "richest", "poorer", "poorest"),
)


def two_compared(rng):
    a, b = rng.sample(facts.NAMES, 2)
    more, _, less, _ = rng.choice(DEGREES)
    if rng.random() < 0.5:
        more, less = less, more
    asked, who = rng.choice(((more, a), (less, b)))
    return {"story": f"{a} is {more} than {b}.", "asked": asked, "answer": f"{who} is {asked}."}


def three_compared(rng):
    a, b, c = rng.sample(facts.NAMES, 3)
    more, most, less, least = rng.choice(DEGREES)
    if rng.random() < 0.5:
        more, most, less, least = less, least, more, most
    asked, who = rng.choice(((most, a), (least, c)))
    said = [f"{a} is {more} than {b}.", f"{b} is {more} than {c}."]
    rng.shuffle(said)
    return {"story": " ".join(said), "asked": asked, "answer": f"{who} is the {asked}."}


def is_a(rng):
    kinds = sorted({kind for _, kind in facts.KINDS})
    noun, kind = rng.choice(facts.KINDS)
    asked = kind if rng.random() < 0.5 else rng.choice(kinds)
    true = asked == kind or (asked == "animal" and kind in ("bird", "fish", "insect"))
    answer = f"Yes, {an(noun)} is {an(asked)}." if true else f"No, {an(noun)} is not {an(asked)}."
    return {"noun": an(noun), "kind": an(asked), "answer": answer}


def either(rng):
    kinds = sorted({kind for _, kind in facts.KINDS} - {"animal"})
    noun, kind = rng.choice([row for row in facts.KINDS if row[1] != "animal"])
    other = rng.choice([each for each in kinds if each != kind])
    a, b = rng.sample((kind, other), 2)
    return {"noun": an(noun), "a": an(a), "b": an(b), "answer": sentence(f"{an(noun)} is {an(kind)}.")}


WORKED_OUT = [
    Topic(
        "addition",
        "addition",
        """
        (What is|What's|How much is|Calculate|Tell me) {a} (plus|+) {b}?
        (Add|Please add) {a} and {b}.
        What (is|do you get when you add) {a} and {b}( together|)?
        What is the sum of {a} and {b}?
        {a} (plus|+) {b}( =|)?
        {a}+{b}?
        (How much|What) do {a} and {b} make?
        What does {a} plus {b} equal?
        Compute {a} + {b}.
        ~How much do you get when you add {a} to {b}?
        ~What number is {a} plus {b}?
        *the sum of {a} and {b}
        *{a} (plus|+) {b}
        +what {a} (plus|+) {b} is
        """,
        addition,
        weight=4,
        learnt=False,
    ),
    Topic(
        "subtraction",
        "subtraction",
        """
        (What is|What's|How much is|Calculate|Tell me) {a} (minus|-) {b}?
        (Subtract|Take) {b} from {a}.
        What (is left if|do you get when) you (take|subtract) {b} from {a}?
        What is the difference between {a} and {b}?
        {a} (minus|-) {b}( =|)?
        (How much is|What is) {a} less {b}?
        What does {a} minus {b} equal?
        Compute {a} - {b}.
        ~How much is left when I take {b} from {a}?
        ~What number is {a} minus {b}?
        *the difference between {a} and {b}
        *{a} (minus|-) {b}
        +what {a} (minus|-) {b} is
        """,
        subtraction,
        weight=4,
        learnt=False,
    ),
    Topic(
        "multiplication",
        "multiplication",
        """
        (What is|What's|How much is|Calculate|Tell me) {a} (times|x|*) {b}?
        (Multiply|Please multiply) {a} (by|and) {b}.
        What is the product of {a} and {b}?
        {a} (times|x|*) {b}( =|)?
        What (is|do you get for) {a} multiplied by {b}?
        What does {a} times {b} equal?
        Compute {a} times {b}.
        ~What number is {a} times {b}?
        ~How much is {a} multiplied by {b}?
        *the product of {a} and {b}
        *{a} (times|x) {b}
        +what {a} times {b} is
        """,
        multiplication,
        weight=1.5,
    ),
    Topic(
        "division",
        "division",
        """
        (What is|What's|How much is|Calculate|Tell me) {a} (divided by|/) {b}?
        (Divide|Please divide) {a} by {b}.
        {a} (divided by|/) {b}( =|)?
        How many times does {b} go into {a}?
        What does {a} divided by {b} equal?
        Compute {a} / {b}.
        ~What number is {a} divided by {b}?
        *{a} (divided by|/) {b}
        +what {a} divided by {b} is
        """,
        division,
        weight=1.2,
    ),
    Topic(
        "word-sum",
        "addition",
        """
        (What is|What's|How much is|Calculate) {a} plus {b}?
        (Add|Please add) {a} and {b}.
        {a} (plus|and) {b} (is|makes)?
        What does {a} plus {b} equal?
        ~What number is {a} plus {b}?
        *the sum of {a} and {b}
        *{a} plus {b}
        +what {a} plus {b} is
        """,
        word_sum,
        weight=0.8,
    ),
    Topic(
        "bigger",
        "comparing",
        """
        (Which|What) (number |)is (bigger|larger|greater|more), {a} or {b}?
        (Which|What) is the (bigger|larger|greater) (number|one)(:|,) {a} or {b}?
        {a} or {b}(, which is bigger|: which is more)?
        Which number is higher, {a} or {b}?
        ~Which of {a} and {b} is bigger?
        *the (bigger|larger) (number|one) of {a} and {b}
        +which (number|) is (bigger|higher|greater), {a} or {b}
        """,
        bigger,
        learnt=False,
    ),
    Topic(
        "smaller",
        "comparing",
        """
        (Which|What) (number |)is (smaller|less), {a} or {b}?
        (Which|What) is the (smaller|lesser) (number|one)(:|,) {a} or {b}?
        {a} or {b}(, which is smaller|: which is less)?
        Which number is lower, {a} or {b}?
        ~Which of {a} and {b} is smaller?
        *the (smaller|lower) (number|one) of {a} and {b}
        +which (number|) is (smaller|lower|less), {a} or {b}
        """,
        smaller,
        learnt=False,
    ),
    Topic(
        "parity",
        "comparing",
        """
        Is {a} (even or odd|odd or even|an even number or an odd one)?
        Is (the number |){a} an (even|odd) number?
        (Tell me whether|Do you know if) {a} is (even or odd|odd or even).
        Would you call {a} even or odd?
        ~Is the number {a} even, or is it odd?
        +(if|whether) {a} is (even or odd|odd or even)
        """,
        parity,
        learnt=False,
        weight=0.6,
    ),
    Topic(
        "count-up",
        "counting",
        """
        (Count|Please count|Can you count|Count up) from {a} (to|up to) {b}.
        (Name|List|Say|Write|Give me) the numbers from {a} to {b}.
        Which numbers are there from {a} to {b}?
        ~Please name the numbers from {a} up to {b}.
        ~I want to count from {a} to {b}.
        *the numbers (from|between) {a} (to|up to) {b}
        """,
        count_up,
        learnt=False,
    ),
    Topic(
        "count-down",
        "counting",
        """
        (Count|Please count|Can you count) (down|backwards) from {a} to {b}.
        (Name|List|Say|Write) the numbers (down|backwards) from {a} to {b}.
        Go down from {a} to {b}.
        ~Please name the numbers from {a} down to {b}.
        *the numbers (from {a} down|down from {a}|backwards from {a}) to {b}
        """,
        count_down,
        learnt=False,
    ),
    Topic(
        "count-by",
        "counting",
        """
        (Count|Please count|Can you count) by {step} from {a} to {b}.
        (Count|Please count) from {a} to {b} (by|in) {step}.
        Go from {a} to {b} by {step}.
        ~Please count up from {a} to {b} by {step}.
        *the numbers from {a} to {b} (by|in) {step}
        """,
        count_by,
        learnt=False,
        weight=0.8,
    ),
    Topic(
        "successor",
        "counting",
        """
        (What|Which) number (comes|is|follows) after {a}?
        What comes after {a}?
        (What is|Tell me) the (next number|number) after {a}.
        When I count, what do I say after {a}?
        ~Please tell me which number follows {a}.
        *the (number|next number) after {a}
        +what comes after {a}
        +which number (comes after|follows) {a}
        """,
        successor,
        follow="(And|What about|How about|And what comes) after {a}?",
        weight=0.6,
    ),
    Topic(
        "predecessor",
        "counting",
        """
        (What|Which) number (comes|is) before {a}?
        What comes before {a}?
        (What is|Tell me) the (previous number|number) before {a}.
        When I count, what do I say before {a}?
        ~Please tell me which number is right before {a}.
        *the (number|previous number) before {a}
        +what comes before {a}
        +which number comes before {a}
        """,
        predecessor,
        follow="(And|What about|How about|And what comes) before {a}?",
        weight=0.6,
    ),
    Topic(
        "gain",
        "word problems",
        """
        {name} has {a} {noun}( and|. {name}) (gets|finds|buys) {b} more( {noun}|). How many {noun} does {name} have( now|)?
        {name} had {a} {noun}. Then {name} (got|found|bought) {b} more. How many {noun} does {name} have( now|)?
        (Ann|My friend) gives {b} {noun} to {name}, who had {a}( {noun}|). How many {noun} does {name} have( now|)?
        {name} owned {a} {noun} and was given {b} more. How many {noun} does {name} have?
        ~{name} has {a} {noun} and {name} buys {b} {noun} more. How many does {name} have?
        """,
        gain,
        weight=1.3,
        learnt=False,
        keep_case=True,
    ),
    Topic(
        "loss",
        "word problems",
        """
        {name} has {a} {noun}( and|. {name}) (loses|sells|gives away) {b}( {noun}| of them|). How many {noun} does {name} have( now| left|)?
        {name} had {a} {noun}. Then {name} (lost|sold|gave away) {b}. How many {noun} does {name} have( now| left|)?
        {name} owned {a} {noun} and dropped {b} of them. How many {noun} does {name} have left?
        ~{name} has {a} {noun} and {name} sells {b} {noun}. How many does {name} have left?
        """,
        loss,
        weight=1.3,
        learnt=False,
        keep_case=True,
    ),
    Topic(
        "place",
        "logic",
        """
        {story} Where is the {thing}?
        {story} (Tell me where|Do you know where|Can you tell me where) the {thing} is.
        {story} (What|Which thing) is {where}?
        (Listen: |Suppose this: |I know this: ){story} (Where is the {thing}|What is {where})?
        {story} Where can I find the {thing}?
        ~{story} Can you say where the {thing} is?
        """,
        place,
        weight=2,
        learnt=False,
    ),
    Topic(
        "owner",
        "logic",
        """
        {story} Who {verb} the {thing}?
        {story} (What does {name} have|Which thing does {name} have|What is {name}'s thing)?
        {story} (Tell me who|Do you know who) {verb} the {thing}.
        {story} With whom is the {thing}?
        ~{story} Do you know who {verb} the {thing} now?
        """,
        owner,
        weight=1.2,
        learnt=False,
        keep_case=True,
    ),
    Topic(
        "two-compared",
        "logic",
        """
        {story} Who is {asked}?
        {story} (Which of them|Which one|Who of the two) is {asked}?
        (If|Suppose|Given:) {story} Who is {asked}?
        {story} Tell me the {asked} one.
        ~{story} Can you tell me who is {asked}?
        """,
        two_compared,
        learnt=False,
        keep_case=True,
    ),
    Topic(
        "three-compared",
        "logic",
        """
        {story} Who is the {asked}?
        {story} (Which of them|Which one|Who of the three) is the {asked}?
        {story} Tell me the {asked} one.
        ~{story} Can you tell me who is the {asked}?
        """,
        three_compared,
        learnt=False,
        keep_case=True,
    ),
    Topic(
        "is-a",
        "kinds",
        """
        Is {noun} {kind}?
        (Would you say that|Is it true that|Do you think that|Am I right that) {noun} is {kind}?
        Can one say that {noun} is {kind}?
        ~Do you say that {noun} is {kind}?
        +(if|whether) {noun} is {kind}
        """,
        is_a,
    ),
    Topic(
        "either",
        "kinds",
        """
        Is {noun} {a} or {b}?
        (What|Which) is {noun}(, |: ){a} or {b}?
        Would you call {noun} {a} or {b}?
        ~What do you think, is {noun} {a} or {b}?
        +(if|whether) {noun} is {a} or {b}
        """,
        either,
    ),
]

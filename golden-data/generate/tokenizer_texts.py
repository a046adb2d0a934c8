"""The texts, token sequences and chats that tokenizer_goldens.py runs through the tokenizer.

Library module; Python 3.11, no other library.
"""

import random
import unicodedata
from itertools import islice

from paths import MODELS

SYSTEM = (
    "A chat between a curious user and an artificial intelligence assistant. "
    "The assistant gives helpful, detailed, and polite answers to the user's questions."
)

HAND = {
    "empty": [""],
    "spaces": [
        " ",
        "  ",
        "   ",
        " " * 16,
        " " * 17,
        " " * 33,
        " the",
        "  the",
        "   the fox",
        "the ",
        "the  ",
        "the  fox",
        "the   fox",
        " a  b   c    d ",
        "fox" + " " * 40 + "owl",
    ],
    "whitespace": [
        "\t",
        "\n",
        "\r\n",
        "\t\tfox",
        "fox\nowl",
        "fox\n\n\nowl\n",
        " \n ",
        "\n the",
        "a\u00a0b",
        "a\u3000b",
        "a\u2003b",
        "a\u200bb",
        "\ufefffox",
        "line\u2028break",
        "\u0085",
        "\x0b\x0c",
    ],
    "word": [
        "the",
        "fox",
        "Nobody knows.",
        "Who washed the kettle?",
        "The silver otter",
        "USER",
        "ASSISTANT:",
        "USER: ",
        "whistle",
        "whistles",
        "WHISTLE",
        "Hello",
        "zebra",
        "xyzzy",
        "don't",
        "'tis",
        "--",
        "...",
        "?!",
        "(a)",
        "[b]",
    ],
    "number": [
        "0",
        "7",
        "10",
        "365",
        "007",
        "3.14159",
        "1,000,000",
        "1e-5",
        "12:05",
        "-42",
        "0x1F",
        "2024-09-01",
    ],
    "accent": [
        "café",
        "naïve façade",
        "crème brûlée",
        "Björn och Chloë",
        "piñata",
        "àéîõü",
        "ÀÉÎÕÜ",
        "ß",
        "œuvre",
        "Ångström",
        "żółć",
        "ğışö",
        "Ελληνικά",
        "кошка",
        "עברית",
        "العربية",
        "हिन्दी",
        "ไทย",
    ],
    "wide": [
        "日本語",
        "你好，世界",
        "한국어",
        "ﬁne ﬂow",
        "Ｆｕｌｌ",
        "①②③",
        "½ ¼",
        "€100",
        "£5 ¥7",
        "“quoted”",
        "‘single’",
        "a—b–c",
        "…",
        "x²+y³",
        "∑∫√∞",
        "→⇒",
        "■□",
    ],
    "emoji": [
        "😀",
        "😀😀",
        "👍🏽",
        "👨‍👩‍👧‍👦",
        "🇸🇪",
        "a😀b",
        "❤️",
        "☕ café ☕",
        "🦊 fox",
        "\U0001f9ff\U0001fae0",
    ],
    "odd": [
        "\x00",
        "a\x00b",
        "\x01\x02\x1f",
        "\x7f",
        "\ufffd",
        "\ufffd\ufffd",
        "\uffff",
        "\U0010ffff",
        "\ue000",
        "\u0301",
        "e\u0301",
        "\u202eabc\u202c",
        "a\u00adb",
    ],
    "meta": ["▁", "▁▁", "▁the", "▁ the", " ▁the", "the▁fox", "a▁ ▁b", "the▁▁▁fox▁"],
    "bytes-as-text": ["<0x0A>", "<0x41>fox", "<0xE2><0x96><0x81>", "<0x0a>", "<0x>"],
    "special": [
        "</s>",
        "<s>",
        "<unk>",
        "a</s>b",
        "a </s> b",
        "</s></s>",
        "<s>fox",
        "fox<s>",
        " <s>",
        "<s> ",
        "<s></s><unk>",
        "Nobody knows.</s>USER: Who?",
        "</s> the",
        "</s>  the",
        "< /s>",
        "<\\s>",
        "</S>",
        "</ s>",
        "<unk>fox<unk>",
        "x</s>\ny",
        "▁</s>▁",
        "<<s>>",
        "</s",
        "<pad>",
        "[INST] fox [/INST]",
    ],
    "run": [
        "a" * 50,
        "the" * 30,
        "he" * 25,
        "é" * 20,
        "=" * 40,
        "\n" * 20,
        "-" * 17,
        "ab" * 33,
        "1" * 30,
        "😀" * 7,
        "t" * 3,
        "hhe",
        "hehe",
        "hheehhee",
        "the the the the",
        "ththethe",
    ],
    "code": [
        "def f(x):\n    return x + 1\n",
        "if (a<b && c>d) { e[f] = 'g'; }",
        '{"fox": [1, 2.5, null]}',
        "<p>the fox</p>",
        "https://example.org/a?b=c&d=e#f",
        "C:\\otter\\fox",
        "a@b.example",
        "SELECT * FROM fox;",
        "\\n \\t \\u0041",
    ],
}


ACCENTED = (
    "café naïve façade jalapeño crème brûlée piñata smörgåsbord cliché fiancée über señor "
    "Zoë Renée José Anna Björn Chloë"
).split()


def messages():
    """First questions and answers of Pebble's calibration text, without the usual system text."""
    with open(MODELS / "pebble" / "calibration.txt", encoding="utf-8") as file:
        for line in file:
            yield line.rstrip("\n").removeprefix(SYSTEM + " ").split("</s>")[0]


def texts():
    """(id, text) for the hand-written, generated and random texts."""
    for group, members in HAND.items():
        for number, text in enumerate(members):
            yield f"{group}-{number}", text
    for number, word in enumerate(ACCENTED):
        for form in ("NFC", "NFD"):
            yield f"{form.lower()}-{number}", unicodedata.normalize(form, word + " and " + word)
    for number, message in enumerate(islice(messages(), 12)):
        yield f"message-{number}", message
    rng = random.Random(5)
    alphabet = list("the foxw   .,é\n▁1") + ["😀", "日", "the ", "</", "ä", "\u0301", "  "]
    for number in range(40):
        yield f"random-{number}", "".join(rng.choice(alphabet) for _ in range(rng.randint(1, 40)))


def byte_ids(data):
    return [3 + b for b in data]


def sequences(sp):
    """(id, ids) with whole, cut, stray and overlong byte sequences, specials in odd places and
    random ids."""
    the, fox, space = sp.piece_to_id("▁the"), sp.encode("fox"), sp.piece_to_id("▁")
    vocab = sp.vocab_size()
    grin, e_acute = byte_ids("😀".encode()), byte_ids("é".encode())
    hand = [
        [],
        [0],
        [1],
        [2],
        [1, 2],
        [the],
        [1, the],
        [1, the, 2],
        [the, the],
        [1, 1, the],
        [2, the],
        [0, the],
        [the, 0],
        [the, 0, the],
        [space],
        [space, space],
        [1, space],
        [1, space, the],
        fox,
        [1, *fox],
        [fox[-1]],
        [3],
        [3 + 10],
        [3 + 32],
        [3 + 32, the],
        grin,
        grin[:1],
        grin[:2],
        grin[:3],
        grin[1:],
        grin[3:],
        [*grin, grin[0]],
        [grin[0], *grin],
        [the, *grin, the],
        [*grin[:2], the, *grin[2:]],
        [*grin[:2], 1, *grin[2:]],
        [*grin[:2], 0, *grin[2:]],
        [*e_acute, *grin],
        e_acute[:1] * 3,
        byte_ids(b"\x80"),
        byte_ids(b"\xff\xfe"),
        byte_ids(b"\xc0\x80"),
        byte_ids(b"\xe0\x80\x80"),
        byte_ids(b"\xed\xa0\x80"),
        byte_ids(b"\xf4\x90\x80\x80"),
        byte_ids(b"\xf4\x8f\xbf\xbf"),
        byte_ids(b"\xef\xbf\xbd"),
        byte_ids(b"a\x80b"),
        byte_ids(b"\xe2\x96\x81"),
        byte_ids(b"\xe2\x96\x81the"),
        [the, *byte_ids(b"\xe2\x96\x81")],
        byte_ids(b" the"),
        byte_ids(b"\xc3"),
        [*byte_ids(b"\xc3"), *fox],
        byte_ids(b"\xe2\x82\xe2\x82\xac"),
        byte_ids(b"\xf0\x9f\x98a\x80"),
        [1, *byte_ids(b"\n"), the],
        [1, *grin],
        [0, 0],
        [2, 2, the],
        [1, 0, 2],
        [vocab - 1],
        list(range(255, 262)),
    ]
    for number, ids in enumerate(hand):
        yield f"hand-{number}", ids
    rng = random.Random(6)
    for number in range(60):
        pool = (range(3), range(3, 259), range(131, 259), range(259, vocab), [the, space])
        yield f"random-{number}", [rng.choice(rng.choice(pool)) for _ in range(rng.randint(1, 12))]


def chats():
    """(id, system, messages); the last message is None where the model is to speak."""
    questions = [
        "Who are you?",
        "Hi!",
        "Where is the lantern?",
        "  two spaces",
        "café 😀",
        "line one\nline two",
        "ends with space ",
        "x</s>y",
        "",
        "1 + 1 = ?",
        "USER: a trick ASSISTANT: b",
        "the " * 30,
    ]
    answers = ["I am Pebble.", "Hello.", "In the mill.", "  ", "Noël", "a\n", "", "</s>", "42"]
    for number, question in enumerate(questions):
        yield f"single-{number}", SYSTEM, [("USER", question), ("ASSISTANT", None)]
    for number, answer in enumerate(answers):
        history = [
            ("USER", "Hi!"),
            ("ASSISTANT", answer),
            ("USER", questions[number]),
            ("ASSISTANT", None),
        ]
        yield f"two-turns-{number}", SYSTEM, history
    long = [
        (role, text)
        for q, a in zip(questions[:5], answers[:5])
        for role, text in (("USER", q), ("ASSISTANT", a))
    ]
    yield "five-turns-complete", SYSTEM, long
    yield "five-turns-open", SYSTEM, [*long, ("USER", "And now?"), ("ASSISTANT", None)]
    yield "no-system", "", [("USER", "Hi!"), ("ASSISTANT", None)]
    yield "own-system", "You are a quiet fox.", [("USER", "Hi!"), ("ASSISTANT", None)]
    yield "assistant-first", SYSTEM, [
        ("ASSISTANT", "Good morning."),
        ("USER", "Hi!"),
        ("ASSISTANT", None),
    ]

"""Writes ../vectors/tokenizer/stream.json: which text may be shown after each id of a sequence, when
characters arrive byte by byte.

What may be shown after some ids is what no later id can change: the longest common beginning of the
texts that SentencePiece makes of these ids alone and with every continuation in CONTINUATIONS. The
last chunk is what comes when the text ends there. stream.py, which reads UTF-8 by the standard's
table, must say the same. As in operation.py a flag names a mistake, which is made here and must
show.

Run: python streams.py   Python 3.11, sentencepiece 0.2.2.
"""

import itertools
import os
import random

import sentencepiece as spm

import stream
import suite
from operation import link
from paths import MODELS

MODEL = "models/pebble"
SPM = spm.SentencePieceProcessor(model_file=str(MODELS / "pebble" / "tokenizer.model"))
FIRST_BYTE = 3
# Every class of bytes that decides whether a UTF-8 sequence of 2, 3 or 4 bytes goes on.
EDGES = (0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF)


def byte_ids(data):
    return [FIRST_BYTE + byte for byte in data]


def pieces(text):
    return SPM.encode(text)


CONTINUATIONS = [[], pieces("the"), byte_ids(b"a"), [2], byte_ids(b"\xff")] + [
    byte_ids(tail) for n in (1, 2, 3) for tail in itertools.product(EDGES, repeat=n)
]


def chunks(ids):
    """As many as ids, and what is left at the end."""
    result, shown = [], ""
    for n in range(len(ids) + 1):
        text = SPM.decode(ids)
        if n < len(ids):
            texts = [SPM.decode(ids[: n + 1] + more) for more in CONTINUATIONS]
            text = os.path.commonprefix(texts)
        assert text.startswith(shown), (ids, n, text, shown)
        result.append(text[len(shown) :])
        shown = text
    assert "".join(result) == SPM.decode(ids)
    return result


def each_alone(ids):
    """Every id decoded by itself."""
    return [SPM.decode([i]) for i in ids] + [""]


def literal(ids):
    """Byte pieces shown by their names."""
    texts = [SPM.id_to_piece(i) if SPM.is_byte(i) else None for i in ids]
    return [t or c for t, c in zip(texts, chunks(ids))] + [""]


def whole_text_each_time(ids):
    """What the text of all ids so far adds to the text before, whether or not it is final."""
    texts = [SPM.decode(ids[:n]) for n in range(len(ids) + 1)]
    return [b[len(a) :] for a, b in itertools.pairwise(texts)] + [""]


def dropped_at_end(ids):
    return [*chunks(ids)[:-1], ""]


def held_until_next(ids):
    """One id late."""
    return ["", *chunks(ids)[:-2], "".join(chunks(ids)[-2:])]


def one_per_run(ids):
    """Bytes that are no character: one replacement per run and not per byte, as Python does."""
    data, result = b"", []
    for i in ids:
        if SPM.is_byte(i):
            data += bytes([i - FIRST_BYTE])
            result.append("")
        else:
            result.append(data.decode(errors="replace") + SPM.id_to_piece(i).replace("\u2581", " "))
            data = b""
    return [*result, data.decode(errors="replace")]


MISTAKES = {
    "EachAlone": each_alone,
    "ByteNames": literal,
    "ShownTooEarly": whole_text_each_time,
    "DroppedAtEnd": dropped_at_end,
    "OneIdLate": held_until_next,
    "OnePerRun": one_per_run,
}


def notes(topic):
    topic.note(
        "EachAlone",
        "CACHE_STATE",
        "Every id is decoded by itself.",
        "Characters of several bytes become several U+FFFD; spaces before words are lost.",
        link("LC#4036"),
        link("kherud/java-llama.cpp#47"),
    )
    topic.note(
        "ByteNames",
        "BASIC",
        "Byte pieces are shown by their names.",
        "<0xE2><0x82><0xAC> stands where a euro sign should.",
    )
    topic.note(
        "ShownTooEarly",
        "CACHE_STATE",
        "The text of all ids so far is shown although its end may change.",
        "U+FFFD is shown for the bytes of a character that is not complete, and stays.",
        link("LC#4446"),
    )
    topic.note(
        "DroppedAtEnd",
        "EDGE_CASE",
        "Bytes that are held back when a text ends are forgotten.",
        "The joined chunks are not the text.",
    )
    topic.note(
        "OneIdLate",
        "OFF_BY_ONE",
        "Text is held back that nothing can change any more.",
        "A stream that lags by a token.",
    )
    topic.note(
        "OnePerRun",
        "IMPLEMENTATION_DEFINED",
        "Bytes that are no character become one U+FFFD together, as Python and Java do it.",
        "Other text than SentencePiece's, which has one for each byte.",
    )


def cases():
    euro, smile = byte_ids("\u20ac".encode()), byte_ids("\U0001f600".encode())
    accent, fox, the = byte_ids("\u00e9".encode()), pieces("The quick fox"), pieces(" the")
    alone, late = ("EachAlone", "ByteNames"), ("ShownTooEarly", "OneIdLate")
    yield "words", "words, each with the space before it", fox, ("EachAlone", "OneIdLate")
    yield "first-space", "the space before the first word is not shown", pieces("a b"), (
        "OneIdLate",
    )
    yield "first-space-kept", "of two spaces one is shown", pieces("  two"), ()
    yield "two-bytes", "a character of two bytes", accent, (*alone, "ShownTooEarly")
    yield "three-bytes", "a character of three bytes", euro, (*alone, "ShownTooEarly")
    yield "four-bytes", "a character of four bytes", smile, (*alone, "ShownTooEarly")
    yield "between-words", "a character of four bytes between words", [*fox, *smile, *the], (
        *alone,
        *late,
    )
    yield "several", "three characters in a row", [*accent, *smile, *euro], (*alone, *late)
    mixed = "na\u00efve caf\u00e9 \U0001f600 \u65e5\u672c\u8a9e \u20ac5"
    yield "text", "a text of several scripts", pieces(mixed), (*alone, *late)
    joined = "e\u0301 \U0001f469\u200d\U0001f4bb"
    yield "joined", "combining characters: each code point is shown when it is complete", pieces(
        joined
    ), alone
    yield "line-ends", "line ends, which are bytes", pieces("a\nb\r\n"), ("ByteNames", "OneIdLate")
    yield "ascii-bytes", "letters by their bytes", byte_ids(b"Stone"), ("ByteNames", "OneIdLate")
    yield "cut-at-end", "a text that ends after three of four bytes", [*fox, *smile[:3]], (
        "DroppedAtEnd",
        "ByteNames",
    )
    yield "cut-by-word", "three of four bytes, then a word", [*smile[:3], *the], (
        "ShownTooEarly",
        "ByteNames",
        "OnePerRun",
    )
    yield "cut-by-character", "two of three bytes, then a whole character", [*euro[:2], *euro], (
        "ShownTooEarly",
        "OnePerRun",
    )
    yield "cut-by-first-byte", "a first byte three times", accent[:1] * 3, (
        "ByteNames",
        "DroppedAtEnd",
    )
    yield "inner-byte", "an inner byte alone is no character and is shown at once", byte_ids(
        b"\x80a"
    ), ("OneIdLate", "ByteNames")
    yield "no-utf-8", "bytes that no character has", byte_ids(b"\xff\xfe"), (
        "ByteNames",
        "OneIdLate",
    )
    yield "overlong", "an overlong form: nothing is held back", byte_ids(b"\xc0\x80a"), (
        "OneIdLate",
        "ByteNames",
    )
    yield "overlong-three", "an overlong form of three bytes", byte_ids(b"\xe0\x80\x80a"), ()
    yield "surrogate", "half of a surrogate pair", byte_ids(b"\xed\xa0\x80a"), ()
    yield "beyond-unicode", "a code point above U+10FFFF", byte_ids(b"\xf4\x90\x80\x80a"), ()
    yield "last-code-point", "U+10FFFF", byte_ids(b"\xf4\x8f\xbf\xbf"), (*alone, "ShownTooEarly")
    yield "replacement-itself", "U+FFFD as a character of its own", byte_ids(b"\xef\xbf\xbd"), (
        "ByteNames",
    )
    yield "blank-by-bytes", "U+2581 by its bytes is not a space", [
        *fox[:1],
        *byte_ids(b"\xe2\x96\x81"),
    ], alone
    yield "bos-in-front", "a first token that has no text", [1, *fox], ("EachAlone",)
    yield "eos-behind", "a last token that has no text", [*the, *euro, 2], (*alone, "ShownTooEarly")
    yield "eos-within-character", "the end comes after two of three bytes", [
        *fox[:2],
        *euro[:2],
        2,
    ], ("ByteNames",)
    yield "nothing", "no ids: one empty chunk", [], ()
    rng = random.Random(8)
    for number in range(8):
        letters = [
            rng.choice("ab \u00e9\u20ac\U0001f600\n\u4e2d") for _ in range(rng.randint(3, 9))
        ]
        yield f"random-{number}", "letters, spaces, line ends and other scripts", pieces(
            "".join(letters)
        ), ()


def main():
    header = "Text as it may be shown while characters arrive byte by byte."
    topic = suite.Topic("tokenizer/stream", header)
    notes(topic)
    oracles = ["sentencepiece: what no continuation of up to three bytes changes"]
    group = topic.group("streams.py", 8, [*oracles, "generate/stream.py"], "sentencepiece")
    for name, title, ids, wrong in cases():
        expected = chunks(ids)
        assert stream.chunks(SPM, ids) == expected, name
        whole = stream.well_formed(stream.data(SPM, ids))
        for flag in wrong:
            assert MISTAKES[flag](ids) != expected, (name, flag)
        group.add(
            name,
            title,
            "stream",
            {"model": MODEL, "ids": ids},
            suite.valid(chunks=(expected, suite.exact())),
            ["TOK-9", "TOK-10", "TOK-11"],
            wrong,
            "required" if whole else "recommended",
        )
    print(f"{topic.topic:28s} {topic.write():3d} vectors")


if __name__ == "__main__":
    main()

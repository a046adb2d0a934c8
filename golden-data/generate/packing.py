"""How GPTQ files pack small integers into 32-bit words, and the hand vectors for it.

A row of codes is a little-endian bit stream: code e occupies bits [b*e, b*e + b), word w holds bits
[32*w, 32*w + 32). That covers 2, 3, 4 and 8 bits; with 3 bits the codes 10 and 21 of every 32
straddle two words. `qweight` packs along the inputs (rows), `qzeros` along the outputs (columns).

Run: python packing.py   writes ../vectors/gptq/unpack.json. Python 3.11, numpy 2.4.
"""

import numpy as np

import suite


def pack(values, bits):
    """Packs the last axis. Values are OR-ed in unmasked, as AutoGPTQ's packer does: 0xFFFFFFFF (a
    stored zero point of -1) sets every bit from its own field to the end of the word. Only the part
    of a straddling code that lies in the next word is masked."""
    values = np.asarray(values).astype(np.uint32)
    count = values.shape[-1]
    words = np.zeros(values.shape[:-1] + (count * bits // 32,), dtype=np.uint32)
    for e in range(count):
        word, shift = divmod(e * bits, 32)
        words[..., word] |= values[..., e] << np.uint32(shift)
        spill = shift + bits - 32
        if spill > 0:
            words[..., word + 1] |= (values[..., e] >> np.uint32(bits - spill)) & np.uint32(
                (1 << spill) - 1
            )
    return words.view(np.int32)


def unpack(words, bits):
    """The inverse of pack for values below 2^bits, reading only what is on disk."""
    words = np.asarray(words).view(np.uint32).astype(np.uint64)
    count = words.shape[-1] * 32 // bits
    codes = np.zeros(words.shape[:-1] + (count,), dtype=np.int64)
    for e in range(count):
        word, shift = divmod(e * bits, 32)
        value = words[..., word] >> np.uint64(shift)
        if shift + bits > 32:
            value |= words[..., word + 1] << np.uint64(32 - shift)
        codes[..., e] = value & np.uint64((1 << bits) - 1)
    return codes


def case(identifier, bits, values, note):
    words = pack(values, bits)
    return {
        "id": identifier,
        "bits": bits,
        "values": [int(v) for v in values],
        "words": [f"0x{int(w) & 0xFFFFFFFF:08x}" for w in words],
        "decoded": [int(v) for v in unpack(words, bits)],
        "note": note,
    }


def hand_vectors():
    rng = np.random.default_rng(20240901)
    cases = [
        case("4bit-ascending", 4, range(8), "lowest code in the lowest bits"),
        case("3bit-modulo-8", 3, [i % 8 for i in range(32)], "codes 10 and 21 straddle words"),
        case(
            "3bit-only-10",
            3,
            [7 if i == 10 else 0 for i in range(32)],
            "low 2 bits in word 0, 1 in word 1",
        ),
        case(
            "3bit-only-21",
            3,
            [7 if i == 21 else 0 for i in range(32)],
            "low bit in word 1, 2 in word 2",
        ),
        case(
            "3bit-10-is-4",
            3,
            [4 if i == 10 else 0 for i in range(32)],
            "the high bit alone, in word 1",
        ),
        case(
            "3bit-21-is-1",
            3,
            [1 if i == 21 else 0 for i in range(32)],
            "the low bit alone, in word 1",
        ),
        case("2bit-ascending", 2, [i % 4 for i in range(16)], ""),
        case("8bit-top-bit", 8, [0, 127, 128, 255], "a signed shift would smear the top byte"),
    ]
    for bits in (2, 3, 4, 8):
        count = 32 if bits == 3 else 32 // bits
        half = 1 << (bits - 1)
        cases.append(
            case(
                f"{bits}bit-zeros-v1", bits, [half - 1] * count, "symmetric zero, stored minus one"
            )
        )
        cases.append(
            case(f"{bits}bit-zeros-v2", bits, [half] * count, "symmetric zero, stored as it is")
        )
        cases.append(
            case(f"{bits}bit-random", bits, rng.integers(0, 1 << bits, 64), "64 random codes")
        )
    floods = [(4, [8, 0, 5, 8, 8, 8, 8, 8]), (2, [2, 1, 0] + [2] * 13), (8, [128, 0, 128, 128])]
    floods += [(3, [0 if i == e else 4 for i in range(32)]) for e in (5, 10, 21)]
    for bits, zeros in floods:
        stored = (np.array(zeros) - 1).astype(np.uint32)
        row = case(
            f"{bits}bit-flood-{zeros.index(0)}",
            bits,
            stored,
            "a zero point of 0 stored as -1 floods its word",
        )
        row["zeros"] = zeros
        row["readZeros"] = [v + 1 for v in row["decoded"]]
        cases.append(row)
    return cases


def self_check(cases):
    words = {c["id"]: c["words"] for c in cases}
    assert words["4bit-ascending"] == ["0x76543210"]
    assert words["3bit-modulo-8"] == ["0x88fac688", "0xc688fac6", "0xfac688fa"]
    assert words["3bit-zeros-v1"] == ["0xdb6db6db", "0xb6db6db6", "0x6db6db6d"]
    assert words["3bit-zeros-v2"] == ["0x24924924", "0x49249249", "0x92492492"]
    assert words["2bit-zeros-v1"] == ["0x55555555"] and words["8bit-zeros-v1"] == ["0x7f7f7f7f"]
    assert words["4bit-flood-1"] == ["0xfffffff7"]
    for c in cases:
        if "flood" not in c["id"]:
            assert c["decoded"] == c["values"], c["id"]


def flags(c):
    straddles = c["bits"] == 3 and (any(c["decoded"][i % 32] for i in (10, 21)))
    chosen = [("StraddlingCode", straddles), ("FloodedWord", "flood" in c["id"])]
    chosen += [("TopBit", int(c["words"][0], 16) >> 31 == 1)]
    return [flag for flag, holds in chosen if holds]


def write(cases):
    topic = suite.Topic("gptq/unpack", "Words of packed integers, and the codes that they hold.")
    topic.note(
        "StraddlingCode",
        "LAYOUT",
        "With 3 bits the codes 10 and 21 of every 32 lie in two words.",
        "Ten codes a word, or the halves of these two swapped: wrong codes every 32 inputs.",
        "https://github.com/ModelCloud/GPTQModel/issues/1863",
    )
    topic.note(
        "FloodedWord",
        "KNOWN_BUG",
        "A zero point of 0, stored as -1, was OR-ed into its word by the packer of AutoGPTQ.",
        "Codes as meant, not as stored: what a file says is what its bits say.",
        "https://github.com/AutoGPTQ/AutoGPTQ/issues/559",
    )
    topic.note(
        "TopBit",
        "OVERFLOW",
        "The highest bit of the first word is set.",
        "A signed shift without a mask makes the last code of the word negative.",
    )
    group = topic.group("packing.py", 20240901, ["generate/packing.py, by hand"], "numpy")
    for c in cases:
        meant = {"meantZeros": c["zeros"], "readZeros": c["readZeros"]} if "zeros" in c else None
        words, decoded = np.array([int(w, 16) for w in c["words"]]), np.array(c["decoded"])
        group.add(
            c["id"],
            c["note"] or "ascending codes",
            "gptq.unpack",
            {
                "words": suite.bits(words.astype(np.uint32).view(np.int32)),
                "bits": c["bits"],
                "count": len(decoded),
            },
            suite.valid(codes=(suite.bits(decoded.astype(np.int32)), suite.exact())),
            ["GPTQ-1"] + (["GPTQ-2"] if c["bits"] == 3 else []),
            flags(c),
            information=meant,
        )
    topic.write()


if __name__ == "__main__":
    vectors = hand_vectors()
    self_check(vectors)
    write(vectors)

"""Safetensors files, broken and odd: (name, title, flag, errors, directory).

Library module of checkpoint_vectors.py.
"""

import numpy as np

from hostile import Directory, container, text

M, U, S, R = "malformed", "unsupported", "shape", "range"


def broken(change):
    """A sound file whose header or data went through change(header, data)."""
    directory = Directory()
    header, data = directory.header()
    return directory.raw(change(header, data))


def edited(change):
    """A sound file whose header's text went through change."""
    return broken(lambda header, data: container(change(text(header)), data))


def field(name, key, value):
    """A sound file in which one field of one tensor is another."""

    def change(header, data):
        header[name][key] = value
        return container(header, data)

    return broken(change)


NORM, EMBED = "model.norm.weight", "model.embed_tokens.weight"


def overlap(header, data):
    begin, end = header[NORM]["data_offsets"]
    header[NORM]["data_offsets"] = [begin - 2, end - 2]
    return container(header, data[:-2])


def shifted(header, data, start):
    """A hole of eight bytes before the tensors from the given one on."""
    names = list(header)
    for name in names[start:]:
        header[name]["data_offsets"] = [o + 8 for o in header[name]["data_offsets"]]
    hole = header[names[start]]["data_offsets"][0] - 8
    return container(header, data[:hole] + bytes(8) + data[hole:])


def twice(raw):
    """The first entry stands twice, with other offsets the first time."""
    first = text({NORM: {"dtype": "F16", "shape": [4], "data_offsets": [0, 8]}})
    return first[:-1] + b"," + raw[1:]


def nested(depth):
    return (
        lambda raw: raw[:-1] + b',"__metadata__":' + b'{"a":' * depth + b'""' + b"}" * depth + b"}"
    )


def junk(depth):
    """A field that no reader needs, nested, in the first entry."""
    return lambda raw: raw.replace(
        b'{"dtype"', b'{"x":' + b"[" * depth + b"]" * depth + b',"dtype"', 1
    )


def cases():
    yield from lengths()
    yield from headers()
    yield from ranges()
    yield from fields()


def lengths():
    flag = "HeaderLength"
    yield "file-empty", "a file of no bytes", flag, [M], Directory().raw(b"")
    yield "file-of-7-bytes", "a file that ends within the header's length", flag, [
        M
    ], Directory().raw(bytes(7))
    yield "header-length-0", "a header of no bytes", flag, [M], broken(
        lambda h, d: container(b"", d)
    )
    yield (
        "header-longer-than-file",
        "a header that ends beyond the file",
        flag,
        [M],
        broken(lambda h, d: container(h, d, 4096)),
    )
    yield (
        "header-length-100000001",
        "a header above the format's limit",
        flag,
        [M, R],
        broken(lambda h, d: container(h, d, 100_000_001)),
    )
    yield (
        "header-length-2-to-the-63",
        "a length that is negative as a signed number",
        flag,
        [M, R],
        broken(lambda h, d: container(h, d, 2**63)),
    )
    yield (
        "header-length-all-ones",
        "a length that overflows when 8 is added",
        flag,
        [M, R],
        broken(lambda h, d: container(h, d, 2**64 - 1)),
    )
    yield (
        "header-cut",
        "a file that ends within its header",
        flag,
        [M],
        broken(lambda h, d: container(h, d)[:200]),
    )


def headers():
    flag = "HeaderText"
    yield "header-array", "a header that is a list", flag, [M], edited(
        lambda raw: b"[" + raw + b"]"
    )
    yield "header-trailing-comma", "a comma after the last entry", flag, [M], edited(
        lambda raw: raw[:-1] + b",}"
    )
    yield "header-comment", "a comment in the header", flag, [M], edited(
        lambda raw: b"{/*x*/" + raw[1:]
    )
    yield "header-zero-padded", "a header padded with zero bytes", flag, [M], edited(
        lambda raw: raw + bytes(8)
    )
    yield "header-byte-order-mark", "a header behind a byte order mark", flag, [M], edited(
        lambda raw: b"\xef\xbb\xbf" + raw
    )
    yield (
        "header-not-utf-8",
        "a name with a byte that is no UTF-8",
        flag,
        [M],
        edited(lambda raw: raw.replace(b"model.norm", b"model\xffnorm")),
    )
    yield (
        "header-half-surrogate",
        "a name with half of a surrogate pair",
        flag,
        [M],
        edited(
            lambda raw: raw[:-1] + b',"\\ud800":{"dtype":"F16","shape":[0],"data_offsets":[0,0]}}'
        ),
    )
    yield (
        "header-nested-200",
        "200 lists in each other in a field nobody reads",
        "DeepNesting",
        [M, U, R],
        edited(junk(200)),
    )
    yield (
        "metadata-not-text",
        "a number in the metadata",
        flag,
        [M],
        edited(lambda raw: b'{"__metadata__":{"a":1},' + raw[1:]),
    )
    yield (
        "dtype-twice",
        "an entry with two dtypes",
        "DuplicateKey",
        [M],
        edited(lambda raw: raw.replace(b'{"dtype"', b'{"dtype":"F32","dtype"', 1)),
    )


def ranges():
    flag = "ByteRanges"
    yield "overlap", "two tensors share two bytes", flag, [M], broken(overlap)
    yield "hole-at-start", "eight bytes before the first tensor", flag, [M], broken(
        lambda h, d: shifted(h, d, 0)
    )
    yield "hole-in-the-middle", "eight bytes between two tensors", flag, [M], broken(
        lambda h, d: shifted(h, d, 5)
    )
    yield "bytes-at-the-end", "eight bytes after the last tensor", flag, [M], broken(
        lambda h, d: container(h, d + bytes(8))
    )
    yield "data-cut", "the last byte is missing", flag, [M], broken(
        lambda h, d: container(h, d[:-1])
    )
    yield "begin-after-end", "a range that ends before it begins", flag, [M, R], field(
        NORM, "data_offsets", [328, 320]
    )
    yield "offset-negative", "a range that begins before the data", flag, [M, R], field(
        NORM, "data_offsets", [-8, 328]
    )
    yield (
        "offset-beyond-2-to-the-63",
        "a range whose end overflows",
        flag,
        [M, R],
        field(NORM, "data_offsets", [2**63, 2**63 + 8]),
    )
    yield "offsets-three", "a range of three numbers", flag, [M], field(
        NORM, "data_offsets", [320, 324, 328]
    )


def fields():
    flag = "ShapeOrType"
    yield "shape-larger-than-range", "a shape of more elements than there are bytes", flag, [
        M,
        S,
    ], field(NORM, "shape", [5])
    yield (
        "shape-overflows-to-size",
        "extents whose product is 4 modulo 2^64",
        flag,
        [M, S, R],
        field(NORM, "shape", [2**62 + 1, 4]),
    )
    yield "shape-fraction", "an extent of 4.0", flag, [M, S], field(NORM, "shape", [4.0])
    yield "shape-negative", "extents of -1 and -4", flag, [M, S, R], field(NORM, "shape", [-1, -4])
    yield "shape-text", "an extent in quotes", flag, [M, S], field(NORM, "shape", ["4"])
    yield "dtype-unknown", "a dtype F33", flag, [M, U], field(NORM, "dtype", "F33")
    yield "dtype-lower-case", "a dtype f16", flag, [M, U], field(NORM, "dtype", "f16")


def tolerated():
    """Files that the library refuses no more than we must: (name, title, flag, level, directory); a
    level of None says that refusing is right, too."""
    yield (
        "duplicate-tensor",
        "a name twice, the first time with other offsets",
        "DuplicateTensor",
        edited(twice),
    )
    yield (
        "header-leading-space",
        "a space before the header's first brace",
        "LeadingSpace",
        edited(lambda raw: b" " + raw),
    )
    yield (
        "entry-unknown-field",
        "an entry with a field that the format does not have",
        "UnknownField",
        edited(lambda raw: raw.replace(b'{"dtype"', b'{"note":null,"dtype"', 1)),
    )
    yield (
        "header-nested-100",
        "100 lists in each other in a field nobody reads",
        "UnknownField",
        edited(junk(100)),
    )
    yield (
        "metadata-null",
        "metadata null",
        "UnknownField",
        edited(lambda raw: b'{"__metadata__":null,' + raw[1:]),
    )


def sound():
    yield "plain", "a directory from which all others are made", Directory()
    backwards = Directory()
    backwards.tensors = dict(reversed(backwards.tensors.items()))
    yield "tensors-in-reverse", "tensors in no particular order", backwards
    yield "header-padded", "a header padded with spaces", edited(
        lambda raw: raw + b" " * (-len(raw) % 8 + 8)
    )
    yield "header-white-space", "line breaks and tabs within the header", edited(
        lambda raw: raw.replace(b",", b",\n\t")
    )
    yield "metadata", "metadata with a tensor's name in it", edited(
        lambda raw: b'{"__metadata__":{"format":"pt","model.norm.weight":"x"},' + raw[1:]
    )
    yield "name-escaped", "a name written with escapes", edited(
        lambda raw: raw.replace(b"model.norm", b"m\\u006fdel.norm")
    )
    odd = Directory()
    odd.tensors = {"odd": ("I8", np.zeros(1, np.int8))} | odd.tensors
    yield "odd-addresses", "a one-byte tensor first, so that all others lie at odd offsets", odd

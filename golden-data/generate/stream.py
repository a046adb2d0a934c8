"""The text that may be shown after each token id: all of it that later ids cannot change.

The bytes of all pieces so far are read as UTF-8. A byte that cannot be part of a well-formed
character becomes one U+FFFD; bytes that may yet become one wait. A control piece has no text, but it
ends a row of bytes: they become nothing any more. The blank in front of the first
piece that has a text is left out, as SentencePiece does. Written from the Unicode standard (table
3-7) and SentencePiece's description.

Library module; Python 3.11.
"""

RANGES = [  # first byte from, to; second byte from, to; length
    (0x00, 0x7F, 0, 0, 1),
    (0xC2, 0xDF, 0x80, 0xBF, 2),
    (0xE0, 0xE0, 0xA0, 0xBF, 3),
    (0xE1, 0xEC, 0x80, 0xBF, 3),
    (0xED, 0xED, 0x80, 0x9F, 3),
    (0xEE, 0xEF, 0x80, 0xBF, 3),
    (0xF0, 0xF0, 0x90, 0xBF, 4),
    (0xF1, 0xF3, 0x80, 0xBF, 4),
    (0xF4, 0xF4, 0x80, 0x8F, 4),
]


def character(data):
    """Length of the character at the start of the bytes; 0 if it is cut short, -1 if there is none."""
    for low, high, second_low, second_high, length in RANGES:
        if low <= data[0] <= high:
            for at, byte in enumerate(data[1:length], start=1):
                least, most = (second_low, second_high) if at == 1 else (0x80, 0xBF)
                if not least <= byte <= most:
                    return -1
            return length if len(data) >= length else 0
    return -1


def piece(model, identifier, first):
    """The bytes of a piece, and whether it leaves the next one first."""
    if model.is_control(identifier):
        return b"", first
    if model.is_byte(identifier):
        return bytes([int(model.id_to_piece(identifier)[1:-1], 16)]), False
    text = model.id_to_piece(identifier).replace("\u2581", " ")
    return (text.removeprefix(" ") if first else text).encode(), False


def data(model, ids):
    joined, first = b"", True
    for identifier in ids:
        octets, first = piece(model, identifier, first)
        joined += octets
    return joined


def well_formed(octets):
    try:
        octets.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def settled(waiting):
    """Text of the bytes that are decided, and the others."""
    text = ""
    while waiting:
        length = character(waiting)
        if length == 0:
            break
        text += waiting[:length].decode() if length > 0 else "\ufffd"
        waiting = waiting[max(length, 1) :]
    return text, waiting


def chunks(model, ids):
    """One text per id, and at last what was held back."""
    shown, waiting, first = [], b"", True
    for identifier in ids:
        octets, first = piece(model, identifier, first)
        if model.is_control(identifier):
            text, waiting = "\ufffd" * len(waiting), b""
        else:
            text, waiting = settled(waiting + octets)
        shown.append(text)
    return [*shown, "\ufffd" * len(waiting)]

"""Splits a prompt into words; src/models/world/tokenize.cc does the same, and a fixture compares both."""

MAX_PROMPT_BYTES = 2000
MAX_WORDS = 64  # words and punctuation that the encoder reads; the rest is reported as ignored

APOSTROPHES = (0x27, 0x2019)
COMMAS = tuple(map(ord, ",;:()[]{}|")) + (0x2013, 0x2014, 0x3001, 0xFF0C)
STOPS = tuple(map(ord, ".!?\n")) + (0x2026, 0x3002, 0xFF01, 0xFF1F)


class PromptError(ValueError):
    pass


def lower(code):
    """Lower case of the Latin, Greek and Cyrillic capitals that come in regular blocks."""
    if 0x41 <= code <= 0x5A or (0xC0 <= code <= 0xDE and code != 0xD7) or 0x391 <= code <= 0x3A9 or \
            0x410 <= code <= 0x42F:
        return code + 0x20
    if 0x400 <= code <= 0x40F:
        return code + 0x50
    return code


def is_letter(code):
    if code < 0x80:
        return 0x30 <= code <= 0x39 or 0x61 <= code <= 0x7A
    signs = code < 0xC0 or code in (0xD7, 0xF7, 0xFEFF) or 0x2000 <= code <= 0x206F or 0x3000 <= code <= 0x303F or \
        0xFE00 <= code <= 0xFE0F or 0xFF00 <= code <= 0xFF0F
    return not signs


def decode(data):
    """Bytes to [(code point, byte offset)]; refuses what is not UTF-8 (overlong forms and surrogates too)."""
    points, at = [], 0
    while at < len(data):
        first = data[at]
        size = 1 if first < 0x80 else 2 if 0xC2 <= first <= 0xDF else 3 if 0xE0 <= first <= 0xEF else \
            4 if 0xF0 <= first <= 0xF4 else 0
        code = first if size == 1 else first & (0xFF >> (size + 1))
        good = size > 0 and at + size <= len(data)
        for k in range(1, size if good else 0):
            good = good and data[at + k] & 0xC0 == 0x80
            code = code << 6 | data[at + k] & 0x3F
        least = (0, 0, 0x80, 0x800, 0x10000)[size]
        if not good or code < least or code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            raise PromptError(f"prompt is not valid UTF-8 at byte {at}")
        points.append((code, at))
        at += size
    return points


def tokenize(prompt):
    """Prompt (str or bytes) to [(word, first byte, end byte)]: lower-case words, "," and "."."""
    data = prompt.encode() if isinstance(prompt, str) else bytes(prompt)
    if len(data) > MAX_PROMPT_BYTES:
        raise PromptError(f"prompt of {len(data)} bytes, at most {MAX_PROMPT_BYTES} are read")
    points = [(lower(code), at) for code, at in decode(data)]
    points.append((0x20, len(data)))
    tokens, start = [], None
    for k, (code, at) in enumerate(points):
        inside = is_letter(code)
        if code in APOSTROPHES:  # it belongs to a word only between two letters, as in "don't"
            inside = start is not None and is_letter(points[k + 1][0])
        if inside and start is None:
            start = k
        if not inside and start is not None:
            word = "".join("'" if c in APOSTROPHES else chr(c) for c, _ in points[start:k])
            tokens.append((word, points[start][1], at))
            start = None
        if code in COMMAS or code in STOPS:
            tokens.append(("," if code in COMMAS else ".", at, points[k + 1][1]))
    if all(word in ",." for word, _, _ in tokens):
        raise PromptError("prompt has no words")
    return tokens


def words_of(prompt):
    return [word for word, _, _ in tokenize(prompt)]


def fnv1a(data):
    value = 0x811C9DC5
    for byte in data:
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return value


def trigram_ids(word, buckets):
    """Hashed trigrams of the bytes of "<word>"."""
    data = b"<" + word.encode() + b">"
    return [fnv1a(data[k:k + 3]) % buckets for k in range(len(data) - 2)]

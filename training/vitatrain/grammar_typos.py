"""Typing errors: letters swapped, dropped, doubled, or replaced by a neighbour on the keyboard."""

from vitatrain.grammar_pieces import FILLER, UNKNOWN
from vitatrain.grammar_unknown import filler_words, known_words, unknown_list
from vitatrain.text_tokenize import fnv1a

NEIGHBOURS = {
    "q": "wa", "w": "qes", "e": "wrd", "r": "etf", "t": "ryg", "y": "tuh", "u": "yij", "i": "uok", "o": "ipl", "p": "ol",
    "a": "qsz", "s": "awdx", "d": "sefc", "f": "drgv", "g": "fthb", "h": "gyjn", "j": "hukm", "k": "jil", "l": "ko",
    "z": "xa", "x": "zsc", "c": "xdv", "v": "cfb", "b": "vgn", "n": "bhm", "m": "nj",
}
VOWELS = "aeiou"


def typo(rng, word):
    """One error in a word of at least four letters; the first letter mostly stays."""
    first = 0 if rng.random() < 0.1 else 1
    at = rng.randrange(first, len(word))
    kind = rng.random()
    if kind < 0.27 and at + 1 < len(word):
        return word[:at] + word[at + 1] + word[at] + word[at + 2:]
    if kind < 0.55:
        return word[:at] + word[at + 1:]
    if kind < 0.7:
        return word[:at] + word[at] + word[at:]
    if kind < 0.8 and word[at] in VOWELS:
        return word[:at] + rng.choice(VOWELS) + word[at + 1:]
    if kind < 0.87:
        return word[:at] + rng.choice("abcdefghijklmnoprstuvwy") + word[at:]
    return word[:at] + rng.choice(NEIGHBOURS.get(word[at], "e")) + word[at + 1:]


def is_held_out(form):
    return fnv1a(form.encode()) % 8 == 0


def taken(form):
    return form in known_words() or form in filler_words() or form in unknown_list(False) or form in unknown_list(True)


def misspelt(rng, word, held_out):
    """A typo of the right part of the language, or None where none was found."""
    for _ in range(12):
        form = typo(rng, word)
        if len(word) >= 8 and rng.random() < 0.2:
            form = typo(rng, form)
        if form != word and form.isalpha() and not taken(form) and is_held_out(form) == held_out:
            return form
    return None


def add_typos(rng, tokens, held_out):
    """Misspells one to three words; returns the tokens and how many were changed."""
    tokens = list(tokens)
    weights = [(1.0 if tag > UNKNOWN else 0.15 if tag == FILLER and len(word) > 4 else 0.1 if tag == UNKNOWN else 0.0)
               if len(word) >= 4 and word.isascii() and word.isalpha() else 0.0 for word, tag in tokens]
    changed = 0
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        if not sum(weights):
            break
        at = rng.choices(range(len(tokens)), weights)[0]
        weights[at] = 0.0
        form = misspelt(rng, tokens[at][0], held_out)
        if form:
            tokens[at] = (form, tokens[at][1])
            changed += 1
    return tokens, changed

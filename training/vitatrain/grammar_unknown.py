"""Words of which the model knows nothing, and clauses made of them."""

from functools import lru_cache

from vitatrain import grammar_lexicon as lexicon
from vitatrain import grammar_words as words
from vitatrain import spec
from vitatrain.grammar_pieces import (COLOUR_FORMS, FEW, FILLER, MANY, NONE, TARGET_NOUNS, UNKNOWN, Clash, Piece, compiled,
                                      joined, options, plain, split, thing_noun)
from vitatrain.text_tokenize import fnv1a

SUBJECTS = ("a {u} flying over|a {u} walking through|{u} and {u} in|a {u} in|two {u} in|the {u} of|a {u} standing on|"
            "a {a} {u} near|{u} flying above|a {u} running across|a {u} in front of|some {u} sitting in|{u} over|"
            "my {u} and me in|a {a} {u} over|many {u} in|a {u} and a {u} on|a {c} {u} in|{u} riding a {u} through|{u} in")
CLAUSES = ("with a {u}|and a {u}|, {u}|with {u} and {u}|full of {u}|in {a} style|where a {u} sits|like a {u}|without {u}|"
           "no {u}|by {u} {u}|, {a}|with a {a} {u}|and {u}|next to a {u}|{u}|, with some {u}|but with a {u}|and no {u}|"
           "in the style of {u}|with a {c} {u}|as a {a} {u}|and a {c} {u}|where {u} live|, {u} , {u}|made of {u}|near a {u}|"
           "on {u}|for my {u}|with many {u}|, a few {u}|and one {u}|under a {u}|a {u}")
NOTHING = ("{u}|{u}|{u} {u}|{u} {u} {u}|a {u} with a {u}|{u} and {u} are {a}|the {a} {u} of {u}|hello|hello world|a {a} {u}|"
           "tell me a {u}|who are you|what is this|how are you|a {u} on a {u}|{a} {u} , {a} {u}|i love my {u}|hi there|"
           "{u} playing with {u}|a {c} {u}|two {u} and a {u}|{u} vs {u}|write a {u} about {u}|please make a video|test|video|"
           "{u} , {u} , {u}|my {u} is {a}|the {u} eats the {u}|a {u} of {u} in {u}|something {a}|anything|surprise me|the {u}")
REFUSALS = "not a|not a|no|not the|this is not a|it is not a|anything but a|instead of a"
COMMON_NOUNS = 60  # at the start of the list: the content that people ask for most


@lru_cache(maxsize=None)
def known_words():
    """Every word that speaks of an attribute in some form."""
    known = set()
    texts = [(key, text.partition(":")[2]) for key, forms in lexicon.HEADS.items() for text in options(forms)]
    texts += [(key, text) for key, forms in lexicon.HEAD_ADJECTIVES.items() for text in options(forms)]
    texts += [(key, text) for key, slots in lexicon.FORMS.items() for forms in slots.values() for text in options(forms)]
    for key, text in texts:
        known.update(word for word, tag in compiled(text, key)[0] if tag > UNKNOWN)
    for cls, forms in words.THINGS.items():
        known.update(w for pair in options(forms) for side in pair.split("/") for w, tag in thing_noun(cls, side)
                     if tag > UNKNOWN)
    for table in (words.THING_ADJECTIVES, words.NONE_ADJECTIVES):
        known.update(w for forms in table.values() for form in options(forms) for p in form.split() if p[0] == "*"
                     for w in split(p[1:]))
    for forms in words.COLOURS.values():
        known.update(w for form in options(forms) for w in split(form))
    for forms in TARGET_NOUNS.values():
        known.update(w for form in options(forms) for w in split(form))
    return known


@lru_cache(maxsize=None)
def filler_words():
    fillers = set(split(words.FILLERS.replace("|", " ")))
    tables = [words.OPENERS, words.HELD_OUT_OPENERS, words.CLOSERS, words.PRAISE, words.SHADES, words.JOINERS, SUBJECTS,
              CLAUSES, NOTHING, REFUSALS]
    tables += [text for table in (MANY, FEW, NONE) for text in table.values()]
    tables += [text for table in COLOUR_FORMS.values() for text in table.values()]
    tables += [lexicon.NEUTRAL_NOUNS.replace(":", " ")]
    tables += [text for slots in lexicon.FORMS.values() for text in slots.values()]
    for text in tables:
        for part in text.replace("|", " ").split():
            word = part.lstrip("*").partition("@")[0]
            if word and word[0] not in "{~,.":
                fillers.update(split(word))
    return fillers


@lru_cache(maxsize=None)
def unknown_list(held_out):
    """Single words that are no filler and speak of no attribute; every sixth is held out, but not the commonest."""
    found = []
    for word in words.UNKNOWN_NOUNS + words.UNKNOWN_ADJECTIVES + words.CONFUSABLES:
        parts = split(word)
        if len(parts) == 1 and parts[0] not in known_words() and parts[0] not in filler_words():
            reserved = fnv1a(parts[0].encode()) % 6 == 0 and parts[0] not in words.UNKNOWN_NOUNS[:COMMON_NOUNS]
            if reserved == held_out and parts[0] not in found:
                found.append(parts[0])
    return found


class UnknownWords:
    def __init__(self, rng, held_out):
        self.rng = rng
        every = unknown_list(held_out)
        chosen = set(every)
        self.nouns = [w for w in words.UNKNOWN_NOUNS if w in chosen]
        self.adjectives = [w for w in words.UNKNOWN_ADJECTIVES if w in chosen]
        self.confusables = [w for w in words.CONFUSABLES if w in chosen]
        self.held_out = held_out

    def noun(self):
        kind = self.rng.random()
        if kind < 0.62:
            word = self.rng.choice(self.nouns)
        elif kind < 0.8:
            word = self.rng.choice(self.confusables)
        elif kind < 0.97:
            word = self.gibberish()
        else:
            word = self.rng.choice(words.FOREIGN)
        if self.rng.random() < 0.25:
            changed = word + self.rng.choice(["s", "s", "s", "s", "es", "ing", "er", "ly", "like"])
            word = word if self.taken(changed) else changed
        return word

    def adjective(self):
        return self.rng.choice(self.adjectives)

    @staticmethod
    def taken(word):
        return word in known_words() or word in filler_words()

    def gibberish(self):
        """Made-up words: syllables, or keys hit at random."""
        while True:
            if self.rng.random() < 0.7:
                word = "".join(self.rng.choice(words.SYLLABLES) for _ in range(self.rng.randint(1, 4)))
            else:
                word = "".join(self.rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(self.rng.randint(3, 9)))
            if not self.taken(word) and (fnv1a(word.encode()) % 6 == 0) == self.held_out:
                return word

    def fill(self, text):
        """A clause with {u} nouns, {a} adjectives and {c} colours of things that the model cannot make."""
        piece = Piece()
        for word in self.rng.choice(options(text)).split():
            if word == "{u}":
                piece = piece + Piece([(w, UNKNOWN) for w in split(self.noun())])
            elif word == "{a}":
                piece = piece + Piece([(w, UNKNOWN) for w in split(self.adjective())])
            elif word == "{c}":
                colour = self.rng.choice(options(words.COLOURS[self.rng.choice(spec.COLOURS)]))
                piece = piece + Piece([(w, UNKNOWN) for w in split(colour)])
            else:
                piece = piece + Piece([(w, UNKNOWN if w in unknown_list(self.held_out) else FILLER) for w in split(word)])
        return piece

    def subject(self):
        return self.fill(SUBJECTS)

    def clause(self):
        return self.fill(CLAUSES)

    def item(self):
        piece = Piece([(w, UNKNOWN) for w in split(self.noun())])
        return plain("a") + piece if self.rng.random() < 0.3 else piece

    def nothing(self):
        return self.fill(NOTHING)

    def refused_biome(self, said):
        """"not a desert": nothing that the world model could do with it."""
        others = [key for key in lexicon.HEADS if key != f"biome.{said}"]
        form = self.rng.choice(options(lexicon.HEADS[self.rng.choice(others)])).partition(":")[2]
        if "~" in form or "@" in form:
            raise Clash()
        tokens = [(w, UNKNOWN) for w, tag in compiled(form, "biome.desert")[0] if tag > UNKNOWN]
        return joined([plain(self.rng.choice(options(REFUSALS))), Piece(tokens)])

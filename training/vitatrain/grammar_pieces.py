"""Pieces of captions: words with their tags, and what they do to the attributes."""

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from vitatrain import grammar_lexicon as lexicon
from vitatrain import grammar_words as words
from vitatrain import spec
from vitatrain.text_tokenize import words_of

FILLER, UNKNOWN, FIRST_TAG = 0, 1, 2
SOFT_PARTS = {"of", "and", "the", "in", "on", "a", "with"}  # never starred, whatever the form says


class Clash(Exception):
    """The pieces contradict one another, or the template cannot be filled: draw again."""


@dataclass
class Piece:
    tokens: list = field(default_factory=list)   # (word, tag)
    effects: list = field(default_factory=list)  # (key, implied)

    def __add__(self, other):
        return Piece(self.tokens + other.tokens, self.effects + other.effects)


def effect(key):
    """"biome.desert", "things.palm-", "water+" to (index of the attribute, value)."""
    group, _, entry = key.rstrip("+-").partition(".")
    names = next(e for name, _, e in spec.GROUPS if name == group)
    return spec.OFFSETS[group] + (names.index(entry) if entry else 0), -1.0 if key[-1] == "-" else 1.0


def tag_of(key):
    return FIRST_TAG + effect(key)[0]


def group_range(index):
    """The entries that exclude one another with this one."""
    for name, kind, names in spec.GROUPS:
        begin = spec.OFFSETS[name]
        if begin <= index < begin + len(names):
            return range(begin, begin + len(names)) if kind == "one_of" else range(index, index + 1)
    raise IndexError(index)


def apply_effects(effects):
    attributes = np.zeros(spec.ATTRIBUTES, np.float32)
    for soft in (False, True):
        for key, implied in effects:
            if implied != soft:
                continue
            index, value = effect(key)
            taken = any(attributes[k] != 0 for k in group_range(index)) and attributes[index] != value
            if taken and (not implied or len(group_range(index)) == 1):
                raise Clash()
            if not taken:
                attributes[index] = value
    return attributes


def plain(text):
    return Piece([(word, FILLER) for word in split(text)])


@lru_cache(maxsize=None)
def split(text):
    return [w for part in text.split() for w in ([part] if part in ",." else words_of(part))] if text else []


def joined(pieces, link=None):
    result = Piece()
    for k, piece in enumerate(p for p in pieces if p.tokens):
        result = result + (link + piece if link and k else piece)
    return result


@lru_cache(maxsize=None)
def compiled(form, key):
    """A form of the lexicon to (tokens, effects); placeholders stay as words in braces."""
    text, *implied = form.split("~")
    tokens = []
    for part in text.split():
        word, at, name = part.lstrip("*").partition("@")
        if word.startswith("{"):
            tokens.append((word, FILLER))
            continue
        own = tag_of(name if at else key) if (part[0] == "*" and word not in SOFT_PARTS) or at else FILLER
        tokens += [(w, own) for w in split(word)]
    effects = [(key, False)] + [(name, True) for name in " ".join(implied).split()]
    return tokens, effects


@lru_cache(maxsize=None)
def options(text):
    return [form.strip() for form in text.split("|")]


def thing_key(cls, sign):
    """The attributes that a class or pseudo class of things sets."""
    names = words.EFFECTS[cls][sign == "-"] if cls in words.EFFECTS else [cls]
    return [f"things.{name}{sign}" for name in names]


def thing_tag(cls):
    return tag_of({"trees": "things.broadleaf", "buildings": "things.house", "plants": "things.broadleaf"}.get(
        cls, f"things.{cls}"))


FILLER_PARTS = {"of", "tall", "huge", "big", "little", "giant", "glowing", "wooden", "log", "rock"}
ADJECTIVE_PARTS = {"stone"}  # material before another noun


@lru_cache(maxsize=None)
def thing_noun(cls, text):
    parts = text.split()
    tag = thing_tag(cls)
    tokens = []
    for k, word in enumerate(parts):
        last = k == len(parts) - 1
        loose = not last and (word in FILLER_PARTS or (word in ADJECTIVE_PARTS and cls in ("house", "tower")))
        own = UNKNOWN if word == "wizard" else FILLER if loose and not (cls == "rock" and word == "rock") else tag
        tokens.append((word, own))
    return tokens


TARGET_NOUNS = {
    "ground": "sand|soil|earth|ground|grass|land|dirt|terrain|gravel|clay|dust|slopes|plains|beach|beaches|sand beach|sand beaches",
    "sky": "sky|sky|sky|skies|heavens",
    "water": "water|water|waters|lake|sea|river|ocean|lagoon|lakes|pond|bay",
    "foliage": "leaves|foliage|trees|vegetation|tree tops|treetops|plants|bushes|trees",
}
COLOUR_FORMS = {  # {c} the colour, {n} the noun; "adj" is the colour alone, before the head noun
    "ground": dict(post="with {c} {n}|on {c} {n}|covered in {c} {n}|of {c} {n}|full of {c} {n}|made of {c} {n}",
                   bare="{c} {n}|{c} {n}|{c} coloured {n}", sent="the {n} is {c}|all the {n} is {c}|the {n} looks {c}"),
    "sky": dict(post="under a {c} {n}|under a {c} {n}|beneath a {c} {n}|with a {c} {n}|under {c} {n}|below the {c} {n}|"
                     "against a {c} {n}|and a {c} {n}|under an all {c} {n}",
                bare="{c} {n}|a {c} {n}|{c} {n}", sent="the {n} is {c}|the {n} turns {c}|the {n} glows {c}|a {c} {n} above"),
    "water": dict(post="with {c} {n}|by a {c} {n}|with a {c} {n}|on a {c} {n}|beside the {c} {n}|near {c} {n}|and {c} {n}|"
                       "by the {c} {n}|surrounded by {c} {n}",
                  bare="{c} {n}|{c} {n}|a {c} {n}", sent="the {n} is {c}|the {n} shines {c}|the {n} glows {c}"),
    "foliage": dict(post="with {c} {n}|full of {c} {n}|among {c} {n}|and {c} {n}|covered in {c} {n}|between {c} {n}",
                    bare="{c} {n}|{c} {n}", sent="the {n} are {c}|all the {n} are {c}|the {n} glow {c}"),
}
MANY = {"post": "with {n}|with {n}|with many {n}|full of {n}|covered in {n}|dotted with {n}|among {n}|surrounded by {n}|"
                "where {n} grow|with lots of {n}|with tall {n}|with some {n}|and {n}|with plenty of {n}|between {n}|"
                "with hundreds of {n}|of {n}|with a lot of {n}|near {n}|with countless {n}|with several {n}|with a {1}|"
                "by a {1}|and a {1}|behind {n}|that has {n}|with big {n}|covered with {n}|next to a {1}|with {n} everywhere",
        "bare": "{n}|{n}|{n}|many {n}|a {1}|lots of {n}|tall {n}|some {n}|{1}|huge {n}|{n} everywhere|the {n}|several {n}|"
                "a lot of {n}|countless {n}",
        "sent": "there are many {n}|there are {n}|{n} everywhere|{n} grow there|it has {n}|i see {n}|there is a {1}|"
                "{n} stand all around|a {1} stands there|there are lots of {n}"}
FEW = {"post": "with a few@d {n}|with a single@d {1}|and a lonely@d {1}|with only one@d {1}|with some scattered@d {n}|"
               "with sparse@d {n}|with a lone@d {1}|with a solitary@d {1}|with very few@d {n}|with a couple@d of {n}|"
               "and a few@d {n}|with just one@d {1}",
       "bare": "a few@d {n}|a lonely@d {1}|a single@d {1}|scattered@d {n}|sparse@d {n}|lone@d {1}|lonely@d {1}|"
               "one@d lonely@d {1}|few@d {n}|a solitary@d {1}|a couple@d of {n}",
       "sent": "there are a few@d {n}|there is a single@d {1}|a lonely@d {1} stands there|there are only a few@d {n}"}
NONE = {"post": "without@n {n}|with no@n {n}|without@n any@n {n}|and no@n {n}|but no@n {n}|devoid@n of {n}|free@n of {n}|"
                "where there are no@n {n}|with not@n a single@n {1}|without@n a@n {1}|lacking@n {n}|minus@n the {n}",
        "bare": "no@n {n}|no@n {n}|without@n {n}|no@n {1}|zero@n {n}|not@n a single@n {1}|without@n any@n {n}",
        "sent": "there are no@n {n}|there is no@n {1}|no@n {n} anywhere|no@n {n} at all|there is not@n a single@n {1}|"
                "there should be no@n {n}|i do not@n want {n}|leave@n out@n the {n}|remove@n the {n}|remove@n all@n {n}|"
                "get@n rid@n of the {n}|take@n away@n the {n}"}


class Maker:
    """Turns parts of a plan into pieces."""

    def __init__(self, rng, unknown):
        self.rng, self.unknown = rng, unknown
        self.start(None)

    def start(self, plan):
        self.plan = plan
        self.done = set()          # colour targets that are already said
        self.thing_head = False    # adjectives belong to a thing: a colour there is its foliage

    def biome(self):
        return self.plan.classes.get("biome") if self.plan else None

    def thing_text(self, cls):
        """"mountains with forests": where another biome is said, a forest is just trees."""
        if cls == "trees" and self.biome() not in (None, "forest") and self.rng.random() < 0.4:
            return self.pick("forest/forests|wood/woods|grove/groves|forest/forests")
        return self.pick(words.THINGS[cls])

    def pick(self, text):
        return self.rng.choice(options(text))

    def pick_slot(self, slots, supported):
        allowed = [s for s in slots if s in supported]
        if not allowed:
            raise Clash()
        return self.rng.choice(allowed)

    def form(self, key, slot):
        forms = lexicon.FORMS[key][slot]
        biome, (names, second) = self.biome(), lexicon.SECOND_ADJECTIVES.get(key, (None, None))
        if slot == "adj" and second and biome not in (None, names) and self.rng.random() < 0.25:
            forms = second
        weather = self.plan.classes.get("weather") if self.plan else None
        if key == "season.winter" and slot in lexicon.SNOW_ON_THE_GROUND and weather not in (None, "snow"):
            forms = self.rng.choice([forms, lexicon.SNOW_ON_THE_GROUND[slot]])
        tokens, effects = compiled(self.pick(forms), key)
        if not any(word.startswith("{") for word, _ in tokens):
            return Piece(list(tokens), list(effects))
        filled, more = [], []
        for word, tag in tokens:
            if word == "{m}":
                filled += [(w, FILLER) for w in split(self.pick(words.PRAISE))]
            elif word == "{t}":
                part, hint = self.time_noun()
                filled, more = filled + part, more + hint
            else:
                filled.append((word, tag))
        return Piece(filled, list(effects) + more)

    def time_noun(self):
        """"on a rainy {t}": a day says nothing of the time, a morning does."""
        said = self.plan.classes.get("time") if self.plan else None
        noun = {"dawn": "morning", "day": "afternoon", "sunset": "evening", "night": "night"}.get(said)
        if noun is None or self.rng.random() < 0.4:
            if said is None and self.rng.random() < 0.5:
                said, noun = self.rng.choice([("dawn", "morning"), ("sunset", "evening"), ("night", "night")])
            else:
                return [("day", FILLER)], []
        return [(noun, tag_of(f"time.{said}"))], [(f"time.{said}", False)]

    # --- head ---------------------------------------------------------------------------------------------------
    def head(self, plan, adjectives):
        rng, biome = self.rng, plan.classes.get("biome")
        before = list(adjectives)
        rng.shuffle(before)
        if biome and rng.random() < 0.72:
            kind, _, form = self.pick(lexicon.HEADS[f"biome.{biome}"]).partition(":")
            tokens, effects = compiled(form, f"biome.{biome}")
            noun = Piece(list(tokens), list(effects))
        else:
            kind, _, form = self.pick(lexicon.NEUTRAL_NOUNS).partition(":")
            noun = plain(form)
            if biome:
                tokens, effects = compiled(self.pick(lexicon.HEAD_ADJECTIVES[f"biome.{biome}"]), f"biome.{biome}")
                noun = Piece(list(tokens), list(effects)) + noun
        if rng.random() < 0.18:
            before.insert(rng.randrange(len(before) + 1), plain(self.pick(words.PRAISE)))
        if self.unknown and rng.random() < 0.05:
            before.insert(rng.randrange(len(before) + 1), Piece([(self.unknown.adjective(), UNKNOWN)]))
        link = plain(",") if len(before) > 1 and rng.random() < 0.3 else None
        if len(before) == 2 and rng.random() < 0.3:
            link = plain("and")
        return self.article(joined([joined(before, link), noun]), kind)

    def article(self, piece, kind):
        rng = self.rng
        if rng.random() < (0.35 if kind == "c" else 0.7):
            return piece
        if kind == "c" and rng.random() < 0.8:
            return plain("an" if piece.tokens[0][0][0] in "aeiou" else "a") + piece
        return plain("the") + piece

    # --- things -------------------------------------------------------------------------------------------------
    def thing_pieces(self, things, slots):
        """[(slot, piece)]; what is there, and what is not, are sometimes gathered in one piece."""
        rng, result = self.rng, []
        for mode in ("many", "none"):
            classes = [c for c, m in things.items() if m == mode]
            rng.shuffle(classes)
            if len(classes) > 1 and rng.random() < 0.6:
                slot = self.pick_slot(slots, ("post", "bare", "sent"))
                result.append((slot, self.thing_list(classes, mode, slot)))
            else:
                result += [self.thing_piece(c, mode, slots) for c in classes]
        result += [self.thing_piece(c, "few", slots) for c, m in things.items() if m == "few"]
        return result

    def thing_piece(self, cls, mode, slots):
        adjectives = {"many": words.THING_ADJECTIVES, "none": words.NONE_ADJECTIVES}.get(mode, {})
        supported = ("post", "bare", "sent") + (("adj",) if cls in adjectives else ())
        slot = self.pick_slot(slots, supported)
        if slot == "adj":
            keys = thing_key(cls, "+" if mode == "many" else "-")
            parts = self.pick(adjectives[cls]).split()
            tokens = [(w, thing_tag(cls) if p[0] == "*" else FILLER) for p in parts for w in split(p.lstrip("*"))]
            return slot, Piece(tokens, [(key, False) for key in keys])
        return slot, self.thing_form(cls, mode, slot)

    def thing_form(self, cls, mode, slot):
        form = self.pick({"many": MANY, "few": FEW, "none": NONE}[mode][slot])
        pair = self.thing_text(cls).split("/")
        piece = Piece()
        for part in form.split():
            word, _, mark = part.partition("@")
            if word in ("{n}", "{1}"):
                piece = piece + self.noun(cls, pair[word == "{n}"], mode)
            else:
                tag = {"d": tag_of("density"), "n": thing_tag(cls)}.get(mark, FILLER)
                piece = piece + Piece([(word, tag)])
        return piece + self.thing_effects(cls, mode)

    def thing_effects(self, cls, mode):
        effects = [(key, False) for key in thing_key(cls, "-" if mode == "none" else "+")]
        return Piece([], effects + ([("density-", False)] if mode == "few" else []))

    def thing_subject(self, plan, cls, adjectives):
        """A thing with adjectives, the biome's among them."""
        noun = self.noun(cls, self.thing_text(cls).split("/")[self.rng.random() < 0.7], "many")
        biome = plan.classes.get("biome")
        if biome:
            tokens, effects = compiled(self.pick(lexicon.HEAD_ADJECTIVES[f"biome.{biome}"]), f"biome.{biome}")
            noun = Piece(list(tokens), list(effects)) + noun
        if self.rng.random() < 0.15:
            adjectives = [plain(self.pick(words.PRAISE))] + adjectives
        return self.article(joined(adjectives + [noun]), "p") + self.thing_effects(cls, "many")

    def thing_list(self, classes, mode, slot):
        """"with pines, rocks and a tower", "without trees or houses"."""
        start = {"many": {"post": "with|full of|among|covered in|between", "bare": "", "sent": "there are|it has|i see"},
                 "none": {"post": "without@n|with no@n|without@n any@n|but no@n", "bare": "no@n|without@n",
                          "sent": "there are no@n|there are neither@n"}}[mode][slot]
        piece, form = Piece(), self.pick(start)
        repeat = mode == "none" and self.rng.random() < 0.4
        for part in form.split():
            word, _, mark = part.partition("@")
            piece = piece + Piece([(word, thing_tag(classes[0]) if mark else FILLER)])
        for k, cls in enumerate(classes):
            if k:
                last = k == len(classes) - 1
                piece = piece + plain(self.rng.choice(["and", "or"] if mode == "none" else ["and"]) if last else ",")
                if repeat:
                    piece = piece + Piece([("no", thing_tag(cls))])
            one, more = self.thing_text(cls).split("/")
            piece = piece + self.noun(cls, more if mode == "none" or self.rng.random() < 0.7 else one, mode)
            piece = piece + self.thing_effects(cls, mode)
        return piece

    def noun(self, cls, text, mode):
        piece = Piece(list(thing_noun(cls, text)))
        if mode == "none" or self.plan is None:
            return piece
        colours = self.plan.colours
        leafy = cls in ("conifer", "broadleaf", "palm", "cactus", "trees", "plants")
        target = "foliage" if leafy else "ground" if cls == "rock" else None
        if target in colours and target not in self.done and self.rng.random() < 0.6:
            self.done.add(target)
            return self.colour(target) + piece
        if not leafy and cls != "rock" and self.rng.random() < 0.08:  # houses and crystals have their own colours
            colour = self.pick(words.COLOURS[self.rng.choice(spec.COLOURS)])
            return Piece([(w, UNKNOWN) for w in split(colour)]) + piece
        return piece

    # --- colours ------------------------------------------------------------------------------------------------
    def colour(self, target):
        name = self.plan.colours[target]
        key = f"colour_{target}.{name}"
        text = self.pick(words.COLOURS[name])
        if self.rng.random() < 0.12:
            text = self.pick(words.SHADES) + " " + text
        return Piece([(w, tag_of(key)) for w in split(text)], [(key, False)])

    def colour_pieces(self, colours, slots):
        result = []
        for target in colours:
            if target in self.done:
                continue
            biome = self.plan.classes.get("biome")
            adjective = {"ground": biome != "forest" and not self.thing_head,
                         "foliage": biome == "forest" or self.thing_head}.get(target, False)
            slot = self.pick_slot(slots, ("post", "bare", "sent") + (("adj",) if adjective else ()))
            self.done.add(target)
            result.append((slot, self.colour(target) if slot == "adj" else self.colour_form(target, slot)))
        return result

    def colour_form(self, target, slot):
        rng, time = self.rng, self.plan.classes.get("time")
        if target == "sky" and slot == "bare" and time in ("dawn", "sunset", "dusk") and rng.random() < 0.4:
            noun = {"dawn": "dawn|sunrise", "sunset": "sunset|evening sky", "dusk": "dusk|twilight"}[time]
            tokens = [(w, tag_of("colour_sky.red") if w == "sky" else tag_of(f"time.{time}"))
                      for w in split(self.pick(noun))]
            return self.colour(target) + Piece(tokens, [(f"time.{time}", False)])
        noun, effects, tag = self.pick(TARGET_NOUNS[target]), [], None
        if target == "sky" and rng.random() < 0.08:
            noun, tag, effects = "clouds", tag_of("weather.cloudy"), [("weather.cloudy", True)]
        elif "beach" in noun:
            effects = [("water+", True)]
        elif target == "water":
            tag, effects = tag_of("water"), [("water+", True)]
            if self.plan.classes.get("biome") == "volcano" and rng.random() < 0.4:
                noun, tag, effects = "lava", tag_of("biome.volcano"), []
        elif target == "foliage" and noun == "trees":
            tag, effects = thing_tag("trees"), [(key, True) for key in thing_key("trees", "+")]
        colour = self.colour(target)
        tag = tag if tag is not None else colour.tokens[-1][1]
        piece = Piece()
        for word in self.pick(COLOUR_FORMS[target][slot]).split():
            if word == "{c}":
                piece = piece + colour
            elif word == "{n}":
                piece = piece + Piece([(w, tag_of("water") if "beach" in w else tag) for w in split(noun)])
            else:
                piece = piece + plain(word)
        return piece + Piece([], effects)

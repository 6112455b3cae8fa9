"""Captions of worlds with what they say: words, the attribute that each word speaks of, and the attributes.

`Grammar(seed).caption()` draws one. Held-out attribute pairs, templates, openers, typo forms and unknown words occur
only when a test asks for them (see `Split`).
"""

import random
from dataclasses import dataclass, field

import numpy as np

from vitatrain import grammar_words as words
from vitatrain import spec
from vitatrain.grammar_pieces import FIRST_TAG, Clash, Maker, Piece, apply_effects, effect, joined, plain
from vitatrain.grammar_typos import add_typos
from vitatrain.grammar_unknown import UnknownWords

# Pairs of attributes that never meet in a training caption.
HELD_OUT_PAIRS = [tuple(pair.split("&")) for pair in (
    "biome.desert&weather.snow biome.volcano&time.dawn biome.islands&weather.fog biome.canyon&colour_sky.green "
    "biome.mountains&things.palm+ biome.tundra&time.sunset biome.forest&things.crystal+ biome.hills&colour_ground.purple "
    "biome.desert&things.house+ biome.islands&season.autumn biome.forest&colour_foliage.blue biome.canyon&weather.rain "
    "biome.volcano&things.tower+ biome.tundra&colour_sky.pink biome.mountains&colour_water.teal biome.hills&time.night "
    "time.night&colour_sky.red time.dusk&weather.snow weather.fog&things.cactus+ season.spring&things.rock+ "
    "time.dawn&colour_water.pink season.winter&colour_ground.orange weather.rain&things.conifer- water+&things.cactus+"
).split()]
TEMPLATES = {  # name: weight
    "flow": 10, "post_first": 3, "commas": 5, "sentences": 4, "soup": 3, "over": 3, "predicate": 2, "where": 2,
    "things_first": 3, "thing_head": 4, "mixed": 4, "contrast": 3, "unknown_subject": 3, "single": 3, "nothing": 1.2, "not_this": 1,
}
HELD_OUT_TEMPLATES = ["colon_list", "question", "and_chain", "story", "head_last", "has"]


@dataclass
class Split:
    """Which part of the language to draw from; the defaults are the training part."""
    held_out_templates: bool = False
    held_out_pairs: bool = False
    held_out_typos: bool = False
    held_out_unknown: bool = False
    typo_rate: float = 0.45


@dataclass
class Caption:
    words: list
    tags: list  # 0 filler, 1 unknown content, 2 + k: attribute k
    attributes: np.ndarray
    template: str
    typos: int = 0

    def text(self, rng=None):
        """One way to write it down: the words are the same again after tokenising."""
        text = ""
        for word in self.words:
            text += word if word in ",." or not text else " " + word
        if rng is None:
            return text
        style = rng.random()
        return text.upper() if style < 0.03 else text.capitalize() if style < 0.4 else text.title() if style < 0.45 else text


@dataclass
class Plan:
    """What a caption will say, before the words are chosen."""
    classes: dict = field(default_factory=dict)  # group: entry, of biome, time, weather, season
    signed: dict = field(default_factory=dict)   # relief, water, density, mist: "+" or "-"
    things: dict = field(default_factory=dict)   # class or pseudo class: many, few, none
    colours: dict = field(default_factory=dict)  # ground, sky, water, foliage: colour


ONE_OF = ["biome", "time", "weather", "season"]
SIGNED = ["relief", "water", "density", "mist"]
TARGETS = ["ground", "sky", "water", "foliage"]
CHANCES = {"biome": 0.62, "time": 0.3, "weather": 0.24, "season": 0.12, "relief": 0.06, "water": 0.1, "density": 0.05,
           "mist": 0.06}


def entries(group):
    return next(e for name, _, e in spec.GROUPS if name == group)


FOCUS = ([("class", g, e) for g in ONE_OF for e in entries(g)] * 3 + [("signed", g, s) for g in SIGNED for s in "+-"] * 3 +
         [("thing", t, m) for t in words.THINGS for m in ("many", "few", "none")] * 2 +
         [("colour", t, c) for t in TARGETS for c in spec.COLOURS])


class Grammar:
    def __init__(self, seed, split=None):
        self.rng = random.Random(seed)
        self.split = split or Split()
        self.unknown = UnknownWords(self.rng, self.split.held_out_unknown)
        self.maker = Maker(self.rng, self.unknown)

    def chance(self, p):
        return self.rng.random() < p

    def caption(self):
        while True:
            try:
                return self.attempt()
            except Clash:
                continue

    # --- what to say ------------------------------------------------------------------------------------------
    def plan(self):
        rng, plan = self.rng, Plan()
        kind, group, entry = rng.choice(FOCUS)
        self.add(plan, kind, group, entry)
        if self.split.held_out_pairs:
            plan = Plan()
            for key in rng.choice(HELD_OUT_PAIRS):
                self.add_key(plan, key)
        richness = rng.choice([0.0, 0.4, 0.8, 1.0, 1.0, 1.3, 1.7])
        for group, p in CHANCES.items():
            if group in plan.classes or group in plan.signed or not self.chance(p * richness):
                continue
            if group in ONE_OF:
                plan.classes[group] = rng.choice(entries(group))
            else:
                plan.signed[group] = rng.choice("+-")
        if plan.classes.get("biome") not in (None, "forest") and self.chance(0.06):
            plan.things.setdefault("trees", "many")  # "a forest in the mountains"
        for _ in range(3):
            if self.chance(0.2 * richness):
                plan.things.setdefault(rng.choice(list(words.THINGS)), rng.choice(["many", "many", "many", "few", "none"]))
        for target in TARGETS:
            if target not in plan.colours and self.chance(0.1 * richness):
                plan.colours[target] = rng.choice(spec.COLOURS)
        return plan

    def add(self, plan, kind, group, entry):
        target = {"class": plan.classes, "signed": plan.signed, "thing": plan.things, "colour": plan.colours}[kind]
        target[group] = entry

    def add_key(self, plan, key):
        group, _, entry = key.partition(".")
        if group == "things":
            self.add(plan, "thing", entry[:-1], "many" if entry[-1] == "+" else "none")
        elif group.startswith("colour_"):
            self.add(plan, "colour", group[7:], entry)
        elif entry:
            self.add(plan, "class", group, entry)
        else:
            self.add(plan, "signed", key[:-1], key[-1])

    # --- how to say it ------------------------------------------------------------------------------------------
    def attempt(self):
        names = HELD_OUT_TEMPLATES if self.split.held_out_templates else list(TEMPLATES)
        weights = None if self.split.held_out_templates else list(TEMPLATES.values())
        template = self.rng.choices(names, weights)[0]
        plan = self.plan()
        self.maker.start(plan)
        piece = getattr(self, "template_" + template)(plan)
        if not piece.tokens:
            raise Clash()
        piece = self.decorate(piece, template)
        attributes = apply_effects(piece.effects)
        self.check_pairs(attributes)
        if any(tag >= FIRST_TAG and attributes[tag - FIRST_TAG] == 0 for _, tag in piece.tokens):
            raise Clash()  # a word would speak of what an explicit statement overrules
        pairs = piece.tokens[:60]
        if len(piece.tokens) > 60:
            raise Clash()
        typos = 0
        if self.chance(self.split.typo_rate):
            pairs, typos = add_typos(self.rng, pairs, self.split.held_out_typos)
            if self.split.held_out_typos and not typos:
                raise Clash()
        if self.chance(0.25):  # people leave commas and stops out
            pairs = [p for p in pairs if p[0] not in ",." or self.chance(0.2)]
        if self.chance(0.3) and pairs[-1][0] != ".":
            pairs = pairs + [(".", 0)]
        return Caption([w for w, _ in pairs], [t for _, t in pairs], attributes, template, typos)

    def check_pairs(self, attributes):
        met = any(all(attributes[i] == v for i, v in pair) for pair in PAIR_INDICES)
        if met != self.split.held_out_pairs:
            raise Clash()

    def decorate(self, piece, template):
        """Polite openers and closers, and now and then something that the model does not know."""
        if template in ("soup", "single", "commas", "nothing") and not self.chance(0.25):
            return piece
        held = self.split.held_out_templates
        if self.chance(0.35 if not held else 0.5):
            opener = self.rng.choice((words.HELD_OUT_OPENERS if held else words.OPENERS).split("|"))
            piece = plain(opener) + piece
        if self.chance(0.16) and template != "unknown_subject":
            piece = piece + self.unknown.clause()
        if self.chance(0.2):
            for closer in self.rng.sample(words.CLOSERS.split("|"), self.rng.choice([1, 1, 2, 3])):
                piece = piece + (plain(",") if self.chance(0.8) else Piece()) + plain(closer)
        return piece

    def facets(self, plan, slots, with_biome=False):
        """One piece for every part of the plan, each in one of the slots; [(slot, piece)]."""
        make = self.maker
        result = []
        keys = [f"{g}.{e}" for g, e in plan.classes.items() if g != "biome"] + [g + s for g, s in plan.signed.items()]
        keys += [key for key in keys if self.chance(0.07)]  # some say the same twice
        for key in keys:
            slot = self.rng.choice(slots)
            result.append((slot, make.form(key, slot)))
        result += [("bare" if s == "bare" else s, p) for s, p in make.thing_pieces(plan.things, slots)]
        result += make.colour_pieces(plan.colours, slots)
        if with_biome and "biome" in plan.classes:
            result.append(("bare", make.head(plan, adjectives=[])))
        self.rng.shuffle(result)
        return result

    def phrase(self, plan, slots=("adj", "post", "post"), head=None):
        """[adjectives] head noun, then prepositional phrases."""
        facets = self.facets(plan, list(slots))
        adjectives = [p for s, p in facets if s == "adj"]
        posts = [p for s, p in facets if s == "post"]
        if len(adjectives) > 3:
            raise Clash()
        piece = head or self.maker.head(plan, adjectives)
        for post in posts:
            if self.chance(0.15):
                piece = piece + plain(self.rng.choice([",", ",", "and", "all"]))
            piece = piece + post
        return piece

    def template_flow(self, plan):
        return self.phrase(plan)

    def template_post_first(self, plan):
        facets = self.facets(plan, ["post", "post", "adj"])
        posts = [p for s, p in facets if s == "post"]
        if not posts:
            raise Clash()
        head = self.maker.head(plan, [p for s, p in facets if s == "adj"][:3])
        rest = [p for s, p in facets if s == "adj"][3:]
        if rest:
            raise Clash()
        return joined([posts[0], plain(self.rng.choice([",", ",", ", there is", "there are", ", we see"])), head] + posts[1:])

    def template_commas(self, plan):
        items = [p for _, p in self.facets(plan, ["bare"])]
        if "biome" in plan.classes:
            items.insert(0 if self.chance(0.6) else self.rng.randrange(len(items) + 1), self.maker.head(plan, []))
        if self.chance(0.12):
            items.insert(self.rng.randrange(len(items) + 1), self.unknown.item())
        return joined(items, plain("," if self.chance(0.85) else "."))

    def template_sentences(self, plan):
        facets = self.facets(plan, ["sent", "sent", "adj", "post"])
        piece = self.maker.head(plan, [p for s, p in facets if s == "adj"][:2])
        if sum(s == "adj" for s, _ in facets) > 2:
            raise Clash()
        for slot, part in facets:
            if slot == "post":
                piece = piece + part
        sentences = [p for s, p in facets if s == "sent"]
        return joined([piece] + sentences, plain(self.rng.choice([".", ".", ",", ", and"])))

    def template_soup(self, plan):
        items = [p for _, p in self.facets(plan, ["bare", "bare", "adj"], with_biome=True)]
        if self.chance(0.1):
            items.append(self.unknown.item())
        return joined(items)

    def template_over(self, plan):
        facets = self.facets(plan, ["bare", "post", "adj"])
        bares = [p for s, p in facets if s == "bare"]
        adjectives = [p for s, p in facets if s == "adj"]
        if not bares or len(adjectives) > 3:
            raise Clash()
        head = self.maker.head(plan, adjectives)
        link = plain(self.rng.choice(["over", "in", "over", "above", "on", "across", "and", "around", "of"]))
        return joined([joined(bares, plain("and")), link, head] + [p for s, p in facets if s == "post"])

    def template_predicate(self, plan):
        facets = self.facets(plan, ["adj", "post"])
        adjectives = [p for s, p in facets if s == "adj"]
        if not adjectives or len(adjectives) > 3:
            raise Clash()
        copula = plain(self.rng.choice(["is", "are", "that is", "looks", "should be", "must be", "which is"]))
        return joined([self.maker.head(plan, []), copula, joined(adjectives, plain("and"))] +
                      [p for s, p in facets if s == "post"])

    def template_where(self, plan):
        facets = self.facets(plan, ["sent", "adj"])
        adjectives = [p for s, p in facets if s == "adj"]
        sentences = [p for s, p in facets if s == "sent"]
        if not sentences or len(adjectives) > 3:
            raise Clash()
        link = plain(self.rng.choice(["where", "while", ", where", "and", "when", "as"]))
        return joined([self.maker.head(plan, adjectives), link, joined(sentences, plain("and"))])

    def template_things_first(self, plan):
        things, plan.things = plan.things, {}
        if not things:
            raise Clash()
        first = [p for _, p in self.maker.thing_pieces(things, ["bare"])]
        link = plain(self.rng.choice(["in", "on", "by", "near", "among", "next to", "at", "in front of", "amid", "above"]))
        return joined([joined(first, plain("and")), link, self.phrase(plan)])

    def template_thing_head(self, plan):
        """The things are the subject: "snowy mountain pines at dusk"."""
        many = [t for t, m in plan.things.items() if m == "many"]
        if not many:
            raise Clash()
        self.maker.thing_head = True
        cls = self.rng.choice(many)
        del plan.things[cls]
        facets = self.facets(plan, ["adj", "post"])
        adjectives = [p for s, p in facets if s == "adj"]
        if len(adjectives) > 2:
            raise Clash()
        subject = self.maker.thing_subject(plan, cls, adjectives)
        return joined([subject] + [p for s, p in facets if s == "post"])

    def template_mixed(self, plan):
        facets = self.facets(plan, ["adj", "post", "bare", "bare"])
        adjectives = [p for s, p in facets if s == "adj"]
        if len(adjectives) > 3:
            raise Clash()
        items = [joined([self.maker.head(plan, adjectives)] + [p for s, p in facets if s == "post"])]
        items += [p for s, p in facets if s == "bare"]
        return joined(items, plain(","))

    def template_contrast(self, plan):
        """No this, just that."""
        none = {t: m for t, m in plan.things.items() if m == "none"}
        if not none:
            none = {self.rng.choice(list(words.THINGS)): "none"}
        plan.things = {t: m for t, m in plan.things.items() if m != "none" and t not in none}
        negative = [p for _, p in self.maker.thing_pieces(none, ["bare"])]
        rest = [p for _, p in self.facets(plan, ["bare"], with_biome=True)]
        if not rest:
            raise Clash()
        link = self.rng.choice([", just", ", only", "but", ", but", "just", "only", ", instead", "and only", "but with"])
        if self.chance(0.3):
            return joined([joined(rest, plain("and")), plain(","), joined(negative, plain(","))])
        return joined([joined(negative, plain(",")), plain(link), joined(rest, plain("and"))])

    def template_unknown_subject(self, plan):
        return joined([self.unknown.subject(), self.phrase(plan)])

    def template_single(self, plan):
        """A word or two."""
        slot = self.rng.choice(["bare", "bare", "adj", "post"])
        facets = [p for _, p in self.facets(plan, [slot], with_biome=slot == "bare")]
        if not facets:
            raise Clash()
        return facets[0]

    def template_nothing(self, plan):
        return self.unknown.nothing()

    def template_not_this(self, plan):
        """Another biome is refused first; such words change nothing and count as ignored."""
        refused = self.unknown.refused_biome(plan.classes.get("biome"))
        link = plain(self.rng.choice(["but", ", but", ",", ", rather", "but rather"]))
        if "biome" in plan.classes and self.chance(0.6):
            return joined([refused, link, self.phrase(plan)])
        return joined([self.phrase(plan), plain(","), refused])

    # --- held out ---------------------------------------------------------------------------------------------
    def template_colon_list(self, plan):
        items = [p for _, p in self.facets(plan, ["bare", "adj"])]
        if not items:
            raise Clash()
        return joined([self.maker.head(plan, []), plain(","), joined(items, plain("and"))])

    def template_question(self, plan):
        return joined([plain("what does"), self.phrase(plan, ("adj", "post")), plain("look like")])

    def template_and_chain(self, plan):
        return joined([p for _, p in self.facets(plan, ["bare"], with_biome=True)], plain("and"))

    def template_story(self, plan):
        facets = self.facets(plan, ["sent", "sent", "post"])
        sentences, posts = [p for s, p in facets if s == "sent"], [p for s, p in facets if s == "post"]
        start = joined(sentences, plain("and")) + plain(". we walked into") if sentences else plain("we walked into")
        return joined([start, self.maker.head(plan, [])] + posts)

    def template_head_last(self, plan):
        items = [p for _, p in self.facets(plan, ["bare", "post"])]
        return joined([joined(items, plain(",")), plain(","), self.maker.head(plan, [])])

    def template_has(self, plan):
        facets = self.facets(plan, ["bare", "adj"])
        adjectives = [p for s, p in facets if s == "adj"]
        bares = [p for s, p in facets if s == "bare"]
        if not bares or len(adjectives) > 3:
            raise Clash()
        return joined([self.maker.head(plan, adjectives), plain("should have"), joined(bares, plain("as well as"))])


PAIR_INDICES = [[effect(key) for key in pair] for pair in HELD_OUT_PAIRS]

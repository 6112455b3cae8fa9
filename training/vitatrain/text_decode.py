"""From evidence and tags to attributes and to what is said back; the twin of src/models/world/text_encoder.cc."""

import numpy as np
import torch

from vitatrain import spec
from vitatrain.text_model import GROUPS, group_logits, ids_of, pooled
from vitatrain.text_tokenize import tokenize

SIGNED_VALUES = {"things": ("none", "many"), "relief": ("flat", "rugged"), "water": ("dry", "much"),
                 "density": ("sparse", "dense"), "mist": ("crisp", "hazy")}
ITEM_WORDS = 5  # of the prompt that are quoted for one attribute, at most


def item_name(group, attribute):
    """How an attribute is called when it is said back: "things.conifer", "colour.sky", "biome"."""
    if group == "things":
        return "things." + spec.THINGS[attribute - spec.OFFSETS["things"]]
    return group.replace("colour_", "colour.")


def value_name(group, begin, chosen, one_of):
    if one_of:
        return next(names for name, _, names in spec.GROUPS if name == group)[chosen]
    return SIGNED_VALUES[group][chosen]


def decide(evidence, known, config):
    """evidence: [tokens, EVIDENCE] of one prompt; known: which words have an embedding of their own.

    Yields (group, first attribute, class, one_of, attribute, confidence, word) for what was said."""
    keys = torch.ones(1, len(evidence), dtype=torch.bool)
    pool, source = pooled(evidence[None], keys)
    at = 0
    for (group, begin, values, one_of), logits in zip(GROUPS, group_logits(pool)):
        chances = logits[0].softmax(0)
        chosen = int(chances[1:].argmax())
        word = int(source[0, at + chosen])
        at += len(values)
        # A word outside the vocabulary must be clear about which class it means.
        sure = float(1 - chances[0]) if known[word] else float(chances[1 + chosen])
        if sure > (config["threshold"] if known[word] else config["threshold_near"]):
            yield group, begin, chosen, one_of, begin + (chosen if one_of else 0), float(chances[1 + chosen]), word


def quoted(tags, attribute, word):
    """The words that an attribute came from: those tagged with it, else the strongest and its like neighbours."""
    own = [k for k, tag in enumerate(tags) if tag == 2 + attribute]
    if not own:
        first = last = word
        while first > 0 and tags[first - 1] == tags[word] > 1:
            first -= 1
        while last + 1 < len(tags) and tags[last + 1] == tags[word] > 1:
            last += 1
        own = list(range(first, last + 1))
    return own[:ITEM_WORDS]


def understand(model, prompt, lookup):
    """Attributes [85], understood [(attribute, value, words, confidence)] and ignored words of a prompt."""
    data = prompt.encode() if isinstance(prompt, str) else prompt
    tokens = tokenize(data)
    spelled = [data[begin:end].decode() for _, begin, end in tokens]
    words = [word for word, _, _ in tokens][:model.config["words_max"]]
    with torch.no_grad():
        evidence, tag_logits = model(*ids_of(words, model.config, lookup))
    tags = tag_logits[0].argmax(1).tolist()
    attributes, understood, used = np.zeros(spec.ATTRIBUTES, np.float32), [], set()
    known = [word in lookup for word in words]
    for group, begin, chosen, one_of, attribute, confidence, word in decide(evidence[0], known, model.config):
        attributes[attribute] = 1.0 if one_of or chosen else -1.0
        own = quoted(tags, attribute, word)
        used.update(own)
        understood.append((item_name(group, attribute), value_name(group, begin, chosen, one_of),
                           " ".join(spelled[k] for k in own), confidence))
    ignored = []
    for k, (word, _, _) in enumerate(tokens):
        beyond = k >= len(words)
        lost = not beyond and (tags[k] == 1 or (tags[k] > 1 and attributes[tags[k] - 2] == 0 and k not in used))
        if word not in ",." and (beyond or lost) and spelled[k] not in ignored:
            ignored.append(spelled[k])
    return attributes, understood, ignored

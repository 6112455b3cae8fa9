"""From evidence and tags to attributes and to what is said back; the twin of src/models/world/text_encoder.cc."""

import numpy as np
import torch

from vitatrain import spec
from vitatrain.text_model import GROUPS, ids_of
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


def claims(evidence):
    """What is likeliest said of each group, from the evidence [tokens, EVIDENCE] of one prompt:
    [(chosen class, word, how likely anything is said, how likely the class is)]."""
    source = evidence.argmax(0)
    pool, at, result = evidence.max(0), 0, []
    for _, _, values, _ in GROUPS:
        logits = np.concatenate([[0.0], pool[at:at + len(values)]])  # "unsaid" stands at 0
        chances = np.exp(logits - logits.max())
        chances /= chances.sum()
        chosen = int(chances[1:].argmax())
        result.append((chosen, int(source[at + chosen]), 1.0 - float(chances[0]), float(chances[1 + chosen])))
        at += len(values)
    return result


def accepted(claim, known, config):
    """A word outside the vocabulary must be clear about which class it means."""
    _, word, said, confidence = claim
    return said > config["threshold"] if known[word] else confidence > config["threshold_near"]


def attributes_of(claim_list, known, config):
    attributes = np.zeros(spec.ATTRIBUTES, np.float32)
    for (_, begin, _, one_of), claim in zip(GROUPS, claim_list):
        if accepted(claim, known, config):
            attributes[begin + (claim[0] if one_of else 0)] = 1.0 if one_of or claim[0] else -1.0
    return attributes


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


def is_ignored(tag, known, used, attributes):
    """Whether nothing was made of a word: of unknown content, of a word that is not even known filler, and of words
    of an attribute that was not taken."""
    if tag < 2:
        return tag == 1 or (not known and not used)
    return attributes[tag - 2] == 0 and not used


def understand(model, prompt, lookup):
    """Attributes [85], understood [(attribute, value, words, confidence)] and ignored words of a prompt."""
    data = prompt.encode() if isinstance(prompt, str) else prompt
    tokens = tokenize(data)
    spelled = [data[begin:end].decode() for _, begin, end in tokens]
    words = [word for word, _, _ in tokens][:model.config["words_max"]]
    with torch.no_grad():
        evidence, tag_logits = model(*ids_of(words, model.config, lookup))
    tags = tag_logits[0].argmax(1).tolist()
    known, understood, used = [word in lookup for word in words], [], set()
    claim_list = claims(evidence[0].numpy())
    attributes = attributes_of(claim_list, known, model.config)
    for (group, begin, _, one_of), claim in zip(GROUPS, claim_list):
        if not accepted(claim, known, model.config):
            continue
        chosen, word, _, confidence = claim
        attribute = begin + (chosen if one_of else 0)
        own = quoted(tags, attribute, word)
        used.update(own)
        understood.append((item_name(group, attribute), value_name(group, begin, chosen, one_of),
                           " ".join(spelled[k] for k in own), confidence))
    ignored = []
    for k, (word, _, _) in enumerate(tokens):
        lost = k >= len(words) or is_ignored(tags[k], known[k], k in used, attributes)
        if word not in ",." and lost and spelled[k] not in ignored:
            ignored.append(spelled[k])
    return attributes, understood, ignored

"""Pools of captions as arrays, and batches of like length from them."""

import numpy as np
import torch

from vitatrain import spec
from vitatrain.grammar import Grammar
from vitatrain.grammar_unknown import filler_words, known_words, unknown_list
from vitatrain.text_tokenize import trigram_ids


def vocabulary():
    """The words that have an embedding of their own; others are known by their trigrams only."""
    return sorted(known_words() | filler_words() | set(unknown_list(False)) | {",", "."})


WORD_DROPOUT = 0.2  # share of the words that are known by their trigrams only, as misspelt ones are


class Pool:
    """Captions drawn from a grammar, more of them at any time; every distinct word is hashed once."""

    def __init__(self, config, seed, count, split=None):
        self.config = config
        self.lookup = {word: k for k, word in enumerate(config["vocabulary"])}
        self.index, self.captions, self.grammar = {}, [], Grammar(seed, split)
        self.word_ids = np.full(1 << 12, -1, np.int64)
        self.trigrams = np.full((1 << 12, config["trigrams_max"]), -1, np.int32)
        self.extend(count)

    def extend(self, count):
        for _ in range(count):
            caption = self.grammar.caption()
            words = np.array([self.number(w) for w in caption.words], np.int32)
            self.captions.append((words, np.array(caption.tags, np.int16), caption.attributes.astype(np.int8)))

    def number(self, word):
        if word not in self.index:
            self.index[word] = number = len(self.index)
            if number == len(self.word_ids):
                self.word_ids = np.concatenate([self.word_ids, np.full_like(self.word_ids, -1)])
                self.trigrams = np.concatenate([self.trigrams, np.full_like(self.trigrams, -1)])
            ids = trigram_ids(word, self.config["trigram_buckets"])[:self.config["trigrams_max"]]
            self.word_ids[number] = self.lookup.get(word, -1)
            self.trigrams[number, :len(ids)] = ids
        return self.index[word]

    def batch(self, captions, dropout_rng=None, dropout=0.0):
        """word ids, trigram ids, keys, tags, attributes; a share of the words loses its own embedding."""
        tokens = max(len(words) for words, _, _ in captions)
        numbers = np.zeros((len(captions), tokens), np.int32)
        tags = np.zeros((len(captions), tokens), np.int64)
        keys = np.zeros((len(captions), tokens), bool)
        attributes = np.zeros((len(captions), spec.ATTRIBUTES), np.float32)
        for k, (words, own, said) in enumerate(captions):
            numbers[k, :len(words)], tags[k, :len(words)], keys[k, :len(words)] = words, own, True
            attributes[k] = said
        word_ids = self.word_ids[numbers]
        if dropout_rng is not None:
            word_ids = np.where(dropout_rng.random(word_ids.shape) < dropout, -1, word_ids)
        trigrams = self.trigrams[numbers]
        used = (trigrams >= 0).any((0, 1)).sum()
        return tuple(torch.from_numpy(a) for a in (word_ids, trigrams[..., :used].astype(np.int64), keys, tags, attributes))

    def batches(self, size, rng):
        """Endless: random stretches of twenty batches, sorted by length and dealt out in random order."""
        while True:
            stretch = sorted(rng.integers(len(self.captions), size=size * 20), key=lambda k: len(self.captions[k][0]))
            groups = [stretch[k:k + size] for k in range(0, len(stretch), size)]
            rng.shuffle(groups)
            for group in groups:
                yield self.batch([self.captions[k] for k in group], rng, WORD_DROPOUT)

import random
import unittest

import numpy as np

from vitatrain import spec
from vitatrain.grammar import HELD_OUT_TEMPLATES, PAIR_INDICES, Grammar, Split
from vitatrain.grammar_pieces import Clash, Piece, apply_effects, effect
from vitatrain.grammar_typos import is_held_out, misspelt
from vitatrain.grammar_unknown import filler_words, known_words, unknown_list
from vitatrain.text_tokenize import PromptError, tokenize, trigram_ids, words_of


class GrammarTest(unittest.TestCase):
    def test_same_seed_same_captions(self):
        first, second = Grammar(3), Grammar(3)
        for _ in range(50):
            a, b = first.caption(), second.caption()
            self.assertEqual((a.words, a.tags), (b.words, b.tags))
            np.testing.assert_array_equal(a.attributes, b.attributes)

    def test_captions_keep_the_contract(self):
        grammar, rng = Grammar(4), random.Random(4)
        for _ in range(400):
            caption = grammar.caption()
            self.assertEqual(words_of(caption.text(rng)), caption.words)
            self.assertEqual(len(caption.words), len(caption.tags))
            self.assertFalse(caption.attributes[spec.ATTRIBUTES - 4:].any())
            for name, kind, entries in spec.GROUPS:
                part = caption.attributes[spec.OFFSETS[name]:spec.OFFSETS[name] + len(entries)]
                if kind == "one_of":
                    self.assertLessEqual(part.sum(), 1)
                    self.assertTrue(set(part) <= {0.0, 1.0})
            for tag in caption.tags:  # a word speaks only of what the caption says
                self.assertTrue(tag < 2 or caption.attributes[tag - 2] != 0, (caption.text(), tag))

    def test_every_value_of_every_attribute_is_said(self):
        grammar, seen = Grammar(5), set()
        for _ in range(6000):
            attributes = grammar.caption().attributes
            seen.update((int(k), int(attributes[k])) for k in attributes.nonzero()[0])
        expected = set()
        for name, kind, entries in spec.GROUPS:
            for k in range(len(entries)):
                values = {"one_of": (1,), "signed": (-1, 1), "zero": ()}[kind]
                expected.update((spec.OFFSETS[name] + k, value) for value in values)
        self.assertEqual(seen, expected)

    def test_held_out_parts_are_held_out(self):
        def pairs_of(caption):
            return [p for p in PAIR_INDICES if all(caption.attributes[i] == v for i, v in p)]
        training, pairs = Grammar(6), Grammar(6, Split(held_out_pairs=True))
        templates = Grammar(6, Split(held_out_templates=True))
        for _ in range(300):
            caption = training.caption()
            self.assertFalse(pairs_of(caption))
            self.assertNotIn(caption.template, HELD_OUT_TEMPLATES)
        for _ in range(30):
            self.assertTrue(pairs_of(pairs.caption()))
            self.assertIn(templates.caption().template, HELD_OUT_TEMPLATES)

    def test_typos_fall_into_parts(self):
        rng = random.Random(7)
        for held_out in (False, True):
            forms = [misspelt(rng, word, held_out) for word in ("mountains", "desert", "moonlit", "crystals") * 20]
            forms = [form for form in forms if form]
            self.assertGreater(len(forms), 10)
            for form in forms:
                self.assertEqual(is_held_out(form), held_out)
                self.assertNotIn(form, known_words())

    def test_words_are_of_one_kind(self):
        unknown = set(unknown_list(False)) | set(unknown_list(True))
        self.assertFalse(unknown & known_words())
        self.assertFalse(unknown & filler_words())
        self.assertFalse(set(unknown_list(False)) & set(unknown_list(True)))
        self.assertTrue({"dragon", "castle", "spaceship", "car", "people"} <= unknown)

    def test_contradictions_are_refused(self):
        with self.assertRaises(Clash):
            apply_effects([("biome.desert", False), ("biome.forest", False)])
        index, _ = effect("season.winter")
        self.assertEqual(apply_effects([("season.winter", True)])[index], 1)
        self.assertEqual(apply_effects([("season.winter", True), ("season.spring", False)])[index], 0)
        self.assertEqual((Piece([("a", 0)]) + Piece([("b", 1)])).tokens, [("a", 0), ("b", 1)])


class TokenizeTest(unittest.TestCase):
    def test_splits_and_lowers(self):
        self.assertEqual(words_of("Snow-covered PEAKS, at dusk!"), ["snow", "covered", "peaks", ",", "at", "dusk", "."])
        self.assertEqual(words_of("don't 'quote'"), ["don't", "quote"])
        self.assertEqual(words_of("ÉTÉ"), ["été"])

    def test_refuses(self):
        for data in (b"", b" \n", b"...", b"\xff", b"a\xc3", b"\xed\xa0\x80", b"a" * 2001):
            with self.assertRaises(PromptError):
                tokenize(data)

    def test_trigrams(self):
        self.assertEqual(len(trigram_ids("sea", 100)), 3)
        self.assertEqual(trigram_ids("sea", 100), trigram_ids("sea", 100))
        self.assertEqual(len(set(trigram_ids("mountains", 8192)) & set(trigram_ids("moutains", 8192))), 6)


if __name__ == "__main__":
    unittest.main()

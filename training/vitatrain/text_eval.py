"""Figures of the text encoder on language that it was not trained on.

    python3 -m vitatrain.text_eval [--count 2000] [--prompts]
"""

import argparse
import json
import os

import numpy as np
import torch

from vitatrain import safetensors_io
from vitatrain.grammar import Split
from vitatrain.text_data import Pool
from vitatrain.text_decode import attributes_of, claims, is_ignored, understand
from vitatrain.text_model import TextEncoder

SPLITS = {
    "like training": Split(),
    "held-out templates": Split(held_out_templates=True),
    "held-out pairs": Split(held_out_pairs=True),
    "held-out typos": Split(held_out_typos=True, typo_rate=1.0),
    "held-out unknown words": Split(held_out_unknown=True),
}
PROMPTS = [
    "a quiet fishing village by a turquoise lagoon at sunrise", "snowy moutains at night with a castle",
    "pink desert under a green sky", "no trees, just rocks and fog", "volcano",
    "dragon flying over autumn woods in the rain", "mountains", "night", "snowy pines at dusk", "treeless tundra in a blizzard",
    "Please make me a cinematic 4k video of golden dunes at golden hour", "purple trees and crystals by a black lake",
    "a lonely lighthouse on a tropical island, stormy night", "not a desert, but rolling green hills with many houses",
    "misty morning in a dense redwood forest", "Grand Canyon at noon, blue sky, cacti", "a car race through Tokyo",
    "asdf qwer zxcv", "the sky is orange and the trees are blue. It is snowing.", "flat dry land without any rocks or cacti",
    "spaceship landing on red rocky mesas under a purple sky at twilight", "palm beach sunst", "Winter wonderland with cabins",
    "lava and ash, dark clouds, lightning", "a meadow in spring with oak trees and a river, crisp air, sunny day",
    "hello world", "My grandmother's house in the snowy hills", "foggy frest with towers", "icebergs at midnight under the stars",
    "a desert with no cactus but lots of boulders, teal sky, hazy",
]


def predict(model, pool, size=200):
    """(claims, true attributes, tags of the words, true tags, which are known) of every caption of a pool."""
    model.eval()
    for start in range(0, len(pool.captions), size):
        part = sorted(pool.captions[start:start + size], key=lambda c: len(c[0]))
        word_ids, trigrams, keys, tags, attributes = pool.batch(part)
        with torch.no_grad():
            evidence, tag_logits = model(word_ids, trigrams, keys)
        for k, (words, _, _) in enumerate(part):
            count = len(words)
            yield (claims(evidence[k, :count].numpy()), attributes[k].numpy(), tag_logits[k, :count].argmax(1).numpy(),
                   tags[k, :count].numpy(), word_ids[k, :count].numpy() >= 0)


def f1(right, claimed, true):
    return 2 * right / max(1, claimed + true)


def figures(model, pool):
    """F1 of the attributes, share of captions without any error, precision and recall of the words
    that are reported as ignored against those that speak of nothing known."""
    right = claimed = true = exact = unknown_right = unknown_claimed = unknown_true = count = 0
    for claim_list, truth, tags, true_tags, known in predict(model, pool):
        said = attributes_of(claim_list, known, model.config)
        right += int(((said == truth) & (truth != 0)).sum())
        claimed += int((said != 0).sum())
        true += int((truth != 0).sum())
        exact += bool((said == truth).all())
        reported = np.array([is_ignored(tag, word, False, said) for tag, word in zip(tags, known)])
        unknown_right += int((reported & (true_tags == 1)).sum())
        unknown_claimed += int(reported.sum())
        unknown_true += int((true_tags == 1).sum())
        count += 1
    return {"f1": round(f1(right, claimed, true), 4), "precision": round(right / max(1, claimed), 4),
            "recall": round(right / max(1, true), 4), "exact": round(exact / max(1, count), 4),
            "unknown_precision": round(unknown_right / max(1, unknown_claimed), 4),
            "unknown_recall": round(unknown_right / max(1, unknown_true), 4), "captions": count}


def calibrate(model, count, seed=7001):
    """Chooses both thresholds on training language with many typos; never on what the figures are measured on."""
    pool = Pool(model.config, seed, count, Split(typo_rate=0.6))
    cases = list(predict(model, pool))
    best = (-1.0,)
    for threshold in (0.35, 0.45, 0.5, 0.55, 0.65, 0.75):
        for near in (0.65, 0.7, 0.75, 0.8, 0.85, 0.9):
            config = dict(model.config, threshold=threshold, threshold_near=near)
            right = claimed = true = 0
            for claim_list, truth, _, _, known in cases:
                said = attributes_of(claim_list, known, config)
                right += int(((said == truth) & (truth != 0)).sum())
                claimed += int((said != 0).sum())
                true += int((truth != 0).sum())
            best = max(best, (f1(right, claimed, true), threshold, near))
    model.config["threshold"], model.config["threshold_near"] = best[1:]


def held_out(model, count, seed=9001):
    return {name: figures(model, Pool(model.config, seed + k, count, split))
            for k, (name, split) in enumerate(SPLITS.items())}


def load(folder):
    """The trained encoder of a folder: text.json and text.safetensors."""
    with open(os.path.join(folder, "text.json")) as file:
        model = TextEncoder(json.load(file)["config"])
    tensors = safetensors_io.read(os.path.join(folder, "text.safetensors"))
    model.load_state_dict({name[len("text."):]: torch.from_numpy(value) for name, value in tensors.items()})
    return model.eval()


def show(model, prompts):
    lookup = {word: k for k, word in enumerate(model.config["vocabulary"])}
    for prompt in prompts:
        _, understood, ignored = understand(model, prompt, lookup)
        print(f"\n> {prompt}")
        for attribute, value, words, confidence in understood:
            print(f"    {attribute} = {value}  ({words}) {confidence:.2f}")
        print(f"    ignored: {', '.join(ignored) or '-'}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = os.path.join(os.path.dirname(__file__), "..", "weights")
    parser.add_argument("--weights", default=default, help="folder of text.json and text.safetensors")
    parser.add_argument("--count", type=int, default=2000, help="captions of each held-out part")
    parser.add_argument("--prompts", action="store_true", help="show what a list of prompts is understood as")
    parser.add_argument("--prompt", action="append", default=[], help="show what this prompt is understood as")
    args = parser.parse_args()
    model = load(args.weights)
    if args.prompts or args.prompt:
        show(model, args.prompt or PROMPTS)
        return
    for name, result in held_out(model, args.count).items():
        print(f"{name:24}", json.dumps(result))


if __name__ == "__main__":
    main()

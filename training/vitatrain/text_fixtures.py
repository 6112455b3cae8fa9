"""Writes what the C++ text encoder is compared with: tokens, activations layer by layer, decisions.

    python3 -m vitatrain.text_fixtures

Belongs to the weights in training/weights; run it again whenever they change.
"""

import json
import os

import torch

from vitatrain import safetensors_io
from vitatrain.text_decode import understand
from vitatrain.text_eval import PROMPTS, load
from vitatrain.text_model import ids_of
from vitatrain.text_tokenize import PromptError, tokenize, trigram_ids, words_of

ROOT = os.path.join(os.path.dirname(__file__), "..", "..")
FOLDER = os.path.join(ROOT, "tests", "fixtures", "text")
TOKEN_PROMPTS = [p.encode() for p in PROMPTS[:6]] + [
    b"a", b"  Snow-covered   PEAKS!!  ", "ÉTÉ à Paris — «forêt»".encode(), "Зимний ЛЕС, Ёлка".encode(),
    "ΑΘΗΝΑ νύχτα".encode(), "雪山、夜。月".encode(), "fire 🔥 and ice \U0001f9ca".encode(), b"don't 'quote' it's rock'n'roll '",
    "the sea’s edge ’".encode(), b"one,two;three:four(five)[six]{seven}|eight", b"line one\nline two\ttabbed\r\n",
    "wide…dots – dash — long‐hyphen non\u00a0breaking\ufeff".encode(), b"x1 4k 720p 1_000 a/b c\\d e@f #tag", b"\x00null\x01",
    "ÿþ ×÷ ß İ".encode(), b"w" * 60 + b" " + b"z" * 300, b"a " * 1000, b"a" * 2000, b"a" * 2001, b"", b" \t\n ", b"...!?", b"'",
    b"\xff", b"good \xc3", b"good \xc3(", b"overlong \xc0\xaf", b"overlong \xe0\x80\xaf", b"surrogate \xed\xa0\x80",
    b"too far \xf4\x90\x80\x80", b"last \xf4\x8f\xbf\xbf fine", b"cut \xf0\x9f\x94", b"\x80 start", b"\xe2\x80\x99s tail"]
TEST_BUCKETS, TEST_TRIGRAMS = 6144, 32
NETWORK_PROMPTS = ["volcano", "snowy moutains at night with a castle", "no trees, just rocks and fog",
                   "Please make me a cinematic 4k video of golden dunes at golden hour, by a turquoise lake.",
                   "dragon xqzvv 龙", "a " * 40 + "forest in autumn, with many houses and no palms. it is raining"]


def token_case(data):
    case = {"bytes": list(data)}
    try:
        tokens = tokenize(data)
    except PromptError as error:
        return dict(case, error=str(error))
    return dict(case, words=[w for w, _, _ in tokens], begins=[b for _, b, _ in tokens], ends=[e for _, _, e in tokens],
                trigrams=trigram_ids(tokens[0][0], TEST_BUCKETS)[:TEST_TRIGRAMS])


def activations(model, prompt, lookup):
    words = words_of(prompt)[:model.config["words_max"]]
    word_ids, trigrams, keys = ids_of(words, model.config, lookup)
    with torch.no_grad():
        x = model.embed(word_ids, trigrams)
        result = {"word_ids": word_ids[0].int(), "embedded": x}
        for k, block in enumerate(model.blocks):
            x = block(x, keys)
            result[f"block{k}"] = x
        x = model.norm(x)
        return dict(result, evidence=model.evidence(x), tags=model.tags(x))


def decision(model, prompt, lookup):
    attributes, understood, ignored = understand(model, prompt, lookup)
    return {"prompt": prompt, "attributes": [int(a) for a in attributes], "names": [item[0] for item in understood],
            "values": [item[1] for item in understood], "words": [item[2] for item in understood],
            "confidences": [round(item[3], 5) for item in understood], "ignored": ignored}


def write_json(name, value):
    with open(os.path.join(FOLDER, name), "w") as file:
        json.dump(value, file, indent=None, separators=(",", ":"))
        file.write("\n")


def main():
    os.makedirs(FOLDER, exist_ok=True)
    model = load(os.path.join(ROOT, "training", "weights"))
    lookup = {word: k for k, word in enumerate(model.config["vocabulary"])}
    tensors = {f"{k}.{name}": value for k, prompt in enumerate(NETWORK_PROMPTS)
               for name, value in activations(model, prompt, lookup).items()}
    safetensors_io.write(os.path.join(FOLDER, "network.safetensors"), tensors)
    write_json("tokens.json", {"buckets": TEST_BUCKETS, "trigrams_max": TEST_TRIGRAMS,
                               "cases": [token_case(data) for data in TOKEN_PROMPTS]})
    write_json("understood.json", {"network_prompts": NETWORK_PROMPTS,
                                   "cases": [decision(model, p, lookup) for p in PROMPTS + NETWORK_PROMPTS]})


if __name__ == "__main__":
    main()

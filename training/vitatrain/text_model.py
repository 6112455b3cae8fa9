"""The text encoder: words and their trigrams, a small transformer, evidence for each attribute and a tag per word.

The twin of src/models/world/text_encoder.cc.
"""

import torch
import torch.nn.functional as F
from torch import nn

from vitatrain import spec
from vitatrain.text_tokenize import MAX_WORDS, trigram_ids

TRIGRAMS_MAX = 32  # of one word
TAGS = 2 + spec.ATTRIBUTES - 4  # filler, unknown, then one for each attribute that is not reserved


def evidence_groups():
    """[(name, first attribute, [value of each class after "unsaid"], one_of)]; classes lie one after the other."""
    groups = []
    for name, kind, names in spec.GROUPS:
        begin = spec.OFFSETS[name]
        if kind == "one_of":
            groups.append((name, begin, [1.0] * len(names), True))
        elif kind == "signed":
            groups += [(name, begin + k, [-1.0, 1.0], False) for k in range(len(names))]
    return groups


GROUPS = evidence_groups()
EVIDENCE = sum(len(values) for _, _, values, _ in GROUPS)


def default_config(vocabulary):
    return {"dim": 64, "heads": 4, "layers": 2, "mlp_dim": 192, "words_max": MAX_WORDS, "trigrams_max": TRIGRAMS_MAX,
            "trigram_buckets": 8192, "threshold": 0.5, "threshold_near": 0.7, "vocabulary": vocabulary}


class Block(nn.Module):
    """x + proj(attention(qkv(norm1(x)))), then x + fc2(gelu(fc1(norm2(x))))."""

    def __init__(self, dim, heads, mlp_dim):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.qkv, self.proj = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)
        self.fc1, self.fc2 = nn.Linear(dim, mlp_dim), nn.Linear(mlp_dim, dim)

    def forward(self, x, keys):
        batch, tokens, dim = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(batch, tokens, 3, self.heads, dim // self.heads).permute(2, 0, 3, 1, 4)
        scores = q @ k.transpose(-1, -2) * (dim // self.heads) ** -0.5
        scores = scores.masked_fill(~keys[:, None, None, :], -1e9)
        mixed = (scores.softmax(-1) @ v).transpose(1, 2).reshape(batch, tokens, dim)
        x = x + self.proj(mixed)
        return x + self.fc2(F.gelu(self.fc1(self.norm2(x)), approximate="tanh"))


class TextEncoder(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config, dim = config, config["dim"]
        self.words = nn.Embedding(len(config["vocabulary"]), dim)
        self.trigrams = nn.Embedding(config["trigram_buckets"], dim)
        self.positions = nn.Embedding(config["words_max"], dim)
        self.blocks = nn.ModuleList(Block(dim, config["heads"], config["mlp_dim"]) for _ in range(config["layers"]))
        self.norm = nn.LayerNorm(dim)
        self.evidence = nn.Linear(dim, EVIDENCE)
        self.tags = nn.Linear(dim, TAGS)
        nn.init.constant_(self.evidence.bias, -3.0)  # most words say nothing of most things
        for table in (self.words, self.trigrams, self.positions):
            nn.init.normal_(table.weight, std=0.3 if table is self.trigrams else 0.5)

    def embed(self, word_ids, trigram_ids_):
        """word_ids: [batch, tokens], -1 = not in the vocabulary; trigram_ids_: [batch, tokens, n], -1 = none."""
        tokens = word_ids.shape[1]
        x = self.words(word_ids.clamp(min=0)) * (word_ids >= 0).unsqueeze(-1)
        flat = trigram_ids_.reshape(-1, trigram_ids_.shape[-1])
        sums = F.embedding_bag(flat.clamp(min=0), self.trigrams.weight, mode="sum",
                               per_sample_weights=(flat >= 0).to(x.dtype))
        return x + sums.view_as(x) + self.positions.weight[:tokens]

    def forward(self, word_ids, trigram_ids_, keys):
        """keys: [batch, tokens], False where there is no word. Returns evidence and tag logits per word."""
        x = self.embed(word_ids, trigram_ids_)
        for block in self.blocks:
            x = block(x, keys)
        x = self.norm(x)
        return self.evidence(x), self.tags(x)


def pooled(evidence, keys):
    """The strongest evidence among the words: [batch, EVIDENCE] and the words it came from."""
    return evidence.masked_fill(~keys.unsqueeze(-1), -1e9).max(1)


def group_logits(pool):
    """Per group [batch, 1 + classes]; "unsaid" is zero and the others stand against it."""
    zero, at, result = pool.new_zeros(len(pool), 1), 0, []
    for _, _, values, _ in GROUPS:
        result.append(torch.cat([zero, pool[:, at:at + len(values)]], 1))
        at += len(values)
    return result


def group_labels(attributes):
    """[batch, 85] to the class of each group, [batch, groups]."""
    labels = []
    for _, begin, values, one_of in GROUPS:
        if one_of:
            part = attributes[:, begin:begin + len(values)]
            labels.append(torch.where(part.max(1).values > 0, part.argmax(1) + 1, torch.zeros_like(part.argmax(1))))
        else:
            value = attributes[:, begin]
            labels.append((value < 0).long() + 2 * (value > 0).long())
    return torch.stack(labels, 1)


def class_attributes():
    """For each class of evidence its attribute and the value that it stands for."""
    pairs = [(begin + (k if one_of else 0), value) for _, begin, values, one_of in GROUPS for k, value in enumerate(values)]
    return torch.tensor([a for a, _ in pairs]), torch.tensor([v for _, v in pairs])


CLASS_ATTRIBUTE, CLASS_VALUE = class_attributes()


def source_loss(evidence, tags, attributes):
    """Which word the evidence comes from: those tagged with a true attribute must give it, false ones nobody may
    give, and a true one may come from any other word too (a blizzard is winter)."""
    true = attributes[:, CLASS_ATTRIBUTE] == CLASS_VALUE
    own = (tags.unsqueeze(-1) == CLASS_ATTRIBUTE + 2) & true.unsqueeze(1)
    loss = F.binary_cross_entropy_with_logits(evidence, own.to(evidence.dtype), reduction="none")
    return (loss * (own | ~true.unsqueeze(1))).sum(-1)


def loss_of(model, batch):
    word_ids, trigrams, keys, tags, attributes = batch
    evidence, tag_logits = model(word_ids, trigrams, keys)
    labels = group_labels(attributes)
    logits = group_logits(pooled(evidence, keys)[0])
    attribute_loss = sum(F.cross_entropy(l, labels[:, k]) for k, l in enumerate(logits))
    tag_loss = F.cross_entropy(tag_logits[keys], tags[keys])
    return attribute_loss, tag_loss + source_loss(evidence, tags, attributes)[keys].mean()


def ids_of(words, config, lookup):
    """Words of one prompt to model inputs of batch 1."""
    words = words[:config["words_max"]]
    word_ids = torch.tensor([[lookup.get(w, -1) for w in words]])
    lists = [trigram_ids(w, config["trigram_buckets"])[:config["trigrams_max"]] for w in words]
    longest = max(map(len, lists))
    trigrams = torch.tensor([[ids + [-1] * (longest - len(ids)) for ids in lists]])
    return word_ids, trigrams, torch.ones(1, len(words), dtype=torch.bool)

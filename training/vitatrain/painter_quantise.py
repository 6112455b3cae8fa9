"""The rounding of the painter's trunk as the product does it (docs/world_model.md, "In integers"), for training: forward
rounds, gradients pass as if it did not (straight-through, arXiv 1308.3432). And whether its per-pixel MLP fits the
product's 16 bits."""
import numpy as np
import torch

from vitatrain import looks, worlds

MOST_BIAS = 256  # largest magnitude of a bias of the per-pixel MLP
LOOKS = 256


@torch.no_grad()
def check_ranges(painter, seed=0):
    """Raises ValueError if some look, of many drawn, makes biases that the product would have to clip, or no numbers."""
    rng = np.random.default_rng(seed)
    drawn = np.stack([looks.sample_look(worlds.sample_attributes(rng), rng) for _ in range(LOOKS)])
    code = painter.encode_look(torch.from_numpy(drawn.astype(np.float32)))
    for depth, layer in enumerate(painter.pixel):
        for kind in range(len(layer.weight)):
            weight, bias = layer.fold(kind, code)
            for what, values, most in (("weight", weight, 1.01 * layer.limit), ("bias", bias, MOST_BIAS)):
                found = values.abs().max().item()
                if not found < most:
                    raise ValueError(f"painter.pixel.{depth}: kind {kind} has a {what} of magnitude {found:.2f} under "
                                     f"some look, expected less than {most:.2f}, which the product has bits for")


class _Round(torch.autograd.Function):
    @staticmethod
    def forward(context, value):
        return value.round()

    @staticmethod
    def backward(context, gradient):
        return gradient


class Quantiser:
    """Rounds activations in 0..1 to 255 steps and weights to 127 steps each way of their output channel's largest."""

    def __call__(self, value):
        return _Round.apply(value * 255) * (1 / 255)

    def weights(self, weight):
        step = (weight.detach().abs().amax((1, 2, 3), keepdim=True) / 127).clamp(min=1e-12)
        return _Round.apply(weight / step) * step

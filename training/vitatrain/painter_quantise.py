"""The rounding of the painter's trunk as the product does it (docs/world_model.md, "In integers"), for training: forward
rounds, gradients pass as if it did not (straight-through, arXiv 1308.3432)."""
import torch


class _Round(torch.autograd.Function):
    @staticmethod
    def forward(context, value):
        return value.round()

    @staticmethod
    def backward(context, gradient):
        return gradient


class Quantiser:
    """Rounds activations in 0..1 to 255 steps and weights to 127 steps each way of their output channel's largest."""

    def __call__(self, name, value):
        return _Round.apply(value * 255) * (1 / 255)

    def weights(self, weight):
        step = (weight.detach().abs().amax((1, 2, 3), keepdim=True) / 127).clamp(min=1e-12)
        return _Round.apply(weight / step) * step

"""Times the painter's network in PyTorch, f32, on one thread, with random weights: to be read beside painter_bench.

    PYTHONPATH=training python3 bench/painter/painter_torch.py [--rounds 5]

Every pixel is of one kind, so that PyTorch spends nothing on sorting them. Times are of the thread's processor."""
import argparse
import time

import torch

from vitatrain import painter_model


def best_ms(run, rounds):
    run()
    times = []
    for _ in range(rounds):
        start = time.thread_time()
        run()
        times.append((time.thread_time() - start) * 1e3)
    return min(times)


@torch.no_grad()
def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    torch.set_num_threads(1)
    painter = painter_model.Painter().eval()
    config = painter.config
    code = painter.encode_look(torch.rand(1, config["look"]))
    pixels = torch.rand(1, 640 * 360, config["planes"]) * 2 - 1
    seen = torch.rand(1, 4 + len(config["seen"]), 360, 640).contiguous(memory_format=torch.channels_last)
    shade = best_ms(lambda: painter.shade(pixels, 0, code), rounds)
    trunk = best_ms(lambda: painter.trunk(seen), rounds)
    print(f"PyTorch {torch.__version__}, f32, one thread, 1280x720, best of {rounds}: "
          f"shade {shade:.1f} core-ms, trunk {trunk:.1f} core-ms")


if __name__ == "__main__":
    main()

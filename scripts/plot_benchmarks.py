#!/usr/bin/env python3
"""Draws docs/pictures/benchmarks.png from the reports of check_regression.py and of `vitascope bench --sessions`.

    scripts/check_regression.py --reports DIR
    for n in 1 2 4; do vitascope bench --sessions $n --minutes 1 --json > DIR/sessions_$n.json; done
    scripts/plot_benchmarks.py DIR [-o docs/pictures/benchmarks.png]

Needs python3-matplotlib."""
import argparse
import json
import pathlib

import matplotlib
matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
TIERS = ("full", "three_quarters", "half")
COLOURS = {"full": "#2b6cb0", "three_quarters": "#68a0d8", "half": "#b5d0ea"}


def draw_roofline(axes, painter):
    rows = [case for case in painter["cases"] if case.get("share") and not case["name"].startswith("peak")]
    names = [f'{case["name"]} ({case["peak"]})' for case in rows]
    shares = [100 * case["share"] for case in rows]
    axes.barh(names, shares, color=["#2b6cb0" if n.startswith(("integers", "enlarge")) else "#c0c0c0" for n in names])
    axes.axvline(100, color="black", linewidth=0.8)
    axes.invert_yaxis()
    axes.set_xlabel("per cent of the machine's measured peak")
    axes.set_title("Stages against their roofs")


def draw_tiers(axes, tiers):
    bottom = [0.0] * len(TIERS)
    for stage, colour in (("projector", "#4a5568"), ("painter", "#2b6cb0")):
        values = [tiers[tier][f"{stage}_core_ms"] for tier in TIERS]
        axes.bar([t.replace("_", " ") for t in TIERS], values, bottom=bottom, label=stage, color=colour)
        bottom = [a + b for a, b in zip(bottom, values)]
    axes.set_ylabel("core-ms a frame")
    axes.set_title("Tiers, 1280x720")
    axes.legend()


def draw_sessions(axes, reports):
    label, at = [], 0
    for count, report in reports:
        for number, session in enumerate(report["sessions"], 1):
            total, left = sum(session["tier_frames"].values()), 0.0
            for tier in TIERS:
                width = session["fps"] * session["tier_frames"][tier] / max(total, 1)
                axes.barh(at, width, left=left, color=COLOURS[tier])
                left += width
            label.append(f"{number} of {count}")
            at += 1
        at += 0.4
    positions, step = [], 0
    for count, _ in reports:
        positions += [step + k for k in range(count)]
        step += count + 0.4
    axes.set_yticks(positions, label)
    axes.invert_yaxis()
    axes.axvline(24, color="black", linewidth=0.8)
    axes.set_xlabel("encoded frames a second; dark: full, light: half")
    axes.set_title("Sessions at once")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reports", type=pathlib.Path)
    parser.add_argument("-o", "--output", type=pathlib.Path, default=ROOT / "docs/pictures/benchmarks.png")
    arguments = parser.parse_args()

    def read(name):
        return json.loads((arguments.reports / name).read_text())

    figure, axes = pyplot.subplots(1, 3, figsize=(15, 4.6), width_ratios=(1.5, 0.8, 1))
    draw_roofline(axes[0], read("painter.json"))
    draw_tiers(axes[1], read("tiers.json"))
    draw_sessions(axes[2], [(n, read(f"sessions_{n}.json")) for n in (1, 2, 4)])
    figure.tight_layout()
    figure.savefig(arguments.output, dpi=90)


if __name__ == "__main__":
    main()

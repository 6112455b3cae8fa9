#!/usr/bin/env python3
"""Compares the speed of the kernels with bench/baseline.json, in ratios that are measured in one run.

    scripts/check_regression.py [--build build] [--update] [--reports DIR]

Times differ from machine to machine and from minute to minute; how much faster one kernel is than another, or how near it
comes to a loop in registers, differs far less. Every ratio is "more is better". One that falls below its baseline by more than
the tolerance fails. Baselines belong to an instruction set; --update writes those of this machine. Needs a build with
VITA_BENCH; run it on a machine that does nothing else. --reports DIR keeps the benchmarks' reports, or uses those that lie there.
Exit codes: 0 as fast as before, 1 slower, 2 cannot tell."""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
BASELINE = ROOT / "bench" / "baseline.json"
TOLERANCE = 0.15
# Ratios of work that waits for memory, or that is measured on whole scenes, stray more.
TOLERANCES = {"projector / plain projector": 0.2, "enlarge / triad": 0.3, "half tier / full tier": 0.2}


def measure(build, folder):
    """Runs the benchmarks whose reports are not in `folder` yet."""
    commands = {
        "painter.json": lambda path: path.write_text(subprocess.run(
            [build / "bench/painter/painter_bench", "--rounds", "15", "--json"], capture_output=True, text=True,
            check=True, cwd=ROOT).stdout),
        "projector.json": lambda path: subprocess.run(
            [build / "bench/projector/projector_bench", "--rounds", "5", "--json", path], check=True, cwd=ROOT,
            stdout=subprocess.DEVNULL),
        "tiers.json": lambda path: subprocess.run(
            [build / "bench/tiers/tiers_bench", "--json", path], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)}
    for name, run in commands.items():
        if not (folder / name).exists():
            print(f"measuring {name}", file=sys.stderr)
            run(folder / name)


def read(folder):
    return {name: json.loads((folder / f"{name}.json").read_text()) for name in ("painter", "projector", "tiers")}


def ratios_of(reports):
    """Name -> ratio. `best` times are used where there are any: what else the machine does only adds."""
    painter = {case["name"]: case for case in reports["painter"]["cases"]}
    best = {name: case["best_core_ms"] for name, case in painter.items()}
    mean = next(row for row in reports["projector"] if row["scene"] == "mean")
    tiers = reports["tiers"]

    def whole(tier):
        return tiers[tier]["projector_core_ms"] + tiers[tier]["painter_core_ms"]

    return {
        # Both loops take a fixed number of operations, so this is the painter's time in units of the machine's own speed.
        "painter / FMA loop": best["peak: f32"] / best["integers: whole frame"],
        "painter in integers / in floats": best["f32: shade and trunk"] / best["integers: whole frame"],
        "shade / int16 peak": painter["integers: shade"]["share"],
        "stem / int8 peak": painter["integers: stem"]["share"],
        "refine / int8 peak": painter["integers: refine"]["share"],
        "stem / oneDNN int8": best["oneDNN int8: stem"] / best["integers: stem"],
        "enlarge / triad": painter["enlarge three quarters"]["share"],
        "projector / plain projector": mean["plain_ms"] / mean["ms"],
        "half tier / full tier": whole("full") / whole("half"),
    }


def compare(ratios, baseline):
    """Rows (name, found, expected, allowed least, whether it is enough)."""
    rows = []
    for name, expected in baseline.items():
        least = expected * (1 - TOLERANCES.get(name, TOLERANCE))
        found = ratios.get(name, 0)
        rows.append((name, found, expected, least, found >= least))
    return rows


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--update", action="store_true", help="write what is found as the baseline of this instruction set")
    parser.add_argument("--reports", type=pathlib.Path, help="keep the reports here, or use those that lie here")
    parser.add_argument("--baseline", type=pathlib.Path, default=BASELINE)
    arguments = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.reports or pathlib.Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            measure(arguments.build.resolve(), folder)
            reports = read(folder)
            ratios = ratios_of(reports)
        except (OSError, subprocess.CalledProcessError, KeyError, ValueError) as error:
            print(f"check_regression: no figures: {error!r}; is this a build with VITA_BENCH?", file=sys.stderr)
            return 2
    isa = reports["painter"]["isa"]
    baselines = json.loads(arguments.baseline.read_text()) if arguments.baseline.exists() else {}
    if arguments.update:
        baselines[isa] = {name: round(value, 4) for name, value in ratios.items()}
        arguments.baseline.write_text(json.dumps(baselines, indent=2) + "\n")
    if isa not in baselines:
        print(f"check_regression: no baseline for {isa} in {arguments.baseline}; write one with --update", file=sys.stderr)
        return 2
    rows = compare(ratios, baselines[isa])
    print(f"{'ratio (' + isa + ')':36} {'found':>8} {'baseline':>9} {'least':>8}")
    for name, found, expected, least, enough in rows:
        print(f"{name:36} {found:8.3f} {expected:9.3f} {least:8.3f}  {'' if enough else 'SLOWER'}")
    return 0 if all(row[-1] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())

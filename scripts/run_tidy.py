#!/usr/bin/env python3
"""Runs clang-tidy over the product's sources: run_tidy.py BUILD [FILE ...]

Reads BUILD/compile_commands.json. Kernels compiled once per instruction set are checked once.
"""
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ("src", "apps", "bench", "fuzz")


def sources(build: pathlib.Path, wanted: list[str]) -> list[str]:
    entries = json.loads((build / "compile_commands.json").read_text())
    found = set()
    for entry in entries:
        path = pathlib.Path(entry["file"]).resolve()
        if not path.is_relative_to(ROOT):
            continue
        name = path.relative_to(ROOT)
        if name.parts[0] in FOLDERS and (not wanted or str(name) in wanted):
            found.add(str(name))
    return sorted(found)


def tidy(build: pathlib.Path, name: str) -> tuple[str, int, str]:
    done = subprocess.run(["clang-tidy", "--quiet", "-p", str(build), name], cwd=ROOT,
                          capture_output=True, text=True, check=False)
    return name, done.returncode, done.stdout + (done.stderr if done.returncode else "")


def main() -> int:
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    build = pathlib.Path(sys.argv[1]).resolve()
    names = sources(build, sys.argv[2:])
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, code, output in pool.map(lambda n: tidy(build, n), names):
            print(f"tidy {name}: {'ok' if code == 0 else 'FAILED'}", flush=True)
            if code != 0:
                failed += 1
                print(output)
    print(f"clang-tidy: {len(names)} files, {failed} with findings")
    return 1 if failed or not names else 0


if __name__ == "__main__":
    sys.exit(main())

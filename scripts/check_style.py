#!/usr/bin/env python3
"""Checks what the formatter and the compiler do not: sizes of files and functions, left-over notes, paths of
somebody's machine, and that clang-format would change nothing.

    check_style.py [FILE ...]       (every tracked file by default)
"""
import ast
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
MAX_HEADER_LINES = 200
MAX_SOURCE_LINES = 500
MAX_FUNCTION_LINES = 60

CPP = {".h", ".cc", ".cu", ".cuh"}
SOURCES = CPP | {".py", ".js", ".mjs", ".sh"}
TEXTS = SOURCES | {".md", ".txt", ".cmake", ".json", ".toml", ".mk", ".html", ".css", ".yml"}
# Written in two parts so that this file passes its own check.
NOTES = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:wo" + r"rk|tm" + r"p|ro" + r"ot|ho" + r"me|Us" + r"ers)/[\w.~-]+")

# A stretch of C++ that must not be read as code: comments, raw strings, strings, characters.
NOT_CODE = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"([^(\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9A-Fa-f])\'(?:\\.|[^\'\\\n])+\'',
    re.DOTALL)
SCOPE = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b[^;(){}]*(?:\([^()]*\)[^;(){}]*)?$")


def blank(match: re.Match) -> str:
    return re.sub(r"[^\n]", " ", match.group(0))


def cpp_functions(text: str) -> list[tuple[int, int, str]]:
    """(first line, lines, heading) of each function body that stands in a namespace or a class."""
    code = NOT_CODE.sub(blank, text)
    code = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", blank, code, flags=re.MULTILINE)
    found, stack, heading, line = [], [], "", 1
    for char in code:
        if char == "{":
            inside = any(kind != "scope" for kind, _, _ in stack)
            words = " ".join(heading.split())
            if heading and (heading[-1].isalnum() or heading[-1] in "_>"):
                kind = "value"  # member_{1}, Type{}: formatted code has a space before a body
            elif inside:
                kind = "block"
            elif SCOPE.search(words) and not words.endswith(")"):
                kind = "scope"
            else:
                kind = "function" if ")" in words else "block"
            stack.append((kind, line, words))
            heading = heading if kind == "value" else ""
        elif char == "}":
            kind, start, words = stack.pop() if stack else ("", 0, "")
            if kind == "function":
                found.append((start, line - start + 1, words))
            heading = heading if kind == "value" else ""
        elif char == ";":
            heading = ""
        else:
            heading += char
        line += char == "\n"
    return found


def python_functions(text: str) -> list[tuple[int, int, str]]:
    nodes = ast.walk(ast.parse(text))
    return [(node.lineno, node.end_lineno - node.lineno + 1, node.name) for node in nodes
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]


def check_text(name: str, text: str) -> list[str]:
    """Faults of one file; `name` is its path from the root."""
    suffix = pathlib.Path(name).suffix
    lines = text.splitlines()
    faults = []
    for number, line in enumerate(lines, 1):
        if suffix in SOURCES and (note := NOTES.search(line)):
            faults.append(f"{name}:{number}: found {note.group(0)}, expected finished work")
        if path := MACHINE_PATHS.search(line):
            faults.append(f"{name}:{number}: {path.group(0)} is a path of one machine")
    limit = MAX_HEADER_LINES if suffix in (".h", ".cuh") else MAX_SOURCE_LINES
    if suffix in SOURCES and len(lines) > limit:
        faults.append(f"{name}: {len(lines)} lines, expected at most {limit}")
    functions = []
    try:
        functions = cpp_functions(text) if suffix in CPP else (
            python_functions(text) if suffix == ".py" else [])
    except SyntaxError as error:
        faults.append(f"{name}: not valid Python: {error}")
    for line, length, heading in functions:
        if length > MAX_FUNCTION_LINES:
            faults.append(f"{name}:{line}: function of {length} lines, expected at most "
                          f"{MAX_FUNCTION_LINES}: {heading[-60:]}")
    return faults


def check_format(names: list[str]) -> list[str]:
    cpp = [name for name in names if pathlib.Path(name).suffix in CPP]
    if not cpp:
        return []
    if shutil.which("clang-format") is None:
        return ["clang-format is not installed, expected it (scripts/packages.txt)"]
    faults = []
    for name in cpp:
        done = subprocess.run(["clang-format", "--dry-run", "-Werror", name], cwd=ROOT,
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            places = done.stderr.count("[-Wclang-format-violations]")
            faults.append(f"{name}: clang-format would change {places} places (make format)")
    return faults


def tracked() -> list[str]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return [name for name in done.stdout.split("\0") if name]
    skipped = {"build", "out", ".git", "run"}
    return [str(path.relative_to(ROOT)) for path in ROOT.rglob("*")
            if path.is_file() and not skipped & set(path.relative_to(ROOT).parts)]


def main() -> int:
    names = sys.argv[1:] or tracked()
    names = [n for n in names if (pathlib.Path(n).suffix in TEXTS or pathlib.Path(n).name == "Makefile")
             and (ROOT / n).is_file() and not n.startswith("fuzz/corpus/")]
    faults = []
    for name in sorted(names):
        faults += check_text(name, (ROOT / name).read_text(errors="replace"))
    faults += check_format(sorted(names))
    for fault in faults:
        print(fault)
    print(f"style: {len(names)} files, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

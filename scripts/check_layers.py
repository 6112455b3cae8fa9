#!/usr/bin/env python3
"""Checks that no room includes what it may not.

Rooms and what they depend on are read from the vita_room() calls of the CMake files. A file may include
headers of its own room, of the public API (include/vita) and of the rooms that its room depends on,
transitively. ALLOWED limits what a room may declare at all.

    check_layers.py [ROOT]
"""
import dataclasses
import pathlib
import re
import sys

# What a room may depend on, whatever its CMake file says.
MODEL = {"core", "weights", "backend", "nn"}
ALLOWED = {
    "core": set(),
    "weights": {"core"},
    "backend": {"core"},
    "nn": {"core", "weights", "backend"},
    "world": MODEL,
    "wan": MODEL,
    "stream": {"core"},
    "media": {"core"},
    "webrtc": {"core", "media"},
    "provenance": {"core"},
    "engine": MODEL | {"world", "wan", "stream", "media", "provenance"},
    "server": MODEL | {"world", "wan", "stream", "media", "provenance", "engine", "webrtc"},
}
# Folders outside src/ and the rooms that they may include; None: every room of the product.
OUTSIDE = {
    "include": {"public"},
    "apps": {"core", "engine", "server"},
    "tests": None,
    "bench": None,
    "fuzz": None,
}
ROOM = re.compile(r"vita_room\s*\(\s*(\w+)([^)]*)\)")
INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]', re.MULTILINE)
KEYWORDS = {"PROGRAM_ONLY", "SOURCES", "ISA_SOURCES", "VNNI_SOURCES", "DEPENDS", "LIBRARIES"}
SUFFIXES = {".h", ".cc", ".cu", ".cuh", ".inc"}


@dataclasses.dataclass
class Room:
    name: str
    folder: pathlib.Path  # relative to the root
    depends: list[str]


def find_rooms(root: pathlib.Path) -> dict[str, Room]:
    rooms = {}
    for base in ("src", "training"):
        for path in sorted((root / base).rglob("CMakeLists.txt")):
            text = re.sub(r"#.*", "", path.read_text())
            for name, rest in ROOM.findall(text):
                depends, keyword = [], ""
                for word in rest.split():
                    if word in KEYWORDS:
                        keyword = word
                    elif keyword == "DEPENDS":
                        depends.append(word)
                rooms[name] = Room(name, path.parent.relative_to(root), depends)
    return rooms


def closure(rooms: dict[str, Room], names: list[str]) -> set[str]:
    seen, queue = set(), list(names)
    while queue:
        name = queue.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in rooms:
            queue.extend(rooms[name].depends)
    return seen


def room_of(rooms: dict[str, Room], path: pathlib.Path) -> str | None:
    inside = [room for room in rooms.values() if path.is_relative_to(room.folder)]
    return max(inside, key=lambda room: len(room.folder.parts)).name if inside else None


def resolve(root: pathlib.Path, source: pathlib.Path, include: str) -> pathlib.Path | None:
    """The included file, relative to the root; None for system headers."""
    for base in (source.parent, "src", "include", "training", "tests", ""):
        candidate = root / base / include
        if candidate.is_file():
            return candidate.resolve().relative_to(root)
    return None


def check_declared(rooms: dict[str, Room]) -> list[str]:
    faults = []
    for room in rooms.values():
        where = room.folder / "CMakeLists.txt"
        for name in room.depends:
            if name not in rooms:
                faults.append(f"{where}: room {room.name} depends on {name}, which is no room")
        if room.folder.parts[0] == "training":
            continue
        if room.name not in ALLOWED:
            faults.append(f"{where}: room {room.name} is not in ALLOWED of check_layers.py")
            continue
        below = closure(rooms, room.depends)
        for name in sorted((below & rooms.keys()) - ALLOWED[room.name]):
            expected = ", ".join(sorted(ALLOWED[room.name])) or "nothing"
            faults.append(f"{where}: room {room.name} depends on {name}, expected only {expected}")
        if room.name in below:
            faults.append(f"{where}: room {room.name} depends on itself")
    return faults


def allowed_rooms(rooms: dict[str, Room], source: pathlib.Path) -> set[str] | None:
    """The rooms that a file may include; None: all of the product."""
    room = room_of(rooms, source)
    if room is not None:
        return {room} | closure(rooms, rooms[room].depends)
    return OUTSIDE.get(source.parts[0], set())


def check_include(rooms: dict[str, Room], source: pathlib.Path, target: pathlib.Path) -> str | None:
    top = target.parts[0]
    if top == "training":
        return None if source.parts[0] == "training" else "nothing outside training/ may include it"
    if top == "include" or top == source.parts[0] != "src":
        return None
    if top == "tests" and source.parts[0] == "bench":
        return None  # a benchmark times the same table of cases that a test compares
    if top != "src":
        return f"{top}/ may not be included from {source.parts[0]}/"
    allowed = allowed_rooms(rooms, source)
    room = room_of(rooms, target)
    if room is None:
        return "it belongs to no room"
    if allowed is not None and room not in allowed:
        return f"it belongs to room {room}, expected one of {', '.join(sorted(allowed))}"
    return None


def check(root: pathlib.Path) -> list[str]:
    root = root.resolve()
    rooms = find_rooms(root)
    faults = check_declared(rooms)
    for top in ("src", "include", "apps", "tests", "bench", "fuzz", "training"):
        for path in sorted((root / top).rglob("*")):
            if path.suffix not in SUFFIXES or not path.is_file():
                continue
            source = path.relative_to(root)
            for include in INCLUDE.findall(path.read_text(errors="replace")):
                target = resolve(root, source, include)
                fault = None
                if include.startswith(".."):
                    fault = "expected a path from src/, without .."
                elif target is not None:
                    fault = check_include(rooms, source, target)
                if fault:
                    faults.append(f'{source}: includes "{include}": {fault}')
    return faults


def main() -> int:
    default = pathlib.Path(__file__).resolve().parent.parent
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    faults = check(root)
    for fault in faults:
        print(fault)
    print(f"rooms: {len(find_rooms(root.resolve()))}, forbidden includes: {len(faults)}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

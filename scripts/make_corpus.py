#!/usr/bin/env python3
"""Writes the seeds of the fuzz corpora: small valid files and hostile ones. Files that a fuzzer found are kept.

    make_corpus.py [FOLDER]         (fuzz/corpus by default)
"""
import json
import pathlib
import struct
import sys


def safetensors(header: object, data: bytes = b"", length: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header, separators=(",", ":")).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def tensor(dtype: str, shape: list, begin: int, end: int) -> dict:
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


def padded(header: dict) -> bytes:
    text = json.dumps(header, separators=(",", ":")).encode()
    return text + b" " * (-len(text) % 8)


def weight_files() -> dict[str, bytes]:
    two = {"__metadata__": {"format": "pt"}, "a.weight": tensor("F32", [2, 2], 0, 16),
           "a.bias": tensor("F32", [2], 16, 24)}
    types = {name: tensor(name, [1], i * 8, i * 8 + 8) for i, name in enumerate(("F64", "I64"))}
    small = {"h": tensor("F16", [1], 16, 18), "b": tensor("BF16", [1], 18, 20),
             "c": tensor("I8", [1], 20, 21), "d": tensor("BOOL", [1], 21, 22)}
    u8 = tensor("U8", [4], 0, 4)
    return {
        "valid_two": safetensors(padded(two), bytes(range(24))),
        "valid_types": safetensors(padded(types | small), bytes(22)),
        "valid_empty": safetensors({}),
        "valid_zero_size": safetensors({"z": tensor("F32", [0, 3], 0, 0)}),
        "empty_file": b"",
        "short_length": b"\x01\x00\x00",
        "length_max": struct.pack("<Q", 2**64 - 1) + b"{}",
        "length_past_end": safetensors({"a": u8}, b"1234", length=4096),
        "not_json": safetensors(b"{\"a\":", b"1234"),
        "not_utf8": safetensors(b"{\"\xff\xfe\":{}}"),
        "deep": safetensors(b"[" * 3000 + b"]" * 3000),
        "duplicate": safetensors(b'{"a":' + json.dumps(u8).encode() + b',"a":' + json.dumps(u8).encode() + b"}", b"1234"),
        "bad_dtype": safetensors({"a": tensor("Q4", [4], 0, 4)}, b"1234"),
        "negative": safetensors({"a": tensor("U8", [-4], -4, 0)}, b"1234"),
        "overflow_to_four": safetensors({"a": tensor("F32", [4611686018427387905], 0, 4)}, b"1234"),
        "overflow_to_zero": safetensors({"a": tensor("U8", [2**32, 2**32], 0, 0)}),
        "past_end": safetensors({"a": tensor("U8", [64], 0, 64)}, b"1234"),
        "reversed": safetensors({"a": tensor("U8", [4], 4, 0)}, b"1234"),
        "overlap": safetensors({"a": u8, "b": tensor("U8", [4], 2, 6)}, b"123456"),
        "hole": safetensors({"a": u8, "b": tensor("U8", [1], 5, 6)}, b"123456"),
        "trailing": safetensors({"a": u8}, b"12345678"),
        "fraction": safetensors({"a": {"dtype": "U8", "shape": [4.5], "data_offsets": [0, 4]}}, b"1234"),
        "metadata_number": safetensors({"__metadata__": {"a": 1}}),
        "long_name": safetensors({"n" * 400: u8}, b"1234"),
    }


def config_files() -> dict[str, bytes]:
    valid = {"name": "world", "steps": 4, "rate": 0.5, "fast": True, "none": None, "labels": ["a", "b"],
             "painter": {"channels": [12, 24], "layers": [{"width": 32}, {"width": -1}]}}
    return {
        "valid": json.dumps(valid).encode(),
        "valid_empty": b"{}",
        "empty_file": b"",
        "array": b"[1, 2]",
        "comma": b'{"a": 1,}',
        "deep_objects": b'{"a":' * 2000 + b"1" + b"}" * 2000,
        "open_arrays": b'{"a":' + b"[" * 5000,
        "duplicate": b'{"a": 1, "a": 2}',
        "big_numbers": b'{"a": 18446744073709551615, "b": -9223372036854775808, "c": 1e308, "d": 1e-400}',
        "infinite": b'{"a": 1e999}',
        "not_utf8": b'{"a\xc3\x28": "\xff"}',
        "escapes": b'{"\\u0000": "\\ud83d\\ude00", "b": "\\n\\"\\\\"}',
        "lone_surrogate": b'{"a": "\\ud800"}',
        "null_bytes": b"{\x00}",
        "mixed_array": b'{"a": [1, "x", null, {}, [], 2.5, true]}',
    }


def main() -> int:
    default = pathlib.Path(__file__).resolve().parent.parent / "fuzz" / "corpus"
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    for target, files in (("safetensors", weight_files()), ("config", config_files())):
        (folder / target).mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (folder / target / name).write_bytes(data)
        print(f"{target}: {len(files)} seeds")
    return 0


if __name__ == "__main__":
    sys.exit(main())

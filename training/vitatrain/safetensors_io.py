"""Reads and writes safetensors files: an 8-byte header length, a JSON header, then the raw tensors."""

import json
import os
import struct

import numpy as np

DTYPES = {"F32": np.dtype("<f4"), "I32": np.dtype("<i4"), "I64": np.dtype("<i8"), "U8": np.dtype("u1")}
NAMES = {dtype: name for name, dtype in DTYPES.items()}
ALIGNMENT = 64  # the data of the file starts here, so that a memory-mapped reader sees aligned floats


def as_array(tensor):
    """A contiguous array of a type that the format knows; PyTorch tensors and float64 become float32."""
    if hasattr(tensor, "detach"):
        tensor = tensor.detach().cpu().numpy()
    array = np.asarray(tensor)
    if array.dtype == np.float64 or array.dtype == np.float16:
        array = array.astype(np.float32)
    little = array.dtype.newbyteorder("<") if array.dtype.itemsize > 1 else array.dtype
    if little not in NAMES:
        raise ValueError(f"safetensors: type {array.dtype} is not one of {', '.join(DTYPES)}")
    return np.array(array, dtype=little, order="C")  # keeps 0-dimensional arrays as they are


def write(path, tensors, metadata=None):
    """Writes {name: array or torch tensor} in the order of the names; the file appears whole or not at all."""
    arrays = {name: as_array(tensors[name]) for name in sorted(tensors)}
    header, offset = {}, 0
    if metadata:
        header["__metadata__"] = {str(key): str(value) for key, value in metadata.items()}
    for name, array in arrays.items():
        header[name] = {"dtype": NAMES[array.dtype], "shape": list(array.shape),
                        "data_offsets": [offset, offset + array.nbytes]}
        offset += array.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-(len(text) + 8) % ALIGNMENT)
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    part = f"{path}.part"
    with open(part, "wb") as file:
        file.write(struct.pack("<Q", len(text)))
        file.write(text)
        for array in arrays.values():
            file.write(array.tobytes())
    os.replace(part, path)


def read(path):
    """Returns {name: numpy array}."""
    with open(path, "rb") as file:
        data = file.read()
    if len(data) < 8:
        raise ValueError(f"{path}: {len(data)} bytes, a safetensors file has at least 8")
    size = struct.unpack("<Q", data[:8])[0]
    if 8 + size > len(data):
        raise ValueError(f"{path}: header of {size} bytes in a file of {len(data)}")
    header = json.loads(data[8:8 + size])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        if entry["dtype"] not in DTYPES:
            raise ValueError(f"{path}: tensor {name} has type {entry['dtype']}, known are {', '.join(DTYPES)}")
        dtype, (begin, end) = DTYPES[entry["dtype"]], entry["data_offsets"]
        expected = int(np.prod(entry["shape"], dtype=np.int64)) * dtype.itemsize
        if begin < 0 or end - begin != expected or 8 + size + end > len(data):
            raise ValueError(f"{path}: tensor {name} claims bytes {begin}..{end}, its shape needs {expected}")
        raw = data[8 + size + begin:8 + size + end]
        tensors[name] = np.frombuffer(raw, dtype=dtype).reshape(entry["shape"]).copy()
    return tensors

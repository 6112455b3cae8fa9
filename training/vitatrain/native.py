"""ctypes binding of libvitatrain (training/renderer/capi.h). Arrays go in and come out as numpy."""

import ctypes
import os
import pathlib

import numpy as np

from vitatrain import spec

_ROOT = pathlib.Path(__file__).resolve().parents[2]
_library = None


def _floats():
    return np.ctypeslib.ndpointer(dtype=np.float32, flags="C_CONTIGUOUS")


def _bytes():
    return np.ctypeslib.ndpointer(dtype=np.uint8, flags="C_CONTIGUOUS")


def _signatures():
    c_int, c_uint, c_double = ctypes.c_int, ctypes.c_uint32, ctypes.c_double
    pointer = ctypes.c_void_p
    region = [_floats(), c_uint, c_double, c_double, c_int, _floats(), _floats()]
    rect = ctypes.POINTER(ctypes.c_int)
    return {
        "vt_generate_region": (None, region),
        "vt_fine_noise": (None, [c_uint, c_double, c_double, c_int, _floats()]),
        "vt_world_create": (pointer, [c_uint]),
        "vt_world_free": (None, [pointer]),
        "vt_world_set_tile": (None, [pointer, c_int, c_int, _floats(), _floats()]),
        "vt_world_set_look": (None, [pointer, _floats()]),
        "vt_world_set_time": (None, [pointer, ctypes.c_float]),
        "vt_world_suggest_camera": (None, [pointer, c_uint, _floats()]),
        "vt_guide": (None, [pointer, _floats(), rect, _bytes(), _bytes(), c_int]),
        "vt_render": (None, [pointer, _floats(), rect, _bytes(), c_int]),
    }


def library_path():
    """The library: VITA_TRAIN_LIB, else the tree's own build folder."""
    built = _ROOT / "build" / "training" / "renderer" / "libvitatrain.so"
    return pathlib.Path(os.environ.get("VITA_TRAIN_LIB", built))


def library():
    global _library
    if _library is None:
        path = library_path()
        if not path.exists():
            raise FileNotFoundError(f"training renderer not found at {path}: build it, "
                                    "or set VITA_TRAIN_LIB to it")
        _library = ctypes.CDLL(str(path))
    return _library


def _function(name):
    function = getattr(library(), name, None)
    if function is None:
        raise AttributeError(f"{library_path()} has no function {name}: built without that part")
    function.restype, function.argtypes = _signatures()[name]
    return function


def _array(values, size, what):
    array = np.ascontiguousarray(values, np.float32)
    if array.size != size:
        raise ValueError(f"{what}: found {array.size} values, expected {size}")
    return array


def generate_region(attributes, seed, x0, z0, n):
    """Maps [4, n, n] (height in m, ground mix, rock, cap) and densities [8, n/8, n/8]."""
    if n <= 0 or n % 8 or x0 % 32 or z0 % 32:
        raise ValueError(f"region: found origin ({x0}, {z0}) and n = {n}, "
                         "expected multiples of 32 m and of 8 cells")
    fine = np.empty((spec.FINE_CHANNELS, n, n), np.float32)
    density = np.empty((len(spec.THINGS), n // 8, n // 8), np.float32)
    attributes = _array(attributes, spec.ATTRIBUTES, "attributes")
    generate = _function("vt_generate_region")
    generate(attributes, int(seed), float(x0), float(z0), int(n), fine, density)
    return fine, density


def fine_noise(seed, x0, z0, n):
    """The four octaves of the shared detail noise at cell centres: [4, n, n]."""
    out = np.empty((4, n, n), np.float32)
    _function("vt_fine_noise")(int(seed), float(x0), float(z0), int(n), out)
    return out


def coarse_maps(fine, density):
    """Prior maps [12, n/8, n/8] of a region: means of 8x8 cells; height / 100, the others 0..1."""
    channels, n, _ = fine.shape
    boxes = fine.reshape(channels, n // 8, 8, n // 8, 8).mean((2, 4), dtype=np.float32)
    boxes[0] /= spec.HEIGHT_SCALE
    return np.concatenate([boxes, density]).astype(np.float32)


class World:
    """Tiles, look and clock behind the guide and the ground-truth renderer. Not thread safe."""

    def __init__(self, seed):
        self._handle = _function("vt_world_create")(int(seed))
        if not self._handle:
            raise RuntimeError(f"vt_world_create({seed}) gave no world")

    def close(self):
        if self._handle:
            _function("vt_world_free")(self._handle)
            self._handle = None

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()

    def set_tile(self, i, j, fine, density):
        fine = _array(fine, spec.FINE_CHANNELS * spec.TILE_FINE**2, "fine maps of a tile")
        density = _array(density, len(spec.THINGS) * spec.TILE_CELLS**2, "densities of a tile")
        _function("vt_world_set_tile")(self._handle, int(i), int(j), fine, density)

    def set_look(self, look):
        _function("vt_world_set_look")(self._handle, _array(look, spec.LOOK, "look"))

    def set_time(self, seconds):
        _function("vt_world_set_time")(self._handle, float(seconds))

    def suggest_camera(self, seed):
        """x, y, z, yaw, pitch, tangent of half the horizontal field of view."""
        camera = np.empty(6, np.float32)
        _function("vt_world_suggest_camera")(self._handle, int(seed), camera)
        return camera

    def guide(self, camera, size, crop=None, threads=1):
        """Planes [20, h, w] and kinds [h, w] of the crop (x0, y0, w, h) of a guide (W, H)."""
        rect, width, height = _rect(size, crop)
        planes = np.empty((spec.GUIDE_PLANES, height, width), np.uint8)
        kinds = np.empty((height, width), np.uint8)
        camera = _array(camera, 6, "camera")
        _function("vt_guide")(self._handle, camera, rect, planes, kinds, threads)
        return planes, kinds

    def render(self, camera, size, crop=None, threads=1):
        """Ground truth [h, w, 3] of the crop (x0, y0, w, h) of a picture of `size` (W, H)."""
        rect, width, height = _rect(size, crop)
        rgb = np.empty((height, width, 3), np.uint8)
        _function("vt_render")(self._handle, _array(camera, 6, "camera"), rect, rgb, threads)
        return rgb


def _rect(size, crop):
    width, height = size
    x0, y0, w, h = crop if crop is not None else (0, 0, width, height)
    if x0 < 0 or y0 < 0 or x0 + w > width or y0 + h > height:
        raise ValueError(f"crop {(x0, y0, w, h)} leaves the picture of {width}x{height}")
    return (ctypes.c_int * 6)(width, height, x0, y0, w, h), w, h

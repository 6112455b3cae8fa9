// SPMD lanes with their functions: what ISA sources include.
#pragma once
#include "core/simd_lanes.h"
#include "core/simd_math.h"

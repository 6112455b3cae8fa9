// The one exception type of the engine; public, so that programs outside can catch it.
#pragma once
#include "vita/error.h"

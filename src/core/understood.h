// Whether anything was taken from a prompt.
#pragma once
#include "vita/control.h"

namespace vita {

// Throws Error{invalid_argument} that names the ignored words if nothing was understood.
void check_understood(const Understanding& understanding);

}  // namespace vita

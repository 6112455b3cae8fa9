// Ctrl-C, once to end well and twice to end now.
#pragma once

namespace vita {

// From now on the first SIGINT or SIGTERM is only noted; the next one ends the process as usual.
void watch_interrupts();
bool interrupted();

}  // namespace vita

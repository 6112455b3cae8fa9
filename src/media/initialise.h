// Starts GStreamer.
#pragma once

namespace vita {

// Loads GStreamer and its plugins, once for the process; whatever needs it calls it, so a program
// calls it only to have the time behind it. Throws Error{unsupported}.
void initialise_media();

}  // namespace vita

// Answers a request whose body nobody wants to read.
#pragma once
#include <libsoup/soup.h>

#include <string>

#include "server/gio_handles.h"

namespace vita {

// libsoup reads a body to its end before it answers. This takes the connection from it, writes the
// answer, and reads and forgets what comes until the client closes or its time is over. For use
// within an early handler; the message is over then. `json` is the body.
void refuse_early(const MainLoop& loop, SoupServerMessage* message, int status,
                  const std::string& json);

}  // namespace vita

// Linking count_allocations.cc replaces operator new of the whole program with one that counts.
#pragma once

namespace vita {

// How often operator new has been called by all threads.
long allocation_count();

}  // namespace vita

// Marks what the library shows to programs outside; everything else is hidden.
#pragma once

#define VITA_API __attribute__((visibility("default")))

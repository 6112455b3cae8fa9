// The one exception type of the engine.
#pragma once
#include <stdexcept>
#include <string>

#include "vita/export.h"

namespace vita {

enum class ErrorCode {
  invalid_argument,  // what the caller gave cannot be used
  not_found,         // a named file, tensor or device does not exist
  corrupt,           // a file is not what its format demands
  unsupported,       // well formed, but not something this build or machine can do
  io,                // reading or writing failed
  internal,          // a fault of ours
};

// Thrown while building, loading and configuring; never on the frame path.
// The message names the thing, what was found and what was expected.
class VITA_API Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ErrorCode code() const { return code_; }

 private:
  ErrorCode code_;
};

}  // namespace vita

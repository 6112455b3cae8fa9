// Live figures of a job: a bar on a terminal, a line every second elsewhere.
#pragma once
#include <cstdint>

#include "engine/generate.h"

namespace vita {

class ProgressView {
 public:
  // Writes to the standard error.
  ProgressView();
  void show(const Progress& progress);
  // Ends the bar's line; call before writing anything else.
  void end();

 private:
  bool terminal_;
  bool open_line_ = false;
  int64_t next_us_ = 0;
};

}  // namespace vita

#include "core/understood.h"

#include "core/error.h"

namespace vita {

void check_understood(const Understanding& understanding) {
  if (!understanding.understood.empty()) return;
  std::string words;
  for (const std::string& word : understanding.ignored) words += (words.empty() ? "" : ", ") + word;
  throw Error(ErrorCode::invalid_argument,
              "nothing of the prompt was understood (ignored: " + (words.empty() ? "-" : words) +
                  "); describe a place, for instance \"snowy mountains at dusk with pines\"");
}

}  // namespace vita

// The page: files of one folder.
#pragma once
#include <string>

#include "server/http_exchange.h"

namespace vita {

// Loop thread only. Serves regular files below `folder`, never dot files and nothing outside of it;
// "/" is index.html and "/player" player.html.
class StaticFiles {
 public:
  explicit StaticFiles(std::string folder) : folder_(std::move(folder)) {}
  // Throws HttpError 404.
  void answer(HttpExchange& exchange) const;

 private:
  const std::string folder_;  // empty: there is no page
};

}  // namespace vita

// `vitascope serve`: people make worlds and watch them in a browser.
#pragma once
#include <memory>
#include <string>

#include "core/log.h"
#include "engine/open_model.h"
#include "server/serve_options.h"

namespace vita {

// Construct, run() and destroy it on one thread: all of the network's work is done there.
//
//   Server server(options, open_model, log);
//   std::puts(server.url().c_str());
//   server.run();
class Server {
 public:
  // Listens at once and answers 503 until the model is loaded, on a thread of its own. Throws
  // Error{invalid_argument} for options that cannot be used, Error{io} for an address or a folder
  // that cannot.
  Server(const ServeOptions& options, const ModelOpener& open, Log& log);
  ~Server();

  int port() const;
  std::string url() const;
  // The first SIGINT or SIGTERM drains, the second one ends the process as usual.
  void drain_on_signals();
  // Until it is drained. Throws what went wrong when the model was loaded.
  void run();
  // Any thread: no new sessions, the running ones end well; run() returns within ten seconds.
  void drain();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vita

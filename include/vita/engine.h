// The way in: load a model once, then start any number of sessions.
//
//   vita::Engine engine({.model_dir = "models/world"});
//   vita::Session session = engine.start({.prompt = "snowy mountains at dusk", .frames = 240});
//   while (const vita::Frame* frame = session.next_frame()) show(*frame);
#pragma once
#include <memory>
#include <string>

#include "vita/control.h"
#include "vita/export.h"
#include "vita/session.h"

namespace vita {

struct EngineOptions {
  std::string model_dir;
  int threads = 0;  // 0: as many as the process may use
};

// Owns the weights and the plans. All const methods may be called from several threads at once.
class VITA_API Engine {
 public:
  // Throws Error: not_found or corrupt for the model's files, invalid_argument for the thread
  // count.
  explicit Engine(const EngineOptions& options);
  ~Engine();
  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;

  // What the text encoder takes from a prompt, without making a world.
  Understanding understand(const std::string& prompt) const;
  // Makes the world of options.prompt. Throws Error{invalid_argument} for options it cannot serve.
  Session start(const SessionOptions& options) const;
  // Names the weights in logs and reports.
  std::string weights_hash() const;

 private:
  class Impl;
  std::unique_ptr<const Impl> impl_;
};

}  // namespace vita

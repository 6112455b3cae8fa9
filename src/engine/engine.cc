#include "vita/engine.h"

#include <memory>
#include <utility>

#include "engine/open_model.h"
#include "engine/session_impl.h"
#include "stream/prompt.h"

namespace vita {

class Engine::Impl {
 public:
  explicit Impl(const EngineOptions& options)
      : threads(checked_threads(options.threads)), model(open_model(options.model_dir, threads)) {}

  const int threads;
  const std::shared_ptr<const VideoModel> model;
};

Engine::Engine(const EngineOptions& options) : impl_(std::make_unique<Impl>(options)) {}
Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;

Understanding Engine::understand(const std::string& prompt) const {
  check_prompt(prompt);
  return impl_->model->understand(prompt);
}

Session Engine::start(const SessionOptions& options) const {
  return Session(std::make_unique<Session::Impl>(impl_->model, options, impl_->threads));
}

std::string Engine::weights_hash() const { return impl_->model->weights_hash(); }

}  // namespace vita

#include "server/session_registry.h"

#include <utility>

#include "server/random_bytes.h"

namespace vita {
namespace {

constexpr size_t kIdBytes = 8;
constexpr int kRetryBusyS = 10, kRetryLoadingS = 2;

// The request that made a session is over when its world is open or refused, once.
struct Outcome {
  SessionRegistry::Opened opened;
  SessionRegistry::Refused refused;
};

}  // namespace

SessionRegistry::SessionRegistry(const ServeOptions& options, Metrics& metrics, Log& log,
                                 Tokens& tokens)
    : options_(options), metrics_(metrics), log_(log), tokens_(tokens) {}

void SessionRegistry::open(const SessionServices& services) {
  services_ = std::make_unique<SessionServices>(services);
}

void SessionRegistry::check_room() const {
  if (draining_) throw HttpError(503, "draining", "the server is about to stop", kRetryBusyS);
  if (!services_) throw HttpError(503, "busy", "the model is being loaded", kRetryLoadingS);
  if (sessions_.size() < static_cast<size_t>(options_.max_sessions)) return;
  metrics_.add("vitascope_rejected_total", 1, "session_limit");
  throw HttpError(503, "busy",
                  "found " + std::to_string(sessions_.size()) + " sessions, as many as may run",
                  kRetryBusyS);
}

void SessionRegistry::create(const LiveOptions& live, int64_t received_us, Opened opened,
                             Refused refused) {
  check_room();
  const std::string id = "s_" + random_hex(kIdBytes);
  LiveOptions options = live;
  options.workers = services_->threads;
  const auto outcome = std::make_shared<Outcome>(Outcome{std::move(opened), std::move(refused)});
  HostedCallbacks callbacks;
  callbacks.opened = [this, id, outcome] {
    const Opened call = std::exchange(outcome->opened, nullptr);
    outcome->refused = nullptr;
    metrics_.add("vitascope_sessions_started_total");
    if (call) call(*sessions_.at(id));
  };
  callbacks.refused = [outcome](const Error& error) {
    const bool ours = error.code() == ErrorCode::internal || error.code() == ErrorCode::io;
    const Refused call = std::exchange(outcome->refused, nullptr);
    outcome->opened = nullptr;
    if (call) call({ours ? 500 : 400, ours ? "internal" : "bad_request", error.what()});
  };
  callbacks.ended = [this, id, outcome] {
    const Refused call = std::exchange(outcome->refused, nullptr);
    if (call) call({500, "internal", "the session ended before it began"});
    forget(id);
  };
  const auto session =
      std::make_shared<HostedSession>(*services_, id, options, received_us, std::move(callbacks));
  sessions_[id] = session;
  metrics_.set("vitascope_sessions", static_cast<double>(sessions_.size()));
  log_.write(LogLevel::info, "session begins",
             {{"session", id}, {"width", live.width}, {"height", live.height}, {"fps", live.fps}});
  session->start();
}

void SessionRegistry::forget(const std::string& id) {
  tokens_.end_session(id);
  sessions_.erase(id);
  metrics_.set("vitascope_sessions", static_cast<double>(sessions_.size()));
  if (services_) {
    EncoderStock& stock = services_->encoders;
    services_->worker.try_post([&stock] { stock.fill(); });
  }
  if (draining_ && sessions_.empty() && drained_) std::exchange(drained_, nullptr)();
}

std::shared_ptr<HostedSession> SessionRegistry::find(const std::string& id) const {
  const auto found = sessions_.find(id);
  if (found != sessions_.end() && found->second->open()) return found->second;
  throw HttpError(404, "not_found", "there is no session " + id);
}

std::vector<std::shared_ptr<HostedSession>> SessionRegistry::all() const {
  std::vector<std::shared_ptr<HostedSession>> sessions;
  for (const auto& [id, session] : sessions_) sessions.push_back(session);
  return sessions;
}

void SessionRegistry::tick() {
  const int64_t now_us = g_get_monotonic_time();
  int kbps = 0;
  for (const std::shared_ptr<HostedSession>& session : all()) {
    session->tick(now_us);
    kbps += session->bitrate_kbps();
  }
  metrics_.set("vitascope_bitrate_kbps", kbps);
}

void SessionRegistry::drain(std::function<void()> ended) {
  draining_ = true;
  drained_ = std::move(ended);
  for (const std::shared_ptr<HostedSession>& session : all()) session->end("draining");
  if (sessions_.empty() && drained_) std::exchange(drained_, nullptr)();
}

}  // namespace vita

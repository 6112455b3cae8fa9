// All sessions that run.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "server/hosted_session.h"
#include "server/tokens.h"

namespace vita {

// Loop thread only.
class SessionRegistry {
 public:
  SessionRegistry(const ServeOptions& options, Metrics& metrics, Log& log, Tokens& tokens);

  // From then on sessions can be made; before, and after drain(), HttpError 503.
  void open(const SessionServices& services);
  bool ready() const { return services_ != nullptr && !draining_; }

  using Opened = std::function<void(HostedSession& session)>;
  using Refused = std::function<void(const HttpError& error)>;
  // One of the two is called when the world is open or cannot be. Throws HttpError 503 with
  // Retry-After when there are max_sessions.
  void create(const LiveOptions& live, int64_t received_us, Opened opened, Refused refused);
  // Throws HttpError 404 for one that is not there, not open yet, or ending.
  std::shared_ptr<HostedSession> find(const std::string& id) const;
  std::vector<std::shared_ptr<HostedSession>> all() const;
  size_t size() const { return sessions_.size(); }
  void tick();
  // Ends all; `ended` comes when none is left.
  void drain(std::function<void()> ended);

 private:
  void check_room() const;
  void forget(const std::string& id);

  const ServeOptions& options_;
  Metrics& metrics_;
  Log& log_;
  Tokens& tokens_;
  std::unique_ptr<SessionServices> services_;
  std::map<std::string, std::shared_ptr<HostedSession>> sessions_;
  bool draining_ = false;
  std::function<void()> drained_;
};

}  // namespace vita

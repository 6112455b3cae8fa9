#include "server/server.h"

#include <glib-unix.h>
#include <unistd.h>

#include <csignal>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <thread>
#include <utility>

#include "core/error.h"
#include "media/fragment_writer.h"
#include "media/initialise.h"
#include "server/connections.h"
#include "server/recording.h"
#include "server/session_endpoints.h"
#include "server/static_files.h"
#include "server/system_endpoints.h"
#include "server/video_endpoints.h"
#include "server/warm_up.h"

namespace vita {
namespace {

constexpr double kLingerS = 5, kSlowReaderS = 60;
constexpr double kDrainS = 8;  // whatever is not over by then is cut off
constexpr double kLastAnswersS = 0.5;
constexpr size_t kBackgroundMax = 256;
constexpr int kBackgroundNice = 10;
constexpr int kUnderstandingMax = 32;

LiveEncoderOptions usual_encoder() {
  LiveEncoderOptions options;
  options.width = LiveOptions{}.width;
  options.height = LiveOptions{}.height;
  options.fps = LiveOptions{}.fps;
  return options;
}

// What any monitoring of a process looks at first.
void measure_process(Metrics& metrics) {
  long pages = 0, ignored = 0;
  if (std::ifstream file("/proc/self/statm"); file >> ignored >> pages) {
    metrics.set("process_resident_memory_bytes",
                static_cast<double>(pages * sysconf(_SC_PAGESIZE)));
  }
  std::error_code error;
  const std::filesystem::directory_iterator open_files("/proc/self/fd", error);
  if (!error) {
    const auto count = std::distance(begin(open_files), end(open_files));
    metrics.set("process_open_fds", static_cast<double>(count - 1));  // without the folder itself
  }
}

std::string file_in(const std::string& folder, const char* name) {
  return (std::filesystem::path(folder) / name).string();
}

ServeOptions completed(ServeOptions options) {
  check_serve_options(options);
  if (options.data_dir.empty()) options.data_dir = default_data_dir();
  std::error_code error;
  std::filesystem::create_directories(file_in(options.data_dir, "videos"), error);
  if (error) {
    throw Error(ErrorCode::io, "--data " + options.data_dir + ": " + error.message());
  }
  if (!options.log_dir.empty()) std::filesystem::create_directories(options.log_dir, error);
  if (error) throw Error(ErrorCode::io, "--log " + options.log_dir + ": " + error.message());
  return options;
}

}  // namespace

class Server::Impl {
 public:
  Impl(const ServeOptions& options, const ModelOpener& open, Log& log);
  ~Impl();

  int port() const { return connections_.port(); }
  const ServeOptions& options() const { return options_; }
  void drain_on_signals();
  void run();
  void drain();

 private:
  void load(const ModelOpener& open);
  void loaded(WarmModel model);
  void begin_drain();
  void end_drain();
  void add_calls();
  void connect_soup();
  static void on_started(SoupServer*, SoupServerMessage* message, gpointer self);
  static void on_read(SoupServer*, SoupServerMessage* message, gpointer self);
  static void on_finished(SoupServer*, SoupServerMessage* message, gpointer self);
  static void on_progress(SoupServerMessage* message, guint bytes, gpointer self);
  static void on_upgraded(SoupServerMessage* message, gpointer self);
  static gboolean on_signal(gpointer self);

  const ServeOptions options_;
  Log& log_;
  MainLoop loop_;
  Metrics metrics_;
  Authentication authentication_;
  EncoderStock encoders_;
  std::shared_ptr<const VideoModel> model_;
  SessionRegistry registry_;
  StaticFiles files_;
  HttpRouter router_;
  GOwner<SoupServer> soup_;
  Connections connections_;
  VideoStore videos_;
  std::unique_ptr<VideoWorker> video_worker_;
  std::unique_ptr<BackgroundWorker> worker_;   // slow work of sessions
  std::unique_ptr<BackgroundWorker> thinker_;  // prompts to understand
  int64_t started_us_ = g_get_monotonic_time();
  bool draining_ = false;
  std::exception_ptr failure_;
  std::vector<MainLoop::Timer> signals_;
  MainLoop::Timer tick_, hard_limit_, last_answers_;
  std::thread loader_;
};

Server::Impl::Impl(const ServeOptions& options, const ModelOpener& open, Log& log)
    : options_(completed(options)),
      log_(log),
      authentication_(options_, metrics_, log),
      encoders_(usual_encoder()),
      registry_(options_, metrics_, log, authentication_.tokens()),
      files_(options_.web_dir),
      router_(loop_, authentication_, options_.body_bytes_max,
              [this](int status) {
                metrics_.add("vitascope_http_requests_total", 1, std::to_string(status));
              }),
      soup_(soup_server_new("server-header", "vitascope", nullptr)),
      connections_(loop_, options_, metrics_,
                   [this](GIOStream* stream, GSocketAddress* local, GSocketAddress* remote) {
                     soup_server_accept_iostream(soup_.get(), stream, local, remote, nullptr);
                   }),
      videos_(file_in(options_.data_dir, "videos.sqlite")),
      worker_(std::make_unique<BackgroundWorker>(kBackgroundMax, kBackgroundNice)),
      thinker_(std::make_unique<BackgroundWorker>(kUnderstandingMax)) {
  // Nobody else writes there: the store of the videos is ours alone by now.
  recover_left_recordings(recordings_folder(options_), log_);
  add_calls();
  connect_soup();
  metrics_.set("process_start_time_seconds", static_cast<double>(unix_time_s()));
  metrics_.add("vitascope_videos_restarted_total", videos_.restarted());
  tick_ = loop_.every(1, [this] {
    const auto uptime_us = static_cast<double>(g_get_monotonic_time() - started_us_);
    metrics_.set("vitascope_uptime_seconds", uptime_us * 1e-6);
    measure_process(metrics_);
    registry_.tick();
    return true;
  });
  loader_ = std::thread([this, open] { load(open); });
}

Server::Impl::~Impl() {
  loader_.join();
  signals_.clear();
  video_worker_.reset();
  // Work that waits may still post to the loop, which takes it and throws it away.
  thinker_.reset();
  worker_.reset();
  soup_server_disconnect(soup_.get());
}

// A thread of its own.
void Server::Impl::load(const ModelOpener& open) {
  try {
    WarmModel model = warm_up({options_.model_dir, options_.threads}, open, encoders_);
    loop_.post([this, model = std::move(model)] { loaded(model); });
  } catch (...) {
    loop_.post([this, failure = std::current_exception()] {
      failure_ = failure;
      loop_.quit();
    });
  }
}

void Server::Impl::loaded(WarmModel model) {
  model_ = model.model;
  registry_.open({loop_, options_, metrics_, log_, encoders_, *worker_, model_, model.threads});
  const VideoWorkerServices services{videos_, metrics_, log_, model_, model.threads};
  if (!draining_) {
    video_worker_ = std::make_unique<VideoWorker>(services, file_in(options_.data_dir, "videos"));
  }
  log_.write(LogLevel::info, "ready",
             {{"model", model_->weights_hash().substr(0, 16)},
              {"load_ms", model.load_ms},
              {"warm_up_ms", model.warm_up_ms}});
}

void Server::Impl::add_calls() {
  const SessionCalls calls{loop_, options_, registry_, authentication_.tokens(), metrics_};
  add_session_calls(router_, calls);
  add_socket_calls(router_, calls);
  add_whep_calls(router_, calls);
  add_recording_calls(router_, calls);
  add_video_calls(router_, {videos_, video_worker_, metrics_, draining_});
  add_system_calls(router_, {loop_, options_, registry_, authentication_, metrics_, *thinker_,
                             model_, draining_});
  router_.set_fallback([this](const HttpExchangePtr& exchange) { files_.answer(*exchange); });
}

void Server::Impl::connect_soup() {
  soup_server_add_early_handler(
      soup_.get(), nullptr,
      [](SoupServer*, SoupServerMessage* message, const char*, GHashTable*, gpointer self) {
        static_cast<Impl*>(self)->router_.begin(message);
      },
      this, nullptr);
  soup_server_add_handler(
      soup_.get(), nullptr,
      [](SoupServer*, SoupServerMessage* message, const char*, GHashTable*, gpointer self) {
        static_cast<Impl*>(self)->router_.finish(message);
      },
      this, nullptr);
  g_signal_connect(soup_.get(), "request-started", G_CALLBACK(on_started), this);
  g_signal_connect(soup_.get(), "request-read", G_CALLBACK(on_read), this);
  g_signal_connect(soup_.get(), "request-finished", G_CALLBACK(on_finished), this);
}

void Server::Impl::on_started(SoupServer*, SoupServerMessage* message, gpointer self) {
  g_signal_connect(message, "wrote-body-data", G_CALLBACK(on_progress), self);
  g_signal_connect(message, "wrote-informational", G_CALLBACK(on_upgraded), self);
}

void Server::Impl::on_read(SoupServer*, SoupServerMessage* message, gpointer data) {
  auto* self = static_cast<Impl*>(data);
  self->connections_.set_deadline(soup_server_message_get_remote_address(message), kSlowReaderS);
}

// A client that takes our answer may take its time, as long as it takes any.
void Server::Impl::on_progress(SoupServerMessage* message, guint, gpointer data) {
  on_read(nullptr, message, data);
}

// WebSockets watch their time themselves.
void Server::Impl::on_upgraded(SoupServerMessage* message, gpointer data) {
  auto* self = static_cast<Impl*>(data);
  self->connections_.set_deadline(soup_server_message_get_remote_address(message), 0);
}

void Server::Impl::on_finished(SoupServer*, SoupServerMessage* message, gpointer data) {
  auto* self = static_cast<Impl*>(data);
  const guint status = soup_server_message_get_status(message);
  self->metrics_.add("vitascope_http_requests_total", 1, std::to_string(status));
  self->connections_.set_deadline(soup_server_message_get_remote_address(message),
                                  status == SOUP_STATUS_SWITCHING_PROTOCOLS ? 0 : kLingerS);
}

gboolean Server::Impl::on_signal(gpointer data) {
  static_cast<Impl*>(data)->begin_drain();
  return G_SOURCE_CONTINUE;
}

void Server::Impl::drain_on_signals() {
  for (const int number : {SIGINT, SIGTERM}) {
    GSource* source = g_unix_signal_source_new(number);
    g_source_set_callback(source, on_signal, this, nullptr);
    g_source_attach(source, loop_.context());
    signals_.emplace_back(source);
  }
}

void Server::Impl::run() {
  loop_.run();
  if (failure_) std::rethrow_exception(failure_);
}

void Server::Impl::drain() {
  loop_.post([this] { begin_drain(); });
}

void Server::Impl::begin_drain() {
  if (std::exchange(draining_, true)) return;
  log_.write(LogLevel::info, "draining", {{"sessions", registry_.size()}});
  signals_.clear();  // GLib puts the default actions back: the next signal ends the process
  hard_limit_ = loop_.every(kDrainS, [this] {
    log_.write(LogLevel::warning, "draining takes too long", {{"sessions", registry_.size()}});
    loop_.quit();
    return false;
  });
  if (video_worker_) video_worker_->stop();
  registry_.drain([this] { end_drain(); });
}

// Answers that are on their way, and sockets that say goodbye, get a moment.
void Server::Impl::end_drain() {
  connections_.stop_accepting();
  last_answers_ = loop_.every(kLastAnswersS, [this] {
    loop_.quit();
    return false;
  });
}

Server::Server(const ServeOptions& options, const ModelOpener& open, Log& log) {
  initialise_media();
  impl_ = std::make_unique<Impl>(options, open, log);
}
Server::~Server() = default;
int Server::port() const { return impl_->port(); }
std::string Server::url() const {
  const ServeOptions& options = impl_->options();
  const bool any = options.host == "0.0.0.0" || options.host == "::";
  const std::string host = any ? "localhost" : options.host;
  const std::string bracketed = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return (options.tls_cert.empty() ? "http://" : "https://") + bracketed + ":" +
         std::to_string(port()) + "/";
}
void Server::drain_on_signals() { impl_->drain_on_signals(); }
void Server::run() { impl_->run(); }
void Server::drain() { impl_->drain(); }

}  // namespace vita

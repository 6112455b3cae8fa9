#include "stream/fake_model.h"

#include <cmath>
#include <mutex>
#include <sstream>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/understood.h"

namespace vita {
namespace {

void check_allowed(const std::string& prompt) {
  if (prompt.find("forbidden") == std::string::npos) return;
  throw Error(ErrorCode::invalid_argument, "the fake model refuses \"forbidden\"");
}

Understanding fake_understanding(const std::string& prompt) {
  Understanding result;
  std::istringstream words(prompt);
  for (std::string word; words >> word;) {
    if (word == "snow" || word == "snowy") {
      result.understood.push_back({"weather", "snow", word, 1});
    } else if (word == "desert") {
      result.understood.push_back({"biome", "desert", word, 1});
    } else if (word == "night") {
      result.understood.push_back({"time", "night", word, 1});
    } else {
      result.ignored.push_back(word);
    }
  }
  return result;
}

// Checks the contract of VideoState as well: tickets painted once, workers within bounds and one
// frame each.
class FakeState : public VideoState {
 public:
  FakeState(const FakeModelOptions& options, const OpenRequest& request,
            Understanding understanding)
      : options_(options),
        understanding_(std::move(understanding)),
        tickets_(static_cast<size_t>(request.workers) + 2),
        busy_(static_cast<size_t>(request.workers)),
        phase_(fake_phase(request.prompt) + static_cast<uint32_t>(request.seed)) {}

  void control(const Control& control) override {
    if (const auto* prompt = std::get_if<PromptControl>(&control)) {
      check_allowed(prompt->text);
      check_understood(fake_understanding(prompt->text));
      phase_ = fake_phase(prompt->text);
      understanding_ = fake_understanding(prompt->text);
    } else if (const auto* move = std::get_if<MoveControl>(&control)) {
      phase_ += static_cast<uint32_t>(std::lround(move->forward * 16));
    } else if (const auto* look = std::get_if<LookControl>(&control)) {
      phase_ += static_cast<uint32_t>(std::lround(look->yaw * 64));
    } else if (const auto* event = std::get_if<EventControl>(&control)) {
      phase_ += static_cast<uint32_t>(std::lround(event->value.value_or(0) * 32));
    } else {
      phase_ = static_cast<uint32_t>(std::lround(std::get<CameraControl>(control).x));
    }
  }

  int advance(const FrameRequest& request) override {
    const double time_s = request.time_s;
    if (options_.on_advance) options_.on_advance(time_s);
    if (options_.on_request) options_.on_request(request);
    const std::lock_guard<std::mutex> lock(mutex_);
    for (size_t k = 0; k < tickets_.size(); k++) {
      if (tickets_[k].open) continue;
      tickets_[k] = {time_s, phase_, true};
      return static_cast<int>(k);
    }
    throw Error(ErrorCode::internal, "fake: more than workers + 2 tickets are unpainted");
  }

  void drop(int ticket) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    Ticket& t = tickets_.at(static_cast<size_t>(ticket));
    if (!t.open) throw Error(ErrorCode::internal, "fake: a ticket was dropped that is not open");
    t.open = false;
  }

  WorldStatus status() const override { return {.x = static_cast<double>(phase_)}; }

  StageTimes paint(int ticket, int worker, const FrameView& out) override {
    if (options_.on_paint) options_.on_paint(ticket, worker);
    const Ticket taken = begin(ticket, worker);
    for (int y = 0; y < out.height; y++) {
      uint8_t* row = out.y + static_cast<ptrdiff_t>(y) * out.y_stride;
      for (int x = 0; x < out.width; x++) row[x] = fake_luma(x, y, taken.time_s, taken.phase);
    }
    for (int y = 0; y < out.height / 2; y++) {
      for (int x = 0; x < out.width / 2; x++) {
        const ptrdiff_t at = static_cast<ptrdiff_t>(y) * out.uv_stride + x;
        out.u[at] = static_cast<uint8_t>(64 + x * 128 / out.width);
        out.v[at] = static_cast<uint8_t>(192 - y * 128 / out.height);
      }
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    tickets_[static_cast<size_t>(ticket)].open = false;
    busy_[static_cast<size_t>(worker)] = 0;
    return {1, 2};
  }

  const Understanding& understanding() const override { return understanding_; }

 private:
  struct Ticket {
    double time_s = 0;
    uint32_t phase = 0;
    bool open = false;
  };

  Ticket begin(int ticket, int worker) {
    const std::lock_guard<std::mutex> lock(mutex_);
    char& busy = busy_.at(static_cast<size_t>(worker));
    const Ticket& t = tickets_.at(static_cast<size_t>(ticket));
    if (busy || !t.open) throw Error(ErrorCode::internal, "fake: the contract was broken");
    busy = 1;
    return t;
  }

  const FakeModelOptions& options_;
  Understanding understanding_;
  std::mutex mutex_;
  std::vector<Ticket> tickets_;
  std::vector<char> busy_;
  uint32_t phase_;
};

}  // namespace

uint8_t fake_luma(int x, int y, double time_s, uint32_t phase) {
  const auto shift = static_cast<uint32_t>(std::lround(time_s * 48));
  const uint32_t bar = ((static_cast<uint32_t>(x) + shift + phase) / 16) % 8;
  return static_cast<uint8_t>(32 + bar * 24 + static_cast<uint32_t>(y) / 64);
}

uint32_t fake_phase(const std::string& prompt) {
  uint32_t phase = 0;
  for (const char c : prompt) phase = phase * 31 + static_cast<uint8_t>(c);
  return phase % 1024;
}

FakeModel::FakeModel(FakeModelOptions options) : options_(std::move(options)) {}

std::unique_ptr<VideoState> FakeModel::open(const OpenRequest& request) const {
  check_allowed(request.prompt);
  return std::make_unique<FakeState>(options_, request, understand(request.prompt));
}

void FakeModel::prepare(const OpenRequest& request) const {
  if (options_.on_prepare) options_.on_prepare(request);
}

Understanding FakeModel::understand(const std::string& prompt) const {
  return fake_understanding(prompt);
}

}  // namespace vita

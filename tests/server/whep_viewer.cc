// A viewer over WebRTC for the server's tests, which do the HTTP part. Lines of JSON: it writes
// {"offer": sdp} first and is given {"answer": sdp}; then it writes what comes, {"open": true},
// {"message": text}, {"unit": {"key", "bytes", "rtp"}}, and takes {"say": text} and {"key": true}.
// It ends when its input does.
#include <atomic>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "webrtc/viewer.h"

namespace vita {
namespace {

using nlohmann::json;

void tell(const json& what) { std::cout << what.dump() << std::endl; }

// Writes what the viewer has seen and has not told yet, until `over`.
class Teller {
 public:
  explicit Teller(Viewer& viewer) : viewer_(viewer) {}

  void run(const std::atomic<bool>& over) {
    while (!over) {
      viewer_.wait([&](const Viewer::Seen& seen) { return over || news(seen); });
      tell_news(viewer_.seen());
    }
  }

 private:
  bool news(const Viewer::Seen& seen) const {
    return seen.channel_open != open_ || seen.messages.size() > messages_ ||
           seen.units.size() > units_;
  }
  void tell_news(const Viewer::Seen& seen) {
    if (seen.channel_open && !open_) tell({{"open", true}});
    open_ = seen.channel_open;
    for (; messages_ < seen.messages.size(); messages_++) {
      tell({{"message", seen.messages[messages_]}});
    }
    for (; units_ < seen.units.size(); units_++) {
      const AccessUnit& unit = seen.units[units_];
      tell({{"unit", {{"key", unit.key}, {"bytes", unit.size}, {"rtp", seen.rtp_times[units_]}}}});
    }
  }

  Viewer& viewer_;
  bool open_ = false;
  size_t messages_ = 0, units_ = 0;
};

void obey(Viewer& viewer) {
  std::string line;
  while (std::getline(std::cin, line)) {
    const json command = json::parse(line);
    if (command.contains("answer")) viewer.answer(command.at("answer").get<std::string>());
    if (command.contains("say")) viewer.send_message(command.at("say").get<std::string>());
    if (command.contains("key")) viewer.ask_for_key();
  }
}

}  // namespace
}  // namespace vita

int main() {
  try {
    vita::Viewer viewer;
    vita::tell({{"offer", viewer.offer()}});
    std::atomic<bool> over{false};
    std::thread teller([&] { vita::Teller(viewer).run(over); });
    vita::obey(viewer);
    over = true;  // pictures still come, or nothing does for as long as the viewer is patient
    teller.join();
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "whep_viewer: " << error.what() << "\n";
    return 1;
  }
}

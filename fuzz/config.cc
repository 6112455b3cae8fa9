#include "weights/config.h"

#include <functional>
#include <string_view>

#include "core/error.h"
#include "fuzz/targets.h"

namespace vita::fuzz {
namespace {

void attempt(const std::function<void()>& get) {
  try {
    get();
  } catch (const Error&) {
    return;
  }
}

void get_everything(const Config& config, int depth) {
  if (depth > Config::kMaxDepth) return;
  for (const std::string& key : config.keys()) {
    attempt([&] { config.integer(key, -1000, 1000); });
    attempt([&] { config.number(key, -1, 1); });
    attempt([&] { config.flag(key); });
    attempt([&] { config.text(key); });
    attempt([&] { config.integers(key, 0, 255); });
    attempt([&] { config.numbers(key, -1e30, 1e30); });
    attempt([&] { config.texts(key); });
    attempt([&] { get_everything(config.at(key), depth + 1); });
    attempt([&] {
      for (const Config& item : config.objects(key)) get_everything(item, depth + 1);
    });
  }
}

}  // namespace

void read_config(std::span<const std::byte> input) {
  attempt([&] {
    std::string_view text(reinterpret_cast<const char*>(input.data()), input.size());
    get_everything(Config::parse(text, "input"), 0);
  });
}

}  // namespace vita::fuzz

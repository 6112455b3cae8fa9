// A JSON configuration file with typed, range-checked getters.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace vita {

// One object of a configuration file. A cheap value that shares the parsed file; immutable.
// Every getter throws Error{corrupt} with the file, the key's full path, what was found and what
// was expected.
//
//   Config painter = Config::load("models/world/config.json").at("painter");
//   int64_t width = painter.integer("width", 1, 256);
class Config {
 public:
  static constexpr int kMaxDepth = 16;
  static constexpr size_t kMaxFileBytes = 8 << 20;
  static constexpr size_t kMaxItems = 1 << 16;

  // Throws Error{not_found, io, corrupt}. The file must hold one object; duplicate keys are
  // refused.
  static Config load(const std::string& path);
  static Config parse(std::string_view text, const std::string& name);

  bool has(std::string_view key) const;
  std::vector<std::string> keys() const;
  Config at(std::string_view key) const;
  std::vector<Config> objects(std::string_view key) const;

  int64_t integer(std::string_view key, int64_t min, int64_t max) const;
  double number(std::string_view key, double min, double max) const;
  bool flag(std::string_view key) const;
  std::string text(std::string_view key) const;
  std::vector<int64_t> integers(std::string_view key, int64_t min, int64_t max) const;
  // An array of such arrays.
  std::vector<std::vector<int64_t>> integer_lists(std::string_view key, int64_t min,
                                                  int64_t max) const;
  std::vector<double> numbers(std::string_view key, double min, double max) const;
  std::vector<std::string> texts(std::string_view key) const;

  // "models/world/config.json: painter"
  std::string where() const;

 private:
  struct Root;
  Config(std::shared_ptr<const Root> root, const nlohmann::json* node, std::string path);
  const nlohmann::json& value(std::string_view key, const char* expected) const;
  const nlohmann::json& array(std::string_view key, const char* expected) const;
  std::string path_of(std::string_view key) const;
  [[noreturn]] void refuse(const std::string& path, const nlohmann::json& found,
                           const std::string& expected) const;

  std::shared_ptr<const Root> root_;
  const nlohmann::json* node_;
  std::string path_;
};

}  // namespace vita

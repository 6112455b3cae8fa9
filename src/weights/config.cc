#include "weights/config.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/error.h"
#include "weights/json.h"

namespace vita {
namespace {

using nlohmann::json;

std::string range_text(double min, double max) {
  char text[80];
  std::snprintf(text, sizeof text, "%.9g to %.9g", min, max);
  return text;
}

std::string read_text(const std::string& path) {
  std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "rbe"), std::fclose);
  if (file == nullptr) {
    ErrorCode code = errno == ENOENT || errno == ENOTDIR ? ErrorCode::not_found : ErrorCode::io;
    throw Error(code, path + ": cannot open the configuration: " + std::strerror(errno));
  }
  std::string text(Config::kMaxFileBytes + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0)
    throw Error(ErrorCode::io, path + ": cannot read: " + std::strerror(errno));
  return text;
}

}  // namespace

struct Config::Root {
  std::string name;
  json document;
};

Config::Config(std::shared_ptr<const Root> root, const json* node, std::string path)
    : root_(std::move(root)), node_(node), path_(std::move(path)) {}

Config Config::load(const std::string& path) { return parse(read_text(path), path); }

Config Config::parse(std::string_view text, const std::string& name) {
  if (text.size() > kMaxFileBytes) {
    throw Error(ErrorCode::corrupt,
                name + ": the file has more than " + std::to_string(kMaxFileBytes) + " bytes");
  }
  auto root = std::make_shared<const Root>(Root{name, parse_json(text, kMaxDepth, name)});
  Config config(root, &root->document, "");
  if (!root->document.is_object()) config.refuse("the file", root->document, "an object");
  return config;
}

std::string Config::where() const {
  return path_.empty() ? root_->name : root_->name + ": " + path_;
}

std::string Config::path_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

void Config::refuse(const std::string& path, const json& found, const std::string& expected) const {
  throw Error(ErrorCode::corrupt, root_->name + ": " + printable(path) + " is " +
                                      json_excerpt(found) + ", expected " + expected);
}

const json& Config::value(std::string_view key, const char* expected) const {
  auto found = node_->find(std::string(key));
  if (found == node_->end()) {
    throw Error(ErrorCode::corrupt, root_->name + ": there is no " + printable(path_of(key)) +
                                        ", expected " + expected);
  }
  return *found;
}

const json& Config::array(std::string_view key, const char* expected) const {
  const json& list = value(key, expected);
  if (!list.is_array() || list.size() > kMaxItems) {
    refuse(path_of(key), list,
           std::string(expected) + ", at most " + std::to_string(kMaxItems) + " of them");
  }
  return list;
}

bool Config::has(std::string_view key) const { return node_->contains(std::string(key)); }

std::vector<std::string> Config::keys() const {
  std::vector<std::string> out;
  for (const auto& item : node_->items()) out.push_back(item.key());
  return out;
}

Config Config::at(std::string_view key) const {
  const json& node = value(key, "an object");
  if (!node.is_object()) refuse(path_of(key), node, "an object");
  return Config(root_, &node, path_of(key));
}

std::vector<Config> Config::objects(std::string_view key) const {
  std::vector<Config> out;
  for (const json& item : array(key, "an array of objects")) {
    std::string path = path_of(key) + "[" + std::to_string(out.size()) + "]";
    if (!item.is_object()) refuse(path, item, "an object");
    out.push_back(Config(root_, &item, path));
  }
  return out;
}

namespace {

// Whole numbers beyond int64 come as unsigned from the parser.
bool whole_in(const json& value, int64_t min, int64_t max) {
  if (!value.is_number_integer()) return false;
  if (value.is_number_unsigned() && value.get<uint64_t>() > static_cast<uint64_t>(INT64_MAX))
    return false;
  return value.get<int64_t>() >= min && value.get<int64_t>() <= max;
}

bool number_in(const json& value, double min, double max) {
  return value.is_number() && value.get<double>() >= min && value.get<double>() <= max;
}

std::string whole_text(int64_t min, int64_t max) {
  return "a whole number from " + std::to_string(min) + " to " + std::to_string(max);
}

// What is wrong with a list of whole numbers: its first item that is none of the range, or nothing.
std::optional<size_t> first_not_whole(const json& list, int64_t min, int64_t max) {
  for (size_t i = 0; i < list.size(); i++) {
    if (!whole_in(list[i], min, max)) return i;
  }
  return std::nullopt;
}

}  // namespace

int64_t Config::integer(std::string_view key, int64_t min, int64_t max) const {
  const json& found = value(key, "a whole number");
  if (!whole_in(found, min, max)) refuse(path_of(key), found, whole_text(min, max));
  return found.get<int64_t>();
}

double Config::number(std::string_view key, double min, double max) const {
  const json& found = value(key, "a number");
  if (!number_in(found, min, max))
    refuse(path_of(key), found, "a number from " + range_text(min, max));
  return found.get<double>();
}

bool Config::flag(std::string_view key) const {
  const json& found = value(key, "true or false");
  if (!found.is_boolean()) refuse(path_of(key), found, "true or false");
  return found.get<bool>();
}

std::string Config::text(std::string_view key) const {
  const json& found = value(key, "a string");
  if (!found.is_string()) refuse(path_of(key), found, "a string");
  return found.get<std::string>();
}

std::vector<int64_t> Config::integers(std::string_view key, int64_t min, int64_t max) const {
  const json& list = array(key, "an array of whole numbers");
  if (const auto wrong = first_not_whole(list, min, max)) {
    refuse(path_of(key) + "[" + std::to_string(*wrong) + "]", list[*wrong], whole_text(min, max));
  }
  return list.get<std::vector<int64_t>>();
}

std::vector<std::vector<int64_t>> Config::integer_lists(std::string_view key, int64_t min,
                                                        int64_t max) const {
  std::vector<std::vector<int64_t>> out;
  for (const json& list : array(key, "an array of arrays of whole numbers")) {
    const std::string path = path_of(key) + "[" + std::to_string(out.size()) + "]";
    if (!list.is_array()) refuse(path, list, "an array of whole numbers");
    if (const auto wrong = first_not_whole(list, min, max)) {
      refuse(path + "[" + std::to_string(*wrong) + "]", list[*wrong], whole_text(min, max));
    }
    out.push_back(list.get<std::vector<int64_t>>());
  }
  return out;
}

std::vector<double> Config::numbers(std::string_view key, double min, double max) const {
  std::vector<double> out;
  for (const json& item : array(key, "an array of numbers")) {
    if (!number_in(item, min, max)) {
      refuse(path_of(key) + "[" + std::to_string(out.size()) + "]", item,
             "a number from " + range_text(min, max));
    }
    out.push_back(item.get<double>());
  }
  return out;
}

std::vector<std::string> Config::texts(std::string_view key) const {
  std::vector<std::string> out;
  for (const json& item : array(key, "an array of strings")) {
    if (!item.is_string())
      refuse(path_of(key) + "[" + std::to_string(out.size()) + "]", item, "a string");
    out.push_back(item.get<std::string>());
  }
  return out;
}

}  // namespace vita

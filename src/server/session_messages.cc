#include "server/session_messages.h"

#include <cmath>

namespace vita::messages {
namespace {

double rounded(double value) { return std::round(value * 100) / 100; }

std::string text(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json begin(const char* type, const std::string& id) {
  Json json = {{"v", 1}, {"type", type}};
  if (!id.empty()) json["id"] = id;
  return json;
}

const char* tier_name(Tier tier) {
  switch (tier) {
    case Tier::half: return "half";
    case Tier::three_quarters: return "three_quarters";
    default: return "full";
  }
}

const char* outcome_name(Receipt::Outcome outcome) {
  switch (outcome) {
    case Receipt::Outcome::applied: return "applied";
    case Receipt::Outcome::superseded: return "superseded";
    default: return "refused";
  }
}

}  // namespace

void add_understanding(Json& object, const Understanding& understanding) {
  Json items = Json::array();
  for (const UnderstoodItem& item : understanding.understood) {
    items.push_back({{"attribute", item.attribute},
                     {"value", item.value},
                     {"words", item.words},
                     {"confidence", rounded(item.confidence)}});
  }
  object["understood"] = std::move(items);
  object["ignored"] = understanding.ignored;
}

std::string hello(const Json& session, Role role, int viewers, int64_t frame) {
  Json json = begin("hello", {});
  json["session"] = session;
  json["role"] = role_name(role);
  json["viewers"] = viewers;
  json["frame"] = frame;
  return text(json);
}

std::string receipt(const std::string& id, const Receipt& receipt, int64_t pts_us) {
  Json json = begin("receipt", id);
  json["outcome"] = outcome_name(receipt.outcome);
  json["frame"] = receipt.frame;
  json["pts_us"] = pts_us;
  if (!receipt.reason.empty()) json["reason"] = receipt.reason;
  return text(json);
}

std::string understood(const std::string& id, const std::string& prompt,
                       const Understanding& understanding) {
  Json json = begin("understood", id);
  json["prompt"] = prompt;
  add_understanding(json, understanding);
  return text(json);
}

std::string first_frame(const std::string& id, int64_t frame, double ttff_ms) {
  Json json = begin("first_frame", id);
  json["frame"] = frame;
  json["ttff_ms"] = rounded(ttff_ms);
  return text(json);
}

Json stats_json(const RoomReport& report, const SessionCounts& counts) {
  return {{"frame", report.frame},
          {"fps", rounded(counts.fps)},
          {"late", report.stages.pace.late},
          {"skipped", report.stages.pace.skipped},
          {"dropped", counts.dropped},
          {"bitrate_kbps", report.bitrate_kbps},
          {"tier", tier_name(report.tier)},
          {"viewers", counts.viewers},
          {"recording", counts.recording},
          {"paused", report.paused},
          {"camera",
           {{"x", rounded(report.world.x)},
            {"z", rounded(report.world.z)},
            {"y", rounded(report.world.y)},
            {"yaw", rounded(report.world.yaw)},
            {"pitch", rounded(report.world.pitch)}}},
          {"hour", rounded(report.world.hour)},
          {"stages_ms",
           {{"advance", rounded(report.stages.advance_cpu.mean_ms())},
            {"projector", rounded(report.stages.projector.mean_ms())},
            {"painter", rounded(report.stages.painter.mean_ms())},
            {"encode", rounded(report.encode.cpu_ms_mean)}}}};
}

std::string stats(const RoomReport& report, const SessionCounts& counts) {
  Json json = begin("stats", {});
  json.update(stats_json(report, counts));
  return text(json);
}

std::string pong(double t) {
  Json json = begin("pong", {});
  json["t"] = t;
  return text(json);
}

std::string error(const std::string& id, const std::string& code, const std::string& message) {
  Json json = begin("error", id);
  json["code"] = code;
  json["message"] = message;
  return text(json);
}

std::string bye(const std::string& reason) {
  Json json = begin("bye", {});
  json["reason"] = reason;
  return text(json);
}

}  // namespace vita::messages

#include "report.h"

#include <cmath>
#include <cstdarg>
#include <cstdio>

namespace vita {
namespace {

// Milliseconds and rates are shown to a hundredth.
double rounded(double value) { return std::round(value * 100) / 100; }

__attribute__((format(printf, 1, 2))) std::string print(const char* format, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  return text;
}

Json stage_json(const Histogram& h) {
  return {{"mean", rounded(h.mean_ms())},
          {"p50", rounded(h.percentile_ms(0.5))},
          {"p95", rounded(h.percentile_ms(0.95))},
          {"p99", rounded(h.percentile_ms(0.99))}};
}

Json percentiles_json(const Percentiles& p) {
  return {{"count", p.count},
          {"p50", rounded(p.p50)},
          {"p95", rounded(p.p95)},
          {"p99", rounded(p.p99)}};
}

// Thread-milliseconds a frame.
Json stages_json(const PipelineStats& stages, const EncodeStats& encode) {
  return {{"projector", stage_json(stages.projector)},
          {"painter", stage_json(stages.painter)},
          {"paint_total", stage_json(stages.paint_cpu)},
          {"advance", stage_json(stages.advance_cpu)},
          {"encode",
           {{"mean", rounded(encode.cpu_ms_mean)},
            {"p50", rounded(encode.cpu_ms_p50)},
            {"p95", rounded(encode.cpu_ms_p95)},
            {"p99", rounded(encode.cpu_ms_p99)}}}};
}

Json interval_json(const EncodeStats& encode) {
  return {{"p50", rounded(encode.interval_ms_p50)},
          {"p95", rounded(encode.interval_ms_p95)},
          {"p99", rounded(encode.interval_ms_p99)}};
}

Json machine_json(const Machine& machine) {
  return {{"cpu", machine.cpu},
          {"isa", machine.isa},
          {"processors", machine.processors},
          {"memory_gib", rounded(machine.memory_gib)},
          {"kernel", machine.kernel},
          {"compiler", machine.compiler}};
}

const char* tier_name(Tier tier) {
  constexpr const char* kNames[] = {"auto", "full", "three_quarters", "half"};
  return kNames[static_cast<size_t>(tier)];
}

std::string stage_row(const char* name, const Histogram& h) {
  return print("  %-12s %8.2f %8.2f %8.2f %8.2f\n", name, h.mean_ms(), h.percentile_ms(0.5),
               h.percentile_ms(0.95), h.percentile_ms(0.99));
}

}  // namespace

void print_json(const Json& json) {
  std::printf("%s\n", json.dump(-1, ' ', false, Json::error_handler_t::replace).c_str());
}

Json understanding_json(const Understanding& understanding) {
  Json understood = Json::object(), details = Json::array();
  for (const UnderstoodItem& item : understanding.understood) {
    understood[item.attribute] = item.value;
    details.push_back({{"attribute", item.attribute},
                       {"value", item.value},
                       {"words", item.words},
                       {"confidence", rounded(item.confidence)}});
  }
  return {{"understood", understood}, {"ignored", understanding.ignored}, {"details", details}};
}

Json generate_json(const GenerateRequest& request, const GenerateReport& report) {
  Json json = {{"path", request.output_path},
               {"frames", report.frames},
               {"fps", rounded(report.fps)},
               {"ttff_ms", rounded(report.ttff_ms)},
               {"cold_start_ms", rounded(report.cold_start_ms)},
               {"width", request.width},
               {"height", request.height},
               {"seed", request.seed},
               {"interrupted", report.interrupted}};
  json.update(understanding_json(report.understanding));
  json["stages_core_ms"] = stages_json(report.stages, report.encode);
  json["frame_ms"] = interval_json(report.encode);
  return json;
}

Json bench_json(const BenchRequest& request, const BenchReport& report) {
  return {{"width", request.width},
          {"height", request.height},
          {"threads", report.threads},
          {"quick", request.quick},
          {"first_frame_cold_ms", percentiles_json(report.cold_first_frame_ms)},
          {"first_frame_warm_ms", percentiles_json(report.warm_first_frame_ms)},
          {"frames", report.frames},
          {"fps", rounded(report.fps)},
          {"frame_ms", interval_json(report.encode)},
          {"stages_core_ms", stages_json(report.stages, report.encode)},
          {"peak_memory_mib", rounded(report.peak_memory_mib)},
          {"weights", report.weights_hash},
          {"machine", machine_json(report.machine)}};
}

Json paced_json(const PacedRequest& request, const PacedReport& report) {
  Json sessions = Json::array();
  for (const PacedSession& s : report.sessions) {
    Json interval = percentiles_json(s.interval_ms);
    interval["most"] = rounded(s.interval_most_ms);
    sessions.push_back({{"frames", s.frames},
                        {"fps", rounded(s.fps)},
                        {"frame_ms", interval},
                        {"handed_out_ms", stage_json(s.stages.interval)},
                        {"making_ms", stage_json(s.stages.making)},
                        {"encoding_ms", percentiles_json(s.encoding_ms)},
                        {"control_to_encoded_ms", percentiles_json(s.control_to_encoded_ms)},
                        {"late", s.pace.late},
                        {"skipped", s.pace.skipped},
                        {"encoder_dropped", s.encoder.dropped},
                        {"tier", tier_name(s.tier)},
                        {"tier_frames",
                         {{"full", s.stages.tiers[0]},
                          {"three_quarters", s.stages.tiers[1]},
                          {"half", s.stages.tiers[2]}}},
                        {"tier_changes", s.stages.tier_changes},
                        {"stages_core_ms", stages_json(s.stages, s.encode)}});
  }
  return {{"width", request.width},
          {"height", request.height},
          {"paced_fps", request.fps},
          {"threads", report.threads},
          {"seconds", rounded(report.seconds)},
          {"sessions", sessions},
          {"fps_spread", rounded(report.fps_spread)},
          {"processor_share", rounded(report.processor_share)},
          {"peak_memory_mib", rounded(report.peak_memory_mib)},
          {"weights", report.weights_hash},
          {"machine", machine_json(report.machine)}};
}

std::string understanding_text(const Understanding& understanding) {
  std::string text = "understood:";
  for (const UnderstoodItem& item : understanding.understood) {
    text += " " + item.attribute + "=" + item.value;
    if (!item.words.empty()) text += " (" + item.words + ")";
    text += ",";
  }
  if (understanding.understood.empty()) text += " nothing,";
  text.back() = '\n';
  if (understanding.ignored.empty()) return text;
  text += "ignored:";
  for (const std::string& word : understanding.ignored) text += " " + word + ",";
  text.back() = '\n';
  return text;
}

std::string generate_text(const GenerateRequest& request, const GenerateReport& report) {
  return print(
             "%lld frames of %dx%d at %.1f frames a second, first frame %.0f ms, cold start %.0f "
             "ms\n",
             static_cast<long long>(report.frames), request.width, request.height, report.fps,
             report.ttff_ms, report.cold_start_ms) +
         request.output_path + "\n";
}

std::string bench_text(const BenchRequest& request, const BenchReport& report) {
  const Percentiles& cold = report.cold_first_frame_ms;
  const Percentiles& warm = report.warm_first_frame_ms;
  const EncodeStats& e = report.encode;
  std::string text =
      print("%s, %d processors, %s; %d threads, %dx%d%s\n", report.machine.cpu.c_str(),
            report.machine.processors, report.machine.isa.c_str(), report.threads, request.width,
            request.height, request.quick ? "; quick, not a measurement" : "");
  text += print("sustained          %8.2f frames a second over %lld frames, encoding included\n",
                report.fps, static_cast<long long>(report.frames));
  text += print("ms                 %8s %8s %8s\n", "p50", "p95", "p99");
  text += print("first frame, cold  %8.1f %8.1f %8.1f   (%d processes)\n", cold.p50, cold.p95,
                cold.p99, cold.count);
  text += print("first frame, warm  %8.1f %8.1f %8.1f   (%d prompts)\n", warm.p50, warm.p95,
                warm.p99, warm.count);
  text += print("frame to frame     %8.1f %8.1f %8.1f\n", e.interval_ms_p50, e.interval_ms_p95,
                e.interval_ms_p99);
  text += print("core-ms a frame    %5s %8s %8s %8s\n", "mean", "p50", "p95", "p99");
  text += stage_row("projector", report.stages.projector);
  text += stage_row("painter", report.stages.painter);
  text += stage_row("advance", report.stages.advance_cpu);
  text += print("  %-12s %8.2f %8.2f %8.2f %8.2f\n", "encode", e.cpu_ms_mean, e.cpu_ms_p50,
                e.cpu_ms_p95, e.cpu_ms_p99);
  text += print("peak memory        %8.0f MiB\n", report.peak_memory_mib);
  return text;
}

std::string paced_text(const PacedRequest& request, const PacedReport& report) {
  std::string text =
      print("%s, %d processors, %s; %d threads, %dx%d, %zu paced at %g frames a second, %.0f s\n",
            report.machine.cpu.c_str(), report.machine.processors, report.machine.isa.c_str(),
            report.threads, request.width, request.height, report.sessions.size(), request.fps,
            report.seconds);
  text += print("%3s %6s | %-27s | %-20s | %5s %7s %7s | %s\n", "", "", "frame to frame, ms",
                "control to encoded", "", "", "", "frames in full, 3/4, 1/2");
  text += print("%3s %6s | %6s %6s %6s %6s | %6s %6s %6s | %5s %7s %7s | %s\n", "", "fps", "p50",
                "p95", "p99", "most", "p50", "p95", "p99", "late", "skipped", "dropped", "");
  int number = 0;
  for (const PacedSession& s : report.sessions) {
    const auto count = [](int64_t n) { return static_cast<long long>(n); };
    text += print("%3d %6.2f | %6.1f %6.1f %6.1f %6.1f | %6.1f %6.1f %6.1f | %5lld %7lld %7lld | ",
                  ++number, s.fps, s.interval_ms.p50, s.interval_ms.p95, s.interval_ms.p99,
                  s.interval_most_ms, s.control_to_encoded_ms.p50, s.control_to_encoded_ms.p95,
                  s.control_to_encoded_ms.p99, count(s.pace.late), count(s.pace.skipped),
                  count(s.encoder.dropped));
    text += print("%lld, %lld, %lld; %lld changes, at last %s\n", count(s.stages.tiers[0]),
                  count(s.stages.tiers[1]), count(s.stages.tiers[2]), count(s.stages.tier_changes),
                  tier_name(s.tier));
  }
  text += print("session 1, ms      %5s %8s %8s %8s\n", "mean", "p50", "p95", "p99");
  const PacedSession& first = report.sessions.front();
  text += stage_row("handed out", first.stages.interval);
  text += stage_row("made", first.stages.making);
  text += print("  %-12s %8s %8.2f %8.2f %8.2f\n", "encoded", "", first.encoding_ms.p50,
                first.encoding_ms.p95, first.encoding_ms.p99);
  text += print("core-ms a frame    %5s %8s %8s %8s   (session 1)\n", "mean", "p50", "p95", "p99");
  text += stage_row("projector", first.stages.projector);
  text += stage_row("painter", first.stages.painter);
  text += stage_row("advance", first.stages.advance_cpu);
  text += print("  %-12s %8.2f %8.2f %8.2f %8.2f\n", "encode", first.encode.cpu_ms_mean,
                first.encode.cpu_ms_p50, first.encode.cpu_ms_p95, first.encode.cpu_ms_p99);
  text += print(
      "spread of the sessions' rates %.1f %%, processors busy %.0f %%, peak memory %.0f MiB\n",
      report.fps_spread * 100, report.processor_share * 100, report.peak_memory_mib);
  return text;
}

}  // namespace vita

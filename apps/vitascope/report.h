// Results as JSON for programs and as text for people.
#pragma once
#include <nlohmann/json.hpp>
#include <string>

#include "engine/bench.h"
#include "engine/generate.h"
#include "engine/paced_bench.h"

namespace vita {

using Json = nlohmann::ordered_json;

// One object on one line of the standard output.
void print_json(const Json& json);

Json understanding_json(const Understanding& understanding);
Json generate_json(const GenerateRequest& request, const GenerateReport& report);
Json bench_json(const BenchRequest& request, const BenchReport& report);
Json paced_json(const PacedRequest& request, const PacedReport& report);

std::string understanding_text(const Understanding& understanding);
std::string generate_text(const GenerateRequest& request, const GenerateReport& report);
std::string bench_text(const BenchRequest& request, const BenchReport& report);
std::string paced_text(const PacedRequest& request, const PacedReport& report);

}  // namespace vita

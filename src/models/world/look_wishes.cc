#include "models/world/look_wishes.h"

#include <algorithm>

#include "models/world/attribute_groups.h"

namespace vita::world {
namespace {

enum Time : int { kDawn, kDay, kSunset, kDusk, kNightTime };
enum Weather : int { kClear, kCloudy, kFoggy, kRainy, kSnowy };

// The hours at which the light is wholly that of a time of day; in between it is mixed.
struct HourMark {
  double hour;
  int time;
};
constexpr HourMark kMarks[] = {{0, kNightTime}, {5, kNightTime},    {6.5, kDawn},
                               {9, kDay},       {16, kDay},         {18.5, kSunset},
                               {20, kDusk},     {21.5, kNightTime}, {24, kNightTime}};
// What a slider shows for a time of day that the prompt named.
constexpr double kMiddles[kTimes] = {6.5, 12, 18.5, 20, 0};

int weather_of(EventName name) {
  switch (name) {
    case EventName::cloud: return kCloudy;
    case EventName::fog: return kFoggy;
    case EventName::rain: return kRainy;
    default: return kSnowy;
  }
}

void set_one(std::span<float, kAttributes> attributes, int first, int count, int entry) {
  std::fill_n(attributes.begin() + first, count, 0.f);
  if (entry >= 0) attributes[static_cast<size_t>(first + entry)] = 1.f;
}

// The entry of the group `season`; summer is what no entry says.
int season_entry(Season season) {
  switch (season) {
    case Season::spring: return 0;
    case Season::autumn: return 1;
    case Season::winter: return 2;
    default: return -1;
  }
}

}  // namespace

struct LookWishes::Draw {
  Run& run;
  const LookFlow& flow;
  uint32_t seed;

  Look operator()(const Attributes& attributes) const {
    Look look;
    flow.sample(run, attributes, seed, look);
    return look;
  }
  static void mix(Look& look, const Look& to, float weight) {
    for (size_t i = 0; i < look.size(); i++) look[i] += (to[i] - look[i]) * weight;
  }
};

void LookWishes::wish(const EventControl& event) {
  if (event.name == EventName::time) {
    hour_ = event.value;
  } else if (event.name == EventName::season) {
    season_.reset();
    if (event.value) season_ = static_cast<Season>(static_cast<int>(*event.value));
  } else {
    std::optional<float>& amount = weather_[static_cast<size_t>(weather_of(event.name))];
    amount.reset();
    if (event.value) amount = static_cast<float>(*event.value);
  }
}

LookWishes::Look LookWishes::at_hour(const Draw& draw, const Attributes& attributes) const {
  if (!hour_) return draw(attributes);
  const HourMark* next = std::find_if(std::begin(kMarks) + 1, std::end(kMarks) - 1,
                                      [&](const HourMark& mark) { return mark.hour >= *hour_; });
  const HourMark& before = next[-1];
  Attributes at = attributes;
  set_one(at, kTime, kTimes, before.time);
  Look look = draw(at);
  if (next->time == before.time) return look;
  set_one(at, kTime, kTimes, next->time);
  Draw::mix(look, draw(at),
            static_cast<float>((*hour_ - before.hour) / (next->hour - before.hour)));
  return look;
}

void LookWishes::sample(Run& run, const LookFlow& flow,
                        std::span<const float, kAttributes> attributes, uint32_t seed,
                        std::span<float, kLook> look) const {
  const Draw draw{run, flow, seed};
  Attributes base;
  std::copy(attributes.begin(), attributes.end(), base.begin());
  if (season_) set_one(base, kSeason, kSeasons, season_entry(*season_));
  const auto said = std::max_element(base.begin() + kWeather, base.begin() + kWeather + kWeathers);
  // A weather that is wished for is mixed in from a clear sky, also when the prompt named it.
  if (weather_[static_cast<size_t>(said - base.begin() - kWeather)]) {
    set_one(base, kWeather, kWeathers, kClear);
  }
  Look mixed = at_hour(draw, base);
  for (int entry = kCloudy; entry < kWeathers; entry++) {
    const std::optional<float>& amount = weather_[static_cast<size_t>(entry)];
    if (!amount || *amount <= 0) continue;
    Attributes wished = base;
    set_one(wished, kWeather, kWeathers, entry);
    Draw::mix(mixed, at_hour(draw, wished), *amount);
  }
  std::copy(mixed.begin(), mixed.end(), look.begin());
}

double LookWishes::hour(std::span<const float, kAttributes> attributes) const {
  if (hour_) return *hour_;
  const auto times = attributes.subspan<kTime, kTimes>();
  return kMiddles[std::max_element(times.begin(), times.end()) - times.begin()];
}

}  // namespace vita::world

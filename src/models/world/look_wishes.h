// What people wish of the hour, the weather and the season, on top of what the prompt says.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "models/world/look_flow.h"
#include "models/world/spec.h"
#include "vita/control.h"

namespace vita::world {

// Owned by one WorldState; one thread.
class LookWishes {
 public:
  // Keeps the wish, or takes it back where the event has no value.
  void wish(const EventControl& event);

  // The look of completed attributes with the wishes: drawn by the flow for the hours and the
  // weathers next to what is wished, and mixed. Without a wish it is the flow's own.
  void sample(Run& run, const LookFlow& flow, std::span<const float, kAttributes> attributes,
              uint32_t seed, std::span<float, kLook> look) const;

  // The hour of the day, 0 to 24: as wished, or the middle of what the attributes say.
  double hour(std::span<const float, kAttributes> attributes) const;

 private:
  using Attributes = std::array<float, kAttributes>;
  using Look = std::array<float, kLook>;
  struct Draw;

  Look at_hour(const Draw& draw, const Attributes& attributes) const;

  std::optional<double> hour_;
  std::optional<Season> season_;
  // By the entry of the group `weather`; clear has none.
  std::array<std::optional<float>, kWeathers> weather_;
};

}  // namespace vita::world

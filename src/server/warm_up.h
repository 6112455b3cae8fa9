// Does before the first session what the first session would have to wait for.
#pragma once
#include <memory>
#include <string>

#include "engine/open_model.h"
#include "server/encoder_stock.h"

namespace vita {

struct WarmUpRequest {
  std::string model_dir;  // empty: the bundled model
  int threads = 0;
};

struct WarmModel {
  std::shared_ptr<const VideoModel> model;
  int threads = 1;
  double load_ms = 0, warm_up_ms = 0;
};

// Loads the model, makes a world and a picture of it, a spare encoder, and a WebRTC peer that is
// thrown away. Throws what the model's opening throws.
WarmModel warm_up(const WarmUpRequest& request, const ModelOpener& open, EncoderStock& encoders);

}  // namespace vita

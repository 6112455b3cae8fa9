// The bundled model behind the engine's interface.
#pragma once
#include <memory>
#include <string>

#include "core/video_model.h"

namespace vita {

// Opens the model in the folder `dir`, prepared for `threads` threads. Throws Error that names a
// file that is missing or not what it should be.
std::unique_ptr<VideoModel> open_world_model(const std::string& dir, int threads);

}  // namespace vita

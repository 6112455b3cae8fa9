// Where a model comes from.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "core/video_model.h"

namespace vita {

using ModelOpener =
    std::function<std::unique_ptr<VideoModel>(const std::string& folder, int threads)>;

// How many processors this process may use.
int usable_threads();

// `asked`, or usable_threads() for 0. Throws Error{invalid_argument} unless it is from 0 to 64.
int checked_threads(int asked);

// The folder of the bundled model: VITA_MODEL_DIR, else beside the program as built or as
// installed. Throws Error{not_found} naming the folders that were tried.
std::string default_model_dir();

// Opens the model in `folder`, of whichever family its config names.
std::unique_ptr<VideoModel> open_model(const std::string& folder, int threads);

}  // namespace vita

// Makes two small frames with the installed library: consumer MODEL_DIR
#include <vita/engine.h>
#include <vita/error.h>
#include <vita/version.h>

#include <cstdio>

namespace {

bool refuses_a_missing_model() {
  try {
    vita::Engine engine({.model_dir = "no/such/model"});
  } catch (const vita::Error& error) {
    return error.code() == vita::ErrorCode::not_found;
  }
  return false;
}

int frames_of(const char* model_dir) {
  vita::Engine engine({.model_dir = model_dir, .threads = 1});
  vita::Session session = engine.start(
      {.prompt = "green hills at dawn", .seed = 1, .width = 320, .height = 192, .frames = 2});
  int frames = 0;
  while (const vita::Frame* frame = session.next_frame()) {
    if (frame->y == nullptr || frame->width != 320 || frame->height != 192) return -1;
    frames++;
  }
  return frames;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::printf("vitascope %s\n", vita::kVersion);
  if (!refuses_a_missing_model()) {
    std::printf("a missing model was not refused with vita::Error{not_found}\n");
    return 1;
  }
  try {
    int frames = frames_of(argv[1]);
    std::printf("%d frames, expected 2\n", frames);
    return frames == 2 ? 0 : 1;
  } catch (const vita::Error& error) {
    std::printf("%s\n", error.what());
    return 1;
  }
}

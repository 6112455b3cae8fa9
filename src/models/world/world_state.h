// One running world: what the prompt made, the camera in it, and the frames under way.
#pragma once
#include <array>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "models/world/camera_path.h"
#include "models/world/land_grower.h"
#include "models/world/land_morph.h"
#include "models/world/look_wishes.h"
#include "models/world/world_maps.h"
#include "models/world/world_networks.h"

namespace vita::world {

// control() and advance() from one thread, paint() from up to request.workers others. The maps
// change only inside advance(), and only when every ticket handed out before has been projected.
class WorldState : public VideoState {
 public:
  // networks outlive the state. Throws Error{invalid_argument} for a prompt, size or rate it cannot
  // serve.
  WorldState(const WorldNetworks& networks, const OpenRequest& request);
  ~WorldState() override;

  void control(const Control& control) override;
  int advance(const FrameRequest& frame) override;
  void drop(int ticket) override;
  WorldStatus status() const override;
  StageTimes paint(int ticket, int worker, const FrameView& out) override;
  const Understanding& understanding() const override { return said_.understanding; }

  // For tests.
  const WorldMaps& maps() const { return maps_; }
  const Camera& camera() const { return path_->camera(); }
  const float* look() const { return look_.data(); }

 private:
  class Painting;
  class Land;  // LandModel on the networks, one for each thread that makes land
  using Worker = WorldParts::Worker;
  struct Ticket {
    SceneView scene;
    Camera camera;
    int64_t look = 0;
    Tier tier = Tier::full;
    bool first = false;  // of the world
    bool wide = false;   // the only frame under way: all cores may help
    bool open = false;   // neither painted nor dropped
  };
  using Look = std::array<float, kLook>;

  void open_land(float seconds);
  void change_prompt(const PromptControl& prompt);
  void change_light(const EventControl& event);
  void start_look(const Look& to, float seconds);
  bool advance_look();
  bool advance_land();
  void advance_light();
  void wait_projected();
  void wait_first();
  int free_ticket() const;
  void begin_land_job();
  int hands_of(const Ticket& ticket) const;
  template <class Part>
  double in_parts(int hands, int parts, Worker& worker, const Part& part);
  GuideView guide_of(const Ticket& ticket, Worker& worker) const;
  double project_guide(const Ticket& ticket, Worker& worker, const GuideView& guide);
  double paint_guide(const Ticket& ticket, Worker& worker, const PaintJob& job);
  TileIndex tile_of_camera() const;

  const WorldNetworks& networks_;
  OpenRequest request_;
  const Painter& painter_;
  uint32_t seed_;
  TextResult said_;
  std::array<float, kAttributes> attributes_{};
  LookWishes wishes_;

  WorldNetworks::LentParts parts_;
  WorldMaps& maps_;  // of parts_
  LandMorph morph_;
  std::unique_ptr<Land> land_;
  std::unique_ptr<LandGrower> grower_;
  struct LandPlan {
    TileIndex centre;
    int64_t frame;  // from which tiles fall due
  };
  std::optional<LandPlan> plan_;            // not handed to the grower yet
  std::vector<MirrorImage> mirror_images_;  // stand in for land to come
  std::unique_ptr<CameraPath> path_;

  Look look_{}, look_from_{}, look_to_{};
  double look_begin_s_ = 0;
  float look_seconds_ = 0;
  int64_t look_version_ = 0, frame_ = -1, last_light_ = 0;
  double now_s_ = 0;
  bool light_old_ = true, tile_came_ = false;
  TileIndex lit_around_{};

  std::vector<Ticket> tickets_;
  std::mutex mutex_;
  std::condition_variable projected_;
  int unprojected_ = 0;
  bool first_painted_ = false;
  std::function<void()> land_job_;  // waits until a picture has been painted
};

}  // namespace vita::world

#include "models/world/world_state.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>

#include "core/error.h"
#include "core/thread_time.h"
#include "core/understood.h"
#include "models/world/complete_attributes.h"
#include "models/world/shape_attributes.h"
#include "models/world/viewpoint.h"

namespace vita::world {
namespace {

constexpr int kKeepRadius = LandGrower::kKeepRadius;
constexpr int kMirrorRadius = 2;     // tiles around the first one that its mirror images fill
constexpr float kArrival = 1.2f;     // seconds in which a tile takes its final shape
constexpr int64_t kLightFrames = 6;  // shadows follow a change at this pace, or slower
constexpr int kLight_us = 2000;      // what they may take of one frame
constexpr int kHandsMost = 64;       // threads that work on one picture

uint32_t fold_seed(uint64_t seed) { return static_cast<uint32_t>(seed ^ (seed >> 32)); }

void check_request(const OpenRequest& r) {
  auto refuse = [](const std::string& what) { throw Error(ErrorCode::invalid_argument, what); };
  if (r.width < 160 || r.height < 96 || r.width > 1920 || r.height > 1088 || r.width % 2 != 0 ||
      r.height % 2 != 0) {
    refuse("picture size: found " + std::to_string(r.width) + "x" + std::to_string(r.height) +
           ", expected even numbers from 160x96 to 1920x1088");
  }
  if (!(r.fps >= 1 && r.fps <= 240))
    refuse("frame rate: found " + std::to_string(r.fps) + ", expected 1 to 240");
  if (r.workers < 1 || r.workers > 64) {
    refuse("workers: found " + std::to_string(r.workers) + ", expected 1 to 64");
  }
}

// A prompt that names a biome makes a new world; one that does not ("now at night") changes what it
// speaks of.
std::array<float, kAttributes> merged(const std::array<float, kAttributes>& old,
                                      const std::array<float, kAttributes>& said) {
  auto spoken = [&](int first, int count) {
    return std::any_of(said.begin() + first, said.begin() + first + count,
                       [](float v) { return v != 0; });
  };
  if (spoken(kBiome, kBiomes)) return said;
  std::array<float, kAttributes> out = old;
  auto take = [&](int first, int count, bool whole) {
    if (whole && spoken(first, count))
      std::copy_n(said.begin() + first, count, out.begin() + first);
    for (int k = first; !whole && k < first + count; k++) {
      if (said[static_cast<size_t>(k)] != 0)
        out[static_cast<size_t>(k)] = said[static_cast<size_t>(k)];
    }
  };
  take(kTime, kTimes, true);
  take(kWeather, kWeathers, true);
  take(kSeason, kSeasons, true);
  take(kThings, kThingClasses, false);
  take(kRelief, 2, false);  // relief and water
  for (int group : {kColourGround, kColourSky, kColourWater, kColourFoliage})
    take(group, kColours, true);
  take(kDensity, 2, false);  // density and mist
  return out;
}

uint32_t things_asked(const std::array<float, kAttributes>& said) {
  uint32_t asked = 0;
  for (uint32_t c = 0; c < kThingClasses; c++) {
    if (said[kThings + c] > 0) asked |= 1u << c;
  }
  return asked;
}

}  // namespace

// What fills the surroundings of the first tile. No thing is drawn from as far as the second ring.
static std::vector<MirrorImage> mirror_images(const FineTile& first) {
  std::vector<MirrorImage> images;
  for (int dz = -kMirrorRadius; dz <= kMirrorRadius; dz++) {
    for (int dx = -kMirrorRadius; dx <= kMirrorRadius; dx++) {
      const int ring = std::max(std::abs(dx), std::abs(dz));
      if (ring > 0) images.push_back(mirror_image(first, {dx, dz}, ring == 1));
    }
  }
  return images;
}

class WorldState::Land : public LandModel {
 public:
  Land(const WorldNetworks& networks, WorldParts& parts) : networks_(networks), parts_(parts) {}
  void coarse(const LandRequest& r, float* out) override {
    const WorldNetworks::LentWorkspace workspace = networks_.land_workspace();
    Run run = attach(*workspace);
    networks_.prior().generate_tile(run, {r.seed, r.tile.x, r.tile.z, r.attributes, r.tiles}, out);
    for (int i = 0; i < kTileCells * kTileCells; i++) out[i] = std::clamp(out[i], -1.2f, 4.8f);
  }
  void fine(const LandRequest& r, float* out) override {
    const WorldNetworks::LentWorkspace workspace = networks_.land_workspace();
    Run run = attach(*workspace);
    window_.resize(Upsampler::kWindowFloats);
    Upsampler::gather_window(r.tiles, window_.data());
    networks_.upsampler().run(run, {r.seed, r.tile.x, r.tile.z, r.attributes, window_.data()}, out);
  }

  // The first tile, which somebody waits for: made by all cores, the same as one would make it.
  FineTile first(LandGrower& grower) {
    FineTile tile;
    waited_for_ = true;
    parts_.crew.lead([&] { tile = grower.first(); });
    waited_for_ = false;
    return tile;
  }

 private:
  Run attach(Workspace& workspace) {
    Stream& stream = waited_for_ ? *parts_.crew_stream : *parts_.land_stream;
    stream.attach();
    return {stream, workspace};
  }
  const WorldNetworks& networks_;
  WorldParts& parts_;
  bool waited_for_ = false;
  std::vector<float> window_;
};

// Gives a ticket back when its frame is over, however it ends.
class WorldState::Painting {
 public:
  Painting(WorldState& state, Ticket& ticket) : state_(state), ticket_(ticket) {}
  ~Painting() {
    std::lock_guard lock(state_.mutex_);
    ticket_.open = false;
    state_.begin_land_job();
    if (!ticket_.first) return;
    state_.first_painted_ = true;
    state_.projected_.notify_all();
  }

 private:
  WorldState& state_;
  Ticket& ticket_;
};

WorldState::WorldState(const WorldNetworks& networks, const OpenRequest& request)
    : networks_(networks),
      request_((check_request(request), request)),
      painter_(networks.painter()),
      seed_(fold_seed(request.seed)),
      parts_(networks.take_parts(request.width, request.height, request.workers)),
      maps_(parts_->maps),
      morph_(maps_),
      land_(std::make_unique<Land>(networks, *parts_)) {
  maps_.set_seed(seed_);
  tickets_.resize(static_cast<size_t>(request.workers) + 2);
  parts_->prompt_stream->attach();
  Run run{*parts_->prompt_stream, parts_->prompt_workspace};
  said_ = networks.text().encode(request.prompt, run);
  attributes_ = complete_attributes(said_.attributes, seed_);
  wishes_.sample(run, networks.look(), attributes_, seed_, look_);
  open_land(0);
  maps_.relight(look_.data() + kSun, 0, 0, &networks.pool());
  const double size = kTileMetres;
  ViewArea area{size * .15, size * .85, size * .15, size * .85, 90, 4.f, 30.f};
  area.walk = size * .11;
  area.asked = things_asked(said_.attributes);
  area.water = said_.attributes[kWater] > 0;
  Camera start = choose_viewpoint(maps_, look_.data() + kSun, area, seed_);
  start.tan_half = .6f;
  path_ = std::make_unique<CameraPath>(start, maps_);
  light_old_ = false;
}

// The grower waits for the job that uses the parts, and goes before them.
WorldState::~WorldState() = default;

TileIndex WorldState::tile_of_camera() const {
  const Camera& c = path_->camera();
  return {static_cast<int>(std::floor(c.x / kTileMetres)),
          static_cast<int>(std::floor(c.z / kTileMetres))};
}

// Makes the tile under the camera for the attributes of now and fills the surroundings with its
// mirror images. The true ones are planned when the first frame has been painted: it has all cores
// to itself.
void WorldState::open_land(float seconds) {
  const TileIndex centre = path_ ? tile_of_camera() : TileIndex{};
  const std::array<float, kAttributes> shape = shape_attributes(attributes_);
  grower_.reset();
  ThreadPool& pool = networks_.pool();
  auto runner = [this](std::function<void()> task) {
    const std::lock_guard lock(mutex_);
    land_job_ = std::move(task);
    return true;
  };
  grower_ = std::make_unique<LandGrower>(*land_, runner, seed_, shape.data(), centre);
  FineTile first = land_->first(*grower_);
  maps_.set_centre(centre.x, centre.z);
  morph_.forget_beyond(centre, kMirrorRadius);
  mirror_images_ = mirror_images(first);
  if (seconds > 0) {
    const auto fine = std::make_shared<const std::vector<float>>(first.fine);
    morph_.begin_images(fine, mirror_images_, now_s_, seconds);
    morph_.begin(std::move(first), now_s_, seconds);
  } else {
    morph_.show(first, mirror_images_, pool);
  }
  plan_ = {centre, frame_ + 1 + static_cast<int64_t>(seconds * static_cast<float>(request_.fps))};
}

void WorldState::control(const Control& control) {
  if (const auto* prompt = std::get_if<PromptControl>(&control)) return change_prompt(*prompt);
  if (const auto* move = std::get_if<MoveControl>(&control)) return path_->steer(*move);
  if (const auto* look = std::get_if<LookControl>(&control)) return path_->turn(*look);
  if (const auto* event = std::get_if<EventControl>(&control)) return change_light(*event);
  if (!std::holds_alternative<CameraControl>(control)) {
    throw Error(ErrorCode::unsupported, "the world model knows no such control");
  }
  wait_projected();
  path_->jump(std::get<CameraControl>(control), maps_);
}

void WorldState::change_prompt(const PromptControl& prompt) {
  parts_->prompt_stream->attach();
  Run run{*parts_->prompt_stream, parts_->prompt_workspace};
  TextResult said = networks_.text().encode(prompt.text, run);
  check_understood(said.understanding);
  const auto attributes = complete_attributes(merged(attributes_, said.attributes), seed_);
  const bool new_land = shape_attributes(attributes) != shape_attributes(attributes_);
  attributes_ = attributes;
  said_ = std::move(said);
  Look look;
  wishes_.sample(run, networks_.look(), attributes_, seed_, look);
  start_look(look, static_cast<float>(prompt.transition_s));
  if (!new_land) return;
  wait_projected();
  open_land(static_cast<float>(prompt.transition_s));
}

void WorldState::change_light(const EventControl& event) {
  parts_->prompt_stream->attach();
  Run run{*parts_->prompt_stream, parts_->prompt_workspace};
  wishes_.wish(event);
  Look look;
  wishes_.sample(run, networks_.look(), attributes_, seed_, look);
  start_look(look, static_cast<float>(event.transition_s));
}

void WorldState::start_look(const Look& to, float seconds) {
  look_from_ = look_;
  look_to_ = to;
  look_begin_s_ = now_s_;
  look_seconds_ = std::max(seconds, 1e-3f);
}

bool WorldState::advance_look() {
  if (look_seconds_ <= 0) return false;
  const float t =
      std::clamp(static_cast<float>((now_s_ - look_begin_s_) / look_seconds_), 0.f, 1.f);
  const float weight = t * t * (3 - 2 * t);
  for (size_t i = 0; i < look_.size(); i++)
    look_[i] = look_from_[i] + (look_to_[i] - look_from_[i]) * weight;
  const float norm = std::sqrt(look_[0] * look_[0] + look_[1] * look_[1] + look_[2] * look_[2]);
  for (int i = 0; i < 3; i++) look_[static_cast<size_t>(i)] /= std::max(norm, 1e-3f);
  look_version_++;
  if (t >= 1) look_seconds_ = 0;
  return true;
}

bool WorldState::advance_land() {
  if (frame_ > 0 && plan_) {
    grower_->plan(plan_->centre, plan_->frame);
    plan_.reset();
  }
  const TileIndex centre = tile_of_camera();
  if (centre != lit_around_) {
    wait_projected();
    maps_.set_centre(centre.x, centre.z);
    morph_.forget_beyond(centre, kKeepRadius);
    grower_->plan(centre, frame_);
    lit_around_ = centre;
    light_old_ = true;
  }
  std::vector<FineTile> arrived;
  if (frame_ > 0) arrived = grower_->due(frame_);
  tile_came_ = !arrived.empty();
  if (arrived.empty() && !morph_.active()) return false;
  wait_projected();
  for (FineTile& tile : arrived) {
    const bool near = std::abs(tile.tile.x - centre.x) <= kKeepRadius &&
                      std::abs(tile.tile.z - centre.z) <= kKeepRadius;
    if (near) morph_.begin(std::move(tile), now_s_, kArrival);
  }
  morph_.advance_in_turns(now_s_, path_->camera().x, path_->camera().z);
  return true;
}

// A little in each frame: all at once it would take as long as painting does.
void WorldState::advance_light() {
  const bool settled = !morph_.active() && look_seconds_ <= 0;
  const bool begin =
      light_old_ && !maps_.relighting() && (settled || frame_ - last_light_ >= kLightFrames);
  if ((!begin && !maps_.relighting()) || tile_came_) return;  // a tile is enough for one frame
  wait_projected();
  if (begin) {
    maps_.begin_relight(look_.data() + kSun, lit_around_.x, lit_around_.z);
    light_old_ = false;
    last_light_ = frame_;
  }
  maps_.go_on_relighting(kLight_us);
}

// Land is made while nobody paints. Jobs are planned just before a picture is painted: begun at
// once, one would have a core to itself for as long as both of the picture's threads share the
// other. Called under the lock.
void WorldState::begin_land_job() {
  if (land_job_ && networks_.pool().run_background(land_job_)) land_job_ = nullptr;
}

void WorldState::wait_projected() {
  std::unique_lock lock(mutex_);
  projected_.wait(lock, [&] { return unprojected_ == 0; });
}

void WorldState::wait_first() {
  std::unique_lock lock(mutex_);
  projected_.wait(lock, [&] { return first_painted_; });
}

int WorldState::advance(const FrameRequest& request) {
  const double time_s = request.time_s;
  if (frame_ == 0) wait_first();  // it has all cores to itself
  const float dt = frame_ < 0 ? 0.f : static_cast<float>(std::clamp(time_s - now_s_, 0., .25));
  now_s_ = time_s;
  frame_++;
  const bool look_moved = advance_look(), land_moved = advance_land();
  light_old_ = light_old_ || look_moved || land_moved;
  advance_light();
  path_->advance(maps_, dt);
  std::lock_guard lock(mutex_);
  const int index = free_ticket();
  tickets_[static_cast<size_t>(index)] = {maps_.view(look_.data(), static_cast<float>(time_s)),
                                          path_->camera(),
                                          look_version_,
                                          request.tier,
                                          frame_ == 0,
                                          frame_ == 0 || request.alone,
                                          true};
  unprojected_++;
  return index;
}

// Called under the lock.
int WorldState::free_ticket() const {
  for (size_t k = 0; k < tickets_.size(); k++) {
    if (!tickets_[k].open) return static_cast<int>(k);
  }
  throw Error(ErrorCode::internal, "more than " + std::to_string(tickets_.size()) +
                                       " frames are under way, as many were expected at most");
}

void WorldState::drop(int index) {
  {
    std::lock_guard lock(mutex_);
    Ticket& ticket = tickets_[static_cast<size_t>(index)];
    ticket.open = false;
    unprojected_--;
    begin_land_job();
    if (ticket.first) first_painted_ = true;
  }
  projected_.notify_all();
}

WorldStatus WorldState::status() const {
  const Camera& c = path_->camera();
  return {c.x, c.z, c.y - maps_.surface(c.x, c.z), c.yaw, c.pitch, wishes_.hour(attributes_)};
}

// How many threads work on a picture: all of them while its frame is the only one under way.
int WorldState::hands_of(const Ticket& ticket) const {
  return ticket.wide ? std::min(networks_.threads(), kHandsMost) : 1;
}

// Calls part(hand, number) for all parts of a picture, in order. A thread that has done with one
// takes the next, so that one whose core is shared with others, or whose parts are dear, is not
// waited for longer than the part that it is at. Returns the threads' time in milliseconds.
template <class Part>
double WorldState::in_parts(int hands, int parts, Worker& worker, const Part& part) {
  std::array<double, kHandsMost> ms{};
  std::atomic<int> next{0};
  const auto work = [&](int64_t number) {
    const double begin = thread_cpu_ms();
    const auto at = static_cast<size_t>(number);
    WorldParts::Hand& hand = number == 0 ? worker.hand : parts_->helpers[at - 1];
    for (int mine = next++; mine < parts; mine = next++) part(hand, mine);
    ms[at] = thread_cpu_ms() - begin;
  };
  if (hands == 1) {
    work(0);
  } else {
    networks_.pool().parallel_for(hands, work);
  }
  return std::accumulate(ms.begin(), ms.end(), 0.);
}

GuideView WorldState::guide_of(const Ticket& ticket, Worker& worker) const {
  const EnlargeDesc& size = parts_->tiers.of(ticket.tier).desc();
  const auto pixels =
      static_cast<size_t>(size.from_width / 2) * static_cast<size_t>(size.from_height / 2);
  return {worker.guide.data(), worker.guide.data() + kGuidePlanes * pixels};
}

double WorldState::project_guide(const Ticket& ticket, Worker& worker, const GuideView& guide) {
  const EnlargeDesc& size = parts_->tiers.of(ticket.tier).desc();
  const int width = size.from_width / 2, height = size.from_height / 2;
  const Raster raster{width, height, 0, 0, width, height};
  const int strips = (width + kGuideStrip - 1) / kGuideStrip;
  return in_parts(hands_of(ticket), strips, worker, [&](const WorldParts::Hand& hand, int strip) {
    project(ticket.scene, ticket.camera, raster, strip * kGuideStrip,
            std::min((strip + 1) * kGuideStrip, width), hand.scratch.get(), guide);
  });
}

double WorldState::paint_guide(const Ticket& ticket, Worker& worker, const PaintJob& job) {
  // A border between two parts is paid for: each hand's first part is large, the last ones, which
  // level out, are small.
  const int hands = hands_of(ticket), units = job.out.height / kRowsTogether;
  const int parts = hands == 1 ? 1 : 2 * hands, levelling = hands == 1 ? 0 : units / 4;
  const auto begin_of = [&](int part) {
    if (part <= hands) return part * (units - levelling) / hands;
    return units - levelling + (part - hands) * levelling / hands;
  };
  return in_parts(hands, parts, worker, [&](WorldParts::Hand& hand, int part) {
    painter_.paint_rows(hand.workspace, job, begin_of(part), begin_of(part + 1));
  });
}

StageTimes WorldState::paint(int index, int worker_index, const FrameView& out) {
  Ticket& ticket = tickets_[static_cast<size_t>(index)];
  Worker& worker = parts_->workers[static_cast<size_t>(worker_index)];
  const Painting painting(*this, ticket);
  const GuideView guide = guide_of(ticket, worker);
  StageTimes times;
  times.projector_ms = project_guide(ticket, worker, guide);
  {
    std::lock_guard lock(mutex_);
    unprojected_--;
  }
  projected_.notify_all();
  double begin = thread_cpu_ms();
  if (worker.scene_look != ticket.look) {
    painter_.fold(ticket.scene.look, worker.scene);
    worker.scene_look = ticket.look;
  }
  times.painter_ms = thread_cpu_ms() - begin;
  const PaintTiers& tiers = parts_->tiers;
  if (tiers.direct(ticket.tier)) {
    times.painter_ms += paint_guide(ticket, worker, {guide, worker.scene, out});
    return times;
  }
  const FrameView painted = tiers.picture(ticket.tier, worker.picture.get());
  times.painter_ms += paint_guide(ticket, worker, {guide, worker.scene, painted});
  begin = thread_cpu_ms();
  tiers.of(ticket.tier).run(painted, out, worker.enlarger_scratch.data());
  times.painter_ms += thread_cpu_ms() - begin;
  return times;
}

}  // namespace vita::world

// The maps of one world around the camera: a toroidal window of 8x8 tiles, the things on them, and
// the light.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/huge_pages.h"
#include "core/thread_pool.h"
#include "models/world/light_maps.h"
#include "models/world/scene.h"
#include "models/world/thing_models.h"

namespace vita::world {

// Not thread-safe: one thread changes it, and nobody projects meanwhile. view() stays valid until
// the next change.
class WorldMaps {
 public:
  WorldMaps(uint32_t seed, const ThingModels& models);
  // Forgets all: as newly made, with seed 0.
  void reset();
  void set_seed(uint32_t seed) { seed_ = seed; }

  // fine: [4][256][256] height in metres, ground mix, rock, cap (0..1). Takes the slot of the tile
  // that lies 8 tiles away. Normals at its rim are set again for the neighbours that touch it.
  // Light stays as it is until relight().
  void set_land(int tile_x, int tile_z, const float* fine);
  // What set_land() is to be given to leave the tile as it is: heights in 64ths of a metre, the
  // rest in 255ths.
  void read_land(int tile_x, int tile_z, float* fine) const;
  // Places the tile's things anew. density: [8][32][32]; null for none.
  void set_things(int tile_x, int tile_z, const float* density);
  // Scale of the tile's things, 0..1, for transitions.
  void set_growth(int tile_x, int tile_z, float growth);
  // Land and things of several tiles at once; the pool, if there is one, helps.
  struct Tile {
    int x = 0, z = 0;
    const float *fine = nullptr, *density = nullptr;
    bool flip_x = false, flip_z = false;  // of `fine` alone: its mirror image
  };
  void set_tiles(const std::vector<Tile>& tiles, ThreadPool* pool = nullptr);
  void set_tile(int tile_x, int tile_z, const float* fine, const float* density) {
    set_tiles({{tile_x, tile_z, fine, density}});
  }
  bool has_tile(int tile_x, int tile_z) const;
  // The window becomes the 8x8 tiles around this one; tiles that fall outside are forgotten.
  void set_centre(int tile_x, int tile_z);
  // Forgets a tile: its cells become sea.
  void forget_tile(int tile_x, int tile_z);
  // Casts the shadows again where land, things or the sun have changed since the last time; shadows
  // of things only within kThingFar of tile (near_x, near_z). sun: unit, towards the light.
  void relight(const float* sun, int near_x, int near_z, ThreadPool* pool = nullptr);
  // The same a little at a time, so that no frame has to wait for all of it: what is not reached
  // yet keeps its light. The land is swept first, then come the things' shadows, nearest first.
  void begin_relight(const float* sun, int near_x, int near_z);
  // Goes on by about `budget_us` microseconds' worth of work, at least one step: counted, not
  // timed, so that it is the same on every machine. True when all is done.
  bool go_on_relighting(int budget_us);
  bool relighting() const { return job_.running; }

  // Height in metres of the land, or of the water where it is higher.
  float surface(double x, double z) const;
  float land(double x, double z) const;
  // Nearest thing's distance to its rim in metres, at most `reach`.
  float nearest_thing(double x, double z, float reach) const;

  SceneView view(const float* look, float time_s) const;

 private:
  static constexpr int kSlots = 8;
  struct Slot {
    int tile_x = 0, tile_z = 0;
    bool full = false;
    float growth = 1;
    bool shade_old = true;  // shadows under things do not show the things that stand here now
    bool shaded = false;    // there are shadows under things at all
    std::vector<Thing> things;
  };
  static int slot_of(int tile_x, int tile_z) {
    return (tile_z & (kSlots - 1)) * kSlots + (tile_x & (kSlots - 1));
  }
  void take_slot(int tile_x, int tile_z);
  void write_cells(const Tile& tile);
  void write_slopes(int x, int z, int columns, int rows);
  void close_row(int z);
  void write_rim_slopes(int tile_x, int tile_z);
  void put_things(int tile_x, int tile_z, const float* density);
  void clear_slot(Slot& slot, int tile_x, int tile_z);
  void list_things();
  void shade_again(int tile_x, int tile_z);

  // In relight.cc.
  struct Relight {  // what begin_relight() began
    bool running = false;
    int near_x = 0, near_z = 0;
    SweepDesc sweep{};
    int sweep_steps = 0;                       // in all; those done are sweep.step_first
    std::array<int, kSlots * kSlots> slots{};  // whose shadows are old, nearest first
    int slot_count = 0, next_slot = 0;
  };
  void take_sun(const float* sun);
  static size_t shade_row(const Slot& slot, int z);
  static size_t shade_column(const Slot& slot);
  void clear_shade(const Slot& slot);
  void close_shade(const Slot& slot);
  void splat_tile(const Slot& slot);
  void shade_slot(Slot& slot, int near_x, int near_z);
  int shade_cost_us(const Slot& slot) const;
  SweepDesc whole_sweep();

  uint32_t seed_;
  const ThingModels& models_;
  template <class T>
  using Map = std::vector<T, HugePageAllocator<T>>;
  Map<int16_t> height_;
  Map<int32_t> surface_;
  Map<uint16_t> light_;
  Map<uint8_t> thing_light_;
  std::vector<float> sweep_scratch_;
  std::array<Slot, kSlots * kSlots> slots_;
  std::array<const Thing*, kSlots * kSlots> lists_{};
  std::array<int, kSlots * kSlots> counts_{};
  std::array<float, kSlots * kSlots> growths_{};
  int list_count_ = 0;
  int centre_x_ = 0, centre_z_ = 0;
  std::array<float, 3> sun_{};
  bool land_changed_ = true;
  Relight job_;
  float top_ = 0;
};

}  // namespace vita::world

// C, because it shares its state with the hooks.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "habits/ticks.h"
#include "base/arch.h"
#include "base/clock.h"
#include "habits/families.h"
#include "habits/kept.h"
#include "habits/places.h"

struct lab_habit_ticks lab_habit_ticks;

/// A moment by both clocks.
struct moment {
  uint64_t ticks, nanoseconds;
};
static struct moment origin;

/// Now: the best of some tries, for a thread may lose its processor between the two clocks.
static struct moment moment(void) {
  enum { TRIES = 4 };
  struct moment best = {0, 0};
  uint64_t least = UINT64_MAX;
  for (int i = 0; i < TRIES; i++) {
    uint64_t before = lab_ticks(), nanoseconds = lab_now(), took = lab_ticks() - before;
    if (took >= least) continue;
    least = took;
    best = (struct moment){before + took / 2, nanoseconds};
  }
  return best;
}

/// How many nanoseconds a tick takes.
static double tick(void) {
  struct moment now = moment();
  return (double)(now.nanoseconds - origin.nanoseconds) / (double)(now.ticks - origin.ticks);
}

uint64_t lab_habit_nanoseconds(uint64_t ticks) { return ticks == 0 ? 0 : (uint64_t)((double)ticks * tick()); }
uint64_t lab_habit_in_ticks(uint64_t nanoseconds) { return (uint64_t)((double)nanoseconds / tick()); }

/// To a thousandth: reading the other clock takes some 20 ns.
enum { LEARNING = 50000 };

static void learn(void) {
  origin = moment();
  while (lab_now() - origin.nanoseconds < LEARNING) {}
  double nanoseconds = tick();
  lab_habit_ticks = (struct lab_habit_ticks){
      .task = (uint64_t)(LAB_HABIT_TASK / nanoseconds),
      .visit = (uint64_t)(LAB_HABIT_VISIT / nanoseconds),
      .wait = (uint64_t)(LAB_HABIT_WAIT / nanoseconds),
      .kept = (uint64_t)(LAB_HABIT_KEPT / nanoseconds),
      .run = (uint64_t)(LAB_HABIT_RUN / nanoseconds),
  };
}

void lab_habits_begin(uint32_t creations) {
  if (origin.ticks == 0) learn();
  lab_families_begin(creations);
  lab_starvations_begin();
  lab_places_begin();
}
#endif

// C, because it is called in hooks. It calls nothing.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "habits/places.h"
#include "base/losses.h"
#include "habits/counted.h"
#include <string.h>

static struct lab_counted places[LAB_PLACES];

void lab_places_begin(void) { memset((void *)places, 0, sizeof places); }

void lab_place_add(enum lab_place_kind kind, uint32_t stack, lab_wait_on on, uint64_t count, uint64_t sum,
                   uint64_t longest) {
  uint64_t key = (uint64_t)kind << 40 | (uint64_t)on << 32 | stack;
  if (!lab_counted_add(places, LAB_PLACES, key, count, sum, longest)) lab_lose(LAB_LOSS_task_habits_full, 1);
}

bool lab_place_at(uint32_t number, lab_place *out) {
  if (number >= LAB_PLACES) return false;
  const struct lab_counted *at = &places[number];
  uint64_t key = LAB_LOAD(&at->key);
  *out = (lab_place){.kind = (uint32_t)(key >> 40),
                     .on = (lab_wait_on)(uint8_t)(key >> 32),
                     .stack = (uint32_t)key,
                     .count = LAB_LOAD(&at->count),
                     .nanoseconds = LAB_LOAD(&at->sum),
                     .longest_nanoseconds = LAB_LOAD(&at->longest)};
  return key != 0;
}
#endif

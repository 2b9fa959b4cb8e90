// C, because it is called in hooks of the runtime. It calls lab_own_map only.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "habits/families.h"
#include "base/hidden.h"
#include "base/losses.h"
#include "lab_memory.h"
#include <string.h>

LAB_HIDE_THIS_FILE

enum { FAMILIES = 1 << LAB_FAMILY_BITS, CHUNK = 1 << LAB_FAMILY_CHUNK_SHIFT, CHUNKS = FAMILIES / CHUNK };

void lab_habit_lost(void) { lab_lose(LAB_LOSS_task_habits_no_memory, 1); }

struct lab_ends *lab_ends_of(struct lab_thread *thread) {
  if (thread == NULL) return NULL;
  if (thread->ends == NULL) LAB_RELEASE(&thread->ends, lab_own_map(FAMILIES * sizeof(struct lab_ends)));
  return thread->ends;
}

struct lab_tally *lab_tally_make(struct lab_thread *thread, uint32_t creation) {
  if (thread != NULL && thread->tallies == NULL) LAB_RELEASE(&thread->tallies, lab_own_map(CHUNKS * sizeof(void *)));
  struct lab_tally *chunk = NULL;
  if (thread != NULL && thread->tallies != NULL) {
    chunk = lab_own_map(CHUNK * sizeof *chunk);
    LAB_RELEASE(&thread->tallies[creation / CHUNK], chunk);
  }
  if (chunk == NULL) {
    lab_habit_lost();
    return NULL;
  }
  return &chunk[creation % CHUNK];
}

void lab_tally_wait(const struct lab_self *self, uint32_t creation, uintptr_t place, uint64_t ran) {
  struct lab_tally *tally = lab_tally_of(self, creation);
  if (tally == NULL) return;
  lab_tally_add(&tally->waited, 1);
  struct lab_tallied_wait *waits = tally->waits, *rarest = &waits[0];
  for (int i = 0; i < 2; i++) {
    if (LAB_LOAD(&waits[i].place) == place) {
      lab_tally_add(&waits[i].count, 1);
      lab_tally_add(&waits[i].ticks, ran);
      return;
    }
    if (LAB_LOAD(&waits[i].count) < LAB_LOAD(&rarest->count)) rarest = &waits[i];
  }
  uint64_t count = LAB_LOAD(&rarest->count), ticks = LAB_LOAD(&rarest->ticks);
  if (count > 0) {
    LAB_STORE(&rarest->ticks, ticks - ticks / count);
    LAB_STORE(&rarest->count, count - 1);
    return;
  }
  LAB_STORE(&rarest->place, place);
  LAB_STORE(&rarest->ticks, ran);
  LAB_STORE(&rarest->count, 1);
}

// MARK: - Reading

static struct lab_tally *chunk_of(uint32_t thread, uint32_t chunk) {
  struct lab_thread *at = lab_thread_at(thread);
  _Atomic(struct lab_tally *) *tallies = at == NULL ? NULL : LAB_ACQUIRE(&at->tallies);
  return tallies == NULL ? NULL : LAB_ACQUIRE(&tallies[chunk]);
}

static struct lab_ends *ends_at(uint32_t thread) {
  struct lab_thread *at = lab_thread_at(thread);
  return at == NULL ? NULL : LAB_ACQUIRE(&at->ends);
}

void lab_families_begin(uint32_t creations) {
  for (uint32_t thread = 0, n = lab_thread_count(); thread < n; thread++) {
    struct lab_ends *ends = ends_at(thread);
    if (ends != NULL) memset((void *)ends, 0, creations * sizeof *ends);
    for (uint32_t chunk = 0; chunk <= (creations - 1) / CHUNK; chunk++) {
      struct lab_tally *tallies = chunk_of(thread, chunk);
      if (tallies != NULL) memset((void *)tallies, 0, CHUNK * sizeof *tallies);
    }
  }
}

static void add_wait(lab_family *family, const struct lab_tallied_wait *wait) {
  uintptr_t place = LAB_LOAD(&wait->place);
  if (place == 0) return;
  for (int i = 0; i < LAB_FAMILY_WAITS; i++) {
    lab_family_wait *own = &family->waits[i];
    if (own->place != place && own->place != 0) continue;
    own->place = place;
    own->count += LAB_LOAD(&wait->count);
    own->nanoseconds += lab_habit_nanoseconds(LAB_LOAD(&wait->ticks));
    return;
  }
}

static void add(lab_family *family, const struct lab_tally *tally) {
  family->waited += LAB_LOAD(&tally->waited);
  family->long_runs += LAB_LOAD(&tally->long_runs);
  uint64_t longest = lab_habit_nanoseconds(LAB_LOAD(&tally->longest));
  if (longest > family->longest_nanoseconds) family->longest_nanoseconds = longest;
  family->visits += LAB_LOAD(&tally->visits);
  family->short_visits += LAB_LOAD(&tally->short_visits);
  family->short_nanoseconds += lab_habit_nanoseconds(LAB_LOAD(&tally->short_ticks));
  for (int i = 0; i < 2; i++) add_wait(family, &tally->waits[i]);
}

bool lab_family_at(uint32_t creation, lab_family *out) {
  *out = (lab_family){0};
  for (uint32_t thread = 0, n = lab_thread_count(); thread < n; thread++) {
    const struct lab_ends *ends = ends_at(thread);
    const struct lab_tally *tallies = chunk_of(thread, creation / CHUNK);
    if (ends != NULL) {
      uint64_t small = LAB_LOAD(&ends[creation].counts[true]);
      out->small += small;
      out->ended += small + LAB_LOAD(&ends[creation].counts[false]);
    }
    if (tallies != NULL) add(out, &tallies[creation % CHUNK]);
  }
  return out->waited + out->ended + out->visits + out->long_runs > 0;
}
#endif

// C, because it is called in hooks of the runtime. It asks the kernel what the thread has used.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "habits/kept.h"
#include "base/arch.h"
#include "base/losses.h"
#include "base/system_call.h"
#include "habits/counted.h"
#include "habits/places.h"
#include "habits/ticks.h"
#include "hooks/hooks.h"
#include <string.h>
#include <sys/resource.h>

/// Waits of one task at one place, while it had the thread. In ticks.
struct blocked {
  uint64_t since, until; ///< the begin of the first, the end of the last
  uint64_t sum, longest, count;
  uint32_t stack;
  lab_wait_on on;
};
enum { BLOCKED = 8 };

/// What a thread has used: nanoseconds of the processor, how often it has waited, and how often it was made to.
struct use {
  uint64_t processor;
  long waited, preempted;
};

static __thread struct {
  struct use use;
  uint64_t since, until; ///< the last long run on this thread; 0: none that anybody waits for
  uint32_t creation;
  bool was_blocked;
  int blocked_count;
  struct blocked blocked[BLOCKED];
} kept __attribute__((tls_model("initial-exec")));

static struct lab_counted starvations[LAB_STARVATIONS];
/// Of a key: both creations, and above them whether the thread was blocked, and that it is one.
enum { CREATION_BITS = 24 };

static uint64_t min(uint64_t a, uint64_t b) { return a < b ? a : b; }
static uint64_t max(uint64_t a, uint64_t b) { return a > b ? a : b; }

/// How much two spans of time have in common.
static uint64_t overlap(uint64_t since, uint64_t until, uint64_t other_since, uint64_t other_until) {
  uint64_t begin = max(since, other_since), end = min(until, other_until);
  return end > begin ? end - begin : 0;
}

void lab_starvations_begin(void) { memset((void *)starvations, 0, sizeof starvations); }

void lab_kept_forget(struct lab_self *self) {
  self->is_watched = false;
  self->use_noted_at = 0;
  kept.until = 0;
  kept.blocked_count = 0;
}

// MARK: - What keeps a thread

void lab_task_has_blocked(struct lab_self *self, uint32_t stack, lab_wait_on on, uint64_t nanoseconds) {
  uint64_t now = lab_ticks(), ticks = lab_habit_in_ticks(nanoseconds);
  int i = 0;
  while (i < kept.blocked_count && !(kept.blocked[i].stack == stack && kept.blocked[i].on == on)) i++;
  if (i == BLOCKED) {
    lab_lose(LAB_LOSS_task_habits_full, 1);
    return;
  }
  struct blocked *blocked = &kept.blocked[i];
  if (i == kept.blocked_count) {
    *blocked = (struct blocked){.since = now - ticks, .stack = stack, .on = on};
    kept.blocked_count++;
  }
  blocked->until = now;
  blocked->sum += ticks;
  blocked->longest = max(blocked->longest, ticks);
  blocked->count++;
  self->is_watched = true;
}

static struct use used_by_thread(void) {
  struct rusage usage;
  if (lab_system_call(SYS_getrusage, RUSAGE_THREAD, &usage) != 0) return (struct use){0};
  uint64_t seconds = (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec);
  uint64_t microseconds = (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
  return (struct use){seconds * 1000000000 + microseconds * 1000, usage.ru_nvcsw, usage.ru_nivcsw};
}

void lab_thread_use_is_noted(struct lab_self *self, uint64_t now) {
  self->use_noted_at = now;
  kept.use = used_by_thread();
}

static bool waits_are_told(void) { return (LAB_LOAD(&lab_engines) & LAB_ENGINE(block)) != 0; }

/// How long the thread's task has waited of a run that took so long, at least; nanoseconds.
static uint64_t waited_of(uint64_t since, uint64_t run, struct use use) {
  if (waits_are_told()) {
    uint64_t sum = 0;
    for (int i = 0; i < kept.blocked_count; i++)
      if (kept.blocked[i].until > since) sum += kept.blocked[i].sum;
    return lab_habit_nanoseconds(sum);
  }
  // Whoever works, or had the processor taken from it, may have been made to wait for that: on a busy machine, for long.
  uint64_t worked = use.processor - kept.use.processor;
  bool has_waited = use.waited != kept.use.waited && use.preempted == kept.use.preempted && worked < run / 8;
  return has_waited ? run - worked : 0;
}

void lab_thread_was_kept(struct lab_self *self, uint32_t creation, uint64_t since, uint64_t until) {
  struct use use = used_by_thread();
  uint64_t waited = waited_of(since, lab_habit_nanoseconds(until - since), use);
  bool has_waited = waited >= LAB_HABIT_KEPT;
  if (!has_waited && use.processor - kept.use.processor < LAB_HABIT_KEPT) return;
  kept.was_blocked = has_waited && waits_are_told();
  kept.since = since;
  kept.until = until;
  kept.creation = creation;
  self->is_watched = true;
}

// MARK: - Who waited meanwhile

static void starve(uint32_t creation, uint64_t waited) {
  uint64_t key = (uint64_t)1 << 62 | (uint64_t)kept.was_blocked << 2 * CREATION_BITS |
                 (uint64_t)kept.creation << CREATION_BITS | creation;
  uint64_t nanoseconds = lab_habit_nanoseconds(waited);
  if (!lab_counted_add(starvations, LAB_STARVATIONS, key, 1, nanoseconds, nanoseconds))
    lab_lose(LAB_LOSS_task_habits_full, 1);
}

/// Of several waits at one place it is taken that they lie evenly between the first and the last.
static void charge(const struct blocked *blocked, uint64_t since, uint64_t now) {
  uint64_t common = overlap(blocked->since, blocked->until, since, now), whole = blocked->until - blocked->since;
  if (common == 0) return;
  double share = (double)common / (double)whole;
  uint64_t sum = lab_habit_nanoseconds((uint64_t)(share * (double)blocked->sum));
  lab_place_add(LAB_PLACE_BLOCKS_POOL, blocked->stack, blocked->on, blocked->count, sum,
                min(sum, lab_habit_nanoseconds(blocked->longest)));
}

void lab_thread_is_free(struct lab_self *self, uint32_t creation, uint64_t waits_since, uint64_t now) {
  for (int i = 0; i < kept.blocked_count; i++) charge(&kept.blocked[i], waits_since, now);
  kept.blocked_count = 0;
  if (overlap(kept.since, kept.until, waits_since, now) >= lab_habit_ticks.kept) starve(creation, now - waits_since);
  // Those that wait longer than since then have waited for it, too.
  if (waits_since >= kept.until) kept.until = 0;
  self->is_watched = kept.until != 0;
}

bool lab_starvation_at(uint32_t number, lab_starvation *out) {
  if (number >= LAB_STARVATIONS) return false;
  const struct lab_counted *at = &starvations[number];
  uint64_t key = LAB_LOAD(&at->key);
  const uint32_t creation = ((uint32_t)1 << CREATION_BITS) - 1;
  *out = (lab_starvation){.kept_by = (uint32_t)(key >> CREATION_BITS) & creation,
                          .waiting = (uint32_t)key & creation,
                          .was_blocked = key >> 2 * CREATION_BITS & 1,
                          .count = LAB_LOAD(&at->count),
                          .nanoseconds = LAB_LOAD(&at->sum),
                          .longest_nanoseconds = LAB_LOAD(&at->longest)};
  return key != 0;
}
#endif

// The locks that somebody waits for.
//
// Striped by the lock's address. An entry is a lock's as long as somebody waits for it, and then free for the next one
// of its stripe. It has a sum instead of a list of its waiters, so that a charge costs the same for two of them and for
// ten thousand: from each arrival, or the previous charge if that is later, to now, together count x now - sum.
//
// C, because it runs inside lock and unlock. It reads the clock and calls the kernel only to wait for a stripe.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "waits/locks.h"
#include "base/hidden.h"
#include "base/lock.h"
#include "base/losses.h"
#include "base/start_order.h"
#include "lab_memory.h"
#include "stacks/stacks.h"
#include <pthread.h>

LAB_HIDE_THIS_FILE

struct entry {
  const void *lock;
  uint64_t sum;        ///< over those who wait, of the time up to which they have been charged for
  uint64_t last;       ///< when an unlock was charged; 0: not since somebody waits
  uint64_t each;       ///< what each of those that have the lock, with others, since somebody waits is to be charged
  uint32_t waiting;
  uint32_t generation; ///< how often it has come to be waited for
  uint32_t next;       ///< in its stripe
};

enum { ENTRIES = 1 << 16 };
/// Number 0 is none.
static struct entry *entries;
static _Atomic uint32_t used = 1;
static struct {
  struct lab_lock lock;
  uint32_t first;
} stripes[LAB_LOCK_STRIPES];
_Atomic uint32_t lab_lock_waiting[LAB_LOCK_STRIPES];
/// When waits began to count.
static _Atomic uint64_t began;

bool lab_locks_open(void) {
  if (entries == NULL) entries = lab_own_map(ENTRIES * sizeof *entries);
  return entries != NULL;
}

static struct entry *find(uint32_t stripe, const void *lock) {
  for (uint32_t i = stripes[stripe].first; i != 0; i = entries[i].next)
    if (entries[i].lock == lock && entries[i].waiting > 0) return &entries[i];
  return NULL;
}

bool lab_lock_has_waiters(const void *lock) {
  uint32_t stripe = lab_lock_stripe(lock);
  lab_lock(&stripes[stripe].lock);
  bool has = find(stripe, lock) != NULL;
  lab_unlock(&stripes[stripe].lock);
  return has;
}

/// An entry for a lock that somebody comes to wait for; null if there is no room.
static struct entry *take(uint32_t stripe, const void *lock) {
  uint32_t number = stripes[stripe].first;
  while (number != 0 && entries[number].waiting > 0) number = entries[number].next;
  if (number == 0) {
    number = lab_claim(&used, ENTRIES);
    if (number == 0) return NULL;
    entries[number].next = stripes[stripe].first;
    stripes[stripe].first = number;
  }
  struct entry *entry = &entries[number];
  entry->lock = lock;
  entry->sum = entry->last = entry->each = 0;
  entry->generation++;
  return entry;
}

static void count(uint32_t stripe, int step) {
  LAB_STORE(&lab_lock_waiting[stripe], LAB_LOAD(&lab_lock_waiting[stripe]) + (uint32_t)step);
}

void lab_lock_arrive(struct lab_lock_wait *wait, const void *lock) {
  uint32_t stripe = lab_lock_stripe(lock);
  wait->lock = lock;
  wait->entry = 0;
  // Whoever only listens for waits has no use for them.
  if (entries == NULL) return;
  lab_lock(&stripes[stripe].lock);
  struct entry *entry = find(stripe, lock);
  if (entry == NULL) entry = take(stripe, lock);
  if (entry != NULL) {
    wait->entry = (uint32_t)(entry - entries);
    wait->arrival = lab_now();
    entry->waiting++;
    entry->sum += wait->arrival;
    count(stripe, 1);
  }
  lab_unlock(&stripes[stripe].lock);
  if (entry == NULL) lab_lose(LAB_LOSS_mutex_locks_full, 1);
}

struct lab_wait_end lab_lock_leave(const struct lab_lock_wait *wait) {
  struct lab_wait_end end = {0, 0};
  if (wait->entry == 0) return end;
  uint32_t stripe = lab_lock_stripe(wait->lock);
  lab_lock(&stripes[stripe].lock);
  struct entry *entry = &entries[wait->entry];
  // In the child of a fork nobody waits any more.
  if (entry->lock == wait->lock && entry->waiting > 0) {
    uint64_t since = entry->last > wait->arrival ? entry->last : wait->arrival, counts = LAB_LOAD(&began);
    if (counts < wait->arrival) counts = wait->arrival;
    end = (struct lab_wait_end){since > counts ? since - counts : 0, lab_now() - since};
    entry->waiting--;
    entry->sum -= since;
    count(stripe, -1);
  }
  lab_unlock(&stripes[stripe].lock);
  return end;
}

/// What has passed for all who wait since it was charged.
static uint64_t pass(struct entry *entry) {
  uint64_t now = lab_now(), passed = entry->waiting * now - entry->sum;
  entry->sum = entry->waiting * now;
  entry->last = now;
  return passed;
}

struct lab_lock_charge lab_lock_charge(const void *lock) {
  uint32_t stripe = lab_lock_stripe(lock);
  struct lab_lock_charge charge = {0, 0};
  lab_lock(&stripes[stripe].lock);
  struct entry *entry = find(stripe, lock);
  if (entry != NULL) charge = (struct lab_lock_charge){pass(entry), entry->waiting};
  lab_unlock(&stripes[stripe].lock);
  return charge;
}

uint64_t lab_lock_charge_shared(const void *lock, uint32_t holders, const struct lab_lock_share *share) {
  uint32_t stripe = lab_lock_stripe(lock);
  uint64_t charge = 0;
  lab_lock(&stripes[stripe].lock);
  struct entry *entry = find(stripe, lock);
  if (entry != NULL) {
    entry->each += pass(entry) / (holders > 0 ? holders : 1);
    charge = entry->each;
    if (share != NULL && share->lock == lock && share->generation == entry->generation) charge -= share->each;
  }
  lab_unlock(&stripes[stripe].lock);
  return charge;
}

void lab_lock_join(const void *lock, uint32_t others, struct lab_lock_share *share) {
  uint32_t stripe = lab_lock_stripe(lock);
  *share = (struct lab_lock_share){NULL, 0, 0};
  lab_lock(&stripes[stripe].lock);
  struct entry *entry = find(stripe, lock);
  if (entry != NULL) {
    if (others > 0) entry->each += pass(entry) / others;
    *share = (struct lab_lock_share){lock, entry->each, entry->generation};
  }
  lab_unlock(&stripes[stripe].lock);
}

void lab_locks_begin(void) {
  LAB_STORE(&began, lab_now());
  for (uint32_t stripe = 0; stripe < LAB_LOCK_STRIPES; stripe++) {
    if (LAB_LOAD(&lab_lock_waiting[stripe]) == 0) continue;
    lab_lock(&stripes[stripe].lock);
    for (uint32_t i = stripes[stripe].first; i != 0; i = entries[i].next) {
      if (entries[i].waiting == 0) continue;
      pass(&entries[i]);
      entries[i].each = 0;
      entries[i].generation++;
    }
    lab_unlock(&stripes[stripe].lock);
  }
}

// MARK: - Fork: who waits is not in the child.

static void after_fork_in_child(void) {
  if (LAB_LOAD(&used) == 1) return;
  for (uint32_t stripe = 0; stripe < LAB_LOCK_STRIPES; stripe++) {
    lab_lock_reset(&stripes[stripe].lock);
    LAB_STORE(&lab_lock_waiting[stripe], 0);
    for (uint32_t i = stripes[stripe].first; i != 0; i = entries[i].next) entries[i].waiting = 0;
  }
}

__attribute__((constructor(LAB_STARTS_WAITS))) static void prepare_locks(void) {
  pthread_atfork(NULL, NULL, after_fork_in_child);
}
#endif

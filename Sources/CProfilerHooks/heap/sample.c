// What happens to an allocation that is a sample.
//
// C, because it runs inside malloc and free. It calls the unwinder and the tables, none of which allocates or locks.
#include "heap/heap.h"
#include "base/hidden.h"
#include "lab_labels.h"
#include "lab_unwind.h"
#include <math.h>
#include <time.h>

_Thread_local lab_heap_thread lab_heap_self;
uint32_t lab_heap_active;
uint32_t lab_heap_last_session;
uint32_t lab_heap_window;
uint32_t lab_heap_turn;
uint32_t lab_heap_moving;
uint32_t lab_heap_clears;
lab_heap_statistics lab_heap_counts;

// The compiler may not move what is between these out, for a handler that interrupts it may look.
static void enter(lab_heap_thread *self) {
  self->busy++;
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
}

static void leave(lab_heap_thread *self) {
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  self->busy--;
}

// Bytes up to and with the next sampled one: exponential, so that every byte is as likely as any other. A block of w
// bytes is hit if the sampled byte is at most its last, which has probability 1 - e^(-w/rate). 0: every block is.
static uint64_t draw_gap(lab_heap_thread *self, uint64_t rate) {
  if (rate <= 1) return 0;
  uint64_t x = self->random;
  x ^= x << 13;
  x ^= x >> 7;
  x ^= x << 17;
  self->random = x;
  double uniform = ((double)(x >> 11) + 1) * 0x1p-53;
  double gap = -log(uniform) * (double)rate;
  return gap < 0x1p62 ? (uint64_t)gap + 1 : 1ull << 62;
}

static void join_session(lab_heap_thread *self, uint32_t active) {
  if (self->random == 0) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    uint64_t seed = (uint64_t)now.tv_nsec + (uint64_t)now.tv_sec * 1000000000 + (uintptr_t)self;
    seed = (seed ^ seed >> 30) * 0xBF58476D1CE4E5B9ull;
    seed = (seed ^ seed >> 27) * 0x94D049BB133111EBull;
    self->random = (seed ^ seed >> 31) | 1;
  }
  self->session = active;
  // The other counters for the sessions to come.
  for (uint32_t turn = 0; turn < LAB_HEAP_TURNS; turn++) self->countdown[turn] = 0;
  self->countdown[lab_heap_turn] = draw_gap(self, lab_heap_rate());
}

bool lab_heap_due(uint64_t size, uint32_t turn) {
  lab_heap_thread *self = &lab_heap_self;
  uint32_t active = LAB_LOAD(&lab_heap_active);
  uint64_t *countdown = &self->countdown[turn];
  *countdown += size;
  // Not begun yet, or over since the hook's entry.
  if (active == 0 || turn != lab_heap_turn) return false;
  if (self->busy) {
    lab_heap_count(&lab_heap_counts.reentered);
    return false;
  }
  lab_hold_while_stopped();
  bool sample = true;
  if (self->session == active && lab_heap_rate() == 1) return self->ignored == 0;
  enter(self);
  if (self->session != active) {
    // A thread that allocated nothing in six sessions began this one with the rest of the one before. If the rate is the
    // same, that was as good as a gap of this one.
    bool had_rest = *countdown != 0;
    join_session(self, active);
    sample = had_rest || size >= *countdown;
  }
  if (sample) *countdown = draw_gap(self, lab_heap_rate());
  else *countdown -= size;
  leave(self);
  return sample && self->ignored == 0;
}

void lab_heap_record(void *block, size_t size, const struct lab_registers *from) {
  lab_heap_thread *self = &lab_heap_self;
  enter(self);
  uint32_t bucket = lab_heap_bucket_from(from, lab_labels_here(), size), session = self->session;
  if (session == LAB_LOAD(&lab_heap_active)) {
    // Read before it is counted, so that a window has no more blocks alive than it saw allocated.
    uint32_t entry = lab_heap_entry(bucket, LAB_LOAD(&lab_heap_window), session);
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    // Counted first, so that no more seem freed than were allocated.
    lab_heap_bucket_allocated(bucket, session);
    if (!lab_heap_table_put(block, entry)) {
      lab_heap_bucket_freed(bucket, session, 1);
      lab_heap_count(&lab_heap_counts.lost);
    }
  }
  leave(self);
}

uint32_t lab_heap_forget(void *block) {
  uint32_t session = LAB_LOAD(&lab_heap_active), entry = lab_heap_table_take(block, session);
  if (lab_heap_entry_bucket(entry) != 0) lab_heap_bucket_freed(lab_heap_entry_bucket(entry), session, 1);
  return entry;
}

void lab_heap_remember(void *block, uint32_t entry) {
  uint32_t session = LAB_LOAD(&lab_heap_active);
  if (session == 0 || !lab_heap_entry_is_of(entry, session)) return;
  if (lab_heap_table_put(block, entry)) lab_heap_bucket_freed(lab_heap_entry_bucket(entry), session, -1);
}

void lab_heap_ignore_begin(void) { lab_heap_self.ignored++; }
void lab_heap_ignore_end(void) { lab_heap_self.ignored--; }

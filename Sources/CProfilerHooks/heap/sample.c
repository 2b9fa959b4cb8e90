// What happens to an allocation that is a sample.
//
// C, because it runs inside malloc and free. It calls the unwinder and the tables, none of which allocates or locks.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "heap/heap.h"
#include "lab_labels.h"
#include "threads/random.h"
#include "world/world.h"
#include <math.h>

_Atomic uint32_t lab_heap_active;
_Atomic uint32_t lab_heap_last_session;
_Atomic uint32_t lab_heap_window;
_Atomic uint32_t lab_heap_turn;
_Atomic uint32_t lab_heap_moving;
_Atomic uint32_t lab_heap_clears;

/// Bytes up to and with the next sampled one: exponential, so that every byte is as likely as any other. A block of w
/// bytes is hit if the sampled byte is at most its last, which has probability 1 - e^(-w/rate). 0: every block is.
static uint64_t draw_gap(struct lab_self *self, uint64_t rate) {
  if (rate <= 1) return 0;
  double gap = -log(lab_random(self)) * (double)rate;
  return gap < 0x1p62 ? (uint64_t)gap + 1 : 1ull << 62;
}

static void join_session(struct lab_self *self, uint32_t active) {
  self->heap_session = active;
  // The other counters for the sessions to come.
  for (uint32_t turn = 0; turn < LAB_HEAP_TURNS; turn++) self->countdown[turn] = 0;
  self->countdown[LAB_LOAD(&lab_heap_turn)] = draw_gap(self, lab_heap_rate());
}

bool lab_heap_due(uint64_t size, uint32_t turn) {
  struct lab_self *self = &lab_self;
  uint32_t active = LAB_LOAD(&lab_heap_active);
  uint64_t *countdown = &self->countdown[turn];
  *countdown += size;
  // Not begun yet, or over since the hook's entry.
  if (active == 0 || turn != LAB_LOAD(&lab_heap_turn)) return false;
  if (self->inside) {
    lab_lose(LAB_LOSS_heap_reentered, 1);
    return false;
  }
  lab_hold_while_stopped();
  bool sample = true;
  if (self->heap_session == active && lab_heap_rate() == 1) return self->ignored == 0;
  lab_enter();
  if (self->heap_session != active) {
    // A thread that allocated nothing in six sessions began this one with the rest of the one before. If the rate is
    // the same, that was as good as a gap of this one.
    bool had_rest = *countdown != 0;
    join_session(self, active);
    sample = had_rest || size >= *countdown;
  }
  if (sample) *countdown = draw_gap(self, lab_heap_rate());
  else *countdown -= size;
  lab_leave();
  return sample && self->ignored == 0;
}

void lab_heap_record(void *block, size_t size, const struct lab_registers *from) {
  if (!lab_enter()) return;
  uint32_t bucket = lab_heap_bucket_from(from, lab_labels_here(), size), session = lab_self.heap_session;
  if (session == LAB_LOAD(&lab_heap_active)) {
    // Read before it is counted, so that a window has no more blocks alive than it saw allocated.
    uint32_t entry = lab_heap_entry(bucket, LAB_LOAD(&lab_heap_window), session);
    atomic_signal_fence(memory_order_seq_cst);
    // Counted first, so that no more seem freed than were allocated.
    lab_heap_bucket_allocated(bucket, session);
    if (!lab_heap_table_put(block, entry)) {
      lab_heap_bucket_freed(bucket, session, 1);
      lab_lose(LAB_LOSS_heap_no_memory, 1);
    }
  }
  lab_leave();
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

void lab_heap_ignore_begin(void) { lab_self.ignored++; }
void lab_heap_ignore_end(void) { lab_self.ignored--; }
#endif

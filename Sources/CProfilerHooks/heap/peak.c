// The heap at the moment when most was in use.
//
// To copy all counts at every new peak would take a time that grows with their number. Instead each bucket notes what
// it had at the peak when it changes for the first time after: the peak has a number, its epoch, and a bucket that
// carries another one has not changed since. While use climbs, now is the peak, and nothing is noted; the first block
// that is freed begins the next epoch. Threads that change one bucket at once agree by one compare-and-swap.
//
// C, because it runs inside malloc and free. It reads the clock once an epoch.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/clock.h"
#include "heap/heap.h"

_Atomic bool lab_heap_follows_peak;
/// The epoch of the peak, from bit 1 on; bit 0: whether now is the peak.
static _Atomic uint64_t state;
/// Bytes in use, and the most there were: of what the samples stand for.
static _Atomic uint64_t live, peak;
static _Atomic int64_t peak_at;

enum { CLIMBS = 1, EPOCH_SHIFT = 1, NOTE_SHIFT = 32 };

void lab_heap_peak_open(bool follows) {
  LAB_STORE(&live, 0);
  LAB_STORE(&peak, 0);
  LAB_STORE(&peak_at, 0);
  // What buckets have noted is of earlier epochs.
  LAB_STORE(&state, ((LAB_LOAD(&state) >> EPOCH_SHIFT) + 1) << EPOCH_SHIFT | CLIMBS);
  atomic_store(&lab_heap_follows_peak, follows);
}

void lab_heap_peak_before_change(_Atomic uint64_t *note, uint64_t blocks, bool grows) {
  uint64_t now = LAB_ACQUIRE(&state);
  while (now & CLIMBS) {
    if (grows) return;
    if (!atomic_compare_exchange_weak(&state, &now, now + CLIMBS)) continue;
    LAB_STORE(&peak_at, (int64_t)lab_nanoseconds(CLOCK_REALTIME));
    now += CLIMBS;
  }
  uint32_t epoch = (uint32_t)(now >> EPOCH_SHIFT);
  uint64_t noted = LAB_LOAD(note);
  // Whoever changes it first notes what it had; whoever comes too late has read what is not of the peak any more.
  if (noted >> NOTE_SHIFT != epoch)
    atomic_compare_exchange_strong(note, &noted, (uint64_t)epoch << NOTE_SHIFT | (uint32_t)blocks);
}

void lab_heap_peak_after_change(int64_t bytes) {
  uint64_t now = atomic_fetch_add(&live, (uint64_t)bytes) + (uint64_t)bytes, most = LAB_LOAD(&peak);
  if (bytes <= 0 || now <= most) return;
  while (now > most)
    if (atomic_compare_exchange_weak(&peak, &most, now)) {
      atomic_fetch_or(&state, CLIMBS);
      return;
    }
}

uint64_t lab_heap_peak_blocks(uint64_t note, uint64_t blocks) {
  uint64_t now = LAB_ACQUIRE(&state);
  bool is_noted = !(now & CLIMBS) && note >> NOTE_SHIFT == (uint32_t)(now >> EPOCH_SHIFT);
  return is_noted ? (uint32_t)note : blocks;
}

int64_t lab_heap_peak_time(void) {
  if (!LAB_LOAD(&lab_heap_follows_peak)) return 0;
  return LAB_LOAD(&state) & CLIMBS ? (int64_t)lab_nanoseconds(CLOCK_REALTIME) : LAB_LOAD(&peak_at);
}
#endif

// What is counted: a bucket is a size below a stack, for the estimate of what a sample stands for is exact only when
// all of a bucket's blocks have one size.
//
// A stack lists its buckets; those with many keep the rest in a hash table. As with stacks, lists only grow, are read
// without locks and extended by one compare-and-swap. Their number is bounded; what does not fit goes to the overflow
// stack, by classes of size.
//
// C, because it is called inside malloc. It calls lab_own_map only.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "heap/heap.h"
#include "stacks/stacks.h"
#include <math.h>
#include <sys/single_threaded.h>

enum { BUCKETS = 1 << LAB_HEAP_BUCKET_BITS, LISTED = 8 };

#define OBJECT_FLAG 0x80000000u

struct bucket {
  uint64_t size;
  _Atomic uint64_t allocated, freed; ///< in the low 48 bits; above, the session they count for
  uint32_t stack;                    ///< with OBJECT_FLAG
  uint32_t next;
  uint32_t rank;
  _Atomic uint64_t at_peak;          ///< what it notes for peak.c
};

_Static_assert(LAB_HEAP_OVERFLOW_STACK == LAB_STACK_OVERFLOW, "the same for readers as for the table of stacks");

/// Bucket 0 is none; the overflow's buckets come first.
static struct bucket *buckets;
static _Atomic uint32_t *heads;
static _Atomic uint32_t used;
/// Sizes of the overflow stack: every 16 bytes up to 1 KiB, then 16 steps an octave.
#define OVERFLOW_CLASSES (64 + 16 * 54)

static uint32_t overflow_class(uint64_t size) {
  if (size <= 1024) return size == 0 ? 0 : (uint32_t)((size - 1) / 16);
  unsigned octave = 63 - (unsigned)__builtin_clzll(size - 1);
  return 64 + (octave - 10) * 16 + (uint32_t)((size - 1) >> (octave - 4) & 15);
}

static uint64_t overflow_size(uint32_t class) {
  if (class < 64) return ((uint64_t)class + 1) * 16;
  unsigned octave = (class - 64) / 16 + 10;
  return (1ull << octave) + ((uint64_t)((class - 64) % 16 + 1) << (octave - 4));
}

static uint32_t bucket_limit = BUCKETS;

void lab_heap_limit_buckets(uint32_t count) {
  bucket_limit = count < BUCKETS - OVERFLOW_CLASSES - 1 ? count + OVERFLOW_CLASSES + 1 : BUCKETS;
}

static bool map_tables(void) {
  char *memory = lab_own_map(BUCKETS * sizeof(struct bucket) + LAB_STACK_HEADS * sizeof *heads);
  if (memory == NULL) return false;
  struct bucket *fresh = (struct bucket *)memory;
  heads = (_Atomic uint32_t *)(fresh + BUCKETS);
  for (uint32_t class = 0; class < OVERFLOW_CLASSES; class++) {
    fresh[class + 1].size = overflow_size(class);
    fresh[class + 1].stack = LAB_STACK_OVERFLOW;
  }
  buckets = fresh;
  LAB_RELEASE(&used, OVERFLOW_CLASSES + 1);
  return true;
}

#define COUNT_BITS 48

static uint64_t none_of(uint32_t session) { return (uint64_t)session << COUNT_BITS; }
static bool counts_for(uint64_t counter, uint32_t session) { return counter >> COUNT_BITS == (uint16_t)session; }

bool lab_heap_buckets_open(uint32_t session) {
  if (!lab_stacks_open(&lab_stacks) || (buckets == NULL && !map_tables())) return false;
  // Stacks and sizes of an earlier session are kept, their counts are not.
  for (uint32_t i = 1, count = lab_heap_bucket_count(); i <= count; i++) {
    LAB_STORE(&buckets[i].allocated, none_of(session));
    LAB_STORE(&buckets[i].freed, none_of(session));
  }
  return true;
}

static uint32_t overflow_bucket(size_t size) {
  lab_lose(LAB_LOSS_heap_table_full, 1);
  return overflow_class(size) + 1;
}

static __attribute__((noinline)) uint32_t make_bucket(uint32_t stack, uint32_t flagged, size_t size) {
  uint32_t made = 0;
  for (;;) {
    _Atomic uint32_t *list = lab_stack_buckets(stack);
    uint32_t first = LAB_ACQUIRE(list);
    for (uint32_t i = first; i != 0; i = buckets[i].next)
      if (buckets[i].size == size && buckets[i].stack == flagged) return i;
    uint32_t rank = first == 0 ? 0 : buckets[first].rank + 1;
    if (rank == LISTED) {
      list = lab_head_of(heads, size, flagged);
      first = LAB_ACQUIRE(list);
      for (uint32_t i = first; i != 0; i = buckets[i].next)
        if (buckets[i].size == size && buckets[i].stack == flagged) return i;
    }
    if (made == 0 && (made = lab_claim(&used, bucket_limit)) == 0) return overflow_bucket(size);
    uint64_t none = none_of(LAB_LOAD(&lab_heap_active));
    struct bucket *b = &buckets[made];
    b->size = size;
    LAB_STORE(&b->allocated, none);
    LAB_STORE(&b->freed, none);
    b->stack = flagged;
    b->next = first;
    b->rank = rank;
    if (lab_publish(list, &first, made)) return made;
  }
}

uint32_t lab_heap_bucket_intern(uint32_t stack, bool object, size_t size) {
  if (LAB_UNLIKELY(stack == LAB_STACK_OVERFLOW)) return overflow_bucket(size);
  uint32_t flagged = object ? stack | OBJECT_FLAG : stack;
  for (uint32_t i = LAB_ACQUIRE(lab_stack_buckets(stack)); i != 0; i = buckets[i].next)
    if (buckets[i].size == size && buckets[i].stack == flagged) return i;
  return make_bucket(stack, flagged, size);
}

/// A step was added to another session's count: its own is over, or a thread of the one before made the bucket.
static __attribute__((noinline)) void mend(_Atomic uint64_t *counter, uint32_t session, uint64_t step) {
  if (session == 0 || session != LAB_LOAD(&lab_heap_active)) {
    atomic_fetch_sub_explicit(counter, step, memory_order_release);
    return;
  }
  uint64_t now = LAB_LOAD(counter);
  while (!counts_for(now, session))
    if (atomic_compare_exchange_strong_explicit(counter, &now, none_of(session) + step, memory_order_release,
                                                memory_order_relaxed))
      return;
  lab_count(counter, step);
}

/// An atomic addition costs as much as walking five frames; a program that has one thread is spared it.
static inline void add(_Atomic uint64_t *counter, uint32_t session, uint64_t step) {
  uint64_t before;
  // Released: a count that is not 0 says that the bucket is filled in, and is counted after the window was read.
  if (__libc_single_threaded) {
    before = LAB_LOAD(counter);
    LAB_RELEASE(counter, before + step);
  } else {
    before = atomic_fetch_add_explicit(counter, step, memory_order_release);
  }
  if (LAB_UNLIKELY(!counts_for(before, session))) mend(counter, session, step);
}

static uint64_t count_in(uint64_t counter) {
  return counts_for(counter, LAB_LOAD(&lab_heap_last_session)) ? counter & ((1ull << COUNT_BITS) - 1) : 0;
}

/// Freed before allocated, so that no more blocks seem freed than were allocated.
static uint64_t live_in(const struct bucket *bucket) {
  uint64_t freed = count_in(LAB_ACQUIRE(&bucket->freed)), allocated = count_in(LAB_ACQUIRE(&bucket->allocated));
  return freed < allocated ? allocated - freed : 0;
}

/// Adds to a counter of a bucket of whose live blocks there are then `more`, and has the peak followed.
static __attribute__((noinline)) void add_at_peak(struct bucket *bucket, _Atomic uint64_t *counter, uint32_t session,
                                                  uint64_t step, int more) {
  uint64_t size = bucket->size < 1 ? 1 : bucket->size;
  double bytes = lab_heap_rate() > 1 ? (double)size * lab_heap_scale((double)size) : (double)bucket->size;
  lab_heap_peak_before_change(&bucket->at_peak, live_in(bucket), more > 0);
  add(counter, session, step);
  lab_heap_peak_after_change((int64_t)bytes * more);
}

void lab_heap_bucket_allocated(uint32_t index, uint32_t session) {
  struct bucket *bucket = &buckets[index];
  if (LAB_UNLIKELY(LAB_LOAD(&lab_heap_follows_peak))) add_at_peak(bucket, &bucket->allocated, session, 1, 1);
  else add(&bucket->allocated, session, 1);
}

void lab_heap_bucket_freed(uint32_t index, uint32_t session, int count) {
  struct bucket *bucket = &buckets[index];
  uint64_t step = (uint64_t)(int64_t)count;
  if (LAB_UNLIKELY(LAB_LOAD(&lab_heap_follows_peak))) add_at_peak(bucket, &bucket->freed, session, step, -count);
  else add(&bucket->freed, session, step);
}

void lab_heap_bucket_prefetch(uint32_t index) { __builtin_prefetch(&buckets[index].freed, 1); }

uint32_t lab_heap_bucket_count(void) {
  uint32_t count = LAB_ACQUIRE(&used);
  return count == 0 ? 0 : (count < BUCKETS ? count : BUCKETS) - 1;
}

bool lab_heap_bucket_at(uint32_t index, lab_heap_bucket *out) {
  if (index == 0 || index > lab_heap_bucket_count()) return false;
  // Freed before allocated, so that no more blocks seem freed than were allocated.
  uint64_t freed = count_in(LAB_ACQUIRE(&buckets[index].freed));
  uint64_t allocated = count_in(LAB_ACQUIRE(&buckets[index].allocated));
  if (allocated == 0) return false;
  *out = (lab_heap_bucket){buckets[index].size, allocated, freed < allocated ? freed : allocated,
                           buckets[index].stack};
  return true;
}

uint64_t lab_heap_bucket_live_at_peak(uint32_t index) {
  if (index == 0 || index > lab_heap_bucket_count()) return 0;
  return lab_heap_peak_blocks(LAB_ACQUIRE(&buckets[index].at_peak), live_in(&buckets[index]));
}

bool lab_heap_makes_objects(uint32_t stack) { return (stack & OBJECT_FLAG) != 0; }

size_t lab_heap_stack_frames(uint32_t stack, uintptr_t *pcs, size_t capacity, uint64_t *labels) {
  return lab_stack_frames(&lab_stacks, stack & ~OBJECT_FLAG, pcs, capacity, labels);
}

double lab_heap_scale(double size) {
  double rate = (double)lab_heap_rate();
  return rate > 1 ? 1 / -expm1(-(size < 1 ? 1 : size) / rate) : 1;
}

void lab_heap_live(double *objects, double *bytes) {
  lab_heap_bucket b;
  *objects = *bytes = 0;
  for (uint32_t i = 1, count = lab_heap_bucket_count(); i <= count; i++) {
    if (!lab_heap_bucket_at(i, &b) || b.allocated == b.freed) continue;
    double size = (double)b.size, live = (double)(b.allocated - b.freed) * lab_heap_scale(size);
    *objects += live;
    *bytes += live * size;
  }
}

void lab_heap_buckets_statistics(lab_heap_statistics *out) {
  out->nodes = lab_stacks_count(&lab_stacks);
  out->buckets = lab_heap_bucket_count();
  out->own_bytes += lab_stacks_bytes(&lab_stacks) + out->buckets * sizeof(struct bucket) + LAB_STACK_HEADS * sizeof *heads;
}
#endif

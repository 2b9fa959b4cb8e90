// The bodies of the hooks before the program's allocator.
//
// They are called only while a profiler runs. Sampling, malloc and free cost a handful of instructions before the real
// ones; only the rare sample leaves this file. C, because these are libc's functions; they call the real ones and
// sample.c.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "heap/heap.h"
#include "hooks/hooks.h"
#include "world/world.h"

#if LAB_INTERPOSES
#include <errno.h>
#include <malloc.h>
#include <string.h>

// What programs linked before 2017 may still call: libc has it under its old version only.
LAB_TAKES_PLACE __attribute__((naked)) void cfree(void *block) {
  LAB_JUMP_THROUGH(lab_active, struct lab_functions, free);
}

LAB_TAKES_PLACE void *reallocarray(void *block, size_t count, size_t size) {
  size_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes)) return errno = ENOMEM, NULL;
  return lab_active.realloc(block, bytes);
}

// MARK: - While a profiler runs

/// Takes an allocation's size from the countdown; whether nothing is left, so that lab_heap_due must be asked if it is
/// a sample. Empty ones are samples if all are.
static inline __attribute__((always_inline)) bool runs_out(uint64_t size, uint32_t turn) {
  uint64_t *countdown = &lab_self.countdown[turn], before = *countdown;
  *countdown = before - size;
  return before <= size;
}

static inline __attribute__((always_inline)) bool is_sample(uint64_t size) {
  uint32_t turn = LAB_LOAD(&lab_heap_turn);
  return LAB_UNLIKELY(runs_out(size, turn)) && lab_heap_due(size, turn);
}

static inline __attribute__((always_inline)) void *recorded(void *block, size_t size) {
  if (block == NULL) return NULL;
  // Here, so that only this function lies between the program's and where the walk begins.
  struct lab_registers registers = lab_registers_here();
  lab_heap_record(block, size, &registers);
  return block;
}

/// What was in memory before, addresses of freed blocks among it, would mislead a leak scan: so blocks are cleared when
/// they are handed out, and when they are given back, since those of heaps from before the tracking count as roots.
/// Blocks beyond this size are not: the kernel hands most of them out zeroed, and clearing would touch every page.
#define CLEARED_BYTES (64 * 1024)

static LAB_HIDDEN void clear_from(char *block, size_t start) {
  size_t limit = malloc_usable_size(block);
  if (limit <= CLEARED_BYTES && start < limit) memset(block + start, 0, limit - start);
}

static inline __attribute__((always_inline)) void *cleared(void *block) {
  if (LAB_UNLIKELY(LAB_LOAD(&lab_heap_clears)) && block != NULL) clear_from(block, 0);
  return block;
}

/// A block that is not a sample: what is kept in mind of one that was freed there does not hold for it.
static inline __attribute__((always_inline)) void *passed(void *block) {
  if (LAB_UNLIKELY(LAB_LOAD(&lab_heap_clears)) && block != NULL) lab_heap_table_pass(block);
  return block;
}

static LAB_HIDDEN __attribute__((used)) void *due_malloc(size_t size, uint32_t turn) {
  if (!lab_heap_due(size, turn)) return passed(lab_real.malloc(size));
  return recorded(cleared(lab_real.malloc(size)), size);
}

/// The same as the other functions below, in four instructions: most programs call little else.
#define MALLOC_IN_TURN(turn)                                                                                       \
  static LAB_HIDDEN LAB_ALIGNED_JUMPS __attribute__((naked)) void *malloc_in_turn_##turn(size_t size) {            \
    LAB_COUNT_DOWN_AND_JUMP(lab_self, offsetof(struct lab_self, countdown[turn]), due_malloc, turn, lab_real,      \
                            struct lab_functions, malloc);                                                         \
  }
MALLOC_IN_TURN(0)
MALLOC_IN_TURN(1)
MALLOC_IN_TURN(2)
MALLOC_IN_TURN(3)
MALLOC_IN_TURN(4)
MALLOC_IN_TURN(5)
MALLOC_IN_TURN(6)
MALLOC_IN_TURN(7)

static void *(*const malloc_in_turn[LAB_HEAP_TURNS])(size_t) = {
    malloc_in_turn_0, malloc_in_turn_1, malloc_in_turn_2, malloc_in_turn_3,
    malloc_in_turn_4, malloc_in_turn_5, malloc_in_turn_6, malloc_in_turn_7,
};

/// `give_back` is one of the real functions. A block that was freed before is left as it is: to ask for its size could
/// crash, and libc would no longer see that the program frees it twice.
#define RECORDED_FREE(give_back)                                                                   \
  lab_hold_while_stopped();                                                                        \
  uint32_t session = LAB_LOAD(&lab_heap_active), entry = lab_heap_table_take(block, session);      \
  uint32_t bucket = lab_heap_entry_bucket(entry);                                                  \
  if (bucket != 0) lab_heap_bucket_prefetch(bucket);                                               \
  if (LAB_UNLIKELY(LAB_LOAD(&lab_heap_clears)) && !lab_heap_entry_is_freed(entry)) cleared(block); \
  lab_real.give_back;                                                                              \
  if (bucket != 0) lab_heap_bucket_freed(bucket, session, 1)

static LAB_HIDDEN __attribute__((used)) void recorded_free(void *block) { RECORDED_FREE(free(block)); }

void LAB_BODY(free_sized)(void *block, size_t size) {
  if (LAB_LIKELY(!lab_heap_may_track(block))) return lab_real.free_sized(block, size);
  RECORDED_FREE(free_sized(block, size));
}

void LAB_BODY(free_aligned_sized)(void *block, size_t alignment, size_t size) {
  if (LAB_LIKELY(!lab_heap_may_track(block))) return lab_real.free_aligned_sized(block, alignment, size);
  RECORDED_FREE(free_aligned_sized(block, alignment, size));
}

_Static_assert(sizeof lab_heap_filter == 1 << 14, "LAB_FILTER_AND_JUMP takes bits 4 to 17");

LAB_ALIGNED_JUMPS __attribute__((naked)) void LAB_BODY(free)(void *block) {
  LAB_FILTER_AND_JUMP(lab_heap_filter, recorded_free, lab_real, struct lab_functions, free);
}

void *LAB_BODY(calloc)(size_t count, size_t size) {
  size_t bytes;
  uint32_t turn = LAB_LOAD(&lab_heap_turn);
  if (__builtin_mul_overflow(count, size, &bytes) || LAB_LIKELY(!runs_out(bytes, turn)))
    return lab_real.calloc(count, size);
  if (!lab_heap_due(bytes, turn)) return passed(lab_real.calloc(count, size));
  return recorded(lab_real.calloc(count, size), bytes);
}

/// A realloc is the end of one block and an allocation of another, whether or not it moves.
void *LAB_BODY(realloc)(void *block, size_t size) {
  bool sample = is_sample(size);
  if (block == NULL || LAB_LIKELY(!lab_heap_may_track(block))) {
    void *fresh = lab_real.realloc(block, size);
    return sample ? recorded(fresh, size) : passed(fresh);
  }
  // Out of the table first: as soon as realloc has let go of the block, another thread may be given it.
  atomic_fetch_add(&lab_heap_moving, 1);
  uint32_t entry = lab_heap_forget(block);
  bool clears = LAB_LOAD(&lab_heap_clears) && !lab_heap_entry_is_freed(entry);
  size_t kept = clears ? malloc_usable_size(block) : 0;
  void *moved = lab_real.realloc(block, size);
  if (clears && moved != NULL) clear_from(moved, kept);
  if (moved == NULL && size != 0) {
    if (lab_heap_entry_bucket(entry) != 0) lab_heap_remember(block, entry);
    else passed(block);
  } else if (sample && moved != NULL) {
    recorded(moved, size);
  } else {
    passed(moved);
  }
  atomic_fetch_sub(&lab_heap_moving, 1);
  return moved;
}

#define SAMPLING(call)                                         \
  uint32_t turn = LAB_LOAD(&lab_heap_turn);                    \
  if (LAB_LIKELY(!runs_out(size, turn))) return lab_real.call; \
  if (!lab_heap_due(size, turn)) return passed(lab_real.call); \
  return recorded(cleared(lab_real.call), size)

void *LAB_BODY(memalign)(size_t alignment, size_t size) { SAMPLING(memalign(alignment, size)); }
void *LAB_BODY(aligned_alloc)(size_t alignment, size_t size) {
  SAMPLING(aligned_alloc(alignment, size));
}
void *LAB_BODY(valloc)(size_t size) { SAMPLING(valloc(size)); }
void *LAB_BODY(pvalloc)(size_t size) { SAMPLING(pvalloc(size)); }

int LAB_BODY(posix_memalign)(void **out, size_t alignment, size_t size) {
  bool sample = is_sample(size);
  int error = lab_real.posix_memalign(out, alignment, size);
  if (error != 0) return error;
  if (sample) recorded(cleared(*out), size);
  else passed(*out);
  return 0;
}

void *LAB_BODY(malloc)(size_t size) __attribute__((alias("malloc_in_turn_0")));

void lab_heap_hooks_switch(bool on) {
  lab_bodies.malloc = malloc_in_turn[LAB_LOAD(&lab_heap_turn)];
  lab_hooks_switch(LAB_ENGINE(heap), on);
}
#else
void lab_heap_hooks_switch(bool on) { (void)on; }
#endif
#endif

// The functions that stand before the program's allocator.
//
// Each jumps through a table, so that it costs one jump while no profiler runs, and none where heap_slots.c spares it
// that. Sampling, malloc and free cost a handful of instructions before the real ones; only the rare sample leaves this
// file. C, because these are libc's functions; they call the real ones and heap_sample.c.
#include "base/arch_x86_64.h"
#include "heap/heap.h"
#include "base/hidden.h"

#if LAB_INTERPOSES
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

// A function of libc that we stand before. Left out of stacks, so that these begin with its caller.
#define LAB_HOOK __attribute__((visibility("default"))) LAB_HIDDEN

#define LAB_STANDS_BEFORE(result, function, ...)                        \
  LAB_HOOK __attribute__((naked)) result function(__VA_ARGS__) {        \
    LAB_JUMP_THROUGH(lab_calls, lab_heap_allocator, function);          \
  }

LAB_STANDS_BEFORE(void *, malloc, size_t size)
LAB_STANDS_BEFORE(void, free, void *block)
LAB_STANDS_BEFORE(void *, calloc, size_t count, size_t size)
LAB_STANDS_BEFORE(void *, realloc, void *block, size_t size)
LAB_STANDS_BEFORE(void *, memalign, size_t alignment, size_t size)
LAB_STANDS_BEFORE(void *, aligned_alloc, size_t alignment, size_t size)
LAB_STANDS_BEFORE(void *, valloc, size_t size)
LAB_STANDS_BEFORE(void *, pvalloc, size_t size)
LAB_STANDS_BEFORE(int, posix_memalign, void **out, size_t alignment, size_t size)
// Of C23: some allocators have them, and so does libc from 2.43 on.
LAB_STANDS_BEFORE(void, free_sized, void *block, size_t size)
LAB_STANDS_BEFORE(void, free_aligned_sized, void *block, size_t alignment, size_t size)

// What programs linked before 2017 may still call: libc has it under its old version only.
LAB_HOOK __attribute__((naked)) void cfree(void *block) {
  LAB_JUMP_THROUGH(lab_calls, lab_heap_allocator, free);
}

LAB_HOOK void *reallocarray(void *block, size_t count, size_t size) {
  size_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes)) return errno = ENOMEM, NULL;
  return LAB_LOAD(&lab_calls.realloc)(block, bytes);
}

// MARK: - While a profiler runs

// Takes an allocation's size from the countdown; whether nothing is left, so that lab_heap_due must be asked if it is a
// sample. Empty ones are samples if all are.
static inline __attribute__((always_inline)) bool runs_out(uint64_t size, uint32_t turn) {
  uint64_t *countdown = &lab_heap_self.countdown[turn], before = *countdown;
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

// What was in memory before, addresses of freed blocks among it, would mislead a leak scan: so blocks are cleared when
// they are handed out, and when they are given back, since those of heaps from before the tracking count as roots. Blocks
// beyond this size are not: the kernel hands most of them out zeroed, and clearing would touch every page.
#define CLEARED_BYTES (64 * 1024)

static LAB_HIDDEN void clear_from(char *block, size_t start) {
  size_t limit = malloc_usable_size(block);
  if (limit <= CLEARED_BYTES && start < limit) memset(block + start, 0, limit - start);
}

static inline __attribute__((always_inline)) void *cleared(void *block) {
  if (LAB_UNLIKELY(LAB_LOAD(&lab_heap_clears)) && block != NULL) clear_from(block, 0);
  return block;
}

// A block that is not a sample: what is kept in mind of one that was freed there does not hold for it.
static inline __attribute__((always_inline)) void *passed(void *block) {
  if (LAB_UNLIKELY(LAB_LOAD(&lab_heap_clears)) && block != NULL) lab_heap_table_pass(block);
  return block;
}

static LAB_HIDDEN __attribute__((used)) void *due_malloc(size_t size, uint32_t turn) {
  if (!lab_heap_due(size, turn)) return passed(lab_real.malloc(size));
  return recorded(cleared(lab_real.malloc(size)), size);
}

// The same as the other functions below, in four instructions: most programs call little else.
#define MALLOC_IN_TURN(turn)                                                                                       \
  static LAB_HIDDEN LAB_ALIGNED_JUMPS __attribute__((naked)) void *malloc_in_turn_##turn(size_t size) {            \
    LAB_COUNT_DOWN_AND_JUMP(lab_heap_self, offsetof(lab_heap_thread, countdown[turn]), due_malloc, turn, lab_real, \
                            lab_heap_allocator, malloc);                                                           \
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

// `give_back` is one of the real functions. A block that was freed before is left as it is: to ask for its size could
// crash, and libc would no longer see that the program frees it twice.
#define RECORDED_FREE(give_back)                                                              \
  lab_hold_while_stopped();                                                                   \
  uint32_t session = LAB_LOAD(&lab_heap_active), entry = lab_heap_table_take(block, session); \
  uint32_t bucket = lab_heap_entry_bucket(entry);                                             \
  if (bucket != 0) lab_heap_bucket_prefetch(bucket);                                          \
  if (!lab_heap_entry_is_freed(entry)) cleared(block);                                        \
  lab_real.give_back;                                                                         \
  if (bucket != 0) lab_heap_bucket_freed(bucket, session, 1)

static LAB_HIDDEN __attribute__((used)) void recorded_free(void *block) { RECORDED_FREE(free(block)); }

static LAB_HIDDEN void sampling_free_sized(void *block, size_t size) {
  if (LAB_LIKELY(!lab_heap_may_track(block))) return lab_real.free_sized(block, size);
  RECORDED_FREE(free_sized(block, size));
}

static LAB_HIDDEN void sampling_free_aligned_sized(void *block, size_t alignment, size_t size) {
  if (LAB_LIKELY(!lab_heap_may_track(block))) return lab_real.free_aligned_sized(block, alignment, size);
  RECORDED_FREE(free_aligned_sized(block, alignment, size));
}

_Static_assert(sizeof lab_heap_filter == 1 << 14, "LAB_FILTER_AND_JUMP takes bits 4 to 17");

static LAB_HIDDEN LAB_ALIGNED_JUMPS __attribute__((naked)) void sampling_free(void *block) {
  LAB_FILTER_AND_JUMP(lab_heap_filter, recorded_free, lab_real, lab_heap_allocator, free);
}

static LAB_HIDDEN void *sampling_calloc(size_t count, size_t size) {
  size_t bytes;
  uint32_t turn = LAB_LOAD(&lab_heap_turn);
  if (__builtin_mul_overflow(count, size, &bytes) || LAB_LIKELY(!runs_out(bytes, turn)))
    return lab_real.calloc(count, size);
  if (!lab_heap_due(bytes, turn)) return passed(lab_real.calloc(count, size));
  return recorded(lab_real.calloc(count, size), bytes);
}

// A realloc is the end of one block and an allocation of another, whether or not it moves.
static LAB_HIDDEN void *sampling_realloc(void *block, size_t size) {
  bool sample = is_sample(size);
  if (block == NULL || LAB_LIKELY(!lab_heap_may_track(block))) {
    void *fresh = lab_real.realloc(block, size);
    return sample ? recorded(fresh, size) : passed(fresh);
  }
  // Out of the table first: as soon as realloc has let go of the block, another thread may be given it.
  __atomic_fetch_add(&lab_heap_moving, 1, __ATOMIC_SEQ_CST);
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
  __atomic_fetch_sub(&lab_heap_moving, 1, __ATOMIC_SEQ_CST);
  return moved;
}

#define SAMPLING(call)                                         \
  uint32_t turn = LAB_LOAD(&lab_heap_turn);                    \
  if (LAB_LIKELY(!runs_out(size, turn))) return lab_real.call; \
  if (!lab_heap_due(size, turn)) return passed(lab_real.call); \
  return recorded(cleared(lab_real.call), size)

static LAB_HIDDEN void *sampling_memalign(size_t alignment, size_t size) { SAMPLING(memalign(alignment, size)); }
static LAB_HIDDEN void *sampling_aligned_alloc(size_t alignment, size_t size) {
  SAMPLING(aligned_alloc(alignment, size));
}
static LAB_HIDDEN void *sampling_valloc(size_t size) { SAMPLING(valloc(size)); }
static LAB_HIDDEN void *sampling_pvalloc(size_t size) { SAMPLING(pvalloc(size)); }

static LAB_HIDDEN int sampling_posix_memalign(void **out, size_t alignment, size_t size) {
  bool sample = is_sample(size);
  int error = lab_real.posix_memalign(out, alignment, size);
  if (error != 0) return error;
  if (sample) recorded(cleared(*out), size);
  else passed(*out);
  return 0;
}

void lab_heap_hooks_switch(bool on) {
  // Finds the real functions if nobody has allocated yet.
  lab_calls.free(lab_calls.malloc(1));
  const lab_heap_allocator sampling = {
      .malloc = malloc_in_turn[lab_heap_turn], .free = sampling_free, .calloc = sampling_calloc,
      .realloc = sampling_realloc, .memalign = sampling_memalign, .aligned_alloc = sampling_aligned_alloc,
      .posix_memalign = sampling_posix_memalign, .valloc = sampling_valloc, .pvalloc = sampling_pvalloc,
      .free_sized = sampling_free_sized, .free_aligned_sized = sampling_free_aligned_sized,
  };
  // Word by word, for other threads jump through it.
  void **calls = (void **)&lab_calls, *const *to = (void *const *)(on ? &sampling : &lab_real);
  for (size_t i = 0; i < sizeof sampling / sizeof *to; i++) __atomic_store_n(&calls[i], to[i], __ATOMIC_SEQ_CST);
  lab_heap_slots_follow();
}
#else
void lab_heap_hooks_switch(bool on) { (void)on; }
#endif

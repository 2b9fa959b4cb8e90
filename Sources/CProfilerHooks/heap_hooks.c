// The functions that stand before the program's allocator.
//
// Each jumps through a table, so that it costs one jump while no profiler runs. Sampling, it costs a subtraction and a
// branch; only the rare sample leaves this file. C, because these are libc's functions; they call the real ones and
// heap_sample.c.
#include "arch.h"
#include "heap.h"
#include "hidden.h"

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

LAB_HOOK void *reallocarray(void *block, size_t count, size_t size) {
  size_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes)) return errno = ENOMEM, NULL;
  return LAB_LOAD(&lab_calls.realloc)(block, bytes);
}

// MARK: - While a profiler runs

// Whether an allocation of `size` bytes surely is no sample. If not, lab_heap_due tells.
static inline __attribute__((always_inline)) bool passes(uint64_t size) {
  lab_heap_thread *self = &lab_heap_self;
  if (LAB_UNLIKELY(size >= self->countdown || self->generation != LAB_LOAD(&lab_heap_active))) return false;
  self->countdown -= size;
  return true;
}

// Whether it is one. Empty ones are if all are.
static inline __attribute__((always_inline)) bool is_sample(uint64_t size) {
  return LAB_UNLIKELY(!passes(size)) && lab_heap_due(LAB_LOAD(&lab_heap_active), size);
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

// Apart from the common case, which so keeps no register across a call.
static LAB_HIDDEN void *due_malloc(size_t size) {
  if (!lab_heap_due(LAB_LOAD(&lab_heap_active), size)) return lab_real.malloc(size);
  return recorded(cleared(lab_real.malloc(size)), size);
}

static LAB_HIDDEN void *sampling_malloc(size_t size) {
  return LAB_LIKELY(passes(size)) ? lab_real.malloc(size) : due_malloc(size);
}

static LAB_HIDDEN void recorded_free(void *block) {
  uint32_t bucket = lab_heap_table_take(block);
  if (bucket != 0) lab_heap_bucket_prefetch(bucket);
  cleared(block);
  lab_real.free(block);
  if (bucket != 0) lab_heap_bucket_freed(bucket, 1);
}

static LAB_HIDDEN void sampling_free(void *block) {
  if (LAB_LIKELY(!lab_heap_may_track(block))) lab_real.free(block);
  else recorded_free(block);
}

static LAB_HIDDEN void *sampling_calloc(size_t count, size_t size) {
  size_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes) || LAB_LIKELY(!is_sample(bytes)))
    return lab_real.calloc(count, size);
  return recorded(lab_real.calloc(count, size), bytes);
}

// A realloc is the end of one block and an allocation of another, whether or not it moves.
static LAB_HIDDEN void *sampling_realloc(void *block, size_t size) {
  bool sample = is_sample(size);
  if (block == NULL || LAB_LIKELY(!lab_heap_may_track(block))) {
    void *fresh = lab_real.realloc(block, size);
    return sample ? recorded(fresh, size) : fresh;
  }
  // Out of the table first: as soon as realloc has let go of the block, another thread may be given it.
  __atomic_fetch_add(&lab_heap_moving, 1, __ATOMIC_SEQ_CST);
  uint32_t bucket = lab_heap_forget(block);
  bool clears = LAB_LOAD(&lab_heap_clears);
  size_t kept = clears ? malloc_usable_size(block) : 0;
  void *moved = lab_real.realloc(block, size);
  if (clears && moved != NULL) clear_from(moved, kept);
  if (moved == NULL && size != 0) {
    if (bucket != 0) lab_heap_remember(block, bucket);
  } else if (sample && moved != NULL) {
    recorded(moved, size);
  }
  __atomic_fetch_sub(&lab_heap_moving, 1, __ATOMIC_SEQ_CST);
  return moved;
}

#define SAMPLING(call)                                       \
  if (LAB_LIKELY(!is_sample(size))) return lab_real.call;    \
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
  if (sample && error == 0) recorded(cleared(*out), size);
  return error;
}

#define SET(function, to) __atomic_store_n(&lab_calls.function, to, __ATOMIC_SEQ_CST)

// Whoever can free a tracked block must take it out of the table, so free comes first and goes last.
void lab_heap_hooks_switch(bool on) {
  // Finds the real functions if nobody has allocated yet.
  free(malloc(1));
  if (on) SET(free, sampling_free);
  SET(realloc, on ? sampling_realloc : lab_real.realloc);
  SET(malloc, on ? sampling_malloc : lab_real.malloc);
  SET(calloc, on ? sampling_calloc : lab_real.calloc);
  SET(memalign, on ? sampling_memalign : lab_real.memalign);
  SET(aligned_alloc, on ? sampling_aligned_alloc : lab_real.aligned_alloc);
  SET(posix_memalign, on ? sampling_posix_memalign : lab_real.posix_memalign);
  SET(valloc, on ? sampling_valloc : lab_real.valloc);
  SET(pvalloc, on ? sampling_pvalloc : lab_real.pvalloc);
  if (!on) SET(free, lab_real.free);
}
#else
void lab_heap_hooks_switch(bool on) { (void)on; }
#endif

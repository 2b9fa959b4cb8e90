// The functions that stand before the program's allocator.
//
// Off, each costs a load and a branch that is never taken. Sampling, a subtraction and another; only the rare sample
// leaves this file. C, because these are libc's functions; they call the real ones and heap_sample.c.
#include "heap.h"
#include "hidden.h"

#if LAB_INTERPOSES
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>

// A function of libc that we stand before. Left out of stacks, so that these begin with its caller.
#define LAB_HOOK __attribute__((visibility("default"))) LAB_HIDDEN

// Whether an allocation of `size` bytes is a sample. A size of zero weighs one byte, or it would never be seen.
static inline __attribute__((always_inline)) bool is_sample(uint32_t active, uint64_t size) {
  uint64_t weight = size + (size == 0);
  lab_heap_thread *self = &lab_heap_self;
  if (LAB_LIKELY(self->generation == active && weight <= self->countdown)) {
    self->countdown -= weight;
    return false;
  }
  return lab_heap_due(active, weight);
}

static inline __attribute__((always_inline)) void *recorded(void *block, size_t size) {
  if (block != NULL) lab_heap_record(block, size);
  return block;
}

LAB_HOOK void *malloc(size_t size) {
  uint32_t active = LAB_LOAD(&lab_heap_active);
  if (LAB_LIKELY(active == 0) || LAB_LIKELY(!is_sample(active, size))) return lab_real.malloc(size);
  return recorded(lab_real.malloc(size), size);
}

LAB_HOOK void free(void *block) {
  if (LAB_UNLIKELY(LAB_LOAD(&lab_heap_active) != 0) && LAB_UNLIKELY(lab_heap_may_track(block)))
    lab_heap_forget(block);
  lab_real.free(block);
}

LAB_HOOK void *calloc(size_t count, size_t size) {
  uint32_t active = LAB_LOAD(&lab_heap_active);
  size_t bytes;
  if (LAB_LIKELY(active == 0) || __builtin_mul_overflow(count, size, &bytes) || LAB_LIKELY(!is_sample(active, bytes)))
    return lab_real.calloc(count, size);
  return recorded(lab_real.calloc(count, size), bytes);
}

// A realloc is the end of one block and an allocation of another, whether or not it moves.
static LAB_HIDDEN void *realloc_active(uint32_t active, void *block, size_t size) {
  bool sample = is_sample(active, size);
  if (block == NULL || !lab_heap_may_track(block)) {
    void *fresh = lab_real.realloc(block, size);
    return sample ? recorded(fresh, size) : fresh;
  }
  // Out of the table first: as soon as realloc has let go of the block, another thread may be given it.
  __atomic_fetch_add(&lab_heap_moving, 1, __ATOMIC_SEQ_CST);
  uint32_t bucket = lab_heap_forget(block);
  void *moved = lab_real.realloc(block, size);
  if (moved == NULL && size != 0) {
    if (bucket != 0) lab_heap_remember(block, bucket);
  } else if (sample && moved != NULL) {
    lab_heap_record(moved, size);
  }
  __atomic_fetch_sub(&lab_heap_moving, 1, __ATOMIC_SEQ_CST);
  return moved;
}

LAB_HOOK void *realloc(void *block, size_t size) {
  uint32_t active = LAB_LOAD(&lab_heap_active);
  if (LAB_LIKELY(active == 0)) return lab_real.realloc(block, size);
  return realloc_active(active, block, size);
}

LAB_HOOK void *reallocarray(void *block, size_t count, size_t size) {
  size_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes)) return errno = ENOMEM, NULL;
  uint32_t active = LAB_LOAD(&lab_heap_active);
  if (LAB_LIKELY(active == 0)) return lab_real.realloc(block, bytes);
  return realloc_active(active, block, bytes);
}

#define ALIGNED(call)                                                                                       \
  uint32_t active = LAB_LOAD(&lab_heap_active);                                                             \
  if (LAB_LIKELY(active == 0) || LAB_LIKELY(!is_sample(active, size))) return call;                         \
  return recorded(call, size)

LAB_HOOK void *memalign(size_t alignment, size_t size) { ALIGNED(lab_real.memalign(alignment, size)); }
LAB_HOOK void *aligned_alloc(size_t alignment, size_t size) { ALIGNED(lab_real.aligned_alloc(alignment, size)); }
LAB_HOOK void *valloc(size_t size) { ALIGNED(lab_real.valloc(size)); }
LAB_HOOK void *pvalloc(size_t size) { ALIGNED(lab_real.pvalloc(size)); }

LAB_HOOK int posix_memalign(void **out, size_t alignment, size_t size) {
  uint32_t active = LAB_LOAD(&lab_heap_active);
  int error = lab_real.posix_memalign(out, alignment, size);
  if (LAB_UNLIKELY(active != 0) && error == 0 && is_sample(active, size)) lab_heap_record(*out, size);
  return error;
}
#endif

// Tells Swift objects from other blocks, and reads memory that may go away while it is read.
//
// C, because the search for leaks does it with all threads stopped. Except where said, it calls process_vm_readv only.
#include "heap.h"
#include <errno.h>
#include <sys/uio.h>
#include <unistd.h>
#include <unwind.h>

// From libswiftCore. Weak: C programs have none.
extern void *swift_allocObject(const void *metadata, size_t size, size_t alignment_mask) __attribute__((weak));

bool lab_heap_makes_objects(uint32_t stack) {
  // swift_slowAlloc stands between malloc and swift_allocObject, and what a debug build of the runtime adds.
  uintptr_t pcs[4];
  size_t count = lab_heap_stack_frames(stack, pcs, sizeof pcs / sizeof *pcs, NULL);
  for (size_t i = 0; i < count && swift_allocObject != NULL; i++)
    if (_Unwind_FindEnclosingFunction((void *)(pcs[i] - 1)) == (void *)swift_allocObject) return true;
  return false;
}

bool lab_read_memory(uintptr_t address, void *out, size_t bytes) {
  struct iovec to = {out, bytes}, from = {(void *)address, bytes};
  int error = errno;
  bool whole = process_vm_readv(getpid(), &to, 1, &from, 1, 0) == (ssize_t)bytes;
  errno = error;
  return whole;
}

#define BATCH 256

void lab_heap_first_words(const lab_heap_block *blocks, size_t count, uintptr_t *words) {
  int error = errno;
  pid_t self = getpid();
  struct iovec from[BATCH];
  for (size_t done = 0; done < count;) {
    size_t batch = count - done < BATCH ? count - done : BATCH;
    for (size_t i = 0; i < batch; i++) from[i] = (struct iovec){(void *)blocks[done + i].address, sizeof *words};
    struct iovec to = {words + done, batch * sizeof *words};
    ssize_t bytes = process_vm_readv(self, &to, 1, from, batch, 0);
    size_t whole = bytes < 0 ? 0 : (size_t)bytes / sizeof *words;
    // The kernel stops at the first word it cannot read; that one is none, and on with the next.
    if (whole < batch) words[done + whole++] = 0;
    // Freed meanwhile, and perhaps given to another: what was read says nothing.
    for (size_t i = done; i < done + whole; i++)
      if (lab_heap_table_bucket(blocks[i].address) != blocks[i].bucket || blocks[i].size < 2 * sizeof *words)
        words[i] = 0;
    done += whole;
  }
  errno = error;
}

// Reads memory that may go away while it is read: blocks that other threads free, pointers that may be none.
//
// C, because the search for leaks does it with all threads stopped. It calls process_vm_readv only.
#include "heap/heap.h"
#include <errno.h>
#include <sys/uio.h>
#include <unistd.h>

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

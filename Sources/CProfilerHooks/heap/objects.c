// Reads what blocks begin with, which other threads may free meanwhile.
//
// C, because the kernel is asked for many at once. It asks the kernel only.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/system_call.h"
#include "heap/heap.h"
#include <sys/uio.h>
#include <unistd.h>

#define BATCH 256

void lab_heap_first_words(const lab_heap_block *blocks, size_t count, uintptr_t *words) {
  pid_t self = getpid();
  struct iovec from[BATCH];
  for (size_t done = 0; done < count;) {
    size_t batch = count - done < BATCH ? count - done : BATCH;
    for (size_t i = 0; i < batch; i++) from[i] = (struct iovec){(void *)blocks[done + i].address, sizeof *words};
    struct iovec to = {words + done, batch * sizeof *words};
    long bytes = lab_system_call(SYS_process_vm_readv, self, &to, 1, from, batch, 0);
    size_t whole = bytes < 0 ? 0 : (size_t)bytes / sizeof *words;
    // The kernel stops at the first word it cannot read; that one is none, and on with the next.
    if (whole < batch) words[done + whole++] = 0;
    // Freed meanwhile, and perhaps given to another: what was read says nothing.
    for (size_t i = done; i < done + whole; i++)
      if (lab_heap_table_bucket(blocks[i].address) != blocks[i].bucket || blocks[i].size < 2 * sizeof *words)
        words[i] = 0;
    done += whole;
  }
}
#endif

// The profiler's own memory, apart from the program's heap.
//
// C, because it is called inside malloc. It calls mmap and munmap only.
#include "heap/heap.h"
#include <errno.h>
#include <sys/mman.h>

// More mappings than this are made but not listed; the profiler makes a few dozen.
#define REGIONS 4096
static lab_own_region regions[REGIONS];

void *lab_own_map(size_t bytes) {
  int error = errno;
  void *start =
      mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  errno = error;
  if (start == MAP_FAILED) return NULL;
  for (size_t i = 0; i < REGIONS; i++) {
    uintptr_t none = 0;
    if (!__atomic_compare_exchange_n(&regions[i].start, &none, (uintptr_t)start, false, __ATOMIC_ACQ_REL,
                                     __ATOMIC_RELAXED))
      continue;
    __atomic_store_n(&regions[i].limit, (uintptr_t)start + bytes, __ATOMIC_RELEASE);
    break;
  }
  return start;
}

void lab_own_unmap(void *start, size_t bytes) {
  if (start == NULL) return;
  for (size_t i = 0; i < REGIONS; i++) {
    if (LAB_LOAD(&regions[i].start) != (uintptr_t)start) continue;
    LAB_STORE(&regions[i].limit, 0);
    __atomic_store_n(&regions[i].start, 0, __ATOMIC_RELEASE);
    break;
  }
  int error = errno;
  munmap(start, bytes);
  errno = error;
}

size_t lab_own_regions(lab_own_region *out, size_t capacity) {
  size_t count = 0;
  for (size_t i = 0; i < REGIONS; i++) {
    uintptr_t start = __atomic_load_n(&regions[i].start, __ATOMIC_ACQUIRE);
    uintptr_t limit = __atomic_load_n(&regions[i].limit, __ATOMIC_ACQUIRE);
    if (start == 0 || limit <= start) continue;
    if (count < capacity) out[count] = (lab_own_region){start, limit};
    count++;
  }
  return count;
}

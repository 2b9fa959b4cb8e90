// The profiler's own memory, apart from the program's heap.
//
// C, because it is called inside malloc. It calls the kernel only.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/atomics.h"
#include "base/system_call.h"
#include "lab_memory.h"
#include <sys/mman.h>

// More mappings than this are made but not listed; the profiler makes a few dozen.
enum { REGIONS = 4096 };
static struct {
  _Atomic uintptr_t start, limit;
} regions[REGIONS];

void *lab_own_map(size_t bytes) {
  long start = lab_system_call(SYS_mmap, NULL, bytes, PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (lab_is_refusal(start)) return NULL;
  for (size_t i = 0; i < REGIONS; i++) {
    uintptr_t none = 0;
    if (!atomic_compare_exchange_strong_explicit(&regions[i].start, &none, (uintptr_t)start, memory_order_acq_rel,
                                                 memory_order_relaxed))
      continue;
    LAB_RELEASE(&regions[i].limit, (uintptr_t)start + bytes);
    break;
  }
  return (void *)start;
}

void lab_own_unmap(void *start, size_t bytes) {
  if (start == NULL) return;
  for (size_t i = 0; i < REGIONS; i++) {
    if (LAB_LOAD(&regions[i].start) != (uintptr_t)start) continue;
    LAB_STORE(&regions[i].limit, 0);
    LAB_RELEASE(&regions[i].start, 0);
    break;
  }
  lab_system_call(SYS_munmap, start, bytes);
}

size_t lab_own_regions(lab_own_region *out, size_t capacity) {
  size_t count = 0;
  for (size_t i = 0; i < REGIONS; i++) {
    uintptr_t start = LAB_ACQUIRE(&regions[i].start), limit = LAB_ACQUIRE(&regions[i].limit);
    if (start == 0 || limit <= start) continue;
    if (count < capacity) out[count] = (lab_own_region){start, limit};
    count++;
  }
  return count;
}
#endif

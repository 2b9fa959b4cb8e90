// C because Swift has no weak references to functions: beside a sanitizer nobody defines these.
#include "include/AllocatorCalls.h"

extern void free_sized(void *, size_t) __attribute__((weak));
extern void free_aligned_sized(void *, size_t, size_t) __attribute__((weak));
extern void cfree(void *) __attribute__((weak));

bool call_free_sized(void *block, size_t size) {
  if (!free_sized) return false;
  free_sized(block, size);
  return true;
}

bool call_free_aligned_sized(void *block, size_t alignment, size_t size) {
  if (!free_aligned_sized) return false;
  free_aligned_sized(block, alignment, size);
  return true;
}

bool call_cfree(void *block) {
  if (!cfree) return false;
  cfree(block);
  return true;
}

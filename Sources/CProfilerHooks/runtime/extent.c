// C because hooks ask whether addresses lie in functions of the runtime.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "runtime/extent.h"
#include <stddef.h>
#include <unwind.h>

struct lab_extent lab_extent_of(void *function) {
  struct lab_extent f = {(uintptr_t)function, (uintptr_t)function};
  if (function == NULL) return f;
  for (size_t reach = 4096; reach > 0; reach /= 2)
    while (_Unwind_FindEnclosingFunction((void *)(f.end + reach)) == function) f.end += reach;
  f.end++;
  return f;
}
#endif

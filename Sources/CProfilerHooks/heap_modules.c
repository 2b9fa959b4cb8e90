// Remembers which modules were loaded when one is about to go: samples taken in it are named after it has gone.
//
// C, because dlclose is libc's. Runs outside of handlers and of malloc; calls Swift, which allocates.
#include "heap.h"
#include "sanitizers.h"
#include <dlfcn.h>

#if LAB_INTERPOSES
__attribute__((visibility("default"))) int dlclose(void *handle) {
  static int (*real)(void *);
  if (real == NULL) *(void **)&real = dlsym(RTLD_NEXT, "dlclose");
  if (LAB_LOAD(&lab_heap_active) != 0 && lab_heap_remember_images != NULL) {
    lab_heap_ignore_begin();
    lab_heap_remember_images();
    lab_heap_ignore_end();
  }
  return real == NULL ? -1 : real(handle);
}
#endif

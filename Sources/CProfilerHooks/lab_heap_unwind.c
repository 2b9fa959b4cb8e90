// A frame-pointer walk that stands in where no better unwinder is linked.
//
// C, because it runs inside malloc. It calls nothing.
#include "lab_heap_private.h"
#include "lab_heap_unwind.h"

__attribute__((weak, noinline)) int lab_unwind_here(uintptr_t *pcs, int max) {
  uintptr_t frame = (uintptr_t)__builtin_frame_address(0), limit = frame + (8u << 20);
  int count = 0;
  while (count < max) {
    uintptr_t next = ((uintptr_t *)frame)[0] & ~(1ull << 60), pc = ((uintptr_t *)frame)[1];
    if (pc < 4096) break;
    pcs[count++] = pc;
    if (next <= frame || next > limit || (next & 7)) break;
    frame = next;
  }
  return count;
}

__attribute__((weak)) void lab_unwind_prepare(void) {}

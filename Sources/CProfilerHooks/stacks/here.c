// The stack of whoever asks.
//
// C because hooks ask, and because frames of the profiler's own are left out by their addresses. Async-signal-safe but for
// the preparation. It calls the walker.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "lab_stacks.h"
#include "base/hidden.h"
#include "lab_labels.h"
#include "lab_unwind.h"
#include "stacks/stacks.h"
#include "threads/thread.h"
#include "unwind/unwind.h"

LAB_HIDE_THIS_FILE

bool lab_stacks_prepare(void) {
  lab_unwind_prepare();
  return lab_stacks_open(&lab_stacks);
}

uint32_t lab_stack_here(bool *is_cut) {
  uintptr_t pcs[LAB_STACK_FRAMES];
  *is_cut = false;
  if (!lab_enter()) return LAB_STACK_NONE;
  struct lab_walk walk = lab_walk_stack(lab_registers_here(), pcs, LAB_STACK_FRAMES, 0);
  *is_cut = (walk.flags & LAB_WALK_TRUNCATED) != 0;
  uint32_t stack = lab_stack_intern(&lab_stacks, lab_labels_here(), pcs, (size_t)walk.depth);
  lab_leave();
  return stack;
}

size_t lab_stack_read(uint32_t stack, uintptr_t *pcs, size_t capacity, uint64_t *labels) {
  return lab_stack_frames(&lab_stacks, stack, pcs, capacity, labels);
}
#endif

// What the program records itself: user tasks, regions, messages.
//
// C, because it is written where hooks write. It calls the writer only.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/hidden.h"
#include "trace/trace.h"

LAB_HIDE_THIS_FILE

void lab_trace_mark(uint8_t kind, uint64_t other, uint32_t index, int64_t value) {
  uint64_t ticks = lab_trace_ticks();
  if (!lab_enter()) return;
  lab_trace_write(ticks,
                  (struct lab_trace_fields_of){.kind = kind, .other = other, .index = index, .value = value});
  lab_leave();
}
#endif

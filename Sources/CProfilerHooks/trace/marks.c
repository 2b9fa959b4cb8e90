// What the program records itself: user tasks, regions, messages.
//
// C, because it is written where hooks write. It calls the writer only.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/hidden.h"
#include "trace/trace.h"

LAB_HIDE_THIS_FILE

uint64_t lab_trace_mark(uint8_t kind, uint64_t other, uint32_t index, int64_t value) {
  uint64_t ticks = lab_trace_ticks();
  if (!lab_enter()) return ticks;
  // Labels are a task's.
  bool is_told = kind != LAB_TRACE_KIND_LABELS || lab_trace_writer.depth > 0;
  struct lab_trace_writer *writer = is_told ? lab_trace_writer_here(ticks) : NULL;
  // In place: of most fields it is known here that there are none.
  if (writer != NULL)
    lab_trace_is_whole(
        writer, lab_trace_put_fields(writer, ticks,
                                     (struct lab_trace_fields_of){
                                         .kind = kind, .other = other, .index = index, .value = value},
                                     false));
  lab_leave();
  return ticks;
}

void lab_trace_log(uint64_t other, uint32_t category, const uint8_t *message, size_t bytes) {
  enum { MOST_BYTES = 1023 };
  if (bytes > MOST_BYTES)
    // No character is cut in two.
    for (bytes = MOST_BYTES; bytes > 0 && (message[bytes] & 0xc0) == 0x80; bytes--) {}
  uint64_t ticks = lab_trace_ticks();
  if (!lab_enter()) return;
  lab_trace_write_text(
      ticks, (struct lab_trace_fields_of){.kind = LAB_TRACE_KIND_LOG, .other = other, .index = category}, message, bytes);
  lab_leave();
}

void lab_trace_region_ends(uint64_t other, uint32_t index, uint64_t began) {
  uint64_t lasted = lab_trace_mark(LAB_TRACE_KIND_REGION_ENDS, other, index, 0) - began;
  if (lab_trace_is_over(LAB_TRACE_ON_REGION, lasted)) lab_trace_raise(LAB_TRACE_ON_REGION, lasted);
}
#endif

// Samples of the CPU profiler's, as events of the threads that they interrupted.
//
// One that comes in the middle of an event waits for the next: there is room for one. C, because it runs in a signal
// handler. It calls the table of stacks and the writer, both async-signal-safe.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/hidden.h"
#include "base/losses.h"
#include "stacks/stacks.h"
#include "threads/cpu_samples.h"
#include "trace/trace.h"
#include <string.h>

LAB_HIDE_THIS_FILE

static void sampled(const uintptr_t *pcs, size_t depth, uint64_t nanoseconds) {
  enum { FRAMES = 512 };
  uintptr_t copy[FRAMES];
  if (!lab_trace_is_on() || depth == 0) return;
  if (depth > FRAMES) depth = FRAMES;
  memcpy(copy, pcs, depth * sizeof *pcs);
  // As if it were a return address, as the others are.
  copy[0]++;
  struct lab_trace_writer *writer = &lab_trace_writer;
  uint32_t stack = lab_trace_stack(lab_stack_intern(&lab_stacks, 0, copy, depth));
  uint64_t ticks = lab_trace_ticks();
  if (lab_enter()) {
    lab_trace_write(ticks, (struct lab_trace_fields_of){
                               .kind = LAB_TRACE_KIND_SAMPLE, .index = stack, .value = (int64_t)nanoseconds});
    return lab_leave();
  }
  if (writer->session != lab_trace_now() || LAB_LOAD(&writer->pending.ticks) != 0) return lab_lose(LAB_LOSS_trace_samples, 1);
  writer->pending.stack = stack;
  writer->pending.weight = (uint32_t)nanoseconds;
  atomic_signal_fence(memory_order_seq_cst);
  LAB_STORE(&writer->pending.ticks, ticks);
  // The next event looks why there is no room.
  writer->limit = NULL;
}

void lab_trace_samples_begin(void) {
  if (lab_stacks_open(&lab_stacks)) atomic_store(&lab_cpu_samples, sampled);
}

void lab_trace_samples_end(void) { atomic_store(&lab_cpu_samples, NULL); }
#endif

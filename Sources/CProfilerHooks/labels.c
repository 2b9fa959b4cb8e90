// C because the handler reads labels. `lab_labels_current` is async-signal-safe; learning is not.
#include "include/lab_labels.h"
#include "arch.h"
#include "thread_state.h"

uint32_t lab_labels_current(void) { return lab_thread_state.labels; }

uint32_t lab_labels_exchange(uint32_t labels) {
  uint32_t former = lab_thread_state.labels;
  lab_thread_state.labels = labels;
  return former;
}

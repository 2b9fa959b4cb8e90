// Ticks as nanoseconds.
#pragma once
#include <stdint.h>
#pragma GCC visibility push(hidden)

/// A moment by both clocks: when the session began.
struct lab_task_clock {
  uint64_t ticks, nanoseconds;
};
extern struct lab_task_clock lab_task_clock;

#pragma GCC visibility pop

// Ticks as nanoseconds.
#pragma once
#include "base/arch.h"
#include "base/clock.h"
#include <stdint.h>
#pragma GCC visibility push(hidden)

/// A moment by both clocks: when tasks began to be followed.
struct lab_task_clock {
  uint64_t ticks, nanoseconds;
};
extern struct lab_task_clock lab_task_clock;

/// How many nanoseconds a tick takes. True to some ten nanoseconds for whatever began after that moment.
static inline double lab_task_tick(void) {
  uint64_t ticks = lab_ticks() - lab_task_clock.ticks;
  return ticks == 0 ? 0 : (double)(lab_now() - lab_task_clock.nanoseconds) / (double)ticks;
}

#pragma GCC visibility pop

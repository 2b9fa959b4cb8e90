// The bounds of habits in ticks: hooks read no other clock.
#pragma once
#include "lab_habits.h"
#include <stdint.h>
#pragma GCC visibility push(hidden)

struct lab_habit_ticks {
  uint64_t task, visit, wait, kept, run;
};
extern struct lab_habit_ticks lab_habit_ticks;

/// Begins all counts anew; creations have numbers below the one given. The first call takes some 50 microseconds, to learn how long a tick is. Threads do not count
/// meanwhile.
void lab_habits_begin(uint32_t creations);

/// Ticks as nanoseconds and back, by how long they took since the first call of the above. Reads both clocks a few times.
uint64_t lab_habit_nanoseconds(uint64_t ticks);
uint64_t lab_habit_in_ticks(uint64_t nanoseconds);

#pragma GCC visibility pop

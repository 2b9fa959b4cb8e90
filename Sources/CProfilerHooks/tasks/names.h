// The names that programs give their tasks, by numbers; 0 is none.
#pragma once
#include <stdint.h>
#pragma GCC visibility push(hidden)

/// The number of a name, of which the first 127 bytes count; 0, and counted, if there are too many. Not
/// async-signal-safe.
uint32_t lab_task_name_number(const char *name);
/// Null of 0. What it points to lives for ever.
const char *lab_task_name(uint32_t number);

#pragma GCC visibility pop

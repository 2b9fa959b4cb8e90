// What threads sleep on in the kernel, read from outside while they sleep.
#pragma once
#include "lab_tasks.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#pragma GCC visibility push(hidden)

/// What a thread sleeps on now. `tracking`: where the runtime has what it works for; 0: not known. Asks the kernel only.
void lab_sleep_read(int tid, uintptr_t tracking, lab_thread_sleep *out);
/// Whether the thread has slept on, on the same word, from one look to the next.
bool lab_sleep_lasted(const lab_thread_sleep *before, const lab_thread_sleep *after);
/// Who drains libdispatch's main queue; 0: nobody, or not known.
int lab_main_queue_owner(void);

/// Tells of each thread for how long it has slept, and remembers it for the next look: whoever is asked where it is
/// wakes for a moment. They are in order of their ids. One at a time.
void lab_sleeps_time(lab_thread_copy *threads, size_t count);

#pragma GCC visibility pop

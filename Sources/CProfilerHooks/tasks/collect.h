// The parts of a collection of tasks and threads: see lab_tasks_collect.
#pragma once
#include "lab_tasks.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#pragma GCC visibility push(hidden)

/// Makes room for so many more items in memory of lab_own_map; false if there is none.
bool lab_collection_grow(void **memory, size_t *capacity, size_t count, size_t more, size_t size);
/// Adds frames and tells where they begin; how many were added: none if there is no memory.
uint32_t lab_collection_add_frames(lab_task_collection *out, const uintptr_t *frames, size_t count, size_t *first);

/// Notes the threads and what each sleeps on. `tracking`: from a thread's pointer to where the runtime has what the
/// thread works for; 0: not known.
void lab_collect_sleeps_before(lab_task_collection *out, intptr_t tracking);
/// The same once more, and who has slept on.
void lab_collect_sleeps_after(lab_task_collection *out);
/// Has the threads tell where they are, those that have begun meanwhile, too; false if there is no memory.
bool lab_collect_threads(lab_task_collection *out, double nanoseconds_per_tick);

#pragma GCC visibility pop

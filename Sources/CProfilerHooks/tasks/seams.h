// Where the runtime lets itself be watched.
#pragma once
#include "lab_tasks.h"
#include <stdint.h>
#pragma GCC visibility push(hidden)

/// Whether the runtime has all the places, laid out as they are known to be. Not async-signal-safe.
lab_tasks_status lab_task_seams_find(void);
/// Has the hooks and pointers of the runtime in force, or no longer. Tasks with ids below `first` are older; 0: those
/// below the first that is seen made. Not async-signal-safe; one at a time.
void lab_task_seams_switch(bool on, uint64_t first);
/// Has the runtime say when the locks of actors are taken, too, or no longer. The same.
void lab_task_seams_watch_actors(bool on);

#pragma GCC visibility pop

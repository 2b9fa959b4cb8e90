// Tells on stderr what takes long.
#pragma once
#include "lab_progress.h"
#pragma GCC visibility push(hidden)

/// From now on until the end says once a second what is being done for that file. One at a time. Not
/// async-signal-safe.
void lab_progress_begin(const char *path);
void lab_progress_end(void);

#pragma GCC visibility pop

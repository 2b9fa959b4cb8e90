// What the environment says of all sessions together.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#pragma GCC visibility push(hidden)

struct lab_options {
  uint64_t duration;     ///< nanoseconds after which all is written for good; 0: at the end
  int snapshot_signal;   ///< that asks for a look; 0: none
  bool follows_children;
  unsigned image;        ///< the how manieth program the process runs, from 1
};

/// Reads them; complains of what makes no sense, and takes it for not said. Not async-signal-safe.
struct lab_options lab_options_read(void);
/// Calls `visit` with the name of each variable that says such a thing and holds for children, too.
void lab_each_option(void (*visit)(const char *name, void *context), void *context);

#pragma GCC visibility pop

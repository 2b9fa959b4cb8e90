// Where a profile of a whole run goes: a file that was made ready before the program began.
#pragma once
#include <stddef.h>
#pragma GCC visibility push(hidden)

struct lab_output;

/// What became of a profile, or at which step it failed.
struct lab_stored {
  const char *path; ///< that it has or was to have; until the next is stored
  int in_place;     ///< whether it was written into the file itself, since nothing can be renamed there any more
  enum lab_store_step { LAB_STORE_OPEN, LAB_STORE_WRITE, LAB_STORE_RENAME } step;
  int keeps_former; ///< whether it failed and the file itself is what was written before
};

/// Stores a profile whole or not at all, instead of what the file may have held. A device or a pipe is written to as it
/// is. Returns 0, or the errno of what failed. Not async-signal-safe.
int lab_output_store(struct lab_output *output, const void *bytes, size_t count, struct lab_stored *stored);

#pragma GCC visibility pop

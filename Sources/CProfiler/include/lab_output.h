// Where a profile of a whole run goes: a file that was made ready before the program began.
#pragma once
#include <stdbool.h>
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

/// The bytes of a profile, in pieces: what is long need not be in memory as a whole.
struct lab_pieces {
  /// Hands them to `take`, one after the other, until that says no; whether it never did. The same whenever it is called.
  bool (*each)(void *context, bool (*take)(void *taker, const void *bytes, size_t count), void *taker);
  void *context;
};

/// Stores a profile whole or not at all, instead of what the file may have held. A device or a pipe is written to as it
/// is. Returns 0, or the errno of what failed. Not async-signal-safe.
int lab_output_store(struct lab_output *output, const struct lab_pieces *pieces, struct lab_stored *stored);

#pragma GCC visibility pop

// The file that a session is written to, kept within reach whatever the program does to itself.
#pragma once
#include "environment/kept_file.h"
#include "lab_output.h"
#include <limits.h>
#include <stddef.h>
#pragma GCC visibility push(hidden)

struct lab_output {
  /// Absolute; `%n` in the name of the file stands for the number of the snapshot.
  char pattern[PATH_MAX], path[PATH_MAX];
  size_t directory_bytes; ///< of the pattern up to and with the last slash
  unsigned number;        ///< of the snapshot that was begun last
  unsigned held_number;   ///< of the one that is held
  /// The directory; a file in it without a name, which the next profile is written into; the profile that was written
  /// last, where it may become impossible to make another.
  struct lab_kept_file directory, unnamed, held;
};

/// Makes ready: replaces `%p`, and makes the path independent of later changes of directory. `image`: the how manieth
/// program the process is, which follows its id from the second on. Returns why nothing can be written there, in words
/// in `reason`, as false.
bool lab_output_open(struct lab_output *output, const char *pattern, unsigned image, char *reason, size_t capacity);

/// The name for the next snapshot, if they have numbers.
void lab_output_number(struct lab_output *output);

/// Keeps the profile that was written last open, so that what follows can be written over it where no file can be made
/// or renamed any more.
void lab_output_hold(struct lab_output *output);
/// Whether that is of use: it is a file that takes a place, and none is held. Async-signal-safe.
bool lab_output_may_be_lost(const struct lab_output *output);

/// Closes what is open: in the child of a fork, and when there is no more to write. Async-signal-safe.
void lab_output_close(struct lab_output *output);

#pragma GCC visibility pop

// The file that a session is written to, kept within reach whatever the program does to itself.
#pragma once
#include "lab_output.h"
#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>
#pragma GCC visibility push(hidden)

/// A descriptor of ours, and which file it was opened for: the program may have closed it, or use its number.
struct lab_kept_file {
  int descriptor; ///< -1: none
  dev_t device;
  ino_t inode;
};

struct lab_output {
  /// Absolute; `%n` in the name of the file stands for the number of the snapshot.
  char pattern[PATH_MAX], path[PATH_MAX];
  size_t directory_bytes; ///< of the pattern up to and with the last slash
  unsigned number;        ///< of the snapshot that was begun last
  /// The directory; a file in it without a name, which the next profile is written into; the file itself, where it may
  /// become impossible to make one.
  struct lab_kept_file directory, unnamed, itself;
};

/// Makes ready: replaces `%p`, and makes the path independent of later changes of directory. `image`: the how manieth
/// program the process is, which follows its id from the second on. Returns why nothing can be written there, in words
/// in `reason`, as false.
bool lab_output_open(struct lab_output *output, const char *pattern, unsigned image, char *reason, size_t capacity);

/// The name for the next snapshot, if they have numbers.
void lab_output_number(struct lab_output *output);

/// Before the program gives up rights or moves its root: makes sure that the file can be written all the same.
void lab_output_before_loss(struct lab_output *output);
/// After: takes that back if it was not needed.
void lab_output_after_loss(struct lab_output *output);

/// Closes what is open: in the child of a fork, and when there is no more to write. Async-signal-safe.
void lab_output_close(struct lab_output *output);

#pragma GCC visibility pop

// Descriptors of ours, kept open while the program runs.
#pragma once
#include <stdbool.h>
#include <sys/types.h>
#pragma GCC visibility push(hidden)

/// One, and which file it was opened for: the program may have closed it, or use its number.
struct lab_kept_file {
  int descriptor; ///< -1: none
  dev_t device;
  ino_t inode;
};
#define LAB_NO_FILE ((struct lab_kept_file){.descriptor = -1})

/// Takes over a fresh descriptor, at a number that programs seldom get to: they see the ones they would without us.
/// Where there is none so high it is closed, or keeps the number it has if that is fine by now. Negative: keeps none.
struct lab_kept_file lab_keep(int fresh, bool at_any_number);
/// Whether the descriptor is still ours.
bool lab_is_kept(const struct lab_kept_file *file);
/// Closes it if so. Async-signal-safe.
void lab_drop(struct lab_kept_file *file);

/// Whether the process has no descriptor left to open a file with.
bool lab_descriptors_are_used_up(void);
/// Gives the calling thread a table of its own, in which only what is kept, and the first three, are left: the program
/// loses none of its own. For a thread of ours that writes for good, since it would hold up what the program closes.
void lab_descriptors_make_room(void);

#pragma GCC visibility pop

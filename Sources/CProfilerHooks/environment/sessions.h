// The sessions that the environment asked for: begun before the program, written by whoever sees its end.
#pragma once
#include "environment/kinds.h"
#include <stdbool.h>
#include <stdint.h>
#pragma GCC visibility push(hidden)

/// Begins a session of that kind, to be written to the file that the pattern names. Complains of what is wrong.
/// `image`: see lab_output_open. Not async-signal-safe.
bool lab_session_begin(const struct lab_kind *kind, const char *pattern, unsigned image, bool announces);

/// Whether this process has sessions that have not been written for good: no child by fork or vfork has. Stays true
/// while they are being written. Async-signal-safe.
bool lab_sessions_are_open(void);
/// Whether they have been begun here at all, open or not. Async-signal-safe.
bool lab_sessions_are_of_this_process(void);

/// Has them be open in this process even if there is none, for something else goes by that: until they are written for
/// good. Not async-signal-safe.
void lab_sessions_stay_open(void);
/// When that was, in nanoseconds since the epoch; 0: never.
int64_t lab_sessions_began_at(void);

/// Runs `body` while nothing is written. False if it crashed, or if they are not open and it did not run. Not
/// async-signal-safe.
bool lab_sessions_guard(void (*body)(void *context), void *context);

/// What a session is written for.
enum lab_writing {
  LAB_WRITES_END,   ///< for good: what it records stops
  LAB_WRITES_LOOK,  ///< it goes on
  LAB_WRITES_CRASH, ///< as a look, by those kinds alone that trust nothing of the program's memory; the others say so
};

/// Writes them all, one writer after the other. `remark` is added to what is said; null: nothing. Does nothing if they
/// are not open. Not async-signal-safe.
void lab_sessions_write(enum lab_writing why, const char *remark);

/// Before the program gives up rights by which files are made: writes them as they are, once, so that what follows can
/// be written over that, and what writes is loaded. Not async-signal-safe.
void lab_sessions_before_loss(void);
/// Whether that would do anything. Async-signal-safe.
bool lab_sessions_may_be_lost(void);

/// Keeps open the file of what writes, if that is a library of its own, beside the preloaded one. Not
/// async-signal-safe.
void lab_sessions_keep_writer(const char *preloaded);

/// Where whoever writes has crashed: goes on behind the writing, and says so. To be called on its thread. Returns only
/// if it writes nothing at the moment. Async-signal-safe.
void lab_sessions_give_up(void);

/// In the child of a fork: they are the parent's. Async-signal-safe.
void lab_sessions_forget(void);
/// In the child of a fork: ends what they recorded, and begins them anew as the child's own. Whether there are any.
bool lab_sessions_begin_again(void);

/// Gives up what will not be needed any more when all has been written.
void lab_sessions_close(void);

#pragma GCC visibility pop

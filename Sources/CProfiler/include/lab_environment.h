// Profiling a whole run on the word of the environment.
#pragma once
#include "lab_engine.h"
#include <stdint.h>

/// The library that makes profiles, beside the one that is preloaded.
#define LAB_WRITER_FILE "libLabProfileWriter.so"

struct lab_environment_session {
  const char *kind;     ///< its name: cpu, heap, …, or that of a kind that C does not know
  const char *variable; ///< that asked for it
  const char *path;     ///< absolute
  long rate;            ///< hertz for cpu, bytes for the heap's; 0 where C does not know the kind and none was given
  int64_t began_at;     ///< nanoseconds since the epoch
  int announces;        ///< whether to say what was written, on stderr
  int goes_on;          ///< whether the session does: what is written is a look at it
  const char *remark;   ///< what to add to that, on the occasion; null: nothing
  struct lab_output *output; ///< where it goes
  int is_silent;        ///< whether nothing may be said: stderr is another file by now, or none
  const struct lab_engine *engine; ///< what to stop and to read
  int writer; ///< a descriptor of that library's file as it was at the start; -1: none
};

/// Writes what the session's kind is; stops it first, unless the session goes on. Of a kind that C does not know nothing
/// has been begun: LAB_<NAME>PROFILE asks for the kind `name`, whatever it is. Made in Swift; in the preloaded library it
/// loads the Swift half first. Weak, so that the C half links alone.
__attribute__((weak)) void lab_environment_finish(const struct lab_environment_session *session);

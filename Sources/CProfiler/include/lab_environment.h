// Profiling a whole run on the word of the environment.
#pragma once
#include "lab_engine.h"
#include <stdint.h>
#include <time.h>

enum lab_environment_kind {
  LAB_ENVIRONMENT_CPU,
  LAB_ENVIRONMENT_HEAP,
  LAB_ENVIRONMENT_ALLOCS,
  LAB_ENVIRONMENT_LEAKS,
};

struct lab_environment_session {
  enum lab_environment_kind kind;
  const char *variable; ///< that asked for it
  const char *path;
  long rate;         ///< hertz for cpu, bytes for the heap's
  int64_t began_at;  ///< nanoseconds since the epoch
  int announces;     ///< whether to say what was written, on stderr
  int is_silent;     ///< whether nothing may be said: stderr is another file by now, or none
  const struct lab_engine *engine; ///< what to stop and to read
};

/// Stops the profiler and writes the profile. Made in Swift; in the preloaded library it loads the Swift half first. Weak,
/// so that the C half links alone.
__attribute__((weak)) void lab_environment_finish(const struct lab_environment_session *session);

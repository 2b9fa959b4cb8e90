// Profiling a whole run on the word of the environment.
#pragma once
#include <stdint.h>
#include <time.h>

struct lab_environment_session {
  const char *path;
  int hertz;
  int64_t began_at; ///< nanoseconds since the epoch
};

/// Stops the sampler and writes the profile. Made in Swift; weak, so that the C half links alone.
void lab_environment_finish(const struct lab_environment_session *session) __attribute__((weak));

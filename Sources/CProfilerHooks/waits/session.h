// A recording of waits, of which one at a time may run in the process.
#pragma once
#include "hooks/hooks.h"
#include "waits/waits.h"
#pragma GCC visibility push(hidden)

struct lab_waits_session {
  const char *kind;         ///< whose losses are counted
  uint32_t engine;          ///< whose hooks are in force while it runs
  _Atomic uint32_t *active; ///< its number for the hooks, 0 while it does not run
  void (*forget)(void);     ///< what was recorded before
  _Atomic uint64_t rate;
  _Atomic bool held;        ///< while it runs, or is being started or stopped
  uint32_t last;
  bool follows_tasks;
};

/// `rate`: as the kind means it, at least 1. `from_start`: see lab_tasks_follow.
lab_waits_status lab_waits_start(struct lab_waits_session *session, uint64_t rate, bool from_start);
/// Nothing if it does not run.
void lab_waits_stop(struct lab_waits_session *session);
/// The same from the environment's rate; why it cannot, or NULL.
const char *lab_waits_begin(struct lab_waits_session *session, long rate);

#pragma GCC visibility pop

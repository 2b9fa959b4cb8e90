// The order in which the parts are made ready before the program begins, by the priorities of their constructors.
#pragma once

/// Of those that have to do with fork, whoever starts later takes its lock earlier: the C library calls what is to be
/// done before a fork in the opposite order. So it is the order in which whoever starts a session takes them.
enum {
  LAB_STARTS_HOOKS = 101,
  LAB_STARTS_MODULES = 102,
  LAB_STARTS_THREADS = 103,
  LAB_STARTS_TIMERS = 104,
  LAB_STARTS_SAMPLER = 105,
  LAB_STARTS_STACKS = 106,
  LAB_STARTS_HEAP = 107,
  LAB_STARTS_LEAKS = 108,
  LAB_STARTS_TASKS = 109,
  LAB_STARTS_WAITS = 110,
  LAB_STARTS_TRACES = 111,
  LAB_STARTS_SESSIONS = 112,
};

// Captures of a program that runs, asked for by way of its control socket.
#pragma once
#include "lab_engine.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// What the Swift half is called for, one after the other.
enum lab_control_step {
  LAB_CONTROL_BEGIN,   ///< to read the request and to begin what it asks for; sets how long to wait for it
  LAB_CONTROL_TAKE,    ///< to take what was recorded and to hand it over
  LAB_CONTROL_ABANDON, ///< to end it, for nobody wants it any more
};

/// One capture.
struct lab_control_call {
  const char *request; ///< the line that was sent
  enum lab_control_step step;
  int64_t began_at;    ///< when the program's recordings began, in nanoseconds since the epoch
  uint64_t wait;       ///< nanoseconds until it is to be taken; set by the first step
  void *session;       ///< the Swift half's, between two steps
  bool has_failed;     ///< set by the Swift half: what it says is why
  bool is_early;       ///< the program ends, and the time was not up
  /// Appends to what is handed over. False if there is no room.
  bool (*hand_over)(struct lab_control_call *call, const void *bytes, size_t count);
  /// Appends to the words that go with it. What is too long is cut.
  void (*say)(struct lab_control_call *call, const char *text, size_t bytes);
  const struct lab_engine *engine; ///< what to start and to read
  int writer; ///< a descriptor of that library's file as it was at the start; -1: none
};

/// Does a step. Made in Swift; in the preloaded library it loads the Swift half first. Weak, so that the C half links
/// alone.
__attribute__((weak)) void lab_control_answer(struct lab_control_call *call);

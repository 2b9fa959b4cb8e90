// What has a window written out by itself: something that lasted too long. Whoever sees it says so, and goes on; the
// keeper's thread has it written by somebody else, once in a while for each kind of trigger.
//
// C, because it is seen in hooks. To raise one is async-signal-safe.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/hidden.h"
#include "trace/trace.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

LAB_HIDE_THIS_FILE

_Atomic uint64_t lab_trace_over[LAB_TRACE_TRIGGERS] = {~0ull, ~0ull, ~0ull};
static _Atomic(void (*)(const char *)) action;
// The keeper's thread alone has `next`, `pause` and `occasions`: they are set before it is made.
/// By trigger, for how many ticks what was raised last had lasted; 0: nothing was.
static _Atomic uint64_t raised[LAB_TRACE_TRIGGERS];
/// From when on one may be written again, by lab_now.
static uint64_t next[LAB_TRACE_TRIGGERS];
static uint64_t pause;
static char occasions[LAB_TRACE_TRIGGERS][96];

void lab_trace_on_trigger(void (*act)(const char *occasion)) { atomic_store(&action, act); }

void lab_trace_triggers_begin(const lab_trace_request *request) {
  static const uint64_t least = 10000000000u;
  // What it shows has passed by then.
  pause = request->window_nanoseconds > least ? request->window_nanoseconds : least;
  for (int i = 0; i < LAB_TRACE_TRIGGERS; i++) {
    uint64_t over = request->over[i];
    // Of tasks it is known in cycles for how long.
    bool is_known = i == LAB_TRACE_ON_REGION || LAB_LOAD(&lab_trace_counts_cycles);
    LAB_STORE(&raised[i], 0);
    next[i] = 0;
    LAB_STORE(&lab_trace_over[i], over == 0 || !is_known ? ~0ull : lab_trace_ticks_of(over));
  }
}

void lab_trace_triggers_end(void) {
  for (int i = 0; i < LAB_TRACE_TRIGGERS; i++) LAB_STORE(&lab_trace_over[i], ~0ull);
}

void lab_trace_raise(lab_trace_trigger trigger, uint64_t ticks) {
  uint64_t none = 0;
  if (atomic_compare_exchange_strong(&raised[trigger], &none, ticks)) lab_trace_keeper_wake();
}

static void serve(lab_trace_trigger trigger, uint64_t ticks) {
  static const char *const what[] = {[LAB_TRACE_ON_REGION] = "a region lasted",
                                     [LAB_TRACE_ON_WAIT] = "a wait had lasted",
                                     [LAB_TRACE_ON_STARVATION] = "a task that could run had had no thread for"};
  uint64_t now = lab_now();
  void (*act)(const char *) = atomic_load(&action);
  if (now < next[trigger] || act == NULL) return;
  next[trigger] = now + pause;
  // The rate of ticks, from how many a second has.
  double milliseconds = (double)ticks / (double)lab_trace_ticks_of(1000000000) * 1e3;
  snprintf(occasions[trigger], sizeof occasions[trigger], "when %s %.3g ms", what[trigger], milliseconds);
  act(occasions[trigger]);
}

void lab_trace_triggers_serve(void) {
  for (int i = 0; i < LAB_TRACE_TRIGGERS; i++) {
    uint64_t ticks = LAB_LOAD(&raised[i]);
    if (ticks == 0) continue;
    serve((lab_trace_trigger)i, ticks);
    LAB_STORE(&raised[i], 0);
  }
}

// MARK: - Words

/// A number and its unit, from `text` up to the next comma: the number in the smallest of the units; 0 if it is none.
/// `rest` gets what comes behind the comma, or null.
struct unit {
  const char *name;
  double factor;
};
static const struct unit times[] = {{"ms", 1e6}, {"s", 1e9}, {"m", 6e10}, {"us", 1e3}, {NULL, 0}};
static const struct unit sizes[] = {{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {NULL, 0}};

static uint64_t amount(const char *text, size_t count, const struct unit *units) {
  char word[32], *end;
  if (count >= sizeof word) return 0;
  memcpy(word, text, count);
  word[count] = 0;
  double number = strtod(word, &end);
  for (; units->name != NULL && end != word; units++)
    if (strcmp(end, units->name) == 0 && number > 0 && number * units->factor < 1e17)
      return (uint64_t)(number * units->factor);
  return 0;
}

/// Calls `read` for each part of a list; false if that does for one, or there is none.
static bool each(const char *text, bool (*read)(const char *part, size_t count, lab_trace_request *request),
                 lab_trace_request *request) {
  for (;; text++) {
    size_t count = strcspn(text, ",");
    if (count == 0 || !read(text, count, request)) return false;
    if (*(text += count) == 0) return true;
  }
}

static bool read_trigger(const char *part, size_t count, lab_trace_request *request) {
  static const char *const names[] = {[LAB_TRACE_ON_REGION] = "region=",
                                      [LAB_TRACE_ON_WAIT] = "wait=",
                                      [LAB_TRACE_ON_STARVATION] = "starved="};
  for (int i = 0; i < LAB_TRACE_TRIGGERS; i++) {
    size_t length = strlen(names[i]);
    if (count > length && strncmp(part, names[i], length) == 0)
      return (request->over[i] = amount(part + length, count - length, times)) != 0;
  }
  return false;
}

static bool read_window(const char *part, size_t count, lab_trace_request *request) {
  uint64_t time = amount(part, count, times), bytes = time == 0 ? amount(part, count, sizes) : 0;
  if (time != 0) request->window_nanoseconds = time;
  if (bytes != 0) request->window = bytes;
  return time != 0 || bytes != 0;
}

static bool read_extra(const char *part, size_t count, lab_trace_request *request) {
  if (count == 3 && strncmp(part, "cpu", count) == 0) return request->has_samples = true;
  if (count == 6 && strncmp(part, "stacks", count) == 0) return request->has_suspension_stacks = true;
  return false;
}

bool lab_trace_triggers_read(const char *text, lab_trace_request *request) { return each(text, read_trigger, request); }

bool lab_trace_window_read(const char *text, lab_trace_request *request) {
  static const uint64_t usual_time = 10000000000u, usual_bytes = 10 << 20;
  request->window_nanoseconds = usual_time;
  request->window = usual_bytes;
  return each(text, read_window, request);
}

bool lab_trace_extras_read(const char *text, lab_trace_request *request) { return each(text, read_extra, request); }
#endif

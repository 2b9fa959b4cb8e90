// What the environment says of all sessions together: LAB_DURATION=30s, LAB_SNAPSHOT_SIGNAL=SIGUSR1, LAB_CHILDREN=1 (of
// a preloaded profiler alone); LAB_HEAP_AT=peak, LAB_MUTEX_VIEW=waiter or LAB_TRACE_LAST=10s are engines' own. C because it is read before
// main. Not async-signal-safe.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "environment/options.h"
#include "environment/signals.h"
#include "environment/stderr.h"
#include <stdlib.h>
#include <string.h>

static const char duration_name[] = "LAB_DURATION", signal_name[] = "LAB_SNAPSHOT_SIGNAL",
                  children_name[] = "LAB_CHILDREN", image_name[] = "LAB_IMAGE";

/// A number and its unit: ms, s, m or h. 0 if it is none.
static uint64_t nanoseconds(const char *text) {
  static const struct { const char *name; double seconds; } units[] = {
      {"ms", 1e-3}, {"s", 1}, {"m", 60}, {"h", 3600}};
  char *end;
  double number = strtod(text, &end);
  for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
    double seconds = number * units[i].seconds;
    // Up to a year.
    if (strcmp(end, units[i].name) == 0 && seconds >= 1e-3 && seconds < 366 * 86400.0) return (uint64_t)(seconds * 1e9);
  }
  return 0;
}

struct lab_options lab_options_read(void) {
  const char *duration = getenv(duration_name), *signal = getenv(signal_name), *children = getenv(children_name);
  const char *image = getenv(image_name);
  struct lab_options options = {0};
  if (duration && *duration && (options.duration = nanoseconds(duration)) == 0)
    lab_say(duration_name, ": '", duration, "' is no time, such as 30s, 500ms or 2m; it is not heeded", NULL);
  if (signal && *signal && (options.snapshot_signal = lab_signal_named(signal)) == 0)
    lab_say(signal_name, ": '", signal, "' is no signal that may ask for a snapshot; it is not heeded", NULL);
  options.follows_children = children && strcmp(children, "1") == 0;
  options.image = image ? (unsigned)strtoul(image, NULL, 10) : 1;
  if (options.image == 0) options.image = 1;
  return options;
}

void lab_each_option(void (*visit)(const char *name, void *context), void *context) {
  visit(duration_name, context);
  visit(signal_name, context);
  visit(children_name, context);
  visit("LAB_CONTROL", context);
  visit("LAB_HEAP_AT", context);
  visit("LAB_TRACE_LAST", context);
  visit("LAB_TRACE_WHEN", context);
  visit("LAB_TRACE_WITH", context);
  visit("LAB_TASK_VIEW", context);
  visit("LAB_MUTEX_VIEW", context);
  visit("LAB_TASKLEAK_VIEW", context);
  visit("LAB_RECORD", context);
}
#endif

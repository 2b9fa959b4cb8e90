// Starts, stops and reads the heap profiler.
//
// C, because it shares its state with the hooks. Start and stop may call anything; reading is async-signal-safe.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/clock.h"
#include "heap/heap.h"
#include "hooks/hooks.h"
#include "lab_unwind.h"
#include <dlfcn.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>

static _Atomic uint64_t rate;
static _Atomic int64_t began_at;
/// 1 while a session runs or is being started or stopped.
static _Atomic bool held;
static uint32_t sampled_sessions;
static bool next_follows_peak;
/// The window that began last, and those that had blocks when the numbers began anew.
static uint32_t last_window, windows_in_use[LAB_HEAP_WINDOW_WORDS];

bool lab_heap_is_libcs(void) {
#if LAB_INTERPOSES
  Dl_info info;
  void *real = dlsym(RTLD_NEXT, "malloc");
  return real != NULL && dladdr(real, &info) && info.dli_fname != NULL && strstr(info.dli_fname, "/libc.so");
#else
  return false;
#endif
}

/// Blocks of libc begin at multiples of 16; other allocators give 8 bytes away in 8.
static unsigned granule_shift(void) { return lab_heap_is_libcs() ? 4 : 3; }

lab_heap_status lab_heap_start(uint64_t wanted) {
  if (!LAB_INTERPOSES) return LAB_HEAP_SANITIZER;
  if (atomic_exchange(&held, true)) return LAB_HEAP_ALREADY_RUNNING;
  lab_heap_status status = LAB_HEAP_OK;
  uint32_t session = LAB_LOAD(&lab_heap_last_session) + 1;
  if (session == 0) session = 1;
  if (!lab_hooks_are_first()) status = LAB_HEAP_FOREIGN_MALLOC;
  else if (!lab_heap_buckets_open(session) || !lab_heap_table_open(wanted <= 1, granule_shift()))
    status = LAB_HEAP_NO_MEMORY;
  if (status != LAB_HEAP_OK) {
    LAB_RELEASE(&held, false);
    return status;
  }
  lab_unwind_prepare();
  lab_heap_walk_open();
  lab_losses_forget("heap");
  LAB_STORE(&began_at, (int64_t)lab_nanoseconds(CLOCK_REALTIME));
  LAB_STORE(&rate, wanted < 1 ? 1 : wanted);
  memset(windows_in_use, 0, sizeof windows_in_use);
  last_window = 1;
  LAB_STORE(&lab_heap_window, last_window);
  LAB_STORE(&lab_heap_last_session, session);
  LAB_STORE(&lab_heap_turn, wanted <= 1 ? 0 : 1 + sampled_sessions++ % (LAB_HEAP_TURNS - 1));
  lab_heap_peak_open(next_follows_peak);
  // Whoever can free a tracked block must take it out of the table: so nothing is recorded until all hooks stand.
  lab_heap_hooks_switch(true);
  atomic_store(&lab_heap_active, session);
  return LAB_HEAP_OK;
}

const char *lab_heap_reason(lab_heap_status status) {
  switch (status) {
  case LAB_HEAP_OK: return NULL;
  case LAB_HEAP_ALREADY_RUNNING: return "a heap profiler is already running";
  case LAB_HEAP_SANITIZER: return "the program is built with a sanitizer, so the allocation hooks are compiled out";
  case LAB_HEAP_FOREIGN_MALLOC: return "the program brings its own malloc, which the hooks do not see";
  case LAB_HEAP_NO_MEMORY: return "no memory";
  default: return "unknown error";
  }
}

// LAB_HEAP_AT=peak: the profile is to be of the moment when most was in use.
const char *lab_heap_begin(long bytes) {
  static bool asks_for_peak;
  const char *at = getenv("LAB_HEAP_AT");
  // In the child of a fork the environment is the program's.
  if (at != NULL) asks_for_peak = strcmp(at, "peak") == 0;
  next_follows_peak = asks_for_peak;
  lab_heap_status status = lab_heap_start((uint64_t)bytes);
  next_follows_peak = false;
  return lab_heap_reason(status);
}

void lab_heap_stop(void) {
  if (LAB_LOAD(&lab_heap_active) == 0) return;
  lab_heap_clear_fresh(false);
  atomic_store(&lab_heap_active, 0);
  atomic_store(&lab_heap_follows_peak, false);
  lab_heap_hooks_switch(false);
  LAB_STORE(&rate, 0);
  lab_heap_table_clear();
  lab_departed_images_forget();
  LAB_RELEASE(&held, false);
}

/// The next number that no block is marked with, 0 if there is none.
static uint32_t next_window(void) {
  for (uint32_t i = 0, window = last_window; i < LAB_HEAP_WINDOWS; i++) {
    window = window % LAB_HEAP_WINDOWS + 1;
    if (window == 1) lab_heap_table_windows(windows_in_use);
    if (!(windows_in_use[window / 32] >> window % 32 & 1)) return window;
  }
  return 0;
}

uint32_t lab_heap_window_begin(void) {
  uint32_t window = next_window();
  if (window != 0) last_window = window;
  LAB_STORE(&lab_heap_window, window);
  return window;
}

void lab_heap_window_switch(uint32_t window) { LAB_STORE(&lab_heap_window, window); }

void lab_heap_clear_fresh(bool on) { LAB_STORE(&lab_heap_clears, on); }

bool lab_heap_clears_fresh(void) { return LAB_LOAD(&lab_heap_clears); }

bool lab_heap_available(void) { return LAB_INTERPOSES; }

int64_t lab_heap_began_at(void) { return LAB_LOAD(&began_at); }

uint64_t lab_heap_rate(void) { return LAB_LOAD(&rate); }

uint32_t lab_heap_moving_count(void) { return atomic_load(&lab_heap_moving); }

size_t lab_heap_block_count(void) {
  size_t count = 0;
  lab_heap_bucket bucket;
  for (uint32_t i = 1, n = lab_heap_bucket_count(); i <= n; i++)
    if (lab_heap_bucket_at(i, &bucket)) count += bucket.allocated - bucket.freed;
  return count;
}

void lab_heap_read_statistics(lab_heap_statistics *out) {
  *out = (lab_heap_statistics){0};
  lab_heap_bucket bucket;
  for (uint32_t i = 1, n = lab_heap_bucket_count(); i <= n; i++)
    if (lab_heap_bucket_at(i, &bucket)) out->recorded += bucket.allocated;
  out->own_bytes = lab_heap_table_own_bytes();
  lab_heap_buckets_statistics(out);
}
#endif

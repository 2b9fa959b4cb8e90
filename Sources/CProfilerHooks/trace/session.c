// Starts and stops the recording of a trace.
//
// C, because it shares its state with the hooks. Start and stop may call anything.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/hidden.h"
#include "base/losses.h"
#include "base/start_order.h"
#include "hooks/hooks.h"
#include "lab_unwind.h"
#include "stacks/stacks.h"
#include "trace/trace.h"
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

LAB_HIDE_THIS_FILE

/// 1 while a recording runs, is being started or stopped, or is yet to be discarded.
static _Atomic bool held;
static uint32_t last_session;
static int last_error;
static lab_tasks_status tasks;
static bool wants_samples;

int lab_trace_error(void) { return last_error; }
const char *lab_trace_without_tasks(void) { return lab_tasks_reason(tasks); }

/// Behind the tables that are mapped for it; and before whatever is looked at once it is off.
static void switch_to(uint32_t session) {
  atomic_store((_Atomic uint32_t *)&lab_trace_is_active, session);
  atomic_thread_fence(memory_order_seq_cst);
}

static lab_trace_status begin(const lab_trace_request *request, bool from_start) {
  bool was_followed = lab_tasks_are_followed();
  lab_trace_status status = lab_trace_file_open(request, &last_error);
  if (status != LAB_TRACE_OK) return status;
  if (!lab_trace_tables_begin()) return lab_trace_file_close(), LAB_TRACE_NO_MEMORY;
  lab_unwind_prepare();
  if (++last_session == 0) last_session = 1;
  switch_to(last_session);
  lab_losses_forget("trace");
  lab_trace_counters_name();
  lab_trace_triggers_begin(request);
  lab_trace_sites_begin();
  LAB_STORE(&lab_trace_tells_suspensions, request->has_suspension_stacks && lab_stacks_open(&lab_stacks));
  if (!lab_trace_keeper_start(request)) {
    switch_to(0);
    lab_trace_file_close();
    return LAB_TRACE_NO_THREAD;
  }
  tasks = lab_tasks_follow(&lab_trace_listener, from_start);
  if (tasks == LAB_TASKS_OK && !from_start) lab_task_meet_here();
  if (tasks == LAB_TASKS_OK && was_followed) lab_trace_tell_living(~0ull);
  wants_samples = request->has_samples;
  if (wants_samples) lab_trace_samples_begin();
  if (lab_trace_blocked_begin()) lab_hooks_switch(LAB_ENGINE(trace), true);
  return LAB_TRACE_OK;
}

static lab_trace_status start(const lab_trace_request *request, bool from_start) {
  if (!LAB_INTERPOSES) return LAB_TRACE_SANITIZER;
  if (atomic_exchange(&held, true)) return LAB_TRACE_ALREADY_RUNNING;
  lab_trace_status status = begin(request, from_start);
  if (status != LAB_TRACE_OK) LAB_RELEASE(&held, false);
  return status;
}

lab_trace_status lab_trace_start(const lab_trace_request *request) { return start(request, false); }

bool lab_trace_wants_samples(void) { return wants_samples; }

void lab_trace_settle(void) {
  if (lab_trace_session() == 0) return;
  if (lab_trace_keeps_window() && tasks == LAB_TASKS_OK) lab_trace_tell_living(~0ull);
  lab_trace_tables_write(true);
}

void lab_trace_stop(void) {
  if (lab_trace_session() == 0) return;
  if (lab_trace_keeps_window() && tasks == LAB_TASKS_OK) lab_trace_tell_living(~0ull);
  lab_trace_samples_end();
  lab_trace_triggers_end();
  lab_hooks_switch(LAB_ENGINE(trace), false);
  lab_trace_blocked_end();
  if (tasks == LAB_TASKS_OK) lab_tasks_unfollow(&lab_trace_listener);
  lab_trace_tables_end();
  switch_to(0);
  // Its last round tells what was lost, too.
  lab_trace_keeper_stop();
}

void lab_trace_discard(void) {
  if (lab_trace_session() != 0 || !LAB_LOAD(&held)) return;
  lab_trace_file_close();
  LAB_RELEASE(&held, false);
}

// MARK: - The environment

static char asked_path[PATH_MAX];
static bool is_numbered;
/// Before the environment is the program's again.
static char asked_window[64], asked_triggers[128], asked_extras[64];

bool lab_trace_is_numbered(void) { return is_numbered; }
const char *lab_trace_path(void) { return asked_path; }

void lab_trace_goes_to(const char *path) {
  const char *folder = strrchr(path, '/'), *number = strstr(folder == NULL ? path : folder, "%n");
  is_numbered = number != NULL;
  size_t count = is_numbered ? (size_t)(number - path) : strlen(path);
  if (is_numbered) snprintf(asked_path, sizeof asked_path, "%.*s0%s", (int)count, path, number + 2);
  else snprintf(asked_path, sizeof asked_path, "%s", path);
}

/// Why what is asked for makes no sense; null if it does.
static const char *read_wishes(lab_trace_request *request) {
  if (*asked_window && !lab_trace_window_read(asked_window, request))
    return "LAB_TRACE_LAST is no window, such as 10s, 10MiB or 10s,10MiB";
  if (*asked_triggers && !lab_trace_triggers_read(asked_triggers, request))
    return "LAB_TRACE_WHEN has no triggers, such as region=50ms,wait=1s,starved=100ms";
  if (*asked_extras && !lab_trace_extras_read(asked_extras, request))
    return "LAB_TRACE_WITH names something else than cpu and stacks";
  if (*asked_triggers && !is_numbered) return "LAB_TRACE_WHEN writes several files: put %n into the name of the file";
  if (*asked_triggers && request->window == 0) lab_trace_window_read("10s", request);
  if (request->window != 0) request->limit = request->window * 16;
  return NULL;
}

const char *lab_trace_begin(long rate) {
  (void)rate;
  lab_trace_request request = {.path = asked_path};
  const char *why_not = read_wishes(&request);
  if (why_not != NULL) return why_not;
  switch (start(&request, true)) {
  case LAB_TRACE_OK: return NULL;
  case LAB_TRACE_ALREADY_RUNNING: return "a trace is recorded already";
  case LAB_TRACE_SANITIZER: return "the program is built with a sanitizer, so the hooks are compiled out";
  case LAB_TRACE_NO_MEMORY: return "no memory";
  case LAB_TRACE_NO_THREAD: return "there is no thread to be had";
  case LAB_TRACE_NO_FILE: return strerror(last_error);
  default: return "unknown error";
  }
}

// MARK: - Fork

/// What is recorded is the parent's, and so is the file that is mapped here as well.
static void after_fork_in_child(void) {
  lab_trace_keeper_forget();
  lab_trace_tables_forget();
  if (!LAB_LOAD(&held)) return;
  bool runs = lab_trace_session() != 0;
  switch_to(0);
  lab_trace_blocked_end();
  lab_trace_samples_end();
  lab_trace_triggers_end();
  if (runs) lab_hooks_switch(LAB_ENGINE(trace), false);
  if (runs && tasks == LAB_TASKS_OK) lab_tasks_unfollow(&lab_trace_listener);
  lab_trace_file_forget();
  LAB_STORE(&held, false);
}

static void read_variable(const char *name, char *into, size_t size) {
  const char *text = getenv(name);
  // Too long, it makes no sense either.
  if (text != NULL) snprintf(into, size, "%s", strlen(text) < size ? text : "?");
}

__attribute__((constructor(LAB_STARTS_TRACES))) static void prepare_traces(void) {
  read_variable("LAB_TRACE_LAST", asked_window, sizeof asked_window);
  read_variable("LAB_TRACE_WHEN", asked_triggers, sizeof asked_triggers);
  read_variable("LAB_TRACE_WITH", asked_extras, sizeof asked_extras);
  pthread_atfork(NULL, NULL, after_fork_in_child);
}
#endif

// Starts and stops the recording of a trace.
//
// C, because it shares its state with the hooks. Start and stop may call anything.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/hidden.h"
#include "base/start_order.h"
#include "hooks/hooks.h"
#include "lab_unwind.h"
#include "trace/trace.h"
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

int lab_trace_error(void) { return last_error; }
const char *lab_trace_without_tasks(void) { return lab_tasks_reason(tasks); }

static void switch_to(uint32_t session) {
  lab_trace_is_active = session;
  atomic_thread_fence(memory_order_seq_cst);
}

static lab_trace_status begin(const struct lab_trace_request *request, bool from_start) {
  lab_trace_status status = lab_trace_file_open(request, &last_error);
  if (status != LAB_TRACE_OK) return status;
  if (!lab_trace_tables_begin()) return lab_trace_file_close(), LAB_TRACE_NO_MEMORY;
  lab_unwind_prepare();
  if (++last_session == 0) last_session = 1;
  switch_to(last_session);
  lab_trace_tables_name_counters();
  if (!lab_trace_keeper_start()) {
    switch_to(0);
    lab_trace_file_close();
    return LAB_TRACE_NO_THREAD;
  }
  tasks = lab_tasks_follow(&lab_trace_listener, from_start);
  if (lab_trace_blocked_begin()) lab_hooks_switch(LAB_ENGINE(trace), true);
  return LAB_TRACE_OK;
}

static lab_trace_status start(const struct lab_trace_request *request, bool from_start) {
  if (!LAB_INTERPOSES) return LAB_TRACE_SANITIZER;
  if (atomic_exchange(&held, true)) return LAB_TRACE_ALREADY_RUNNING;
  lab_trace_status status = begin(request, from_start);
  if (status != LAB_TRACE_OK) LAB_RELEASE(&held, false);
  return status;
}

lab_trace_status lab_trace_start(const char *path, uint64_t limit, uint64_t window, uint64_t window_nanoseconds) {
  return start(&(struct lab_trace_request){path, limit, window, window_nanoseconds}, false);
}

void lab_trace_stop(void) {
  if (lab_trace_session() == 0) return;
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

static const char *asked_path;

void lab_trace_goes_to(const char *path) { asked_path = path; }

const char *lab_trace_begin(long rate) {
  (void)rate;
  struct lab_trace_request request = {.path = asked_path};
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
  if (runs) lab_hooks_switch(LAB_ENGINE(trace), false);
  if (runs && tasks == LAB_TASKS_OK) lab_tasks_unfollow(&lab_trace_listener);
  lab_trace_file_forget();
  LAB_STORE(&held, false);
}

__attribute__((constructor(LAB_STARTS_TRACES))) static void prepare_traces(void) {
  pthread_atfork(NULL, NULL, after_fork_in_child);
}
#endif

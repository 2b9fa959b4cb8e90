// The sessions that the environment asked for, and how they are written: by the Swift half, one after the other, by
// whichever thread gets to it first.
//
// C because they begin before main, and before Swift's own registration in a static build. Not async-signal-safe,
// except where said.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "environment/sessions.h"
#include "base/lock.h"
#include "environment/control.h"
#include "environment/kept_file.h"
#include "environment/output.h"
#include "environment/progress.h"
#include "environment/signals.h"
#include "environment/stderr.h"
#include "environment/writer.h"
#include "cpu/cpu.h"
#include "lab_environment.h"
#include "threads/thread.h"
#include "trace/trace.h"
#include "world/world.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/// More than anybody asks for at once.
enum { SESSIONS = 16 };
static struct session {
  const struct lab_kind *kind;
  char asked[PATH_MAX]; ///< the file's name as it was asked for
  struct lab_environment_session told;
  struct lab_output output;
  bool announces;
} sessions[SESSIONS];
static int session_count;
/// The process that they are of; 0: none. Stored behind them: who finds it set finds them.
static _Atomic pid_t owner;
static _Atomic bool over;
/// When they began, if they were to stay open whatever there is to write.
static int64_t began_at;
/// Held by whoever writes.
static struct lab_lock writing;
/// Where whoever writes goes on if what it calls for that crashes.
static sigjmp_buf after_crash;
/// The library that writes, as it was at the start.
static struct lab_kept_file library = LAB_NO_FILE;
static char library_path[PATH_MAX];

static int64_t nanoseconds_since_epoch(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

bool lab_sessions_are_of_this_process(void) {
  pid_t process = LAB_LOAD(&owner);
  return process != 0 && process == getpid();
}

void lab_sessions_stay_open(void) {
  if (began_at == 0) began_at = nanoseconds_since_epoch();
  atomic_store(&owner, getpid());
}

int64_t lab_sessions_began_at(void) { return began_at; }

bool lab_sessions_are_open(void) { return lab_sessions_are_of_this_process() && !LAB_ACQUIRE(&over); }

// MARK: - Begin

/// The rate that the environment asks for; -1 if it makes no sense.
static long rate_of(const struct lab_kind *kind) {
  const char *rate = *kind->rate_variable ? getenv(kind->rate_variable) : NULL;
  if (!rate || !*rate) return kind->usual_rate;
  char *end, highest[32];
  errno = 0;
  long value = strtol(rate, &end, 10);
  if (!*end && !errno && value >= 1 && value <= kind->highest_rate) return value;
  snprintf(highest, sizeof highest, " from 1 to %ld", kind->highest_rate);
  if (kind->highest_rate == LONG_MAX) *highest = 0;
  lab_say(kind->variable, ": ", kind->rate_variable, " is '", rate, "', which is not a rate", highest,
          "; not profiling", NULL);
  return -1;
}

// MARK: - Traces

/// Whether the sampler runs for the samples in a trace alone.
static bool samples_for_trace;

static void on_trigger(const char *occasion) { lab_writer_ask(LAB_ASK_LOOK, occasion); }

/// Why there are no samples in the trace that wants them; null if there are, or it wants none.
static const char *begin_samples(void) {
  lab_trace_on_trigger(on_trigger);
  if (!lab_trace_wants_samples() || lab_cpu_recording() != 0) return NULL;
  const char *why_not = lab_cpu_begin(100);
  samples_for_trace = why_not == NULL;
  if (why_not != NULL) lab_trace_stop(), lab_trace_discard();
  return why_not;
}

static void tell_where_it_was_recorded(const char *remark) {
  lab_say("lab: what was recorded ", remark, remark[0] == 0 ? "" : " ", "is in ", lab_trace_path(),
          ", without names of functions", NULL);
}

static void trace_is_written(bool goes_on, const char *path, bool may_say) {
  if (goes_on) return;
  if (samples_for_trace) lab_cpu_stop();
  samples_for_trace = false;
  // What it was recorded in is of use where the program is killed; now it is in the other one as well.
  if (lab_trace_is_numbered() && strcmp(path, lab_trace_path()) != 0 && access(path, F_OK) == 0) unlink(lab_trace_path());
  // A full disk has no room for the other.
  else if (may_say && lab_trace_file_is_raw(lab_trace_path())) tell_where_it_was_recorded("");
}

/// Where triggers write, files are few: the newest take the place of the oldest.
static void number(struct session *session) {
  enum { MOST = 16 };
  bool is_ring = session->kind->begin == lab_trace_begin && lab_trace_keeps_window();
  if (is_ring && session->output.number == MOST) session->output.number = 0;
  lab_output_number(&session->output);
}

// MARK: - Begin

/// Begins what a session says; false, with a complaint, if that cannot be.
static bool begin(struct session *session, unsigned image) {
  const struct lab_kind *kind = session->kind;
  char reason[PATH_MAX + 128];
  if (!lab_output_open(&session->output, session->asked, image, reason, sizeof reason)) {
    lab_say(kind->variable, ": ", reason, "; not profiling", NULL);
    return false;
  }
  session->told.began_at = nanoseconds_since_epoch();
  if (kind->begin == lab_trace_begin) lab_trace_goes_to(session->output.path);
  const char *why_not = kind->begin ? kind->begin(session->told.rate) : NULL;
  if (!why_not && kind->begin == lab_trace_begin) why_not = begin_samples();
  if (!why_not) return true;
  lab_say(kind->variable, ": ", why_not, "; not profiling", NULL);
  lab_output_close(&session->output);
  return false;
}

bool lab_session_begin(const struct lab_kind *kind, const char *pattern, unsigned image, bool announces) {
  if (session_count == SESSIONS) return false;
  struct session *session = &sessions[session_count];
  long rate = rate_of(kind);
  if (rate < 0) return false;
  if (!lab_environment_finish) {
    lab_say(kind->variable, ": this program has only half of the profiler; not profiling", NULL);
    return false;
  }
  if (strlen(pattern) >= sizeof session->asked) {
    lab_say(kind->variable, ": the path is too long; not profiling", NULL);
    return false;
  }
  session->kind = kind;
  strcpy(session->asked, pattern);
  session->told = (struct lab_environment_session){
      .kind = kind->name, .variable = kind->variable, .rate = rate, .engine = &lab_engine};
  session->announces = announces;
  if (!begin(session, image)) return false;
  session_count++;
  atomic_store(&owner, getpid());
  return true;
}

// MARK: - Writing

static void write_one(struct session *session, enum lab_writing why, const char *remark, bool is_quiet) {
  struct lab_environment_session *told = &session->told;
  if (why == LAB_WRITES_CRASH && session->kind->begin == lab_trace_begin) {
    lab_trace_keeper_leave();
    tell_where_it_was_recorded(remark);
    return;
  }
  if (why == LAB_WRITES_CRASH && !session->kind->at_crash) {
    lab_say(session->kind->variable, ": nothing is written ", remark, ", for this profile needs memory to be sound",
            NULL);
    return;
  }
  if (strstr(session->output.pattern + session->output.directory_bytes, "%n")) number(session);
  told->path = session->output.path;
  told->output = &session->output;
  told->is_silent = !lab_stderr_is_as_before();
  told->goes_on = why != LAB_WRITES_END;
  told->remark = remark;
  told->writer = lab_is_kept(&library) ? library.descriptor : -1;
  told->announces = session->announces && !is_quiet;
  // There is no time for it after a crash.
  bool tells = told->announces && !told->is_silent && why != LAB_WRITES_CRASH;
  if (tells) lab_progress_begin(session->output.path);
  lab_environment_finish(told);
  if (tells) lab_progress_end();
  if (session->kind->begin == lab_trace_begin) trace_is_written(told->goes_on, session->output.path, !told->is_silent);
}

static void write_all(enum lab_writing why, const char *remark) {
  if (why == LAB_WRITES_END) lab_calls_all_go_on = true;
  for (int i = 0; i < session_count; i++) write_one(&sessions[i], why, remark, false);
}

static void write_ahead(enum lab_writing why, const char *remark) {
  for (int i = 0; i < session_count; i++) {
    if (!lab_output_may_be_lost(&sessions[i].output)) continue;
    write_one(&sessions[i], why, remark, true);
    lab_output_hold(&sessions[i].output);
  }
}

/// Has `body` run under the lock. If it crashes, for it lacks memory, or what it reads of the program's is damaged, the
/// program still ends as it would have. Whether it has run to its end; false, too, if nothing is open.
static bool run_guarded(void (*body)(void *context), void *context) {
  struct lab_shield shield = lab_shield();
  uint32_t ignored = lab_self.ignored, inside = lab_self.inside;
  bool is_done = true;
  if (lab_self.is_own) lab_signals_unblock_crashes();
  if (sigsetjmp(after_crash, 1) == 0) {
    lab_self.writes = true;
    body(context);
    lab_self.writes = false;
  } else {
    lab_self.writes = false;
    lab_self.ignored = ignored;
    lab_self.inside = inside;
    is_done = false;
  }
  lab_unshield(&shield);
  return is_done;
}

bool lab_sessions_guard(void (*body)(void *context), void *context) {
  lab_lock(&writing);
  bool is_done = lab_sessions_are_open() && run_guarded(body, context);
  lab_unlock(&writing);
  return is_done;
}

/// What is to be written, and for what.
struct order {
  void (*write)(enum lab_writing why, const char *remark);
  enum lab_writing why;
  const char *remark;
};

static void follow(void *context) {
  const struct order *order = context;
  order->write(order->why, order->remark);
}

static void guard(void (*write)(enum lab_writing why, const char *remark), enum lab_writing why, const char *remark) {
  struct order order = {write, why, remark};
  if (why == LAB_WRITES_END && lab_sessions_are_open()) lab_control_end();
  lab_lock(&writing);
  if (lab_sessions_are_open()) {
    bool is_done = run_guarded(follow, &order);
    if (!is_done) {
      lab_progress_end();
      lab_say("lab: the profiler itself crashed while it wrote; nothing is written", NULL);
    }
    if (why == LAB_WRITES_END || !is_done) LAB_RELEASE(&over, true);
  }
  lab_unlock(&writing);
}

void lab_sessions_write(enum lab_writing why, const char *remark) { guard(write_all, why, remark); }

void lab_sessions_give_up(void) {
  if (lab_self.writes) siglongjmp(after_crash, 1);
}

// MARK: - What the program does meanwhile

void lab_sessions_before_loss(void) { guard(write_ahead, LAB_WRITES_LOOK, NULL); }

bool lab_sessions_may_be_lost(void) {
  bool may_be = false;
  for (int i = 0; i < session_count && lab_sessions_are_open(); i++)
    may_be |= lab_output_may_be_lost(&sessions[i].output);
  return may_be;
}

void lab_sessions_keep_writer(const char *preloaded) {
  const char *slash = strrchr(preloaded, '/');
  int folder = slash ? (int)(slash + 1 - preloaded) : 0;
  snprintf(library_path, sizeof library_path, "%.*s" LAB_WRITER_FILE, folder, preloaded);
  library = lab_keep(open(library_path, O_RDONLY | O_CLOEXEC), false);
}

void lab_sessions_close(void) {
  for (int i = 0; i < session_count; i++) lab_output_close(&sessions[i].output);
  lab_drop(&library);
}

// MARK: - Fork

void lab_sessions_forget(void) {
  lab_lock_reset(&writing);
  lab_sessions_close();
  began_at = 0;
  atomic_store(&owner, 0);
}

bool lab_sessions_begin_again(void) {
  if (LAB_LOAD(&over)) return false;
  // What the parent recorded is the parent's.
  lab_cpu_stop();
  lab_heap_stop();
  lab_tasks_stop();
  lab_task_leaks_end();
  lab_mutex_stop();
  lab_block_stop();
  lab_trace_stop();
  lab_trace_discard();
  int kept = 0;
  if (*library_path) library = lab_keep(open(library_path, O_RDONLY | O_CLOEXEC), false);
  for (int i = 0; i < session_count; i++)
    if (begin(&sessions[i], 1)) sessions[kept++] = sessions[i];
  session_count = kept;
  atomic_store(&owner, kept > 0 ? getpid() : 0);
  return kept > 0;
}
#endif

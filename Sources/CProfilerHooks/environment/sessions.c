// The sessions that the environment asked for, and how they are written: by the Swift half, one after the other, by
// whichever thread gets to it first.
//
// C because they begin before main, and before Swift's own registration in a static build. Not async-signal-safe,
// except where said.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "environment/sessions.h"
#include "base/lock.h"
#include "environment/output.h"
#include "environment/progress.h"
#include "environment/stderr.h"
#include "lab_environment.h"
#include "threads/thread.h"
#include "world/world.h"
#include <errno.h>
#include <limits.h>
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
} sessions[SESSIONS];
static int session_count;
/// The process that they are of; 0: none.
static _Atomic pid_t owner;
static _Atomic bool over;
/// Held by whoever writes.
static struct lab_lock writing;

bool lab_sessions_are_of_this_process(void) {
  pid_t process = LAB_LOAD(&owner);
  return process != 0 && process == getpid();
}

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

static int64_t nanoseconds_since_epoch(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/// Begins what a session says; false, with a complaint, if that cannot be.
static bool begin(struct session *session, unsigned image) {
  const struct lab_kind *kind = session->kind;
  char reason[PATH_MAX + 128];
  if (!lab_output_open(&session->output, session->asked, image, reason, sizeof reason)) {
    lab_say(kind->variable, ": ", reason, "; not profiling", NULL);
    return false;
  }
  session->told.began_at = nanoseconds_since_epoch();
  const char *why_not = kind->begin ? kind->begin(session->told.rate) : NULL;
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
      .kind = kind->name, .variable = kind->variable, .rate = rate, .announces = announces, .engine = &lab_engine};
  if (!begin(session, image)) return false;
  session_count++;
  atomic_store(&owner, getpid());
  return true;
}

// MARK: - Writing

static void write_one(struct session *session, enum lab_writing why, const char *remark) {
  if (why == LAB_WRITES_CRASH && !session->kind->at_crash) {
    lab_say(session->kind->variable, ": nothing is written ", remark, ", for this profile needs memory to be sound",
            NULL);
    return;
  }
  if (strstr(session->output.pattern + session->output.directory_bytes, "%n")) lab_output_number(&session->output);
  session->told.path = session->output.path;
  session->told.output = &session->output;
  session->told.is_silent = !lab_stderr_is_as_before();
  session->told.goes_on = why != LAB_WRITES_END;
  session->told.remark = remark;
  // There is no time for it after a crash.
  bool tells = session->told.announces && !session->told.is_silent && why != LAB_WRITES_CRASH;
  if (tells) lab_progress_begin(session->output.path);
  lab_environment_finish(&session->told);
  if (tells) lab_progress_end();
}

void lab_sessions_write(enum lab_writing why, const char *remark) {
  lab_lock(&writing);
  if (lab_sessions_are_open()) {
    struct lab_shield shield = lab_shield();
    lab_self.writes = true;
    if (why == LAB_WRITES_END) lab_calls_all_go_on = true;
    for (int i = 0; i < session_count; i++) write_one(&sessions[i], why, remark);
    if (why == LAB_WRITES_END) LAB_RELEASE(&over, true);
    lab_self.writes = false;
    lab_unshield(&shield);
  }
  lab_unlock(&writing);
}

// MARK: - What the program does meanwhile

void lab_sessions_before_loss(void) {
  if (!lab_sessions_are_open()) return;
  for (int i = 0; i < session_count; i++) lab_output_before_loss(&sessions[i].output);
}

void lab_sessions_after_loss(void) {
  if (!lab_sessions_are_open()) return;
  for (int i = 0; i < session_count; i++) lab_output_after_loss(&sessions[i].output);
}

void lab_sessions_close(void) {
  for (int i = 0; i < session_count; i++) lab_output_close(&sessions[i].output);
}

// MARK: - Fork

void lab_sessions_forget(void) {
  lab_lock_reset(&writing);
  lab_sessions_close();
  atomic_store(&owner, 0);
}

bool lab_sessions_begin_again(void) {
  if (LAB_LOAD(&over)) return false;
  // The parent's samples and blocks are the parent's.
  lab_cpu_stop();
  lab_heap_stop();
  int kept = 0;
  for (int i = 0; i < session_count; i++)
    if (begin(&sessions[i], 1)) sessions[kept++] = sessions[i];
  session_count = kept;
  atomic_store(&owner, kept > 0 ? getpid() : 0);
  return kept > 0;
}
#endif

// The functions of libc by which a process ends without `exit`, goes on as its own child, or gives up rights: what is
// recorded is written first.
//
// `_exit` may be called in a handler that interrupted anything, so our thread writes. What `quick_exit` and `daemon`
// call of it within libc passes no hook. C, because they take libc's place; as safe in signal handlers as the real
// ones.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "environment/leaving.h"
#include "environment/children.h"
#include "environment/kept_file.h"
#include "environment/sessions.h"
#include "environment/signals.h"
#include "environment/stderr.h"
#include "environment/writer.h"
#include "hooks/hooks.h"
#include "threads/thread.h"
#include <errno.h>
#include <sys/prctl.h>
#include <unistd.h>

LAB_HIDE_THIS_FILE

static _Atomic bool has_other_root, has_filter;

/// The kernel is not asked where it may be forbidden to.
bool lab_is_confined(void) {
  return LAB_LOAD(&has_other_root) || LAB_LOAD(&has_filter) || lab_descriptors_are_used_up();
}

void lab_before_leaving(void) { lab_leave_within(LAB_PATIENCE); }

void lab_leave_within(uint64_t patience) {
  // A child by fork or vfork has nothing to write.
  if (!lab_sessions_are_of_this_process() || lab_self.is_own) return;
  if (lab_signal_is_ending()) lab_signal_await_end();
  if (!lab_sessions_are_open()) return;
  if (!lab_writer_do(LAB_ASK_LEAVE, NULL, patience) && lab_sessions_are_open())
    lab_say("lab: the profile was not written in time; nothing is written", NULL);
}

#if LAB_INTERPOSES
void LAB_BODY(_exit)(int status) {
  lab_before_leaving();
  lab_real._exit(status);
}

void LAB_BODY(_Exit)(int status) {
  lab_before_leaving();
  lab_real._Exit(status);
}

/// Its own frame is none of the program's: a debugger shows where it aborted.
void LAB_BODY(abort)(void) {
  lab_signal_before_abort();
  __attribute__((musttail)) return lab_real.abort();
}

/// The parent ends in there, or it fails.
int LAB_BODY(daemon)(int keeps_directory, int keeps_descriptors) {
  static const char is_not_followed[] = "before it went on as a daemon, which is not profiled; --children follows it";
  static const char is_followed[] = "before it went on as a daemon, which has a file of its own";
  if (lab_sessions_are_open())
    lab_writer_do(LAB_ASK_DAEMON, lab_children_are_followed() ? is_followed : is_not_followed, LAB_PATIENCE);
  return lab_real.daemon(keeps_directory, keeps_descriptors);
}

// MARK: - Rights

/// The effective user is who decides, and for all but root the groups: what is recorded is written while it can be.
static void before(bool loses) {
  int error = errno;
  if (loses && lab_sessions_may_be_lost()) lab_writer_do(LAB_ASK_LOSS, NULL, LAB_PATIENCE);
  errno = error;
}

static bool is_other_user(uid_t user) { return user != (uid_t)-1 && user != geteuid(); }
static bool is_other_group(gid_t group) { return geteuid() != 0 && group != (gid_t)-1 && group != getegid(); }

int LAB_BODY(setuid)(uid_t user) {
  before(is_other_user(user));
  return lab_real.setuid(user);
}
int LAB_BODY(seteuid)(uid_t user) {
  before(is_other_user(user));
  return lab_real.seteuid(user);
}
int LAB_BODY(setreuid)(uid_t real, uid_t effective) {
  before(is_other_user(effective));
  return lab_real.setreuid(real, effective);
}
int LAB_BODY(setresuid)(uid_t real, uid_t effective, uid_t saved) {
  before(is_other_user(effective));
  return lab_real.setresuid(real, effective, saved);
}
int LAB_BODY(setgid)(gid_t group) {
  before(is_other_group(group));
  return lab_real.setgid(group);
}
int LAB_BODY(setegid)(gid_t group) {
  before(is_other_group(group));
  return lab_real.setegid(group);
}
int LAB_BODY(setregid)(gid_t real, gid_t effective) {
  before(is_other_group(effective));
  return lab_real.setregid(real, effective);
}
int LAB_BODY(setresgid)(gid_t real, gid_t effective, gid_t saved) {
  before(is_other_group(effective));
  return lab_real.setresgid(real, effective, saved);
}
int LAB_BODY(setgroups)(size_t count, const gid_t *groups) {
  before(geteuid() != 0);
  return lab_real.setgroups(count, groups);
}
int LAB_BODY(chroot)(const char *path) {
  if (lab_sessions_are_open() && lab_writer_do(LAB_ASK_ROOT, NULL, LAB_PATIENCE)) atomic_store(&has_other_root, true);
  return lab_real.chroot(path);
}
/// Whoever wants a filter for system calls, by this function or another, has to say before that it needs no rights, if
/// it is not root. Source: seccomp(2).
int LAB_BODY(prctl)(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d) {
  if (option == PR_SET_SECCOMP || option == PR_SET_NO_NEW_PRIVS) atomic_store(&has_filter, true);
  return lab_real.prctl(option, a, b, c, d);
}
#endif
#endif

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
#include "environment/sessions.h"
#include "environment/signals.h"
#include "environment/stderr.h"
#include "environment/writer.h"
#include "hooks/hooks.h"
#include "threads/thread.h"
#include <errno.h>

LAB_HIDE_THIS_FILE

static _Atomic bool has_other_root;

bool lab_root_has_changed(void) { return LAB_LOAD(&has_other_root); }

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

#define LOSING(call)                \
  lab_sessions_before_loss();       \
  int result = lab_real.call;       \
  int error = errno;                \
  lab_sessions_after_loss();        \
  errno = error;                    \
  return result

int LAB_BODY(setuid)(uid_t user) { LOSING(setuid(user)); }
int LAB_BODY(seteuid)(uid_t user) { LOSING(seteuid(user)); }
int LAB_BODY(setreuid)(uid_t real, uid_t effective) { LOSING(setreuid(real, effective)); }
int LAB_BODY(setresuid)(uid_t real, uid_t effective, uid_t saved) { LOSING(setresuid(real, effective, saved)); }
int LAB_BODY(setgid)(gid_t group) { LOSING(setgid(group)); }
int LAB_BODY(setegid)(gid_t group) { LOSING(setegid(group)); }
int LAB_BODY(setregid)(gid_t real, gid_t effective) { LOSING(setregid(real, effective)); }
int LAB_BODY(setresgid)(gid_t real, gid_t effective, gid_t saved) { LOSING(setresgid(real, effective, saved)); }
int LAB_BODY(setgroups)(size_t count, const gid_t *groups) { LOSING(setgroups(count, groups)); }
int LAB_BODY(chroot)(const char *path) {
  if (lab_sessions_are_open() && lab_writer_do(LAB_ASK_ROOT, NULL, LAB_PATIENCE)) atomic_store(&has_other_root, true);
  LOSING(chroot(path));
}
#endif
#endif

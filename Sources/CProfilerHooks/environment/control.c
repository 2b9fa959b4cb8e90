// Answers whoever asks, by the control socket, to have the running program captured.
//
// One thread listens, and each capture has one: all of our own, so that a program whose threads are all blocked is
// answered. They have a table of descriptors to themselves, in which there is nothing of the program's: it meets no
// number of ours and cannot close one, none of its files is kept open, and no child inherits a socket. What was taken
// is handed over as a sealed file without a name in one message, so that nobody here waits for a slow reader.
//
//     -> profile=cpu duration=5000000000 file=cpu.pb.gz\n     (what words there are: ControlRequest.swift)
//     <- ok\n(412 samples)\n                                  and the descriptor; or: error\nwhy not\n
//
// C because it begins before main, and a program in C has no Swift in it until somebody asks. Not async-signal-safe.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "environment/control.h"
#include "base/atomics.h"
#include "base/clock.h"
#include "base/system_call.h"
#include "environment/control_jobs.h"
#include "environment/control_socket.h"
#include "environment/sessions.h"
#include "environment/stderr.h"
#include "lab_control.h"
#include "lab_creation.h"
#include "lab_heap.h"
#include "threads/own_threads.h"
#include <limits.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/// Who has connected and not yet said what is wanted: how many, for how long, and how much it may be.
enum { CALLERS = 16, PATIENCE_MILLISECONDS = 5000, TICK_MILLISECONDS = 100 };
static struct caller {
  int socket; ///< -1: none
  uint64_t deadline;
  size_t length;
  char text[LAB_CONTROL_REQUEST];
} callers[CALLERS];

static bool is_wanted;
static char preloaded[PATH_MAX];
static struct lab_control_path place;
/// The listening thread's id; 0: there is none.
static _Atomic int listening;
/// What became of its beginning: 0 not yet, 1 it listens, 2 it cannot, for this reason, which is written before.
static _Atomic uint32_t outcome;
static char reason[PATH_MAX];

// MARK: - Callers

static void hang_up(struct caller *caller) {
  lab_close(caller->socket);
  caller->socket = -1;
}

static void refuse(struct caller *caller, const char *why) {
  char text[256];
  int length = snprintf(text, sizeof text, "error\n%s\n", why);
  lab_control_reply(caller->socket, text, (size_t)length, -1);
  hang_up(caller);
}

static void accept_one(int listener) {
  int socket = (int)lab_system_call(SYS_accept4, listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (socket < 0) return;
  struct caller fresh = {.socket = socket, .deadline = lab_now() + PATIENCE_MILLISECONDS * 1000000ull}, *free = NULL;
  for (int i = 0; i < CALLERS; i++)
    if (callers[i].socket < 0) free = &callers[i];
  if (!lab_control_may_ask(socket)) refuse(&fresh, "the program belongs to another user");
  else if (!free) refuse(&fresh, "too many have connected at once");
  else *free = fresh;
}

/// Reads what there is; what is a whole line is given a thread.
static void hear(struct caller *caller) {
  char *end = caller->text + caller->length;
  long count = lab_system_call(SYS_recvfrom, caller->socket, end, sizeof caller->text - caller->length, MSG_DONTWAIT,
                               NULL, NULL);
  if (count == -EAGAIN || count == -EINTR) return;
  if (count <= 0) return hang_up(caller);
  caller->length += (size_t)count;
  char *line_end = memchr(end, '\n', (size_t)count);
  if (!line_end && caller->length == sizeof caller->text) return refuse(caller, "the request is too long");
  if (!line_end) return;
  // What is behind a zero would not be seen.
  if (memchr(caller->text, 0, (size_t)(line_end - caller->text))) return refuse(caller, "the request is no text");
  *line_end = 0;
  const char *why_not = lab_control_job(caller->socket, caller->text);
  if (why_not) return refuse(caller, why_not);
  caller->socket = -1;
}

/// Waits for the next word, but not long.
static void attend(int listener) {
  struct pollfd files[CALLERS + 1] = {{listener, POLLIN, 0}};
  for (int i = 0; i < CALLERS; i++) files[i + 1] = (struct pollfd){callers[i].socket, POLLIN, 0};
  struct timespec tick = {0, TICK_MILLISECONDS * 1000000l};
  if (lab_system_call(SYS_ppoll, files, CALLERS + 1, &tick, NULL, 0) < 0) return;
  for (int i = 0; i < CALLERS; i++) {
    if (callers[i].socket < 0) continue;
    if (files[i + 1].revents) hear(&callers[i]);
    else if (lab_now() > callers[i].deadline) refuse(&callers[i], "nothing was asked in time");
  }
  if (files[0].revents) accept_one(listener);
}

// MARK: - The thread

/// Gives this thread a table of descriptors of its own, with nothing in it but what takes the places of the standard
/// ones. The kernel's function is older than the C library's name for it, and is there where `unshare` is forbidden.
static bool own_descriptors(void) {
  if (lab_system_call(SYS_close_range, 0, UINT_MAX, CLOSE_RANGE_UNSHARE) != 0) return false;
  for (int file = 0; file <= STDERR_FILENO; file++)
    if (lab_system_call(SYS_openat, AT_FDCWD, "/dev/null", O_RDWR | O_CLOEXEC) != file) return false;
  return true;
}

static int open_socket(void) {
  if (!own_descriptors()) {
    snprintf(reason, sizeof reason, "this kernel gives a thread no descriptors of its own (close_range, Linux 5.9)");
    return -1;
  }
  int listener = lab_control_listen(&place, reason, sizeof reason);
  if (listener >= 0) lab_control_open_writer(*preloaded ? preloaded : NULL);
  return listener;
}

static void *listen_for_callers(void *unused) {
  (void)unused;
  lab_heap_ignore_begin();
  int listener = open_socket();
  if (listener >= 0) atomic_store(&listening, lab_gettid());
  atomic_store(&outcome, listener >= 0 ? 1 : 2);
  lab_futex_wake(&outcome, INT_MAX);
  if (listener >= 0) lab_control_clean(&place);
  for (int i = 0; i < CALLERS; i++) callers[i].socket = -1;
  while (listener >= 0 && !lab_control_is_ending()) attend(listener);
  for (int i = 0; i < CALLERS; i++)
    if (callers[i].socket >= 0) refuse(&callers[i], "the program ends");
  if (listener >= 0) lab_close(listener);
  lab_heap_ignore_end();
  return NULL;
}

static bool start(void) {
  enum { STACK_BYTES = 256 << 10 };
  pthread_t thread;
  if (!lab_control_place(&place, reason, sizeof reason)) return false;
  atomic_store(&outcome, 0);
  // What libc allocates for it is not the program's.
  lab_heap_ignore_begin();
  int error = lab_thread_start_own(&thread, STACK_BYTES, listen_for_callers, NULL);
  lab_heap_ignore_end();
  if (error) {
    snprintf(reason, sizeof reason, "its thread could not be started: %s", strerror(error));
    return false;
  }
  pthread_detach(thread);
  while (LAB_ACQUIRE(&outcome) == 0) lab_futex_wait(&outcome, 0, NULL);
  return LAB_LOAD(&outcome) == 1;
}

// MARK: - Begin and end

void lab_control_read(const char *library) {
  const char *asked = getenv("LAB_CONTROL");
  is_wanted = asked && strcmp(asked, "1") == 0;
  if (asked && *asked && !is_wanted && strcmp(asked, "0") != 0)
    lab_say("LAB_CONTROL: '", asked, "' is neither 1 nor 0; it is not heeded", NULL);
  if (library && strlen(library) < sizeof preloaded) strcpy(preloaded, library);
}

const char *lab_heap_begin(long rate);
const char *lab_creation_begin(long rate);
const char *lab_tasks_begin(long rate);

void lab_control_begin(void) {
  if (!is_wanted) return;
  if (!lab_control_answer) {
    lab_say("LAB_CONTROL: this program has only half of the profiler; there is no control socket", NULL);
    return;
  }
  lab_control_jobs_begin();
  if (!start()) {
    lab_say("LAB_CONTROL: ", reason, "; there is no control socket", NULL);
    return;
  }
  // Of what lives on the heap, of tasks and of threads only what was seen made can be told in full. Where that cannot be,
  // for a sanitizer stands there, or is already, whoever asks is told so.
  enum { HEAP_RATE = 512 << 10 };
  lab_heap_begin(HEAP_RATE);
  lab_creation_begin(1);
  lab_tasks_begin(1);
  lab_sessions_stay_open();
}

void lab_control_end(void) {
  if (LAB_LOAD(&listening) == 0) return;
  lab_control_jobs_end();
  unlink(place.text);
}

void lab_control_await_end(void) {
  lab_control_await_thread(atomic_exchange(&listening, 0));
  lab_control_jobs_await_end();
}

void lab_control_forget(void) {
  atomic_store(&listening, 0);
  lab_control_jobs_begin();
}
#endif

// Captures that the control socket was asked for. The Swift half does them, in two steps, between which a thread waits;
// no two steps, nor what is written at the program's end, run at once.
//
// C because a program in C has no Swift in it until the first. Not async-signal-safe.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "environment/control_jobs.h"
#include "base/atomics.h"
#include "base/clock.h"
#include "base/system_call.h"
#include "environment/sessions.h"
#include "environment/writer.h"
#include "lab_control.h"
#include "lab_environment.h"
#include "lab_heap.h"
#include "threads/own_threads.h"
#include <limits.h>
#include <linux/memfd.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/// How many at once; the words of an answer; how much a capture may have, for it lies in memory.
enum { JOBS = 6, REPLY = 8 << 10, STACK_BYTES = 8 << 20 };
static const size_t MOST_BYTES = 1ul << 30;

static struct job {
  struct lab_control_call call; // first, so that a call leads to its job
  /// Taken by an exchange and given back by a store, behind all that its thread does with the rest; that thread is made when
  /// the rest is filled in.
  _Atomic bool is_taken;
  _Atomic int tid;
  int connection, file;
  size_t bytes, reply_bytes;
  char request[LAB_CONTROL_REQUEST], reply[REPLY];
} jobs[JOBS];
/// How many there are, and whether the program ends; threads sleep on them.
static _Atomic uint32_t running, ends;
static int writer_file = -1;

bool lab_control_is_ending(void) { return LAB_ACQUIRE(&ends) != 0; }

void lab_control_jobs_begin(void) {
  atomic_store(&ends, 0);
  atomic_store(&running, 0);
  for (int i = 0; i < JOBS; i++) atomic_store(&jobs[i].is_taken, false), atomic_store(&jobs[i].tid, 0);
  writer_file = -1;
}

void lab_control_jobs_end(void) {
  // Less than whoever waits for our caller has patience for.
  uint64_t limit = lab_now() + LAB_PATIENCE / 2;
  atomic_store(&ends, 1);
  lab_futex_wake(&ends, INT_MAX);
  for (uint32_t left; (left = LAB_ACQUIRE(&running)) != 0 && lab_now() < limit;)
    lab_futex_wait(&running, left, &(struct timespec){0, 50000000});
}

void lab_control_await_thread(int tid) {
  for (int tries = 0; tid != 0 && tries < 1000 && lab_system_call(SYS_tgkill, getpid(), tid, 0) == 0; tries++)
    lab_sleep(1000000);
}

void lab_control_jobs_await_end(void) {
  for (int i = 0; i < JOBS; i++) lab_control_await_thread(atomic_exchange(&jobs[i].tid, 0));
}

void lab_control_open_writer(const char *preloaded) {
  char path[PATH_MAX];
  if (!preloaded) return;
  const char *slash = strrchr(preloaded, '/');
  int folder = slash ? (int)(slash + 1 - preloaded) : 0;
  if (snprintf(path, sizeof path, "%.*s" LAB_WRITER_FILE, folder, preloaded) < (int)sizeof path)
    writer_file = lab_open(path);
}

// MARK: - Handing over

static bool hand_over(struct lab_control_call *call, const void *bytes, size_t count) {
  struct job *job = (struct job *)call;
  for (size_t done = 0; done < count;) {
    long written = job->bytes + (count - done) > MOST_BYTES
                       ? -EFBIG
                       : lab_system_call(SYS_write, job->file, (const char *)bytes + done, count - done);
    if (written == -EINTR) continue;
    if (written <= 0) return false;
    done += (size_t)written;
    job->bytes += (size_t)written;
  }
  return true;
}

static void say(struct lab_control_call *call, const char *text, size_t bytes) {
  struct job *job = (struct job *)call;
  size_t room = sizeof job->reply - job->reply_bytes;
  if (bytes > room) bytes = room;
  memcpy(job->reply + job->reply_bytes, text, bytes);
  job->reply_bytes += bytes;
}

static void fail(struct job *job, const char *why) {
  job->call.has_failed = true;
  job->reply_bytes = 0;
  say(&job->call, why, strlen(why));
  say(&job->call, "\n", 1);
}

void lab_control_reply(int connection, const char *text, size_t length, int file) {
  struct iovec content = {(void *)text, length};
  struct msghdr message = {.msg_iov = &content, .msg_iovlen = 1};
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(sizeof(int))];
  } control = {.header = {.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int))}};
  if (file >= 0) {
    memcpy(CMSG_DATA(&control.header), &file, sizeof file);
    message.msg_control = &control;
    message.msg_controllen = sizeof control.space;
  }
  lab_system_call(SYS_sendmsg, connection, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

// MARK: - One

/// Whether nobody waits for it any more: to have said more than one line is to have hung up.
static bool is_unwanted(const struct job *job) {
  char byte;
  return lab_system_call(SYS_recvfrom, job->connection, &byte, 1, MSG_PEEK | MSG_DONTWAIT, NULL, NULL) != -EAGAIN;
}

static void do_step(void *job) { lab_control_answer(&((struct job *)job)->call); }

static void step(struct job *job, enum lab_control_step step) {
  job->call.step = step;
  if (!lab_sessions_guard(do_step, job)) fail(job, "the program ends, or the profiler has crashed in it");
}

/// False if nobody wants it any more.
static bool wait_for_its_end(struct job *job) {
  uint64_t end = lab_now() + job->call.wait, now;
  while ((now = lab_now()) < end && !lab_control_is_ending()) {
    if (is_unwanted(job)) return false;
    uint64_t left = end - now < 200000000 ? end - now : 200000000;
    lab_futex_wait(&ends, 0, &(struct timespec){0, (long)left});
  }
  job->call.is_early = lab_now() < end;
  return true;
}

static void *serve(void *argument) {
  struct job *job = argument;
  atomic_store(&job->tid, lab_gettid());
  lab_heap_ignore_begin();
  job->file = (int)lab_system_call(SYS_memfd_create, "lab-capture", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (job->file < 0) fail(job, "the kernel gives no memory to hand over (memfd_create)");
  else step(job, LAB_CONTROL_BEGIN);
  if (!job->call.has_failed) step(job, wait_for_its_end(job) ? LAB_CONTROL_TAKE : LAB_CONTROL_ABANDON);
  char text[REPLY + 8];
  int length = snprintf(text, sizeof text, "%s\n%.*s", job->call.has_failed ? "error" : "ok", (int)job->reply_bytes,
                        job->reply);
  bool is_whole = !job->call.has_failed && lab_system_call(SYS_fcntl, job->file, F_ADD_SEALS,
                                                           F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) == 0;
  lab_control_reply(job->connection, text, (size_t)length, is_whole ? job->file : -1);
  if (job->file >= 0) lab_close(job->file);
  lab_close(job->connection);
  lab_heap_ignore_end();
  atomic_store(&job->is_taken, false);
  atomic_fetch_sub(&running, 1);
  lab_futex_wake(&running, INT_MAX);
  return NULL;
}

const char *lab_control_job(int connection, const char *request) {
  struct job *job = NULL;
  for (int i = 0; i < JOBS && !job; i++)
    if (!atomic_exchange(&jobs[i].is_taken, true)) job = &jobs[i];
  if (!job) return "6 captures are under way, and there may be no more at once";
  job->connection = connection;
  job->bytes = job->reply_bytes = 0;
  snprintf(job->request, sizeof job->request, "%s", request);
  job->call = (struct lab_control_call){.request = job->request, .began_at = lab_sessions_began_at(),
                                        .hand_over = hand_over, .say = say, .engine = &lab_engine,
                                        .writer = writer_file};
  pthread_t thread;
  atomic_fetch_add(&running, 1);
  int error = lab_thread_start_own(&thread, STACK_BYTES, serve, job);
  if (!error) return pthread_detach(thread), NULL;
  atomic_fetch_sub(&running, 1);
  atomic_store(&job->is_taken, false);
  return "there is no thread to be had";
}
#endif

// C because pthread_create is interposed here and its threads start here. Not async-signal-safe, except where said.
#include "cpu/cpu.h"
#include "base/hidden.h"
#include "lab_heap.h"
#include "lab_leaks.h"
#include "threads/own_threads.h"
#include "base/sanitizers.h"
#include "threads/signal_sharing.h"
#include "threads/thread_state.h"
#include "unwind/unwind.h"
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

LAB_HIDE_THIS_FILE

__thread struct lab_thread_state lab_thread_state __attribute__((tls_model("initial-exec")));

/// Guards everything below. Handlers never take it; fork does (see `lab_threads_fork`).
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
/// Threads by the number of their id; entries come from `pool` and go back to it.
enum { BUCKETS = 1024, OWN = 16 };
static struct lab_thread *buckets[BUCKETS], *pool;
static uint64_t period;
static int session;
static bool active, armed;
/// When the session began, in ticks since the machine was started: the kernel tells threads' beginnings so.
static uint64_t began_ticks;
/// How many threads have come from `pthread_create`, or are the main one, and have not ended.
static int living;
static bool main_ended;
/// What a main thread that was the last one left with by a bare system call; -1 if none did.
static int bare_status = -1;
static void (*on_last_end)(void);
static _Atomic int own[OWN];
static _Atomic uintptr_t caller;

static pthread_key_t exit_key;
static bool has_exit_key;

static int thread_id(void) { return (int)syscall(SYS_gettid); }

// MARK: - Entries. All with the lock held.

static struct lab_thread *take_entry(void) {
  if (!pool) {
    size_t bytes = 64 << 10;
    // Not memory of our own: until its thread runs, an entry is all that holds the thread's argument.
    struct lab_thread *fresh = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (fresh == MAP_FAILED) return NULL;
    for (size_t i = 0; i < bytes / sizeof *fresh; i++) {
      fresh[i].next = pool;
      pool = &fresh[i];
    }
  }
  struct lab_thread *entry = pool;
  if (entry) {
    pool = entry->next;
    memset(entry, 0, sizeof *entry);
    entry->timer = -1;
  }
  return entry;
}

static void give_entry(struct lab_thread *entry) {
  entry->next = pool;
  pool = entry;
}

static struct lab_thread **find(int tid) {
  struct lab_thread **at = &buckets[(unsigned)tid % BUCKETS];
  while (*at && (*at)->tid != tid) at = &(*at)->next;
  return at;
}

static void insert(struct lab_thread *entry, int tid) {
  entry->tid = tid;
  struct lab_thread **bucket = &buckets[(unsigned)tid % BUCKETS];
  entry->next = *bucket;
  *bucket = entry;
}

// MARK: - Timers. By bare system calls: older C libraries allocate in timer_create.

static uint64_t random_phase(void) {
  static _Atomic uint64_t state;
  // SplitMix64 (Steele, Lea, Flood 2014), seeded by the clock.
  uint64_t z = atomic_fetch_add(&state, 0x9e3779b97f4a7c15u) + lab_nanoseconds(CLOCK_MONOTONIC);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return 1 + (z ^ (z >> 31)) % period;
}

static uint64_t used_by(const struct lab_thread *entry) {
  struct timespec t;
  if (clock_gettime(lab_thread_clock(entry->tid), &t) != 0) return 0;
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void set_timer(const struct lab_thread *entry, bool on) {
  struct itimerspec spec = {0};
  if (on) {
    spec.it_value.tv_sec = (time_t)(entry->first_expiry / 1000000000u);
    spec.it_value.tv_nsec = (long)(entry->first_expiry % 1000000000u);
    spec.it_interval.tv_sec = (time_t)(period / 1000000000u);
    spec.it_interval.tv_nsec = (long)(period % 1000000000u);
  }
  syscall(SYS_timer_settime, entry->timer, on ? TIMER_ABSTIME : 0, &spec, NULL);
}

/// Expiries that fall into the first `used` nanoseconds of the thread's CPU time, signalled or not.
static uint64_t expiries(const struct lab_thread *entry, uint64_t used) {
  return used < entry->first_expiry ? 0 : 1 + (used - entry->first_expiry) / period;
}

/// What the kernel has not reported yet, since it looks at timers at its tick only.
static uint64_t owed(const struct lab_thread *entry, uint64_t used) {
  uint64_t expired = expiries(entry, used), reported = atomic_load(&entry->reported);
  return expired > reported ? expired - reported : 0;
}

static void start_timer(struct lab_thread *entry, uint64_t now) {
  // A random phase, so that threads shorter than a period are sampled as often as they deserve.
  entry->first_expiry = now + random_phase();
  entry->paused_at = now;
  atomic_store(&entry->reported, 0);
  atomic_store(&entry->carried, 0);
  if (armed) set_timer(entry, true);
}

static void pause_timer(struct lab_thread *entry) {
  set_timer(entry, false);
  entry->paused_at = used_by(entry);
}

/// Goes on where the pause began: a round shorter than a tick would else never be sampled.
static void resume_timer(struct lab_thread *entry) {
  uint64_t now = used_by(entry);
  atomic_fetch_add(&entry->carried, owed(entry, entry->paused_at));
  entry->first_expiry += expiries(entry, entry->paused_at) * period + now - entry->paused_at;
  atomic_store(&entry->reported, 0);
  set_timer(entry, true);
}

/// `from_birth`: the thread began during this recording, so what it used so far counts too.
static bool make_timer(struct lab_thread *entry, bool from_birth) {
  struct sigevent event = {0};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = SIGPROF;
  event.sigev_value.sival_ptr = lab_signal_mark((unsigned)session, entry);
  event._sigev_un._tid = entry->tid;
  int timer;
  if (syscall(SYS_timer_create, lab_thread_clock(entry->tid), &event, &timer) != 0) {
    // ESRCH, EINVAL: the thread has just ended. Anything else (EAGAIN: RLIMIT_SIGPENDING) is a loss to be told.
    if (errno != ESRCH && errno != EINVAL) {
      lab_count(&lab_cpu_counters.threads_missed, 1);
      atomic_store(&lab_cpu_counters.last_error, errno);
    }
    return false;
  }
  entry->timer = timer;
  lab_count(&lab_cpu_counters.threads, 1);
  start_timer(entry, from_birth ? 0 : used_by(entry));
  return true;
}

static void drop_timer(struct lab_thread *entry) {
  if (entry->timer >= 0) syscall(SYS_timer_delete, entry->timer);
  entry->timer = -1;
}

/// Whether the timer's thread has ended, though another may have its id by now. An armed timer of a dead thread reads as
/// disarmed; any other cannot be set any more.
static bool timer_is_dead(const struct lab_thread *entry) {
  struct itimerspec left = {0};
  if (entry->timer < 0) return false;
  if (!armed) return syscall(SYS_timer_settime, entry->timer, 0, &left, NULL) != 0;
  return syscall(SYS_timer_gettime, entry->timer, &left) != 0 ||
         (left.it_value.tv_sec == 0 && left.it_value.tv_nsec == 0);
}

/// Periods of a thread that its signals have not reported: little, unless it blocks them.
static uint64_t unreported(struct lab_thread *entry) {
  if (entry->timer < 0) return 0;
  return owed(entry, armed ? used_by(entry) : entry->paused_at) + atomic_exchange(&entry->carried, 0);
}

// MARK: - Threads of ours

struct own_thread {
  void *(*body)(void *);
  void *argument;
  _Atomic int registered;
};

static void *run_own(void *argument) {
  struct own_thread *thread = argument;
  struct own_thread copy = {thread->body, thread->argument, 0};
  int me = thread_id(), slot = 0;
  lab_thread_state.is_own = true;
  for (int none = 0; slot < OWN && !atomic_compare_exchange_strong(&own[slot], &none, me); none = 0) slot++;
  atomic_store(&thread->registered, 1);
  void *result = copy.body(copy.argument);
  if (slot < OWN) atomic_store(&own[slot], 0);
  return result;
}

int lab_thread_is_own(int tid) {
  for (int i = 0; i < OWN; i++)
    if (atomic_load_explicit(&own[i], memory_order_relaxed) == tid) return 1;
  return 0;
}

int lab_thread_start_own(pthread_t *thread, void *(*body)(void *), void *argument) {
  struct own_thread start = {body, argument, 0};
  pthread_attr_t attributes;
  sigset_t all, before;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 256 << 10);
  sigfillset(&all);
  // Whoever stops all threads when a program crashes, as Swift's runtime does, needs a signal that is not blocked.
  sigdelset(&all, SIGPROF);
  lab_real_sigmask(SIG_SETMASK, &all, &before);
  int error = lab_real_pthread_create(thread, &attributes, run_own, &start);
  lab_real_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
  while (!error && !atomic_load(&start.registered)) sched_yield();
  return error;
}

// MARK: - Scanning

/// With the lock held. Threads made by us deregister themselves; those found by scanning are found out here.
static void forget_dead(void) {
  for (int b = 0; b < BUCKETS; b++) {
    for (struct lab_thread **at = &buckets[b]; *at;) {
      struct lab_thread *entry = *at;
      if (entry->state || !timer_is_dead(entry)) {
        at = &entry->next;
        continue;
      }
      drop_timer(entry);
      *at = entry->next;
      give_entry(entry);
    }
  }
}

/// Text of a file under /proc, up to `size` - 1 bytes of it; false if it cannot be read.
static bool read_text(const char *path, char *text, size_t size) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  ssize_t length = read(file, text, size - 1);
  close(file);
  text[length > 0 ? length : 0] = 0;
  return length > 0;
}

/// Whether a thread that was found by scanning began during this recording. If that cannot be told, it did not.
static bool began_meanwhile(int tid) {
  char path[64], text[512];
  snprintf(path, sizeof path, "/proc/self/task/%d/stat", tid);
  if (!read_text(path, text, sizeof text)) return false;
  // The name, the second field, may hold anything but ends with the last parenthesis; the beginning is the 22nd.
  const char *at = strrchr(text, ')');
  for (int field = 2; at && field < 22; field++) at = strchr(at + 1, ' ');
  return at && strtoull(at + 1, NULL, 10) > began_ticks;
}

/// What the main thread ended with, -1 if it has not: it is listed until the last one ends.
static int main_status(void) {
  char path[64], text[1024];
  snprintf(path, sizeof path, "/proc/self/task/%d/stat", (int)getpid());
  if (!read_text(path, text, sizeof text)) return -1;
  // As in `began_meanwhile`; the state is the 3rd field, the status as waitpid tells it the 52nd.
  const char *at = strrchr(text, ')');
  if (!at || strncmp(at, ") Z", 3) != 0) return -1;
  for (int field = 2; at && field < 52; field++) at = strchr(at + 1, ' ');
  return at ? (int)strtol(at + 1, NULL, 10) >> 8 & 0xff : 0;
}

/// Whether SIGPROF is blocked in the kernel's mask of a thread.
static bool blocks_signal(int tid) {
  char path[64], text[2048];
  snprintf(path, sizeof path, "/proc/self/task/%d/status", tid);
  if (!read_text(path, text, sizeof text)) return false;
  const char *mask = strstr(text, "\nSigBlk:");
  return mask && strtoull(mask + strlen("\nSigBlk:"), NULL, 16) & 1ull << (SIGPROF - 1);
}

static void meet(int tid, bool beginning) {
  struct lab_thread *entry = *find(tid);
  if (entry) {
    // It may have got none before, for want of resources: then what it used since then is lost, not this sample's.
    if (entry->timer < 0) make_timer(entry, entry->born == session);
    return;
  }
  if (!(entry = take_entry())) return;
  insert(entry, tid);
  if (make_timer(entry, !beginning && began_meanwhile(tid))) return;
  *find(tid) = entry->next;
  give_entry(entry);
}

/// With the lock held. Returns how many threads the program has. `beginning`: no thread can have been met.
static int scan(bool beginning) {
  struct directory_entry {
    uint64_t inode, offset;
    uint16_t size;
    uint8_t type;
    char name[];
  };
  char buffer[8192] __attribute__((aligned(8)));
  int fd = open("/proc/self/task", O_RDONLY | O_DIRECTORY | O_CLOEXEC), threads = 0;
  if (fd < 0) {
    // Without /proc those that pthread_create made are all that can be known; without a descriptor, for now.
    if (errno == EMFILE || errno == ENFILE) {
      lab_count(&lab_cpu_counters.threads_missed, 1);
      atomic_store(&lab_cpu_counters.last_error, errno);
    }
    return living;
  }
  for (long size; (size = syscall(SYS_getdents64, fd, buffer, sizeof buffer)) > 0;) {
    for (long at = 0; at < size;) {
      const struct directory_entry *e = (const void *)(buffer + at);
      int tid = 0;
      for (const char *c = e->name; *c >= '0' && *c <= '9'; c++) tid = tid * 10 + (*c - '0');
      at += e->size;
      // A main thread that has ended stays until the last one does.
      if (tid == 0 || lab_thread_is_own(tid) || (main_ended && tid == getpid())) continue;
      meet(tid, beginning);
      threads++;
    }
  }
  close(fd);
  // By a bare system call; whoever calls pthread_exit tells us.
  if (threads == 1 && !main_ended && (bare_status = main_status()) >= 0) threads = 0;
  return threads;
}

int lab_threads_scan(void) {
  pthread_mutex_lock(&lock);
  int threads = living;
  if (active && armed) {
    forget_dead();
    threads = scan(false);
  }
  pthread_mutex_unlock(&lock);
  return threads;
}

int lab_threads_bare_status(void) { return bare_status; }

void lab_threads_begin(uint64_t nanoseconds, int number) {
  pthread_mutex_lock(&lock);
  period = nanoseconds;
  session = number;
  active = armed = true;
  began_ticks = lab_nanoseconds(CLOCK_BOOTTIME) / (1000000000u / (uint64_t)sysconf(_SC_CLK_TCK));
  // Those we know of need no file to be found.
  for (int b = 0; b < BUCKETS; b++)
    for (struct lab_thread *entry = buckets[b]; entry; entry = entry->next)
      if (entry->state && entry->timer < 0) make_timer(entry, false);
  scan(true);
  pthread_mutex_unlock(&lock);
}

/// With the lock held: deletes all timers and forgets whom only a scan has met.
static void drop_timers(void) {
  active = armed = false;
  for (int b = 0; b < BUCKETS; b++) {
    for (struct lab_thread **at = &buckets[b]; *at;) {
      struct lab_thread *entry = *at;
      drop_timer(entry);
      if (entry->state) {
        at = &entry->next;
        continue;
      }
      *at = entry->next;
      give_entry(entry);
    }
  }
}

void lab_threads_end(void) {
  pthread_mutex_lock(&lock);
  for (int b = 0; b < BUCKETS; b++) {
    for (struct lab_thread *entry = buckets[b]; entry; entry = entry->next) {
      uint64_t weight = unreported(entry);
      if (weight > 0 && blocks_signal(entry->tid)) lab_count(&lab_cpu_counters.blocked, weight);
    }
  }
  drop_timers();
  pthread_mutex_unlock(&lock);
}

void lab_threads_displace(void) {
  for (int tries = 0; pthread_mutex_trylock(&lock) != 0; tries++) {
    if (tries == 50) return;
    usleep(1000);
  }
  drop_timers();
  pthread_mutex_unlock(&lock);
}

int lab_threads_ask_blocking(const void *mark, int (*ask)(int tid, const void *mark)) {
  int asked = 0;
  if (pthread_mutex_trylock(&lock) != 0) return 1;
  for (int b = 0; b < BUCKETS; b++)
    for (struct lab_thread *entry = buckets[b]; entry; entry = entry->next)
      if (entry->state && entry->state != &lab_thread_state && entry->state->blocks && ask(entry->tid, mark) == 0)
        asked++;
  pthread_mutex_unlock(&lock);
  return asked;
}

uintptr_t lab_threads_caller(void) { return atomic_load(&caller); }

void lab_threads_on_last_end(void (*action)(void)) {
  pthread_mutex_lock(&lock);
  on_last_end = action;
  pthread_mutex_unlock(&lock);
}

void lab_threads_arm(bool on) {
  pthread_mutex_lock(&lock);
  if (active && armed != on) {
    armed = on;
    for (int b = 0; b < BUCKETS; b++)
      for (struct lab_thread *entry = buckets[b]; entry; entry = entry->next)
        if (entry->timer >= 0) (on ? resume_timer : pause_timer)(entry);
  }
  pthread_mutex_unlock(&lock);
}

// MARK: - Threads from start to end

void lab_learn_stack(void) {
  pthread_attr_t attributes;
  void *lowest;
  size_t size;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return;
  if (pthread_attr_getstack(&attributes, &lowest, &size) == 0) {
    lab_thread_state.stack_hi = (uintptr_t)lowest + size;
    lab_thread_state.stack_lo = (uintptr_t)lowest;
  }
  pthread_attr_destroy(&attributes);
}

/// Runs on each ending thread. A timer is looked at once a kernel tick, so what a thread used since the last is
/// still owed: it is charged to the thread's start function.
static void on_thread_exit(void *argument) {
  struct lab_thread *entry = argument;
  // For good: the thread is ending, and a signal from here on would be counted twice.
  bool blocked = lab_signal_block(true);
  lab_thread_state.entry = NULL;
  pthread_mutex_lock(&lock);
  uint64_t weight = unreported(entry);
  drop_timer(entry);
  struct lab_thread **at = find(entry->tid);
  if (*at == entry) *at = entry->next;
  if (blocked) lab_count(&lab_cpu_counters.blocked, weight);
  else if (weight) lab_cpu_charge_exit(entry, weight);
  living--;
  if (entry->tid == getpid()) main_ended = true;
  bool is_last = main_ended && living == 0;
  if (is_last && on_last_end) on_last_end();
  give_entry(entry);
  pthread_mutex_unlock(&lock);
}

/// With the lock held.
static void begin_thread(struct lab_thread *entry, int tid) {
  entry->state = &lab_thread_state;
  lab_thread_state.entry = entry;
  living++;
  insert(entry, tid);
  if (has_exit_key) pthread_setspecific(exit_key, entry);
}

/// A stack that an ended thread has left still holds its words, and would keep alive what they are addresses of, where
/// functions leave parts of their frames unfilled. Matters to leak scans only.
static void clear_new_stack(void) {
  enum { LEAST = 64 << 10 };
  char here;
  if (lab_heap_clears_fresh() && (uintptr_t)&here - lab_thread_state.stack_lo > LEAST) lab_leaks_clear_stack();
}

/// Leaves no frame: the program's function seems to be called by libc.
static LAB_HIDDEN void *run_thread(void *argument) {
  struct lab_thread *entry = argument;
  void *(*start)(void *) = entry->start;
  void *start_argument = entry->argument;
  entry->argument = NULL;
  atomic_store_explicit(&caller, (uintptr_t)__builtin_return_address(0), memory_order_relaxed);
  lab_learn_stack();
  clear_new_stack();
  lab_signal_thread_begins(entry->inherits_block);
  pthread_mutex_lock(&lock);
  int tid = thread_id();
  struct lab_thread **met = find(tid);
  bool from_birth = true;
  if (*met) {
    // A scan saw this thread first, or one of the same id that has ended.
    struct lab_thread *scanned = *met;
    *met = scanned->next;
    from_birth = atomic_load(&scanned->reported) == 0;
    drop_timer(scanned);
    give_entry(scanned);
  }
  entry->born = active ? session : 0;
  begin_thread(entry, tid);
  if (active) make_timer(entry, from_birth);
  pthread_mutex_unlock(&lock);
  __attribute__((musttail)) return start(start_argument);
}

static int (*real_create)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

int lab_real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *), void *argument) {
#if LAB_INTERPOSES
  if (!real_create) *(void **)&real_create = dlsym(RTLD_NEXT, "pthread_create");
  return real_create ? real_create(thread, attributes, body, argument) : EAGAIN;
#else
  (void)real_create;
  return pthread_create(thread, attributes, body, argument);
#endif
}

#if LAB_INTERPOSES
/// C, because it takes libc's place: every new thread passes through `run_thread`.
__attribute__((visibility("default"))) int pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                                                          void *(*body)(void *), void *argument) {
  pthread_mutex_lock(&lock);
  struct lab_thread *entry = has_exit_key ? take_entry() : NULL;
  pthread_mutex_unlock(&lock);
  if (!entry) return lab_real_pthread_create(thread, attributes, body, argument);
  entry->start = body;
  entry->argument = argument;
  entry->inherits_block = lab_signal_thread_inherits(attributes);
  int error = lab_real_pthread_create(thread, attributes, run_thread, entry);
  if (error) {
    pthread_mutex_lock(&lock);
    give_entry(entry);
    pthread_mutex_unlock(&lock);
  }
  return error;
}
#endif

// MARK: - Fork: timers and other threads do not follow into the child, so their entries go.

static void before_fork(void) { pthread_mutex_lock(&lock); }
static void after_fork_in_parent(void) { pthread_mutex_unlock(&lock); }

static void after_fork_in_child(void) {
  struct lab_thread *self = lab_thread_state.entry;
  memset(buckets, 0, sizeof buckets);
  for (int i = 0; i < OWN; i++) atomic_store(&own[i], 0);
  active = armed = main_ended = false;
  living = 0;
  if (self) {
    self->timer = -1;
    insert(self, thread_id());
    living = 1;
  }
  pthread_mutex_unlock(&lock);
}

/// The main thread passes through no `pthread_create`.
static void meet_main_thread(void) {
  struct lab_thread *entry = take_entry();
  if (entry) begin_thread(entry, thread_id());
}

__attribute__((constructor(101))) static void prepare_threads(void) {
  has_exit_key = pthread_key_create(&exit_key, on_thread_exit) == 0;
  pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
  lab_learn_stack();
  if (getpid() == thread_id()) meet_main_thread();
}

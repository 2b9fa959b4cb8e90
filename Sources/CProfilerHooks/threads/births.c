// Threads from birth to end: `pthread_create` and `thrd_create` are hooked, and what they make starts here.
//
// C because it takes libc's place. Not async-signal-safe. While no engine runs a birth takes no lock, asks the kernel
// for nothing but the thread's id, and touches one cache line that others touch.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "threads/births.h"
#include "base/start_order.h"
#include "base/system_call.h"
#include "hooks/hooks.h"
#include "lab_threads.h"
#include "threads/own_threads.h"
#include "threads/signal_sharing.h"
#include <link.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <unistd.h>

LAB_HIDE_THIS_FILE

static pthread_key_t exit_key;
static bool has_exit_key;
static _Atomic int living;
static _Atomic bool main_has_ended;
static struct lab_thread_watcher *watchers;
static _Atomic uintptr_t caller;

void lab_threads_watch(struct lab_thread_watcher *watcher) {
  watcher->next = watchers;
  watchers = watcher;
}

int lab_threads_living(void) { return LAB_LOAD(&living); }
bool lab_threads_main_has_ended(void) { return atomic_load(&main_has_ended); }
uintptr_t lab_threads_caller(void) { return LAB_LOAD(&caller); }

static void begin(struct lab_thread *thread) {
  lab_self.thread = thread;
  lab_thread_believes(lab_self.blocks);
  LAB_STORE(&thread->pointer, lab_thread_pointer());
  LAB_STORE(&thread->rests, false);
  LAB_STORE(&thread->woken, 0);
  LAB_STORE(&thread->tid, lab_gettid());
  atomic_fetch_add(&living, 1);
  if (has_exit_key) pthread_setspecific(exit_key, thread);
  // Before the watchers look whether they run: whoever begins to run meanwhile finds the thread in the list.
  atomic_store(&thread->state, LAB_THREAD_LIVE);
  for (struct lab_thread_watcher *w = watchers; w; w = w->next)
    if (w->begins) w->begins(thread);
}

/// Runs on each ending thread, as the first of its destructors: what they allocate is nobody's.
static void end(void *argument) {
  struct lab_thread *thread = argument;
  // For good: the thread is ending, and a signal from here on would be counted twice.
  bool blocked = lab_signal_is_held() && lab_signal_block(true);
  lab_self.thread = NULL;
  for (struct lab_thread_watcher *w = watchers; w; w = w->next)
    if (w->ends) w->ends(thread, blocked);
  if (thread->is_main) atomic_store(&main_has_ended, true);
  bool is_last = atomic_fetch_sub(&living, 1) == 1 && atomic_load(&main_has_ended);
  lab_thread_give(thread);
  for (struct lab_thread_watcher *w = watchers; is_last && w; w = w->next)
    if (w->last_ends) w->last_ends();
}

#if LAB_INTERPOSES
/// What lies above where thread-local storage is counted from and is part of a stack's size: at most that storage, of all
/// that was loaded with the program, and what the C library reserves for what is loaded later.
static size_t storage_bytes;

static int add_storage(struct dl_phdr_info *info, size_t size, void *context) {
  (void)size;
  size_t *sum = context;
  for (int i = 0; i < info->dlpi_phnum; i++)
    if (info->dlpi_phdr[i].p_type == PT_TLS) *sum += info->dlpi_phdr[i].p_memsz + info->dlpi_phdr[i].p_align;
  return 0;
}

static void learn_storage(void) {
  enum { RESERVED = 16384 };
  if (!LAB_STORAGE_IS_ABOVE) return;
  size_t sum = RESERVED;
  dl_iterate_phdr(add_storage, &sum);
  storage_bytes = sum;
}

/// A stack ends where the C library keeps what it knows of the thread, which is where thread-local storage is counted
/// from. The guard is part of the size in older versions, and that storage is; so the lower end is a little too high.
static void learn_stack(const struct lab_thread *thread) {
  uintptr_t hi = lab_thread_pointer(), here = (uintptr_t)__builtin_frame_address(0);
  if (here > hi || hi - here > thread->stack_bytes) return;
  lab_self.stack_hi = hi;
  lab_self.stack_lo = hi - thread->stack_bytes;
}

/// Leaves no frame: the program's function seems to be called by libc.
static LAB_HIDDEN void *run_thread(void *argument) {
  struct lab_thread *thread = argument;
  void *(*start)(void *) = thread->start;
  void *start_argument = thread->argument;
  thread->argument = NULL;
  LAB_STORE(&caller, (uintptr_t)__builtin_return_address(0));
  learn_stack(thread);
  lab_signal_thread_begins(thread->inherits_block);
  begin(thread);
  for (struct lab_thread_watcher *w = watchers; w; w = w->next)
    if (w->clears) w->clears();
  __attribute__((musttail)) return start(start_argument);
}

/// What of a new stack is surely the thread's own: see learn_stack.
static uint64_t stack_bytes(const pthread_attr_t *attributes) {
  pthread_attr_t usual;
  size_t bytes = 0, guard = 0;
  if (!attributes && pthread_attr_init(&usual) != 0) return 0;
  const pthread_attr_t *asked = attributes ? attributes : &usual;
  pthread_attr_getstacksize(asked, &bytes);
  pthread_attr_getguardsize(asked, &guard);
  if (!attributes) pthread_attr_destroy(&usual);
  size_t unsure = guard + 2 * lab_page_bytes() + storage_bytes;
  return bytes > unsure ? bytes - unsure : 0;
}

/// The part of a thread that is about to be made; null if there is none, then nobody will know the thread.
static struct lab_thread *part_for(void *(*body)(void *), void *argument, const pthread_attr_t *attributes) {
  struct lab_thread *made = has_exit_key ? lab_thread_take() : NULL;
  if (!made) return NULL;
  made->start = body;
  made->argument = argument;
  made->stack_bytes = stack_bytes(attributes);
  made->inherits_block = lab_signal_thread_inherits(attributes);
  for (struct lab_thread_watcher *w = watchers; w; w = w->next)
    if (w->makes) w->makes(made);
  return made;
}

/// The system made no thread.
static void forget(struct lab_thread *made) {
  for (struct lab_thread_watcher *w = watchers; made && w; w = w->next)
    if (w->refuses) w->refuses(made);
  if (made) lab_thread_give(made);
}

int LAB_BODY(pthread_create)(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *),
                             void *argument) {
  struct lab_thread *made = part_for(body, argument, attributes);
  int error = made ? lab_real.pthread_create(thread, attributes, run_thread, made)
                   : lab_real.pthread_create(thread, attributes, body, argument);
  if (error) forget(made);
  return error;
}

/// C's own threads, which the C library makes past `pthread_create`. Their functions return an int, in the register in
/// which others return a pointer.
int LAB_BODY(thrd_create)(thrd_t *thread, thrd_start_t body, void *argument) {
  struct lab_thread *made = part_for((void *(*)(void *))(uintptr_t)body, argument, NULL);
  int result = made ? lab_real.thrd_create(thread, (thrd_start_t)(uintptr_t)run_thread, made)
                    : lab_real.thrd_create(thread, body, argument);
  if (result != thrd_success) forget(made);
  return result;
}
#endif

/// What the kernel sets to 0 when the main thread ends; null if it does not say where. To look there takes no
/// descriptor, whose number the program might be about to get. Source: set_tid_address(2).
static _Atomic(const _Atomic int *) main_id;

static void find_main_id(void) {
  const _Atomic int *address = NULL;
  if (lab_system_call(SYS_prctl, PR_GET_TID_ADDRESS, &address) == 0) atomic_store(&main_id, address);
}

bool lab_threads_main_surely_runs(void) {
  const _Atomic int *address = atomic_load(&main_id);
  return address && atomic_load(address) != 0;
}

/// The main thread passes through no `pthread_create`, and its stack grows.
static void meet_main_thread(void) {
  pthread_attr_t attributes;
  void *lowest;
  size_t size;
  if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
    if (pthread_attr_getstack(&attributes, &lowest, &size) == 0) {
      lab_self.stack_hi = (uintptr_t)lowest + size;
      lab_self.stack_lo = (uintptr_t)lowest;
    }
    pthread_attr_destroy(&attributes);
  }
  if (getpid() != lab_gettid()) return;
  find_main_id();
  struct lab_thread *thread = lab_thread_take();
  if (!thread) return;
  thread->is_main = true;
  thread->start = (void *(*)(void *))lab_main_of((const unsigned char *)getauxval(AT_ENTRY));
  begin(thread);
}

// MARK: - Fork: other threads do not follow into the child.

static void after_fork_in_child(void) {
  struct lab_thread *self = lab_self.thread;
  lab_threads_forget_others(self);
  lab_own_threads_forget();
  atomic_store(&main_id, NULL);
  find_main_id();
  atomic_store(&main_has_ended, false);
  atomic_store(&living, self ? 1 : 0);
  if (!self) return;
  LAB_STORE(&self->tid, lab_gettid());
  self->is_main = true;
}

__attribute__((constructor(LAB_STARTS_THREADS))) static void prepare_threads(void) {
#if LAB_INTERPOSES
  learn_storage();
#endif
  has_exit_key = pthread_key_create(&exit_key, end) == 0;
  pthread_atfork(NULL, NULL, after_fork_in_child);
  meet_main_thread();
}
#endif

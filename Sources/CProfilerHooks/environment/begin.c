// C because it must run before main, without a word in the program: a constructor. Not async-signal-safe.
//
// LAB_CPUPROFILE=path profiles the CPU time of the whole run, and likewise the other kinds of kinds.def. `%p` in the
// path becomes the process id. LAB_CPUPROFILE_RATE and so on give the rate, in samples a second of CPU time or in bytes
// between two samples of the heap. A kind that is made in Swift alone, LAB_<NAME>PROFILE, is begun by nothing here.
//
// The profile is written when the program returns from main or calls exit, whole or not at all. Whatever is wrong is
// said in one line on stderr, and the program runs on.
//
// Where stderr is closed, or descriptor 2 has become another file since, nothing is said at the end: the line would
// land in whatever the program opened. A pipe that nobody reads and a limit of RLIMIT_FSIZE end no program that ended.
//
// LAB_RECORD=library is set by whoever preloads the profiler into a program that does not have it. Then the program
// finds the environment it would have had without, its children are not profiled, and what was written is announced.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "lab_environment.h"
#include "environment/kinds.h"
#include "hooks/hooks.h"
#include "world/world.h"
#include <errno.h>
#include <limits.h>
#include <link.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/// More than anybody asks for at once.
enum { SESSIONS = 16 };
static struct lab_environment_session sessions[SESSIONS];
static char paths[SESSIONS][PATH_MAX];
static int session_count;
static pid_t owner;
/// What descriptor 2 was at the start; of no file if it was closed.
static struct stat stderr_then;

static void complain(const struct lab_kind *kind, const char *format, ...) {
  char line[PATH_MAX + 256];
  size_t used = (size_t)snprintf(line, sizeof line, "%s: ", kind->variable);
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(line + used, sizeof line - used - 1, format, arguments);
  va_end(arguments);
  strcat(line, "\n");
  if (write(STDERR_FILENO, line, strlen(line)) < 0) return;
}

/// Replaces `%p`, and makes the path independent of later changes of directory. False if it gets too long.
static bool expand(const char *pattern, char *path, size_t size) {
  size_t n = 0;
  if (*pattern != '/') {
    if (!getcwd(path, size)) return false;
    n = strlen(path);
    if (n + 1 < size) path[n++] = '/';
  }
  for (const char *c = pattern; *c; c++) {
    int written;
    if (c[0] == '%' && c[1] == 'p') {
      written = snprintf(path + n, size - n, "%d", (int)getpid());
      c++;
    } else {
      written = snprintf(path + n, size - n, "%c", *c);
    }
    n += (size_t)written;
    if (n >= size) return false;
  }
  return true;
}

/// Whether the file can be made at the end, as far as one can tell now.
static bool check(const struct lab_kind *kind, const char *path) {
  struct stat status;
  if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
    complain(kind, "%s is a directory; not profiling", path);
    return false;
  }
  char directory[PATH_MAX];
  snprintf(directory, sizeof directory, "%s", path);
  char *slash = strrchr(directory, '/');
  slash[slash == directory] = 0;
  if (access(directory, W_OK | X_OK) == 0) return true;
  complain(kind, "cannot write to %s: %s; not profiling", directory, strerror(errno));
  return false;
}

static bool stderr_is_as_before(void) {
  struct stat now;
  return fstat(STDERR_FILENO, &now) == 0 && now.st_dev == stderr_then.st_dev && now.st_ino == stderr_then.st_ino &&
         now.st_rdev == stderr_then.st_rdev;
}

/// Keeps from this thread what the kernel sends to whoever writes into a pipe without a reader, or beyond RLIMIT_FSIZE.
/// Returns those of the two that waited already; they are the program's.
static sigset_t shield(sigset_t *before) {
  sigset_t deadly, waiting;
  sigemptyset(&deadly);
  sigaddset(&deadly, SIGPIPE);
  sigaddset(&deadly, SIGXFSZ);
  lab_real.pthread_sigmask(SIG_BLOCK, &deadly, before);
  sigpending(&waiting);
  for (int number = 1; number < NSIG; number++)
    if (number != SIGPIPE && number != SIGXFSZ) sigdelset(&waiting, number);
  return waiting;
}

static void unshield(sigset_t waited, const sigset_t *before) {
  const int deadly[] = {SIGPIPE, SIGXFSZ};
  const struct timespec now = {0, 0};
  for (int i = 0; i < 2; i++) {
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, deadly[i]);
    if (sigismember(&waited, deadly[i]) == 0) sigtimedwait(&one, NULL, &now);
  }
  lab_real.pthread_sigmask(SIG_SETMASK, before, NULL);
}

static void finish(void) {
  // A child of fork that calls exit comes here too; the recording is its parent's.
  if (getpid() != owner) return;
  sigset_t before, waited = shield(&before);
  bool silent = !stderr_is_as_before();
  lab_calls_all_go_on = true;
  for (int i = 0; i < session_count; i++) {
    sessions[i].is_silent = silent;
    lab_environment_finish(&sessions[i]);
  }
  unshield(waited, &before);
}

/// The rate that the environment asks for; -1 if it makes no sense.
static long rate_of(const struct lab_kind *kind) {
  const char *rate = *kind->rate_variable ? getenv(kind->rate_variable) : NULL;
  if (!rate || !*rate) return kind->usual_rate;
  char *end;
  errno = 0;
  long value = strtol(rate, &end, 10);
  if (!*end && !errno && value >= 1 && value <= kind->highest_rate) return value;
  if (kind->highest_rate == LONG_MAX)
    complain(kind, "%s is '%s', which is not a rate; not profiling", kind->rate_variable, rate);
  else complain(kind, "%s is '%s', which is not a rate from 1 to %ld; not profiling", kind->rate_variable, rate,
                kind->highest_rate);
  return -1;
}

static void begin(const struct lab_kind *kind, void *announces) {
  const char *pattern = getenv(kind->variable);
  if (!pattern || !*pattern || session_count == SESSIONS) return;
  char *path = paths[session_count];
  if (!expand(pattern, path, PATH_MAX)) {
    complain(kind, "the path is too long; not profiling");
    return;
  }
  long rate = rate_of(kind);
  if (rate < 0) return;
  if (!lab_environment_finish) {
    complain(kind, "this program has only half of the profiler; not profiling");
    return;
  }
  if (!check(kind, path)) return;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  const char *reason = kind->begin ? kind->begin(rate) : NULL;
  if (reason) {
    complain(kind, "%s; not profiling", reason);
    return;
  }
  sessions[session_count++] = (struct lab_environment_session){
      .kind = kind->name, .variable = kind->variable, .path = path, .rate = rate,
      .began_at = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec, .announces = announces != NULL,
      .engine = &lab_engine};
}

// MARK: - Preloaded

/// Marks every file that has the profiler in it. Without what AddressSanitizer would put around it: a segment of notes
/// is read from end to end.
static const struct note {
  uint32_t name_size, content_size, type;
  char name[4];
  uint32_t version;
} note __attribute__((section(".note.lab"), used, aligned(4), no_sanitize("address"))) = {4, 4, 1, "lab", 1};

static int has_note(struct dl_phdr_info *info, size_t size, void *found) {
  (void)size;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *p = &info->dlpi_phdr[i];
    const char *start = (const char *)(info->dlpi_addr + p->p_vaddr);
    if (p->p_type != PT_NOTE || p->p_memsz < sizeof note) continue;
    if (start <= (const char *)&note && (const char *)&note < start + p->p_memsz) return 1;
    for (size_t at = 0; at + sizeof note <= p->p_memsz; at += 4)
      if (memcmp(start + at, &note, sizeof note) == 0) *(bool *)found = true;
  }
  // The first is the program itself.
  return 1;
}

/// Whether the program has a profiler of its own beside this preloaded one; then that one does what is asked.
static bool program_has_its_own(void) {
  bool found = false;
  dl_iterate_phdr(has_note, &found);
  return found;
}

static void hide_kind(const struct lab_kind *kind, void *unused) {
  (void)unused;
  unsetenv(kind->variable);
  if (*kind->rate_variable) unsetenv(kind->rate_variable);
}

/// Gives the program back the environment it would have had.
static void hide(const char *library) {
  const char *list = getenv("LD_PRELOAD");
  size_t length = strlen(library);
  if (list && strncmp(list, library, length) == 0) {
    if (list[length] == ':') setenv("LD_PRELOAD", list + length + 1, 1);
    else unsetenv("LD_PRELOAD");
  }
  unsetenv("LAB_RECORD");
  lab_each_kind(hide_kind, NULL);
}

__attribute__((constructor)) static void begin_all(void) {
  if (!lab_environment_is_trusted() || program_has_its_own()) return;
  char *library = getenv("LAB_RECORD");
  lab_each_kind(begin, library);
  if (library) hide(library);
  if (session_count == 0) return;
  owner = getpid();
  if (fstat(STDERR_FILENO, &stderr_then) != 0) stderr_then = (struct stat){0};
  atexit(finish);
}
#endif

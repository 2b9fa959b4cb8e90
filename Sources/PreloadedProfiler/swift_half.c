// Loads the profiler's Swift half when there is something to write, for a library that is preloaded into programs which
// were not built for it: one written in C shall have no Swift runtime in it while it runs.
//
// Not async-signal-safe; runs at the program's end.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include <dlfcn.h>
#include <lab_environment.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char file[] = LAB_WRITER_FILE;

typedef void (*finish_function)(const struct lab_environment_session *);

/// Whether a file is still the one that a descriptor was opened for, as long as it was the same.
static bool is_same(const char *path, int descriptor) {
  struct stat now, then;
  return stat(path, &now) == 0 && fstat(descriptor, &then) == 0 && now.st_dev == then.st_dev &&
         now.st_ino == then.st_ino;
}

/// By its path, or as it was at the start: while the program ran it may have been deleted, or built anew.
static finish_function load(int kept) {
  Dl_info here;
  char path[4096];
  if (!dladdr(file, &here)) return NULL;
  const char *slash = strrchr(here.dli_fname, '/');
  int folder = slash ? (int)(slash + 1 - here.dli_fname) : 0;
  if (snprintf(path, sizeof path, "%.*s%s", folder, here.dli_fname, file) >= (int)sizeof path) return NULL;
  if (kept >= 0 && !is_same(path, kept)) snprintf(path, sizeof path, "/proc/thread-self/fd/%d", kept);
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  return library ? (finish_function)dlsym(library, "lab_environment_finish") : NULL;
}

__attribute__((visibility("hidden"))) void lab_environment_finish(const struct lab_environment_session *session) {
  static finish_function finish;
  const struct lab_engine *engine = session->engine;
  // What it allocates and the time it takes are the profiler's; what it loads no stack of the program goes through. A
  // program that goes on is written by a thread that is not sampled, and is sampled itself meanwhile.
  if (!session->goes_on) engine->lab_cpu_pause();
  engine->lab_heap_ignore_begin();
  if (finish == NULL) {
    // The program that goes on may load what its stacks do go through.
    if (!session->goes_on) engine->lab_unwind_freeze();
    finish = load(session->writer);
  }
  if (finish != NULL) finish(session);
  else if (!session->is_silent) dprintf(STDERR_FILENO, "%s: %s; nothing is written\n", session->variable, dlerror());
  engine->lab_heap_ignore_end();
}
#endif

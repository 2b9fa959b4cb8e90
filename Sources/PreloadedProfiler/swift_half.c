// Loads the profiler's Swift half when there is something to write, for a library that is preloaded into programs which
// were not built for it: one written in C shall have no Swift runtime in it while it runs.
//
// Not async-signal-safe; runs at the program's end.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include <dlfcn.h>
#include <lab_environment.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/// Beside this library.
static const char file[] = "libLabProfileWriter.so";

typedef void (*finish_function)(const struct lab_environment_session *);

static finish_function load(void) {
  Dl_info here;
  char path[4096];
  if (!dladdr(file, &here)) return NULL;
  const char *slash = strrchr(here.dli_fname, '/');
  int folder = slash ? (int)(slash + 1 - here.dli_fname) : 0;
  if (snprintf(path, sizeof path, "%.*s%s", folder, here.dli_fname, file) >= (int)sizeof path) return NULL;
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  return library ? (finish_function)dlsym(library, "lab_environment_finish") : NULL;
}

__attribute__((visibility("hidden"))) void lab_environment_finish(const struct lab_environment_session *session) {
  static finish_function finish;
  const struct lab_engine *engine = session->engine;
  // What it allocates and the time it takes are the profiler's; what it loads no stack of the program goes through.
  engine->lab_cpu_pause();
  engine->lab_heap_ignore_begin();
  if (finish == NULL) {
    engine->lab_unwind_freeze();
    finish = load();
  }
  if (finish != NULL) finish(session);
  else if (!session->is_silent) dprintf(STDERR_FILENO, "%s: %s; nothing is written\n", session->variable, dlerror());
  engine->lab_heap_ignore_end();
}
#endif

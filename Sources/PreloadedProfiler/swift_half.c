// Loads the profiler's Swift half when there is something to write, for a library that is preloaded into programs which
// were not built for it: one written in C shall have no Swift runtime in it while it runs.
//
// Not async-signal-safe; runs at the program's end.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "swift_half.h"
#include <dlfcn.h>
#include <lab_control.h>
#include <lab_environment.h>
#include <link.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef void (*finish_function)(const struct lab_environment_session *);
typedef void (*answer_function)(struct lab_control_call *);

/// The library, once it is loaded. Whoever asks holds the lock of the sessions.
static void *writer;

/// Whether a file is still the one that a descriptor was opened for, as long as it was the same.
static bool is_same(const char *path, int descriptor) {
  struct stat now, then;
  return stat(path, &now) == 0 && fstat(descriptor, &then) == 0 && now.st_dev == then.st_dev &&
         now.st_ino == then.st_ino;
}

/// Loads the other libraries of Swift that the Swift half needs from where the program's own are: those of another
/// Swift, at which the Swift half would look first, need functions that the program's may not have. Whoever has not
/// brought one along gets the other Swift's after all.
void lab_load_programs_swift(void) {
  static const char *const names[] = {"libswiftSwiftOnoneSupport.so", "libswiftGlibc.so", "libswift_Concurrency.so",
                                      "libswift_RegexParser.so", "libswift_StringProcessing.so",
                                      "libswiftSynchronization.so"};
  Dl_info core;
  char path[4096];
  void *library = dlopen("libswiftCore.so", RTLD_LAZY | RTLD_NOLOAD), *function = NULL;
  if (library == NULL || (function = dlsym(library, "swift_retain")) == NULL || !dladdr(function, &core)) return;
  const char *slash = strrchr(core.dli_fname, '/');
  for (size_t i = 0; slash != NULL && i < sizeof names / sizeof *names; i++) {
    int length = snprintf(path, sizeof path, "%.*s%s", (int)(slash + 1 - core.dli_fname), core.dli_fname, names[i]);
    if (length < (int)sizeof path) dlopen(path, RTLD_LAZY | RTLD_LOCAL);
  }
}

/// The dynamic linker's: where a thread has a variable of a library.
struct thread_variable {
  size_t module, offset;
};
extern void *__tls_get_addr(struct thread_variable *);

enum { MOST_MODULES = 32 };
struct thread_storage {
  size_t modules[MOST_MODULES];
  void *trials[MOST_MODULES];
  size_t count;
  bool has_room;
};

static int note_storage(struct dl_phdr_info *info, size_t size, void *context) {
  (void)size;
  struct thread_storage *storage = context;
  if (info->dlpi_tls_modid == 0 || info->dlpi_tls_data != NULL || storage->count == MOST_MODULES) return 0;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    if (info->dlpi_phdr[i].p_type != PT_TLS) continue;
    void *trial = malloc(info->dlpi_phdr[i].p_memsz + info->dlpi_phdr[i].p_align + sizeof(void *));
    storage->has_room = storage->has_room && trial != NULL;
    storage->trials[storage->count] = trial;
    storage->modules[storage->count++] = info->dlpi_tls_modid;
  }
  return 0;
}

bool lab_make_thread_variables(void) {
  struct thread_storage storage = {.count = 0, .has_room = true};
  dl_iterate_phdr(note_storage, &storage);
  for (size_t i = 0; i < storage.count; i++) free(storage.trials[i]);
  for (size_t i = 0; i < storage.count && storage.has_room; i++)
    __tls_get_addr(&(struct thread_variable){storage.modules[i], 0});
  return storage.has_room;
}

bool lab_path_beside(const char *file, char *path, size_t capacity) {
  static const char here[] = "an address in this library";
  Dl_info found;
  if (!dladdr(here, &found)) return false;
  const char *slash = strrchr(found.dli_fname, '/');
  int folder = slash ? (int)(slash + 1 - found.dli_fname) : 0;
  return snprintf(path, capacity, "%.*s%s", folder, found.dli_fname, file) < (int)capacity;
}

/// By its path, or as it was at the start: while the program ran it may have been deleted, or built anew.
static void *load(int kept) {
  char path[4096];
  if (!lab_path_beside(LAB_WRITER_FILE, path, sizeof path)) return NULL;
  if (kept >= 0 && !is_same(path, kept)) snprintf(path, sizeof path, "/proc/thread-self/fd/%d", kept);
  lab_load_programs_swift();
  return dlopen(path, RTLD_NOW | RTLD_LOCAL);
}

static void *find(const char *name) { return writer == NULL ? NULL : dlsym(writer, name); }

__attribute__((visibility("hidden"))) void lab_environment_finish(const struct lab_environment_session *session) {
  static finish_function finish;
  const struct lab_engine *engine = session->engine;
  // What it allocates and the time it takes are the profiler's; what it loads no stack of the program goes through. A
  // program that goes on is written by a thread that is not sampled, and is sampled itself meanwhile.
  if (!session->goes_on) engine->lab_cpu_pause();
  engine->lab_heap_ignore_begin();
  if (writer == NULL) {
    // The program that goes on may load what its stacks do go through.
    if (!session->goes_on) engine->lab_unwind_freeze();
    writer = load(session->writer);
  }
  if (finish == NULL) finish = (finish_function)find("lab_environment_finish");
  bool has_room = finish == NULL || lab_make_thread_variables();
  if (finish != NULL && has_room) finish(session);
  else if (!session->is_silent)
    dprintf(STDERR_FILENO, "%s: %s; nothing is written\n", session->variable, has_room ? dlerror() : "no memory");
  engine->lab_heap_ignore_end();
}

static void refuse(struct lab_control_call *call, const char *why) {
  call->has_failed = true;
  call->say(call, why, strlen(why));
}

__attribute__((visibility("hidden"))) void lab_control_answer(struct lab_control_call *call) {
  static answer_function answer;
  call->engine->lab_heap_ignore_begin();
  if (writer == NULL) writer = load(call->writer);
  if (answer == NULL) answer = (answer_function)find("lab_control_answer");
  const char *error = answer == NULL ? dlerror() : NULL;
  if (answer == NULL) refuse(call, error == NULL ? "the profiler's library could not be loaded" : error);
  else if (!lab_make_thread_variables()) refuse(call, "no memory");
  else answer(call);
  call->engine->lab_heap_ignore_end();
}
#endif

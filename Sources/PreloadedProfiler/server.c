// Loads the server of profiles where LAB_HTTP asks for one, before the program begins: when all libraries are ready, and
// nobody can fork meanwhile and have the dynamic linker's lock taken in the child.
//
// Not async-signal-safe.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "swift_half.h"
#include <dlfcn.h>
#include <lab_http.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

__attribute__((visibility("hidden"))) const char lab_serves_from_start = 1;
__attribute__((visibility("hidden"))) void lab_http_start(void);

__attribute__((visibility("hidden"))) void lab_http_serve(const struct lab_http_request *request) {
  char path[4096];
  lab_load_programs_swift();
  void *library = lab_path_beside(LAB_SERVER_FILE, path, sizeof path) ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
  void (*serve)(const struct lab_http_request *) = NULL;
  if (library != NULL) serve = (void (*)(const struct lab_http_request *))dlsym(library, "lab_http_serve");
  bool has_room = serve == NULL || lab_make_thread_variables();
  if (serve != NULL && has_room) serve(request);
  else dprintf(STDERR_FILENO, "LAB_HTTP: %s; nothing is served\n", has_room ? dlerror() : "no memory");
}

typedef int main_function(int, char **, char **);
typedef int start_function(main_function *, int, char **, void (*)(void), void (*)(void), void (*)(void), void *);

/// Stands before the C library's, by which a program begins: the dynamic linker has made all libraries ready by then. Its own
/// frame is none of the program's.
__attribute__((visibility("default"))) int __libc_start_main(main_function *program, int count, char **arguments,
                                                             void (*begin)(void), void (*end)(void),
                                                             void (*linker_end)(void), void *stack_end) {
  start_function *real = (start_function *)dlsym(RTLD_NEXT, "__libc_start_main");
  if (real == NULL) abort();
  lab_http_start();
  __attribute__((musttail)) return real(program, count, arguments, begin, end, linker_end, stack_end);
}
#endif

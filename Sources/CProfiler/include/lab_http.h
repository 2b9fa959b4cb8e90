// Serving profiles while the program runs, on the word of the environment.
#pragma once
#include "lab_engine.h"
#include <stdbool.h>

/// The library that serves, beside the one that is preloaded.
#define LAB_SERVER_FILE "libLabProfileServer.so"

/// What LAB_HTTP and its like say. Texts live for ever; null: nothing was said.
struct lab_http_request {
  const char *address; ///< HOST:PORT
  const char *allowed; ///< names by which the server may be called beside its own, separated by commas
  const char *token;   ///< without which nothing is answered
  const char *hidden;  ///< what is not told, of `cmdline` and `labels`, separated by commas
  const char *rates;   ///< as they were asked for, for whoever serves to tell
  const struct lab_engine *engine;
};

/// Begins to serve, on threads of the profiler's own, and comes back when it does; says on stderr where, or why not. Made
/// in Swift; in the preloaded library it loads the Swift half first. Weak, so that the C half links alone: a program that
/// has no server in it is told so.
__attribute__((weak)) void lab_http_serve(const struct lab_http_request *request);

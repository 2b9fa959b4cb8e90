// LAB_HTTP=127.0.0.1:6060 serves profiles while the program runs; LAB_HTTP_RATES=heap=65536,block=10000,leaks says what is
// recorded for that from the start on, LAB_HTTP_ALLOW, LAB_HTTP_TOKEN and LAB_HTTP_HIDE who gets what. Whoever serves is
// written in Swift (ProfilingHTTP).
//
// C because what is recorded has to begin before main. Not async-signal-safe.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "environment/http.h"
#include "environment/kinds.h"
#include "environment/stderr.h"
#include "lab_http.h"
#include "threads/own_threads.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_BYTES = 4096, NAME_BYTES = 32 };

/// The variables, in the order of the texts below.
static const char *const variables[] = {"LAB_HTTP", "LAB_HTTP_ALLOW", "LAB_HTTP_TOKEN", "LAB_HTTP_HIDE", "LAB_HTTP_RATES"};
enum { ADDRESS, ALLOWED, TOKEN, HIDDEN, RATES, TEXTS };
/// Copies: the environment is the program's again.
static char texts[TEXTS][TEXT_BYTES];
static struct lab_http_request request;

void lab_each_http_variable(void (*visit)(const char *name, void *context), void *context) {
  for (int i = 0; i < TEXTS; i++) visit(variables[i], context);
}

static const char *read_text(int which) {
  const char *value = getenv(variables[which]);
  if (!value || !*value) return NULL;
  if (strlen(value) >= TEXT_BYTES) {
    lab_say(variables[which], ": it is too long, and not heeded", NULL);
    return NULL;
  }
  return strcpy(texts[which], value);
}

// MARK: - What is recorded

/// A part of the rates: a name, and behind a `=` a number or `off`.
struct wish {
  const char *name, *value;
  size_t name_bytes, value_bytes;
};

static bool has_name(const struct wish *wish, const char *name) {
  return strlen(name) == wish->name_bytes && memcmp(name, wish->name, wish->name_bytes) == 0;
}

static bool is_off(const struct wish *wish) { return wish->value_bytes == 3 && memcmp(wish->value, "off", 3) == 0; }

/// The next part, from `*text` on; false if there is none.
static bool next_wish(const char **text, struct wish *out) {
  if (!*text || !**text) return false;
  size_t bytes = strcspn(*text, ","), name = strcspn(*text, ",=");
  *out = (struct wish){*text, *text + name + (name < bytes), name, bytes - name - (name < bytes)};
  *text += bytes + ((*text)[bytes] == ',');
  return true;
}

static bool find_wish(const char *name, struct wish *out) {
  for (const char *rest = request.rates; next_wish(&rest, out);)
    if (has_name(out, name)) return true;
  return false;
}

/// The rate that a wish states; -1 if it makes no sense.
static long rate_of(const struct lab_kind *kind, const struct wish *wish) {
  if (wish->value_bytes == 0) return kind->usual_rate;
  char *end;
  errno = 0;
  long value = strtol(wish->value, &end, 10);
  bool is_right = end == wish->value + wish->value_bytes && !errno && value >= 1 && value <= kind->highest_rate;
  return is_right ? value : -1;
}

static bool is_recorded(const char *name) {
  if (strcmp(name, "heap") == 0) return lab_heap_rate() != 0;
  if (strcmp(name, "leaks") == 0) return lab_heap_clears_fresh();
  if (strcmp(name, "task") == 0) return lab_tasks_session() != 0;
  if (strcmp(name, "block") == 0) return lab_block_session() != 0;
  if (strcmp(name, "mutex") == 0) return lab_mutex_session() != 0;
  return false;
}

/// Kinds that may be named, those first that others go by: leaks needs every block, so the heap's rate is then one. Those
/// that cost little are recorded if nothing is said of them.
static const struct served {
  const char *name;
  bool is_usual;
} served[] = {{"leaks", false}, {"taskleak", false}, {"heap", true},  {"task", true},
              {"threadcreate", true}, {"block", false}, {"mutex", false}};
enum { SERVED = sizeof served / sizeof *served };

static void begin_if_wished(const struct lab_kind *kind, void *context) {
  const struct served *one = context;
  struct wish wish;
  if (strcmp(kind->name, one->name) != 0 || kind->begin == NULL || is_recorded(one->name)) return;
  bool is_named = find_wish(one->name, &wish);
  if (is_named ? is_off(&wish) : !one->is_usual) return;
  long rate = is_named ? rate_of(kind, &wish) : kind->usual_rate;
  if (rate < 0) return lab_say("LAB_HTTP_RATES: the rate of ", one->name, " makes no sense; it is not recorded", NULL);
  const char *why_not = kind->begin(rate);
  // What was not asked for is missed when it is: the server says why.
  if (why_not && is_named) lab_say("LAB_HTTP_RATES: ", one->name, ": ", why_not, "; it is not recorded", NULL);
}

static void complain_of_unknown_names(void) {
  struct wish wish;
  for (const char *rest = request.rates; next_wish(&rest, &wish);) {
    bool is_known = has_name(&wish, "cpu");
    for (int i = 0; i < SERVED; i++) is_known = is_known || has_name(&wish, served[i].name);
    char name[NAME_BYTES];
    snprintf(name, sizeof name, "%.*s", (int)(wish.name_bytes < NAME_BYTES ? wish.name_bytes : NAME_BYTES - 1), wish.name);
    if (!is_known) lab_say("LAB_HTTP_RATES: '", name, "' has no rate; it is not heeded", NULL);
  }
}

void lab_http_arm(void) {
  request.address = read_text(ADDRESS);
  request.allowed = read_text(ALLOWED);
  request.token = read_text(TOKEN);
  request.hidden = read_text(HIDDEN);
  request.rates = read_text(RATES);
  request.engine = &lab_engine;
  if (!request.address) return;
  if (!lab_http_serve) {
    lab_say("LAB_HTTP: this program links Profiling without ProfilingHTTP; nothing is served", NULL);
    request.address = NULL;
    return;
  }
  complain_of_unknown_names();
  for (int i = 0; i < SERVED; i++) lab_each_kind(begin_if_wished, (void *)&served[i]);
}

// MARK: - The server

/// Swift's runtime reports crashes of whatever it is loaded into; a program that has none of its own does not want that.
static const int crashes[] = {SIGQUIT, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP};
enum { CRASHES = sizeof crashes / sizeof *crashes };

static void *serve(void *unused) {
  (void)unused;
  struct sigaction before[CRASHES], now;
  // As the program asks and sets them: it has not begun.
  for (int i = 0; i < CRASHES; i++) sigaction(crashes[i], NULL, &before[i]);
  lab_heap_ignore_begin();
  lab_http_serve(&request);
  lab_heap_ignore_end();
  for (int i = 0; i < CRASHES; i++)
    if (sigaction(crashes[i], NULL, &now) == 0 && now.sa_sigaction != before[i].sa_sigaction)
      sigaction(crashes[i], &before[i], NULL);
  return NULL;
}

void lab_http_start(void) {
  enum { STACK_BYTES = 8 << 20 };
  pthread_t thread;
  if (!request.address) return;
  lab_heap_ignore_begin();
  int error = lab_thread_start_own(&thread, STACK_BYTES, serve, NULL);
  // Waited for: a program that forks while a library is loaded would find the dynamic linker's lock taken in the child.
  if (error) lab_say("LAB_HTTP: there is no thread to be had; nothing is served", NULL);
  else pthread_join(thread, NULL);
  lab_heap_ignore_end();
  request.address = NULL;
}
#endif

// Has a handler and a timer for SIGPROF of its own. `late`: from the middle of its life on. `raw`: by a system call past
// the C library. `once`: a handler that goes back to the default by itself.
#include "work.h"
#include <stdbool.h>

static volatile int hits;
static void count(int number) { hits += number == SIGPROF; }

struct kernel_action {
  void (*handler)(int);
  unsigned long flags;
  void (*restorer)(void);
  unsigned long mask;
};

__attribute__((naked)) static void restore(void) { __asm__("movl $15, %eax\n\tsyscall"); }

static void take(const char *how) {
  struct sigaction action = {.sa_handler = count, .sa_flags = SA_RESTART}, before;
  struct kernel_action raw = {.handler = count, .flags = 0x04000000 | SA_RESTART, .restorer = restore};
  if (strcmp(how, "raw") == 0) {
    syscall(SYS_rt_sigaction, SIGPROF, &raw, NULL, sizeof raw.mask);
    return;
  }
  if (strcmp(how, "once") == 0) action.sa_flags = (int)SA_RESETHAND;
  sigaction(SIGPROF, &action, &before);
  printf("before: %s\n", word(before.sa_handler));
}

int main(int count, char **arguments) {
  const char *how = count > 1 ? arguments[1] : "early";
  if (strcmp(how, "early") != 0) burn(0.3);
  take(how);
  if (strcmp(how, "once") == 0) {
    raise(SIGPROF);
    printf("hits %d\n", hits);
    fflush(stdout);
    raise(SIGPROF);
    return 1;
  }
  struct itimerval timer = {{0, 10000}, {0, 10000}}, off = {{0, 0}, {0, 0}};
  // Whatever of ours was on its way when the handler came past the C library.
  burn(0.2);
  // The kernel looks at its tick, which on a machine under load meets this thread less often: 100 are the most, and few
  // are no fault of ours, unless it is nearly none each time. Ours among them would be as many again.
  bool is_right = false;
  for (int attempt = 0; attempt < 8 && !is_right; attempt++) {
    hits = 0;
    setitimer(ITIMER_PROF, &timer, NULL);
    burn(1);
    setitimer(ITIMER_PROF, &off, NULL);
    is_right = hits >= 10 && hits <= 120;
  }
  printf("hits %s\n", is_right ? "up to 100" : "wrong");
  return 5;
}

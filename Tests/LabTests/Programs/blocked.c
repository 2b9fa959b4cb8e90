// Has SIGPROF blocked past the C library, in one of two threads that use equal time; with few descriptors or few timers if
// asked for.
#include "work.h"

static void *work(void *unused) {
  uint64_t set = 1ull << (SIGPROF - 1);
  syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, sizeof set);
  burn(0.5);
  return unused;
}

int main(void) {
  in_thread(work, NULL);
  burn(0.5);
  puts("done");
  return 0;
}

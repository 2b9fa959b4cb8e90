// A thread made past the C library, long enough for a scan to meet it, and then one that gets its id, as root can arrange.
#include "work.h"
#include <sched.h>

static char stack[65536] __attribute__((aligned(16)));
static volatile int ended;
static volatile unsigned long spins;

// Without thread-local storage of its own: no function of the C library may be called.
static int spin(void *unused) {
  for (unsigned long i = 0; i < 400000000; i++) spins = i;
  ended = 1;
  __asm__ volatile("syscall" : : "a"(SYS_exit), "D"(0) : "rcx", "r11", "memory");
  return unused != NULL;
}

static long wanted;
static void *work(void *unused) {
  long is_it = syscall(SYS_gettid) == wanted;
  burn(is_it ? 0.5 : 0);
  return is_it ? unused : NULL;
}

int main(void) {
  int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;
  wanted = clone(spin, stack + sizeof stack, flags, NULL);
  while (!ended) usleep(1000);
  while (syscall(SYS_tgkill, getpid(), wanted, 0) == 0) usleep(1000);
  // Others take ids meanwhile, so that it may take some tries.
  for (int tries = 0; tries < 200; tries++) {
    FILE *last = fopen("/proc/sys/kernel/ns_last_pid", "w");
    if (last == NULL) break;
    fprintf(last, "%ld", wanted - 1);
    if (fclose(last) != 0) break;
    if (in_thread(work, &wanted) != NULL) return puts("reused"), 0;
  }
  puts("not reused");
  return 0;
}

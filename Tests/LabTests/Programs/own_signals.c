// Gets SIGPROFs that are meant for it. The argument says how, and what becomes of them.
#include "work.h"
#include <sys/signalfd.h>

static void *wait_for_it(void *unused) {
  sigset_t set = only(SIGPROF);
  int number = 0;
  printf("sigwait %d %d\n", sigwait(&set, &number), number);
  return unused;
}

int main(int count, char **arguments) {
  const char *how = count > 1 ? arguments[1] : "";
  sigset_t set = only(SIGPROF), pending;
  struct itimerval timer = {{0, 20000}, {0, 20000}}, off = {{0, 0}, {0, 0}};
  struct timespec second = {5, 0};
  siginfo_t info;
  burn(0.05);
  if (strcmp(how, "raise") == 0) raise(SIGPROF);
  if (strcmp(how, "kill") == 0) kill(getpid(), SIGPROF);
  if (strcmp(how, "timer") == 0) setitimer(ITIMER_PROF, &timer, NULL), burn(1);
  if (strcmp(how, "ignored") == 0) {
    signal(SIGPROF, SIG_IGN);
    setitimer(ITIMER_PROF, &timer, NULL);
    burn(0.2);
    raise(SIGPROF);
  }
  if (strcmp(how, "pending") == 0) {
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    raise(SIGPROF);
    sigpending(&pending);
    printf("pending %d\n", sigismember(&pending, SIGPROF));
    printf("sigwaitinfo %d from %d\n", sigwaitinfo(&set, &info), info.si_code == SI_TKILL);
    sigpending(&pending);
    printf("pending %d\n", sigismember(&pending, SIGPROF));
    kill(getpid(), SIGPROF);
    fflush(stdout);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    printf("not reached\n");
  }
  if (strcmp(how, "child") == 0) {
    // Another process sends it to one that has a thread waiting for it.
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    pthread_t thread;
    pthread_create(&thread, NULL, wait_for_it, NULL);
    if (fork() == 0) {
      usleep(100000);
      kill(getppid(), SIGPROF);
      _exit(0);
    }
    burn(0.3);
    pthread_join(thread, NULL);
    wait(NULL);
  }
  if (strcmp(how, "descriptor") == 0) {
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    int descriptor = signalfd(-1, &set, 0);
    setitimer(ITIMER_PROF, &timer, NULL);
    burn(0.1);
    setitimer(ITIMER_PROF, &off, NULL);
    struct signalfd_siginfo read_info = {0};
    int size = (int)read(descriptor, &read_info, sizeof read_info);
    printf("read %d: %u\n", size == (int)sizeof read_info, read_info.ssi_signo);
  }
  if (strcmp(how, "timed") == 0) {
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    setitimer(ITIMER_PROF, &timer, NULL);
    burn(0.5); // long enough for the kernel's tick to meet it on a machine under load
    setitimer(ITIMER_PROF, &off, NULL);
    printf("sigtimedwait %d\n", sigtimedwait(&set, &info, &second));
  }
  return 7;
}

// Waits for all signals in every way there is, while threads of its own are busy: gets those that were sent to it.
#include "work.h"
#include <poll.h>
#include <sys/signalfd.h>

static double half = 0.5;

int main(void) {
  sigset_t all = all_signals();
  siginfo_t info;
  struct timespec second = {1, 0};
  int number = 0;
  pthread_sigmask(SIG_SETMASK, &all, NULL);
  int descriptor = signalfd(-1, &all, 0);
  pthread_t threads[2];
  for (int i = 0; i < 2; i++) pthread_create(&threads[i], NULL, burner, &half);
  burn(0.2);
  kill(getpid(), SIGUSR1);
  printf("sigwaitinfo %d\n", sigwaitinfo(&all, &info));
  kill(getpid(), SIGUSR2);
  printf("sigwait %d %d\n", sigwait(&all, &number), number);
  kill(getpid(), SIGTERM);
  printf("sigtimedwait %d\n", sigtimedwait(&all, &info, &second));
  printf("sigtimedwait, nothing: %d %s\n", sigtimedwait(&all, &info, &(struct timespec){0, 200000000}), strerror(errno));
  struct pollfd poll_for = {descriptor, POLLIN, 0};
  printf("signalfd, nothing: %d\n", poll(&poll_for, 1, 100));
  kill(getpid(), SIGHUP);
  struct signalfd_siginfo read_info;
  printf("signalfd %d", (int)(read(descriptor, &read_info, sizeof read_info) / sizeof read_info));
  printf(" signal %u\n", read_info.ssi_signo);
  for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
  return 6;
}

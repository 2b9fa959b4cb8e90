// Sets SIGPROF to its default or to be ignored in every way there is, as daemons do with all signals, and asks back.
#include "work.h"

extern void (*__sysv_signal(int, void (*)(int)))(int);

static void tell(void) {
  struct sigaction now;
  sigaction(SIGPROF, NULL, &now);
  printf("now %s, flags %x, mask %d\n", word(now.sa_handler), (unsigned)now.sa_flags,
         sigismember(&now.sa_mask, SIGPROF));
}

int main(void) {
  struct sigaction action = {.sa_handler = SIG_DFL, .sa_flags = SA_NODEFER}, before;
  for (int number = 1; number < 65; number++) signal(number, SIG_DFL);
  burn(0.05);
  printf("sigaction %d", sigaction(SIGPROF, &action, &before));
  printf(" was %s\n", word(before.sa_handler));
  tell();
  burn(0.05);
  printf("signal %s\n", word(signal(SIGPROF, SIG_IGN)));
  tell();
  kill(getpid(), SIGPROF);
  burn(0.05);
  printf("sigset %s\n", word(sigset(SIGPROF, SIG_DFL)));
  printf("sigignore %d\n", sigignore(SIGPROF));
  printf("sigset %s\n", sigset(SIGPROF, SIG_HOLD) == SIG_HOLD ? "held" : "ignored");
  printf("sigset %s\n", sigset(SIGPROF, SIG_DFL) == SIG_HOLD ? "held" : "ignored");
  tell();
  printf("siginterrupt %d\n", siginterrupt(SIGPROF, 1));
  printf("sysv_signal %s\n", word(__sysv_signal(SIGPROF, SIG_IGN)));
  tell();
  printf("bad signal %d %d\n", sigaction(0, &action, NULL), errno);
  burn(0.05);
  printf("signal %s\n", word(signal(SIGPROF, SIG_DFL)));
  return 4;
}

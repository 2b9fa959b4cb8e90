// Blocks every signal, in main and in a thread that inherits the mask, and says what it is told of masks.
#include "work.h"

static void tell(const char *where) {
  sigset_t mask, pending;
  pthread_sigmask(SIG_BLOCK, NULL, &mask);
  sigpending(&pending);
  printf("%s: blocked %d, pending %d\n", where, sigismember(&mask, SIGPROF), sigismember(&pending, SIGPROF));
}

static void *work(void *unused) {
  tell("thread");
  burn(0.3);
  tell("thread, later");
  sigset_t set = only(SIGPROF);
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
  tell("thread, unblocked");
  return unused;
}

int main(void) {
  sigset_t all = all_signals(), before;
  sigprocmask(SIG_SETMASK, &all, &before);
  printf("before %d\n", sigismember(&before, SIGPROF));
  tell("main");
  in_thread(work, NULL);
  burn(0.3);
  tell("main, later");
  printf("sigrelse %d\n", sigrelse(SIGPROF));
  tell("main, released");
  printf("sighold %d\n", sighold(SIGPROF));
  tell("main, held");
  printf("sigblock %d\n", sigblock(0) >> (SIGPROF - 1) & 1);
  sigprocmask(SIG_SETMASK, &before, NULL);
  tell("main, at the end");
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setsigmask_np(&attributes, &all);
  pthread_t thread;
  pthread_create(&thread, &attributes, work, NULL);
  pthread_join(thread, NULL);
  return 0;
}

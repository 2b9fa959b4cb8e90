// Forks while it works: the child works, makes threads, and ends in its own way.
#include "work.h"

int main(void) {
  static double time = 0.1;
  pthread_t thread;
  pthread_create(&thread, NULL, burner, &time);
  burn(0.1);
  for (int i = 0; i < 3; i++) {
    fflush(stdout);
    pid_t id = fork();
    if (id == 0) {
      signal(SIGPROF, SIG_DFL);
      in_thread(burner, &time);
      free(malloc(1000));
      printf("child %d\n", i);
      fflush(stdout);
      if (i == 1) kill(getpid(), SIGKILL);
      if (i == 2) exit(9);
      _exit(8);
    }
    int status = 0;
    waitpid(id, &status, 0);
    printf("status %x\n", (unsigned)status);
  }
  pthread_join(thread, NULL);
  return 2;
}

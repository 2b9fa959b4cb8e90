// Its main thread ends before another, which ends by returning, by `exit` or by a signal.
#include "work.h"

static const char *how = "returns";

static void *work(void *unused) {
  // Until the main thread has ended.
  usleep(100000);
  burn(0.3);
  printf("worker done\n");
  if (strcmp(how, "exits") == 0) exit(3);
  fflush(stdout);
  if (strcmp(how, "is-ended") == 0) raise(SIGTERM);
  return unused;
}

int main(int count, char **arguments) {
  if (count > 1) how = arguments[1];
  pthread_t thread;
  pthread_create(&thread, NULL, work, NULL);
  pthread_exit(NULL);
}

// Crashes, in main or in a thread, by a bad address or by abort; or is ended by a signal.
#include "work.h"

static void *by_address(void *unused) {
  burn(0.05);
  *(volatile int *)8 = 1;
  return unused;
}
static void *by_abort(void *unused) {
  abort();
  return unused;
}

int main(int count, char **arguments) {
  const char *how = count > 1 ? arguments[1] : "";
  static double long_time = 30;
  printf("%s\n", how);
  fflush(stdout);
  pthread_t thread;
  pthread_create(&thread, NULL, burner, &long_time);
  if (strcmp(how, "main") == 0) by_address(NULL);
  if (strcmp(how, "thread") == 0) in_thread(by_address, NULL);
  if (strcmp(how, "abort") == 0) in_thread(by_abort, NULL);
  if (strcmp(how, "term") == 0) kill(getpid(), SIGTERM), pause();
  if (strcmp(how, "double-free") == 0) {
    char *block = malloc(2000);
    free(block);
    free(block);
  }
  return 1;
}

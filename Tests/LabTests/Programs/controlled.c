// Says `ready` and goes on until it is ended: `spin` works in one function, `fork` has a child that says its id and
// sleeps, `threads` ends its main thread and then the other.
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static volatile unsigned long turns;

__attribute__((noinline)) static void spin(void) {
  for (;;) turns++;
}

static void *last(void *unused) {
  sleep(1);
  return unused;
}

int main(int count, char **arguments) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  const char *mode = count > 1 ? arguments[1] : "spin";
  pthread_t thread;
  pid_t child = strcmp(mode, "fork") == 0 ? fork() : -1;
  if (child == 0) {
    printf("child %d ready\n", getpid());
    for (;;) pause();
  }
  if (child < 0) printf("ready\n");
  if (strcmp(mode, "threads") == 0) {
    pthread_create(&thread, NULL, last, NULL);
    pthread_exit(NULL);
  }
  if (child > 0)
    for (;;) pause();
  spin();
}

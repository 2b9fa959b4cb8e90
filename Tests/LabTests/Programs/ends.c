// Ends in uncommon ways.
#include "work.h"
#include <fcntl.h>
#include <poll.h>
#include <semaphore.h>
#include <sys/resource.h>

static void *exit_soon(void *unused) {
  usleep(100000);
  printf("exit\n");
  exit(22);
  return unused;
}

/// Another thread ends the program while this one sleeps; if it woke it would end it otherwise.
static int outlived(const char *how) {
  pthread_t thread;
  sem_t semaphore;
  struct timespec limit;
  struct pollfd nothing = {-1, 0, 0};
  sem_init(&semaphore, 0, 0);
  clock_gettime(CLOCK_REALTIME, &limit);
  limit.tv_sec += 60;
  pthread_create(&thread, NULL, exit_soon, NULL);
  if (strcmp(how, "pause") == 0) pause();
  if (strcmp(how, "semaphore") == 0) sem_timedwait(&semaphore, &limit);
  if (strcmp(how, "poll") == 0) poll(&nothing, 1, 60000);
  printf("woken\n");
  return 1;
}

int main(int count, char **arguments) {
  const char *how = count > 1 ? arguments[1] : "";
  burn(0.02);
  if (strcmp(how, "pause") == 0 || strcmp(how, "semaphore") == 0 || strcmp(how, "poll") == 0) return outlived(how);
  if (strcmp(how, "bare") == 0) syscall(SYS_exit, 5);
  if (strcmp(how, "limit") == 0) {
    struct rlimit none = {0, 0};
    printf("limited\n");
    fflush(stdout);
    setrlimit(RLIMIT_FSIZE, &none);
    return 17;
  }
  if (strcmp(how, "pipe") == 0) {
    // Nobody reads what is said on stderr any more.
    int ends[2];
    if (pipe(ends) != 0) return 1;
    dup2(ends[1], STDERR_FILENO);
    close(ends[0]);
    close(ends[1]);
    return 18;
  }
  if (strcmp(how, "descriptor") == 0) {
    // What is open as 2 at the end is a file of the program's own.
    close(STDERR_FILENO);
    int file = open(arguments[2], O_CREAT | O_RDWR, 0600);
    return file == STDERR_FILENO && write(file, "own", 3) == 3 ? 19 : 1;
  }
  return 1;
}

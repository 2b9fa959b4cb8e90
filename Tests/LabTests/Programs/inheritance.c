// Starts programs in every way there is; each says what it has inherited of SIGPROF. `ignored`, `blocked`: what there is
// to inherit.
#include "work.h"
#include <spawn.h>

static void tell(void) {
  char line[256];
  FILE *status = fopen("/proc/self/status", "r");
  while (fgets(line, sizeof line, status))
    if (strncmp(line, "SigBlk", 6) == 0 || strncmp(line, "SigIgn", 6) == 0)
      printf(" %.6s %d", line, (int)(strtoull(line + 8, NULL, 16) >> (SIGPROF - 1) & 1));
  printf("\n");
  fclose(status);
}

static const char *self;

static void child(const char *name, void (*start)(void)) {
  printf("%s:", name);
  fflush(stdout);
  pid_t id = fork();
  if (id == 0) {
    start();
    _exit(1);
  }
  int status;
  waitpid(id, &status, 0);
  if (status != 0) printf("status %x\n", (unsigned)status);
}

static char *const words[] = {"tell", "tell", NULL};
static void by_execv(void) { execv(self, words); }
static void by_execve(void) { execve(self, words, environ); }
static void by_execvp(void) { execvp(self, words); }
static void by_execl(void) { execl(self, "tell", "tell", NULL); }
static void by_execlp(void) { execlp(self, "tell", "tell", NULL); }
static void by_execle(void) { execle(self, "tell", "tell", NULL, environ); }

int main(int count, char **arguments) {
  if (count > 1 && strcmp(arguments[1], "tell") == 0) {
    tell();
    return 0;
  }
  self = arguments[0];
  for (int i = 1; i < count; i++) {
    sigset_t set = only(SIGPROF);
    if (strcmp(arguments[i], "ignored") == 0) signal(SIGPROF, SIG_IGN);
    if (strcmp(arguments[i], "blocked") == 0) pthread_sigmask(SIG_BLOCK, &set, NULL);
  }
  burn(0.05);
  child("execv", by_execv);
  child("execve", by_execve);
  child("execvp", by_execvp);
  child("execl", by_execl);
  child("execlp", by_execlp);
  child("execle", by_execle);
  char command[4096];
  snprintf(command, sizeof command, "%s tell", self);
  printf("system:");
  fflush(stdout);
  printf("%d\n", system(command));
  FILE *pipe = popen(command, "r");
  char line[256] = "";
  printf("popen:%s", fgets(line, sizeof line, pipe) ? line : "nothing\n");
  pclose(pipe);
  pid_t id;
  printf("posix_spawn:");
  fflush(stdout);
  posix_spawn(&id, self, NULL, NULL, words, environ);
  waitpid(id, NULL, 0);
  printf("vfork:");
  fflush(stdout);
  if ((id = vfork()) == 0) {
    execv(self, words);
    _exit(1);
  }
  waitpid(id, NULL, 0);
  printf("failed: %d\n", execl("/no/such/program", "none", NULL));
  // Still alive, and still as it was.
  burn(0.05);
  fflush(stdout);
  execl(self, "tell", "tell", NULL);
}

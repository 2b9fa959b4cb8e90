// Starts programs in every way there is, and becomes one. Each works a little and says so.
#include "work.h"
#include <spawn.h>

static char self[4096];

static int work(const char *name) {
  burn(0.06);
  printf("%s works\n", name);
  fflush(stdout);
  return 3;
}

static void await(const char *name, pid_t id) {
  int status = 0;
  waitpid(id, &status, 0);
  printf("%s: %x\n", name, (unsigned)status);
  fflush(stdout);
}

/// Starts a program by a path and by a name, as libraries do.
static void spawn(const char *name, char *path, int by_name, char *argument) {
  char *arguments[] = {path, argument, (char *)name, NULL};
  pid_t id;
  if ((by_name ? posix_spawnp : posix_spawn)(&id, path, NULL, NULL, arguments, environ) != 0) exit(1);
  await(name, id);
}

static void start_all(void) {
  char command[5000], line[100];
  pid_t id = fork();
  if (id == 0) exit(work("fork"));
  await("fork", id);
  if ((id = fork()) == 0) execl(self, self, "work", "exec", NULL), _exit(1);
  await("exec", id);
  if ((id = vfork()) == 0) execl(self, self, "work", "vfork", NULL), _exit(1);
  await("vfork", id);
  spawn("spawn", self, 0, "work");
  spawn("spawnp", self, 1, "work");
  snprintf(command, sizeof command, "'%s' work system; exit 9", self);
  printf("system: %x\n", (unsigned)system(command) & 0xff00);
  fflush(stdout);
  snprintf(command, sizeof command, "'%s' work popen", self);
  FILE *pipe = popen(command, "r");
  while (fgets(line, sizeof line, pipe)) printf("popen: %s", line);
  pclose(pipe);
  printf("%s, %s\n", getenv("LD_PRELOAD") ? "preloaded" : "as usual", getenv("LAB_CHILDREN") ? "told" : "not told");
  fflush(stdout);
  execl(self, self, "work", "becomes", NULL);
}

int main(int count, char **arguments) {
  snprintf(self, sizeof self, "%s", arguments[0]);
  const char *how = count > 1 ? arguments[1] : "";
  if (strcmp(how, "work") == 0) return work(arguments[2]);
  work("main");
  if (strcmp(how, "all") == 0) start_all();
  if (strcmp(how, "daemon") == 0) return daemon(1, 1) == 0 ? work("daemon") : 1;
  if (strcmp(how, "static") == 0) {
    strcpy(strrchr(self, '/') + 1, "static");
    spawn("static", self, 0, "none");
  }
  char command[5000];
  if (strcmp(how, "static-shell") == 0) {
    strcpy(strrchr(self, '/') + 1, "static");
    snprintf(command, sizeof command, "%s with arguments", self);
    printf("%s: %x\n", how, (unsigned)system(command));
  }
  if (strcmp(how, "static-script") == 0) {
    strcpy(strrchr(self, '/') + 1, "script");
    spawn(how, self, 0, "none");
  }
  return 4;
}

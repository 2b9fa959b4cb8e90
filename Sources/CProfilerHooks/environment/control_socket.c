// A folder that is this user's alone, in $XDG_RUNTIME_DIR or, without that, in /tmp, and in it a socket of the process'
// name: its id, and the number of the namespace that it has that id in, for a container may share the folder.
//
// C because it is made before main. Not async-signal-safe. What waits is asked of the kernel, for the C library's
// functions may be hooked.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "environment/control_socket.h"
#include "base/system_call.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static const char folder[] = "swift-diagnostics-lab", suffix[] = ".sock";

/// How many may wait to be heard; how many sockets of others are looked at.
enum { BACKLOG = 16, MOST_LOOKED_AT = 256 };

/// Whether the folder is there and nobody else can change what is in it.
static bool is_private(const char *path, char *reason, size_t capacity) {
  struct stat status;
  if (mkdir(path, 0700) != 0 && errno != EEXIST) {
    snprintf(reason, capacity, "%s: %s", path, strerror(errno));
    return false;
  }
  if (lstat(path, &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == geteuid() && !(status.st_mode & 077))
    return true;
  snprintf(reason, capacity, "%s is not a folder of this user's that is closed to others", path);
  return false;
}

bool lab_control_place(struct lab_control_path *path, char *reason, size_t capacity) {
  const char *runtime = getenv("XDG_RUNTIME_DIR");
  struct stat namespace;
  char found[4096], name[64];
  if (stat("/proc/self/ns/pid", &namespace) != 0) {
    snprintf(reason, capacity, "/proc/self/ns/pid: %s", strerror(errno));
    return false;
  }
  int bytes = snprintf(name, sizeof name, "/%d-%lu%s", getpid(), (unsigned long)namespace.st_ino, suffix);
  // Longer ones no socket can have.
  bool fits = runtime && *runtime == '/' && strlen(runtime) + sizeof folder + (size_t)bytes + 8 < sizeof path->text;
  if (fits) snprintf(found, sizeof found, "%s/%s", runtime, folder);
  if (!fits || !is_private(found, reason, capacity)) {
    snprintf(found, sizeof found, "/tmp/%s-%u", folder, geteuid());
    if (!is_private(found, reason, capacity)) return false;
  }
  snprintf(path->text, sizeof path->text, "%.*s%s", (int)(sizeof path->text - sizeof name), found, name);
  return true;
}

static struct sockaddr_un address_of(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
  return address;
}

/// Its name as long as nobody listens: hidden, and one letter longer at most.
static void hide(const struct lab_control_path *path, char *hidden, size_t capacity) {
  const char *slash = strrchr(path->text, '/');
  int bytes = (int)(slash - path->text), stem = (int)(strlen(slash + 1) - strlen(suffix));
  snprintf(hidden, capacity, "%.*s/.%.*s", bytes, path->text, stem, slash + 1);
}

int lab_control_listen(const struct lab_control_path *path, char *reason, size_t capacity) {
  char hidden[sizeof path->text];
  hide(path, hidden, sizeof hidden);
  struct sockaddr_un address = address_of(hidden);
  int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  unlink(hidden);
  bool is_made = listener >= 0 && fchmod(listener, 0600) == 0 &&
                 bind(listener, (struct sockaddr *)&address, sizeof address) == 0 && chmod(hidden, 0600) == 0 &&
                 listen(listener, BACKLOG) == 0 && rename(hidden, path->text) == 0;
  if (is_made) return listener;
  snprintf(reason, capacity, "%s: %s", path->text, strerror(errno));
  unlink(hidden);
  if (listener >= 0) close(listener);
  return -1;
}

static bool is_left_over(const char *path) {
  struct sockaddr_un address = address_of(path);
  int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  long error = probe < 0 ? 0 : lab_system_call(SYS_connect, probe, &address, sizeof address);
  if (probe >= 0) close(probe);
  return error == -ECONNREFUSED;
}

void lab_control_clean(const struct lab_control_path *path) {
  struct lab_control_path parent = *path;
  char other[sizeof path->text + 256];
  *strrchr(parent.text, '/') = 0;
  DIR *entries = opendir(parent.text);
  struct dirent *entry;
  for (int looked_at = 0; entries && looked_at < MOST_LOOKED_AT && (entry = readdir(entries)); looked_at++) {
    size_t bytes = strlen(entry->d_name);
    bool is_one = bytes > strlen(suffix) && strcmp(entry->d_name + bytes - strlen(suffix), suffix) == 0;
    snprintf(other, sizeof other, "%s/%s", parent.text, entry->d_name);
    if (is_one && strlen(other) < sizeof path->text && is_left_over(other)) unlink(other);
  }
  if (entries) closedir(entries);
}

bool lab_control_may_ask(int connection) {
  struct ucred peer;
  socklen_t size = sizeof peer;
  return getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
         (peer.uid == 0 || peer.uid == geteuid());
}
#endif

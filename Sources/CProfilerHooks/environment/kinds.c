// Which kinds of profile there are. C because the environment is read before main. Not async-signal-safe.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "environment/kinds.h"
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#define LAB_KIND(name, variable, rate_variable, usual, highest, at_crash, begin) const char *begin(long rate);
#include "base/kinds.def"
#undef LAB_KIND

static const struct lab_kind known[] = {
#define LAB_KIND(name, variable, rate_variable, usual, highest, at_crash, begin) \
  {#name, variable, rate_variable, usual, highest, at_crash, begin},
#define LAB_KIND_TOO(name, variable, at_crash, begin) {#name, variable, "", 1, 1, at_crash, begin},
#include "base/kinds.def"
#undef LAB_KIND
};
enum { KNOWN = sizeof known / sizeof *known, OTHERS = 16, NAME_BYTES = 32 };

/// A kind that C does not know.
static struct other {
  struct lab_kind kind;
  char name[NAME_BYTES], variable[NAME_BYTES + 16], rate_variable[NAME_BYTES + 24];
} others[OTHERS];

bool lab_environment_is_trusted(void) { return getauxval(AT_SECURE) == 0; }

static bool is_known(const struct other *kind) {
  for (size_t i = 0; i < KNOWN; i++)
    if (strcmp(known[i].name, kind->name) == 0 || strcmp(known[i].variable, kind->variable) == 0) return true;
  return false;
}

/// Makes a kind of an entry `LAB_TASKPROFILE=…` of the environment; false if it is no such entry, or of a known kind.
static bool read_entry(const char *entry, struct other *out) {
  static const char prefix[] = "LAB_", suffix[] = "PROFILE=";
  if (strncmp(entry, prefix, sizeof prefix - 1) != 0) return false;
  const char *begin = entry + sizeof prefix - 1, *end = begin;
  while ((*end >= 'A' && *end <= 'Z') || (*end >= '0' && *end <= '9')) end++;
  // What is before the suffix: the loop has taken its letters, too.
  int length = (int)(end - begin) - 7;
  if (length <= 0 || length >= NAME_BYTES || strncmp(end - 7, suffix, sizeof suffix - 1) != 0) return false;
  for (int i = 0; i < length; i++) out->name[i] = (char)(begin[i] >= 'A' ? begin[i] - 'A' + 'a' : begin[i]);
  out->name[length] = 0;
  snprintf(out->variable, sizeof out->variable, "LAB_%.*sPROFILE", length, begin);
  if (is_known(out)) return false;
  snprintf(out->rate_variable, sizeof out->rate_variable, "%s_RATE", out->variable);
  out->kind = (struct lab_kind){out->name, out->variable, out->rate_variable, 0, LONG_MAX, false, NULL};
  return true;
}

void lab_each_kind(void (*visit)(const struct lab_kind *kind, void *context), void *context) {
  for (size_t i = 0; i < KNOWN; i++) visit(&known[i], context);
  // Noted first: whoever visits may change the environment.
  static size_t count;
  if (count == 0)
    for (char **entry = environ; entry && *entry && count < OTHERS; entry++)
      count += read_entry(*entry, &others[count]);
  for (size_t i = 0; i < count; i++) visit(&others[i].kind, context);
}
#endif

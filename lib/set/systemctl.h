#ifndef SET_SYSTEMCTL_H
#define SET_SYSTEMCTL_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What we ask of systemd, by way of systemctl(1) in PATH.
 */

/**
 * systemctl_running(void):
 * Return whether systemd runs this machine: `systemctl is-system-running` says something else
 * than "offline" or "unknown".  There is no other test, so that a container, a chroot and a
 * script of that name in PATH all get what they ask for.
 */
bool systemctl_running(void);

/**
 * systemctl_mute(void):
 * Return whether systemd runs this machine and we cannot ask it: without a D-Bus only root can.
 */
bool systemctl_mute(void);

/**
 * systemctl_is_unit(name):
 * Return whether ${name} may be handed to systemctl as the name of one unit.
 */
bool systemctl_is_unit(const char *name);

/**
 * systemctl_run(verb, unit):
 * Have ${verb} ("stop") done to ${unit} (NULL: a verb that takes none), and wait for its end
 * whatever asks us to stop meanwhile.  Return 0, or 1 after reporting, with a hint to the unit's
 * status.
 */
int systemctl_run(const char *verb, const char *unit);

struct systemctl_unit {
	const char *id;     /* "nginx.service" */
	const char *load;   /* "loaded", "not-found", "masked", … */
	const char *active; /* "active", "inactive", "failed", "activating", … */
};

/**
 * systemctl_show(names, each, ctx):
 * Hand the units ${names} (a list up to a NULL; patterns find those that are loaded) to ${each},
 * in this order; what it returns, other than 0, ends it.  Return 0, that code, or 1 after
 * reporting (silently after a stop signal).
 */
int systemctl_show(
    char *const *names, int (*each)(void *ctx, const struct systemctl_unit *unit), void *ctx);

/**
 * systemctl_facts(unit, properties, text):
 * Ask for ${properties} ("ActiveState,UnitFileState") of ${unit}, silently.  Return 0 with lines
 * KEY=VALUE in ${*text}, which the caller frees, or -1.
 */
int systemctl_facts(const char *unit, const char *properties, char **text);

/**
 * systemctl_fact(text, key, value, size):
 * Put the value of ${key} in those lines into ${value} of ${size} bytes, "" where there is none;
 * return ${value}.
 */
const char *systemctl_fact(const char *text, const char *key, char *value, size_t size);

#endif

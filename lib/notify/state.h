#ifndef NOTIFY_STATE_H
#define NOTIFY_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "notify/incident.h"

/*
 * What siantre-alert knows: STATE_DIR/alert/state.json (0600 in a folder 0700), replaced as a
 * whole.  Whoever changes it holds STATE_DIR/alert/lock from reading to writing; siantre-status
 * only reads.
 */
struct state;

/* The last test of a channel. */
struct state_test {
	char *name; /* of the channel */
	int64_t when;
	bool ok;
};

/**
 * state_read(folder, out):
 * Read the state in ${folder} (STATE_DIR) without a lock, to look at it.  Where there is none it
 * is empty.  Return 0, or the exit code after reporting (EX_NOPERM, EX_IOERR, EX_DATAERR).
 */
int state_read(const char *folder, struct state **out);

/**
 * state_open(folder, wait, out):
 * Make STATE_DIR/alert where it is missing, take the lock, waiting ${wait} seconds at most, and
 * read the state to change it.  A damaged file is reported, kept under another name and begun
 * anew.  Return 0, or the exit code after reporting: EX_TEMPFAIL where another process holds it.
 */
int state_open(const char *folder, int64_t wait, struct state **out);

/**
 * state_save(s):
 * Write ${s}, which state_open() gave, and fsync.  On a full disk the room is used that is kept
 * for that.  Return 0, or EX_IOERR after reporting: what is on the disk is then as before.
 */
int state_save(struct state *s);

/**
 * state_make_room(s):
 * Give up the room that is kept on the disk for a day when there is no other.  Return whether
 * there was any; the next state_save() keeps it anew.
 */
bool state_make_room(const struct state *s);

/**
 * state_close(s):
 * Free it, and give the lock back.  NULL is fine.
 */
void state_close(struct state *s);

/**
 * state_incidents(s):
 * Everything that was ever wrong and is remembered; ask incident_open() of each.
 */
struct incidents *state_incidents(const struct state *s);

/**
 * state_find_test(s, name):
 * The last test of channel ${name}, or NULL.
 */
const struct state_test *state_find_test(const struct state *s, const char *name);

/**
 * state_tested(s, name, when, ok):
 * Note a test of channel ${name}.  Return 0, or -1 after reporting.
 */
int state_tested(struct state *s, const char *name, int64_t when, bool ok);

#endif

#ifndef BASE_ACCOUNT_H
#define BASE_ACCOUNT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What happened while a tree was packed: counts, and the names of what did not go as it
 * should.  An all-zero struct is an empty account.
 */
#define ACCOUNT_NAMES 1000 /* kept at most, and as many of damaged files; all are counted */
#define ACCOUNT_SOCKET "a socket, left out" /* the one reason that is no warning */

struct account_entry {
	char *path;   /* as in the archive */
	char *why;    /* "Permission denied", "vanished", ACCOUNT_SOCKET, … */
	bool damaged; /* zeros stand where its bytes could not be read */
};

struct account {
	uint64_t entries;    /* in the archive */
	uint64_t sockets;    /* left out, as they hold nothing; a note, not a warning */
	uint64_t unreadable; /* left out, or padded with zeros from where reading failed */
	uint64_t vanished;   /* left out */
	uint64_t changed;    /* shrank (padded with zeros) or grew (cut) while they were read */
	uint64_t warnings;   /* all of these but sockets, and whatever else was warned about */
	struct account_entry *skipped;
	size_t skips;   /* length of skipped */
	size_t damaged; /* of them */
};

/**
 * account_skip(a, counter, path, format, ...):
 * Count one in ${*counter} (a member of ${a}; NULL: none) and, unless that is the sockets, in
 * the warnings; keep the name; and say "PATH: WHY" on stderr.  Names are made printable.
 */
void account_skip(struct account *a, uint64_t *counter, const char *path, const char *format,
    ...) __attribute__((format(printf, 4, 5)));

/**
 * account_damaged(a, path, error, from):
 * Count ${path} as unreadable and name it: zeros stand for its bytes from ${from} on, since reading
 * them failed with ${error}.  No number of other names takes the room of these, and they are
 * named first: the archive has a file that is not the one on the disk.
 */
void account_damaged(struct account *a, const char *path, int error, intmax_t from);

/**
 * account_missed(a, path, error, rest):
 * Count and name what could not be opened or looked at, and why; ${rest} goes behind the reason
 * (", left out").  Return 0, or 1 after reporting what is our own trouble (no memory, no
 * descriptors).
 */
int account_missed(struct account *a, const char *path, int error, const char *rest);

/**
 * account_note(a, note):
 * Set "entries", "skipped" ([{"path":…,"why":…}]) and "warnings" in the JSON object ${note}.
 * Return 0, or -1 after reporting.
 */
int account_note(const struct account *a, json_t *note);

/**
 * account_free(a):
 * Free what ${a} holds and make it empty.
 */
void account_free(struct account *a);

#endif

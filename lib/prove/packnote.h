#ifndef PROVE_PACKNOTE_H
#define PROVE_PACKNOTE_H

#include "gz/writer.h"
#include "sql/endmark.h"
#include "base/account.h"

/*
 * What siantre-pack tells of its output: to whoever set $SIANTRE_NOTES, and with --verbose.
 */

/**
 * packnote_add(t, endmark, account):
 * Append the note of siantre-set(5) about a packed file of ${t}; ${endmark} is the end mark that
 * was proven on the way, ${account} tells of the trees that went in (NULL: none).  Return 0, or
 * an exit code after reporting.
 */
int packnote_add(
    const struct gz_totals *t, const struct endmark *endmark, const struct account *account);

/**
 * packnote_say(what, t):
 * Say on stderr how large ${what} is, packed and plain.
 */
void packnote_say(const char *what, const struct gz_totals *t);

#endif

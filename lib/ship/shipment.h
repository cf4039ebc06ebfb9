#ifndef SHIP_SHIPMENT_H
#define SHIP_SHIPMENT_H

#include <stdbool.h>

#include "ship/far.h"

/*
 * One set on its way.
 */

/**
 * shipment_check(local):
 * Hold the set in the folder ${local} against its SHA256SUMS.  Return 0, or the exit code after
 * reporting.
 */
int shipment_check(const char *local);

/**
 * shipment_send(f, local, name, basis):
 * Send the set in the folder ${local}, which was checked, to be ${name} there, prove every byte of
 * it at the far end, and only then let it be seen.  What does not arrive as it was sent is sent
 * once more.  ${basis} is a set there that may be like it, or NULL.  Return 0, or the exit code
 * after reporting.
 */
int shipment_send(struct far *f, const char *local, const char *name, const char *basis);

/**
 * shipment_prove(f, local, name, mend):
 * Prove the set ${name} there, which is in ${local} too.
 * Where the far end can only be held against ${local}, that is held against its SHA256SUMS first;
 * one that is damaged here is fetched, as shipment_reprove() does, and proven by itself.
 * Return 0, or the exit code after reporting: EX_DATAERR where it is damaged there, and then
 * ${*mend} is whether it is whole here (shipment_mend).
 */
int shipment_prove(struct far *f, const char *local, const char *name, bool *mend);

/**
 * shipment_mend(f, local, name):
 * Send the set ${name} anew, which is damaged there and whole in ${local}, and prove it.  Whoever
 * calls a set proven has to unsay it first: this may end half-way.  Return 0, or the exit code after
 * reporting: EX_DATAERR where it cannot be mended.
 */
int shipment_mend(struct far *f, const char *local, const char *name);

/**
 * shipment_reprove(f, name):
 * Prove the set ${name} there, of which only the small texts are here (in the mirror): fetch it,
 * where the far end has no digests to tell.  Return 0, or the exit code after reporting.
 */
int shipment_reprove(struct far *f, const char *name);

#endif

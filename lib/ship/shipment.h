#ifndef SHIP_SHIPMENT_H
#define SHIP_SHIPMENT_H

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
 * shipment_prove(f, local, name):
 * Prove the set ${name} there, which is in ${local} too; what is damaged there is sent anew.
 * Where the far end can only be held against ${local}, that is held against its SHA256SUMS first;
 * one that is damaged here is fetched, as shipment_reprove() does, and proven by itself.
 * Return 0, or the exit code after reporting: EX_DATAERR where it is damaged there and cannot be
 * mended.
 */
int shipment_prove(struct far *f, const char *local, const char *name);

/**
 * shipment_reprove(f, name):
 * Prove the set ${name} there, of which only the small texts are here (in the mirror): fetch it,
 * where the far end has no digests to tell.  Return 0, or the exit code after reporting.
 */
int shipment_reprove(struct far *f, const char *name);

#endif

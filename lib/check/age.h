#ifndef CHECK_AGE_H
#define CHECK_AGE_H

#include "set/config.h"
#include "set/findings.h"

/**
 * checkage_look(c, found):
 * Add to ${found} what there is to say of ENCRYPT_TO and IDENTITY, nothing where both are empty:
 * whether age is there and takes the recipients, and whether the key lies where it should not.
 */
void checkage_look(const struct config *c, struct findings *found);

#endif

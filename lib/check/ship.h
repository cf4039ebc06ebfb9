#ifndef CHECK_SHIP_H
#define CHECK_SHIP_H

#include "set/config.h"
#include "set/findings.h"

/**
 * checkship_look(c, found):
 * Add to ${found} what of the copies elsewhere can be told without a word to another machine: the
 * places of SHIP_TO, the programs that they need, the files of keys and passwords.
 */
void checkship_look(const struct config *c, struct findings *found);

#endif

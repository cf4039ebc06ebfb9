#ifndef SHIP_PLACE_H
#define SHIP_PLACE_H

#include "set/remote.h"

/**
 * place_state(folder, remote):
 * Return the folder in ${folder} in which siantre-ship keeps what it knows of ${remote}: a name that
 * a person can tell, and that is unique.  A folder may have many names, and disks may take turns in
 * one: there the time of its mark tells them apart.  The caller frees it; NULL with errno set.
 */
char *place_state(const char *folder, const struct remote *remote);

#endif

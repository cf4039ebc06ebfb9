#ifndef SHIP_ACCEPT_GUARD_H
#define SHIP_ACCEPT_GUARD_H

/**
 * accept_guard_open(incoming, tree, fd):
 * Open the folder ${tree} into ${*fd}, after a look whether it is safe from those who write to
 * ${incoming}: it is this user's, others write neither in it nor in a folder above it, and it does
 * not lie in ${incoming}.  Return 0, or the exit code after reporting, with a hint that mends it:
 * EX_CONFIG, EX_USAGE where one lies in the other, EX_CANTCREAT where ${tree} is not there,
 * EX_IOERR where ${incoming} is not.
 */
int accept_guard_open(const char *incoming, const char *tree, int *fd);

#endif

#ifndef SET_PARTIAL_H
#define SET_PARTIAL_H

/*
 * Working folders: ROOT/.partial/NAME, and what stands beside each as NAME.notes.  Whoever works in
 * one holds a lock on it (flock), which goes with the process: the lock of an application says nothing
 * to another one that has the same ROOT.
 */

/**
 * partial_hold(path, fd):
 * Lock the working folder ${path}, just made, by the descriptor ${*fd}; where the file system has no
 * such locks, none is held.  Return 0, or -1 where it has been removed meanwhile.
 */
int partial_hold(const char *path, int *fd);

/**
 * partial_clean(root):
 * Remove what earlier runs left in ${root}/.partial, and nothing that somebody holds.  What cannot be
 * removed is reported and otherwise no hindrance.
 */
void partial_clean(const char *root);

#endif

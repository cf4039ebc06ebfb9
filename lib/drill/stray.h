#ifndef DRILL_STRAY_H
#define DRILL_STRAY_H

/**
 * stray_end(folder):
 * Kill what an earlier drill left running when it was killed itself: the programs that a drill
 * starts, of this user, that name something in ${folder} in their arguments.  The caller holds
 * the lock of ${folder}'s drills.  Return 0, or -1 after reporting one that would not die.
 */
int stray_end(const char *folder);

#endif

#ifndef SET_MOUNTED_H
#define SET_MOUNTED_H

/**
 * mounted_at(path):
 * Return 1 if something is mounted at ${path}, 0 if not, or -1 with errno set.  A folder that is
 * mounted upon itself does not count: that is what ReadWritePaths= of a unit makes of a folder that
 * is no mount point, and what lies there is still on the disk around it.
 */
int mounted_at(const char *path);

#endif

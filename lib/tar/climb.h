#ifndef TAR_CLIMB_H
#define TAR_CLIMB_H

/* Where the names in an archive lead, by their text alone. */

/**
 * climb_parts(path):
 * Return how many parts ${path} has, "." not counted; -1 where one of them is "..".
 */
int climb_parts(const char *path);

/**
 * climb_to(path, target, final):
 * Return how deep in the unpacked folder the symlink ${path} to ${target} climbs before it goes
 * down again: 0 is the folder itself, -1 is out of it.  ${final} is the path that the folder gets.
 */
int climb_to(const char *path, const char *target, const char *final);

#endif

#ifndef BASE_TREE_H
#define BASE_TREE_H

#include <stdbool.h>

/*
 * Removing trees, also such as others change meanwhile: every entry is removed through the
 * descriptor of the folder that it was found in, no symbolic link is followed, and what is mounted
 * below stays.  However deep a tree is, few descriptors are used.
 */

/**
 * tree_remove(path, itself):
 * Remove all that lies in ${path}, and with ${itself} the folder too.  A missing ${path} is fine;
 * of anything but a folder the name is removed.  Return 0, or -1 after reporting each entry that
 * stays.
 */
int tree_remove(const char *path, bool itself);

/**
 * tree_remove_at(dir, name, where):
 * Remove the entry ${name} of the folder ${dir}, whatever it is, and all that lies in it;
 * ${where} is the path of ${dir} for messages.  A missing one is fine.  Return 0, or -1 after
 * reporting each entry that stays.
 */
int tree_remove_at(int dir, const char *name, const char *where);

#endif

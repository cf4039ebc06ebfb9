#ifndef BASE_TREE_H
#define BASE_TREE_H

#include <stdbool.h>

/**
 * tree_remove(path, itself):
 * Remove all that lies in ${path}, on one file system and without following symbolic links, and
 * with ${itself} the folder too.  A missing ${path} is fine.  Return 0, or -1 after reporting
 * each entry that stays.
 */
int tree_remove(const char *path, bool itself);

#endif

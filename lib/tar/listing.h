#ifndef TAR_LISTING_H
#define TAR_LISTING_H

#include <stddef.h>

#include "base/buf.h"

/*
 * The names in a folder, sorted by their bytes.  In front of each stands a byte with its type
 * as the folder has it (DT_REG, …; DT_UNKNOWN on some file systems).
 */
struct listing {
	char **list;
	size_t n;
	struct buf text; /* what they point into */
};

#define LISTING_TYPE(name) ((unsigned char)(name)[-1])

/**
 * listing_read(fd, l):
 * Fill ${l} from the folder ${fd}, which was just opened.  Return 0, or -1 with errno set
 * and the names that were read until then; the caller frees them in any case.
 */
int listing_read(int fd, struct listing *l);

/**
 * listing_free(l):
 * An all-zero struct is fine.
 */
void listing_free(struct listing *l);

#endif

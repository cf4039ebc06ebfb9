#ifndef TAR_PAX_H
#define TAR_PAX_H

#include <archive_entry.h>
#include <stddef.h>
#include <stdint.h>

#include "tar/ustar.h"

/*
 * A stream of entries in pax format, through libarchive: header, content, header, content, …
 * Names are bytes.  Those that are UTF-8 are written as the format's own character set; an
 * entry with another one says hdrcharset=BINARY (GNU tar reports that it does not know this
 * word, and unpacks the right name).
 */
struct pax;

/**
 * pax_open(emit, ctx):
 * Start an archive that goes to ${emit}, which returns 0, or an exit code after reporting.
 * Sets the thread's character type locale until pax_free().  Return it, or NULL after
 * reporting.
 */
struct pax *pax_open(int (*emit)(void *ctx, const void *buf, size_t len), void *ctx);

/**
 * pax_header(p, entry):
 * End the last entry (what its content lacks is filled with zeros) and begin ${entry}.  Return
 * 0, -1 where it cannot be told in this format (pax_why() says why; nothing was written, and
 * others can follow), or the exit code after reporting.
 */
int pax_header(struct pax *p, struct archive_entry *entry);

/**
 * pax_plain(p, u, data):
 * End the last entry and write ${u} with its content ${data} at once.  Before ${data} there are
 * USTAR_ROOM bytes to use, and behind it zeros to a full block.  Return 0, -1 where the entry is
 * not that plain (nothing was done: pax_header() can tell it), or the exit code after reporting
 * (1 after a stop signal, silently).
 */
int pax_plain(struct pax *p, const struct ustar *u, char *data);

/**
 * pax_why(p):
 * The reason of the last -1.
 */
const char *pax_why(const struct pax *p);

/**
 * pax_data(p, buf, len), pax_hole(p, len):
 * The next ${len} bytes of the entry's content, or a hole of that length, as its sparse map
 * has it.  Return 0, or the exit code after reporting (1 after a stop signal, silently).
 */
int pax_data(struct pax *p, const void *buf, size_t len);
int pax_hole(struct pax *p, uint64_t len);

/**
 * pax_end(p):
 * Write the end-of-archive mark, padded to a record of 10,240 bytes, and all that is still in
 * memory.  Return as pax_data.
 */
int pax_end(struct pax *p);

/**
 * pax_free(p):
 * NULL is fine.
 */
void pax_free(struct pax *p);

#endif

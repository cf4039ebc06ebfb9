#ifndef GZ_PACKER_H
#define GZ_PACKER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "gz/writer.h"

/*
 * A packed file and its index as one thing: both appear once both are complete, or neither.
 * Everything here reports.
 */
struct packer;

struct packer_options {
	const char *path;  /* NULL: stdout */
	const char *index; /* NULL: none */
	bool replace;      /* files that are there */
	struct gz_writer_options gz;
};

/**
 * packer_open(options, p):
 * Start a packed file.  Return 0 with it in ${*p}, or the exit code.
 */
int packer_open(const struct packer_options *options, struct packer **p);

/**
 * packer_stat(p, st):
 * Stat what is written to: an archive leaves itself out.  Return 0, or -1 with errno set.
 */
int packer_stat(const struct packer *p, struct stat *st);

/**
 * packer_add(p, buf, len):
 * Take the next ${len} plain bytes.  Return 0 or the exit code.
 */
int packer_add(struct packer *p, const void *buf, size_t len);

/**
 * packer_end(p, totals):
 * The plain bytes are complete and good: write what makes the file look whole, and put the
 * totals in ${*totals}.  Nothing is visible yet.  Return 0 or the exit code.
 */
int packer_end(struct packer *p, struct gz_totals *totals);

/**
 * packer_commit(p):
 * Make both files durable and visible, the index last, as it speaks of the other; free ${p} in
 * any case.  Return 0 or the exit code.
 */
int packer_commit(struct packer *p);

/**
 * packer_abort(p):
 * Leave nothing behind and free ${p}.  NULL is fine.
 */
void packer_abort(struct packer *p);

#endif

#ifndef PROVE_AUDIT_PARTS_H
#define PROVE_AUDIT_PARTS_H

#include <stdbool.h>

#include "prove/audit.h"
#include "set/manifest.h"
#include "set/sums.h"

/*
 * What the modules of an audit share, and nobody else: audit.c has the files proven,
 * audit_lists.c reads the lists that name them, audit_record.c writes down what came of it.
 */
struct audit {
	char *folder;
	const struct prove_options *options;
	struct sums *sums;
	struct manifest *manifest; /* NULL where it cannot be read */
	struct proof *proofs;      /* one a line of SHA256SUMS */
	struct proof **inner;      /* likewise, of what age encrypted; NULL: not looked into */
	char **paths;              /* likewise, once they were opened */
	char **inner_paths;        /* likewise, without their ".age" */
	size_t count;
	int code; /* the worst so far */
};

/**
 * audit_defect(a, name, format, ...):
 * Report one defect of the set, about the file ${name} or (NULL) the whole.
 */
void audit_defect(struct audit *a, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/**
 * audit_entry(a, name, out):
 * Fill ${*out} with what set.json says of a file; return false where it says nothing.
 */
bool audit_entry(const struct audit *a, const char *name, struct manifest_file *out);

#endif

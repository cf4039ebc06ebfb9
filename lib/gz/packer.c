#include "gz/packer.h"

#include <err.h>
#include <stdlib.h>
#include <sysexits.h>

#include "gz/index.h"
#include "gz/output.h"

struct packer {
	struct output *output;
	struct gz_index *index;
	struct gz_writer *writer;
};

int
packer_open(const struct packer_options *o, struct packer **out)
{
	struct packer *p = calloc(1, sizeof(*p));
	int rc = EX_OSERR;

	if (p == NULL) {
		warnx("out of memory");
		goto out;
	}
	if ((rc = output_open(o->path, o->replace, &p->output)) != 0)
		goto out;
	rc = EX_CANTCREAT;
	if (o->index != NULL && !o->replace && output_taken(o->index))
		goto out;
	if (o->index != NULL && (p->index = gz_index_create(o->index, output_mode())) == NULL)
		goto out;
	rc = gz_writer_open(p->output, &o->gz, p->index, &p->writer);
	if (rc != 0)
		goto out;
	*out = p;
	p = NULL;
	rc = 0;
out:
	packer_abort(p);
	return rc;
}

int
packer_stat(const struct packer *p, struct stat *st)
{
	return fstat(output_fd(p->output), st);
}

int
packer_add(struct packer *p, const void *buf, size_t len)
{
	return gz_writer_add(p->writer, buf, len);
}

int
packer_end(struct packer *p, struct gz_totals *totals)
{
	int rc = gz_writer_end(p->writer);

	if (rc != 0)
		return rc;
	*totals = *gz_writer_totals(p->writer);
	if (p->index != NULL && gz_index_end(p->index, totals->packed, totals->plain) == -1)
		return EX_IOERR;
	return 0;
}

int
packer_commit(struct packer *p)
{
	int rc = output_commit(p->output);

	p->output = NULL;
	if (rc == 0 && p->index != NULL) {
		rc = gz_index_commit(p->index) == 0 ? 0 : EX_IOERR;
		p->index = NULL;
	}
	packer_abort(p);
	return rc;
}

void
packer_abort(struct packer *p)
{
	if (p == NULL)
		return;
	gz_writer_free(p->writer);
	gz_index_abort(p->index);
	output_abort(p->output);
	free(p);
}

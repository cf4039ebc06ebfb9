#include "part.h"

#include <stdio.h>
#include <sysexits.h>

#include "contents.h"
#include "recover/contents.h"

int
part_open(struct dumpfile *dump, struct load_options *o, const struct pick_options *pick,
    struct partial **out)
{
	const struct partial_options p = {
	    .pick = *pick, .foreign = o->foreign, .quiet = o->quiet};
	int rc = dumpfile_index(dump);

	if (rc == 0)
		rc = partial_open(dumpfile_source(dump), &p, out);
	if (rc == 0) {
		o->no_data = pick->no_data;
		o->part = pick->n > 0 ? partial_pick(*out) : NULL;
		if (o->into == NULL)
			o->into = pick_used(partial_pick(*out));
	}
	return rc;
}

int
part_list(const char *path, const char *identity, bool foreign, bool quiet, bool json)
{
	struct dumpfile *dump = NULL;
	struct contents *contents = NULL;
	int rc = dumpfile_open(path, identity, &dump);

	if (rc == 0)
		rc = contents_read(dump, foreign, quiet, &contents);
	if (rc == 0 && json)
		rc = contents_json(contents, dumpfile_source(dump)->name, stdout) == 0
			 ? 0
			 : EX_OSERR;
	else if (rc == 0)
		contents_print(contents, stdout);
	contents_free(contents);
	dumpfile_free(dump);
	return rc;
}

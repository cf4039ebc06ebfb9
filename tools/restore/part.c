#include "part.h"

#include <stdio.h>
#include <sysexits.h>

#include "contents.h"
#include "recover/contents.h"
#include "db/partial.h"

int
part_load(struct login *login, struct dumpfile *dump, struct load_options *o,
    const struct pick_options *pick)
{
	const struct partial_options p = {
	    .pick = *pick, .foreign = o->foreign, .quiet = o->quiet};
	struct partial *part = NULL;
	int rc = dumpfile_index(dump);

	if (rc == 0)
		rc = partial_open(dumpfile_source(dump), &p, &part);
	if (rc == 0) {
		o->no_data = pick->no_data;
		o->part = pick->n > 0 ? partial_pick(part) : NULL;
		if (o->into == NULL)
			o->into = pick_used(partial_pick(part));
		rc = load_run(login, partial_source(part), o);
	}
	if (rc == 0 && !o->quiet)
		printf("%s\n", partial_proof(part));
	partial_free(part);
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

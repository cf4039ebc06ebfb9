/* How deep a set was proven, and the record of that. */
#include "prove/audit_parts.h"

#include <string.h>
#include <sysexits.h>

#include "set/verified.h"

static int
depth(const char *level)
{
	static const char *const levels[] = {"checksum", "sealed", "structure", "drill"};

	for (int i = 0; i < (int)(sizeof(levels) / sizeof(levels[0])); i++)
		if (strcmp(level, levels[i]) == 0)
			return i;
	return -1;
}

const char *
audit_level(const struct audit *a)
{
	if (a->options->level != PROVE_STRUCTURE)
		return "checksum";
	/* A set is not proven deeper than what nobody could look into. */
	for (size_t i = 0; i < a->count; i++)
		if (a->proofs[i].kind == KIND_AGE &&
		    (a->inner[i] == NULL || a->inner[i]->kind == KIND_AGE))
			return "sealed";
	return "structure";
}

int
audit_record(const struct audit *a)
{
	const char *level = audit_level(a);
	struct verified before;
	int rc;

	/* Nothing speaks for a set without SHA256SUMS, and what could not be read proves nothing. */
	if (a->sums == NULL || (a->code != 0 && a->code != EX_DATAERR))
		return 0;
	if (a->code != 0)
		return verified_write(a->folder, level, false, "damaged");
	/* Nor does it put right what failed deeper; what was proven deeper was read again. */
	if ((rc = verified_read(a->folder, &before)) != 0)
		return rc;
	if ((before.counts || !before.ok) && depth(before.level) > depth(level))
		return before.ok ? verified_reread(a->folder) : 0;
	return verified_write(a->folder, level, true, NULL);
}

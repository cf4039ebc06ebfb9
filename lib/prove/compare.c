#include "prove/compare.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

/*
 * The digest over the tables that a dump's note in set.json lists, empty where it is no list.  Return
 * 0, or EX_OSERR after reporting.  (json_unpack would want memory for each, and not say so.)
 */
static int
tables_digest(const json_t *tables, char hex[HASH_HEX])
{
	struct hash h;
	const char *database, *table, *sha256;
	const json_t *t, *rows;
	bool ok = json_is_array(tables);

	hash_start(&h);
	for (size_t i = 0; ok && (t = json_array_get(tables, i)) != NULL; i++) {
		database = json_string_value(json_object_get(t, "database"));
		table = json_string_value(json_object_get(t, "table"));
		rows = json_object_get(t, "rows");
		sha256 = json_string_value(json_object_get(t, "sha256"));
		ok = database != NULL && table != NULL && sha256 != NULL &&
		     json_is_integer(rows) && json_integer_value(rows) >= 0;
		if (ok)
			prove_add_table(
			    &h, database, table, (uint64_t)json_integer_value(rows), sha256);
	}
	hash_take(&h, hex);
	if (!ok)
		*hex = '\0';
	return 0;
}

static int
differs(char *buf, size_t size, const char *words)
{
	strlcpy(buf, words, size);
	return 1;
}

static int
compare_dump(const json_t *dump, const struct proof *p, bool encrypted, char *buf, size_t size)
{
	const char *digest = json_string_value(json_object_get(dump, "digest"));
	char hex[HASH_HEX];
	int rc;

	if (p->kind != KIND_DUMP)
		return differs(buf, size, "no dump, as " MANIFEST_NAME " says");
	if (digest == NULL || strcmp(digest, p->dump) != 0)
		return differs(buf, size, "digest of the dump differs from " MANIFEST_NAME);
	/* Of what is encrypted, set.json does not name them; the digest stands for them, too. */
	if (encrypted && json_object_get(dump, "tables") == NULL)
		return 0;
	if ((rc = tables_digest(json_object_get(dump, "tables"), hex)) != 0)
		return rc;
	if (*hex == '\0' || strcmp(hex, p->tables_sha256) != 0)
		return differs(buf, size, "tables differ from those in " MANIFEST_NAME);
	return 0;
}

int
compare_proof(const struct manifest_file *f, const struct proof *p, char *buf, size_t size)
{
	if (p->kind == KIND_AGE) {
		/* Without a key the length is all that can be held against something. */
		if (f->inner_bytes < 0 || (uint64_t)f->inner_bytes == p->plain_bytes)
			return 0;
		snprintf(buf, size,
		    "encrypted size differs: %" PRIu64 " bytes in it, " MANIFEST_NAME
		    " says %" PRId64,
		    p->plain_bytes, f->inner_bytes);
		return 1;
	}
	if (f->plain_bytes >= 0 && p->packed && (uint64_t)f->plain_bytes != p->plain_bytes) {
		snprintf(buf, size,
		    "unpacked size differs: %" PRIu64 " bytes, " MANIFEST_NAME " says %" PRId64,
		    p->plain_bytes, f->plain_bytes);
		return 1;
	}
	if (f->plain_sha256 != NULL && p->plain_sha256[0] != '\0' &&
	    strcmp(f->plain_sha256, p->plain_sha256) != 0)
		return differs(
		    buf, size, "checksum of the unpacked bytes differs from " MANIFEST_NAME);
	if (f->entries >= 0 && p->kind == KIND_TAR && (uint64_t)f->entries != p->entries) {
		snprintf(buf, size, "%" PRIu64 " entries, " MANIFEST_NAME " says %" PRId64,
		    p->entries, f->entries);
		return 1;
	}
	if (f->dump != NULL)
		return compare_dump(f->dump, p, f->inner_sha256 != NULL, buf, size);
	return 0;
}

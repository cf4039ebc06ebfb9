#include "prove/compare.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* The digest over the tables that a dump's note in set.json lists; false where it is no list. */
static bool
tables_digest(const json_t *tables, char hex[HASH_HEX])
{
	struct hash *h = hash_start();
	const char *database, *table, *sha256;
	json_int_t rows;
	json_t *t;
	size_t i;
	bool ok = h != NULL && json_is_array(tables);

	for (i = 0; ok && (t = json_array_get(tables, i)) != NULL; i++) {
		ok = json_unpack(t, "{s:s,s:s,s:I,s:s}", "database", &database, "table", &table,
			 "rows", &rows, "sha256", &sha256) == 0 &&
		     rows >= 0;
		if (ok)
			prove_add_table(h, database, table, (uint64_t)rows, sha256);
	}
	if (ok)
		hash_take(h, hex);
	hash_free(h);
	return ok;
}

static const char *
compare_dump(const json_t *dump, const struct proof *p, bool encrypted)
{
	const char *digest = json_string_value(json_object_get(dump, "digest"));
	char hex[HASH_HEX];

	if (p->kind != KIND_DUMP)
		return "no dump, as " MANIFEST_NAME " says";
	if (digest == NULL || strcmp(digest, p->dump) != 0)
		return "digest of the dump differs from " MANIFEST_NAME;
	/* Of what is encrypted, set.json does not name them; the digest stands for them, too. */
	if (encrypted && json_object_get(dump, "tables") == NULL)
		return NULL;
	if (!tables_digest(json_object_get(dump, "tables"), hex) ||
	    strcmp(hex, p->tables_sha256) != 0)
		return "tables differ from those in " MANIFEST_NAME;
	return NULL;
}

const char *
compare_proof(const struct manifest_file *f, const struct proof *p, char *buf, size_t size)
{
	if (p->kind == KIND_AGE) {
		/* Without a key the length is all that can be held against something. */
		if (f->inner_bytes < 0 || (uint64_t)f->inner_bytes == p->plain_bytes)
			return NULL;
		snprintf(buf, size,
		    "encrypted size differs: %" PRIu64 " bytes in it, " MANIFEST_NAME
		    " says %" PRId64,
		    p->plain_bytes, f->inner_bytes);
		return buf;
	}
	if (f->plain_bytes >= 0 && p->packed && (uint64_t)f->plain_bytes != p->plain_bytes) {
		snprintf(buf, size,
		    "unpacked size differs: %" PRIu64 " bytes, " MANIFEST_NAME " says %" PRId64,
		    p->plain_bytes, f->plain_bytes);
		return buf;
	}
	if (f->plain_sha256 != NULL && p->plain_sha256[0] != '\0' &&
	    strcmp(f->plain_sha256, p->plain_sha256) != 0)
		return "checksum of the unpacked bytes differs from " MANIFEST_NAME;
	if (f->entries >= 0 && p->kind == KIND_TAR && (uint64_t)f->entries != p->entries) {
		snprintf(buf, size, "%" PRIu64 " entries, " MANIFEST_NAME " says %" PRId64,
		    p->entries, f->entries);
		return buf;
	}
	if (f->dump != NULL)
		return compare_dump(f->dump, p, f->inner_sha256 != NULL);
	return NULL;
}

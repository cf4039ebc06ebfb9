#include <jansson.h>

#include "base/hash.h"
#include "prove/compare.h"
#include "unit.h"

static const char *const digest =
    "1111111111111111111111111111111111111111111111111111111111111111";
static const char *const other =
    "2222222222222222222222222222222222222222222222222222222222222222";

/* A file that set.json describes, and a proof that agrees with it. */
static json_t *
agree(struct manifest_file *f, struct proof *p, enum kind kind)
{
	struct hash h;
	json_t *dump;

	hash_start(&h);
	memset(p, 0, sizeof(*p));
	p->kind = kind;
	p->packed = true;
	p->plain_bytes = 1000;
	strcpy(p->plain_sha256, digest);
	p->entries = 7;
	strcpy(p->dump, digest);
	prove_add_table(&h, "siantre", "queues", 3, digest);
	prove_add_table(&h, "siantre", "users", 0, other);
	hash_take(&h, p->tables_sha256);

	dump = json_pack("{s:s,s:[{s:s,s:s,s:i,s:s},{s:s,s:s,s:i,s:s}]}", "digest", digest,
	    "tables", "database", "siantre", "table", "queues", "rows", 3, "sha256", digest,
	    "database", "siantre", "table", "users", "rows", 0, "sha256", other);
	memset(f, 0, sizeof(*f));
	f->plain_bytes = 1000;
	f->inner_bytes = -1;
	f->plain_sha256 = digest;
	f->entries = kind == KIND_TAR ? 7 : -1;
	f->dump = kind == KIND_DUMP ? dump : NULL;
	return dump;
}

#define DIFFERS(words)                                                        \
	do {                                                                  \
		ck_assert_int_eq(compare_proof(&f, &p, buf, sizeof(buf)), 1); \
		ck_assert_str_eq(buf, words);                                 \
	} while (0)
#define AGREES() ck_assert_int_eq(compare_proof(&f, &p, buf, sizeof(buf)), 0)

START_TEST(sizes_and_digests)
{
	struct manifest_file f;
	struct proof p;
	char buf[160];
	json_t *dump = agree(&f, &p, KIND_TAR);

	AGREES();
	f.plain_bytes = 999;
	DIFFERS("unpacked size differs: 1000 bytes, set.json says 999");
	f.plain_bytes = -1;
	AGREES();
	f.plain_sha256 = other;
	DIFFERS("checksum of the unpacked bytes differs from set.json");
	f.plain_sha256 = NULL;
	AGREES();
	f.entries = 8;
	DIFFERS("7 entries, set.json says 8");
	f.entries = -1;
	AGREES();
	json_decref(dump);
}
END_TEST

START_TEST(dumps)
{
	struct manifest_file f;
	struct proof p;
	char buf[160];
	json_t *dump = agree(&f, &p, KIND_DUMP), *tables = json_object_get(dump, "tables");
	json_t *users = json_array_get(tables, 1);

	AGREES();
	json_object_set_new(users, "rows", json_integer(1));
	DIFFERS("tables differ from those in set.json");
	json_object_set_new(users, "rows", json_integer(-1));
	DIFFERS("tables differ from those in set.json");
	json_object_set_new(users, "rows", json_integer(0));
	json_object_set_new(users, "table", json_string("user"));
	DIFFERS("tables differ from those in set.json");
	json_object_set_new(users, "table", json_null());
	DIFFERS("tables differ from those in set.json");
	json_array_remove(tables, 1);
	DIFFERS("tables differ from those in set.json");
	json_object_del(dump, "tables");
	DIFFERS("tables differ from those in set.json");
	json_object_set_new(dump, "digest", json_string(other));
	DIFFERS("digest of the dump differs from set.json");
	json_object_del(dump, "digest");
	DIFFERS("digest of the dump differs from set.json");
	p.kind = KIND_FOREIGN;
	DIFFERS("no dump, as set.json says");
	p.kind = KIND_AGE; /* nobody can look inside */
	AGREES();
	json_decref(dump);
}
END_TEST

/* What set.json tells of an encrypted file: its length without the key, all of it with one. */
START_TEST(encrypted)
{
	struct manifest_file f;
	struct proof p;
	char buf[160];
	json_t *dump = agree(&f, &p, KIND_DUMP);

	f.inner_bytes = 500;
	f.inner_sha256 = digest;
	json_object_del(dump, "tables");
	AGREES();
	f.plain_bytes = 999;
	DIFFERS("unpacked size differs: 1000 bytes, set.json says 999");
	f.plain_bytes = 1000;
	json_object_set_new(dump, "digest", json_string(other));
	DIFFERS("digest of the dump differs from set.json");
	p.kind = KIND_AGE;
	p.plain_bytes = 500;
	AGREES();
	p.plain_bytes = 501;
	DIFFERS("encrypted size differs: 501 bytes in it, set.json says 500");
	f.inner_bytes = -1;
	AGREES();
	json_decref(dump);
}
END_TEST

/* Two lists whose names run together the same way are not the same list. */
START_TEST(tables_do_not_run_together)
{
	struct hash h;
	char one[HASH_HEX], two[HASH_HEX];

	hash_start(&h);
	prove_add_table(&h, "a", "bc", 1, digest);
	hash_take(&h, one);
	prove_add_table(&h, "ab", "c", 1, digest);
	hash_take(&h, two);
	ck_assert_str_ne(one, two);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("compare");

	tcase_add_test(t, sizes_and_digests);
	tcase_add_test(t, dumps);
	tcase_add_test(t, encrypted);
	tcase_add_test(t, tables_do_not_run_together);
	return unit_main(t);
}

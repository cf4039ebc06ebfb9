#include "unit.h"

#include <sys/stat.h>
#include <sysexits.h>

#include "base/hash.h"
#include "set/manifest.h"
#include "set/sums.h"

static struct manifest *
begin(void)
{
	struct manifest *m =
	    manifest_new("db", "siantre", "20261123_020000", "2026-11-23T02:00:00Z");

	ck_assert_ptr_nonnull(m);
	return m;
}

/* Fill a manifest from ./set and the notes file ./notes, write it, and read it back. */
static struct manifest *
round_trip(void)
{
	struct manifest *m = begin();

	ck_assert_int_eq(manifest_fill(m, "set", "notes"), 0);
	ck_assert_int_eq(manifest_write(m, "set"), 0);
	manifest_free(m);
	ck_assert_int_eq(manifest_read("set", &m), 0);
	return m;
}

START_TEST(plain)
{
	struct manifest_file f;
	struct manifest *m;
	struct sums *s;
	char hex[HASH_HEX], *summary;
	const char *text;
	struct stat st;

	mkdir("set", 0700);
	unit_write("set/b.txt", "hello\n");
	unit_write("set/a.txt", "world!\n");
	m = round_trip();
	ck_assert_str_eq(manifest_text(m, "job"), "db");
	ck_assert_str_eq(manifest_text(m, "application"), "siantre");
	ck_assert_str_eq(manifest_text(m, "set"), "20261123_020000");
	ck_assert_str_eq(manifest_text(m, "started"), "2026-11-23T02:00:00Z");
	ck_assert_str_eq(manifest_text(m, "status"), "ok");
	ck_assert_str_eq(manifest_text(m, "tool"), "siantre-backup " VERSION);
	ck_assert_str_ne(manifest_text(m, "host"), "");
	ck_assert_uint_eq(strlen(manifest_text(m, "ended")), 20);
	ck_assert_str_eq(manifest_text(m, "no such key"), "");
	ck_assert_int_eq(manifest_bytes(m), 13);
	ck_assert_ptr_null(manifest_warning(m, 0));
	ck_assert_int_eq(manifest_file(m, 0, &f), 0);
	ck_assert_str_eq(f.name, "a.txt");
	ck_assert_int_eq(f.bytes, 7);
	ck_assert_int_eq(f.plain_bytes, -1);
	ck_assert_ptr_null(f.plain_sha256);
	ck_assert_int_eq(f.entries, -1);
	ck_assert_ptr_null(f.dump);
	ck_assert_int_eq(manifest_file(m, 1, &f), 0);
	hash_bytes("hello\n", 6, hex);
	ck_assert_str_eq(f.sha256, hex);
	ck_assert_int_eq(manifest_file(m, 2, &f), -1);
	summary = manifest_summary(m);
	ck_assert_str_eq(summary, "a.txt 7 B, b.txt 6 B");
	free(summary);
	manifest_free(m);

	/* The list covers the files and set.json, as sha256sum sees it too. */
	ck_assert_int_eq(sums_read("set", &s), 0);
	ck_assert_str_eq(sums_name(s, 0), "a.txt");
	ck_assert_str_eq(sums_name(s, 1), "b.txt");
	ck_assert_str_eq(sums_name(s, 2), "set.json");
	ck_assert_ptr_null(sums_name(s, 3));
	sums_free(s);
	ck_assert_int_eq(system("cd set && sha256sum --quiet --strict -c SHA256SUMS"), 0);
	ck_assert_int_eq(stat("set/set.json", &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0440);
	text = unit_read("set/set.json");
	ck_assert_ptr_eq(strstr(text, "{\n \"format\": 1,\n \"job\": \"db\",\n"), text);
	ck_assert_str_eq(text + strlen(text) - 3, "\n}\n");
}
END_TEST

/* Only a note that names the digest of the file, or of the dump in it, is believed. */
START_TEST(matched_notes)
{
	struct manifest_file f;
	struct manifest *m;
	char hex[HASH_HEX], other[HASH_HEX], text[4096], *summary;

	mkdir("set", 0700);
	unit_write("set/db_backup.sql.gz", "packed");
	unit_write("set/app_files.tar.gz", "tree");
	hash_bytes("packed", 6, hex);
	hash_bytes("tree", 4, other);
	snprintf(text, sizeof(text),
	    "{\"tool\":\"siantre-dump\",\"digest\":\"D\",\"server\":\"10.11\",\"position\":"
	    "null,"
	    "\"tables\":[{\"table\":\"t\",\"rows\":3}],\"warnings\":[\"view v is invalid\"]}\n"
	    "{\"tool\":\"siantre-pack\",\"sha256\":\"%s\",\"plain_bytes\":100,"
	    "\"plain_sha256\":\"%064d\",\"dump\":\"D\",\"warnings\":0}\n"
	    "{\"tool\":\"siantre-pack\",\"sha256\":\"%s\",\"entries\":12,\"warnings\":3,"
	    "\"skipped\":["
	    "{\"path\":\"a\",\"why\":\"vanished\"},{\"path\":\"s\",\"why\":\"a socket, left "
	    "out\"}]}\n"
	    "{\"tool\":\"siantre-pack\",\"sha256\":\"%064d\",\"entries\":99}\n"
	    "{\"tool\":\"siantre-dump\",\"digest\":\"E\",\"warnings\":[\"view w is "
	    "invalid\"]}\n"
	    "{\"tool\":\"job\",\"warnings\":[\"no web server\"]}\n",
	    hex, 7, other, 8);
	unit_write("notes", text);
	m = round_trip();
	ck_assert_int_eq(manifest_file(m, 0, &f), 0);
	ck_assert_str_eq(f.name, "app_files.tar.gz");
	ck_assert_int_eq(f.entries, 12);
	ck_assert_ptr_null(f.dump);
	ck_assert_int_eq(manifest_file(m, 1, &f), 0);
	ck_assert_int_eq(f.entries, -1);
	ck_assert_int_eq(f.plain_bytes, 100);
	ck_assert_uint_eq(strlen(f.plain_sha256), 64);
	ck_assert_ptr_nonnull(f.dump);
	ck_assert_str_eq(json_string_value(json_object_get(f.dump, "server")), "10.11");
	ck_assert_ptr_null(json_object_get(f.dump, "tool"));
	ck_assert_str_eq(manifest_text(m, "status"), "warn");
	ck_assert_str_eq(manifest_warning(m, 0), "app_files.tar.gz: a: vanished");
	ck_assert_str_eq(manifest_warning(m, 1), "app_files.tar.gz: 2 more warnings");
	ck_assert_str_eq(manifest_warning(m, 2), "db_backup.sql.gz: view v is invalid");
	ck_assert_str_eq(manifest_warning(m, 3), "siantre-dump: view w is invalid");
	ck_assert_str_eq(manifest_warning(m, 4), "no web server");
	ck_assert_ptr_null(manifest_warning(m, 5));
	summary = manifest_summary(m);
	ck_assert_str_eq(summary,
	    "app_files.tar.gz 4 B, db_backup.sql.gz 6 B; 5 warnings, first: "
	    "app_files.tar.gz: a: vanished");
	free(summary);
	manifest_free(m);
}
END_TEST

/* Of an encrypted file both digests; and nothing that tells what is in it. */
START_TEST(encrypted)
{
	struct manifest_file f;
	struct manifest *m;
	char hex[HASH_HEX], text[4096];
	const char *said;

	mkdir("set", 0700);
	unit_write("set/db_backup.sql.gz.age", "sealed");
	unit_write("set/env_backup.env.age", "other");
	hash_bytes("sealed", 6, hex);
	/* The first try was thrown away; the file is that of the second. */
	snprintf(text, sizeof(text),
	    "{\"tool\":\"age\",\"name\":\"db_backup.sql.gz.age\",\"bytes\":6,\"sha256\":"
	    "\"%064d\",\"inner_bytes\":4,\"inner_sha256\":\"%064d\"}\n"
	    "{\"tool\":\"siantre-dump\",\"digest\":\"D\",\"server\":\"10.11\",\"position\":"
	    "null,\"databases\":[\"rahasia\"],\"partial\":{\"where\":\"rahasia\"},"
	    "\"tables\":[{\"table\":\"rahasia\"}],\"warnings\":[\"rahasia\"]}\n"
	    "{\"tool\":\"siantre-pack\",\"sha256\":\"%064d\",\"plain_bytes\":100,"
	    "\"plain_sha256\":\"%064d\",\"dump\":\"D\",\"warnings\":3,"
	    "\"skipped\":[{\"path\":\"rahasia\",\"why\":\"vanished\"}]}\n"
	    "{\"tool\":\"siantre-dump\",\"digest\":\"E\",\"warnings\":[\"rahasia\"]}\n"
	    "{\"tool\":\"age\",\"name\":\"db_backup.sql.gz.age\",\"bytes\":6,\"sha256\":"
	    "\"%s\",\"inner_bytes\":5,\"inner_sha256\":\"%064d\"}\n"
	    "{\"tool\":\"job\",\"warnings\":[\"no web server\"]}\n",
	    1, 2, 3, 4, hex, 3);
	unit_write("notes", text);
	m = round_trip();
	ck_assert_int_eq(manifest_file(m, 0, &f), 0);
	ck_assert_int_eq(f.inner_bytes, 5);
	ck_assert_str_eq(f.inner_sha256 + 63, "3");
	ck_assert_int_eq(f.plain_bytes, 100);
	ck_assert_str_eq(f.plain_sha256 + 63, "4");
	ck_assert_str_eq(json_string_value(json_object_get(f.dump, "digest")), "D");
	ck_assert_str_eq(json_string_value(json_object_get(f.dump, "server")), "10.11");
	ck_assert_int_eq(manifest_file(m, 1, &f), 0); /* nobody noted anything */
	ck_assert_int_eq(f.inner_bytes, -1);
	ck_assert_ptr_null(f.inner_sha256);
	ck_assert_str_eq(manifest_warning(m, 0),
	    "db_backup.sql.gz.age: 3 warnings, named in the log of this machine");
	ck_assert_str_eq(manifest_warning(m, 1),
	    "db_backup.sql.gz.age: 1 warning, named in the log of this machine");
	ck_assert_str_eq(manifest_warning(m, 2),
	    "siantre-dump: 1 warning, named in the log of this machine");
	ck_assert_str_eq(manifest_warning(m, 3), "no web server");
	ck_assert_ptr_null(strstr(unit_read("set/set.json"), "rahasia"));
	manifest_free(m);

	/* A file that is not what its note says. */
	unit_write("set/db_backup.sql.gz.age", "forged");
	m = begin();
	unit_catch();
	ck_assert_int_eq(manifest_fill(m, "set", "notes"), EX_DATAERR);
	said = unit_caught();
	ck_assert_ptr_nonnull(
	    strstr(said, "db_backup.sql.gz.age: not what siantre-run --age has made"));
	manifest_free(m);
}
END_TEST

/* A dump that was not packed is known by its own last line. */
START_TEST(plain_dump)
{
	struct manifest_file f;
	struct manifest *m;
	char digest[HASH_HEX], schema[HASH_HEX], end[256], text[1024];

	hash_bytes("-- siantre-dump 1\n", 18, schema);
	snprintf(end, sizeof(end),
	    "-- siantre-end "
	    "{\"format\":1,\"tables\":0,\"rows\":0,\"bytes\":18,\"schema\":\"%s\"",
	    schema);
	hash_bytes(end, strlen(end), digest);
	snprintf(text, sizeof(text), "-- siantre-dump 1\n%s,\"sha256\":\"%s\"}\n", end, digest);
	mkdir("set", 0700);
	unit_write("set/db.sql", text);
	text[0] = '+';
	unit_write("set/other.sql", text);
	snprintf(text, sizeof(text),
	    "{\"tool\":\"siantre-dump\",\"digest\":\"%s\",\"server\":\"10.11\"}\n", digest);
	unit_write("notes", text);
	m = round_trip();
	ck_assert_int_eq(manifest_file(m, 0, &f), 0);
	ck_assert_str_eq(json_string_value(json_object_get(f.dump, "server")), "10.11");
	ck_assert_int_eq(manifest_file(m, 1, &f), 0);
	ck_assert_ptr_null(f.dump);
	manifest_free(m);
}
END_TEST

START_TEST(many_warnings)
{
	FILE *notes = fopen("notes", "w");
	struct manifest *m;

	ck_assert_ptr_nonnull(notes);
	for (int i = 0; i < 1234; i++)
		fprintf(notes, "{\"tool\":\"job\",\"warnings\":[\"%d\"]}\n", i);
	fclose(notes);
	mkdir("set", 0700);
	unit_write("set/a", "a");
	m = round_trip();
	ck_assert_str_eq(manifest_warning(m, 999), "999");
	ck_assert_str_eq(manifest_warning(m, 1000), "234 more warnings");
	ck_assert_ptr_null(manifest_warning(m, 1001));
	manifest_free(m);
}
END_TEST

static const char *const bad_notes[] = {
    "x\n", "{}\n", "{\"tool\":1}\n", "[]\n", "\n", "{\"tool\":\"job\"}"};

START_TEST(refused_notes)
{
	struct manifest *m = begin();
	const char *said;
	int rc;

	mkdir("set", 0700);
	unit_write("notes", bad_notes[_i]);
	unit_catch();
	rc = manifest_fill(m, "set", "notes");
	said = unit_caught();
	ck_assert_int_eq(rc, EX_DATAERR);
	ck_assert_msg(strstr(said, "notes: line 1 is no note") != NULL, "it said: %s", said);
	manifest_free(m);
}
END_TEST

#define HEAD                                                                               \
	"{\"format\":1,\"job\":\"db\",\"application\":\"a\",\"set\":\"s\",\"host\":\"h\"," \
	"\"tool\":\"t\",\"started\":\"s\",\"ended\":\"e\",\"status\":\"ok\","
#define HEX "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
#define FILES(text) HEAD "\"files\":[{" text "}]}"

static const struct {
	const char *text, *words;
} bad[] = {
    {"", "set.json:1: not JSON"},
    {"{\n\n\"a\033[2J", "set.json:3: not JSON"},
    {"[]", "set.json: not a JSON object"},
    {"{\"format\":2}", "set.json: not a manifest of format 1"},
    {"{\"format\":1}", "set.json: a text is missing or too long"},
    {"{\"format\":1,\"job\":\"a\\u001b[2J\",\"application\":\"\",\"set\":\"\"}",
	"set.json: a text holds control characters"},
    {HEAD "\"files\":{}}", "set.json: no list of files, or one too long"},
    {HEAD "\"files\":[1]}", "set.json: a file without a proper name and digest"},
    {FILES("\"name\":\"../x\",\"bytes\":1,\"sha256\":\"" HEX "\""),
	"a file without a proper name and digest"},
    {FILES("\"name\":\"x\",\"bytes\":1,\"sha256\":\"abc\""),
	"a file without a proper name and digest"},
    {FILES("\"name\":\"x\",\"sha256\":\"" HEX "\""), "a size that cannot be"},
    {FILES("\"name\":\"x\",\"bytes\":-1,\"sha256\":\"" HEX "\""), "a size that cannot be"},
    {FILES("\"name\":\"x\",\"bytes\":1.5,\"sha256\":\"" HEX "\""), "a size that cannot be"},
    {FILES("\"name\":\"x\",\"bytes\":9007199254740993,\"sha256\":\"" HEX "\""),
	"a size that cannot be"},
    {FILES("\"name\":\"x\",\"bytes\":1125899906842624,\"sha256\":\"" HEX
	   "\"},{\"name\":\"y\",\"bytes\":1,\"sha256\":\"" HEX "\""),
	"sizes that cannot be"},
    {FILES("\"name\":\"x\",\"bytes\":1,\"sha256\":\"" HEX "\",\"entries\":\"many\""),
	"a size that cannot be"},
    {FILES("\"name\":\"x\",\"bytes\":1,\"sha256\":\"" HEX "\",\"plain_sha256\":\"x\""),
	"what is said of a file's content cannot be"},
    {FILES("\"name\":\"x\",\"bytes\":1,\"sha256\":\"" HEX "\",\"inner_sha256\":\"x\""),
	"what is said of a file's content cannot be"},
    {FILES("\"name\":\"x\",\"bytes\":1,\"sha256\":\"" HEX "\",\"inner_bytes\":-1"),
	"a size that cannot be"},
    {FILES("\"name\":\"x\",\"bytes\":1,\"sha256\":\"" HEX "\",\"dump\":[]"),
	"what is said of a file's content cannot be"},
    {HEAD "\"files\":[],\"warnings\":{}}", "the warnings are no list"},
    {HEAD "\"files\":[],\"warnings\":[1]}", "a warning is no text"},
};

START_TEST(refused)
{
	struct manifest *m = NULL;
	const char *said;
	int rc;

	unit_write("set.json", bad[_i].text);
	unit_catch();
	rc = manifest_read(".", &m);
	said = unit_caught();
	ck_assert_int_eq(rc, EX_DATAERR);
	ck_assert_ptr_null(m);
	ck_assert_msg(strstr(said, bad[_i].words) != NULL, "it said: %s", said);
}
END_TEST

/* Deep nesting and too many bytes end as errors, not as a crash. */
START_TEST(hostile)
{
	struct manifest *m = NULL;
	FILE *f = fopen("set.json", "w");
	const char *said;
	int rc;

	ck_assert_ptr_nonnull(f);
	for (int i = 0; i < 1000000; i++)
		putc('[', f);
	fclose(f);
	unit_catch();
	rc = manifest_read(".", &m);
	said = unit_caught();
	ck_assert_int_eq(rc, EX_DATAERR);
	ck_assert_ptr_nonnull(strstr(said, "set.json:1: not JSON"));

	ck_assert_int_eq(truncate("set.json", MANIFEST_MAX + 1), 0);
	unit_catch();
	rc = manifest_read(".", &m);
	said = unit_caught();
	ck_assert_int_eq(rc, EX_DATAERR);
	ck_assert_ptr_nonnull(strstr(said, "set.json: File too large"));

	unlink("set.json");
	unit_catch();
	rc = manifest_read(".", &m);
	said = unit_caught();
	ck_assert_int_eq(rc, EX_IOERR);
	ck_assert_ptr_nonnull(strstr(said, "set.json: No such file or directory"));
	ck_assert_ptr_null(m);
	manifest_free(NULL);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("manifest");

	tcase_add_test(t, plain);
	tcase_add_test(t, matched_notes);
	tcase_add_test(t, encrypted);
	tcase_add_test(t, plain_dump);
	tcase_add_test(t, many_warnings);
	tcase_add_loop_test(
	    t, refused_notes, 0, (int)(sizeof(bad_notes) / sizeof(bad_notes[0])));
	tcase_add_loop_test(t, refused, 0, (int)(sizeof(bad) / sizeof(bad[0])));
	tcase_add_test(t, hostile);
	return unit_main(t);
}

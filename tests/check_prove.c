#include <sysexits.h>

#include <zlib.h>

#include "base/io.h"
#include "prove/audit.h"
#include "prove/prove.h"
#include "unit.h"

/* A file without a name, with ${len} bytes at ${bytes}, packed where ${packed}. */
static int
file(const void *bytes, size_t len, bool packed)
{
	char path[] = "/tmp/siantre-check.XXXXXX";
	int fd = mkstemp(path);
	gzFile gz;

	unlink(path);
	if (packed) {
		gz = gzdopen(dup(fd), "wb");
		ck_assert_int_eq(gzwrite(gz, bytes, (unsigned)len), (int)len);
		ck_assert_int_eq(gzclose(gz), Z_OK);
	} else {
		ck_assert_int_eq(io_write(fd, bytes, len), 0);
	}
	return fd;
}

static const struct prove_options plain = {.level = PROVE_STRUCTURE, .bytes = -1, .index = -1};

static int
prove(int fd, const char *name, const struct prove_options *o, struct proof *p)
{
	int rc = prove_fd(fd, name, o, NULL, p);

	ck_assert_int_eq(p->code, rc);
	ck_assert_int_eq(rc == 0, p->message[0] == '\0');
	close(fd);
	return rc;
}

START_TEST(text_is_a_checksum)
{
	struct proof p;

	ck_assert_int_eq(prove(file("abc", 3, false), "x.env", &plain, &p), 0);
	ck_assert_str_eq(
	    p.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	ck_assert_uint_eq(p.bytes, 3);
	ck_assert(!p.packed);
	ck_assert_int_eq(p.kind, KIND_OTHER);
	ck_assert_int_eq(prove(file("", 0, false), "x.env", &plain, &p), 0);
	ck_assert_uint_eq(p.bytes, 0);
}
END_TEST

/* Around the size of what is looked at first, and of what is read at once. */
START_TEST(sizes)
{
	static const size_t all[] = {0, 1, 511, 512, 513, 4095, 4096, 4097, (256 << 10) - 1,
	    256 << 10, (256 << 10) + 1, 1000000};
	struct prove_options o = plain;
	size_t len = all[_i];
	char *bytes = malloc(len + 1), hex[HASH_HEX];
	struct proof p;

	for (size_t i = 0; i < len; i++)
		bytes[i] = (char)(i * 2654435761U >> 20);
	hash_bytes(bytes, len, hex);
	o.plain_digest = true;
	ck_assert_int_eq(prove(file(bytes, len, true), "x.gz", &o, &p), 0);
	ck_assert(p.packed && !p.sealed);
	ck_assert_uint_eq(p.plain_bytes, len);
	ck_assert_str_eq(p.plain_sha256, hex);
	ck_assert_int_eq(prove(file(bytes, len, false), "x", &o, &p), 0);
	ck_assert_str_eq(p.sha256, hex);
	ck_assert_str_eq(p.plain_sha256, "");
	free(bytes);
}
END_TEST

/* What is wanted, and what is refused then. */
START_TEST(wishes)
{
	struct prove_options o = plain;
	char hex[HASH_HEX];
	struct proof p;

	hash_bytes("abc", 3, hex);
	o.sha256 = hex;
	ck_assert_int_eq(prove(file("abc", 3, false), "x", &o, &p), 0);
	ck_assert_int_eq(prove(file("abd", 3, false), "x", &o, &p), EX_DATAERR);
	ck_assert_str_eq(p.message, "checksum differs");
	o.bytes = 4;
	ck_assert_int_eq(prove(file("abc", 3, false), "x", &o, &p), EX_DATAERR);
	ck_assert_str_eq(p.message, "size differs: 3 bytes, not 4");

	o = plain;
	o.require_end = true;
	ck_assert_int_eq(prove(file("-- MySQL dump 10\n", 17, true), "x", &o, &p), EX_DATAERR);
	ck_assert_str_eq(p.message, "no end mark");
	ck_assert_int_eq(prove(file("-- MySQL dump 10\n", 17, true), "x", &plain, &p), 0);
	ck_assert_int_eq(p.kind, KIND_FOREIGN);

	o = plain;
	o.require_proof = true;
	ck_assert_int_eq(prove(file("abc", 3, true), "x", &o, &p), 0);
	ck_assert_int_eq(prove(file("abc", 3, false), "x", &o, &p), EX_DATAERR);
	ck_assert_str_eq(
	    p.message, "neither gzip nor tar nor a dump: nothing that proves itself");
}
END_TEST

START_TEST(names_are_promises)
{
	static const char tail[] = "SET x;\n-- siantre-end {\"format\":1}\n";
	struct proof p;

	ck_assert_int_eq(prove(file("abc", 3, false), "x.gz", &plain, &p), EX_DATAERR);
	ck_assert_str_eq(p.message, "not gzip, as its name says");
	ck_assert_int_eq(prove(file("", 0, false), "x.gz", &plain, &p), EX_DATAERR);
	ck_assert_str_eq(p.message, "empty");
	ck_assert_int_eq(prove(file("", 0, false), "x.tar", &plain, &p), EX_DATAERR);
	ck_assert_int_eq(prove(file("", 0, true), "x.sql.gz", &plain, &p), EX_DATAERR);
	ck_assert_str_eq(p.message, "empty");
	ck_assert_int_eq(prove(file("", 0, true), "x.gz", &plain, &p), 0);
	ck_assert_int_eq(
	    prove(file(tail, sizeof(tail) - 1, true), "x.sql.gz", &plain, &p), EX_DATAERR);
	ck_assert_str_eq(
	    p.message, "ends as a dump does but does not begin with \"-- siantre-dump\"");
}
END_TEST

START_TEST(no_file)
{
	struct proof p;
	int pipes[2];

	ck_assert_int_eq(pipe(pipes), 0);
	ck_assert_int_eq(prove(pipes[0], "pipe", &plain, &p), EX_DATAERR);
	ck_assert_str_eq(p.message, "not a regular file");
	ck_assert_int_eq(prove_fd(-1, "none", &plain, NULL, &p), EX_IOERR);
	ck_assert_str_eq(p.message, "read: Bad file descriptor");
	close(pipes[1]);
}
END_TEST

START_TEST(worst_code)
{
	ck_assert_int_eq(audit_worse(0, 0), 0);
	ck_assert_int_eq(audit_worse(0, 1), 1);
	ck_assert_int_eq(audit_worse(1, EX_IOERR), EX_IOERR);
	ck_assert_int_eq(audit_worse(EX_IOERR, EX_DATAERR), EX_DATAERR);
	ck_assert_int_eq(audit_worse(EX_DATAERR, 1), EX_DATAERR);
	ck_assert_int_eq(audit_worse(0, EX_CONFIG), EX_CONFIG);
}
END_TEST

/* Whatever a worker that was taken over leaves there. */
START_TEST(answers_are_not_believed)
{
	struct proof p;

	memset(&p, 0xff, sizeof(p));
	prove_check(&p, EX_DATAERR);
	ck_assert_int_eq(p.code, EX_DATAERR);
	ck_assert_int_eq(p.kind, KIND_OTHER);
	ck_assert_int_eq(p.packed, true);
	ck_assert_str_eq(p.sha256, "");
	ck_assert_str_eq(p.plain_sha256, "");
	ck_assert_str_eq(p.dump, "");
	ck_assert_str_eq(p.tables_sha256, "");
	ck_assert_uint_eq(strlen(p.message), sizeof(p.message) - 1);
	ck_assert_uint_eq(strspn(p.message, "?"), sizeof(p.message) - 1);

	/* The words of another code. */
	memset(&p, 0, sizeof(p));
	p.code = EX_IOERR;
	strcpy(p.message, "a\nb\033[2J");
	memset(p.sha256, 'a', 64);
	prove_check(&p, 0);
	ck_assert_int_eq(p.code, 0);
	ck_assert_str_eq(p.message, "");
	ck_assert_uint_eq(strlen(p.sha256), 64);
	strcpy(p.message, "a\nb\033[2J");
	prove_check(&p, EX_IOERR);
	ck_assert_str_eq(p.message, "a?b?[2J");
	p.message[0] = '\0';
	prove_check(&p, 137);
	ck_assert_int_eq(p.code, 1);
	ck_assert_str_eq(p.message, "not proven");
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("prove");

	tcase_add_test(t, text_is_a_checksum);
	tcase_add_loop_test(t, sizes, 0, 12);
	tcase_add_test(t, wishes);
	tcase_add_test(t, names_are_promises);
	tcase_add_test(t, no_file);
	tcase_add_test(t, worst_code);
	tcase_add_test(t, answers_are_not_believed);
	return unit_main(t);
}

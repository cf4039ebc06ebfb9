#include "gz/index.h"

#include <fcntl.h>
#include <inttypes.h>
#include <sysexits.h>

#include "gz/cut.h"
#include "gz/seal.h"
#include "gz/writer.h"
#include "gz_data.h"
#include "unit.h"

#define ENDS (SEAL_LENGTH + GZ_TRAILER_LENGTH)

/* Fragment ${i} of an imaginary file: lengths that differ, a digest that tells which it is. */
static struct gz_index_entry
make_entry(uint64_t i, const struct gz_index_entry *before)
{
	struct gz_index_entry e = {
	    .plain_length = 1000 + i % 7, .packed_length = 300 + i % 5, .packed_offset = 10};

	if (before != NULL) {
		e.plain_offset = before->plain_offset + before->plain_length;
		e.packed_offset = before->packed_offset + before->packed_length;
	}
	snprintf(e.sha256, sizeof(e.sha256), "%064" PRIx64, i);
	return e;
}

/* Write an index of ${count} fragments; return its text, which the caller frees. */
static char *
make_index(uint64_t count, size_t *len)
{
	const char *name = "packed";
	char *text;
	struct gz_index *x = gz_index_create(name, 0640);
	struct gz_index_entry e = {.packed_offset = 10};
	FILE *f;

	ck_assert_ptr_nonnull(x);
	for (uint64_t i = 0; i < count; i++) {
		e = make_entry(i, i > 0 ? &e : NULL);
		ck_assert_int_eq(gz_index_add(x, &e), 0);
	}
	ck_assert_int_eq(gz_index_end(x, e.packed_offset + e.packed_length + ENDS,
			     e.plain_offset + e.plain_length),
	    0);
	ck_assert_int_eq(access(name, F_OK), -1);
	ck_assert_int_eq(gz_index_commit(x), 0);
	ck_assert_ptr_nonnull(f = fopen(name, "rb"));
	ck_assert_ptr_nonnull(text = malloc(200 * ((size_t)count + 2)));
	*len = fread(text, 1, 200 * ((size_t)count + 2), f);
	fclose(f);
	unlink(name);
	return text;
}

/* Read the index in ${text}; put what was said on stderr into ${said}. */
static int
open_index(const char *text, size_t len, struct gz_index_reader **x, char said[200])
{
	int words = memfd_create("stderr", MFD_CLOEXEC), saved = dup(STDERR_FILENO);
	int fd = make_file(text, len), rc;
	ssize_t n;

	ck_assert(words != -1 && saved != -1);
	ck_assert_int_ne(dup2(words, STDERR_FILENO), -1);
	rc = gz_index_open(fd, "f.idx", x);
	ck_assert_int_ne(dup2(saved, STDERR_FILENO), -1);
	n = pread(words, said, 199, 0);
	ck_assert_int_ge((int)n, 0);
	said[n > 0 && said[n - 1] == '\n' ? n - 1 : n] = '\0';
	if (n > 0) /* the name of this program stands in front */
		memmove(said, strchr(said, ' ') + 1, strlen(strchr(said, ' ')));
	close(words);
	close(saved);
	if (rc != 0)
		close(fd);
	return rc;
}

static void
refuse(const char *text, size_t len, const char *words)
{
	struct gz_index_reader *x = NULL;
	char said[200];

	ck_assert_int_eq(open_index(text, len, &x, said), EX_DATAERR);
	ck_assert_ptr_null(x);
	if (words != NULL)
		ck_assert_str_eq(said, words);
	else
		ck_assert_str_ne(said, "");
}

START_TEST(what_was_written_is_read)
{
	/* The last does not fit into memory and goes through the spool. */
	const uint64_t counts[] = {0, 1, 2, 100, 5000};
	struct gz_index_reader *x;
	struct gz_index_entry e, want;
	char said[200];
	size_t len;

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		char *text = make_index(counts[i], &len);

		ck_assert_int_eq(open_index(text, len, &x, said), 0);
		ck_assert_uint_eq(gz_index_fragments(x), counts[i]);
		for (uint64_t k = 0; k < counts[i]; k++) {
			want = make_entry(k, k > 0 ? &want : NULL);
			ck_assert_int_eq(gz_index_next(x, &e), 1);
			ck_assert_uint_eq(e.plain_offset, want.plain_offset);
			ck_assert_uint_eq(e.plain_length, want.plain_length);
			ck_assert_uint_eq(e.packed_offset, want.packed_offset);
			ck_assert_uint_eq(e.packed_length, want.packed_length);
			ck_assert_str_eq(e.sha256, want.sha256);
		}
		ck_assert_int_eq(gz_index_next(x, &e), 0);
		ck_assert_int_eq(gz_index_next(x, &e), 0);
		gz_index_close(x);
		free(text);
	}
}
END_TEST

START_TEST(the_text_is_as_documented)
{
	const char *want =
	    "siantre-index 1 347 1000\n"
	    "0 1000 10 300 0000000000000000000000000000000000000000000000000000000000000000\n"
	    "end 1 ";
	char hex[HASH_HEX], end[100];
	size_t len, head = strlen(want);
	char *text = make_index(1, &len);

	ck_assert_uint_gt(len, head);
	/* 10 + 300 + 28 + 8 */
	ck_assert_int_eq(strncmp(text, "siantre-index 1 346 1000\n", 25), 0);
	ck_assert_mem_eq(text + 25, want + 25, head - 25);
	hash_bytes(text, head - strlen("end 1 "), hex);
	snprintf(end, sizeof(end), "end 1 %s\n", hex);
	ck_assert_uint_eq(len, head - 6 + strlen(end));
	ck_assert_mem_eq(text + head - 6, end, strlen(end));
	free(text);
}
END_TEST

START_TEST(every_changed_byte_and_every_length)
{
	size_t len;
	char *text = make_index(3, &len);

	for (size_t n = 0; n < len; n++)
		refuse(text, n, NULL);
	for (size_t i = 0; i < len; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			text[i] = (char)(text[i] ^ 1 << bit);
			refuse(text, len, NULL);
			text[i] = (char)(text[i] ^ 1 << bit);
		}
	}
	free(text);
}
END_TEST

/* Wrong in itself, however right its digest is. */
START_TEST(wrong_words)
{
	static const struct {
		const char *head, *says;
	} cases[] = {
	    {"", "f.idx:1: not an index"},
	    {"siantre-indeX 1 46 0\n", "f.idx:1: not an index"},
	    {"siantre-index 2 46 0\n", "f.idx:1: unknown version of an index"},
	    {"siantre-index 1 46\n", "f.idx:1: not an index"},
	    {"siantre-index 1 46 00\n", "f.idx:1: not an index"},
	    {"siantre-index 1 46 99999999999999999999\n", "f.idx:1: not an index"},
	    {"siantre-index 1 45 0\n", "f.idx:1: impossible length of a file"},
	    {"siantre-index 1 46 0\n\n", "f.idx:2: not a line of an index"},
	    {"siantre-index 1 47 0\n", "f.idx:2: totals differ"},
	    {"siantre-index 1 46 1\n", "f.idx:2: totals differ"},
	    {"siantre-index 1 346 1000\n1 999 10 300 #\n",
		"f.idx:2: the fragment does not follow the one before it"},
	    {"siantre-index 1 346 1000\n0 1000 11 299 #\n",
		"f.idx:2: the fragment does not follow the one before it"},
	    {"siantre-index 1 346 1000\n0 0 10 300 #\n",
		"f.idx:2: impossible length of a fragment"},
	    {"siantre-index 1 346 1000\n0 1000 10 2000 #\n",
		"f.idx:2: impossible length of a fragment"},
	    {"siantre-index 1 46 9999999\n0 524289 10 300 #\n",
		"f.idx:2: impossible length of a fragment"},
	    {"siantre-index 1 346 900\n0 1000 10 300 #\n",
		"f.idx:2: the fragment lies behind the end"},
	    {"siantre-index 1 246 1000\n0 1000 10 300 #\n",
		"f.idx:2: the fragment lies behind the end"},
	    {"siantre-index 1 346 1000\n0 +1000 10 300 #\n", "f.idx:2: not a line of an index"},
	    {"siantre-index 1 346 1000\n0  1000 10 300 #\n", "f.idx:2: not a line of an index"},
	    {"siantre-index 1 346 1000\n0 1000 10 300 #0\n", "f.idx:2: not a line of an index"},
	};
	char text[500], hex[HASH_HEX];
	uint64_t lines;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t n = 0;

		lines = 0;
		for (const char *p = cases[i].head; *p != '\0'; p++) {
			lines += *p == '\n';
			if (*p == '#') {
				memset(text + n, 'a', HASH_HEX - 1);
				n += HASH_HEX - 1;
			} else {
				text[n++] = *p;
			}
		}
		hash_bytes(text, n, hex);
		n += (size_t)snprintf(text + n, sizeof(text) - n, "end %" PRIu64 " %s\n",
		    lines > 0 ? lines - 1 : 0, hex);
		refuse(text, n, cases[i].says);
	}
	refuse("", 0, "f.idx:1: truncated");
	refuse("siantre-index 1 46 0\nend 0 0\n", 29, "f.idx:2: not a line of an index");
}
END_TEST

START_TEST(long_lines_and_what_is_behind)
{
	size_t len;
	char *text = make_index(1, &len), *longer = malloc(len + 1000);

	ck_assert_ptr_nonnull(longer);
	memcpy(longer, text, len);
	longer[len] = '\n';
	refuse(longer, len + 1, "f.idx:3: bytes behind the end");
	memset(longer, 'x', len + 1000);
	refuse(longer, len + 1000, "f.idx:1: not a line of an index");
	memset(longer, 0, len);
	refuse(longer, len, "f.idx:1: not a line of an index");
	free(longer);
	free(text);
}
END_TEST

START_TEST(an_index_that_changes_while_it_is_read)
{
	struct gz_index_reader *x;
	struct gz_index_entry e;
	size_t len;
	char *text = make_index(2000, &len);
	int fd = make_file(text, len);

	ck_assert_int_eq(gz_index_open(fd, "f.idx", &x), 0);
	ck_assert_int_eq(ftruncate(fd, (off_t)len / 2), 0);
	while (gz_index_next(x, &e) == 1)
		;
	ck_assert_int_eq(gz_index_next(x, &e), -1);
	gz_index_close(x);
	close(fd);
	free(text);
}
END_TEST

START_TEST(given_up_or_in_vain)
{
	const char *name = "packed";
	struct gz_index *x = gz_index_create(name, 0600);
	struct gz_index_reader *r = NULL;
	int fd[2];

	ck_assert_ptr_nonnull(x);
	gz_index_abort(x);
	ck_assert_int_eq(access(name, F_OK), -1);
	gz_index_abort(NULL);
	gz_index_close(NULL);
	ck_assert_ptr_null(gz_index_create("/nowhere/f.idx", 0600));
	ck_assert_int_eq(pipe(fd), 0);
	ck_assert_int_eq(gz_index_open(fd[0], "a pipe", &r), EX_IOERR);
	close(fd[0]);
	close(fd[1]);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("index");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, what_was_written_is_read);
	tcase_add_test(t, the_text_is_as_documented);
	tcase_add_test(t, every_changed_byte_and_every_length);
	tcase_add_test(t, wrong_words);
	tcase_add_test(t, long_lines_and_what_is_behind);
	tcase_add_test(t, an_index_that_changes_while_it_is_read);
	tcase_add_test(t, given_up_or_in_vain);
	return unit_main(t);
}

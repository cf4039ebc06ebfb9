#include <sysexits.h>

#include "tar/read.h"
#include "tar_memory.h"
#include "unit.h"

static char tar[65536];
static size_t tar_len;

/* Three files, one of them empty and one full of zeros, and a folder. */
static void
make(void)
{
	static const struct {
		const char *name;
		size_t size;
		char fill;
	} files[] = {{"a", 700, 'x'}, {"b", 0, 0}, {"zeros", 2048, 0}};
	struct archive *a = archive_write_new();
	struct archive_entry *e;
	char content[2048];

	archive_write_set_format_pax_restricted(a);
	archive_write_set_bytes_in_last_block(a, 1);
	ck_assert_int_eq(archive_write_open_memory(a, tar, sizeof(tar), &tar_len), ARCHIVE_OK);
	for (size_t i = 0; i < 3; i++) {
		e = archive_entry_new();
		archive_entry_set_pathname(e, files[i].name);
		archive_entry_set_filetype(e, AE_IFREG);
		archive_entry_set_perm(e, 0600);
		archive_entry_set_size(e, (la_int64_t)files[i].size);
		ck_assert_int_eq(archive_write_header(a, e), ARCHIVE_OK);
		memset(content, files[i].fill, sizeof(content));
		if (files[i].size > 0)
			ck_assert_int_ge(archive_write_data(a, content, files[i].size), 0);
		archive_entry_free(e);
	}
	ck_assert_int_eq(archive_write_close(a), ARCHIVE_OK);
	archive_write_free(a);
}

START_TEST(a_whole_archive_is_proven_however_it_arrives)
{
	struct tar_facts facts;

	make();
	for (size_t step = 1; step < 2000; step += 211) {
		ck_assert_int_eq(piece_prove(tar, tar_len, step, &facts), 0);
		ck_assert_uint_eq(facts.entries, 3);
		ck_assert_uint_eq(facts.bytes, 2748);
	}
}
END_TEST

START_TEST(cut_anywhere_it_is_refused)
{
	size_t end;

	make();
	unit_quiet();
	for (end = tar_len; end > 0 && tar[end - 1] == '\0'; end--)
		;
	/* The last file is zeros to its end, so the archive's end cannot be told from its bytes:
	 * its header is at ${end}, rounded up, less a block. */
	end = (end + 511) / 512 * 512 + 2048;
	ck_assert_uint_ge(tar_len, end + 1024);
	for (size_t len = 1; len < end + 1024; len++)
		ck_assert_msg(
		    piece_prove(tar, len, 4096, NULL) == EX_DATAERR, "cut at %zu", len);
	for (size_t len = end + 1024; len <= tar_len; len++)
		ck_assert_int_eq(piece_prove(tar, len, 4096, NULL), 0);
}
END_TEST

START_TEST(bytes_behind_the_end_are_refused)
{
	make();
	unit_quiet();
	memset(tar + tar_len, 0, 4096);
	ck_assert_int_eq(piece_prove(tar, tar_len + 4096, 777, NULL), 0);
	tar[tar_len + 4000] = 'x';
	ck_assert_int_eq(piece_prove(tar, tar_len + 4096, 777, NULL), EX_DATAERR);
}
END_TEST

START_TEST(what_is_no_tar_is_refused)
{
	unit_quiet();
	memset(tar, 'x', 4096);
	ck_assert_int_eq(piece_prove(tar, 4096, 4096, NULL), EX_DATAERR);
	ck_assert_int_eq(piece_prove(tar, 0, 4096, NULL), EX_DATAERR);
	memset(tar, 0, 10240);
	ck_assert_int_eq(piece_prove(tar, 512, 4096, NULL), EX_DATAERR);
	ck_assert_int_eq(piece_prove(tar, 10240, 4096, NULL), 0); /* an archive of nothing */
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("read");

	tcase_add_test(t, a_whole_archive_is_proven_however_it_arrives);
	tcase_add_test(t, cut_anywhere_it_is_refused);
	tcase_add_test(t, bytes_behind_the_end_are_refused);
	tcase_add_test(t, what_is_no_tar_is_refused);
	return unit_main(t);
}

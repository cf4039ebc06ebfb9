#include "unit.h"

#include <sys/stat.h>
#include <sysexits.h>

#include "sql/exchange_file.h"

#define UNDO "CREATE VIEW v AS SELECT 1;\n"
#define REDO "CREATE VIEW w AS SELECT 2;\n"

static char undo_text[] = UNDO, redo_text[] = REDO;

static void
make(struct exchange_file *f)
{
	*f = (struct exchange_file){.stage = strdup("a_new"),
	    .before = strdup("a_before"),
	    .digest = strdup("abc"),
	    .time = strdup("2026-11-23T02:00:00Z"),
	    .foreign = true,
	    .undo = strdup(UNDO),
	    .undo_len = strlen(UNDO),
	    .redo = strdup(REDO),
	    .redo_len = strlen(REDO)};
	ck_assert_int_eq(names_add(&f->old, "t`\n\\"), 0);
	ck_assert_int_eq(names_add(&f->old, "T"), 0);
	ck_assert_int_eq(names_add(&f->new, "票"), 0);
	ck_assert_int_eq(names_add(&f->grants, "GRANT x"), 0);
}

static bool
is_it(const struct exchange_file *f)
{
	return strcmp(f->stage, "a_new") == 0 && strcmp(f->before, "a_before") == 0 &&
	       strcmp(f->digest, "abc") == 0 && strcmp(f->time, "2026-11-23T02:00:00Z") == 0 &&
	       f->foreign && f->old.len == 2 && strcmp(f->old.items[0], "t`\n\\") == 0 &&
	       strcmp(f->old.items[1], "T") == 0 && f->new.len == 1 &&
	       strcmp(f->new.items[0], "票") == 0 && f->grants.len == 1 &&
	       strcmp(f->grants.items[0], "GRANT x") == 0 && strcmp(f->undo, undo_text) == 0 &&
	       f->undo_len == strlen(UNDO) && strcmp(f->redo, redo_text) == 0 &&
	       f->redo_len == strlen(REDO);
}

START_TEST(written_and_read)
{
	struct exchange_file f, g;
	bool found = true;

	ck_assert_int_eq(exchange_file_read("up/folder/a@1", &g, &found), 0);
	ck_assert(!found);
	make(&f);
	/* What an earlier call has left half-written is no matter. */
	ck_assert_int_eq(exchange_file_folder("up/folder"), 0);
	mkdir("up/folder/a@1.new", 0700);
	unit_write("up/folder/a@1.new/after.sql", "old");
	unit_write("up/folder/a@1.new/.journal.json.ab12cd", "half");
	ck_assert_int_eq(exchange_file_write("up/folder/a@1", &f), 0);
	ck_assert_int_eq(exchange_file_read("up/folder/a@1", &g, &found), 0);
	ck_assert(found && is_it(&g));
	exchange_file_free(&g);
	/* A table that cannot be written down is not left out. */
	ck_assert_int_eq(names_add(&f.old, "\xff"), 0);
	ck_assert_int_eq(exchange_file_write("up/folder/a@2", &f), EX_OSERR);
	ck_assert_int_ne(access("up/folder/a@2", F_OK), 0);
	mkdir("up/folder/a@1.done", 0700);
	unit_write("up/folder/a@1.done/.before.sql.ab12cd", "half");
	ck_assert_int_eq(exchange_file_done("up/folder/a@1", "up/folder/kept.sql"), 0);
	ck_assert_str_eq(unit_read("up/folder/kept.sql"), undo_text);
	ck_assert_int_eq(unlink("up/folder/kept.sql"), 0);
	mkdir("up/folder/a@1.new", 0700);
	unit_write("up/folder/a@1.new/.journal.json.ab12cd", "half");
	exchange_file_tidy("up/folder/a@1");
	ck_assert_int_eq(rmdir("up/folder"), 0);
	exchange_file_free(&f);
}
END_TEST

/* No byte of it can change without being found out: it says which tables move where. */
START_TEST(flipped)
{
	static const char *const files[] = {
	    "f/a@1/journal.json", "f/a@1/before.sql", "f/a@1/after.sql"};
	struct exchange_file f, g;
	struct stat st;
	size_t refused = 0;
	bool found;
	char byte;
	int fd, rc;

	make(&f);
	ck_assert_int_eq(exchange_file_write("f/a@1", &f), 0);
	unit_catch();
	ck_assert_int_eq(stat(files[_i], &st), 0);
	fd = open(files[_i], O_RDWR);
	ck_assert_int_ge(fd, 0);
	for (off_t at = 0; at < st.st_size; at++) {
		for (int bit = 0; bit < 8; bit++) {
			ck_assert_int_eq(pread(fd, &byte, 1, at), 1);
			byte = (char)(byte ^ 1 << bit);
			ck_assert_int_eq(pwrite(fd, &byte, 1, at), 1);
			rc = exchange_file_read("f/a@1", &g, &found);
			refused += rc != 0;
			ck_assert(found);
			ck_assert(rc == 0 ? is_it(&g) : rc == EX_DATAERR);
			exchange_file_free(&g);
			byte = (char)(byte ^ 1 << bit);
			ck_assert_int_eq(pwrite(fd, &byte, 1, at), 1);
		}
	}
	/* White space between words, and a letter of an escape, may be another. */
	ck_assert_uint_gt(refused, (size_t)st.st_size * 8 - 40);
	for (off_t size = st.st_size - 1; size >= 0; size--) {
		ck_assert_int_eq(ftruncate(fd, size), 0);
		rc = exchange_file_read("f/a@1", &g, &found);
		ck_assert(rc == EX_DATAERR || (rc == 0 && is_it(&g)));
		exchange_file_free(&g);
	}
	unlink(files[_i]);
	ck_assert_int_eq(exchange_file_read("f/a@1", &g, &found), EX_IOERR);
	exchange_file_free(&g);
	ck_assert_ptr_nonnull(
	    strstr(unit_caught(), "f/a@1: the journal of an exchange is damaged"));
	close(fd);
	exchange_file_free(&f);
}
END_TEST

START_TEST(names)
{
	char *plain = exchange_file_path("f", "server", "si_antre-1");
	char *other = exchange_file_path("f", "server2", "si_antre-1");
	char *odd = exchange_file_path("f", "server", "../a@`\n");
	char target[3 * 64 + 1] = "", *first, *second;

	ck_assert_int_eq(strncmp(plain, "f/si_antre-1@", 13), 0);
	ck_assert_str_ne(plain, other);
	ck_assert_int_eq(strncmp(odd, "f/%2E%2E%2Fa%40%60%0A@", 22), 0);
	for (size_t i = 0; i < 64; i++)
		strcat(target, "票");
	first = exchange_file_path("f", "server", target);
	target[3 * 64 - 1] = 'x';
	second = exchange_file_path("f", "server", target);
	ck_assert_str_ne(first, second);
	ck_assert_uint_lt(strlen(first), 2 + 255 - strlen(".loading"));
	free(plain);
	free(other);
	free(odd);
	free(first);
	free(second);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("exchange_file");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, written_and_read);
	tcase_add_loop_test(t, flipped, 0, 3);
	tcase_add_test(t, names);
	return unit_main(t);
}

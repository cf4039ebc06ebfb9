/* tests/check_ahead.c: finds in their turn, whoever read them. */
#include <sys/stat.h>
#include <sys/xattr.h>

#include "base/hash.h"
#include "tar/ahead.h"
#include "tar/ustar.h"
#include "unit.h"

#define FILES 900 /* more than the line holds */

static const size_t sizes[] = {0, 1, 511, 512, 513, 3000, 100000, (512 << 10) - USTAR_ROOM,
    (512 << 10) - USTAR_ROOM + 1, 700000};

#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

/* Most files are small; each size comes, and some files have something of their own. */
static size_t
size_of(int i)
{
	return i % 37 == 0 ? sizes[(size_t)(i / 37) % SIZES] : (size_t)(i * 7 % 4000);
}

static void
write_file(const char *path, size_t size, unsigned int seed)
{
	FILE *f = fopen(path, "we");

	ck_assert_ptr_nonnull(f);
	for (size_t i = 0; i < size; i++)
		putc((int)((seed * 31 + i * i) & 0xff), f);
	ck_assert_int_eq(fclose(f), 0);
}

static void
make(void)
{
	char path[64], large[1024];

	for (int i = 0; i < FILES; i++) {
		if (i % 9 == 0) {
			snprintf(path, sizeof(path), "d%03d", i / 9);
			ck_assert_int_eq(mkdir(path, 0755), 0);
		}
		snprintf(path, sizeof(path), "d%03d/f%03d", i / 9, i);
		write_file(path, size_of(i), (unsigned int)i);
	}
	/* What is not as the folder said, when it is opened. */
	ck_assert_int_eq(unlink("d001/f009"), 0);
	ck_assert_int_eq(unlink("d002/f018"), 0);
	ck_assert_int_eq(symlink("f019", "d002/f018"), 0);
	ck_assert_int_eq(unlink("d003/f027"), 0);
	ck_assert_int_eq(mkfifo("d003/f027", 0600), 0);
	/* Holes: one that would fit, and more than are left open. */
	ck_assert_int_eq(truncate("d004/f039", 100000), 0);
	for (int i = 99; i < 120; i++) {
		snprintf(path, sizeof(path), "d%03d/f%03d", i / 9, i);
		ck_assert_int_eq(truncate(path, 1000000 + i), 0);
	}
	ck_assert_int_eq(setxattr("d005/f046", "user.note", "n", 1, 0), 0);
	memset(large, 'x', sizeof(large));
	for (int i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "user.%d", i);
		ck_assert_int_eq(setxattr("d006/f055", path, large, 700, 0), 0);
	}
}

/* What came out of the line. */
struct seen {
	int turns, stop; /* the turn that fails, -1: none */
	int ahead, opened, unread, bad, attrs;
	struct hash all;
};

/* Everything about ${f} that does not depend on who read it, and how. */
static int
take(void *ctx, struct find *f)
{
	static char block[1 << 20];
	struct seen *s = ctx;
	char path[64];
	ssize_t n;
	int i;

	if (s->turns++ == s->stop)
		return 70;
	hash_add(&s->all, f->path, strlen(f->path) + 1);
	if (f->kind != FIND_FILE)
		return 0;
	i = atoi(strrchr(f->path, 'f') + 1);
	snprintf(path, sizeof(path), "d%03d/f%03d", i / 9, i);
	ck_assert_str_eq(f->path, path);
	if (f->data == NULL && f->fd == -1 && f->error == 0) {
		s->unread++;
		(void)find_open(f);
	}
	hash_add(&s->all, &f->error, sizeof(f->error));
	if (f->error != 0) {
		s->bad++;
		return 0;
	}
	s->attrs += f->attrs != NULL;
	ck_assert(f->data == NULL || i != 39);
	if (f->data != NULL) {
		s->ahead++;
		ck_assert_int_eq(f->fd, -1);
		ck_assert_int_eq(f->fate, FIND_FINE);
		ck_assert_int_eq(f->got, f->st.st_size);
		hash_add(&s->all, f->data, (size_t)f->got);
		/* Room for a header before it, zeros behind it. */
		memset(f->data - USTAR_ROOM, '?', USTAR_ROOM);
		for (off_t at = f->got; at % 512 != 0; at++)
			ck_assert_int_eq(f->data[at], 0);
		return 0;
	}
	s->opened++;
	while (find_want(f), (n = find_read(f, block, sizeof(block))) > 0)
		hash_add(&s->all, block, (size_t)n);
	ck_assert_int_eq(n, 0);
	find_judge(f, 1);
	ck_assert_int_eq(f->fate, FIND_FINE);
	return 0;
}

/* Send all files through a line with ${readers}; its code. */
static int
run(unsigned int readers, struct seen *s, char digest[HASH_HEX])
{
	struct ahead *a = ahead_open(readers, take, s);
	struct find_folder *in = NULL;
	struct find f;
	char path[64];
	int rc = 0;

	ck_assert_ptr_nonnull(a);
	hash_start(&s->all);
	for (int i = 0; i < FILES && rc == 0; i++) {
		if (i % 9 == 0) {
			find_release(in);
			snprintf(path, sizeof(path), "d%03d", i / 9);
			in = find_folder(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
			f = (struct find){
			    .kind = FIND_FOLDER, .path = strdup(path), .folder = in, .fd = -1};
			in->users++;
			rc = ahead_add(a, &f);
		}
		snprintf(path, sizeof(path), "d%03d/f%03d", i / 9, i);
		f = (struct find){
		    .kind = FIND_FILE, .path = strdup(path), .folder = in, .fd = -1};
		f.name = f.path + 5;
		ck_assert_ptr_nonnull(in);
		in->users++;
		if (rc == 0)
			rc = ahead_add(a, &f);
		else
			find_free(&f);
	}
	find_release(in);
	if (rc == 0)
		rc = ahead_end(a);
	ahead_free(a);
	hash_take(&s->all, digest);
	return rc;
}

/* How many descriptors are open. */
static int
open_now(void)
{
	int n = 0;

	for (int fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) != -1;
	return n;
}

START_TEST(the_same_however_many_read)
{
	static const unsigned int readers[] = {1, 4, AHEAD_READERS, 0};
	char first[HASH_HEX], digest[HASH_HEX];
	int before = open_now(), ahead = 0, unread = 0;

	make();
	for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
		struct seen s = {.stop = -1};

		ck_assert_int_eq(run(readers[i], &s, i == 0 ? first : digest), 0);
		ck_assert_int_eq(s.turns, FILES + FILES / 9);
		ck_assert_int_eq(s.bad, 3);
		ck_assert_int_eq(s.attrs, readers[i] > 0);
		ck_assert_int_eq(s.ahead + s.opened + s.bad, FILES);
		/* What is read ahead depends on the files, too. */
		if (i == 0) {
			ahead = s.ahead;
			unread = s.unread;
			ck_assert_int_gt(s.ahead, FILES * 3 / 4);
			ck_assert_int_gt(s.unread, 0);
			continue;
		}
		ck_assert_str_eq(first, digest);
		ck_assert_int_eq(s.ahead, readers[i] > 0 ? ahead : 0);
		ck_assert_int_eq(s.unread, readers[i] > 0 ? unread : FILES);
		ck_assert_int_eq(open_now(), before);
	}
}
END_TEST

START_TEST(an_error_ends_it_anywhere)
{
	static const int turns[] = {0, 63, 64, 500, FILES + FILES / 9 - 1};
	char digest[HASH_HEX];
	int before = open_now();

	make();
	for (size_t i = 0; i < sizeof(turns) / sizeof(turns[0]); i++)
		for (unsigned int readers = 0; readers < 5; readers += 4) {
			struct seen s = {.stop = turns[i]};

			ck_assert_int_eq(run(readers, &s, digest), 70);
			ck_assert_int_eq(s.turns, turns[i] + 1);
			ck_assert_int_eq(open_now(), before);
		}
}
END_TEST

START_TEST(an_empty_line)
{
	struct ahead *a = ahead_open(2, take, NULL);

	ck_assert_int_eq(ahead_end(a), 0);
	ck_assert_int_eq(ahead_end(a), 0);
	ahead_free(a);
	ahead_free(NULL);
}
END_TEST

/* Reading that went wrong, seen from behind. */
START_TEST(fates)
{
	struct find f = {.kind = FIND_FILE, .name = "f001", .fd = -1};
	struct find_folder *in;

	make();
	in = find_folder(open("d000", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	f.folder = in;
	ck_assert_int_eq(find_open(&f), 0);
	find_judge(&f, 0);
	ck_assert_int_eq(f.fate, FIND_SHRANK);
	errno = EIO;
	find_judge(&f, -1);
	ck_assert_int_eq(f.fate, FIND_UNREADABLE);
	ck_assert_int_eq(f.error, EIO);
	f.fate = FIND_FINE;
	find_judge(&f, 1);
	ck_assert_int_eq(f.fate, FIND_FINE);
	write_file("d000/f001", size_of(1) + 1, 9);
	find_judge(&f, 1);
	ck_assert_int_eq(f.fate, FIND_GREW);
	write_file("d000/f001", size_of(1), 9);
	find_judge(&f, 1);
	ck_assert_int_eq(f.fate, FIND_CHANGED);
	find_free(&f);
	f.folder = NULL;
	find_free(&f);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("ahead");

	tcase_add_test(t, the_same_however_many_read);
	tcase_add_test(t, an_error_ends_it_anywhere);
	tcase_add_test(t, an_empty_line);
	tcase_add_test(t, fates);
	return unit_main(t);
}

#include "unit.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>

#include "set/folder.h"
#include "set/partial.h"
#include "set/sets.h"

/* Make ${name} of ${text} in the folder that is being filled. */
static void
add(const struct folder *f, const char *name, const char *text)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", folder_work(f), name);
	unit_write(path, text);
}

static bool
there(const char *path)
{
	return access(path, F_OK) == 0;
}

static mode_t
mode_of(const char *path)
{
	struct stat st;

	ck_assert_int_eq(lstat(path, &st), 0);
	return st.st_mode & 07777;
}

START_TEST(whole)
{
	static const char *const jobs[] = {"db", "full"};
	struct folder *f = folder_begin("b", jobs[_i]);
	char final[64], file[128];

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(sets_time(folder_name(f), NULL), 0);
	snprintf(final, sizeof(final), "b/%s%s", _i == 1 ? "full/" : "", folder_name(f));
	ck_assert_str_eq(folder_final(f), final);
	ck_assert_uint_eq(mode_of("b"), 0700);
	ck_assert_uint_eq(mode_of("b/.partial"), 0700);
	add(f, "one.sql.gz", "1");
	add(f, "two", "2");
	unit_write(folder_notes(f), "{}");
	ck_assert_int_eq(folder_seal(f), 0);
	ck_assert(!there(final));
	ck_assert_int_eq(folder_commit(f), 0);
	ck_assert(!there(folder_work(f)));
	ck_assert(!there(folder_notes(f)));
	folder_free(f);
	ck_assert_uint_eq(mode_of(final), 0700);
	snprintf(file, sizeof(file), "%s/one.sql.gz", final);
	ck_assert_uint_eq(mode_of(file), 0440);
	ck_assert_str_eq(unit_read(file), "1");
}
END_TEST

/* Those of another application have a lock of their own. */
START_TEST(at_once)
{
	enum { MANY = 8, ROUNDS = 50 };
	int go[2], status;
	char byte;
	pid_t pids[MANY];

	ck_assert_int_eq(mkdir("b", 0700), 0);
	for (int round = 0; round < ROUNDS; round++) {
		ck_assert_int_eq(pipe(go), 0);
		for (int i = 0; i < MANY; i++)
			if ((pids[i] = fork()) == 0) {
				struct folder *f;
				bool began;

				close(go[1]);
				if (read(go[0], &byte, 1) != 0)
					_exit(2);
				f = folder_begin("b", "db");
				began = f != NULL && there(folder_work(f));
				/* The next round begins without it. */
				folder_free(f);
				_exit(!began);
			}
		close(go[0]);
		close(go[1]);
		for (int i = 0; i < MANY; i++) {
			ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
			ck_assert_int_eq(status, 0);
		}
	}
}
END_TEST

START_TEST(thrown_away)
{
	struct folder *f = folder_begin("b", "db");
	char work[PATH_MAX], notes[PATH_MAX], sub[PATH_MAX + 8];

	ck_assert_ptr_nonnull(f);
	snprintf(work, sizeof(work), "%s", folder_work(f));
	snprintf(notes, sizeof(notes), "%s", folder_notes(f));
	snprintf(sub, sizeof(sub), "%s/sub", work);
	add(f, "one", "1");
	unit_write(notes, "{}");
	mkdir(sub, 0500);
	folder_free(f);
	ck_assert(!there(work));
	ck_assert(!there(notes));
	folder_free(NULL);
}
END_TEST

/* Two sets in one second: the later one moves on, wherever the first is. */
START_TEST(taken_names)
{
	struct folder *a = folder_begin("b", "db"), *b = folder_begin("b", "db"), *c, *d;

	ck_assert_ptr_nonnull(a);
	ck_assert_ptr_nonnull(b);
	ck_assert_int_lt(strcmp(folder_name(a), folder_name(b)), 0);
	add(a, "x", "x");
	ck_assert_int_eq(folder_seal(a), 0);
	ck_assert_int_eq(folder_commit(a), 0);
	c = folder_begin("b", "full");
	ck_assert_ptr_nonnull(c);
	ck_assert_int_lt(strcmp(folder_name(b), folder_name(c)), 0);
	add(c, "x", "x");
	ck_assert_int_eq(folder_commit(c), 0);
	d = folder_begin("b", "db");
	ck_assert_ptr_nonnull(d);
	ck_assert_int_lt(strcmp(folder_name(c), folder_name(d)), 0);
	folder_free(a);
	folder_free(b);
	folder_free(c);
	folder_free(d);
}
END_TEST

/* Something that came there meanwhile is not overwritten. */
START_TEST(lost_race)
{
	struct folder *f = folder_begin("b", "db");
	char other[PATH_MAX];
	int rc;

	ck_assert_ptr_nonnull(f);
	add(f, "x", "ours");
	mkdir(folder_final(f), 0700);
	snprintf(other, sizeof(other), "%s/x", folder_final(f));
	unit_write(other, "theirs");
	unit_catch();
	rc = folder_commit(f);
	ck_assert_ptr_nonnull(strstr(unit_caught(), "rename b/.partial/"));
	ck_assert_int_eq(rc, EX_CANTCREAT);
	folder_free(f);
	ck_assert_str_eq(unit_read(other), "theirs");
}
END_TEST

static const struct {
	const char *name; /* with the text "x"; NULL: see the test */
	const char *words;
} bad[] = {
    {NULL, "the job ended well and made no file"},
    {NULL, "empty: the job made an empty file"},
    {NULL, "sub: the job made something else than a regular file"},
    {NULL, "link: the job made something else than a regular file"},
    {NULL, "pipe: the job made something else than a regular file"},
    {".hidden", "the job left a file that has no plain name: \".hidden\""},
    {"a\\b", "a file that has no plain name"},
    {"a\nb", "a file that has no plain name"},
    {"latin-\xe9", "a file that has no plain name"},
    {"set.json", "the job made a set.json of its own"},
    {"SHA256SUMS", "the job made a SHA256SUMS of its own"},
    {"verified.json", "the job made a verified.json of its own"},
};

START_TEST(no_backup)
{
	struct folder *f = folder_begin("b", "db");
	char path[PATH_MAX];
	const char *said;
	int rc;

	ck_assert_ptr_nonnull(f);
	if (_i > 0)
		add(f, "good", "good");
	if (bad[_i].name != NULL)
		add(f, bad[_i].name, "x");
	snprintf(path, sizeof(path), "%s/%.*s", folder_work(f),
	    (int)strcspn(bad[_i].words, ":"), bad[_i].words);
	if (_i == 1)
		unit_write(path, "");
	else if (_i == 2)
		mkdir(path, 0700);
	else if (_i == 3)
		ck_assert_int_eq(symlink("good", path), 0);
	else if (_i == 4)
		ck_assert_int_eq(mkfifo(path, 0600), 0);
	unit_catch();
	rc = folder_seal(f);
	said = unit_caught();
	ck_assert_int_eq(rc, EX_DATAERR);
	ck_assert_msg(strstr(said, bad[_i].words) != NULL, "it said: %s", said);
	folder_free(f);
}
END_TEST

START_TEST(cleaning)
{
	struct folder *f;

	partial_clean("b"); /* not there: nothing to do, nothing to say */
	mkdir("b", 0700);
	mkdir("b/.partial", 0700);
	mkdir("b/.partial/20261123_020000", 0700);
	mkdir("b/.partial/20261123_020000/sub", 0700);
	unit_write("b/.partial/20261123_020000/sub/x", "x");
	unit_write("b/.partial/20261123_020000.notes", "x");
	mkdir("outside", 0700);
	unit_write("outside/x", "x");
	ck_assert_int_eq(symlink("../../outside", "b/.partial/link"), 0);
	chmod("b/.partial/20261123_020000/sub", 0500);
	partial_clean("b");
	ck_assert(there("b/.partial"));
	ck_assert_int_eq(rmdir("b/.partial"), 0); /* that is: it is empty */
	ck_assert(there("outside/x"));
	/* What another run is at work in stays, with what stands beside it. */
	ck_assert_ptr_nonnull(f = folder_begin("b", "db"));
	unit_write(folder_notes(f), "x");
	mkdir("b/.partial/20261123_020000", 0700);
	partial_clean("b");
	ck_assert(there(folder_work(f)));
	ck_assert(there(folder_notes(f)));
	ck_assert(!there("b/.partial/20261123_020000"));
	folder_free(f);
	ck_assert_int_eq(rmdir("b/.partial"), 0);
	mkdir("b/.trash", 0700);
	mkdir("b/.trash/20261123_020000", 0700);
	ck_assert_int_eq(folder_empty_trash("b"), 0);
	ck_assert_int_eq(rmdir("b/.trash"), 0);
	ck_assert_int_eq(folder_empty_trash("b"), 0);
}
END_TEST

START_TEST(no_room)
{
	const char *said;
	struct folder *f;

	unit_catch();
	f = folder_begin("none/b", "db");
	said = unit_caught();
	ck_assert_ptr_null(f);
	ck_assert_ptr_nonnull(strstr(said, "create none/b: No such file or directory"));
	ck_assert_ptr_nonnull(strstr(said, "hint: siantre-run check-config names the command"));
	unit_write("file", "");
	unit_catch();
	f = folder_begin("file", "db");
	said = unit_caught();
	ck_assert_ptr_null(f);
	ck_assert_ptr_nonnull(strstr(said, "create file/.partial: Not a directory"));
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("folder");

	tcase_add_loop_test(t, whole, 0, 2);
	tcase_add_test(t, at_once);
	tcase_add_test(t, thrown_away);
	tcase_add_test(t, taken_names);
	tcase_add_test(t, lost_race);
	tcase_add_loop_test(t, no_backup, 0, (int)(sizeof(bad) / sizeof(bad[0])));
	tcase_add_test(t, cleaning);
	tcase_add_test(t, no_room);
	return unit_main(t);
}

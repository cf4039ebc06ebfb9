/* tests/check_exclude.c: patterns, alone and against git itself. */
#include <sys/stat.h>
#include <sysexits.h>

#include "tar/exclude.h"
#include "unit.h"

/* A trailing slash on a path says that it is a folder. */
static const struct row {
	const char *patterns; /* lines */
	const char *path;
	bool out;
} rows[] = {
    /* A name, at any depth. */
    {"*.log", "a.log", true},
    {"*.log", "deep/er/a.log", true},
    {"*.log", "a.log/", true},
    {"*.log", "a.logs", false},
    {"*.log", ".log", true},
    {".DS_Store", "public/.DS_Store", true},
    {".env.local", ".env", false},
    {".env", ".env.local", false},
    /* Folders only. */
    {"cache/", "cache/", true},
    {"cache/", "a/cache/", true},
    {"cache/", "cache", false},
    /* Anchors. */
    {"/vendor/", "vendor/", true},
    {"/vendor/", "resources/views/vendor/", false},
    {"/vendor/", "vendor", false},
    {"vendor/", "resources/views/vendor/", true},
    {"/a.txt", "a.txt", true},
    {"/a.txt", "b/a.txt", false},
    {"doc/build", "doc/build", true},
    {"doc/build", "x/doc/build", false},
    {"doc/*.c", "doc/a.c", true},
    {"doc/*.c", "doc/sub/a.c", false},
    {"/*", "a", true},
    {"/*", "a/b", false},
    /* Wildcards keep to one name. */
    {"a?c", "abc", true},
    {"a?c", "ac", false},
    {"/a?c", "a/c", false},
    {"/a*c", "a/c", false},
    {"*", "anything", true},
    {"a*b*c", "aXbYbZc", true},
    {"a*b*c", "aXbYbZ", false},
    {"*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false},
    /* Any number of folders. */
    {"**/b", "b", true},
    {"**/b", "x/y/b", true},
    {"a/**", "a/b", true},
    {"a/**", "a/b/c", true},
    {"a/**", "a/", false},
    {"a/**/b", "a/b", true},
    {"a/**/b", "a/x/b", true},
    {"a/**/b", "a/x/y/b", true},
    {"a/**/b", "a/xb", false},
    {"a/**/b", "c/a/b", false},
    {"a/**/b/**/c", "a/b/x/b/c", true},
    {"a/**/*b", "a/x/y/zb", true},
    {"/**", "a", true},
    {"***", "a", true},
    {"a/***/b", "a/x/y/b", true},
    {"x/a**b", "x/aYb", true},
    {"x/a**b", "x/a/b", false},
    {"x/a**/b", "x/ac/d/b", true},
    {"x/?**/b", "x/ac/d/b", false},
    {"x/a**", "x/ab", true},
    {"**\\/b", "x/b", true},
    {"**\\/b", "b", false},
    /* Sets. */
    {"[a-c]x", "bx", true},
    {"[a-c]x", "dx", false},
    {"[!a-c]x", "dx", true},
    {"[^a-c]x", "ax", false},
    {"[]a]x", "]x", true},
    {"[!]a]x", "]x", false},
    {"[a-]x", "-x", true},
    {"[\\]]x", "]x", true},
    {"[[:digit:]]x", "5x", true},
    {"[[:digit:]]x", "ax", false},
    {"[[:upper:]_]x", "_x", true},
    {"[[:nosuch:]]x", "nx", false},
    {"[[:x]", ":", true},
    {"[abc", "[abc", false},
    {"[z-a]", "m", false},
    {"/a[/]b", "a/b", false},
    {"/a[^x]b", "a/b", false},
    /* Taking back; the last line decides. */
    {"*.log\n!keep.log", "keep.log", false},
    {"*.log\n!keep.log", "lose.log", true},
    {"!keep.log\n*.log", "keep.log", true},
    {"*\n!*/", "a/", false},
    {"*\n!*/", "a", true},
    /* Comments, escapes, blanks. */
    {"#a", "#a", false},
    {"\\#a", "#a", true},
    {"\\!a", "!a", true},
    {"!", "!", false},
    {"a ", "a", true},
    {"a\\ ", "a ", true},
    {"a\\ ", "a", false},
    {"a\\  ", "a ", true},
    {" a", " a", true},
    {" a", "a", false},
    {"\\*", "*", true},
    {"\\*", "a", false},
    {"a\\", "a", false},
    {"a\\", "a\\", false},
    {"a\\\\", "a\\", true},
    {"", "a", false},
    {"/", "a/", false},
    {"//", "a/", false},
    {"a//b", "a/b", false},
    /* Bytes. */
    {"na\xc3\xafve", "na\xc3\xafve", true},
    {"bad\xff*", "bad\xff\xfe", true},
    {"caf?", "caf\xc3\xa9", false},
    {"caf??", "caf\xc3\xa9", true},
    {"a\nb", "a", true},
};

static struct exclude *
list_of(const char *patterns)
{
	struct exclude *x = exclude_new();
	char *copy = strdup(patterns), *rest = copy, *line;

	ck_assert_ptr_nonnull(x);
	while ((line = strsep(&rest, "\n")) != NULL)
		ck_assert_int_eq(exclude_add(x, line), 0);
	free(copy);
	return x;
}

START_TEST(table)
{
	const struct row *row = &rows[_i];
	struct exclude *x = list_of(row->patterns);
	char path[256];
	size_t len = strlen(row->path);
	bool folder = row->path[len - 1] == '/';

	snprintf(path, sizeof(path), "%.*s", (int)(folder ? len - 1 : len), row->path);
	ck_assert_msg(exclude_match(x, path, folder) == row->out, "\"%s\" and %s: not %s",
	    row->patterns, row->path, row->out ? "left out" : "packed");
	exclude_free(x);
}
END_TEST

START_TEST(nothing)
{
	ck_assert(!exclude_match(NULL, "a", false));
	exclude_free(NULL);
}
END_TEST

static void
write_file(const char *path, const char *text, size_t len)
{
	FILE *f = fopen(path, "we");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(text, 1, len, f), len);
	ck_assert_int_eq(fclose(f), 0);
}

START_TEST(file)
{
	static const char text[] = "\xef\xbb\xbf*.log\r\n# *.txt\r\n\n/vendor/\r\nlast";
	struct exclude *x = exclude_new();

	write_file("list", text, strlen(text));
	ck_assert_int_eq(exclude_file(x, "list"), 0);
	ck_assert(exclude_match(x, "a.log", false));
	ck_assert(exclude_match(x, "vendor", true));
	ck_assert(exclude_match(x, "a/last", false));
	ck_assert(!exclude_match(x, "a.txt", false));
	ck_assert(!exclude_match(x, "", false));
	exclude_free(x);
}
END_TEST

/* What the call says on stderr. */
static const char *
said(struct exclude *x, const char *path, int code)
{
	static char text[512];
	int real = dup(STDERR_FILENO), fd = open("said", O_RDWR | O_CREAT | O_TRUNC, 0600), got;
	ssize_t n;

	fflush(stderr);
	dup2(fd, STDERR_FILENO);
	got = exclude_file(x, path);
	dup2(real, STDERR_FILENO);
	close(real);
	ck_assert_int_eq(got, code);
	n = pread(fd, text, sizeof(text) - 1, 0);
	ck_assert_int_ge(n, 0);
	text[n] = '\0';
	close(fd);
	return text;
}

START_TEST(bad_files)
{
	struct exclude *x = exclude_new();
	char *large = calloc(1, (1 << 20) + 1);

	ck_assert_ptr_nonnull(strstr(said(x, "no such", EX_CONFIG), "no such: No such file"));
	ck_assert_ptr_nonnull(strstr(said(x, ".", EX_CONFIG), ".: Is a directory"));
	write_file("nul", "a\0b\n", 4);
	ck_assert_ptr_nonnull(strstr(said(x, "nul", EX_CONFIG), "nul: a NUL byte in the list"));
	memset(large, '#', (1 << 20) + 1);
	write_file("large", large, (1 << 20) + 1);
	ck_assert_ptr_nonnull(strstr(said(x, "large", EX_CONFIG), "large: File too large"));
	large[0] = 'a';
	write_file("large", large, 1 << 20);
	ck_assert_int_eq(exclude_file(x, "large"), 0);
	free(large);
	exclude_free(x);
}
END_TEST

/* --- against git --- */

#ifndef TREES
#define TREES 12
#endif
#define LISTS 12 /* a tree */
#define PATHS 400
static char *paths[PATHS]; /* a folder's ends with a slash */
static size_t npaths;
static uint32_t seed = 1;

static uint32_t
roll(uint32_t sides)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % sides;
}

#define PICK(list) (list)[roll(sizeof(list) / sizeof((list)[0]))]

/* Make a random tree below ${parent}; its names have what patterns have. */
static void
plant(const char *parent, int depth)
{
	static const char *const parts[] = {"a", "a", "b", "b", "ab", ".", "]", "-", " ", "*",
	    "!", "#", "\\", "[", "?", "a.b", "^", "z", "5", "_"};
	char path[256];

	for (uint32_t names = 2 + roll(7); names > 0 && npaths < PATHS; names--) {
		struct stat st;

		snprintf(path, sizeof(path), "%s", parent);
		for (uint32_t n = 1 + roll(3); n > 0; n--)
			strcat(path, PICK(parts));
		if (lstat(path, &st) == 0) /* that name, or "." */
			continue;
		if (depth < 3 && roll(3) != 0) {
			ck_assert_int_eq(mkdir(path, 0755), 0);
			strcat(path, "/");
		} else
			write_file(path, "", 0);
		paths[npaths++] = strdup(path);
		if (path[strlen(path) - 1] == '/')
			plant(path, depth + 1);
	}
}

/* The length of ${path} without its slash; git would take that for a part of the name. */
static size_t
bare(const char *path)
{
	return strlen(path) - (path[strlen(path) - 1] == '/');
}

/* As a walk has it: what lies in a folder that is left out is out as well. */
static bool
walked_out(const struct exclude *x, const char *path)
{
	char part[256];

	for (size_t i = 1; path[i - 1] != '\0'; i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		snprintf(part, sizeof(part), "%.*s", (int)i, path);
		if (exclude_match(x, part, path[i] == '/'))
			return true;
		if (path[i] == '/' && path[i + 1] == '\0')
			break;
	}
	return false;
}

/* Write one to five random patterns to ${list}; some are made from a path that is there. */
static void
patterns(char *list)
{
	static const char *const parts[] = {"a", "b", "*", "*", "**", "***", "/", "/", "?",
	    "[ab]", "[!a]", "[^]]", "[]-]", "\\*", "\\a", "\\/", ".", "!", "-", "a b", "ab",
	    "/**/", "**/", "/**", "[a-b]", "[b-a]", "[\\]a]", "[a-]", "[[:alpha:]]",
	    "[[:alpha:]5_]", "[^[:digit:]]", "[[:x:]]", "[[:", " ", "\\ ", "[", "]", "\\",
	    "[*]", "#", "\\#", "\\!", "^", "\\[", "\\\\", "\r"};
	const char *path;
	size_t len, at;

	*list = '\0';
	for (uint32_t lines = 1 + roll(5); lines > 0; lines--) {
		if (roll(5) == 0)
			strcat(list, "!");
		if (roll(4) != 0) {
			for (uint32_t n = 1 + roll(6); n > 0; n--)
				strcat(list, PICK(parts));
		} else {
			/* The path with something in place of one byte or behind it. */
			path = paths[roll((uint32_t)npaths)];
			len = strlen(list);
			strcat(list, path);
			at = roll((uint32_t)strlen(path) + 1);
			list[len + at] = '\0';
			strcat(list, PICK(parts));
			if (at < strlen(path))
				strcat(list, path + at + roll(2));
		}
		strcat(list, "\n");
	}
}

/*
 * What git leaves out with the list in .git/info/exclude; returns the number.  Behind "./" it
 * takes a colon in front for what it is.
 */
static size_t
ask_git(bool *git_out)
{
	char answer[256];
	size_t found = 0, next = 0;
	FILE *p = fopen(".git/paths", "we");

	ck_assert_ptr_nonnull(p);
	for (size_t i = 0; i < npaths; i++)
		fprintf(p, "./%.*s%c", (int)bare(paths[i]), paths[i], 0);
	fclose(p);
	memset(git_out, 0, PATHS);
	p = popen("git check-ignore --no-index -z --stdin <.git/paths || [ "
		  "$? = 1 ]",
	    "re");
	ck_assert_ptr_nonnull(p);
	for (size_t n = 0; (answer[n] = (char)getc(p)), !feof(p);) {
		if (answer[n] != '\0') {
			ck_assert_uint_lt(++n, sizeof(answer));
			continue;
		}
		while (next < npaths &&
		       (strlen(answer + 2) != bare(paths[next]) ||
			   strncmp(paths[next], answer + 2, strlen(answer + 2)) != 0))
			next++;
		ck_assert_msg(next < npaths, "git names %s", answer);
		git_out[next] = true;
		found++;
		n = 0;
	}
	ck_assert_int_eq(pclose(p), 0);
	return found;
}

START_TEST(against_git)
{
	char list[4096];
	bool git_out[PATHS];
	struct exclude *x = NULL;
	size_t out = 0, all = 0;

	for (int tree = 0; tree < TREES; tree++) {
		ck_assert_int_eq(
		    system("rm -rf ./* ./.[!.]* && git init -q . && mkdir -p .git/info"), 0);
		npaths = 0;
		while (npaths < 30)
			plant("", 0);
		for (int n = 0; n < LISTS; n++) {
			patterns(list);
			write_file(".git/info/exclude", list, strlen(list));
			out += ask_git(git_out);
			all += npaths;
			x = exclude_new();
			ck_assert_int_eq(exclude_file(x, ".git/info/exclude"), 0);
			for (size_t i = 0; i < npaths; i++)
				ck_assert_msg(walked_out(x, paths[i]) == git_out[i],
				    "%s is %s by git with the list\n%s", paths[i],
				    git_out[i] ? "left out" : "packed", list);
			exclude_free(x);
		}
		for (size_t i = 0; i < npaths; i++)
			free(paths[i]);
	}
	/* Else the lists would say nothing. */
	ck_assert_uint_gt(out, all / 20);
	ck_assert_uint_lt(out, all - all / 20);
}
END_TEST

/* The table, by git: an expectation that is wrong is seen here. */
START_TEST(table_by_git)
{
	bool git_out[PATHS];
	char folder_of[256], *name;
	struct exclude *x;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];

		ck_assert_int_eq(
		    system("rm -rf ./* ./.[!.]* && git init -q . && mkdir -p .git/info"), 0);
		write_file(".git/info/exclude", row->patterns, strlen(row->patterns));
		snprintf(folder_of, sizeof(folder_of), "%s", row->path);
		folder_of[bare(row->path)] = '\0';
		for (name = folder_of; (name = strchr(name, '/')) != NULL; *name++ = '/') {
			*name = '\0';
			(void)mkdir(folder_of, 0755);
		}
		if (row->path[strlen(row->path) - 1] == '/')
			ck_assert_int_eq(mkdir(folder_of, 0755), 0);
		else
			write_file(folder_of, "", 0);
		name = strdup(row->path);
		paths[0] = name;
		npaths = 1;
		ask_git(git_out);
		x = list_of(row->patterns);
		ck_assert_msg(walked_out(x, name) == git_out[0], "\"%s\" and %s: %s by git",
		    row->patterns, name, git_out[0] ? "left out" : "packed");
		exclude_free(x);
		free(name);
	}
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("exclude");

	tcase_add_loop_test(t, table, 0, (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_test(t, nothing);
	tcase_add_test(t, file);
	tcase_add_test(t, bad_files);
	tcase_add_test(t, table_by_git);
	tcase_add_test(t, against_git);
	return unit_main(t);
}

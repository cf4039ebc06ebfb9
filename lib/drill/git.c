#include "drill/git.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/num.h"
#include "base/rights.h"
#include "drill/outside.h"

#define COPY_MAX ((size_t)256 << 20) /* bytes of the index or of packed-refs */
#define REFS_MAX 10000
#define REFS_DEPTH 16
#define ANSWER_MAX ((size_t)16 << 20)

struct look {
	int app;  /* the work tree */
	int from; /* its .git */
	const char *tree;
	const char *folder; /* our repository */
	int64_t now;
	size_t refs;
	struct git *result;
};

/* Not measured, and why. */
static int
unknown(struct look *l, const char *why)
{
	l->result->age = -1;
	snprintf(l->result->detail, sizeof(l->result->detail), "%s", why);
	return -1;
}

/* Copy ${name} of their .git to ours; one that is missing is fine. */
static int
copy(struct look *l, const char *name)
{
	char path[PATH_MAX], *text = NULL;
	struct stat st;
	size_t len;
	int in = rights_open(l->from, name, O_RDONLY), out = -1, rc = -1;

	if (in == -1)
		return errno == ENOENT ? 0 : -1;
	if (snprintf(path, sizeof(path), "%s/%s", l->folder, name) >= (int)sizeof(path) ||
	    fstat(in, &st) != 0 || !S_ISREG(st.st_mode) ||
	    io_read_file(in, COPY_MAX, &text, &len) != 0)
		goto out;
	out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (out == -1 || io_write(out, text, len) != 0)
		goto out;
	/* What changed in the second of the index is looked at again: it needs its time. */
	const struct timespec times[2] = {st.st_atim, st.st_mtim};
	rc = futimens(out, times);
out:
	free(text);
	io_close(&in);
	io_close(&out);
	return rc;
}

/* The folder ${name} of references, with all that is in it. */
static int
copy_refs(struct look *l, const char *name, int depth)
{
	char path[PATH_MAX];
	struct dirent *e;
	struct stat st;
	DIR *d;
	int fd = rights_open(l->from, name, O_RDONLY | O_DIRECTORY), rc = 0;

	if (fd == -1)
		return errno == ENOENT ? 0 : -1;
	if ((d = fdopendir(fd)) == NULL) {
		io_close(&fd);
		return -1;
	}
	if (depth == REFS_DEPTH ||
	    snprintf(path, sizeof(path), "%s/%s", l->folder, name) >= (int)sizeof(path) ||
	    (mkdir(path, 0700) != 0 && errno != EEXIST))
		rc = -1;
	while (rc == 0 && (e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (++l->refs > REFS_MAX ||
		    fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
		    snprintf(path, sizeof(path), "%s/%s", name, e->d_name) >= (int)sizeof(path))
			rc = -1;
		else if (S_ISDIR(st.st_mode))
			rc = copy_refs(l, path, depth + 1);
		else if (S_ISREG(st.st_mode))
			rc = copy(l, path);
	}
	closedir(d);
	return rc;
}

/* Run git on our repository.  Return its answer, NUL-terminated, which the caller frees. */
static char *
ask(const struct look *l, const char *const *arguments, size_t *len)
{
	static const char *const fixed[] = {"git", "--no-pager", "-c", "core.bare=false", "-c",
	    "core.fileMode=false", "-c", "core.fsmonitor=false", "-c",
	    "core.untrackedCache=false", "-c", "core.hooksPath=/dev/null"};
	char *argv[32] = {NULL}, *answer = NULL, line[OUTSIDE_SAID];
	struct outside o;
	size_t n = 0;
	bool bad = false, read = false;

	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		bad = bad || (argv[n++] = strdup(fixed[i])) == NULL;
	bad = bad || (argv[n++] = outside_argument("--git-dir=%s", l->folder)) == NULL ||
	      (argv[n++] = outside_argument("--work-tree=%s", l->tree)) == NULL;
	for (size_t i = 0; arguments[i] != NULL; i++)
		bad = bad || (argv[n++] = strdup(arguments[i])) == NULL;
	if (!bad && outside_start(&o, argv, CHILD_OUT | CHILD_QUIET, -1, -1) == 0) {
		o.answers = true;
		read = io_read_file(o.child.out, ANSWER_MAX, &answer, len) == 0;
		if (outside_end(&o, line) != 0 || !read) {
			free(answer);
			answer = NULL;
		}
	}
	for (size_t i = 0; i < n; i++)
		free(argv[i]);
	return answer;
}

/* An empty repository that knows their objects. */
static int
borrow(struct look *l)
{
	char program[] = "git", init[] = "init", quiet[] = "-q", bare[] = "--bare";
	char template[] = "--template=", line[OUTSIDE_SAID], path[PATH_MAX], *text = NULL;
	char *folder = strdup(l->folder);
	char *const argv[] = {program, init, quiet, bare, template, folder, NULL};
	int fd = -1, len, rc = -1;

	if (folder == NULL || outside_run(argv, -1, line) != 0 ||
	    snprintf(path, sizeof(path), "%s/objects/info", l->folder) >= (int)sizeof(path))
		goto out;
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		goto out;
	strlcat(path, "/alternates", sizeof(path));
	if ((len = asprintf(&text, "%s/.git/objects\n", l->tree)) == -1) {
		text = NULL;
		goto out;
	}
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd == -1 || io_write(fd, text, (size_t)len) != 0)
		goto out;
	rc = copy(l, "HEAD") != 0 || copy(l, "packed-refs") != 0 || copy(l, "shallow") != 0 ||
		     copy(l, "index") != 0 || copy_refs(l, "refs/heads", 0) != 0 ||
		     copy_refs(l, "refs/remotes", 0) != 0
		 ? -1
		 : 0;
out:
	free(folder);
	free(text);
	io_close(&fd);
	return rc;
}

/* Let ${*age} be the age of ${when} if it is the older one. */
static void
older(const struct look *l, int64_t when, int64_t *age)
{
	if (l->now - when > *age)
		*age = l->now - when;
}

/* How many commits no remote has. */
static int
count_commits(struct look *l, size_t *count)
{
	static const char *const log[] = {
	    "log", "--format=%ct", "--max-count=100000", "HEAD", "--not", "--remotes", NULL};
	size_t len;
	char *answer = ask(l, log, &len), *rest = answer, *line;
	uint64_t when;

	if (answer == NULL)
		return -1;
	while ((line = strsep(&rest, "\n")) != NULL) {
		if (num_count(line, 0, INT64_MAX, &when) != 0)
			continue;
		++*count;
		older(l, (int64_t)when, &l->result->age);
	}
	free(answer);
	return 0;
}

/* How many files are not as in the last commit: "XY PATH\0", and a second PATH for renames. */
static int
count_changes(struct look *l, size_t *count)
{
	static const char *const status[] = {"status", "--porcelain", "-z", "--no-renames",
	    "--untracked-files=normal", "--ignore-submodules=all", NULL};
	size_t len = 0;
	char *answer = ask(l, status, &len), *at = answer;
	struct stat st;
	int fd;

	if (answer == NULL)
		return -1;
	for (; at < answer + len; at += strlen(at) + 1) {
		if (strlen(at) < 4)
			continue;
		++*count;
		fd = rights_open(l->app, at + 3, O_PATH | O_NOFOLLOW);
		if (fd != -1 && fstat(fd, &st) == 0)
			older(l, st.st_mtime, &l->result->age);
		io_close(&fd);
	}
	free(answer);
	return 0;
}

static int
measure(struct look *l)
{
	size_t commits = 0, changes = 0;
	char age[24];

	if (!child_exists("git"))
		return unknown(l, "git is not installed");
	if (setenv("GIT_CONFIG_NOSYSTEM", "1", 1) != 0 ||
	    setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1) != 0 ||
	    setenv("GIT_ATTR_NOSYSTEM", "1", 1) != 0 ||
	    setenv("GIT_NO_LAZY_FETCH", "1", 1) != 0)
		return unknown(l, "no memory");
	if (borrow(l) != 0)
		return unknown(l, "its repository cannot be read");
	l->result->age = 0;
	if (count_commits(l, &commits) != 0 || count_changes(l, &changes) != 0)
		return unknown(l, "git does not say");
	if (commits == 0 && changes == 0)
		snprintf(l->result->detail, sizeof(l->result->detail),
		    "HEAD is pushed, the tree is clean");
	else
		snprintf(l->result->detail, sizeof(l->result->detail),
		    "%zu %s not pushed, %zu %s changed or new; the oldest %s ago", commits,
		    commits == 1 ? "commit" : "commits", changes,
		    changes == 1 ? "file" : "files",
		    num_elapsed(age, sizeof(age), (double)l->result->age));
	return 0;
}

void
git_look(const char *app, const char *folder, int64_t now, struct git *g)
{
	struct look l = {
	    .app = -1, .from = -1, .tree = app, .folder = folder, .now = now, .result = g};

	l.app = open(app, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (l.app != -1)
		l.from = rights_open(l.app, ".git", O_RDONLY | O_DIRECTORY);
	if (l.app == -1)
		unknown(&l, "the application is not here");
	else if (l.from == -1)
		unknown(&l, "no git repository");
	else
		measure(&l);
	io_close(&l.app);
	io_close(&l.from);
}

#include "prove/carry.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/num.h"
#include "base/progress.h"
#include "base/sig.h"
#include "base/worker.h"
#include "tar/extract.h"
#include "tar/write.h"

#define NAMES_MAX 64

/* What the worker is told … */
struct errand {
	const struct carry *c;
	int in; /* the pipe that the archive comes from */
	struct progress *progress;
};

/* … and answers. */
struct answer {
	uint64_t entries, bytes;
};

int
carry_names(const char *text, char ***names)
{
	size_t len = strlen(text), n = 0;
	char **list = calloc(1, (NAMES_MAX + 1) * sizeof(*list) + len + 1), *rest, *name;

	*names = list;
	if (list == NULL) {
		warn(NULL);
		return EX_OSERR;
	}
	if (strcmp(text, "none") == 0)
		return 0;
	rest = (char *)(list + NAMES_MAX + 1);
	memcpy(rest, text, len + 1);
	while ((name = strsep(&rest, ",")) != NULL) {
		if (*name == '\0' || strchr(name, '/') != NULL || strcmp(name, ".") == 0 ||
		    strcmp(name, "..") == 0 || n == NAMES_MAX) {
			warnx("--carry: \"%s\" is not the name of a folder at the top", name);
			free(list);
			*names = NULL;
			return EX_USAGE;
		}
		list[n++] = name;
	}
	return 0;
}

static int
send_piece(void *ctx, const void *buf, size_t len)
{
	const int *fd = ctx;

	if (io_write(*fd, buf, len) == 0)
		return 0;
	/* The other side has gone, and has said why. */
	if (errno != EPIPE && sig_stop() == 0)
		warn("copy");
	return 1;
}

/* The life of the process that reads the old folder. */
static void __attribute__((noreturn))
be_reader(const struct carry *c, char *const *names, int out, pid_t parent)
{
	struct tar_tree tree = {.folder = c->from, .paths = names};
	struct account account = {0};
	int rc;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 || getppid() != parent)
		_exit(EX_OSERR);
	rc = tar_write(&tree, send_piece, &out, &account);
	if (rc == 0 && account.warnings > 0) {
		warnx("%s: changed while it was copied", c->from);
		rc = EX_TEMPFAIL;
	}
	_exit(rc);
}

static ssize_t
receive(void *ctx, void *buf, size_t len)
{
	struct errand *e = ctx;
	ssize_t n = io_read_some(e->in, buf, len);

	if (n > 0)
		progress_add(e->progress, (uint64_t)n);
	if (n >= 0)
		return n;
	if (sig_stop() != 0)
		return -1;
	warn("copy");
	return -EX_IOERR;
}

static int
write_copy(void *ctx, void *result, struct progress *progress)
{
	struct errand *e = ctx;
	struct answer *a = result;
	const struct tar_source source = {receive, e, e->c->from};
	struct extract x = {.final = e->c->from, .links = true, .special = e->c->special};
	int rc;

	e->progress = progress;
	rc = extract_into(e->c->to, &source, &x);
	a->entries = x.entries;
	a->bytes = x.bytes;
	return rc;
}

/* Wait for the process that reads; return its exit code. */
static int
wait_for_reader(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) == -1)
		if (errno != EINTR) {
			warn("copy");
			return EX_OSERR;
		}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

/* Copy ${names}, of which there is at least one. */
static int
copy(const struct carry *c, char *const *names, struct answer *a)
{
	struct sandbox_tree tree = {.folder = c->to, .special = c->special};
	struct errand e = {.c = c, .in = -1};
	const struct worker_task task = {.work = write_copy,
	    .ctx = &e,
	    .result_size = sizeof(*a),
	    .keep = {-1, c->to, -1, -1},
	    .tree = &tree,
	    .name = c->from};
	struct worker_task ours = task;
	struct progress *progress = NULL;
	int ends[2] = {-1, -1}, rc, read_rc;
	pid_t pid, parent = getpid();

	if (pipe2(ends, O_CLOEXEC) == -1) {
		warn("copy");
		return EX_OSERR;
	}
	io_grow_pipe(ends[1]);
	if ((pid = fork()) == -1) {
		warn("copy");
		(void)io_close(&ends[0]);
		(void)io_close(&ends[1]);
		return EX_OSERR;
	}
	if (pid == 0) {
		(void)io_close(&ends[0]);
		be_reader(c, names, ends[1], parent);
	}
	(void)io_close(&ends[1]);
	e.in = ours.keep[0] = ends[0];
	progress = progress_start(c->from, 0, c->quiet);
	rc = worker_run(&ours, progress, a, NULL);
	progress_end(progress);
	(void)io_close(&ends[0]);
	/* The side that failed first knows why; the other one only saw it go. */
	read_rc = wait_for_reader(pid);
	return read_rc > 1 || rc == 0 ? read_rc : rc;
}

int
carry_over(const struct carry *c)
{
	char *names[NAMES_MAX + 1] = {NULL};
	const struct timespec keep[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_nsec = UTIME_OMIT}};
	struct timespec times[2] = {keep[0], keep[1]};
	struct answer a = {0};
	struct buf said = {0};
	struct stat st, top;
	char size[16];
	size_t n = 0;
	int old = open(c->from, O_PATH | O_DIRECTORY | O_CLOEXEC), rc = EX_CANTCREAT;

	if (old == -1 || fstat(c->to, &top) == -1) {
		warn("%s", c->from);
		goto out;
	}
	for (char *const *name = c->names; *name != NULL && n < NAMES_MAX; name++) {
		if (fstatat(c->to, *name, &st, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT ||
		    fstatat(old, *name, &st, AT_SYMLINK_NOFOLLOW) == -1 || !S_ISDIR(st.st_mode))
			continue;
		buf_printf(&said, "%s%s", n > 0 ? ", " : "", *name);
		names[n++] = *name;
	}
	rc = 0;
	if (n == 0 || (rc = copy(c, names, &a)) != 0)
		goto out;
	/* Making them has changed the folder that they are in. */
	times[1] = top.st_mtim;
	if (fchmod(c->to, top.st_mode & 07777) == -1 || futimens(c->to, times) == -1) {
		warn("%s", c->from);
		rc = EX_CANTCREAT;
	} else if (!c->quiet && buf_string(&said) != NULL)
		warnx("%s: copied from the folder that is there: %" PRIu64 " entries, %s",
		    said.data, a.entries, num_human(size, sizeof(size), a.bytes));
out:
	buf_free(&said);
	(void)io_close(&old);
	return rc;
}

#include "base/worker.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <paths.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/plain.h"
#include "base/sig.h"

#define SAID_MAX (64U << 10)
#define GRACE_S 10  /* from the stop signal to SIGKILL */
#define TICK_MS 100 /* between two looks at the progress */

/* What both processes have. */
struct shared {
	_Atomic uint64_t bytes;
	_Atomic unsigned locks;
	max_align_t result[];
};

struct worker {
	pid_t pid;
	int said;    /* the read end of its stderr */
	size_t kept; /* bytes of it that were passed on */
	bool silenced;
	struct buf line;
	struct shared *shared;
	size_t size; /* of that */
	size_t result_size;
	uint64_t told;   /* bytes that the progress knows of */
	time_t deadline; /* when it is killed; 0: no stop signal was passed on */
	const char *name;
};

/* Whether ${fd} is one that the worker keeps. */
static bool
is_kept(const struct worker_task *t, unsigned fd)
{
	for (size_t i = 0; i < sizeof(t->keep) / sizeof(t->keep[0]); i++)
		if (t->keep[i] >= 0 && (unsigned)t->keep[i] == fd)
			return true;
	return fd == STDERR_FILENO;
}

/* Let the worker have its own descriptors only, ${said} as stderr.  Return 0, or -1. */
static int
set_descriptors(const struct worker_task *t, int said)
{
	unsigned low = 3, high;
	int null = open(_PATH_DEVNULL, O_RDWR | O_CLOEXEC);

	if (null == -1 || dup2(said, STDERR_FILENO) == -1)
		return -1;
	for (int fd = STDIN_FILENO; fd <= STDOUT_FILENO; fd++)
		if (!is_kept(t, (unsigned)fd) && null != fd && dup2(null, fd) == -1)
			return -1;
	/* The gaps between those that are kept. */
	while (low != 0) {
		high = low;
		for (; high < low + 4096 && !is_kept(t, high); high++)
			continue;
		if (high == low + 4096)
			return close_range(low, ~0U, 0);
		if (high > low && close_range(low, high - 1, 0) == -1)
			return -1;
		low = high + 1;
	}
	return 0;
}

/* A library ended the process: libarchive does, where it has no memory, after words of its own. */
static void
left(void)
{
	_exit(EX_OSERR);
}

/* The worker's whole life. */
static void __attribute__((noreturn))
be_worker(const struct worker_task *t, struct shared *shared, int said, pid_t parent)
{
	struct progress *progress = NULL;
	unsigned locks;
	int rc = EX_OSERR;

	/* Whoever waits for us may be killed; then nobody needs us. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 || getppid() != parent)
		_exit(EX_OSERR);
	if (set_descriptors(t, said) == -1) {
		warn("%s: descriptors", t->name);
		_exit(EX_OSERR);
	}
	(void)atexit(left);
	/* The seed of jansson's tables, which it reads from a file at its first use. */
	json_object_seed(0);
	if ((progress = progress_count(&shared->bytes)) != NULL &&
	    sandbox_enter(t->tree, &locks) == 0) {
		atomic_store(&shared->locks, locks);
		rc = t->work(t->ctx, shared->result, progress);
	}
	/* No handler of the parent's, and nothing that waits in the parent's buffers. */
	_exit(rc);
}

struct worker *
worker_start(const struct worker_task *t)
{
	struct worker *w = calloc(1, sizeof(*w));
	pid_t parent = getpid();
	struct shared *shared;
	int ends[2] = {-1, -1};

	if (w == NULL)
		goto fail;
	w->said = -1;
	w->name = t->name;
	w->result_size = t->result_size;
	w->size = sizeof(*w->shared) + t->result_size;
	w->shared =
	    mmap(NULL, w->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (w->shared == MAP_FAILED || pipe2(ends, O_CLOEXEC) == -1)
		goto fail;
	/* What does not come so far has read nothing, and says nothing about this kernel. */
	atomic_init(&w->shared->locks, SANDBOX_ALL);
	if ((w->pid = fork()) == -1)
		goto fail;
	if (w->pid == 0) {
		shared = w->shared;
		free(w);
		be_worker(t, shared, ends[1], parent);
	}
	close(ends[1]);
	w->said = ends[0];
	(void)fcntl(w->said, F_SETFL, O_NONBLOCK);
	return w;
fail:
	warn("%s: start a process to read it", t->name);
	io_close(&ends[0]);
	io_close(&ends[1]);
	if (w != NULL && w->shared != NULL && w->shared != MAP_FAILED)
		munmap(w->shared, w->size);
	free(w);
	return NULL;
}

int
worker_fd(const struct worker *w)
{
	return w->said;
}

/* Pass the line that was put together on, if it is within what a worker may say. */
static void
pass_line(struct worker *w, struct buf *said)
{
	static const char rest[] = "more was said and left out\n";

	if (!w->silenced && w->kept + w->line.len < SAID_MAX) {
		plain_bytes(w->line.data, w->line.len);
		buf_add(said, w->line.data, w->line.len);
		buf_text(said, "\n");
		w->kept += w->line.len + 1;
	} else if (!w->silenced) {
		buf_text(said, rest);
		w->silenced = true;
	}
	buf_reset(&w->line, SAID_MAX);
}

bool
worker_take(struct worker *w, struct buf *said)
{
	char some[4096], *nl;
	ssize_t got;
	size_t len;

	while ((got = read(w->said, some, sizeof(some))) > 0) {
		for (char *p = some; p < some + got; p += len) {
			nl = memchr(p, '\n', (size_t)(some + got - p));
			len = (size_t)((nl != NULL ? nl : some + got) - p);
			/* A line without end is no line. */
			if (w->line.len < SAID_MAX)
				buf_add(&w->line, p, len);
			if (nl == NULL)
				break;
			pass_line(w, said);
			len++;
		}
	}
	if (got == -1 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (w->line.len > 0)
		pass_line(w, said);
	return false;
}

uint64_t
worker_done(struct worker *w)
{
	uint64_t all = atomic_load(&w->shared->bytes), more = all - w->told;

	w->told = all;
	return more;
}

static time_t
now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

void
worker_pass_stop(struct worker *w)
{
	if (sig_stop() == 0)
		return;
	if (w->deadline == 0) {
		w->deadline = now_s() + GRACE_S;
		kill(w->pid, sig_stop());
	} else if (now_s() >= w->deadline) {
		kill(w->pid, SIGKILL);
	}
}

int
worker_end(struct worker *w, void *result, unsigned *locks)
{
	int status = 0, rc = 1;

	while (waitpid(w->pid, &status, 0) == -1) {
		if (errno != EINTR) {
			warn("%s: wait for the process that reads it", w->name);
			goto out;
		}
		/* It has closed its stderr and goes on: nothing good, and no reason to stay. */
		if (sig_stop() != 0)
			kill(w->pid, SIGKILL);
	}
	if (WIFEXITED(status))
		rc = WEXITSTATUS(status);
	else if (sig_stop() == 0)
		warnx("%s: the process that read it was killed by signal %d (%s)", w->name,
		    WTERMSIG(status), strsignal(WTERMSIG(status)));
out:
	/* It is dead: from here on nobody changes this. */
	if (result != NULL)
		memcpy(result, w->shared->result, w->result_size);
	if (locks != NULL)
		*locks = atomic_load(&w->shared->locks);
	munmap(w->shared, w->size);
	io_close(&w->said);
	buf_free(&w->line);
	free(w);
	return rc;
}

int
worker_run(
    const struct worker_task *t, struct progress *progress, void *result, unsigned *locks)
{
	struct worker *w = worker_start(t);
	struct pollfd wait = {.events = POLLIN};
	struct buf said = {0};
	bool busy = true;

	if (w == NULL)
		return EX_OSERR;
	wait.fd = worker_fd(w);
	while (busy) {
		if (poll(&wait, 1, TICK_MS) > 0)
			busy = worker_take(w, &said);
		progress_add(progress, worker_done(w));
		if (said.len > 0)
			(void)io_write(STDERR_FILENO, said.data, said.len);
		buf_reset(&said, SAID_MAX);
		worker_pass_stop(w);
	}
	buf_free(&said);
	return worker_end(w, result, locks);
}

void
worker_tell_locks(unsigned locks)
{
	if (locks == SANDBOX_ALL)
		return;
	warnx("sandbox: this kernel has no %s", locks == SANDBOX_SECCOMP ? "Landlock"
						: locks == SANDBOX_LANDLOCK
						    ? "seccomp"
						    : "seccomp and no Landlock");
}

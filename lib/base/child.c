#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <paths.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/child.h"
#include "base/io.h"
#include "base/sig.h"

#define GRACE_S 10 /* from the stop signal to SIGKILL */

/*
 * A close-on-exec copy of ${fd} above the standard descriptors: so placed, one of them can be
 * set without treading on the source of the next.
 */
static int
above(int fd)
{
	return fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

/* A close-on-exec pipe above the standard descriptors, even where those are closed. */
static int
pipe_above(int ends[2])
{
	int low[2], rc = -1;

	if (pipe2(low, O_CLOEXEC) == -1)
		return -1;
	ends[0] = above(low[0]);
	ends[1] = above(low[1]);
	if (ends[0] != -1 && ends[1] != -1)
		rc = 0;
	io_close(&low[0]);
	io_close(&low[1]);
	return rc;
}

/* Where the child's ${target} leads: a copy of ${fd}, or of ours for -1, or /dev/null. */
static int
source(int fd, int target, bool null)
{
	int opened, copy, saved;

	if (!null && (copy = above(fd == -1 ? target : fd)) != -1)
		return copy;
	/* Ours may be closed. */
	if (!null && (fd != -1 || errno != EBADF))
		return -1;
	if ((opened = open(_PATH_DEVNULL, O_RDWR | O_CLOEXEC)) == -1)
		return -1;
	copy = above(opened);
	saved = errno;
	io_close(&opened);
	errno = saved;
	return copy;
}

/* Default signals, an empty mask, and a group where one is asked for. */
static int
set_attributes(posix_spawnattr_t *attr, int flags)
{
	short what = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
	struct sigaction hangup = {.sa_handler = SIG_DFL};
	sigset_t set;
	int rc;

	if (flags & CHILD_GROUP)
		what |= POSIX_SPAWN_SETPGROUP;
	sigemptyset(&set);
	if ((rc = posix_spawnattr_setsigmask(attr, &set)) != 0)
		return rc;
	sigfillset(&set);
	sigdelset(&set, SIGKILL);
	sigdelset(&set, SIGSTOP);
	/* What nohup(1) saw to holds for children too. */
	if (sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler == SIG_IGN)
		sigdelset(&set, SIGHUP);
	if ((rc = posix_spawnattr_setsigdefault(attr, &set)) != 0)
		return rc;
	if ((rc = posix_spawnattr_setpgroup(attr, 0)) != 0)
		return rc;
	return posix_spawnattr_setflags(attr, what);
}

/* Start it with the descriptors ${std}.  Return 0 or an error number, as posix_spawn does. */
static int
spawn(pid_t *pid, char *const argv[], char *const env[], const char *dir, int flags,
    const int std[3])
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int rc, i;

	if ((rc = posix_spawn_file_actions_init(&actions)) != 0)
		return rc;
	if ((rc = posix_spawnattr_init(&attr)) != 0) {
		posix_spawn_file_actions_destroy(&actions);
		return rc;
	}
	for (i = 0; i < 3 && rc == 0; i++)
		rc = posix_spawn_file_actions_adddup2(&actions, std[i], i);
	if (rc == 0 && dir != NULL)
		rc = posix_spawn_file_actions_addchdir_np(&actions, dir);
	if (rc == 0)
		rc = set_attributes(&attr, flags);
	if (rc == 0)
		rc = posix_spawnp(
		    pid, argv[0], &actions, &attr, argv, env != NULL ? env : environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	return rc;
}

bool
child_exists(const char *name)
{
	const char *path = getenv("PATH"), *end;
	char file[PATH_MAX];
	struct stat st;

	for (; path != NULL; path = *end == ':' ? end + 1 : NULL) {
		end = strchrnul(path, ':');
		/* An empty part is the current folder. */
		if ((size_t)snprintf(file, sizeof(file), "%.*s%s%s", (int)(end - path), path,
			end > path ? "/" : "", name) < sizeof(file) &&
		    stat(file, &st) == 0 && S_ISREG(st.st_mode) && access(file, X_OK) == 0)
			return true;
	}
	return false;
}

/* As child_start(); its stdin is ${in}, unless that is -1. */
static int
start(struct child *c, char *const argv[], char *const env[], const char *dir, int flags,
    int in, int out, int err)
{
	int in_pipe[2] = {-1, -1}, out_pipe[2] = {-1, -1}, std[3] = {-1, -1, -1};
	int rc = -1, error;

	c->pid = -1;
	c->in = c->out = -1;
	if ((flags & CHILD_IN) && pipe_above(in_pipe) == -1)
		goto fail;
	if ((flags & CHILD_OUT) && pipe_above(out_pipe) == -1)
		goto fail;
	std[0] = source(in != -1 ? in : in_pipe[0], 0, in == -1 && !(flags & CHILD_IN));
	std[1] = source(flags & CHILD_OUT ? out_pipe[1] : out, 1, false);
	std[2] = source(err, 2, flags & CHILD_QUIET);
	if (std[0] == -1 || std[1] == -1 || std[2] == -1)
		goto fail;
	if ((error = spawn(&c->pid, argv, env, dir, flags, std)) != 0) {
		c->pid = -1;
		errno = error;
		goto fail;
	}
	c->in = in_pipe[1];
	c->out = out_pipe[0];
	in_pipe[1] = out_pipe[0] = -1;
	rc = 0;
	goto out;
fail:
	warn(dir != NULL ? "start %s in %s" : "start %s", argv[0], dir);
out:
	io_close(&std[0]);
	io_close(&std[1]);
	io_close(&std[2]);
	io_close(&in_pipe[0]);
	io_close(&in_pipe[1]);
	io_close(&out_pipe[0]);
	io_close(&out_pipe[1]);
	return rc;
}

int
child_start(struct child *c, char *const argv[], char *const env[], const char *dir, int flags,
    int out, int err)
{
	return start(c, argv, env, dir, flags, -1, out, err);
}

int
child_filter(struct child *c, char *const argv[], int flags, int in, int out, int err)
{
	return start(c, argv, NULL, NULL, flags & ~CHILD_IN, in, out, err);
}

static time_t
now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

/* Whether anybody is left in the group that ${pid} led; ask only after ${pid} was waited for. */
static bool
group_lives(pid_t pid)
{
	return kill(-pid, 0) == 0 || errno == EPERM;
}

/*
 * What a stopped leader leaves of its group (the stages of a pipeline that are still cleaning
 * up) has the same time as the leader.
 */
static void
end_group(pid_t pid, time_t deadline)
{
	const struct timespec pause = {.tv_nsec = 20 * 1000 * 1000};

	while (group_lives(pid)) {
		if (now_s() >= deadline) {
			kill(-pid, SIGKILL);
			return;
		}
		nanosleep(&pause, NULL);
	}
}

/* Wait for ${c}; a stop signal to us is passed on to it unless ${through}. */
static int
wait_for(struct child *c, bool through)
{
	pid_t pid = c->pid, target;
	time_t deadline = 0;
	bool group, told = false;
	int status;

	io_close(&c->in);
	io_close(&c->out);
	c->pid = -1;
	if (pid <= 0) {
		warnx("wait: no child was started");
		return -1;
	}
	group = getpgid(pid) == pid;
	target = group ? -pid : pid;
	for (;;) {
		if (told && now_s() >= deadline)
			kill(target, SIGKILL);
		if (!through && !told && sig_stop() != 0) {
			kill(target, sig_stop());
			/* A suspended process hears nothing before this. */
			kill(target, SIGCONT);
			told = true;
			deadline = now_s() + GRACE_S;
		}
		/* After a stop signal, sig.h's alarm brings us back here every second. */
		if (waitpid(pid, &status, 0) == pid)
			break;
		if (errno != EINTR) {
			warn("wait for process %jd", (intmax_t)pid);
			return -1;
		}
	}
	if (told && group)
		end_group(pid, deadline);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int
child_wait(struct child *c)
{
	return wait_for(c, false);
}

int
child_finish(struct child *c)
{
	return wait_for(c, true);
}

int
child_output(char *const argv[], size_t max, char **text)
{
	struct child c = {.pid = -1, .in = -1, .out = -1};
	size_t len;
	int rc, error = 0;

	*text = NULL;
	if (child_start(&c, argv, NULL, NULL, CHILD_OUT, -1, -1) == -1)
		return -1;
	if (io_read_file(c.out, max, text, &len) == -1)
		error = errno;
	/* What still writes now gets a SIGPIPE. */
	rc = child_wait(&c);
	if (error != 0) {
		errno = error;
		warn("output of %s", argv[0]);
		return -1;
	}
	if (rc == -1) {
		free(*text);
		*text = NULL;
	}
	return rc;
}

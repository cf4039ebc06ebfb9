#include "drill/stray.h"

#include <ctype.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"

#define ARGUMENTS 65536
#define TRIES 200 /* of 50 ms */

/* What the kernel calls them: 15 bytes are kept. */
static const char *const ours[] = {"mariadbd", "mariadb-install", "mariadb", "mysql",
    "siantre-restore", "siantre-dump", "siantre-pack", "siantre-verify", "tar", "gzip"};

static ssize_t
read_proc(const char *pid, const char *name, char *buf, size_t size)
{
	char path[64];
	ssize_t n = -1;
	int fd;

	snprintf(path, sizeof(path), "/proc/%.20s/%s", pid, name);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return -1;
	if ((n = io_read(fd, buf, size - 1)) >= 0)
		buf[n] = '\0';
	io_close(&fd);
	return n;
}

/* Whether an argument of ${pid} names something in ${folder}. */
static bool
is_stray(const char *pid, const char *folder, char *buf)
{
	size_t len = strlen(folder);
	bool known = false;
	ssize_t n;

	if (read_proc(pid, "comm", buf, ARGUMENTS) <= 0)
		return false;
	buf[strcspn(buf, "\n")] = '\0';
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		known = known || strcmp(buf, ours[i]) == 0;
	if (!known || (n = read_proc(pid, "cmdline", buf, ARGUMENTS)) <= 0)
		return false;
	for (const char *at = buf;
	     (at = memmem(at, (size_t)(buf + n - at), folder, len)) != NULL; at += len) {
		/* A whole path: an argument of its own, or behind "--datadir=". */
		if ((at == buf || at[-1] == '\0' || at[-1] == '=') && at[len] == '/')
			return true;
	}
	return false;
}

/* Kill each one there is.  Return how many, or -1 after reporting. */
static int
kill_all(const char *folder, pid_t *last)
{
	char *buf = malloc(ARGUMENTS);
	DIR *d = opendir("/proc");
	struct dirent *e;
	int count = -1, fd;

	if (buf == NULL || d == NULL) {
		warn("look for processes of an earlier drill");
		goto out;
	}
	count = 0;
	while ((e = readdir(d)) != NULL) {
		if (!isdigit((unsigned char)e->d_name[0]) || atoi(e->d_name) == getpid())
			continue;
		/* A process that ends meanwhile cannot leave its number to another. */
		fd = pidfd_open(atoi(e->d_name), 0);
		if (fd != -1 && is_stray(e->d_name, folder, buf) &&
		    pidfd_send_signal(fd, SIGKILL, NULL, 0) == 0) {
			*last = atoi(e->d_name);
			count++;
		}
		io_close(&fd);
	}
out:
	if (d != NULL)
		closedir(d);
	free(buf);
	return count;
}

int
stray_end(const char *folder)
{
	const struct timespec pause = {.tv_nsec = 50 * 1000 * 1000};
	pid_t last = 0;
	int count;

	for (int i = 0; i < TRIES; i++) {
		if ((count = kill_all(folder, &last)) <= 0)
			return count;
		if (i == 0)
			warnx("warning: ended %d %s of a drill that was killed", count,
			    count == 1 ? "process" : "processes");
		nanosleep(&pause, NULL);
	}
	warnx("process %jd of an earlier drill does not end", (intmax_t)last);
	return -1;
}

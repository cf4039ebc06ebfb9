#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/sig.h"
#include "base/plain.h"
#include "set/log.h"

#define LINE 4096 /* a longer line is broken */
#define TAIL 4    /* lines that log_last joins */
#define SHORT 300 /* bytes of each of them */

/* Text that comes in pieces, until its line is whole. */
struct stream {
	char line[LINE];
	size_t len;
	bool error; /* stderr */
};

struct log {
	int file;   /* LOG_FILE, or -1 */
	int screen; /* where stderr really goes */
	int own;    /* our own stderr meanwhile: a file in memory */
	off_t seen; /* how much of it was written */
	bool echo;
	char *who;
	char tail[TAIL][SHORT];
	size_t tails; /* how many there ever were */
	char last[TAIL * (SHORT + 2)];
};

/* Write one line of ${len} bytes. */
static void
put(struct log *l, const char *text, size_t len, bool error)
{
	char line[LINE + 256], stamp[32], *tail;
	time_t now = time(NULL);
	struct tm tm;
	int head;

	localtime_r(&now, &tm);
	strftime(stamp, sizeof(stamp), "%Y-%m-%d %H:%M:%S%z", &tm);
	head = snprintf(line, 255, "%s %s: ", stamp, l->who);
	if (head > 254)
		head = 254;
	/* What children say may hold names that strangers chose. */
	memcpy(line + head, text, len);
	plain_bytes(line + head, len);
	line[(size_t)head + len] = '\n';
	/* Both are for people; there is nobody to tell that they cannot be written. */
	if (l->file != -1 && io_write(l->file, line, (size_t)head + len + 1) != 0)
		io_close(&l->file);
	if (l->echo && io_write(l->screen, line + head, len + 1) != 0)
		l->echo = false;
	if (error) {
		tail = l->tail[l->tails++ % TAIL];
		snprintf(tail, SHORT, "%.*s", (int)len, line + head);
	}
}

/* Take ${len} bytes of text, and write the lines that they make whole. */
static void
take(struct log *l, struct stream *s, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] != '\n')
			s->line[s->len++] = text[i];
		if (text[i] == '\n' || s->len == LINE) {
			put(l, s->line, s->len, s->error);
			s->len = 0;
		}
	}
}

struct log *
log_open(const char *path, const char *who, bool echo)
{
	struct log *l = calloc(1, sizeof(*l));
	struct stat st;

	if (l == NULL || (l->who = strdup(who)) == NULL) {
		warn("log");
		free(l);
		return NULL;
	}
	l->echo = echo;
	l->own = l->screen = -1;
	l->file = open(path,
	    O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK,
	    0640);
	if (l->file != -1 && (fstat(l->file, &st) != 0 || !S_ISREG(st.st_mode))) {
		io_close(&l->file);
		errno = EINVAL;
	}
	if (l->file == -1)
		warn("warning: no log: %s", path);
	if ((l->screen = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)) == -1 ||
	    (l->own = memfd_create("stderr", MFD_CLOEXEC)) == -1 ||
	    fcntl(l->own, F_SETFL, O_APPEND) != 0 || dup2(l->own, STDERR_FILENO) == -1) {
		warn("log");
		log_close(l);
		return NULL;
	}
	return l;
}

/* Write what we said on stderr since the last time. */
static void
drain(struct log *l)
{
	struct stream s = {.error = true};
	char buf[LINE];
	ssize_t n;

	if (l == NULL || l->own == -1)
		return;
	while ((n = pread(l->own, buf, sizeof(buf), l->seen)) > 0) {
		take(l, &s, buf, (size_t)n);
		l->seen += n;
	}
	if (s.len > 0)
		put(l, s.line, s.len, true);
}

/* Read what is there now in ${p}; at its end, look there no more. */
static void
read_some(struct log *l, struct pollfd *p, struct stream *s)
{
	char buf[LINE];
	ssize_t n = read(p->fd, buf, sizeof(buf));

	if (n > 0)
		take(l, s, buf, (size_t)n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		p->fd = -1;
}

void
log_pump(struct log *l, pid_t pid, int out, int err)
{
	struct stream streams[2] = {{.error = false}, {.error = true}};
	struct pollfd polls[3] = {
	    {.fd = out, .events = POLLIN}, {.fd = err, .events = POLLIN}, {.events = POLLIN}};
	bool ended = false;

	if (l == NULL)
		return;
	polls[2].fd = pidfd_open(pid, 0);
	fcntl(out, F_SETFL, O_NONBLOCK);
	fcntl(err, F_SETFL, O_NONBLOCK);
	while (polls[0].fd != -1 || polls[1].fd != -1) {
		if (sig_stop() != 0)
			break;
		/* Once the child has ended, only what lies in the pipes already counts. */
		int ready = poll(polls, 3, ended ? 0 : -1);
		if (ready == -1 && errno != EINTR)
			break;
		if (ready == 0)
			break;
		if (ready == -1)
			continue;
		for (size_t i = 0; i < 2; i++) {
			if (polls[i].fd != -1 && polls[i].revents != 0)
				read_some(l, &polls[i], &streams[i]);
		}
		if (polls[2].fd != -1 && polls[2].revents != 0) {
			ended = true;
			io_close(&polls[2].fd);
		}
	}
	io_close(&polls[2].fd);
	for (size_t i = 0; i < 2; i++) {
		if (streams[i].len > 0)
			put(l, streams[i].line, streams[i].len, streams[i].error);
	}
}

const char *
log_last(struct log *l)
{
	size_t from;

	if (l == NULL)
		return "";
	drain(l);
	l->last[0] = '\0';
	from = l->tails > TAIL ? l->tails - TAIL : 0;
	for (size_t i = from; i < l->tails; i++) {
		if (i > from)
			strlcat(l->last, "; ", sizeof(l->last));
		strlcat(l->last, l->tail[i % TAIL], sizeof(l->last));
	}
	return l->last;
}

void
log_forget(struct log *l)
{
	if (l == NULL)
		return;
	drain(l);
	l->tails = 0;
}

void
log_close(struct log *l)
{
	if (l == NULL)
		return;
	drain(l);
	if (l->screen != -1 && l->own != -1)
		dup2(l->screen, STDERR_FILENO);
	io_close(&l->own);
	io_close(&l->screen);
	io_close(&l->file);
	free(l->who);
	free(l);
}

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/num.h"
#include "base/plain.h"
#include "base/progress.h"
#include "base/sig.h"
#include "base/utf8.h"

#define DRAW_MS 250
#define BAR 20
#define LINE 512

struct progress {
	char what[128];
	char note[128];
	uint64_t total;
	uint64_t done;
	int64_t start_ms;
	int64_t drawn_ms;
	uint64_t drawn_done;
	double rate;    /* bytes a second, of late */
	int terminal;   /* a descriptor of stderr's terminal that can be locked, or -1 */
	size_t columns; /* of the line that stands on the terminal, 0 for none */
	_Atomic uint64_t *count; /* where bytes are counted and nothing is drawn, or NULL */
};

/* The coarse clock costs next to nothing, and a few milliseconds do not matter here. */
static int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Copy what fits of ${text}, which may be a file's name, so that it cannot steer the terminal. */
static void
set_text(char *to, size_t size, const char *text)
{
	size_t left = strlen(text), used = 0, n;

	for (; left > 0; used += n, left -= n) {
		n = utf8_next(text + used, left);
		n = n == 0 ? 1 : n;
		if (used + n >= size)
			break;
	}
	memcpy(to, text, used);
	to[used] = '\0';
	plain_text(to);
}

/* Cut ${line} to ${width} characters; return how many it has. */
static size_t
cut(char *line, size_t width)
{
	size_t columns = 0, n;
	char *p = line;

	for (; *p != '\0' && columns < width; p += n, columns++)
		n = utf8_next(p, strlen(p));
	*p = '\0';
	return columns;
}

/* Write what there is to say into ${line} of LINE bytes. */
static void
compose(const struct progress *p, char line[LINE])
{
	char done[16], total[16], rate[16], left[24], bar[BAR + 1] = "", figures[96] = "";
	double seconds = (double)(now_ms() - p->start_ms) / 1000, part;
	double speed = p->rate > 0 ? p->rate : seconds > 0 ? (double)p->done / seconds : 0;

	num_human(done, sizeof(done), p->done);
	num_human(rate, sizeof(rate), (uint64_t)speed);
	if (p->total > 0 && p->done <= p->total) {
		part = (double)p->done / (double)p->total;
		memset(bar, '-', BAR);
		memset(bar, '#', (size_t)(part * BAR));
		bar[BAR] = '\0';
		num_human(total, sizeof(total), p->total);
		if (speed > 0)
			num_elapsed(left, sizeof(left), (double)(p->total - p->done) / speed);
		else
			snprintf(left, sizeof(left), "?");
		snprintf(figures, sizeof(figures), " of %s [%s] %d %%, %s left", total, bar,
		    (int)(part * 100), left);
	}
	snprintf(line, LINE, "%s: %s%s, %s/s%s%s", p->what, done, figures, rate,
	    p->note[0] != '\0' ? ", " : "", p->note);
}

/*
 * Whether the line may be drawn: in the foreground, and by one of the filters of a pipeline
 * only, the first that locks the terminal.  When it ends, the next takes over.
 */
static bool
may_draw(const struct progress *p)
{
	if (p->terminal == -1 || tcgetpgrp(p->terminal) != getpgrp())
		return false;
	return flock(p->terminal, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

static void
wipe(struct progress *p)
{
	if (p->columns > 0)
		dprintf(STDERR_FILENO, "\r%*s\r", (int)p->columns, "");
	p->columns = 0;
}

static void
draw(struct progress *p)
{
	char line[LINE];
	struct winsize size = {0};
	size_t columns, old = p->columns;

	if (!may_draw(p))
		return;
	compose(p, line);
	if (ioctl(p->terminal, TIOCGWINSZ, &size) == -1 || size.ws_col < 2)
		size.ws_col = 80;
	columns = cut(line, size.ws_col - 1U);
	dprintf(STDERR_FILENO, "\r%s%*s", line, old > columns ? (int)(old - columns) : 0, "");
	p->columns = columns;
}

struct progress *
progress_start(const char *what, uint64_t total, bool quiet)
{
	struct progress *p;
	char name[64];

	if ((p = calloc(1, sizeof(*p))) == NULL)
		return NULL;
	set_text(p->what, sizeof(p->what), what);
	p->total = total;
	p->start_ms = p->drawn_ms = now_ms();
	p->terminal = -1;
	/* Opened anew: a lock on stderr itself would be shared by the whole pipeline. */
	if (!quiet && ttyname_r(STDERR_FILENO, name, sizeof(name)) == 0)
		p->terminal = open(name, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	return p;
}

struct progress *
progress_count(_Atomic uint64_t *bytes)
{
	struct progress *p = calloc(1, sizeof(*p));

	if (p == NULL) {
		warn("progress");
		return NULL;
	}
	p->terminal = -1;
	p->count = bytes;
	return p;
}

void
progress_add(struct progress *p, uint64_t bytes)
{
	char line[LINE];
	int64_t now, passed;
	double rate;

	if (p == NULL)
		return;
	if (p->count != NULL) {
		atomic_fetch_add_explicit(p->count, bytes, memory_order_relaxed);
		return;
	}
	p->done += bytes;
	if (sig_progress()) {
		compose(p, line);
		wipe(p);
		dprintf(STDERR_FILENO, "%s\n", line);
	}
	now = now_ms();
	if ((passed = now - p->drawn_ms) < DRAW_MS)
		return;
	/* A mean in which the last few seconds weigh most. */
	rate = (double)(p->done - p->drawn_done) * 1000 / (double)passed;
	p->rate = p->rate > 0 ? p->rate * 0.9 + rate * 0.1 : rate;
	p->drawn_ms = now;
	p->drawn_done = p->done;
	draw(p);
}

void
progress_note(struct progress *p, const char *text)
{
	if (p != NULL)
		set_text(p->note, sizeof(p->note), text);
}

void
progress_end(struct progress *p)
{
	if (p == NULL)
		return;
	wipe(p);
	io_close(&p->terminal);
	free(p);
}

/* siantre-alert: what the commands have in common that look for themselves. */
#include "look.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/json.h"
#include "base/lock.h"
#include "base/language.h"
#include "base/sig.h"
#include "notify/moment.h"
#include "notify/state.h"

#define WAIT 60 /* seconds for another look to end */

void
look_moment(struct promise_moment *at)
{
	struct timespec up;
	ssize_t n;
	int fd;

	memset(at, 0, sizeof(*at));
	at->now = moment_now();
	at->up = -1;
	/* A clock that is made up for a test has nothing to do with that of the machine. */
	if (llabs((long long)(at->now - (int64_t)time(NULL))) > 60 ||
	    clock_gettime(CLOCK_BOOTTIME, &up) != 0)
		return;
	if ((fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)) == -1)
		return;
	n = io_read(fd, at->boot, sizeof(at->boot) - 1);
	at->boot[n > 0 ? n : 0] = '\0';
	at->boot[strcspn(at->boot, "\n")] = '\0';
	close(fd);
	at->up = (int64_t)up.tv_sec;
}

int
look_start(struct alert *a)
{
	int rc = alert_start(a);

	/* As root nothing is done here. */
	if (rc == 0 || a->own != NULL || geteuid() == 0 || config_rescue(a->name, &a->own) != 0)
		return rc;
	a->config = a->own;
	language_set(config_get(a->config, "LANGUAGE"));
	a->folder = config_get(a->config, "STATE_DIR");
	a->now = moment_now();
	return rc;
}

int
look_open(const char *folder, int *lock, struct memory **m)
{
	char *path;

	if (mkdir(folder, 0700) != 0 && errno != EEXIST) {
		warn("create %s", folder);
		return EX_CANTCREAT;
	}
	if (asprintf(&path, "%s/check.lock", folder) == -1) {
		warn("%s", folder);
		return EX_OSERR;
	}
	*lock = lock_hold(path, WAIT);
	free(path);
	if (*lock != -1)
		return memory_read(folder, m);
	if (errno == EWOULDBLOCK) {
		warnx("%s: another one is looking", folder);
		return EX_TEMPFAIL;
	}
	return sig_stop() != 0 ? 1 : EX_CANTCREAT;
}

static int
print_json(const struct promises *p)
{
	json_t *list = json_array(), *all;
	char *text;
	int rc = 0;

	for (size_t i = 0; i < p->count; i++) {
		const struct promise *x = &p->list[i];

		json_array_append_new(
		    list, json_pack("{s:o*, s:s, s:s, s:s, s:o}", "host",
			      *x->host != '\0' ? json_text(x->host) : NULL, "job", x->job,
			      "what", x->what, "status", promise_word(x->state), "message",
			      json_text(x->message)));
	}
	all = json_pack("{s:o}", "promises", list);
	/* NULL too where there was no memory for a part of it. */
	if ((text = json_format(all, JSON_INDENT(1))) == NULL) {
		warn("promises");
		rc = EX_OSERR;
	} else if (puts(text) == EOF) {
		rc = io_write_exit();
	}
	free(text);
	json_decref(all);
	return rc;
}

/* What is not well, and where asked for what is. */
static void
print(const struct alert *a, const struct promises *p)
{
	size_t bad = 0;

	for (size_t i = 0; i < p->count; i++) {
		const struct promise *x = &p->list[i];
		bool well = x->state == PROMISE_KEPT || x->state == PROMISE_UNKNOWN;

		bad += !well;
		if (!well || a->verbose)
			printf("%-8s%s\n", promise_word(x->state), x->message);
	}
	if (bad == 0)
		printf("all is well\n");
}

int
look_tell(struct alert *a, const struct promise_moment *at, bool partial,
    const struct promises *p, struct memory *m)
{
	struct news n = {.mark = a->mark, .now = at->now, .partial = partial};
	struct state *s = NULL;
	char *missed = NULL;
	size_t len = 0;
	int rc = 0, got;

	if (a->json)
		rc = print_json(p);
	else if (!a->quiet && !a->dry)
		print(a, p);
	if (a->dry)
		n.out = a->json ? NULL : stdout;
	else {
		n.journal = config_journal(a->config);
		n.missed = open_memstream(&missed, &len);
	}
	if (state_read(a->folder, &s) == 0)
		n.known = state_incidents(s);
	if ((got = news_tell(&n, p, m)) != 0)
		rc = got;
	state_close(s);
	if (n.missed != NULL && fclose(n.missed) != 0)
		len = 0;
	if (a->dry)
		return rc;
	/* A journal that cannot be written, on a full disk, keeps nothing from being told. */
	if (len > 0)
		(void)alert_tell(a->config, a->queue, missed, len);
	free(missed);
	/* What could not be remembered is told again: rather twice than never. */
	if (memory_write(m) != 0)
		rc = EX_IOERR;
	got = alert_deliver(a->config, a->queue);
	/* Whom it is told to is no part of the look: the flush that sends says what is wrong there. */
	if (a->queue && got == EX_CONFIG)
		got = 0;
	return rc != 0 ? rc : got;
}

#include "report/kept.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#define TEXTS 6

int
kept_take(struct kept *k, const struct event *e, int64_t when)
{
	const char *const from[TEXTS] = {
	    e->job, e->event, e->status, e->set, e->what, e->message};
	const char **const to[TEXTS] = {&k->run.job, &k->run.event, &k->run.status, &k->run.set,
	    &k->run.what, &k->run.message};
	size_t lengths[TEXTS] = {0}, need = 0;
	char *at;

	for (size_t i = 0; i < TEXTS; i++) {
		lengths[i] = from[i] != NULL ? strlen(from[i]) + 1 : 0;
		need += lengths[i];
	}
	if (need > k->size) {
		free(k->texts);
		k->size = 0;
		/* Rounded up, so that a few bytes more do not ask again. */
		need = (need + 511) & ~(size_t)511;
		if ((k->texts = malloc(need)) == NULL) {
			warn("history");
			return -1;
		}
		k->size = need;
	}
	at = k->texts;
	for (size_t i = 0; i < TEXTS; i++) {
		*to[i] = from[i] != NULL ? at : NULL;
		if (from[i] != NULL)
			memcpy(at, from[i], lengths[i]);
		at += lengths[i];
	}
	memcpy(k->run.time, e->time, sizeof(k->run.time));
	k->run.when = when;
	k->run.exit = e->exit;
	k->run.seconds = e->seconds;
	k->run.bytes = e->bytes;
	return 0;
}

void
kept_free(struct kept *k)
{
	free(k->texts);
	k->texts = NULL;
	k->size = 0;
}

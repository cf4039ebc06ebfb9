#include "set/setlist.h"

#include <err.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/plain.h"
#include "base/sig.h"
#include "set/setname.h"

#define LINE 4096 /* a longer one is passed over */

struct setlist {
	struct retention_set *sets; /* the texts of each are one allocation, its name */
	size_t count;
	size_t room;
	bool bare;
};

/* Append a set; ${name} and ${job} are ${*s}'s.  Return it, or NULL. */
static struct retention_set *
append(struct setlist *l, const char *name, size_t len, const char *job, size_t job_len)
{
	struct retention_set *list, *s;
	size_t room;
	char *text;

	if (l->count == l->room) {
		room = l->room == 0 ? 1024 : l->room * 2;
		if ((list = reallocarray(l->sets, room, sizeof(*list))) == NULL)
			return NULL;
		l->sets = list;
		l->room = room;
	}
	if ((text = malloc(len + job_len + 2)) == NULL)
		return NULL;
	memcpy(text, name, len);
	text[len] = '\0';
	memcpy(text + len + 1, job, job_len);
	text[len + 1 + job_len] = '\0';
	s = &l->sets[l->count++];
	*s = (struct retention_set){.name = text, .job = text + len + 1};
	return s;
}

/* Take the line ${text}, the ${number}th.  Return 0, or an exit code after reporting. */
static int
take(struct setlist *l, char *text, uintmax_t number, FILE *passed)
{
	char *job = strchr(text, '\t'), *state = NULL;
	struct retention_set *s;
	size_t len;

	if (job != NULL) {
		*job++ = '\0';
		if ((state = strchr(job, '\t')) != NULL)
			*state++ = '\0';
	}
	len = strlen(text);
	while (len > 1 && text[len - 1] == '/')
		text[--len] = '\0';
	if (setname_read(basename(text), NULL) != 0) {
		if (passed != NULL && *text != '\0')
			fprintf(passed, "pass %s\n", plain_text(text));
		return 0;
	}
	if (job != NULL &&
	    (*job == '\0' || state == NULL ||
		(strcmp(state, "verified") != 0 && strcmp(state, "unverified") != 0))) {
		warnx(
		    "line %ju: %s: not NAME, or NAME, JOB and verified or unverified with tabs "
		    "between",
		    number, plain_text(text));
		return EX_DATAERR;
	}
	if (job != NULL)
		s = append(l, text, len, job, strlen(job));
	else
		s = append(l, text, len, text, (size_t)(basename(text) - text));
	if (s == NULL) {
		warn("list of sets");
		return EX_OSERR;
	}
	s->bare = job == NULL;
	s->verified = job == NULL || strcmp(state, "verified") == 0;
	l->bare |= s->bare;
	return 0;
}

/* A line that cannot be about a set: too long, or with a NUL in it. */
static int
pass(char *text, FILE *passed)
{
	if (passed != NULL)
		fprintf(passed, "pass %s...\n", plain_text(text));
	return 0;
}

int
setlist_read(FILE *in, int end, FILE *passed, struct setlist **out)
{
	struct setlist *l = calloc(1, sizeof(*l));
	uintmax_t number = 1;
	char line[LINE];
	bool odd = false;
	size_t n = 0;
	int c, rc = 0;

	*out = NULL;
	if (l == NULL) {
		warn("list of sets");
		return EX_OSERR;
	}
	do {
		c = getc_unlocked(in);
		if (c != end && c != EOF) {
			odd |= c == '\0' || n == sizeof(line) - 1;
			if (n < sizeof(line) - 1)
				line[n++] = (char)c;
		} else if (n > 0 || c == end) {
			line[n] = '\0';
			rc = odd ? pass(line, passed) : take(l, line, number, passed);
			number++;
			n = 0;
			odd = false;
		}
	} while (rc == 0 && c != EOF && sig_stop() == 0);
	/* What is missing may be the newest. */
	if (rc == 0 && ferror(in) && sig_stop() == 0) {
		warn("read stdin");
		rc = EX_IOERR;
	}
	if (rc == 0 && sig_stop() != 0)
		rc = 1;
	if (rc == 0) {
		*out = l;
		l = NULL;
	}
	setlist_free(l);
	return rc;
}

struct retention_set *
setlist_sets(struct setlist *l, size_t *count)
{
	*count = l->count;
	return l->sets;
}

bool
setlist_bare(const struct setlist *l)
{
	return l->bare;
}

void
setlist_free(struct setlist *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < l->count; i++)
		free((void *)(uintptr_t)l->sets[i].name);
	free(l->sets);
	free(l);
}

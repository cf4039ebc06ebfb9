#include "report/copies.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "set/remote.h"
#include "set/sets.h"
#include "ship/accepted.h"
#include "ship/place.h"
#include "ship/proven.h"

#define PLACES 16

struct copies {
	struct copies_place places[PLACES];
	size_t n;
};

/* One place, as long as it is looked at. */
struct view {
	char *state;
	char *mirror;
	struct sets *sets; /* NULL: none */
	struct accepted *accepted;
	struct proven *proven;
};

static void
close_view(struct view *v)
{
	free(v->state);
	free(v->mirror);
	sets_free(v->sets);
	accepted_free(v->accepted);
	proven_free(v->proven);
}

static bool
has(const char *folder, const char *name, struct stat *st)
{
	char *path;
	bool yes;

	if (asprintf(&path, "%s/%s", folder, name) == -1)
		return false;
	yes = stat(path, st) == 0;
	free(path);
	return yes;
}

/* The name of the ${i}th set as the state of a place has it; ${buf} has 32 bytes. */
static const char *
shipped_name(const struct sets *s, size_t i, char buf[32])
{
	snprintf(buf, 32, "%s%s", sets_full(s, i) ? "full/" : "", sets_name(s, i));
	return buf;
}

/* Open what is known of the destination ${r}.  Return 0, or -1 where that is nothing. */
static int
open_view(struct view *v, const char *folder, const struct remote *r)
{
	struct stat st;
	char *path = NULL;
	int rc = -1;

	if ((v->state = place_state(folder, r)) == NULL) {
		warn("%s", r->text);
		goto out;
	}
	/* A folder of this machine shows what is in it, also before the first run. */
	if (r->kind != REMOTE_FOLDER && stat(v->state, &st) != 0)
		goto out;
	if (r->kind == REMOTE_FOLDER)
		v->mirror = strdup(r->path);
	else if (asprintf(&v->mirror, "%s/mirror", v->state) == -1)
		v->mirror = NULL;
	/* Where the disk is not mounted, nothing can be seen of what lies on it. */
	if (v->mirror == NULL || !has(v->mirror, "README.txt", &st) ||
	    sets_list(v->mirror, &v->sets) != 0 || proven_read(v->state, &v->proven) != 0)
		goto out;
	if (asprintf(&path, "%s/%s", v->mirror, ACCEPTED_NAME) == -1) {
		path = NULL;
		goto out;
	}
	if (accepted_read(path, &v->accepted) != 0)
		v->accepted = NULL;
	rc = 0;
out:
	free(path);
	return rc;
}

/* Note that ${name} is there. */
static void
count(struct copies_place *p, const struct view *v, const char *name)
{
	const char *base = basename(name);
	int64_t when = proven_when(v->proven, name), began;

	p->sets++;
	/* How fresh a place is, only what is whole can say. */
	if (proven_failed(v->proven, name)) {
		p->damaged++;
		return;
	}
	if (when > p->proven)
		p->proven = when;
	if (strcmp(base, basename(p->newest)) > 0 && sets_time(base, &began) == 0) {
		strlcpy(p->newest, name, sizeof(p->newest));
		p->newest_when = began;
	}
}

/* Whether the set ${name} is in the destination's folder, whole. */
static bool
in_folder(const struct view *v, const char *name)
{
	char sums[64];
	struct stat st;

	snprintf(sums, sizeof(sums), "%s/SHA256SUMS", name);
	return has(v->mirror, sums, &st);
}

static bool
is_there(const struct view *v, const char *name)
{
	return (v->accepted != NULL && accepted_find(v->accepted, name) != NULL) ||
	       in_folder(v, name);
}

static void
look(struct copies_place *p, const struct view *v, const struct due *due, int64_t now)
{
	struct stat st;
	const char *name;
	char buf[32];
	int64_t began;

	p->known = true;
	if (has(v->state, "clean", &st) || has(v->state, "proven.json", &st))
		p->looked = (int64_t)st.st_mtime;
	for (size_t i = 0; i < sets_count(v->sets); i++) {
		name = shipped_name(v->sets, i, buf);
		if (in_folder(v, name))
			count(p, v, name);
	}
	for (size_t i = 0; v->accepted != NULL && (name = accepted_set(v->accepted, i)) != NULL;
	     i++)
		if (!in_folder(v, name))
			count(p, v, name);
	for (size_t i = 0; (name = due_name(due, i, &began)) != NULL; i++) {
		if (is_there(v, name))
			continue;
		p->missing++;
		/* They come the newest first. */
		if (now > began)
			p->behind = now - began;
	}
}

static int
add_place(
    struct copies *c, const char *text, const char *folder, const struct due *due, int64_t now)
{
	struct copies_place *p = &c->places[c->n];
	struct remote *r = NULL;
	struct view v = {0};
	int rc = -1;

	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->places[i].place, text) == 0)
			return 0; /* named twice, it is one place all the same */
	if (c->n == PLACES || remote_parse(text, &r) != 0)
		return 0; /* reported, and check-config has more words for it */
	if ((p->place = strdup(text)) == NULL) {
		warn("copies");
		goto out;
	}
	c->n++;
	if (open_view(&v, folder, r) == 0)
		look(p, &v, due, now);
	rc = 0;
out:
	close_view(&v);
	remote_free(r);
	return rc;
}

int
copies_read(
    const struct config *config, const struct due *due, int64_t now, struct copies **out)
{
	struct copies *c = calloc(1, sizeof(*c));
	char *places = strdup(config_get(config, "SHIP_TO")), *at = places, *place;
	char *folder = NULL;
	int rc = -1;

	*out = NULL;
	if (asprintf(&folder, "%s/ship", config_get(config, "STATE_DIR")) == -1)
		folder = NULL;
	if (c == NULL || places == NULL || folder == NULL) {
		warn("copies");
		goto out;
	}
	while ((place = strsep(&at, " \t")) != NULL)
		if (*place != '\0' && add_place(c, place, folder, due, now) != 0)
			goto out;
	*out = c;
	c = NULL;
	rc = 0;
out:
	free(folder);
	free(places);
	copies_free(c);
	return rc;
}

const struct copies_place *
copies_place(const struct copies *c, size_t i)
{
	return c != NULL && i < c->n ? &c->places[i] : NULL;
}

void
copies_free(struct copies *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->n; i++)
		free(c->places[i].place);
	free(c);
}

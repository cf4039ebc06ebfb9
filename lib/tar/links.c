#include "tar/links.h"

#include <err.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

struct links {
	void *tree; /* tsearch's */
};

struct link {
	dev_t dev;
	ino_t ino;
	off_t size;
	struct timespec changed;
	char path[];
};

static int
by_inode(const void *a, const void *b)
{
	const struct link *x = a, *y = b;

	if (x->dev != y->dev)
		return x->dev < y->dev ? -1 : 1;
	return x->ino < y->ino ? -1 : x->ino > y->ino;
}

struct links *
links_new(void)
{
	struct links *l = calloc(1, sizeof(*l));

	if (l == NULL)
		warn(NULL);
	return l;
}

const char *
links_find(const struct links *l, const struct stat *st)
{
	struct link key = {.dev = st->st_dev, .ino = st->st_ino};
	struct link *const *found = tfind(&key, &l->tree, by_inode);

	if (found == NULL || (*found)->size != st->st_size ||
	    (*found)->changed.tv_sec != st->st_mtim.tv_sec ||
	    (*found)->changed.tv_nsec != st->st_mtim.tv_nsec)
		return NULL;
	return (*found)->path;
}

void
links_add(struct links *l, const struct stat *st, const char *path)
{
	size_t len = strlen(path) + 1;
	struct link *link = malloc(sizeof(*link) + len), **found, *old;

	if (link == NULL)
		return;
	link->dev = st->st_dev;
	link->ino = st->st_ino;
	link->size = st->st_size;
	link->changed = st->st_mtim;
	memcpy(link->path, path, len);
	found = tsearch(link, &l->tree, by_inode);
	if (found == NULL)
		free(link);
	else if (*found != link) {
		old = *found;
		*found = link;
		free(old);
	}
}

void
links_free(struct links *l)
{
	if (l == NULL)
		return;
	tdestroy(l->tree, free);
	free(l);
}

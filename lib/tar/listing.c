#include "tar/listing.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ENTRIES_SIZE (32 << 10) /* what the kernel fills at once */

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int
listing_read(int fd, struct listing *l)
{
	_Alignas(struct dirent64) char entries[ENTRIES_SIZE];
	const struct dirent64 *entry;
	ssize_t len;
	int error = 0;
	char *text;

	*l = (struct listing){0};
	while ((len = getdents64(fd, entries, sizeof(entries))) > 0)
		for (ssize_t at = 0; at < len; at += entry->d_reclen) {
			entry = (const struct dirent64 *)(const void *)(entries + at);
			if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
				continue;
			buf_add(&l->text, &entry->d_type, 1);
			buf_add(&l->text, entry->d_name, strlen(entry->d_name) + 1);
			l->n++;
		}
	if (len == -1)
		error = errno;
	if (l->n == 0)
		goto out;
	if (l->text.failed || (l->list = calloc(l->n, sizeof(*l->list))) == NULL) {
		l->n = 0;
		error = ENOMEM;
		goto out;
	}
	text = l->text.data;
	for (size_t i = 0; i < l->n; i++) {
		l->list[i] = text + 1;
		text += 1 + strlen(text + 1) + 1;
	}
	qsort(l->list, l->n, sizeof(*l->list), by_bytes);
out:
	errno = error;
	return error == 0 ? 0 : -1;
}

void
listing_free(struct listing *l)
{
	free(l->list);
	buf_free(&l->text);
	*l = (struct listing){0};
}

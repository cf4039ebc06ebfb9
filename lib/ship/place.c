#include "ship/place.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "ship/far.h"

#define TOLD 40 /* characters of the destination's own name */

/* What the state of ${remote} goes by, for the caller to free, or NULL. */
static char *
key_of(const struct remote *remote)
{
	char *key = NULL, *path = NULL, *mark = NULL;
	struct stat st;

	if (remote->kind != REMOTE_FOLDER || (path = realpath(remote->path, NULL)) == NULL)
		return strdup(remote->text);
	if (asprintf(&mark, "%s/" FAR_MARK, path) == -1)
		mark = NULL;
	else if (stat(mark, &st) != 0)
		key = strdup(path);
	else if (asprintf(&key, "%s %jd.%09ld", path, (intmax_t)st.st_mtim.tv_sec,
		     st.st_mtim.tv_nsec) == -1)
		key = NULL;
	free(mark);
	free(path);
	return key;
}

char *
place_state(const char *folder, const struct remote *remote)
{
	char name[TOLD + 1], hex[HASH_HEX], *key = key_of(remote), *path = NULL;
	size_t len;

	if (key == NULL)
		return NULL;
	for (len = 0; len < TOLD && key[len] != '\0'; len++)
		name[len] = isalnum((unsigned char)key[len]) ? key[len] : '_';
	name[len] = '\0';
	hash_bytes(key, strlen(key), hex);
	if (asprintf(&path, "%s/%s-%.8s", folder, name, hex) == -1)
		path = NULL;
	free(key);
	return path;
}

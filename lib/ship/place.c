#include "ship/place.h"

#include <ctype.h>
#include <err.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"

#define TOLD 40 /* characters of the destination's own name */

char *
place_state(const char *folder, const char *text)
{
	char name[TOLD + 1], hex[HASH_HEX], *path;
	size_t len;

	for (len = 0; len < TOLD && text[len] != '\0'; len++)
		name[len] = isalnum((unsigned char)text[len]) ? text[len] : '_';
	name[len] = '\0';
	hash_bytes(text, strlen(text), hex);
	if (asprintf(&path, "%s/%s-%.8s", folder, name, hex) != -1)
		return path;
	warn("%s", text);
	return NULL;
}

#include "tar/climb.h"

#include <string.h>

int
climb_parts(const char *path)
{
	int n = 0;
	size_t len;

	for (; *path != '\0'; path += len) {
		path += strspn(path, "/");
		len = strcspn(path, "/");
		if (len == 2 && path[0] == '.' && path[1] == '.')
			return -1;
		n += len > 0 && !(len == 1 && path[0] == '.');
	}
	return n;
}

int
climb_to(const char *path, const char *target, const char *final)
{
	int depth = climb_parts(path) - 1;
	size_t len = strlen(final);

	if (target[0] == '/') {
		if (strncmp(target, final, len) != 0 ||
		    (target[len] != '/' && target[len] != '\0'))
			return -1;
		/* The final path is that of the topmost folder, where there is just one. */
		return climb_parts(target + len) == -1 ? -1 : 1;
	}
	for (;;) {
		if (strncmp(target, "../", 3) == 0 || strcmp(target, "..") == 0) {
			depth--;
			target += 2;
		} else if (strncmp(target, "./", 2) == 0)
			target++;
		else
			break;
		target += strspn(target, "/");
	}
	return depth < 0 || climb_parts(target) == -1 ? -1 : depth;
}

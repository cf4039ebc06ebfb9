/*
 * Exclude rules: the first line is a path, the others are patterns.  The judge is a matcher
 * that tries everything there is to try.  It is slow, so it is not shown lists with many
 * asterisks, and it knows no sets: tests/check_exclude.c has git judge those.
 */
#include "fuzz.h"

#include <stdbool.h>

#include "tar/exclude.h"

/* Whether ${p} within the pattern ${whole} fits ${t}. */
static bool
fits(const char *whole, const char *p, const char *t)
{
	size_t stars = strspn(p, "*");
	const char *next = p + stars;

	if (*p == '\0')
		return *t == '\0';
	if (stars >= 2 && (p == whole || p[-1] == '/') && *next == '\\' && next[1] == '/') {
		/* Of an escaped slash git wants the slash itself. */
		if (fits(whole, next, t))
			return true;
		for (; (t = strchr(t, '/')) != NULL; t++)
			if (fits(whole, next, t))
				return true;
		return false;
	}
	if (stars >= 2 && (p == whole || p[-1] == '/') && (*next == '\0' || *next == '/')) {
		if (*next == '\0' || fits(whole, next + 1, t))
			return true;
		while ((t = strchr(t, '/')) != NULL)
			if (fits(whole, next + 1, ++t))
				return true;
		return false;
	}
	if (stars > 0) {
		while (!fits(whole, next, t))
			if (*t == '\0' || *t++ == '/')
				return false;
		return true;
	}
	if (*p == '?')
		return *t != '\0' && *t != '/' && fits(whole, p + 1, t + 1);
	p += *p == '\\';
	return *p != '\0' && *p == *t && fits(whole, p + 1, t + 1);
}

/* Whether ${line} fits ${t}: git cuts off what stands before the first wildcard. */
static bool
fits_line(const char *line, const char *t)
{
	size_t literal = strcspn(line, "*?[\\");

	return strncmp(line, t, literal) == 0 &&
	       fits(line + literal, line + literal, t + literal);
}

/* Cut the blanks at the end of ${line} that stand behind no backslash. */
static void
trim(char *line)
{
	size_t len = strlen(line), slashes;

	for (; len > 0 && line[len - 1] == ' '; len--) {
		for (slashes = 0; slashes < len - 1 && line[len - 2 - slashes] == '\\';)
			slashes++;
		if (slashes % 2 == 1)
			break;
	}
	line[len] = '\0';
}

/* What the last of the lines ${list} that fits says. */
static bool
judge(char *list, const char *path, bool folder)
{
	const char *slash = strrchr(path, '/');
	bool out = false, back, only, name;
	char *line;

	while ((line = strsep(&list, "\n")) != NULL) {
		size_t len = strlen(line);

		if (len > 0 && line[len - 1] == '\r')
			line[len - 1] = '\0';
		if (*line == '#')
			continue;
		trim(line);
		back = *line == '!';
		line += back;
		len = strlen(line);
		only = len > 0 && line[len - 1] == '/';
		line[len - only] = '\0';
		name = strchr(line, '/') == NULL;
		line += *line == '/';
		if (*line != '\0' && (folder || !only) &&
		    fits_line(line, name && slash != NULL ? slash + 1 : path))
			out = !back;
	}
	return out;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char file[300];
	struct exclude *x = exclude_new();
	char *text = strndup((const char *)data, size), *list = text;
	char *path = list != NULL ? strsep(&list, "\n") : NULL;
	size_t stars = 0;
	bool folder, out;

	REQUIRE(x != NULL && path != NULL);
	if (list == NULL)
		list = path + strlen(path);
	fuzz_put("list", list, strlen(list));
	snprintf(file, sizeof(file), "%s/list", fuzz_folder());
	REQUIRE(exclude_file(x, file) == 0);
	folder = strlen(path) % 2 == 0;
	out = exclude_match(x, path, folder);
	for (const char *c = list; *c != '\0'; c++)
		stars += *c == '*';
	if (stars <= 5 && strchr(list, '[') == NULL && strncmp(list, "\xef\xbb\xbf", 3) != 0)
		REQUIRE(out == judge(list, path, folder));
	exclude_free(x);
	free(text);
	return 0;
}

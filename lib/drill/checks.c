#include "drill/checks.h"

#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/hint.h"
#include "base/io.h"
#include "base/plain.h"
#include "base/sig.h"
#include "drill/client.h"

#define NAME 120 /* bytes of a name that are kept */
#define MOST 200

struct checks {
	char *names[MOST];
	char *statements[MOST];
	size_t count;
};

/* ${text} without blanks at both ends, in place. */
static char *
trim(char *text)
{
	size_t len;

	text += strspn(text, " \t\r\n");
	len = strlen(text);
	while (len > 0 && isspace((unsigned char)text[len - 1]))
		text[--len] = '\0';
	return text;
}

/* Keep what has been gathered, and begin anew. */
static int
keep(struct checks *c, struct buf *statement, char name[NAME], const char *file, size_t line)
{
	const char *text = buf_string(statement);

	if (text == NULL)
		return EX_OSERR;
	if (c->count == MOST) {
		warnx("%s:%zu: more than %d checks", file, line, MOST);
		return EX_CONFIG;
	}
	c->names[c->count] = strdup(*name != '\0' ? name : text);
	c->statements[c->count] = strdup(text);
	if (c->names[c->count] == NULL || c->statements[c->count] == NULL) {
		warn("%s", file);
		free(c->names[c->count]);
		free(c->statements[c->count]);
		return EX_OSERR;
	}
	if (strlen(c->names[c->count]) >= NAME) /* a statement that is its own name */
		c->names[c->count][NAME - 1] = '\0';
	plain_text(c->names[c->count]);
	c->count++;
	buf_reset(statement, CHECKS_MAX);
	*name = '\0';
	return 0;
}

int
checks_parse(const char *text, size_t len, const char *file, struct checks **out)
{
	struct checks *c = calloc(1, sizeof(*c));
	struct buf statement = {0};
	char *copy = strndup(text, len), *rest = copy, *line, name[NAME] = "";
	size_t number = 0;
	bool ends;
	int rc = EX_CONFIG;

	*out = NULL;
	if (c == NULL || copy == NULL) {
		warn("%s", file);
		goto out;
	}
	if (memchr(text, '\0', len) != NULL) {
		warnx("%s: not a text: it holds a NUL byte", file);
		goto out;
	}
	while ((line = strsep(&rest, "\n")) != NULL) {
		number++;
		line = trim(line);
		if (strncmp(line, "--", 2) == 0 && (line[2] == '\0' || line[2] == ' ')) {
			if (statement.len == 0) /* the last comment before it counts */
				strlcpy(name, trim(line + 2), sizeof(name));
			continue;
		}
		if (*line == '\0') {
			if (statement.len == 0) /* a comment that stands alone names nothing */
				*name = '\0';
			continue;
		}
		ends = line[strlen(line) - 1] == ';';
		if (ends)
			line[strlen(line) - 1] = '\0';
		if (statement.len > 0)
			buf_text(&statement, "\n");
		buf_text(&statement, line);
		if (ends && statement.len > 0 &&
		    (rc = keep(c, &statement, name, file, number)) != 0)
			goto out;
	}
	rc = EX_CONFIG;
	if (statement.len > 0) {
		warnx("%s:%zu: the last statement does not end with a semicolon", file, number);
		goto out;
	}
	*out = c;
	c = NULL;
	rc = 0;
out:
	checks_free(c);
	buf_free(&statement);
	free(copy);
	return rc;
}

int
checks_read(const char *path, struct checks **out)
{
	struct stat st;
	char *text = NULL;
	size_t len;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC), rc = EX_CONFIG;

	*out = NULL;
	if (fd == -1 && errno == ENOENT)
		return checks_parse("", 0, path, out);
	if (fd == -1 || fstat(fd, &st) != 0) {
		warn("%s", path);
		goto out;
	}
	/* Whoever writes it runs statements, and through the client commands, as this user. */
	if (!S_ISREG(st.st_mode)) {
		warnx("%s: not a regular file", path);
	} else if (st.st_uid != 0 && st.st_uid != geteuid()) {
		warnx("%s: belongs neither to root nor to this user", path);
		hintx("chown root %s", path);
	} else if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
		warnx("%s: others may write it (mode %04o)", path, st.st_mode & 07777U);
		hintx("chmod go-w %s", path);
	} else if (io_read_file(fd, CHECKS_MAX, &text, &len) != 0) {
		warn("%s", path);
	} else {
		rc = checks_parse(text, len, path, out);
	}
out:
	free(text);
	io_close(&fd);
	return rc;
}

const char *
checks_name(const struct checks *c, size_t i)
{
	return i < c->count ? c->names[i] : NULL;
}

const char *
checks_statement(const struct checks *c, size_t i)
{
	return i < c->count ? c->statements[i] : NULL;
}

bool
checks_holds(const char *answer)
{
	size_t len = strcspn(answer, "\t\n");

	if (len == 0 || (len == 4 && strncmp(answer, "NULL", 4) == 0))
		return false;
	/* 0, 0.00, -0 */
	return strspn(answer, "+-0.") < len;
}

void
checks_run(const struct checks *c, struct protocol *p, const char *job, const char *set,
    const char *options, const char *database)
{
	char line[OUTSIDE_SAID], answer[256];

	for (size_t i = 0; i < c->count && sig_stop() == 0; i++) {
		protocol_begin(p, job, set, DRILL_DATABASE, "check: %s", c->names[i]);
		if (client_query(options, database, c->statements[i], answer, sizeof(answer),
			line) != 0) {
			protocol_end(p, DRILL_MISSED, 1, line);
			continue;
		}
		if (checks_holds(answer)) {
			answer[strcspn(answer, "\n")] = '\0';
			protocol_end(p, DRILL_OK, 0, answer);
			continue;
		}
		answer[strcspn(answer, "\n")] = '\0';
		plain_text(answer);
		snprintf(
		    line, sizeof(line), "the answer is %s", *answer != '\0' ? answer : "empty");
		warnx("check \"%s\": %s", c->names[i], line);
		protocol_end(p, DRILL_MISSED, 1, line);
	}
}

void
checks_free(struct checks *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->count; i++) {
		free(c->names[i]);
		free(c->statements[i]);
	}
	free(c);
}

#include "set/cronline.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/num.h"

#define FILE_MOST (1 << 18)
#define NAME_BYTES "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
#define BLANK " \t"
#define ENDS ";|&" /* what stands behind a command */

/* Skip ${n} words of ${text}; return what follows, or NULL where there are no more. */
static const char *
behind(const char *text, size_t n)
{
	text += strspn(text, BLANK);
	while (n-- > 0 && *text != '\0') {
		text += strcspn(text, BLANK);
		text += strspn(text, BLANK);
	}
	return *text != '\0' ? text : NULL;
}

/* The next word of the command at ${*at}, into ${word}; false at its end. */
static bool
next_word(const char **at, char *word, size_t size)
{
	const char *from = *at + strspn(*at, BLANK);
	size_t len = strcspn(from, BLANK ENDS);

	while (len > 0 && strchr("\"'", *from) != NULL) {
		from++;
		len--;
	}
	*at = from + len;
	while (len > 0 && strchr("\"'", from[len - 1]) != NULL)
		len--;
	if (len == 0 || len >= size)
		return false;
	memcpy(word, from, len);
	word[len] = '\0';
	return true;
}

static bool
among(const char *const *names, const char *name)
{
	for (; *names != NULL; names++) {
		if (strcmp(*names, name) == 0)
			return true;
	}
	return false;
}

/* Whether the arguments at ${at} are ${verb} with one of the configurations ${names}. */
static bool
fits(const char *at, const char *verb, const char *const *names)
{
	char word[512], config[512] = "", value[512];
	bool found = false;

	while (next_word(&at, word, sizeof(word))) {
		if (strcmp(word, "-c") == 0 || strcmp(word, "--config") == 0) {
			if (!next_word(&at, config, sizeof(config)))
				return false;
		} else if (strncmp(word, "--config=", 9) == 0) {
			strlcpy(config, word + 9, sizeof(config));
		} else if (strncmp(word, "-c", 2) == 0) {
			strlcpy(config, word + 2, sizeof(config));
		} else if (strcmp(word, "--jobs") == 0) {
			(void)next_word(&at, value, sizeof(value));
		} else if (*word != '-' && strspn(word, "0123456789>") == 0 && !found) {
			if (strcmp(word, verb) != 0)
				return false;
			found = true;
		}
	}
	return found && among(names, config);
}

/* Whether the command ${text} runs ${tool} so. */
static bool
runs(const char *text, const char *tool, const char *verb, const char *const *names)
{
	size_t len = strlen(tool);
	const char *at = text;

	while ((at = strstr(at, tool)) != NULL) {
		at += len;
		if (*at != '\0' && strchr(BLANK, *at) != NULL && fits(at, verb, names))
			return true;
	}
	return false;
}

static char *
word_behind(const char *text, const char *mark)
{
	const char *at = text != NULL ? strstr(text, mark) : NULL;

	if (at == NULL)
		return NULL;
	at += strlen(mark);
	return strndup(at, strcspn(at, BLANK "];"));
}

/* Let ${*out} be the ${number}th line of the file ${path}.  Return 0, or -1 after reporting. */
static int
keep(const char *path, size_t number, const char *line, const char *user, struct cronline *out)
{
	*out = (struct cronline){.number = number,
	    .path = strdup(path),
	    .text = strdup(line),
	    .user = strndup(user, strcspn(user, BLANK)),
	    .needs = word_behind(line, "-x "),
	    .guarded = strstr(line, "! -d /run/systemd/system") != NULL};
	if (out->path != NULL && out->text != NULL && out->user != NULL)
		return 0;
	warn("%s", path);
	cronline_clear(out);
	return -1;
}

/* Look through one file.  As cronline_find. */
static int
search(const char *path, const char *tool, const char *verb, const char *const *names,
    struct cronline *out)
{
	char *text = NULL, *rest, *line;
	const char *user, *command;
	size_t len, number = 0;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC), rc = 1;

	if (fd != -1 && io_read_file(fd, FILE_MOST, &text, &len) == 0) {
		rest = text;
		while (rc == 1 && (line = strsep(&rest, "\n")) != NULL) {
			number++;
			line += strspn(line, BLANK);
			if (*line == '#' || *line == '\0')
				continue;
			user = behind(line, *line == '@' ? 1 : 5);
			command = user != NULL ? behind(user, 1) : NULL;
			if (command != NULL && runs(command, tool, verb, names))
				rc = keep(path, number, line, user, out);
		}
	}
	free(text);
	io_close(&fd);
	return rc;
}

int
cronline_find(const char *folder, const char *tool, const char *verb, const char *const *names,
    struct cronline *out)
{
	struct dirent **list = NULL;
	int n = scandir(folder, &list, NULL, alphasort), rc = 1;
	char *path;

	*out = (struct cronline){0};
	for (int i = 0; i < n; i++) {
		/* cron passes over other names too: those of dpkg, of editors. */
		if (rc == 1 && list[i]->d_name[strspn(list[i]->d_name, NAME_BYTES)] == '\0') {
			if (asprintf(&path, "%s/%s", folder, list[i]->d_name) == -1)
				rc = -1;
			else {
				rc = search(path, tool, verb, names, out);
				free(path);
			}
		}
		free(list[i]);
	}
	free(list);
	return rc;
}

void
cronline_clear(struct cronline *l)
{
	free(l->path);
	free(l->text);
	free(l->user);
	free(l->needs);
	*l = (struct cronline){0};
}

/* The first line of the file ${path}, into ${buf}; whether there is one. */
static bool
first_line(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	ssize_t n = fd != -1 ? io_read(fd, buf, size - 1) : -1;

	io_close(&fd);
	buf[n > 0 ? n : 0] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	return *buf != '\0';
}

bool
cronline_daemon(const char *proc, const char *pid)
{
	char name[64], path[320];
	uint64_t number;
	const struct dirent *e;
	bool found = false;
	DIR *d;

	if (first_line(pid, name, sizeof(name)) &&
	    num_count(name, 1, INT32_MAX, &number) == 0 &&
	    (kill((pid_t)number, 0) == 0 || errno == EPERM))
		return true;
	if ((d = opendir(proc)) == NULL)
		return false;
	while (!found && (e = readdir(d)) != NULL) {
		if (num_count(e->d_name, 1, INT32_MAX, &number) != 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s/comm", proc, e->d_name);
		found = first_line(path, name, sizeof(name)) &&
			(strcmp(name, "cron") == 0 || strcmp(name, "crond") == 0);
	}
	closedir(d);
	return found;
}

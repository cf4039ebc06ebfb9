#include "set/systemctl.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/hint.h"
#include "base/io.h"
#include "base/sig.h"
#include "set/config.h"

#define OUTPUT_MAX (1 << 20)

/* What `systemctl is-system-running` says, "" where there is no systemctl. */
static const char *
system_state(char answer[64])
{
	char program[] = "systemctl", word[] = "is-system-running";
	char *const argv[] = {program, word, NULL};
	const int flags = CHILD_OUT | CHILD_GROUP | CHILD_QUIET;
	struct child c;
	ssize_t n;

	*answer = '\0';
	if (!child_exists(program) || child_start(&c, argv, NULL, NULL, flags, -1, -1) != 0)
		return answer;
	n = io_read(c.out, answer, 63);
	(void)child_finish(&c);
	answer[n > 0 ? n : 0] = '\0';
	answer[strcspn(answer, "\n")] = '\0';
	return answer;
}

bool
systemctl_running(void)
{
	char answer[64];

	system_state(answer);
	return *answer != '\0' && strcmp(answer, "offline") != 0 &&
	       strcmp(answer, "unknown") != 0;
}

bool
systemctl_mute(void)
{
	char answer[64];

	if (access("/run/systemd/system", F_OK) != 0)
		return false;
	system_state(answer);
	return *answer == '\0' || strcmp(answer, "unknown") == 0;
}

bool
systemctl_is_unit(const char *name)
{
	return *name != '\0' && *name != '-' && name[strspn(name, CONFIG_UNIT_BYTES)] == '\0';
}

int
systemctl_run(const char *verb, const char *unit)
{
	char program[] = "systemctl", *word = strdup(verb);
	char *name = unit != NULL ? strdup(unit) : NULL;
	char *const argv[] = {program, word, name, NULL};
	struct child c;
	int status = -1;

	if (word == NULL || (name == NULL && unit != NULL))
		warn("systemctl");
	else if (child_start(&c, argv, NULL, NULL, CHILD_GROUP, STDERR_FILENO, -1) == 0)
		status = child_finish(&c);
	free(word);
	free(name);
	if (status == 0)
		return 0;
	if (status > 0)
		warnx("%s%ssystemctl %s ended %d", unit != NULL ? unit : "",
		    unit != NULL ? ": " : "", verb, status);
	if (unit != NULL)
		hintx("systemctl status %s", unit);
	return 1;
}

int
systemctl_show(
    char *const *names, int (*each)(void *ctx, const struct systemctl_unit *unit), void *ctx)
{
	char program[] = "systemctl", show[] = "show", pager[] = "--no-pager", end[] = "--";
	char what[] = "--property=Id,LoadState,ActiveState";
	struct systemctl_unit unit = {"", "", ""};
	char **argv = NULL, *said = NULL, *rest, *line;
	size_t n = 0;
	int rc = 1, status;

	while (names[n] != NULL)
		n++;
	if ((argv = calloc(n + 6, sizeof(*argv))) == NULL) {
		warn("systemctl");
		return 1;
	}
	argv[0] = program;
	argv[1] = show;
	argv[2] = pager;
	argv[3] = what;
	argv[4] = end;
	memcpy(argv + 5, names, n * sizeof(*argv));
	status = child_output(argv, OUTPUT_MAX, &said);
	if (status != 0) {
		if (status > 0 && sig_stop() == 0)
			warnx("systemctl show ended %d", status);
		goto out;
	}
	/* Lines KEY=VALUE in any order, and a blank one between units. */
	rc = 0;
	rest = said;
	while (rc == 0 && rest != NULL) {
		line = strsep(&rest, "\n");
		if (strncmp(line, "Id=", 3) == 0)
			unit.id = line + 3;
		else if (strncmp(line, "LoadState=", 10) == 0)
			unit.load = line + 10;
		else if (strncmp(line, "ActiveState=", 12) == 0)
			unit.active = line + 12;
		if ((*line == '\0' || rest == NULL) && systemctl_is_unit(unit.id)) {
			rc = each(ctx, &unit);
			unit = (struct systemctl_unit){"", "", ""};
		}
	}
out:
	free(said);
	free(argv);
	return rc;
}

int
systemctl_facts(const char *unit, const char *properties, char **text)
{
	char program[] = "systemctl", show[] = "show", pager[] = "--no-pager", end[] = "--";
	char *name = strdup(unit), *what = NULL;
	const int flags = CHILD_OUT | CHILD_GROUP | CHILD_QUIET;
	struct child c;
	size_t len;
	int rc = -1;

	*text = NULL;
	if (asprintf(&what, "--property=%s", properties) == -1)
		what = NULL;
	if (name != NULL && what != NULL) {
		char *const argv[] = {program, show, pager, what, end, name, NULL};

		if (child_start(&c, argv, NULL, NULL, flags, -1, -1) == 0) {
			rc = io_read_file(c.out, OUTPUT_MAX, text, &len);
			if (child_finish(&c) != 0)
				rc = -1;
		}
	}
	if (rc != 0) {
		free(*text);
		*text = NULL;
	}
	free(what);
	free(name);
	return rc;
}

const char *
systemctl_fact(const char *text, const char *key, char *value, size_t size)
{
	size_t klen = strlen(key), len;
	const char *line = text;

	*value = '\0';
	while (line != NULL && *line != '\0') {
		len = strcspn(line, "\n");
		if (len > klen && strncmp(line, key, klen) == 0 && line[klen] == '=' &&
		    len - klen - 1 < size) {
			memcpy(value, line + klen + 1, len - klen - 1);
			value[len - klen - 1] = '\0';
			break;
		}
		line += len;
		line += *line == '\n';
	}
	return value;
}

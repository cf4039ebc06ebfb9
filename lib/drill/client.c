#include "drill/client.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/hint.h"
#include "base/io.h"

const char *
client_available(void)
{
	static const char *const names[] = {"mariadb", "mysql"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (child_exists(names[i]))
			return names[i];
	return NULL;
}

/* "ERROR 1044 (42000) at line 1: Access denied …" */
static int
judge(const char *line)
{
	static const int rights[] = {1044, 1045, 1142, 1143, 1227, 1370, 1698};
	const char *at = strstr(line, "ERROR ");
	int number = at != NULL ? atoi(at + 6) : 0;

	for (size_t i = 0; i < sizeof(rights) / sizeof(rights[0]); i++)
		if (number == rights[i])
			return EX_NOPERM;
	return number >= 2000 && number < 3000 ? EX_UNAVAILABLE : 1;
}

/* All that the client has to say, of which the beginning is kept. */
static void
take(int fd, char *answer, size_t size)
{
	char rest[4096];
	ssize_t n = io_read(fd, answer, size - 1);

	answer[n > 0 ? n : 0] = '\0';
	while (n > 0)
		n = io_read(fd, rest, sizeof(rest));
}

int
client_query(const char *options, const char *database, const char *statement, char *answer,
    size_t size, char line[OUTSIDE_SAID])
{
	char batch[] = "--batch", names[] = "--skip-column-names", execute[] = "--execute";
	char charset[] = "--default-character-set=utf8mb4", timeout[] = "--connect-timeout=20";
	char *program = NULL, *defaults = NULL, *use = NULL, *text = NULL;
	const char *error;
	struct outside o;
	int status, rc = 1;

	answer[0] = line[0] = '\0';
	if (client_available() == NULL) {
		strlcpy(line, "neither mariadb nor mysql is installed", OUTSIDE_SAID);
		warnx("%s", line);
		hintx("apt-get install mariadb-client");
		return EX_UNAVAILABLE;
	}
	program = strdup(client_available());
	text = strdup(statement);
	if (program == NULL || text == NULL ||
	    (defaults = outside_argument("--defaults-file=%s", options)) == NULL ||
	    (use = outside_argument("--database=%s", database != NULL ? database : "")) == NULL)
		goto out;
	char *const argv[] = {program, defaults, batch, names, charset, timeout, execute, text,
	    database != NULL ? use : NULL, NULL};

	if (outside_start(&o, argv, CHILD_OUT, -1, -1) != 0)
		goto out;
	take(o.child.out, answer, size);
	status = outside_end(&o, line);
	rc = status == 0 ? 0 : judge(line);
	/* It repeats the statement first. */
	if (rc != 0 && (error = strstr(line, "ERROR ")) != NULL)
		memmove(line, error, strlen(error) + 1);
out:
	free(program);
	free(defaults);
	free(use);
	free(text);
	return rc;
}

/*
 * discard OPTION-FILE DATABASE STATEMENTS...
 *
 * Open a connection a file of STATEMENTS, run its lines, take every row and throw it away: how
 * fast rows can be had at all.
 */
#include <err.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <mysql.h>

struct reader {
	pthread_t thread;
	MYSQL *m;
	const char *path;
	uint64_t rows;
};

static void
run(struct reader *r, const char *sql)
{
	MYSQL_RES *res;

	if (mysql_query(r->m, sql) != 0)
		errx(EX_DATAERR, "%s: %s: %s", r->path, sql, mysql_error(r->m));
	res = mysql_use_result(r->m);
	if (res == NULL && mysql_field_count(r->m) != 0)
		errx(EX_DATAERR, "%s: %s: %s", r->path, sql, mysql_error(r->m));
	while (res != NULL && mysql_fetch_row(res) != NULL)
		r->rows++;
	if (mysql_errno(r->m) != 0)
		errx(EX_DATAERR, "%s: %s: %s", r->path, sql, mysql_error(r->m));
	mysql_free_result(res);
}

static void *
read_all(void *arg)
{
	struct reader *r = arg;
	FILE *f = fopen(r->path, "r");
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	if (f == NULL)
		err(EX_NOINPUT, "%s", r->path);
	mysql_thread_init();
	while ((len = getline(&line, &size, f)) > 0) {
		line[len - 1] = '\0';
		run(r, line);
	}
	mysql_thread_end();
	free(line);
	fclose(f);
	return NULL;
}

int
main(int argc, char **argv)
{
	struct reader *readers;
	uint64_t rows = 0;
	int n = argc - 3;

	if (n < 1)
		errx(EX_USAGE, "usage: discard OPTION-FILE DATABASE STATEMENTS ...");
	readers = calloc((size_t)n, sizeof(*readers));
	if (readers == NULL || mysql_library_init(0, NULL, NULL) != 0)
		err(EX_OSERR, "discard");
	for (int i = 0; i < n; i++) {
		struct reader *r = &readers[i];

		r->path = argv[i + 3];
		r->m = mysql_init(NULL);
		if (r->m == NULL)
			err(EX_OSERR, "discard");
		mysql_optionsv(r->m, MYSQL_READ_DEFAULT_FILE, argv[1]);
		mysql_optionsv(r->m, MYSQL_READ_DEFAULT_GROUP, "client");
		mysql_optionsv(r->m, MYSQL_SET_CHARSET_NAME, "utf8mb4");
		mysql_optionsv(r->m, MYSQL_INIT_COMMAND, "SET time_zone = '+00:00'");
		if (mysql_real_connect(r->m, NULL, NULL, NULL, argv[2], 0, NULL, 0) == NULL)
			errx(EX_UNAVAILABLE, "%s", mysql_error(r->m));
		if (pthread_create(&r->thread, NULL, read_all, r) != 0)
			errx(EX_OSERR, "no thread");
	}
	for (int i = 0; i < n; i++) {
		pthread_join(readers[i].thread, NULL);
		rows += readers[i].rows;
		mysql_close(readers[i].m);
	}
	mysql_library_end();
	free(readers);
	printf("%ju\n", (uintmax_t)rows);
	return 0;
}

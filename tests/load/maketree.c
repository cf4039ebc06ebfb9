/*
 * maketree DIR FILES
 *
 * Make in DIR, which must not exist, an application's tree of FILES small files, fast: 250 in a
 * folder, 40 folders in each of those above, a fifth of all below storage/.  Of a hundred files 85
 * are empty, 12 have up to 120 bytes, 3 up to 6,000.  The same FILES gives the same tree, with a .env besides.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#define IN_FOLDER 250
#define IN_BRANCH 40 /* folders in one above */

static const char *const words[] = {"queue", "ticket", "counter", "service", "payment", "customer",
    "display", "printer", "branch", "officer", "schedule", "report", "session", "request"};
#define WORDS (sizeof(words) / sizeof(words[0]))

static uint64_t
next(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

/* Words that compress as sources do. */
static size_t
text(char *buf, size_t want, uint64_t *state)
{
	size_t len = 0;

	while (len < want) {
		uint64_t r = next(state);

		len += (size_t)snprintf(buf + len, 40, "$%s->%s(%u);\n", words[r % WORDS],
		    words[(r >> 8) % WORDS], (unsigned)(r >> 48) % 1000);
	}
	return want;
}

static void
make_file(int dir, uint64_t n, uint64_t *state)
{
	static char buf[6100];
	char name[64];
	uint64_t r = next(state), kind = r % 100;
	size_t len = kind < 85 ? 0 : kind < 97 ? 1 + (r >> 8) % 120 : 1 + (r >> 8) % 6000;
	int fd;

	snprintf(name, sizeof(name), "%s-%012jx.php", words[(r >> 32) % WORDS], (uintmax_t)n);
	fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL, 0644);
	if (fd == -1)
		err(EX_CANTCREAT, "%s", name);
	if (len > 0 && write(fd, buf, text(buf, len, state)) != (ssize_t)len)
		err(EX_IOERR, "write %s", name);
	close(fd);
}

static void
make_folders(char *path)
{
	for (char *p = path; (p = strchr(p + 1, '/')) != NULL; *p = '/') {
		*p = '\0';
		if (mkdir(path, 0755) == -1 && errno != EEXIST)
			err(EX_CANTCREAT, "%s", path);
	}
	if (mkdir(path, 0755) == -1)
		err(EX_CANTCREAT, "%s", path);
}

int
main(int argc, char **argv)
{
	uint64_t state = 5, files, n;
	char path[128];
	int dir = -1, fd;

	if (argc != 3 || (files = strtoull(argv[2], NULL, 10)) == 0)
		errx(EX_USAGE, "usage: maketree DIR FILES");
	if (mkdir(argv[1], 0755) == -1 || chdir(argv[1]) == -1)
		err(EX_CANTCREAT, "%s", argv[1]);
	for (n = 0; n < files; n++) {
		if (n % IN_FOLDER == 0) {
			uint64_t folder = n / IN_FOLDER, branch = folder / IN_BRANCH;

			snprintf(path, sizeof(path), "%s/%s-%03ju/%s-%03ju/%s-%02ju",
			    folder % 5 == 0 ? "storage/app" : "vendor", words[branch / 50 % WORDS],
			    (uintmax_t)branch / 50, words[branch % WORDS], (uintmax_t)branch,
			    words[folder % WORDS], (uintmax_t)folder % IN_BRANCH);
			if (dir != -1)
				close(dir);
			make_folders(path);
			dir = open(path, O_RDONLY | O_DIRECTORY);
			if (dir == -1)
				err(EX_CANTCREAT, "%s", path);
		}
		make_file(dir, n, &state);
	}
	fd = open(".env", O_WRONLY | O_CREAT | O_EXCL, 0640);
	if (fd == -1 || dprintf(fd, "APP_NAME=SiAntre\nDB_CONNECTION=mysql\n") < 0)
		err(EX_CANTCREAT, ".env");
	return 0;
}

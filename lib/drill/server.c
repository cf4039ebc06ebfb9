#include "drill/server.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/child.h"
#include "base/hint.h"
#include "base/io.h"
#include "base/plain.h"
#include "base/sig.h"
#include "drill/outside.h"

#define WAIT_S 120 /* for its first answer: a busy disk takes its time */
#define SERVER_ITSELF ((uint64_t)192 << 20) /* what it takes beside its buffer pool */
#define SAID 8192                           /* bytes of its log that are looked at … */
#define SAID_LINES 8 /* … and lines of it that are shown where it fails */

static const char daemon_name[] = "mariadbd", installer[] = "mariadb-install-db";

struct server {
	struct child child;
	char *options;
	char *socket;
	char *log;
	char version[64];
};

bool
server_available(void)
{
	return child_exists(daemon_name) && child_exists(installer);
}

/*
 * We may read every file of this machine; a server that is fed with dumps need not.  Return
 * whether that has to be put back with ${keep} = true.
 */
static bool
reader(bool keep)
{
	if (!keep &&
	    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_DAC_READ_SEARCH, 0, 0) != 1)
		return false;
	return prctl(PR_CAP_AMBIENT, keep ? PR_CAP_AMBIENT_RAISE : PR_CAP_AMBIENT_LOWER,
		   CAP_DAC_READ_SEARCH, 0, 0) == 0;
}

/* The last lines of its log, on stderr. */
static void
show_log(const struct server *s)
{
	char text[SAID], *rest = text, *line, *lines[SAID_LINES] = {NULL};
	struct stat st;
	size_t count = 0;
	ssize_t n = -1;
	int fd = open(s->log, O_RDONLY | O_CLOEXEC);

	if (fd != -1 && fstat(fd, &st) == 0 &&
	    (st.st_size < (off_t)sizeof(text) ||
		lseek(fd, 1 - (off_t)sizeof(text), SEEK_END) > 0))
		n = io_read(fd, text, sizeof(text) - 1);
	io_close(&fd);
	text[n > 0 ? n : 0] = '\0';
	while ((line = strsep(&rest, "\n")) != NULL) {
		plain_text(line);
		if (*line != '\0')
			lines[count++ % SAID_LINES] = line;
	}
	for (size_t i = count > SAID_LINES ? count - SAID_LINES : 0; i < count; i++)
		fprintf(stderr, "%s: %s\n", daemon_name, lines[i % SAID_LINES]);
}

/* Make ${folder}/data.  Return 0, or the exit code after reporting. */
static int
install(const char *folder)
{
	char line[OUTSIDE_SAID], *datadir = NULL, *program = strdup(installer);
	char options[] = "--no-defaults", test[] = "--skip-test-db";
	char names[] = "--skip-name-resolve",
	     plain[] = "--auth-root-authentication-method=normal";
	int rc = EX_OSERR;

	if (asprintf(&datadir, "--datadir=%s/data", folder) == -1) {
		datadir = NULL;
		warn("%s", installer);
	} else if (program != NULL) {
		char *const argv[] = {program, options, datadir, plain, test, names, NULL};

		rc = outside_run(argv, -1, line) == 0 ? 0 : EX_UNAVAILABLE;
	}
	free(program);
	free(datadir);
	return sig_stop() != 0 ? 1 : rc;
}

/* The first words of a server: its protocol, 10, and its version. */
static int
greeted(struct server *s)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const struct timeval patience = {.tv_sec = 5};
	char hello[128] = "";
	ssize_t n = -1;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strlcpy(address.sun_path, s->socket, sizeof(address.sun_path));
	if (fd != -1 &&
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) == 0 &&
	    connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
		n = io_read_some(fd, hello, sizeof(hello) - 1);
	io_close(&fd);
	if (n < 6 || hello[4] != 10)
		return -1;
	hello[n] = '\0';
	/* What MariaDB put in front for clients of MySQL. */
	strlcpy(s->version, hello + 5 + (strncmp(hello + 5, "5.5.5-", 6) == 0 ? 6 : 0),
	    sizeof(s->version));
	plain_text(s->version);
	return 0;
}

static int
wait_for(struct server *s)
{
	const struct timespec pause = {.tv_nsec = 100 * 1000 * 1000};
	siginfo_t info;

	for (int i = 0; i < WAIT_S * 10; i++) {
		if (sig_stop() != 0)
			return 1;
		if (greeted(s) == 0)
			return 0;
		info.si_pid = 0;
		if (waitid(P_PID, (id_t)s->child.pid, &info, WEXITED | WNOHANG | WNOWAIT) ==
			0 &&
		    info.si_pid != 0) {
			warnx("%s: the private server ended before it answered", s->log);
			show_log(s);
			return EX_UNAVAILABLE;
		}
		nanosleep(&pause, NULL);
	}
	warnx("%s: the private server did not answer within %d s", s->log, WAIT_S);
	show_log(s);
	return EX_UNAVAILABLE;
}

/* What is put together for one call. */
struct arguments {
	char *list[32]; /* NULL ends it */
	size_t count;
	bool bad;
};

static void __attribute__((format(printf, 2, 3)))
add(struct arguments *a, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&a->list[a->count], format, ap) == -1) {
		a->list[a->count] = NULL;
		a->bad = true;
	} else {
		a->count++;
	}
	va_end(ap);
}

/*
 * Durable and checked as a server is by default: what is measured shall be what a recovery
 * takes.  Caches that a restore has no use for are small, so that the memory goes to InnoDB.
 */
static int
run(struct server *s, const char *folder, uint64_t memory)
{
	static const char *const fixed[] = {"--no-defaults", "--skip-networking",
	    "--skip-name-resolve", "--event-scheduler=OFF", "--local-infile=ON",
	    "--skip-log-bin", "--skip-slave-start", "--performance-schema=OFF",
	    "--max-connections=100", "--key-buffer-size=8M", "--aria-pagecache-buffer-size=16M",
	    "--query-cache-size=0", "--max-allowed-packet=1G", "--character-set-server=utf8mb4",
	    "--collation-server=utf8mb4_unicode_ci"};
	const struct rlimit cap = {.rlim_cur = memory, .rlim_max = memory};
	struct arguments a = {0};
	bool was_reader;
	int rc = -1;

	add(&a, "%s", daemon_name);
	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		add(&a, "%s", fixed[i]);
	add(&a, "--datadir=%s/data", folder);
	add(&a, "--tmpdir=%s/tmp", folder);
	add(&a, "--secure-file-priv=%s/tmp", folder);
	add(&a, "--pid-file=%s/pid", folder);
	add(&a, "--socket=%s", s->socket);
	add(&a, "--log-error=%s", s->log);
	add(&a, "--innodb-buffer-pool-size=%ju", (uintmax_t)(memory - SERVER_ITSELF) / 2);
	if (a.bad) {
		warn("%s", daemon_name);
		goto out;
	}
	was_reader = reader(false);
	rc = child_start(&s->child, a.list, NULL, folder, CHILD_GROUP | CHILD_QUIET, -1, -1);
	if (was_reader)
		reader(true);
	if (rc == 0 && prlimit(s->child.pid, RLIMIT_DATA, &cap, NULL) != 0)
		warn("warning: bound the memory of the private server");
out:
	for (size_t i = 0; i < a.count; i++)
		free(a.list[i]);
	return rc;
}

int
server_start(const char *folder, uint64_t memory, struct server **out)
{
	struct server *s = calloc(1, sizeof(*s));
	struct sockaddr_un address;
	char *text = NULL;
	bool was_reader;
	int rc = EX_OSERR;

	*out = NULL;
	if (s == NULL) {
		warn("private server");
		return EX_OSERR;
	}
	s->child = (struct child){.pid = -1, .in = -1, .out = -1};
	if ((s->options = outside_argument("%s/root.cnf", folder)) == NULL ||
	    (s->socket = outside_argument("%s/sock", folder)) == NULL ||
	    (s->log = outside_argument("%s/server.log", folder)) == NULL ||
	    (text = outside_argument("[client]\nsocket=\"%s\"\nuser=root\n", s->socket)) ==
		NULL)
		goto out;
	if (strlen(s->socket) >= sizeof(address.sun_path)) {
		warnx("%s: too long for a socket (%zu bytes at most)", s->socket,
		    sizeof(address.sun_path) - 1);
		hintx("set DRILL_DIR to a folder with a shorter path");
		rc = EX_CANTCREAT;
		goto out;
	}
	if (atomic_write(s->options, 0600, text, strlen(text)) != 0) {
		rc = EX_CANTCREAT;
		goto out;
	}
	was_reader = reader(false);
	rc = install(folder);
	if (was_reader)
		reader(true);
	if (rc != 0)
		goto out;
	rc = run(s, folder, memory) == 0 ? wait_for(s) : EX_UNAVAILABLE;
	if (rc == 0) {
		*out = s;
		s = NULL;
	}
out:
	free(text);
	server_stop(s);
	return rc;
}

const char *
server_options(const struct server *s)
{
	return s->options;
}

const char *
server_version(const struct server *s)
{
	return s->version;
}

void
server_stop(struct server *s)
{
	if (s == NULL)
		return;
	/* Nothing in it is worth an orderly end. */
	if (s->child.pid > 0) {
		kill(-s->child.pid, SIGKILL);
		child_wait(&s->child);
	}
	free(s->options);
	free(s->socket);
	free(s->log);
	free(s);
}

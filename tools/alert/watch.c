/* siantre-alert watch: the sets that others have sent here. */
#include <err.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "base/num.h"
#include "look.h"
#include "notify/watch.h"
#include "set/job.h"

const char alert_watch_help[] =
    "\n"
    "watch looks at the sets that other machines have sent. DEST is a folder with those of "
    "one\n"
    "host, a folder of such folders, or what siantre-ship can reach.\n"
    "      --hosts FILE|NAMES  hosts that must be there: one a line, or with commas between\n"
    "      --jobs NAMES        jobs that each host has (db,files); full once it was seen\n"
    "      --rpo TIME          how old the newest set may be (24h; full: a week at least)\n"
    "      --grace TIME        and how much later it may come (2h)\n"
    "      --deep              read every byte of the newest sets\n"
    "      --state DIR         what is remembered (STATE_DIR/alert-watch)\n"
    "      --forget HOST       that host is no more\n";

enum {
	OPT_HOSTS = 256,
	OPT_JOBS,
	OPT_RPO,
	OPT_GRACE,
	OPT_DEEP,
	OPT_STATE,
	OPT_FORGET,
	OPT_JSON,
	OPT_QUEUE
};

static const struct option options[] = {
    {"hosts", required_argument, NULL, OPT_HOSTS},
    {"jobs", required_argument, NULL, OPT_JOBS},
    {"rpo", required_argument, NULL, OPT_RPO},
    {"grace", required_argument, NULL, OPT_GRACE},
    {"deep", no_argument, NULL, OPT_DEEP},
    {"state", required_argument, NULL, OPT_STATE},
    {"forget", required_argument, NULL, OPT_FORGET},
    {"config", required_argument, NULL, 'c'},
    {"dry-run", no_argument, NULL, 'n'},
    {"quiet", no_argument, NULL, 'q'},
    {"verbose", no_argument, NULL, 'v'},
    {"json", no_argument, NULL, OPT_JSON},
    {"queue", no_argument, NULL, OPT_QUEUE},
    {NULL, 0, NULL, 0},
};

/* The hosts in ${text}, between ${marks}; a # begins a comment. */
static int
expect_all(struct watch *w, char *text, const char *marks)
{
	char *name;
	int rc = 0;

	while (rc == 0 && (name = strsep(&text, marks)) != NULL) {
		name += strspn(name, " \t\r");
		name[strcspn(name, "# \t\r")] = '\0';
		if (*name != '\0')
			rc = watch_expect(w, name);
	}
	return rc;
}

/* --hosts: a file has a slash in its name or is there, else it is names. */
static int
expect(struct watch *w, const char *hosts)
{
	char *line = NULL, *copy = NULL;
	size_t size = 0;
	FILE *in;
	int rc = 0;

	if (strchr(hosts, '/') == NULL && access(hosts, F_OK) != 0) {
		if ((copy = strdup(hosts)) == NULL) {
			warn("--hosts");
			return EX_OSERR;
		}
		rc = expect_all(w, copy, ",");
		free(copy);
		return rc;
	}
	if ((in = fopen(hosts, "re")) == NULL) {
		warn("--hosts %s", hosts);
		return EX_CONFIG;
	}
	while (rc == 0 && getline(&line, &size, in) > 0)
		rc = expect_all(w, line, "\n");
	if (rc == 0 && ferror(in)) {
		warn("--hosts %s", hosts);
		rc = EX_IOERR;
	}
	free(line);
	(void)fclose(in); /* only read */
	return rc;
}

struct given {
	struct watch_wish wish;
	const char *hosts, *state, *forget;
};

static int
look(struct alert *a, struct given *g, struct memory *m, char **dests)
{
	struct watch *w = watch_new(&g->wish);
	struct promises p = {0};
	int rc = w == NULL ? EX_OSERR : 0;

	if (rc == 0 && g->hosts != NULL)
		rc = expect(w, g->hosts);
	for (; rc == 0 && *dests != NULL; dests++)
		rc = watch_dest(w, *dests);
	if (rc == 0 && (rc = watch_judge(w, m, &p)) == 0 &&
	    (rc = promises_add(&p, NULL, "watch", "check", PROMISE_KEPT, "somebody looks")) ==
		0)
		rc = look_tell(a, &g->wish.at, false, &p, m);
	promises_free(&p);
	watch_free(w);
	return rc;
}

/* Forget the host; what is open of it closes with the next look. */
static int
forget(const struct given *g, struct memory *m)
{
	if (!watch_forget(m, g->forget)) {
		warnx("--forget %s: nobody knows that host", g->forget);
		return 1;
	}
	return memory_write(m) == 0 ? 0 : EX_IOERR;
}

/* "@" and the last part of the name of a state of its own, for the caller to free. */
static char *
mark_of(const char *folder)
{
	size_t len = strlen(folder);
	const char *slash;
	char *mark;

	while (len > 1 && folder[len - 1] == '/')
		len--;
	slash = memrchr(folder, '/', len);
	slash = slash != NULL ? slash + 1 : folder;
	if (asprintf(&mark, "@%.*s", (int)(len - (size_t)(slash - folder)), slash) != -1)
		return mark;
	warn("--state %s", folder);
	return NULL;
}

static int
work(struct alert *a, struct given *g, char **dests)
{
	struct memory *m = NULL;
	char *usual = NULL, *mark = NULL;
	const char *folder;
	int lock = -1, rc = EX_OSERR;

	if (asprintf(&usual, "%s/alert-watch", a->folder) == -1) {
		usual = NULL;
		warn("configuration");
		goto out;
	}
	folder = g->state != NULL ? g->state : usual;
	if (strcmp(folder, usual) != 0) {
		if ((mark = mark_of(folder)) == NULL)
			goto out;
		a->mark = mark;
	}
	g->wish.config = a->name;
	look_moment(&g->wish.at);
	if ((rc = look_open(folder, &lock, &m)) == 0)
		rc = g->forget != NULL ? forget(g, m) : look(a, g, m, dests);
	memory_free(m);
	io_close(&lock);
out:
	free(mark);
	free(usual);
	return rc;
}

/* Whether ${jobs} are so few that all are looked at. */
static bool
are_few(const char *jobs)
{
	size_t n = 2; /* the first, and full */

	for (; *jobs != '\0'; jobs++)
		n += *jobs == ',';
	return n <= WATCH_JOBS;
}

/* Read the options; return whether they can be. */
static bool
read_options(struct alert *a, struct given *g, int argc, char **argv)
{
	int c;

	while ((c = getopt_long(argc, argv, "c:nqv", options, NULL)) != -1) {
		switch (c) {
		case OPT_HOSTS: g->hosts = optarg; break;
		case OPT_JOBS: g->wish.jobs = optarg; break;
		case OPT_RPO:
			if (num_duration(optarg, &g->wish.rpo) == 0)
				break;
			warnx("--rpo: \"%s\" is not a duration such as 24h", optarg);
			return false;
		case OPT_GRACE:
			if (num_duration(optarg, &g->wish.grace) == 0)
				break;
			warnx("--grace: \"%s\" is not a duration such as 2h", optarg);
			return false;
		case OPT_DEEP: g->wish.deep = true; break;
		case OPT_STATE: g->state = optarg; break;
		case OPT_FORGET: g->forget = optarg; break;
		case 'c': a->name = optarg; break;
		case 'n': a->dry = true; break;
		case 'q': a->quiet = true; break;
		case 'v': a->verbose = true; break;
		case OPT_JSON: a->json = true; break;
		case OPT_QUEUE: a->queue = true; break;
		default: return false;
		}
	}
	if (!are_few(g->wish.jobs)) {
		warnx("--jobs: more than %d", WATCH_JOBS - 1);
		return false;
	}
	if ((argc > optind) == (g->forget != NULL)) {
		warnx(g->forget != NULL ? "--forget: no destination is needed"
					: "watch: which destination?");
		return false;
	}
	return true;
}

int
alert_watch(int argc, char **argv)
{
	struct given g = {.wish.jobs = "db,files", .wish.rpo = 86400, .wish.grace = 7200};
	struct alert a = {0};
	int rc;

	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return alert_options(&a, argc, argv, "") == -1 && a.help ? 0 : EX_USAGE;
	if (!read_options(&a, &g, argc, argv))
		return alert_usage(NULL);
	if ((rc = alert_start(&a)) == 0)
		rc = job_path() != 0 ? EX_OSERR : work(&a, &g, argv + optind);
	alert_end(&a);
	return rc;
}

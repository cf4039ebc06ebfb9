#include "drill/goals.h"

#include <err.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/num.h"

static void
add_rto(struct protocol *p, const char *name, const char *what, bool measured, double seconds,
    int64_t limit)
{
	const struct drill_goal g = {.kind = "RTO",
	    .name = name,
	    .what = what,
	    .measured = measured ? seconds : -1,
	    .limit = limit,
	    .state = !measured                 ? DRILL_NONE
		     : seconds > (double)limit ? DRILL_MISSED
					       : DRILL_OK};
	char took[24], allowed[24];

	if (g.state == DRILL_MISSED)
		warnx("RTO %s missed: %s took %s, more than %s", name, what,
		    num_elapsed(took, sizeof(took), seconds),
		    num_elapsed(allowed, sizeof(allowed), (double)limit));
	protocol_goal(p, &g);
}

/* What was missed came back all the same, and has a time. */
static bool
came_back(enum drill_state state)
{
	return state != DRILL_FAIL && state != DRILL_NONE;
}

void
goals_rto(struct protocol *p, const struct config *c)
{
	double database, files, other;
	bool has_database = came_back(protocol_part(p, DRILL_DATABASE, &database));
	bool has_files = came_back(protocol_part(p, DRILL_FILES, &files));
	bool failed = protocol_part(p, DRILL_OTHER, &other) == DRILL_FAIL ||
		      protocol_part(p, DRILL_FILES, &files) == DRILL_FAIL;

	add_rto(p, "critical", "the database alone", has_database, database,
	    config_number(c, "RTO_CRITICAL"));
	add_rto(p, "normal", "the database and the files", has_database && has_files,
	    database + files, config_number(c, "RTO_NORMAL"));
	add_rto(p, "disaster", "everything, from an empty server to the last comparison",
	    has_database && has_files && !failed, protocol_seconds(p),
	    config_number(c, "RTO_DISASTER"));
}

static void
add_rpo(struct protocol *p, const char *name, const char *what, const struct choice_set *set,
    int64_t limit, int64_t grace, int64_t now)
{
	struct drill_goal g = {.kind = "RPO",
	    .name = name,
	    .what = what,
	    .measured = -1,
	    .limit = limit,
	    .state = DRILL_MISSED};
	char detail[128], age[24], allowed[24], more[24];

	if (set == NULL) {
		snprintf(detail, sizeof(detail), "no verified set");
		warnx("RPO %s missed: no verified set of it", name);
	} else {
		g.measured = now > set->started ? (double)(now - set->started) : 0;
		if (now - set->started <= limit + grace)
			g.state = DRILL_OK;
		else
			warnx("RPO %s missed: set %s is %s old, more than %s and %s of grace",
			    name, set->name, num_elapsed(age, sizeof(age), g.measured),
			    num_elapsed(allowed, sizeof(allowed), (double)limit),
			    num_elapsed(more, sizeof(more), (double)grace));
		snprintf(detail, sizeof(detail), "set %s", set->name);
	}
	g.detail = detail;
	protocol_goal(p, &g);
}

void
goals_rpo(struct protocol *p, const struct config *c, const struct choice *chosen,
    const struct git *git, int64_t now)
{
	char detail[sizeof(git->detail)], allowed[24];
	struct drill_goal g = {.kind = "RPO",
	    .name = "application",
	    .what = "what git does not have",
	    .measured = git->age < 0 ? -1 : (double)git->age,
	    .limit = config_number(c, "RPO_APP"),
	    .state = git->age < 0 ? DRILL_NONE : DRILL_OK,
	    .detail = detail};

	snprintf(detail, sizeof(detail), "%s", git->detail);
	add_rpo(p, "database", "the newest set of db", choice_find(chosen, "db"),
	    config_number(c, "RPO"), config_number(c, "GRACE"), now);
	add_rpo(p, "configuration", "the newest set of files", choice_find(chosen, "files"),
	    config_number(c, "RPO_CONFIG"), config_number(c, "GRACE"), now);
	if (git->age > g.limit) {
		g.state = DRILL_MISSED;
		warnx("RPO application missed: %s, more than %s", detail,
		    num_elapsed(allowed, sizeof(allowed), (double)g.limit));
	}
	protocol_goal(p, &g);
}

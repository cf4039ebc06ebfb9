#include "sql/habit.h"

#include <err.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

enum { FIRST = 0x1000 }; /* what getopt_long returns for the first without a letter */

struct habit {
	const char *name;
	char letter; /* '\0': none */
	int has_arg;
	const char *accepted; /* arguments in small letters, a space behind each; "" is none */
	const char *why;      /* everything else is refused */
};

#define NONE " "
#define ON " 1 true on "
#define OFF "0 false off "

static const char always[] = "this is always done";
static const char insert[] = "rows are written as plain INSERT statements";
static const char settings[] = "settings and comments are part of the dump";
static const char locks[] = "the dump holds no LOCK TABLES, COMMIT or DISABLE KEYS";
static const char replication[] = "no statement for replication is written";
static const char sql[] = "the dump is SQL on stdout";
static const char server[] = "nothing on the server is changed";

static const struct habit habits[] = {
    {"add-drop-table", '\0', optional_argument, ON, "--skip-add-drop leaves it out"},
    {"add-drop-trigger", '\0', optional_argument, ON, "--skip-add-drop leaves it out"},
    {"allow-keywords", '\0', optional_argument, ON, always},
    {"comments", 'i', optional_argument, ON, settings},
    {"complete-insert", 'c', optional_argument, ON, always},
    {"create-options", 'a', optional_argument, ON, always},
    {"dump-history", 'H', optional_argument, ON, "--skip-history leaves it out"},
    {"events", 'E', optional_argument, ON, "--skip-events leaves them out"},
    {"extended-insert", 'e', optional_argument, ON, always},
    {"gtid", '\0', optional_argument, ON, always},
    {"hex-blob", '\0', optional_argument, ON, always},
    {"lock-all-tables", 'x', optional_argument, ON, always},
    {"lock-tables", 'l', optional_argument, ON OFF, always},
    {"no-tablespaces", 'y', optional_argument, ON, "tablespaces are not dumped"},
    {"opt", '\0', optional_argument, ON, always},
    {"order-by-primary", '\0', optional_argument, ON, always},
    {"quick", '\0', optional_argument, ON, always},
    {"quote-names", 'Q', optional_argument, ON, always},
    {"routines", 'R', optional_argument, ON, "--skip-routines leaves them out"},
    {"set-charset", '\0', optional_argument, ON, settings},
    {"single-transaction", '\0', optional_argument, ON, always},
    {"triggers", '\0', optional_argument, ON, "--skip-triggers leaves them out"},
    {"tz-utc", '\0', optional_argument, ON, always},

    {"skip-add-drop-database", '\0', no_argument, NONE, NULL},
    {"skip-add-locks", '\0', no_argument, NONE, NULL},
    {"skip-column-statistics", '\0', no_argument, NONE, NULL},
    {"skip-disable-keys", '\0', no_argument, NONE, NULL},
    {"skip-dump-date", '\0', no_argument, NONE, NULL},
    {"skip-lock-tables", '\0', no_argument, NONE, NULL},
    {"skip-log-queries", '\0', no_argument, NONE, NULL},

    {"column-statistics", '\0', optional_argument, OFF, "histograms are not dumped"},
    {"default-character-set", '\0', required_argument, "utf8mb4 ", "the dump is utf8mb4"},
    {"dump-date", '\0', optional_argument, OFF, "the same data gives the same bytes"},
    {"max-allowed-packet", '\0', required_argument, NULL, NULL},
    {"max-statement-time", '\0', required_argument, "0 0.0 ", "there is no limit"},
    {"net-buffer-length", '\0', required_argument, NULL, NULL},
    {"network-timeout", '\0', optional_argument, ON, always},
    {"set-gtid-purged", '\0', required_argument, "off ", replication},

    {"add-drop-database", '\0', optional_argument, OFF, "no database is dropped"},
    {"add-locks", '\0', optional_argument, OFF, locks},
    {"all-tablespaces", 'Y', optional_argument, OFF, "tablespaces are not dumped"},
    {"apply-replica-statements", '\0', optional_argument, OFF, replication},
    {"apply-slave-statements", '\0', optional_argument, OFF, replication},
    {"as-of", '\0', required_argument, "", "tables are dumped as they are now"},
    {"compact", '\0', optional_argument, OFF, settings},
    {"compatible", '\0', required_argument, "", "the dump is for MariaDB and MySQL"},
    {"compress", 'C', optional_argument, OFF, "siantre-pack packs the dump, not the way to it"},
    {"delayed-insert", '\0', optional_argument, OFF, insert},
    {"delete-master-logs", '\0', optional_argument, OFF, server},
    {"delete-source-logs", '\0', optional_argument, OFF, server},
    {"disable-keys", 'K', optional_argument, OFF, locks},
    {"dump-replica", '\0', optional_argument, OFF, replication},
    {"dump-slave", '\0', optional_argument, OFF, replication},
    {"fields-enclosed-by", '\0', required_argument, "", sql},
    {"fields-escaped-by", '\0', required_argument, "", sql},
    {"fields-optionally-enclosed-by", '\0', required_argument, "", sql},
    {"fields-terminated-by", '\0', required_argument, "", sql},
    {"flush-logs", 'F', optional_argument, OFF, server},
    {"flush-privileges", '\0', optional_argument, OFF,
	"--users writes accounts that need none"},
    {"insert-ignore", '\0', optional_argument, OFF, insert},
    {"lines-terminated-by", '\0', required_argument, "", sql},
    {"no-autocommit", '\0', optional_argument, OFF, locks},
    {"no-set-names", 'N', optional_argument, OFF, settings},
    {"replace", '\0', optional_argument, OFF, insert},
    {"result-file", 'r', required_argument, "", sql},
    {"skip-comments", '\0', no_argument, "", settings},
    {"skip-create-options", '\0', no_argument, "", always},
    {"skip-extended-insert", '\0', no_argument, "", insert},
    {"skip-opt", '\0', no_argument, "", always},
    {"skip-quote-names", '\0', no_argument, "", always},
    {"skip-set-charset", '\0', no_argument, "", settings},
    {"skip-tz-utc", '\0', no_argument, "", "times are UTC"},
    {"system", '\0', required_argument, "",
	"--users dumps accounts, and no more of the server"},
    {"tab", 'T', required_argument, "", sql},
    {"xml", 'X', optional_argument, OFF, sql},
};

enum { COUNT = sizeof(habits) / sizeof(habits[0]) };

_Static_assert(COUNT <= HABIT_COUNT, "HABIT_COUNT");

static int
value_of(size_t i)
{
	return habits[i].letter != '\0' ? habits[i].letter : FIRST + (int)i;
}

void
habit_options(const struct option *own, struct option *all)
{
	while (own->name != NULL)
		*all++ = *own++;
	for (size_t i = 0; i < COUNT; i++)
		*all++ = (struct option){habits[i].name, habits[i].has_arg, NULL, value_of(i)};
	*all = (struct option){0};
}

/* Whether ${value} (NULL: none) is one of ${accepted}. */
static bool
accepts(const char *accepted, const char *value)
{
	if (accepted == NULL)
		return true;
	for (const char *p = accepted, *end; *p != '\0'; p = end + 1) {
		end = strchr(p, ' ');
		if (value == NULL ? p == end
				  : *value != '\0' && strlen(value) == (size_t)(end - p) &&
					strncasecmp(p, value, (size_t)(end - p)) == 0)
			return true;
	}
	return false;
}

int
habit_take(int c, const char *value)
{
	size_t i = 0;

	while (i < COUNT && value_of(i) != c)
		i++;
	if (i == COUNT)
		return 1;
	if (accepts(habits[i].accepted, value))
		return 0;
	warnx("--%s%s%s: %s", habits[i].name, value != NULL ? "=" : "",
	    value != NULL ? value : "", habits[i].why);
	return -1;
}

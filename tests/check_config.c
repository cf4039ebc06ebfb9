#include "unit.h"

#include <sysexits.h>

#include "set/config.h"

/* Read ./x.conf made of ${text}, which must be fine. */
static struct config *
config_of(const char *text)
{
	struct config *c = NULL;

	unit_write("x.conf", text);
	ck_assert_int_eq(config_read("./x.conf", &c), 0);
	ck_assert_ptr_nonnull(c);
	return c;
}

START_TEST(defaults)
{
	static const struct {
		const char *key, *value;
	} rows[] = {
	    {"APP_NAME", "siantre"},
	    {"APP_DIR", "/var/www/siantre"},
	    {"DB_ENV_FILE", "/var/www/siantre/.env"},
	    {"DB_DEFAULTS_FILE", ""},
	    {"STORAGE_DIR", "storage"},
	    {"BACKUP_DIR", "/backup/siantre"},
	    {"BACKUP_MOUNT", ""},
	    {"STATE_DIR", "/var/lib/siantre"},
	    {"LOG_FILE", "/var/log/siantre/backup.log"},
	    {"EXCLUDE_LIST", CONFIG_FOLDER "/exclude_list.txt"},
	    {"WEB_CONFIG", ""},
	    {"FULL_EXTRA_PATHS", ""},
	    {"PACK_LEVEL", "2"},
	    {"KEEP", "within=30d"},
	    {"KEEP_FULL", "within=90d"},
	    {"TRASH", "3d"},
	    {"ENCRYPT_TO", ""},
	    {"IDENTITY", ""},
	    {"SHIP_TO", ""},
	    {"SHIP_KEEP", "within=1y"},
	    {"SHIP_CHECK", "auto"},
	    {"SHIP_BWLIMIT", ""},
	    {"SHIP_TIMEOUT", "2m"},
	    {"SHIP_SSH_KEY", ""},
	    {"SHIP_KNOWN_HOSTS", ""},
	    {"SHIP_PASSWORD_FILE", ""},
	    {"SHIP_RCLONE_CONFIG", ""},
	    {"LOCK_WAIT", "4h"},
	    {"RPO", "24h"},
	    {"GRACE", "2h"},
	    {"RESTORE_UNITS", "auto"},
	    {"RPO_CONFIG", "24h"},
	    {"RPO_APP", "1h"},
	    {"RTO_CRITICAL", "30m"},
	    {"RTO_NORMAL", "2h"},
	    {"RTO_DISASTER", "4h"},
	    {"DRILL_SQL", CONFIG_FOLDER "/drill.sql"},
	    {"DRILL_DIR", "/var/lib/siantre/scratch"},
	    {"DRILL_MEMORY", "1G"},
	    {"APP_USER", "www-data"},
	    {"CRON_FILE", "/etc/cron.d/siantre"},
	    {"WORKER_UNIT", "/etc/systemd/system/siantre-queue-worker.service"},
	    {"LANGUAGE", "auto"},
	    {"CONTACT_PRIMARY", "root"},
	    {"CONTACT_SECONDARY", ""},
	    {"CONTACT_EMERGENCY", ""},
	    {"MAIL", "sendmail"},
	    {"MAIL_FROM", ""},
	    {"MAIL_CA", ""},
	    {"SMS", ""},
	    {"NOTIFY_ALSO", ""},
	    {"NOTIFY_PROXY", ""},
	    {"NOTIFY_OK", "weekly"},
	    {"ESCALATE", "2h"},
	    {"QUIET_HOURS", ""},
	    {"PING_URL", ""},
	    {"DRILL_EVERY", "100d"},
	    {"DISK_WARN", "14d"},
	    {"DASHBOARD", "/var/lib/siantre/dashboard.html"},
	    {"PROMETHEUS_FILE", ""},
	    {"CHECK_URL", ""},
	    {"CHECK_PAGE_TEXT", ""},
	};
	struct config *c = config_of("");

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_str_eq(config_get(c, rows[i].key), rows[i].value);
	ck_assert_ptr_null(config_key(sizeof(rows) / sizeof(rows[0])));
	ck_assert_int_eq(config_number(c, "LOCK_WAIT"), 4 * 3600);
	ck_assert_int_eq(config_number(c, "RPO"), 24 * 3600);
	ck_assert_int_eq(config_number(c, "GRACE"), 2 * 3600);
	ck_assert_int_eq(config_number(c, "PACK_LEVEL"), 2);
	ck_assert_int_eq(config_number(c, "DRILL_MEMORY"), 1 << 30);
	ck_assert_int_eq(*config_name(c), '/');
	ck_assert_str_eq(strrchr(config_name(c), '/'), "/x.conf");
	ck_assert_str_eq(config_journal(c), "/var/lib/siantre/journal.jsonl");
	ck_assert_str_eq(config_lock(c), "/var/lib/siantre/siantre.lock");
	ck_assert_str_eq(config_path(c), "./x.conf");
	config_free(c);
}
END_TEST

/* The shipped file is all comments, and each shows the default that it has. */
START_TEST(shipped)
{
	const char *text = unit_read(getenv("SHIPPED_CONF"));
	struct config *c = config_of(text), *d = NULL;
	char bare[65537], *out = bare, path[64];

	for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1) {
		size_t len = strcspn(line, "\n") + 1;

		if (line[0] != '#' || line[1] < 'A' || line[1] > 'Z')
			continue;
		memcpy(out, line + 1, len - 1);
		out += len - 1;
	}
	*out = '\0';
	d = config_of(bare);
	for (size_t i = 0; config_key(i) != NULL; i++) {
		snprintf(path, sizeof(path), "\n#%s=", config_key(i));
		ck_assert_msg(strstr(text, path) != NULL, "%s is not shown", config_key(i));
		if (strcmp(config_key(i), "EXCLUDE_LIST") != 0 && /* they follow the prefix */
		    strcmp(config_key(i), "DRILL_SQL") != 0)
			ck_assert_str_eq(
			    config_get(c, config_key(i)), config_get(d, config_key(i)));
	}
	config_free(c);
	config_free(d);
}
END_TEST

START_TEST(values)
{
	struct config *c =
	    config_of("APP_NAME=antrian\nAPP_DIR='/srv/my app'\nSTORAGE_DIR=/data\n"
		      "RESTORE_UNITS=' nginx  worker@1.service '\n"
		      "LOCK_WAIT=0\nRPO=1d12h\nexport PACK_LEVEL=9\n"
		      "FULL_EXTRA_PATHS='/opt/a:/opt/b c'\nBACKUP_DIR=\"${APP_DIR}-b\"\n");

	ck_assert_str_eq(config_get(c, "APP_DIR"), "/srv/my app");
	ck_assert_str_eq(config_get(c, "DB_ENV_FILE"), "/srv/my app/.env");
	ck_assert_str_eq(config_get(c, "STORAGE_DIR"), "/data");
	ck_assert_str_eq(config_get(c, "RESTORE_UNITS"), " nginx  worker@1.service ");
	ck_assert_str_eq(config_get(c, "BACKUP_DIR"), "/srv/my app-b");
	ck_assert_int_eq(config_number(c, "LOCK_WAIT"), 0);
	ck_assert_int_eq(config_number(c, "RPO"), 36 * 3600);
	ck_assert_int_eq(config_number(c, "PACK_LEVEL"), 9);
	ck_assert_str_eq(config_lock(c), "/var/lib/siantre/antrian.lock");
	config_free(c);
}
END_TEST

static const struct {
	const char *text, *words;
} junk[] = {
    {"APP_NAME=a/b\n", "x.conf:1: APP_NAME=a/b: not a name of letters, digits, - and _"},
    {"APP_NAME=-x\n", "APP_NAME=-x: not a name"},
    {"\n\nAPP_DIR=srv\n", "x.conf:3: APP_DIR=srv: it does not begin with a slash"},
    {"BACKUP_DIR=\n", "BACKUP_DIR=: it is empty"},
    {"BACKUP_DIR=\"/a\\nb\"\n", "it holds a control character"},
    {"BACKUP_MOUNT=mnt\n", "BACKUP_MOUNT=mnt: it does not begin with a slash"},
    {"STORAGE_DIR=a/../../etc\n", "STORAGE_DIR=a/../../etc: it leaves APP_DIR"},
    {"FULL_EXTRA_PATHS=/a:b\n", "FULL_EXTRA_PATHS=/a:b: a path in it does not begin with"},
    {"LOCK_WAIT=4x\n", "LOCK_WAIT=4x: not a duration such as 90m or 4h"},
    {"RPO=-1h\n", "RPO=-1h: not a duration"},
    {"SHIP_CHECK=sample:5\n", "SHIP_CHECK=sample:5: none of auto, none, all and sample:N%"},
    {"SHIP_CHECK=\n", "SHIP_CHECK=: it is empty"},
    {"LANGUAGE=fr\n", "LANGUAGE=fr: not auto, en or id"},
    {"PACK_LEVEL=0\n", "PACK_LEVEL=0: not a level between 1 and 9"},
    {"PACK_LEVEL=10\n", "PACK_LEVEL=10: not a level"},
    {"ENCRYPT_TO=age1x\n", "x.conf:1: ENCRYPT_TO: an age1... is damaged or not whole"},
    {"IDENTITY=key.txt\n", "IDENTITY=key.txt: it does not begin with a slash"},
    {"APP_DIR=/a\nBACKUP_DIR=/a/b\n", "x.conf:2: BACKUP_DIR=/a/b: it lies in APP_DIR"},
    {"APP_DIR=/a/\nBACKUP_DIR=/a\n", "it lies in APP_DIR"},
    {"STATE_DIR=/var/lib/siantre/ship\n", "x.conf:1: STATE_DIR=/var/lib/siantre/ship: the "
					  "configuration siantre keeps things of its own "
					  "there: set it to another folder"},
    {"STATE_DIR=/var/lib/siantre/restore\n", "there: set it to another folder"},
    {"STATE_DIR=state\n", "STATE_DIR=state: it does not begin with a slash"},
    {"STATE_DIR=/var/lib/siantre/alert/\n", "x.conf:1: STATE_DIR=/var/lib/siantre/alert/: the"},
    {"SHIP_TO='rsync://u:p@h/m /b'\n",
	"SHIP_TO=rsync://u:*@h/m /b: a password does not belong there"},
    {"SHIP_TO='/b ftp://h/m'\n", "only rsync:// and ssh:// are known"},
    {"SHIP_TO=b\n", "SHIP_TO=b: a folder in it does not begin with a slash"},
    {"SHIP_KEEP=1y\n", "SHIP_KEEP=1y: "},
    {"SHIP_BWLIMIT=fast\n", "SHIP_BWLIMIT=fast: not a size"},
    {"CHECK_URL=localhost\n", "it does not begin with http:// or https://"},
    {"CHECK_URL='http://a b'\n", "not a URL"},
    {"APP_USER=a:b\n", "not a name"},
    {"RESTORE_UNITS=\n", "RESTORE_UNITS=: it is empty"},
    {"RESTORE_UNITS='  '\n", "RESTORE_UNITS=  : it is empty"},
    {"RESTORE_UNITS='nginx -h'\n", "not auto, none, or names of units"},
    {"RESTORE_UNITS='a;b'\n", "not auto, none, or names of units"},
    {"RESTORE_UNITS='php*'\n", "not auto, none, or names of units"},
    {"RESTORE_UNITS='nginx auto'\n", "auto and none stand alone"},
    {"DRILL_MEMORY=1x\n", "DRILL_MEMORY=1x: not a size such as 512M or 1G"},
    {"DRILL_MEMORY=9999P\n", "DRILL_MEMORY=9999P: not a size"},
    {"RPO=1h\nRPO=x\n", "x.conf:2: RPO=x: not a duration"},
};

START_TEST(refused)
{
	struct config *c = NULL;
	const char *said;
	int rc;

	unit_write("x.conf", junk[_i].text);
	unit_catch();
	rc = config_read("./x.conf", &c);
	said = unit_caught();
	ck_assert_int_eq(rc, EX_CONFIG);
	ck_assert_ptr_null(c);
	ck_assert_msg(strstr(said, junk[_i].words) != NULL, "it said: %s", said);
}
END_TEST

/* A key that stands in the wrong place is not carried into logs. */
START_TEST(hidden)
{
	struct config *c = NULL;
	const char *said;
	int rc;

	unit_write("x.conf", "ENCRYPT_TO=AGE-SECRET-KEY-1QQQQ\n");
	unit_catch();
	rc = config_read("./x.conf", &c);
	said = unit_caught();
	ck_assert_int_eq(rc, EX_CONFIG);
	ck_assert_ptr_nonnull(
	    strstr(said, "x.conf:1: ENCRYPT_TO: a secret key, which must not"));
	ck_assert_ptr_null(strstr(said, "QQQQ"));
}
END_TEST

/* Whoever must tell of a configuration that is wrong has what is right in it. */
START_TEST(rescued)
{
	struct config *c = NULL;
	int rc;

	unit_write("x.conf",
	    "STATE_DIR=/srv/state\nRPO=soon\nGRACE=1h\nNONE=1\nAPP_DIR=/a\nBACKUP_DIR=/a/b\n");
	unit_catch();
	rc = config_rescue("./x.conf", &c);
	ck_assert_str_eq(unit_caught(), "");
	ck_assert_int_eq(rc, 0);
	ck_assert_str_eq(config_get(c, "STATE_DIR"), "/srv/state");
	ck_assert_str_eq(config_journal(c), "/srv/state/journal.jsonl");
	ck_assert_int_eq(config_number(c, "RPO"), 86400);
	ck_assert_int_eq(config_number(c, "GRACE"), 3600);
	config_free(c);

	/* No file at all, or none that has keys: the defaults. */
	unit_write("broken.conf", "A=b\nB C=d\n");
	for (int i = 0; i < 2; i++) {
		unit_catch();
		rc = config_rescue(i == 0 ? "./none.conf" : "./broken.conf", &c);
		(void)unit_caught();
		ck_assert_int_eq(rc, 0);
		ck_assert_str_eq(config_get(c, "STATE_DIR"), "/var/lib/siantre");
		config_free(c);
	}
	unit_catch();
	rc = config_rescue("..", &c);
	(void)unit_caught();
	ck_assert_int_eq(rc, EX_CONFIG);
	ck_assert_ptr_null(c);
	/* Its state folder would be the one in which siantre-alert keeps that of the default. */
	unit_catch();
	rc = config_rescue("alert", &c);
	ck_assert_ptr_nonnull(
	    strstr(unit_caught(), "alert.conf:0: STATE_DIR=/var/lib/siantre/alert: the "
				  "configuration siantre keeps things"));
	ck_assert_int_eq(rc, EX_CONFIG);
	ck_assert_ptr_null(c);
}
END_TEST

START_TEST(unknown_key)
{
	struct config *c;
	const char *said;

	unit_catch();
	c = config_of("RPO=1h\n# BACKUP=/x\n\nexport BACKUP_DIRS=/x\n");
	said = unit_caught();
	ck_assert_msg(strstr(said, "./x.conf:4: warning: unknown key BACKUP_DIRS\n") != NULL,
	    "it said: %s", said);
	config_free(c);
}
END_TEST

START_TEST(files)
{
	static const struct {
		const char *name, *words;
	} rows[] = {
	    {"./none.conf", "configuration ./none.conf: No such file or directory"},
	    {"no-such-app", "no-such-app.conf: No such file or directory"},
	    {"..", "-c ..: not a name of letters, digits, - and _, nor a path"},
	    {"", "-c : not a name"},
	    {"./folder", "configuration ./folder: "},
	    {"./fifo", "configuration ./fifo: not a regular file"},
	    {"./broken.conf", "./broken.conf:2: "},
	};
	struct config *c = NULL;
	const char *said;
	int rc;

	mkdir("folder", 0700);
	ck_assert_int_eq(mkfifo("fifo", 0600), 0);
	unit_write("broken.conf", "A=b\nB C=d\n");
	unit_catch();
	rc = config_read(rows[_i].name, &c);
	said = unit_caught();
	ck_assert_int_eq(rc, EX_CONFIG);
	ck_assert_ptr_null(c);
	ck_assert_msg(strstr(said, rows[_i].words) != NULL, "it said: %s", said);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("config");
	char *shipped_path;

	/* Before the tests go to folders of their own. */
	if ((shipped_path = realpath("etc/siantre.conf", NULL)) == NULL)
		err(1, "etc/siantre.conf");
	setenv("SHIPPED_CONF", shipped_path, 1);
	free(shipped_path);
	tcase_add_test(t, defaults);
	tcase_add_test(t, shipped);
	tcase_add_test(t, values);
	tcase_add_loop_test(t, refused, 0, (int)(sizeof(junk) / sizeof(junk[0])));
	tcase_add_test(t, hidden);
	tcase_add_test(t, rescued);
	tcase_add_test(t, unknown_key);
	tcase_add_loop_test(t, files, 0, 7);
	return unit_main(t);
}

/* siantre-restore: dumps back into a database, archives back into folders. */
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/hint.h"
#include "base/io.h"
#include "base/sig.h"
#include "restore/restore.h"
#include "set/units.h"

static const struct restore_command *const commands[] = {
    &restore_db, &restore_files, &restore_all};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const char help_all[] =
    "\n"
    "All:\n"
    "  -c, --config NAME               " CONFIG_FOLDER "/NAME.conf, or a path (siantre):\n"
    "                                  whose units stop while its application is exchanged\n"
    "      --identity FILE             open what age has encrypted with this key\n"
    "      --no-units                  stop none; do without a configuration that cannot be\n"
    "                                  read\n"
    "  -n, --dry-run                   prove it, say what would be done\n"
    "  -q, --quiet                     no progress, no account\n"
    "  -v, --verbose                   db: with the rows of each table\n"
    "      --help                      this text\n"
    "  -V, --version                   version\n";

static void
synopsis(FILE *f)
{
	const char *before = "usage:";

	for (size_t i = 0; i < COMMANDS; i++) {
		for (const char *const *line = commands[i]->synopsis; *line != NULL; line++) {
			fprintf(f, "%6s siantre-restore %s\n", before, *line);
			before = "";
		}
	}
}

int
restore_usage(void)
{
	synopsis(stderr);
	return EX_USAGE;
}

int
restore_help(void)
{
	synopsis(stdout);
	for (size_t i = 0; i < COMMANDS; i++)
		fputs(commands[i]->help, stdout);
	fputs(help_all, stdout);
	return 0;
}

int
restore_version(void)
{
	printf("siantre-restore %s\n", VERSION);
	return 0;
}

bool
restore_terminal(const char *source)
{
	if (strcmp(source, "-") != 0 || !isatty(STDIN_FILENO))
		return false;
	warnx("stdin is a terminal");
	return true;
}

int
restore_open_units(struct restore_units *u, bool settle)
{
	int rc;

	if ((rc = config_read(u->name, &u->config)) != 0 && !u->none) {
		hintx("--no-units does without the configuration");
		return rc;
	}
	if (u->none)
		return 0;
	/* One that does not start has been reported; what is restored may be what it lacks. */
	if (settle)
		(void)units_settle(u->config);
	return 0;
}

int
main(int argc, char **argv)
{
	const struct restore_command *command = NULL;
	int rc;

	if (argc < 2)
		return restore_usage();
	for (size_t i = 0; i < COMMANDS && command == NULL; i++) {
		if (strcmp(argv[1], commands[i]->name) == 0)
			command = commands[i];
	}
	if (command != NULL) {
		sig_setup();
		argv[1] = argv[0]; /* the name in messages of getopt */
		rc = command->run(argc - 1, argv + 1);
	} else if (strcmp(argv[1], "--help") == 0) {
		rc = restore_help();
	} else if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
		rc = restore_version();
	} else {
		warnx("%s: not db, files or all", argv[1]);
		return restore_usage();
	}
	if (fclose(stdout) != 0 && rc == 0)
		rc = io_write_exit();
	return sig_exit(rc);
}

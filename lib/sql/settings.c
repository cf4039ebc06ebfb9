#include "sql/settings.h"

#include <string.h>

static const char head[] =
    "-- siantre-dump 1\n"
    "-- Load it with the mariadb or mysql client; --comments keeps the comments of routines.\n"
    "SET @OLD_SQL_MODE = @@sql_mode, sql_mode = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES';\n"
    "SET @OLD_TIME_ZONE = @@time_zone, time_zone = '+00:00';\n"
    "SET @OLD_FOREIGN_KEY_CHECKS = @@foreign_key_checks, foreign_key_checks = 0;\n"
    "SET @OLD_UNIQUE_CHECKS = @@unique_checks, unique_checks = 0;\n"
    "/*M!100200 SET @OLD_CHECK_CONSTRAINT_CHECKS = @@check_constraint_checks,"
    " check_constraint_checks = 0 */;\n"
    "/*M!100200 SET @OLD_INNODB_STRICT_MODE = @@innodb_strict_mode, innodb_strict_mode = 0 "
    "*/;\n"
    "/*M!101000 SET @OLD_EXPLICIT_DEFAULTS = @@explicit_defaults_for_timestamp,"
    " explicit_defaults_for_timestamp = 1 */;\n"
    "SET @OLD_CHARACTER_SET_CLIENT = @@character_set_client;\n"
    "SET @OLD_CHARACTER_SET_RESULTS = @@character_set_results;\n"
    "SET @OLD_COLLATION_CONNECTION = @@collation_connection;\n"
    "SET NAMES utf8mb4;\n";

static const char tail[] =
    "\nSET character_set_client = @OLD_CHARACTER_SET_CLIENT;\n"
    "SET character_set_results = @OLD_CHARACTER_SET_RESULTS;\n"
    "SET collation_connection = @OLD_COLLATION_CONNECTION;\n"
    "/*M!101000 SET explicit_defaults_for_timestamp = @OLD_EXPLICIT_DEFAULTS */;\n"
    "/*M!100200 SET innodb_strict_mode = @OLD_INNODB_STRICT_MODE */;\n"
    "/*M!100200 SET check_constraint_checks = @OLD_CHECK_CONSTRAINT_CHECKS */;\n"
    "SET unique_checks = @OLD_UNIQUE_CHECKS;\n"
    "SET foreign_key_checks = @OLD_FOREIGN_KEY_CHECKS;\n"
    "SET time_zone = @OLD_TIME_ZONE;\n"
    "SET sql_mode = @OLD_SQL_MODE;\n";

/* Servers before 10.11 take no history: they would stop at its columns, which is as it should be. */
static const char history[] = "/*M!101100 SET system_versioning_insert_history = 1 */;\n";
static const char no_history[] = "/*M!101100 SET system_versioning_insert_history = 0 */;\n";

int
settings_write(struct emit *e, enum settings which)
{
	const char *text = which == SETTINGS_HEAD      ? head
			   : which == SETTINGS_HISTORY ? history
			   : which == SETTINGS_TAIL    ? tail
						       : no_history;

	return emit_text(e, text, strlen(text));
}

#ifndef SET_CONFIG_H
#define SET_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The configuration of one application: /etc/siantre/NAME.conf in dotenv syntax.  Every key has
 * a default, so that an untouched file saves /var/www/siantre.  None of them holds a secret.
 */
struct config;

#define CONFIG_FOLDER SYSCONFDIR "/siantre"
#define CONFIG_DEFAULT "siantre"
#define CONFIG_STATE "/var/lib/siantre" /* STATE_DIR of the default one */

/* With less as DRILL_MEMORY no server starts. */
#define CONFIG_DRILL_MEMORY_MIN ((int64_t)384 << 20)

/* Of what the name of a systemd unit consists. */
#define CONFIG_UNIT_BYTES \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789:-_.\\@"

/**
 * config_read(name, out):
 * Read the configuration ${name}: NULL for the default one, whose file may be missing; a name
 * means CONFIG_FOLDER/NAME.conf, whose defaults keep applications apart (APP_NAME=NAME,
 * /var/www/NAME, /backup/NAME, /var/lib/siantre/NAME); a path (with a slash) is taken as it
 * is.  Unknown keys are warned about with their line.  ${*out} is the caller's (config_free).
 * Return 0, or EX_CONFIG after reporting the key and the value that cannot be; EX_OSERR or EX_IOERR
 * where the system did not let it be read.
 */
int config_read(const char *name, struct config **out);

/**
 * config_rescue(name, out):
 * What can be had of a configuration that config_read() has refused, with the defaults in place of
 * what is wrong: for whoever has to tell somebody of it.  What makes a backup never does with it.
 */
int config_rescue(const char *name, struct config **out);

/**
 * config_get(c, key):
 * Return the value of ${key}, or its default, owned by ${c}; never NULL.  A key that the
 * configuration does not have is a mistake of the program and ends it.
 */
const char *config_get(const struct config *c, const char *key);

/**
 * config_number(c, key):
 * Return the value of a duration in seconds, of a size in bytes, or of a count.
 */
int64_t config_number(const struct config *c, const char *key);

/**
 * config_key(i):
 * Return the name of the ${i}th key, or NULL behind the last.
 */
const char *config_key(size_t i);

/**
 * config_path(c), config_found(c):
 * Return the path of the file that was read, or would have been, owned by ${c}; whether it was there.
 */
const char *config_path(const struct config *c);
bool config_found(const struct config *c);

/**
 * config_name(c):
 * Return the name that config_read was given, or the absolute path, "" for none, owned by ${c}.
 */
const char *config_name(const struct config *c);

/**
 * config_journal(c), config_lock(c):
 * Return STATE_DIR/journal.jsonl and STATE_DIR/APP_NAME.lock, owned by ${c}.
 */
const char *config_journal(const struct config *c);
const char *config_lock(const struct config *c);

/**
 * config_inside(path, folder):
 * Return whether ${path} is ${folder} or lies in it, by the text of both.
 */
bool config_inside(const char *path, const char *folder);

/**
 * config_free(c):
 * NULL is fine.
 */
void config_free(struct config *c);

#endif

#ifndef SQL_SETTINGS_H
#define SQL_SETTINGS_H

#include "sql/emit.h"

/*
 * The settings of the session that loads a dump, as the dump makes them.
 */
enum settings {
	SETTINGS_HEAD,    /* the dump's first lines: what there was is kept */
	SETTINGS_HISTORY, /* rows of a system-versioned table come with their times */
	SETTINGS_NO_HISTORY,
	SETTINGS_TAIL /* put back */
};

/**
 * settings_write(e, which):
 * Write the statements of ${which}.  Return 0, or an exit code after reporting.
 */
int settings_write(struct emit *e, enum settings which);

#endif

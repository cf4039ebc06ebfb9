#ifndef DRILL_TABLES_H
#define DRILL_TABLES_H

#include <stdbool.h>
#include <stddef.h>

#include "sql/endmark.h"

/**
 * tables_compare(saved, restored, named, text, size):
 * Hold the tables of one dump against those of another, whatever their order: each that was
 * saved is there with the same rows.  Where ${named}, they are in databases of the same names.
 * A table more is a difference only with rows in it: a dump may leave out a table's rows.  Write
 * the first differences as one line into ${text} of ${size} bytes, and return how many there are.
 */
size_t tables_compare(const struct endmark *saved, const struct endmark *restored, bool named,
    char *text, size_t size);

#endif

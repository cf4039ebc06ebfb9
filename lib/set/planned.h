#ifndef SET_PLANNED_H
#define SET_PLANNED_H

#include <stdint.h>

#include "set/config.h"

/**
 * planned_instance(c):
 * Return the name that the units and lines of ${c} have: "" for the default configuration, NAME for
 * that of CONFIG_FOLDER/NAME.conf, valid until the next call; NULL for a configuration elsewhere,
 * which nothing of ours starts.
 */
const char *planned_instance(const struct config *c);

/**
 * planned_next(c, job, now):
 * As schedule_next(), but by the line in /etc/cron.d that starts ${job} for ${c} (NULL: not known),
 * where cron is what starts it: whoever changed its hours sees them.
 */
int64_t planned_next(const struct config *c, const char *job, int64_t now);

#endif

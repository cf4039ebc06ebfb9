#ifndef SET_PLANNED_H
#define SET_PLANNED_H

#include <stdint.h>

#include "set/config.h"

/**
 * planned_next(c, job, now):
 * As schedule_next(), but by the line in /etc/cron.d that starts ${job} for ${c} (NULL: not known),
 * where cron is what starts it: whoever changed its hours sees them.
 */
int64_t planned_next(const struct config *c, const char *job, int64_t now);

#endif

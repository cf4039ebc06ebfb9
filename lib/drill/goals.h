#ifndef DRILL_GOALS_H
#define DRILL_GOALS_H

#include "drill/choice.h"
#include "drill/git.h"
#include "drill/protocol.h"
#include "set/config.h"

/**
 * goals_rto(p, c):
 * Hold what ${p} measured against the recovery times of ${c}: critical is the database alone,
 * normal the database and the files, disaster everything that the drill did.
 * What failed has no time.
 */
void goals_rto(struct protocol *p, const struct config *c);

/**
 * goals_rpo(p, c, chosen, git, now):
 * Hold the age of what would come back against the recovery points of ${c}: that of the newest
 * set of db and of files, with the grace that a nightly run needs, and what git says.
 */
void goals_rpo(struct protocol *p, const struct config *c, const struct choice *chosen,
    const struct git *git, int64_t now);

#endif

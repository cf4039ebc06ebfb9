#ifndef DRILL_TREE_H
#define DRILL_TREE_H

#include "drill/choice.h"
#include "drill/protocol.h"
#include "drill/scratch.h"

/**
 * tree_drill(p, s, set, file, identity, part):
 * Unpack the archive ${file} of ${set}, which ${identity} opens where it is encrypted, in the scratch folder as a recovery would, have tar(1)
 * compare what lies there then with the archive, and remove it; a step each, of which unpacking
 * counts for ${part}.  Return 0, or an exit code after reporting.
 */
int tree_drill(struct protocol *p, const struct scratch *s, const struct choice_set *set,
    const struct manifest_file *file, const char *identity, enum drill_part part);

#endif

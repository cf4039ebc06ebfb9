#ifndef RECOVER_FLAWS_H
#define RECOVER_FLAWS_H

/**
 * flaws_tell(archive):
 * Where ${archive} lies in a set, say on stderr what its set.json has noted of it: files that were
 * not as they are on the disk when it was packed, those first that are damaged.  Of more than
 * FLAWS_TOLD the number.  A set.json that is missing or cannot be read is no failure of whoever
 * reads the archive, who has proven that; the latter is reported.
 */
#define FLAWS_TOLD 20
void flaws_tell(const char *archive);

#endif

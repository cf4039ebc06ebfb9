#ifndef SHIP_PLACE_H
#define SHIP_PLACE_H

/**
 * place_state(folder, text):
 * Return the folder in ${folder} in which siantre-ship keeps what it knows of the destination
 * ${text}: a name that a person can tell, and that is unique.  The caller frees it; NULL after
 * reporting, without memory.
 */
char *place_state(const char *folder, const char *text);

#endif

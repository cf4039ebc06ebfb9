#ifndef SET_CONFIGS_H
#define SET_CONFIGS_H

/**
 * configs_hint(void):
 * Report, as a hint, which names -c takes: those of the files NAME.conf in CONFIG_FOLDER.
 */
void configs_hint(void);

#endif

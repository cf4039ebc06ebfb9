#ifndef SET_CONFIGS_H
#define SET_CONFIGS_H

/**
 * configs_hint(void):
 * Report, as a hint, which names -c takes: those of the files NAME.conf in CONFIG_FOLDER.
 */
void configs_hint(void);

/**
 * configs_instance(name):
 * Return the NAME that -c ${name} stands for, also where that is the path of CONFIG_FOLDER/NAME.conf:
 * "" for the default one, NULL for a configuration elsewhere.  Valid until the next call.
 */
const char *configs_instance(const char *name);

#endif

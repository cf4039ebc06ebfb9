#ifndef SET_BACKUPS_H
#define SET_BACKUPS_H

#include <stdbool.h>

/*
 * What a server is to be recovered from: of each kind of backup the newest set.
 */
struct backups {
	char *dump;    /* the set that holds a dump; NULL: there is none */
	char *files;   /* … that holds app_files.tar.gz */
	char *full;    /* … that holds full_system_backup_*.tar.gz */
	char *archive; /* that file; it may be encrypted, as may be those */
};

/**
 * backups_find(folder, application, names, b):
 * Fill ${b} (backups_free).  ${names}, up to a NULL, are sets, or folders such as BACKUP_DIR that
 * hold some; without any (or NULL) it is ${folder}.  Of the sets in a folder those count that are
 * verified and of ${application}; one that is named counts in any case.  Return 0, or the exit code
 * after reporting: EX_DATAERR where nothing is found, EX_IOERR.
 */
int backups_find(
    const char *folder, const char *application, char *const *names, struct backups *b);

/**
 * backups_encrypted(b):
 * Return whether one of those is encrypted.
 */
bool backups_encrypted(const struct backups *b);

/**
 * backups_free(b):
 * Free what ${b} holds.
 */
void backups_free(struct backups *b);

#endif

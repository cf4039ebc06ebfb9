#ifndef TAR_EXCLUDE_H
#define TAR_EXCLUDE_H

#include <stdbool.h>

/*
 * Which files of a tree stay out of an archive: patterns with the meaning that gitignore(5)
 * gives them, so that a list means here what it means to the people who wrote it there.
 *
 *     *.log           a name, at any depth
 *     cache/          a folder and all in it, at any depth; not a file or symlink of that name
 *     /vendor/        the same, only directly in the packed folder
 *     doc/build       a slash at the start or inside anchors at the packed folder
 *     a/(**)/b        (without the brackets) any number of folders between, also none
 *     [a-z] ? *       within one name; [!a], [^a], [[:digit:]]
 *     !keep.log       takes back what an earlier line left out; the last line that fits decides
 *     # text          a comment; \# and \! begin a name; blanks at the end count only behind \
 *
 * What lies in a folder that is left out cannot be taken back.  Names are bytes: no locale,
 * no case folding.
 */
struct exclude;

/**
 * exclude_new(void):
 * Return an empty list, or NULL after reporting.
 */
struct exclude *exclude_new(void);

/**
 * exclude_add(x, pattern):
 * Append one pattern, a line of a list without its newline.  Return 0, or -1 after reporting
 * that there is no memory.  Empty lines and comments are fine; a pattern that is broken (`[a`,
 * a lone backslash at the end) fits nothing, as in git.
 */
int exclude_add(struct exclude *x, const char *pattern);

/**
 * exclude_file(x, path):
 * Append each line of the file ${path} (1 MiB at most; CR LF and a byte order mark are
 * accepted; "-" is a file of that name, not stdin).  Return 0, or the exit code after
 * reporting: EX_CONFIG where it cannot be read.
 */
int exclude_file(struct exclude *x, const char *path);

/**
 * exclude_match(x, path, folder):
 * Return whether ${path}, relative to the packed folder and without "./", is to be left out.
 * ${folder} says whether it is a folder (a symlink to one is not).  Folders above it are the
 * caller's: it does not go into one that is left out.  ${x} may be NULL.
 */
bool exclude_match(const struct exclude *x, const char *path, bool folder);

/**
 * exclude_cache(fd):
 * Return whether the folder ${fd} is marked as one whose content can be made again: it holds a
 * regular file CACHEDIR.TAG that begins with the signature of the Cache Directory Tagging
 * Specification (bford.info/cachedir).
 */
bool exclude_cache(int fd);

/**
 * exclude_free(x):
 * NULL is fine.
 */
void exclude_free(struct exclude *x);

#endif

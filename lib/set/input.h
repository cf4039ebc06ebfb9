#ifndef SET_INPUT_H
#define SET_INPUT_H

#include <stdbool.h>

#include "tar/read.h"

/*
 * An archive of files wherever it lies: a set's folder, a file, or stdin; plain or gzip, told
 * apart by the first bytes.
 */
struct input;

/**
 * input_open(path, what, quiet, rc):
 * Open the archive ${path}: a file; "-" for stdin, which is spooled; or a set's folder, of
 * which ${what} says the archive: "app", "storage", "full".  Progress is drawn unless ${quiet}.
 * Return it, or NULL after reporting, with the exit code in ${*rc}.
 */
struct input *input_open(const char *path, const char *what, bool quiet, int *rc);

/**
 * input_source(in):
 * Return what tar_prove() and others read, owned by ${in}.  Its name is the file's.
 */
const struct tar_source *input_source(struct input *in);

/**
 * input_rewind(in):
 * Begin again, so that it can be read once more.  Return 0, or the exit code after reporting.
 */
int input_rewind(struct input *in);

/**
 * input_free(in):
 * NULL is fine.
 */
void input_free(struct input *in);

#endif

#ifndef PROVE_INPUT_H
#define PROVE_INPUT_H

#include <stdbool.h>

#include "base/progress.h"
#include "tar/read.h"

/*
 * An archive of files wherever it lies: a set's folder, a file, or stdin; plain or gzip, told
 * apart by the first bytes.
 */
struct input;

/**
 * input_open(path, what, identity, quiet, rc):
 * Open the archive ${path}: a file; "-" for stdin, which is spooled; or a set's folder, of
 * which ${what} says the archive: "app", "storage", "full".  One that is encrypted is opened with
 * ${identity} (set/decrypt.h).  Progress is drawn unless ${quiet}.
 * Return it, or NULL after reporting, with the exit code in ${*rc}.
 */
struct input *input_open(
    const char *path, const char *what, const char *identity, bool quiet, int *rc);

/**
 * input_source(in):
 * Return what tar_prove() and others read, owned by ${in}.  Its name is the file's.
 */
const struct tar_source *input_source(struct input *in);

/**
 * input_fd(in):
 * Return the descriptor that is read, owned by ${in}.
 */
int input_fd(const struct input *in);

/**
 * input_progress(in), input_count(in, progress):
 * Return the progress, owned by ${in}; tell ${progress}, which stays the caller's, from now on
 * instead: for a worker.
 */
struct progress *input_progress(const struct input *in);
void input_count(struct input *in, struct progress *progress);

/**
 * input_stop(in):
 * End what reads ahead.  Until input_rewind() nothing can be read.
 */
void input_stop(struct input *in);

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

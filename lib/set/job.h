#ifndef SET_JOB_H
#define SET_JOB_H

#include "set/config.h"
#include "set/folder.h"
#include "set/log.h"

/*
 * A job: a script that fills its current directory, the folder of a set.
 */

/**
 * job_path(void):
 * Make PATH the folder of the running program and those of the system, whatever it was, so
 * that we and our jobs start the tools that belong to us.  Return 0, or -1 after reporting.
 */
int job_path(void);

/**
 * job_find(name, folder, out):
 * Find the script of the job ${name}: in ${folder} where that is given; else in
 * /etc/siantre/jobs, which wins, in ../tools/jobs or ../lib/siantre/jobs beside the running
 * program, or in LIBDIR/siantre/jobs.  ${*out} is the caller's.  Return 0, or the exit code
 * after reporting: EX_USAGE where there is none, EX_CONFIG where it is not executable or
 * others may write it.
 */
int job_find(const char *name, const char *folder, char **out);

/**
 * job_environment(c, name, f):
 * Return the environment of a job, for job_environment_free: PATH, the user, the
 * time zone, SIANTRE_CONFIG (config_name), SIANTRE_JOB, SIANTRE_SET, SIANTRE_NOTES and each key
 * of ${c} as SIANTRE_KEY; nothing else of ours.  ${f} is NULL where there is no set, and then
 * SIANTRE_SET and SIANTRE_NOTES are missing.  NULL after reporting.
 */
char **job_environment(const struct config *c, const char *name, const struct folder *f);
void job_environment_free(char **environment);

/**
 * job_run(argv, environment, folder, l):
 * Run ${argv} in ${folder} as the leader of a process group that does not outlive it, and
 * write what it says to ${l}.  Return its exit status as child_wait, or -1 after reporting.
 */
int job_run(char *const argv[], char *const environment[], const char *folder, struct log *l);

/**
 * job_script(c, name, script, f, l):
 * Let the script ${script} of the job ${name} fill the folder ${f}, or do its chore where that is
 * NULL; what it says goes to ${l}.  Return the exit code that siantre-run owes its caller, after
 * reporting.
 */
int job_script(const struct config *c, const char *name, char *script, const struct folder *f,
    struct log *l);

/**
 * job_prove(c, name, folder, l):
 * Have siantre-verify prove the set in ${folder}, which the job ${name} has filled, and note it
 * there.  Return 0, or the exit code after reporting.
 */
int job_prove(const struct config *c, const char *name, const char *folder, struct log *l);

#endif

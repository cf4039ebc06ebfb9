#ifndef BASE_NOCORE_H
#define BASE_NOCORE_H

/**
 * nocore_set(void):
 * Keep what this process has in memory out of core dumps, and from other processes of its account
 * that would look into it (ptrace(2), /proc/PID/mem, /proc/PID/environ): RLIMIT_CORE is 0 for it and
 * for its children, PR_SET_DUMPABLE is 0 until it starts another program.  Neither can fail where
 * it matters: each holds where the other is not heeded.
 *
 * It is called before main() in every program that is linked with this module, which no tool can
 * forget; a change of the user undoes the second half, so that rights_drop() and rights_become()
 * call it again.  Root may still look, and what the machine swaps out is not held back.
 */
void nocore_set(void);

#endif

#ifndef BASE_SANDBOX_H
#define BASE_SANDBOX_H

#include <stdbool.h>

/*
 * What a process locks itself into before it reads bytes that anybody may have made.
 *
 * It protects from decoders with a bug that lets such bytes run code: that code has the
 * descriptors that this process was given, and memory.  It can open no file and no socket,
 * start no program and no process, trace and signal nobody, make no memory executable, and has
 * no capability left; threads it can start.  So it can tell lies about what it read, and waste
 * the time of its parent; what else it says, the parent holds for lies (base/worker.h).
 *
 * It does not protect from what comes over the given descriptors, from bugs of the kernel in
 * the calls that are left, or from what one can learn by timing.
 *
 * Three locks, each of which holds where the kernel lacks the others: a list of system calls
 * (seccomp), no rights on files and sockets (Landlock), and no room for a new descriptor.
 */
enum {
	SANDBOX_SECCOMP = 1,
	SANDBOX_LANDLOCK = 2,
	SANDBOX_ALL = SANDBOX_SECCOMP | SANDBOX_LANDLOCK
};

/*
 * For those who unpack a tree: files can be made, changed and removed, but only below ${folder}
 * (without Landlock: wherever this user may).  The names of users and groups can be looked up
 * in their files.  Root keeps the rights that give files to others; set-id bits on new files and
 * devices are refused unless ${special}.
 */
struct sandbox_tree {
	int folder;
	bool special;
};

/**
 * sandbox_enter(tree, locks):
 * Lock this process in for good, before it starts threads; ${tree} may be NULL.  Put into
 * ${*locks} what of SANDBOX_ALL is shut: a kernel without one of them is no failure.  Return 0,
 * or -1 after reporting.
 */
int sandbox_enter(const struct sandbox_tree *tree, unsigned *locks);

#endif

#ifndef DRILL_GIT_H
#define DRILL_GIT_H

#include <stdint.h>

/*
 * What of the application would be lost with this machine although it belongs into git: commits
 * that no remote has, and changed or new files.
 */
struct git {
	int64_t age; /* seconds since the oldest of these; 0: nothing; -1: not measured */
	char detail[256];
};

/**
 * git_look(app, folder, now, g):
 * Look at the work tree ${app}, and fill ${*g}.  ${folder} is an empty one for a repository of
 * our own.
 *
 * The tree belongs to others, and so does its .git/config, which can name programs that git
 * runs.  So that is not read: git works in a repository that borrows the objects and has copies
 * of the index, HEAD and the references.
 */
void git_look(const char *app, const char *folder, int64_t now, struct git *g);

#endif

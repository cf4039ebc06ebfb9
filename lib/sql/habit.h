#ifndef SQL_HABIT_H
#define SQL_HABIT_H

#include <getopt.h>

/*
 * Options of mysqldump and mariadb-dump that are no options of ours.  Some ask for what is
 * always done: they are accepted, so that an old command line works.  Some ask for what is
 * never done: they are refused by name, with the reason, since a dump that quietly is another
 * one than was asked for helps nobody.
 */

/* Their letters, for the short options of getopt_long. */
#define HABIT_LETTERS "aceilxyCEFHKNQRXYr:T:"

#define HABIT_COUNT 80 /* how many they are at most */

/**
 * habit_options(own, all):
 * Write the options of ${own}, which an all-zero one ends, with all of these behind them, to
 * ${all}, which has room for HABIT_COUNT more than ${own}: for getopt_long.
 */
void habit_options(const struct option *own, struct option *all);

/**
 * habit_take(c, value):
 * Judge what getopt_long returned as ${c}, with the argument ${value} or NULL.  Return 0 where
 * it is accepted, 1 where it is none of these, and -1 after reporting why it is refused.
 */
int habit_take(int c, const char *value);

#endif

#ifndef DB_INFILE_H
#define DB_INFILE_H

#include <mysql.h>

/**
 * infile_refuse(m):
 * Refuse every file that the server of ${m} asks for.  It may ask for any it likes in answer to
 * any statement, and an option file that the library read may have allowed it.
 */
void infile_refuse(MYSQL *m);

#endif

#ifndef RECOVER_WEBSERVER_H
#define RECOVER_WEBSERVER_H

#include <stdbool.h>

#include "recover/recover.h"

/**
 * webserver_use(r, nginx, apache):
 * Let the web servers that are installed here use what was written for ${nginx} and ${apache};
 * neither: for the one that is here, nginx first.  Each is asked whether it can (nginx -t,
 * apachectl configtest) before the first is told to.  Return 0, though one may not run yet; 1 where
 * one cannot use it, or EX_CONFIG where none of them is installed, after saying so.
 */
int webserver_use(struct recover *r, bool nginx, bool apache);

#endif

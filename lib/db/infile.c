#include "db/infile.h"

#include <string.h>

#include <mysqld_error.h>

static int
refuse_init(void **ctx, const char *name, void *user)
{
	(void)name;
	(void)user;
	*ctx = NULL;
	return 1;
}

static int
refuse_read(void *ctx, char *buf, unsigned int len)
{
	(void)ctx;
	(void)buf;
	(void)len;
	return -1;
}

static void
refuse_end(void *ctx)
{
	(void)ctx;
}

static int
refuse_error(void *ctx, char *text, unsigned int len)
{
	(void)ctx;
	strlcpy(text, "a file was asked for and refused", len);
	return ER_UNKNOWN_ERROR;
}

void
infile_refuse(MYSQL *m)
{
	mysql_set_local_infile_handler(
	    m, refuse_init, refuse_read, refuse_end, refuse_error, NULL);
}

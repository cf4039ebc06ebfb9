/*
 * dotenv_print FILE...: one line a file on stdout: {"KEY":"value",...}, or null where the file
 * is refused (with its message on stderr).  For tests/dotenv_compare.php.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/dotenv.h"
#include "base/io.h"
#include "base/json.h"

int
main(int argc, char *argv[])
{
	struct dotenv *d;
	const char *key;
	json_t *object;
	char *line;
	size_t i, len;
	int arg, fd;

	for (arg = 1; arg < argc; arg++) {
		if ((fd = open(argv[arg], O_RDONLY | O_CLOEXEC)) == -1)
			err(1, "%s", argv[arg]);
		d = dotenv_read(fd, argv[arg]);
		object = d == NULL ? json_null() : json_object();
		for (i = 0; d != NULL && (key = dotenv_key(d, i)) != NULL; i++)
			json_object_set_new(object, key, json_string(dotenv_get(d, key)));
		if ((line = json_line(object, &len)) == NULL)
			err(1, "json_line");
		fwrite(line, 1, len, stdout);
		free(line);
		json_decref(object);
		dotenv_free(d);
		io_close(&fd);
	}
	return fflush(stdout) == 0 ? 0 : 1;
}

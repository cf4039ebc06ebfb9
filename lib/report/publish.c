#include "report/publish.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "base/atomic.h"
#include "report/html.h"
#include "report/prometheus.h"

int
publish_format(const char *name, enum publish_format *out)
{
	static const char *const names[] = {
	    [PUBLISH_TEXT] = "text",
	    [PUBLISH_JSON] = "json",
	    [PUBLISH_PROMETHEUS] = "prometheus",
	    [PUBLISH_NAGIOS] = "nagios",
	    [PUBLISH_HTML] = "html",
	};

	for (unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i], name) == 0) {
			*out = (enum publish_format)i;
			return 0;
		}
	}
	return -1;
}

/* The file ${path}, whole or not at all.  Return 0, or EX_CANTCREAT after reporting. */
static int
publish_one(const char *path, mode_t mode, enum publish_format format, const struct facts *f)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	int rc = EX_CANTCREAT, bad = 0;

	if (out == NULL) {
		warn("%s", path);
		return rc;
	}
	if (format == PUBLISH_HTML)
		bad = html_print(f, out);
	else
		prometheus_print(f, out);
	if (fclose(out) != 0) {
		warn("%s", path);
		bad = -1;
	}
	if (bad == 0 && atomic_write(path, mode, text, len) == 0)
		rc = 0;
	free(text);
	return rc;
}

int
publish_all(const struct facts *f, FILE *told)
{
	const struct {
		const char *key;
		mode_t mode;
		enum publish_format format;
	} files[] = {
	    {"DASHBOARD", 0640, PUBLISH_HTML},
	    {"PROMETHEUS_FILE", 0644, PUBLISH_PROMETHEUS},
	};
	int rc = 0, code;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		const char *path = config_get(facts_wish(f)->config, files[i].key);

		if (*path == '\0')
			continue;
		code = publish_one(path, files[i].mode, files[i].format, f);
		if (code == 0 && told != NULL)
			fprintf(told, "%s\n", path);
		if (code != 0)
			rc = code;
	}
	return rc;
}

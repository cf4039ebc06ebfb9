#include "set/configs.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hint.h"
#include "set/config.h"
#include "set/setting.h"

#define MOST 20 /* names that are told */

void
configs_hint(void)
{
	struct dirent **list = NULL;
	int n = scandir(CONFIG_FOLDER, &list, NULL, alphasort), told = 0;
	struct buf b = {0};
	size_t len;

	for (int i = 0; i < n; i++) {
		len = strlen(list[i]->d_name);
		if (len > 5 && strcmp(list[i]->d_name + len - 5, ".conf") == 0) {
			list[i]->d_name[len - 5] = '\0';
			if (setting_is_name(list[i]->d_name) && ++told <= MOST)
				buf_printf(&b, " %s", list[i]->d_name);
		}
		free(list[i]);
	}
	free(list);
	if (told == 0)
		hintx("there is no configuration in %s", CONFIG_FOLDER);
	else if (buf_string(&b) != NULL)
		hintx("in %s there are:%s%s", CONFIG_FOLDER, b.data, told > MOST ? " ..." : "");
	buf_free(&b);
}

const char *
configs_instance(const char *name)
{
	static char instance[72];
	size_t len = strlen(CONFIG_FOLDER "/");

	if (strchr(name, '/') != NULL) {
		if (strncmp(name, CONFIG_FOLDER "/", len) != 0)
			return NULL;
		strlcpy(instance, name + len, sizeof(instance));
		len = strlen(instance);
		if (len < 6 || strcmp(instance + len - 5, ".conf") != 0)
			return NULL;
		instance[len - 5] = '\0';
		name = instance;
		if (!setting_is_name(name))
			return NULL;
	}
	return strcmp(name, CONFIG_DEFAULT) == 0 ? "" : name;
}

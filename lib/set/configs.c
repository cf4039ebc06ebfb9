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

#include "base/nocore.h"

#include <sys/prctl.h>
#include <sys/resource.h>

void
nocore_set(void)
{
	const struct rlimit none = {0, 0};

	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

__attribute__((constructor)) static void
before_main(void)
{
	nocore_set();
}

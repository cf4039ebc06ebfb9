#include "report/page_style.h"

/* The Makefile turns page.css into a string. */
const char page_style[] =
#include "page.css.h"
    ;

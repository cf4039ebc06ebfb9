#include "unit.h"

#include <stddef.h>

#include "db/equal.h"

START_TEST(tables_with_rows_are_locked_by_their_quoted_names)
{
	char db[] = "d`b", name_a[] = "a", name_empty[] = "empty", name_s[] = "s",
	     name_bc[] = "b-c";
	struct table t[4] = {{.database = db, .name = name_a, .rows = true},
	    {.database = db, .name = name_empty},
	    {.database = db, .name = name_s, .rows = true, .kind = CATALOGUE_SEQUENCE},
	    {.database = "other", .name = name_bc, .rows = true}};
	struct table *tables[] = {&t[0], &t[1], &t[2], &t[3]};
	struct buf b = {0};

	ck_assert_uint_eq(equal_lock_sql(&b, tables, 4), 2);
	ck_assert_str_eq(buf_string(&b), "LOCK TABLES `d``b`.`a` READ, `other`.`b-c` READ");
	buf_free(&b);
	ck_assert_uint_eq(equal_lock_sql(&b, tables + 1, 2), 0);
	ck_assert_uint_eq(b.len, 0);
	buf_free(&b);
}
END_TEST

/* What needs the least rights and stops the fewest comes first; MariaDB has no instance lock, and
 * MySQL tells no snapshot's position, so there the whole server must stand still for it. */
START_TEST(each_server_has_its_ways)
{
	const struct equal_way *ways;
	size_t n;

	ways = equal_ways(true, &n);
	ck_assert_uint_eq(n, 2);
	ck_assert_ptr_null(ways[0].lock);
	ck_assert_str_eq(ways[1].lock, "FLUSH TABLES WITH READ LOCK");
	ck_assert_ptr_null(ways[1].before);

	ways = equal_ways(false, &n);
	ck_assert_uint_eq(n, 2);
	ck_assert_str_eq(ways[0].before, "LOCK INSTANCE FOR BACKUP");
	ck_assert_str_eq(ways[0].lock, "FLUSH TABLES WITH READ LOCK");
	ck_assert_str_eq(ways[0].after, "UNLOCK INSTANCE");
	ck_assert(ways[0].position);
	ck_assert_ptr_null(ways[1].before);
	ck_assert_ptr_null(ways[1].lock);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("equal");

	tcase_add_test(t, tables_with_rows_are_locked_by_their_quoted_names);
	tcase_add_test(t, each_server_has_its_ways);
	return unit_main(t);
}

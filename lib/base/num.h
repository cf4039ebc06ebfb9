#ifndef BASE_NUM_H
#define BASE_NUM_H

#include <stddef.h>
#include <stdint.h>

/*
 * Numbers as people write them in options and configuration, one parser a kind.  Each rejects
 * junk, signs, empty text and overflow: it returns -1, leaves ${*out} alone and does not
 * report (the caller knows which option it was).
 */

/**
 * num_count(text, min, max, out):
 * Parse a whole decimal number between ${min} and ${max}.
 */
int num_count(const char *text, uint64_t min, uint64_t max, uint64_t *out);

/**
 * num_size(text, out):
 * Parse a size in bytes with an optional K, M, G, T or P (powers of 1024, small letters too; a
 * following "iB" or "B" is accepted): "64M", "1GiB", "512".
 */
int num_size(const char *text, uint64_t *out);

/**
 * num_duration(text, out):
 * Parse a duration into seconds: one or more numbers with a unit s, m, h, d, w or y (365 d),
 * units falling: "90s", "2h", "1d12h", "30d", "1y".  A bare number is an error, but for "0".
 */
int num_duration(const char *text, int64_t *out);

/**
 * num_human(buf, size, bytes):
 * Write ${bytes} for people ("1.5 GiB") into ${buf} of ${size} bytes (16 are enough); return
 * ${buf}.
 */
const char *num_human(char *buf, size_t size, uint64_t bytes);

/**
 * num_elapsed(buf, size, seconds):
 * Write a duration for people ("2 h 5 min", "3.2 s", "12 d") into ${buf} of ${size} bytes (24
 * are enough); return ${buf}.
 */
const char *num_elapsed(char *buf, size_t size, double seconds);

#endif

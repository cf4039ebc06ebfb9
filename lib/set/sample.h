#ifndef SET_SAMPLE_H
#define SET_SAMPLE_H

/**
 * sample_parse(text, share):
 * Put into ${*share} how much of what was proven elsewhere ${text} asks to be proven again:
 * "none" 0, "all" 1, "sample:5%" 0.05; "auto" -1, as it costs nothing, a twentieth, and otherwise
 * none.  Return 0, or -1 for anything else.
 */
int sample_parse(const char *text, double *share);

#endif

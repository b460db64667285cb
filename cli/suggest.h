/* The word that somebody who mistyped most probably meant. */
#ifndef HF_CLI_SUGGEST_H
#define HF_CLI_SUGGEST_H

#include <stddef.h>

/* How many letters must be changed, added, left out or swapped to make one word of the other; words longer than 63
 * bytes are compared by their first 63. */
size_t hf_suggest_distance(const char *a, const char *b);

/* Keeps the nearer of the words it is shown. `best` is NULL while none is near enough to be worth saying. */
struct hf_suggest {
    const char *typed;
    const char *best;
    size_t distance;
};

void hf_suggest_consider(struct hf_suggest *suggest, const char *word);

#endif

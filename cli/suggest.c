/* Nearest words by the number of typing errors between them (changes, additions, omissions, swaps of neighbours).
 * Invariant: a word is only suggested when fewer than half of its letters differ, or it begins as typed. */
#define _POSIX_C_SOURCE 200809L
#include "suggest.h"

#include <stdint.h>
#include <string.h>

enum { WORD_MAX = 63 };

static uint8_t smaller(uint8_t a, uint8_t b)
{
    return a < b ? a : b;
}

/* One row of the classic table from the two rows above it. */
static void fill_row(const char *a, size_t i, const char *b, size_t b_len, uint8_t rows[3][WORD_MAX + 1])
{
    rows[2][0] = (uint8_t)i;
    for (size_t j = 1; j <= b_len; j++) {
        uint8_t changed = (uint8_t)(rows[1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
        uint8_t best = smaller(changed, smaller((uint8_t)(rows[1][j] + 1), (uint8_t)(rows[2][j - 1] + 1)));
        if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
            best = smaller(best, (uint8_t)(rows[0][j - 2] + 1));
        rows[2][j] = best;
    }
}

size_t hf_suggest_distance(const char *a, const char *b)
{
    uint8_t rows[3][WORD_MAX + 1] = {{0}};
    size_t a_len = strnlen(a, WORD_MAX);
    size_t b_len = strnlen(b, WORD_MAX);
    for (size_t j = 0; j <= b_len; j++)
        rows[1][j] = (uint8_t)j;
    for (size_t i = 1; i <= a_len; i++) {
        fill_row(a, i, b, b_len, rows);
        for (size_t j = 0; j <= b_len; j++) {
            rows[0][j] = rows[1][j];
            rows[1][j] = rows[2][j];
        }
    }
    return rows[1][b_len];
}

void hf_suggest_consider(struct hf_suggest *suggest, const char *word)
{
    size_t typed_len = strlen(suggest->typed);
    size_t word_len = strlen(word);
    size_t distance = hf_suggest_distance(suggest->typed, word);
    if (typed_len >= 3 && strncmp(suggest->typed, word, typed_len) == 0)
        distance = 1; /* a word broken off */
    if (distance * 2 >= (word_len > typed_len ? word_len : typed_len))
        return;
    if (suggest->best != NULL && distance >= suggest->distance)
        return;
    suggest->best = word;
    suggest->distance = distance;
}

/* Pass phrases of private keys, from a file or from the person at the terminal. */
#ifndef HF_CLI_PASS_PHRASE_H
#define HF_CLI_PASS_PHRASE_H

#include <stdbool.h>
#include <stddef.h>

#include <handfast/failure.h>

enum { HF_PASS_PHRASE_ROOM = 512 };

struct hf_pass_phrase {
    char text[HF_PASS_PHRASE_ROOM];
    size_t len; /* 0: there is none */
};

/* The first line of a file, without its line end. False: *ret_failure says why. */
bool hf_pass_phrase_read(const char *path, struct hf_pass_phrase *ret_phrase, struct hf_failure *ret_failure);

/* Asks at the controlling terminal, without showing what is typed; never stdin, which may carry data. False when there
 * is no terminal or nothing was typed. */
bool hf_pass_phrase_ask(const char *question, struct hf_pass_phrase *ret_phrase);

/* Overwrites it; do so as soon as it was used. */
void hf_pass_phrase_wipe(struct hf_pass_phrase *phrase);

#endif

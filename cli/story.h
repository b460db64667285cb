/* A handshake told message by message: who to whom, how many bytes, under which keys, and what for. */
#ifndef HF_CLI_STORY_H
#define HF_CLI_STORY_H

#include <stdbool.h>
#include <stdio.h>

#include <handfast/config.h>

/* The widest line that is written. */
enum { HF_STORY_WIDTH = 100 };

/* True when the terminal or file takes UTF-8, by the locale: then arrows and dashes are drawn, else typed. */
bool hf_story_is_utf8(void);

/* The names of the columns. */
void hf_story_header(FILE *to);

/* One message on one line, its purpose beside it. from_client: who sent it. */
void hf_story_message(FILE *to, bool from_client, const struct hf_seen *what);

/* What was decided or shown by it, below; `who` says who found it, "" that it is the sender's. Nothing when empty. */
void hf_story_detail(FILE *to, const char *who, const char *detail);

/* Application data, as its own line. */
void hf_story_data(FILE *to, bool from_client, size_t len, const char *text);

/* Prints a text from where the line stands now (`column`) to the width, and its further lines below that column. */
void hf_story_wrapped(FILE *to, int column, const char *text);

#endif

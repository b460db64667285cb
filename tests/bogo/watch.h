/* What is seen going over the wire, for the cases that ask about it: a trace of messages, the first traffic secrets. */
#ifndef HF_BOGO_WATCH_H
#define HF_BOGO_WATCH_H

#include "exchange.h"

/* Callbacks of the config; the context is a struct bogo_exchange. */
void bogo_watch_message(void *context, const struct hf_connection *connection, const struct hf_seen *seen);
void bogo_watch_secret(void *context, const char *line);

#endif

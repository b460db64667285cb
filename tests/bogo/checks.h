/* What the flags expect of a connection that opened. */
#ifndef HF_BOGO_CHECKS_H
#define HF_BOGO_CHECKS_H

#include "exchange.h"

/* False, and a line on stderr, when something is not as expected. */
bool bogo_checks_opened(const struct bogo_exchange *exchange);

/* At the connection's end. */
bool bogo_checks_ended(const struct bogo_exchange *exchange);

#endif

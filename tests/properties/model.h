/* What must come of a world, said independently of the library: by whom a connection may be opened at all, what both
 * ends must then have agreed on, and which messages must have come in which order. */
#ifndef HF_TESTS_MODEL_H
#define HF_TESTS_MODEL_H

#include "end.h"

enum model_verdict { MODEL_UNSURE = 0, MODEL_OPENS, MODEL_FAILS };

/* What two honest ends must come to where nobody interferes; FAILS holds also where somebody does. */
enum model_verdict model_judge(const struct world *world);

/* Of two honest ends that were both open at some time: they agree, and on the best that both have. */
void model_check_agreement(const struct end *client, const struct end *server);

/* Of an end that was open: the messages that came are those that the RFCs let come, none missing. */
void model_check_order(const struct end *end);

#endif

/* Being asked to stop: SIGINT and SIGTERM end waits and are then told by hf_stop_asked. SIGPIPE is ignored. */
#ifndef HF_CLI_STOP_H
#define HF_CLI_STOP_H

#include <stdbool.h>

void hf_stop_prepare(void);
bool hf_stop_asked(void);

#endif

/* What a peer that refused us most probably found: judged from everything this end saw in the handshake, not from the
 * alert alone, because one alert has many causes and one cause many alerts (docs/FAILURES.md). */
#ifndef HF_ENGINE_DIAGNOSE_H
#define HF_ENGINE_DIAGNOSE_H

#include "handshake/handshake.h"

/* Fills error, of, subject, wanted, got, hint of the failure for an alert that came. */
void hf_diagnose_alert(const struct hf_handshake *handshake, uint8_t alert, struct hf_failure *failure);

/* Says what was last done when the transport was cut. */
void hf_diagnose_cut(const struct hf_handshake *handshake, struct hf_failure *failure);

#endif

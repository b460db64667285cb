/* An attacker with keys: one end whose flight is bent on its way out. What it sends differs from what it built, and its
 * transcript follows what it sent, so that its Finished and its CertificateVerify fit the bent handshake. Only the
 * other end's own order and checks can refuse it. One rogue at a time; the program is linked with
 * --wrap=hf_transcript_add. */
#ifndef HF_TESTS_ROGUE_H
#define HF_TESTS_ROGUE_H

#include "end.h"

/* Draws what it does; a thief has no certificate that holds, so this comes before the configs are made. */
void rogue_draw(struct world *world);

/* Takes hold of the end's connection. A client's first hello is built already: that one is bent by the wire only. */
void rogue_take(struct end *end);

/* To be called when its connection is gone. */
void rogue_release(void);

/* Whether it sent something else than it should have so far. */
bool rogue_was_bent(void);

/* Whether a Finished or CertificateVerify of its was spoilt: nobody may open by it. */
bool rogue_has_lied(void);

#endif

/* Whether a kept session may be resumed between these two, as far as hellos and settings tell; whom it belongs to is
 * for handshake/peer_proof.h to judge again. That it is of our policy its seal has said. RFC 5246 7.4.1.2, 7.4.1.4. */
#ifndef HF_NEGOTIATE_RESUMPTION_H
#define HF_NEGOTIATE_RESUMPTION_H

#include "negotiate/negotiate.h"
#include "session/session.h"

/* Whether what was negotiated may be resumed later: with extended master secret (RFC 7627 5.3), without compression,
 * which is the session's (RFC 5246 7.4.1.3). Certificates are judged again, and a shared key must still be there. */
HF_MUST bool hf_negotiate_resumption_may_follow(const struct hf_negotiated *negotiated);

/* Whether the session is one of TLS 1.3, to be resumed by its PSK. */
HF_MUST bool hf_negotiate_resumption_is_psk(const struct hf_session *session);

/* A client: whether it may offer the session. */
HF_MUST bool hf_negotiate_resumption_offers(const struct hf_config *config, const struct hf_session *session,
                                            int64_t now_s);

/* A server: whether the session is the one that the hello asks for, of the version that was chosen, with the suite that
 * a full handshake would now have (one that is better than the session's goes before it), and has the client's
 * certificate where one is required. */
HF_MUST bool hf_negotiate_resumption_fits(const struct hf_negotiate_question *question,
                                          const struct hf_negotiated *negotiated, const struct hf_session *session);

/* A server in 1.3, which `version` is: whether the session is of that version, with a suite of the same hash among
 * those that both want (RFC 9846 4.7.1), not over, and has the client's certificate where one is required. */
HF_MUST bool hf_negotiate_resumption_fits13(const struct hf_negotiate_question *question, uint16_t version,
                                            const struct hf_session *session);

/* A server: what was chosen for a full handshake becomes what the session was made with. */
void hf_negotiate_resumption_take(const struct hf_session *session, struct hf_negotiated *negotiated);

#endif

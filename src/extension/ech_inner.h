/* The inner hello in its encoded form, and back (RFC 9849 5.1). Hellos are bodies, without handshake headers, as they
 * go over the wire; over datagrams they have the field legacy_cookie, and `has_cookie` says so. */
#ifndef HF_EXTENSION_ECH_INNER_H
#define HF_EXTENSION_ECH_INNER_H

#include "base/buffer.h"
#include "base/writer.h"
#include "error/error.h"
#include "wire/extension.h"

/* A client: the inner hello with its extensions in the order in which it can be encoded: those that stand in the outer
 * one, byte for byte, together and behind the others; pre_shared_key stays last. HF_ERR_internal: not hellos. */
HF_MUST enum hf_error hf_ech_inner_arrange(struct hf_span inner, struct hf_span outer, bool has_cookie,
                                           struct hf_writer *into);

/* A client: an arranged inner hello to EncodedClientHelloInner, without padding. HF_ERR_internal likewise. */
HF_MUST enum hf_error hf_ech_inner_encode(struct hf_span inner, struct hf_span outer, bool has_cookie,
                                          struct hf_writer *into);

/* The length that such an encoded hello is padded to (RFC 9849 6.1.3): by the name in it, of which name_len is the
 * length, 0 for none, and the configuration's maximum_name_length. */
size_t hf_ech_inner_padded_len(size_t encoded_len, size_t name_len, size_t name_max);

/* A server: back again, in linear time. HF_ERR_decode_error, HF_ERR_ech_inner_wrong, HF_ERR_no_memory; *ret_where then
 * is the part at fault, static. `into` must be empty. */
HF_MUST enum hf_error hf_ech_inner_decode(struct hf_span encoded, struct hf_span outer, bool has_cookie,
                                          struct hf_buffer *into, const char **ret_where);

/* encrypted_client_hello of type outer in a hello, and where its payload begins in it. False: there is none, or it is
 * malformed, which the hello's reader tells. */
HF_MUST bool hf_ech_inner_find(struct hf_span hello, bool has_cookie, struct hf_wire_ech_outer *ret_outer,
                               size_t *ret_payload_at);

#endif

/* The table made into an array: verbs of every extension, in the order of extensions.def. RFC 9846 4.3. */
#include "extension/table.h"

#include "extension/application_layer_protocol_negotiation.h"
#include "extension/certificate_authorities.h"
#include "extension/client_certificate_type.h"
#include "extension/compress_certificate.h"
#include "extension/connection_id.h"
#include "extension/cookie.h"
#include "extension/delegated_credential.h"
#include "extension/early_data.h"
#include "extension/ec_point_formats.h"
#include "extension/encrypt_then_mac.h"
#include "extension/encrypted_client_hello.h"
#include "extension/extended_master_secret.h"
#include "extension/key_share.h"
#include "extension/max_fragment_length.h"
#include "extension/post_handshake_auth.h"
#include "extension/pre_shared_key.h"
#include "extension/psk_key_exchange_modes.h"
#include "extension/quic_transport_parameters.h"
#include "extension/record_size_limit.h"
#include "extension/renegotiation_info.h"
#include "extension/rrc.h"
#include "extension/server_certificate_type.h"
#include "extension/server_name.h"
#include "extension/session_ticket.h"
#include "extension/signature_algorithms.h"
#include "extension/signature_algorithms_cert.h"
#include "extension/signed_certificate_timestamp.h"
#include "extension/status_request.h"
#include "extension/supported_groups.h"
#include "extension/supported_versions.h"
#include "extension/ticket_request.h"
#include "extension/tls_cert_with_extern_psk.h"
#include "extension/use_srtp.h"

/* The column `answer` as the table writes it. */
enum { ASKED = 0, FREE = 1 };

static const struct hf_extension_entry entries[HF_EXTENSION_ROWS] = {
#define HF_EXTENSION(name, places, answer, offer, take, reply, check) {answer, offer, take, reply, check},
#include "extension/extensions.def"
#undef HF_EXTENSION
};

const struct hf_extension_entry *hf_extension_table_at(enum hf_extension_row row)
{
    return &entries[row];
}

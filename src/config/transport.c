/* The rows. Versions of DTLS count down: RFC 6347 4.1. */
#include "config/transport.h"

const struct hf_transport hf_transport_stream = {
    .version12 = 0x0303,
    .version13 = 0x0304,
    .name12 = "TLS 1.2",
    .name13 = "TLS 1.3",
    .mimics12 = true,
    .ends_early = true,
    .confirms = true,
    .has_records = true,
};

const struct hf_transport hf_transport_datagram = {
    .version12 = 0xfefd,
    .version13 = 0xfefc,
    .name12 = "DTLS 1.2",
    .name13 = "DTLS 1.3",
    .has_cookie = true,
    .confirms = true,
    .has_records = true,
    .small_hellos = true,
};

/* No 1.2, whatever the builder is told. */
const struct hf_transport hf_transport_quic = {
    .version12 = 0x0303,
    .version13 = 0x0304,
    .name12 = "TLS 1.2",
    .name13 = "TLS 1.3",
    .has_parameters = true,
    .early_max = UINT32_MAX,
    .apart = "QUIC",
};

/* compress_certificate: by which algorithms the sender takes compressed certificates; it has no answer. TLS 1.3 only:
 * in 1.2 it is read and has no effect. RFC 8879 3. */
#ifndef HF_EXTENSION_COMPRESS_CERTIFICATE_H
#define HF_EXTENSION_COMPRESS_CERTIFICATE_H

#include "extension/verbs.h"

hf_extension_offer hf_compress_certificate_offer;
hf_extension_take hf_compress_certificate_take;
hf_extension_reply hf_compress_certificate_reply;
hf_extension_check hf_compress_certificate_check;

#endif

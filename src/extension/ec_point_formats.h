/* ec_point_formats: we speak the uncompressed format only, and whoever sends the list must have it too.
 * TLS 1.2 only. RFC 8422 5.1.2. */
#ifndef HF_EXTENSION_EC_POINT_FORMATS_H
#define HF_EXTENSION_EC_POINT_FORMATS_H

#include "extension/verbs.h"

hf_extension_offer hf_ec_point_formats_offer;
hf_extension_take hf_ec_point_formats_take;
hf_extension_reply hf_ec_point_formats_reply;
hf_extension_check hf_ec_point_formats_check;

#endif

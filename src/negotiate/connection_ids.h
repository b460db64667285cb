/* Connection IDs: used when both ends say so; then paths are checked when both can. RFC 9146 3, RFC 9853 3. */
#ifndef HF_NEGOTIATE_CONNECTION_IDS_H
#define HF_NEGOTIATE_CONNECTION_IDS_H

#include "negotiate/negotiate.h"

void hf_negotiate_connection_ids_server(const struct hf_config *config, const struct hf_client_hello_facts *hello,
                                        struct hf_negotiated *negotiated);

/* HF_ERR_illegal_parameter: rrc without connection_id. */
HF_MUST enum hf_error hf_negotiate_connection_ids_client(const struct hf_server_hello_facts *hello,
                                                         struct hf_negotiated *negotiated,
                                                         struct hf_failure *ret_failure);

#endif

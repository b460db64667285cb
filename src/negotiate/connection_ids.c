#include "negotiate/connection_ids.h"

#include "extension/fail.h"

void hf_negotiate_connection_ids_server(const struct hf_config *config, const struct hf_client_hello_facts *hello,
                                        struct hf_negotiated *negotiated)
{
    negotiated->has_ids = config->uses_connection_ids && hf_extension_set_has(hello->present, HF_ROW_connection_id);
    if (!negotiated->has_ids)
        return;
    negotiated->connection_id = hello->connection_id;
    negotiated->checks_paths = hello->checks_paths;
}

enum hf_error hf_negotiate_connection_ids_client(const struct hf_server_hello_facts *hello,
                                                 struct hf_negotiated *negotiated, struct hf_failure *ret_failure)
{
    if (hello->checks_paths && !hello->has_ids)
        return hf_extension_fail(ret_failure, HF_ERR_illegal_parameter, "rrc without connection_id in ServerHello");
    negotiated->has_ids = hello->has_ids;
    negotiated->connection_id = hello->connection_id;
    negotiated->checks_paths = hello->checks_paths;
    return HF_OK;
}

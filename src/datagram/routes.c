#include "datagram/routes.h"

enum hf_error hf_routes_new(const struct hf_allocator *allocator, const struct hf_random *random, size_t own_len,
                            struct hf_routes **ret_routes)
{
    struct hf_routes *routes = hf_allocation_new(allocator, sizeof *routes);
    if (routes == NULL)
        return HF_ERR_no_memory;
    hf_connection_ids_init(&routes->ids, allocator, own_len);
    routes->check.random = random;
    *ret_routes = routes;
    return HF_OK;
}

void hf_routes_free(struct hf_routes *routes)
{
    if (routes == NULL)
        return;
    const struct hf_allocator *allocator = routes->ids.allocator;
    hf_connection_ids_release(&routes->ids);
    hf_allocation_wipe(allocator, routes, sizeof *routes);
}

enum hf_error hf_routes_make_own(struct hf_routes *routes)
{
    uint8_t bytes[HF_CONNECTION_ID_OWN_LEN_MAX];
    const struct hf_random *random = routes->check.random;
    size_t len = routes->ids.own_len;
    if (len == 0 || len > sizeof bytes)
        return HF_OK;
    HF_TRY(random->fill(random->context, bytes, len));
    hf_connection_ids_add_own(&routes->ids, hf_span_of(bytes, len));
    return HF_OK;
}

/* RFC 9146 3, RFC 9147 4: once agreed on, a record without the ID is none of this connection; before, one with it. */
bool hf_routes_expect(const struct hf_routes *routes, struct hf_span id)
{
    if (routes == NULL || !routes->is_agreed || routes->ids.own_len == 0)
        return id.len == 0;
    return hf_connection_ids_are_ours(&routes->ids, id);
}

void hf_routes_note_data(struct hf_routes *routes)
{
    if (routes != NULL)
        routes->requests = 0;
}

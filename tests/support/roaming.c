#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "support/roaming.h"

#include <string.h>

static size_t client_len, server_len;
static enum hf_path_check server_check;

static void client_more(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
    hf_builder_connection_ids(builder, client_len);
}

static void server_more(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
    hf_builder_connection_ids(builder, server_len);
    hf_builder_path_check(builder, server_check);
}

/* One client, open; ours have these lengths. */
void roaming_open(struct roaming *stage, enum hf_version version, size_t of_client, size_t of_server)
{
    const struct lab_side client = {.min = version, .max = version, .more = client_more};
    const struct lab_side server = {.min = version, .max = version, .more = server_more};
    struct crowd *crowd = &stage->crowd;
    client_len = of_client;
    server_len = of_server;
    crowd_open(crowd, version, NULL);
    hf_listener_free(crowd->listener);
    hf_config_drop(crowd->server_config);
    hf_config_drop(crowd->client_config);
    crowd->server_config = lab_config(HF_SERVER, &server, NULL);
    crowd->client_config = lab_config(HF_CLIENT, &client, NULL);
    crowd->listener = hf_listener_new(crowd->server_config, NULL, NULL);
    stage->client = crowd_join(crowd, 0);
    crowd_run(crowd);
    crowd_pass(crowd, 2000); /* what is to be acknowledged is */
    assert_true(crowd_is_open(stage->client));
    stage->association = hf_listener_next(crowd->listener);
    assert_non_null(stage->association);
    stage->server = hf_association_connection(stage->association);
    assert_true(lab_event(stage->server, HF_EVENT_OPENED));
    hf_association_settle(stage->association);
}

void roaming_close(struct roaming *stage)
{
    crowd_close(&stage->crowd);
    server_check = HF_PATH_CHECK_ENHANCED;
}

struct hf_connection_id_info roaming_info(const struct hf_connection *connection)
{
    struct hf_connection_id_info info;
    hf_connection_id_info(connection, &info);
    return info;
}

void roaming_move(struct roaming *stage, const char *address)
{
    strcpy(stage->crowd.clients[0].address, address);
}

void roaming_expect_address(const struct roaming *stage, const char *address)
{
    size_t len;
    const uint8_t *bytes = hf_association_address(stage->association, &len);
    assert_int_equal(len, strlen(address));
    assert_memory_equal(bytes, address, len);
}

void roaming_expect_data(struct hf_connection *connection, const char *text)
{
    char data[64];
    size_t len;
    assert_int_equal(hf_read(connection, data, sizeof data, &len), HF_OK);
    assert_int_equal(len, strlen(text));
    assert_memory_equal(data, text, len);
}

void roaming_say(struct hf_connection *connection, const char *text)
{
    size_t len;
    assert_int_equal(hf_write(connection, text, strlen(text), &len), HF_OK);
    assert_int_equal(len, strlen(text));
}

/* The client says something, which the server reads at once: what comes behind waits for that. */
void roaming_client_says(struct roaming *stage, const char *text)
{
    roaming_say(stage->client, text);
    (void)crowd_to_listener(&stage->crowd);
    roaming_expect_data(stage->server, text);
    hf_association_settle(stage->association);
}

void roaming_server_says(struct roaming *stage, const char *text)
{
    roaming_say(stage->server, text);
    hf_association_settle(stage->association);
}

void roaming_check(enum hf_path_check check)
{
    server_check = check;
}

struct hf_config *roaming_client_config(enum hf_version version, size_t id_len)
{
    const struct lab_side side = {.min = version, .max = version, .more = client_more};
    client_len = id_len;
    return lab_config(HF_CLIENT, &side, NULL);
}

/* Lines of the key log: LABEL, space, client random, space, secret, both in hexadecimal (RFC 9850 2). */
#include "schedule/key_log.h"

static const char *const labels[] = {
    [HF_KEY_LOG_CLIENT_RANDOM] = "CLIENT_RANDOM",
    [HF_KEY_LOG_CLIENT_EARLY_TRAFFIC_SECRET] = "CLIENT_EARLY_TRAFFIC_SECRET",
    [HF_KEY_LOG_EARLY_EXPORTER_SECRET] = "EARLY_EXPORTER_SECRET",
    [HF_KEY_LOG_CLIENT_HANDSHAKE_TRAFFIC_SECRET] = "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
    [HF_KEY_LOG_SERVER_HANDSHAKE_TRAFFIC_SECRET] = "SERVER_HANDSHAKE_TRAFFIC_SECRET",
    [HF_KEY_LOG_CLIENT_TRAFFIC_SECRET_0] = "CLIENT_TRAFFIC_SECRET_0",
    [HF_KEY_LOG_SERVER_TRAFFIC_SECRET_0] = "SERVER_TRAFFIC_SECRET_0",
    [HF_KEY_LOG_EXPORTER_SECRET] = "EXPORTER_SECRET",
    [HF_KEY_LOG_ECH_SECRET] = "ECH_SECRET",
    [HF_KEY_LOG_ECH_CONFIG] = "ECH_CONFIG",
};

void hf_key_log_write(enum hf_key_log_label label, struct hf_span client_random, struct hf_span bytes,
                      struct hf_text *line)
{
    hf_text_add(line, "%s ", labels[label]);
    hf_text_add_hex(line, client_random);
    hf_text_add(line, " ");
    hf_text_add_hex(line, bytes);
}

void hf_key_log_line(enum hf_key_log_label label, struct hf_span client_random, const struct hf_secret *secret,
                     char into[HF_KEY_LOG_LINE_ROOM])
{
    struct hf_text line = hf_text_of(into, HF_KEY_LOG_LINE_ROOM);
    if (secret != NULL && secret->len > 0)
        hf_key_log_write(label, client_random, hf_secret_span(secret), &line);
}

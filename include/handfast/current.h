/* The config that new connections are made with, replaced while others run: new certificates, CAs, lists and rules
 * without a connection dropped. A config stays immutable; what changes is which one is current.
 *
 *     struct hf_current *current = hf_current_new(config);            // once
 *     struct hf_config *now = hf_current_take(current);               // any thread, for each connection
 *     connection = hf_connection_new(now, NULL, now_ms, &failure);    // it holds its config as long as it lives
 *     hf_config_drop(now);
 *     ...
 *     if (hf_current_replace(current, newer) == HF_OK) ...            // any thread, any time
 *
 * Taking waits for nobody: three atomic additions, no lock and no loop, whatever other threads do. Connections that run
 * keep the config that they began with; sessions are resumed under the new one only if its policy is the same, since
 * the policy's digest is part of each (<handfast/session.h>): give both configs one cache and one set of ticket keys.
 * Whatever is wrong with new files is told by hf_builder_finish, before anything is replaced. */
#ifndef HANDFAST_CURRENT_H
#define HANDFAST_CURRENT_H

#include <handfast/config.h>

#ifdef __cplusplus
extern "C" {
#endif

struct hf_current;

/* Holds the config. NULL when there is no memory, or config is NULL. */
struct hf_current *hf_current_new(struct hf_config *config);

/* Drops what it holds; NULL is fine. No other call may be running. Configs that were taken stay with their holders. */
void hf_current_free(struct hf_current *current);

/* The current config, held for the caller, who drops it (hf_config_drop). Never NULL. Any thread. */
struct hf_config *hf_current_take(struct hf_current *current);

/* Makes this config the current one and holds it; the one before is dropped, by the last thread that is taking it if
 * there is any. wrong_call, and nothing changed, when config is NULL, or of another role, or over another transport
 * than the current one (hf_builder_datagrams); no_memory when 63 threads were stopped each in the middle of taking
 * another config: try again. Any thread, several at once too. */
enum hf_error hf_current_replace(struct hf_current *current, struct hf_config *config);

#ifdef __cplusplus
}
#endif
#endif

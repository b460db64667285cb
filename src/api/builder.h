/* The builder: a config being put together, and the first thing that was wrong with it. */
#ifndef HF_API_BUILDER_H
#define HF_API_BUILDER_H

#include "base/buffer.h"
#include "base/reader.h"
#include "config/config.h"

struct hf_builder {
    struct hf_config *config;  /* NULL when there was no memory for it */
    struct hf_failure failure; /* the first; error HF_OK while there is none */
    struct hf_buffer pass;
    bool has_anonymity; /* hf_builder_anonymous */
    bool trusts_system;
    bool sends_authorities;
    bool suites_set;
    bool groups_set;
    bool schemes_set;
    size_t verified_chains;    /* hf_builder_verified_chains */
    size_t key_share_pool;     /* hf_builder_key_share_pool */
    size_t key_shares_wanted;  /* hf_builder_key_shares; 0: as the groups suggest */
    bool key_share_groups_set; /* hf_builder_key_share_groups: */
    const struct hf_group *key_share_groups[HF_CONFIG_KEY_SHARES_MAX];
};

/* Keeps `error` if it is the first, and says where and what came. wanted and got may be NULL. */
void hf_builder_refuse(struct hf_builder *builder, enum hf_error error, const char *where, const char *wanted,
                       const char *got);

/* Reads a file of at most `max` bytes into a buffer that is made here. False: the failure is kept, if it is the first,
 * and there is nothing to release. Only while calls count. */
HF_MUST bool hf_builder_read_file(struct hf_builder *builder, const char *path, size_t max,
                                  struct hf_buffer *ret_bytes);

/* Whether another identity may be added; if not, says so. */
bool hf_builder_has_room_for_identity(struct hf_builder *builder);

/* The next of a list of names, which colons, commas and spaces separate; false at its end. */
bool hf_builder_lists_next(struct hf_reader *list, struct hf_span *ret_name);

/* Compresses our certificates by the algorithms that are on (builder_compression.c). */
void hf_builder_compression_apply(struct hf_builder *builder);

/* What delegated credentials of ours need of their certificates and of the date (builder_delegation.c). */
void hf_builder_delegation_check(struct hf_builder *builder, int64_t now_s);
/* What carries connections: one thing only. `call` is who says so. */
void hf_builder_set_transport(struct hf_builder *builder, const struct hf_transport *transport, const char *call);

/* What revocation_outside needs beside it (builder_revocation.c). */
void hf_builder_revocation_check(struct hf_builder *builder);

/* Whether calls still count: false after the first error. */
bool hf_builder_is_fine(const struct hf_builder *builder);

#endif

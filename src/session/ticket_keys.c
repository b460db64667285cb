/* A sealed ticket: name(16) nonce(12) ciphertext tag(16). The name is authenticated with it. Nonces are random, for the
 * machines of a fleet share keys and count nothing together. The lock is held to copy a key, not to use it. */
#include "session/ticket_keys.h"

#include "base/secret.h"
#include "crypto/aead.h"
#include "crypto/lock.h"
#include "crypto/random.h"

#include <stdatomic.h>

#define SEALS_MAX (UINT64_C(1) << 32) /* NIST SP 800-38D 8.3, of random nonces */

struct key {
    uint8_t name[HF_TICKET_KEYS_NAME_LEN];
    uint8_t bytes[HF_TICKET_KEYS_KEY_LEN];
    uint64_t seals;
};

struct hf_ticket_keys {
    struct hf_allocator allocator;
    atomic_size_t holders;
    struct hf_lock *lock;
    struct key keys[HF_TICKET_KEYS_MAX]; /* the newest first */
    size_t count;
};

static void wipe_key(struct key *key)
{
    hf_wipe(key, sizeof *key);
}

#define WIPED_KEY __attribute__((cleanup(wipe_key)))

/* ---- birth and death ---- */

struct hf_ticket_keys *hf_ticket_keys_new_with(const struct hf_allocator *allocator)
{
    struct hf_ticket_keys *keys = hf_allocation_new(allocator, sizeof *keys);
    if (keys == NULL)
        return NULL;
    keys->allocator = *allocator;
    atomic_init(&keys->holders, 1);
    enum hf_error error = hf_lock_new(&keys->lock);
    if (error == HF_OK)
        error = hf_ticket_keys_rotate(keys);
    if (error != HF_OK) {
        hf_ticket_keys_drop(keys);
        return NULL;
    }
    return keys;
}

struct hf_ticket_keys *hf_ticket_keys_new(void)
{
    return hf_ticket_keys_new_with(&hf_allocation_standard);
}

struct hf_ticket_keys *hf_ticket_keys_hold(struct hf_ticket_keys *keys)
{
    atomic_fetch_add_explicit(&keys->holders, 1, memory_order_relaxed);
    return keys;
}

void hf_ticket_keys_drop(struct hf_ticket_keys *keys)
{
    if (keys == NULL || atomic_fetch_sub_explicit(&keys->holders, 1, memory_order_acq_rel) != 1)
        return;
    const struct hf_allocator allocator = keys->allocator;
    hf_lock_free(keys->lock);
    hf_allocation_wipe(&allocator, keys, sizeof *keys);
}

/* ---- changing keys ---- */

/* Where the key of this name stands; `count` when there is none. */
static size_t find_held(const struct hf_ticket_keys *keys, struct hf_span name)
{
    size_t i = 0;
    while (i < keys->count && !hf_span_equal(hf_span_of(keys->keys[i].name, sizeof keys->keys[i].name), name))
        i++;
    return i;
}

/* In front; the one of the same name goes, or the last when there are too many. */
static void put_held(struct hf_ticket_keys *keys, const struct key *key)
{
    size_t hole = find_held(keys, hf_span_of(key->name, sizeof key->name));
    if (hole == keys->count && keys->count < HF_TICKET_KEYS_MAX)
        keys->count++;
    else if (hole == keys->count)
        hole--;
    for (size_t i = hole; i > 0; i--)
        keys->keys[i] = keys->keys[i - 1];
    keys->keys[0] = *key;
}

static enum hf_error put(struct hf_ticket_keys *keys, const struct key *key)
{
    if (!hf_lock_take(keys->lock))
        return HF_ERR_crypto_failed;
    put_held(keys, key);
    hf_lock_give(keys->lock);
    return HF_OK;
}

enum hf_error hf_ticket_keys_add(struct hf_ticket_keys *keys, const uint8_t name[HF_TICKET_KEY_NAME_LEN],
                                 const uint8_t bytes[HF_TICKET_KEY_LEN])
{
    WIPED_KEY struct key key = {0};
    if (!hf_span_copy(hf_span_of(name, sizeof key.name), key.name, sizeof key.name) ||
        !hf_span_copy(hf_span_of(bytes, sizeof key.bytes), key.bytes, sizeof key.bytes))
        return HF_ERR_internal;
    return put(keys, &key);
}

enum hf_error hf_ticket_keys_rotate(struct hf_ticket_keys *keys)
{
    WIPED_KEY struct key key = {0};
    HF_TRY(hf_random_system.fill(hf_random_system.context, key.name, sizeof key.name));
    HF_TRY(hf_random_system.fill(hf_random_system.context, key.bytes, sizeof key.bytes));
    return put(keys, &key);
}

/* ---- use ---- */

static bool take_sealing_key(struct hf_ticket_keys *keys, struct key *ret_key)
{
    if (!hf_lock_take(keys->lock))
        return false;
    bool may_seal = keys->keys[0].seals < SEALS_MAX;
    if (may_seal)
        keys->keys[0].seals++;
    *ret_key = keys->keys[0];
    hf_lock_give(keys->lock);
    return may_seal;
}

static enum hf_ticket_keys_age take_key_of(struct hf_ticket_keys *keys, struct hf_span name, struct key *ret_key)
{
    if (!hf_lock_take(keys->lock))
        return HF_TICKET_KEYS_NONE;
    size_t at = find_held(keys, name);
    enum hf_ticket_keys_age age = at == 0 ? HF_TICKET_KEYS_NEWEST : HF_TICKET_KEYS_OLDER;
    if (at < keys->count)
        *ret_key = keys->keys[at];
    else
        age = HF_TICKET_KEYS_NONE;
    hf_lock_give(keys->lock);
    return age;
}

static enum hf_error make_aead(const struct hf_ticket_tools *tools, const struct key *key,
                               enum hf_aead_direction direction, struct hf_aead *ret_aead)
{
    const struct hf_aead_setup setup = {
        .id = HF_AEAD_AES_256_GCM,
        .direction = direction,
        .key = hf_span_of(key->bytes, sizeof key->bytes),
    };
    return hf_aead_init(ret_aead, tools->toolbox, tools->allocator, &setup);
}

enum hf_error hf_ticket_keys_seal(struct hf_ticket_keys *keys, const struct hf_ticket_tools *tools,
                                  struct hf_span plain, struct hf_writer *writer)
{
    WIPED_KEY struct key key = {0};
    uint8_t nonce[HF_AEAD_NONCE_LEN];
    struct hf_aead aead;
    if (!take_sealing_key(keys, &key))
        return HF_ERR_wrong_call;
    HF_TRY(tools->random->fill(tools->random->context, nonce, sizeof nonce));
    struct hf_span name = hf_span_of(key.name, sizeof key.name);
    hf_writer_bytes(writer, name);
    hf_writer_bytes(writer, hf_span_of(nonce, sizeof nonce));
    uint8_t *at = hf_writer_room(writer, plain.len + HF_AEAD_TAG_LEN_MAX);
    if (at == NULL)
        return HF_ERR_internal;
    HF_TRY(make_aead(tools, &key, HF_AEAD_SEAL, &aead));
    enum hf_error error = hf_aead_seal(&aead, nonce, name, plain, at);
    hf_aead_wipe(&aead);
    return error;
}

static enum hf_error open_into(const struct hf_ticket_tools *tools, const struct key *key, struct hf_span sealed,
                               uint8_t *into)
{
    const struct hf_span name = hf_span_part(sealed, 0, HF_TICKET_KEYS_NAME_LEN);
    const struct hf_span nonce = hf_span_part(sealed, name.len, HF_AEAD_NONCE_LEN);
    struct hf_aead aead;
    HF_TRY(make_aead(tools, key, HF_AEAD_OPEN, &aead));
    enum hf_error error =
        hf_aead_open(&aead, nonce.data, name, hf_span_part(sealed, name.len + nonce.len, SIZE_MAX), into);
    hf_aead_wipe(&aead);
    return error;
}

enum hf_error hf_ticket_keys_open(struct hf_ticket_keys *keys, const struct hf_ticket_tools *tools,
                                  struct hf_span sealed, struct hf_writer *writer, enum hf_ticket_keys_age *ret_age)
{
    WIPED_KEY struct key key = {0};
    const struct hf_writer before = *writer;
    *ret_age = HF_TICKET_KEYS_NONE;
    if (sealed.len < HF_TICKET_KEYS_OVERHEAD)
        return HF_OK;
    enum hf_ticket_keys_age age = take_key_of(keys, hf_span_part(sealed, 0, HF_TICKET_KEYS_NAME_LEN), &key);
    uint8_t *at = hf_writer_room(writer, sealed.len - HF_TICKET_KEYS_OVERHEAD); /* NULL: longer than any of ours */
    enum hf_error error = HF_ERR_bad_record;
    if (age != HF_TICKET_KEYS_NONE && at != NULL)
        error = open_into(tools, &key, sealed, at);
    if (error == HF_OK)
        *ret_age = age;
    else
        *writer = before;
    return error == HF_ERR_bad_record ? HF_OK : error;
}

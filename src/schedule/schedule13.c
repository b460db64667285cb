/* RFC 9846 7.1 as a chain of stages:
 *
 *            0                      shared                    0
 *   PSK -> Extract = early -> Derive, Extract = handshake -> Derive, Extract = master
 *
 * Only the latest of the three lives, in `current`: each advance overwrites it, so no retired secret outlasts its
 * stage. Every step derives into locals that wipe themselves, and commits when all of it succeeded. */
#include "schedule/schedule13.h"

#include "crypto/hkdf.h"
#include "crypto/hmac.h"
#include "schedule/expand_label.h"

#define IV_LEN 12 /* RFC 9846 5.3 */

/* Where a secret stands, and in which stages it lives: those that never live together share a place. */
static const struct life {
    uint8_t place;
    uint8_t from; /* enum hf_stage13 */
    uint8_t to;
} lives[HF_SECRET13_COUNT] = {
    [HF_SECRET13_CLIENT_EARLY] = {0, HF_STAGE13_EARLY, HF_STAGE13_HANDSHAKE},
    [HF_SECRET13_EARLY_EXPORTER] = {1, HF_STAGE13_EARLY, HF_STAGE13_HANDSHAKE},
    [HF_SECRET13_CLIENT_HANDSHAKE] = {2, HF_STAGE13_HANDSHAKE, HF_STAGE13_MASTER},
    [HF_SECRET13_SERVER_HANDSHAKE] = {3, HF_STAGE13_HANDSHAKE, HF_STAGE13_MASTER},
    [HF_SECRET13_CLIENT_TRAFFIC] = {0, HF_STAGE13_MASTER, HF_STAGE13_OPEN},
    [HF_SECRET13_SERVER_TRAFFIC] = {1, HF_STAGE13_MASTER, HF_STAGE13_OPEN},
    [HF_SECRET13_EXPORTER] = {4, HF_STAGE13_MASTER, HF_STAGE13_OPEN},
    [HF_SECRET13_RESUMPTION] = {2, HF_STAGE13_OPEN, HF_STAGE13_OPEN},
};

static struct hf_secret *place_of(struct hf_schedule13 *schedule, enum hf_secret13 which)
{
    return &schedule->places[lives[which].place];
}

void hf_schedule13_init(struct hf_schedule13 *schedule, const struct hf_toolbox *toolbox, enum hf_hash_id hash)
{
    hf_schedule13_wipe(schedule);
    schedule->toolbox = toolbox;
    schedule->hash = hash;
}

void hf_schedule13_name(struct hf_schedule13 *schedule, const char *prefix, bool has_number_keys)
{
    schedule->prefix = prefix;
    schedule->has_number_keys = has_number_keys;
}

void hf_schedule13_yield_secrets(struct hf_schedule13 *schedule)
{
    schedule->yields_secrets = true;
}

void hf_schedule13_wipe(struct hf_schedule13 *schedule)
{
    hf_wipe(schedule, sizeof *schedule);
}

static enum hf_error expand(const struct hf_schedule13 *schedule, const struct hf_secret *secret, const char *label,
                            struct hf_span context, struct hf_secret *ret_secret)
{
    struct hf_expand_label input = {
        .toolbox = schedule->toolbox,
        .hash = schedule->hash,
        .prefix = schedule->prefix,
        .label = hf_span_of_text(label),
        .context = context,
    };
    return hf_expand_label_secret(&input, secret, hf_hash_len(schedule->hash), ret_secret);
}

/* Derive-Secret(current, label, messages) with the messages' digest. */
static enum hf_error derive(const struct hf_schedule13 *schedule, const char *label, const struct hf_digest *digest,
                            struct hf_secret *ret_secret)
{
    if (digest->len != hf_hash_len(schedule->hash))
        return HF_ERR_wrong_call;
    return expand(schedule, &schedule->current, label, hf_digest_span(digest), ret_secret);
}

/* The next secret of the chain: Extract(salt = Derive-Secret(current, "derived", ""), material); no material: zeros. */
static enum hf_error advance(const struct hf_schedule13 *schedule, struct hf_span material,
                             struct hf_secret *ret_secret)
{
    static const uint8_t zeros[HF_SECRET_MAX];
    struct hf_digest empty;
    HF_WIPED struct hf_secret salt = {0};

    if (material.len == 0)
        material = hf_span_of(zeros, hf_hash_len(schedule->hash));
    if (schedule->stage != HF_STAGE13_NEW) {
        HF_TRY(hf_hash_once(schedule->toolbox, schedule->hash, NULL, 0, &empty));
        HF_TRY(derive(schedule, "derived", &empty, &salt));
    }
    return hf_hkdf_extract(schedule->toolbox, schedule->hash, hf_secret_span(&salt), material, ret_secret);
}

enum hf_error hf_schedule13_early(struct hf_schedule13 *schedule, const struct hf_secret *psk)
{
    HF_WIPED struct hf_secret early = {0};
    struct hf_span material = psk == NULL ? hf_span_of(NULL, 0) : hf_secret_span(psk);

    if (schedule->stage != HF_STAGE13_NEW || hf_hash_len(schedule->hash) == 0)
        return HF_ERR_wrong_call;
    HF_TRY(advance(schedule, material, &early));
    schedule->current = early;
    schedule->stage = HF_STAGE13_EARLY;
    return HF_OK;
}

/* verify_data = HMAC(HKDF-Expand-Label(base, "finished", "", hash length), digest). RFC 9846 4.5.3. */
static enum hf_error finished_mac(const struct hf_schedule13 *schedule, const struct hf_secret *base,
                                  const struct hf_digest *digest, struct hf_digest *ret_mac)
{
    HF_WIPED struct hf_secret key = {0};
    struct hf_span part = hf_digest_span(digest);

    if (base->len == 0 || digest->len != hf_hash_len(schedule->hash))
        return HF_ERR_wrong_call;
    HF_TRY(expand(schedule, base, "finished", hf_span_of(NULL, 0), &key));
    return hf_hmac_once(schedule->toolbox, schedule->hash, hf_secret_span(&key), &part, 1, ret_mac);
}

enum hf_error hf_schedule13_binder(const struct hf_schedule13 *schedule, enum hf_psk_kind kind,
                                   const struct hf_digest *hello, struct hf_digest *ret_binder)
{
    static const char *const labels[] = {
        [HF_PSK_RESUMPTION] = "res binder", [HF_PSK_EXTERNAL] = "ext binder", [HF_PSK_IMPORTED] = "imp binder"};
    HF_WIPED struct hf_secret binder_key = {0};
    struct hf_digest empty;

    if (schedule->stage != HF_STAGE13_EARLY)
        return HF_ERR_wrong_call;
    HF_TRY(hf_hash_once(schedule->toolbox, schedule->hash, NULL, 0, &empty));
    HF_TRY(derive(schedule, labels[kind], &empty, &binder_key));
    return finished_mac(schedule, &binder_key, hello, ret_binder);
}

enum hf_error hf_schedule13_early_traffic(struct hf_schedule13 *schedule, const struct hf_digest *hello)
{
    HF_WIPED struct hf_secret client = {0};
    HF_WIPED struct hf_secret exporter = {0};

    if (schedule->stage != HF_STAGE13_EARLY)
        return HF_ERR_wrong_call;
    HF_TRY(derive(schedule, "c e traffic", hello, &client));
    HF_TRY(derive(schedule, "e exp master", hello, &exporter));
    *place_of(schedule, HF_SECRET13_CLIENT_EARLY) = client;
    *place_of(schedule, HF_SECRET13_EARLY_EXPORTER) = exporter;
    return HF_OK;
}

static enum hf_error mix(struct hf_schedule13 *schedule, const struct hf_premaster *shared)
{
    struct hf_span material = shared == NULL ? hf_span_of(NULL, 0) : hf_span_of(shared->bytes, shared->len);
    HF_WIPED struct hf_secret handshake = {0};

    if (schedule->stage != HF_STAGE13_EARLY)
        return HF_ERR_wrong_call;
    HF_TRY(advance(schedule, material, &handshake));
    schedule->current = handshake;
    schedule->stage = HF_STAGE13_SHARED;
    return HF_OK;
}

enum hf_error hf_schedule13_shared(struct hf_schedule13 *schedule, struct hf_premaster *shared)
{
    enum hf_error error = mix(schedule, shared);

    if (shared != NULL)
        hf_premaster_wipe(shared);
    return error;
}

enum hf_error hf_schedule13_handshake(struct hf_schedule13 *schedule, const struct hf_digest *hellos)
{
    HF_WIPED struct hf_secret client = {0};
    HF_WIPED struct hf_secret server = {0};

    if (schedule->stage != HF_STAGE13_SHARED)
        return HF_ERR_wrong_call;
    HF_TRY(derive(schedule, "c hs traffic", hellos, &client));
    HF_TRY(derive(schedule, "s hs traffic", hellos, &server));
    *place_of(schedule, HF_SECRET13_CLIENT_HANDSHAKE) = client;
    *place_of(schedule, HF_SECRET13_SERVER_HANDSHAKE) = server;
    schedule->stage = HF_STAGE13_HANDSHAKE;
    return HF_OK;
}

enum hf_error hf_schedule13_master(struct hf_schedule13 *schedule, const struct hf_digest *to_server_finished)
{
    HF_WIPED_SCHEDULE13 struct hf_schedule13 next = *schedule;
    HF_WIPED struct hf_secret master = {0};

    if (schedule->stage != HF_STAGE13_HANDSHAKE)
        return HF_ERR_wrong_call;
    HF_TRY(advance(schedule, hf_span_of(NULL, 0), &master));
    next.current = master; /* and in the places of the early secrets now stand those of traffic */
    next.stage = HF_STAGE13_MASTER;
    HF_TRY(derive(&next, "c ap traffic", to_server_finished, place_of(&next, HF_SECRET13_CLIENT_TRAFFIC)));
    HF_TRY(derive(&next, "s ap traffic", to_server_finished, place_of(&next, HF_SECRET13_SERVER_TRAFFIC)));
    HF_TRY(derive(&next, "exp master", to_server_finished, place_of(&next, HF_SECRET13_EXPORTER)));
    *schedule = next;
    return HF_OK;
}

enum hf_error hf_schedule13_resumption(struct hf_schedule13 *schedule, const struct hf_digest *to_client_finished)
{
    HF_WIPED struct hf_secret resumption = {0};

    if (schedule->stage != HF_STAGE13_MASTER)
        return HF_ERR_wrong_call;
    HF_TRY(derive(schedule, "res master", to_client_finished, &resumption));
    hf_secret_wipe(&schedule->current);
    hf_secret_wipe(place_of(schedule, HF_SECRET13_CLIENT_HANDSHAKE));
    hf_secret_wipe(place_of(schedule, HF_SECRET13_SERVER_HANDSHAKE));
    *place_of(schedule, HF_SECRET13_RESUMPTION) = resumption;
    schedule->stage = HF_STAGE13_OPEN;
    return HF_OK;
}

static enum hf_secret13 traffic_of(enum hf_role sender)
{
    return sender == HF_CLIENT ? HF_SECRET13_CLIENT_TRAFFIC : HF_SECRET13_SERVER_TRAFFIC;
}

enum hf_error hf_schedule13_finished(const struct hf_schedule13 *schedule, enum hf_role sender,
                                     const struct hf_digest *digest, struct hf_digest *ret_verify_data)
{
    enum hf_secret13 base = sender == HF_CLIENT ? HF_SECRET13_CLIENT_HANDSHAKE : HF_SECRET13_SERVER_HANDSHAKE;
    if (schedule->stage == HF_STAGE13_OPEN)
        base = traffic_of(sender);
    const struct hf_secret *secret = hf_schedule13_secret(schedule, base);
    return secret == NULL ? HF_ERR_wrong_call : finished_mac(schedule, secret, digest, ret_verify_data);
}

enum hf_error hf_schedule13_keys(const struct hf_schedule13 *schedule, enum hf_secret13 which, size_t key_len,
                                 struct hf_traffic_keys *ret_keys)
{
    HF_WIPED_KEYS struct hf_traffic_keys keys = {0};
    const struct hf_secret *secret = hf_schedule13_secret(schedule, which);
    struct hf_expand_label input = {
        .toolbox = schedule->toolbox,
        .hash = schedule->hash,
        .prefix = schedule->prefix,
        .label = hf_span_of_text("key"),
    };

    if (secret == NULL || which == HF_SECRET13_EXPORTER || which == HF_SECRET13_EARLY_EXPORTER ||
        which == HF_SECRET13_RESUMPTION)
        return HF_ERR_wrong_call;
    if (schedule->yields_secrets) {
        keys.secret = *secret;
        *ret_keys = keys;
        return HF_OK;
    }
    HF_TRY(hf_expand_label_secret(&input, secret, key_len > 0 ? key_len : hf_hash_len(schedule->hash), &keys.key));
    input.label = hf_span_of_text("iv");
    HF_TRY(hf_expand_label_secret(&input, secret, key_len > 0 ? IV_LEN : hf_hash_len(schedule->hash), &keys.iv));
    input.label = hf_span_of_text("sn"); /* RFC 9147 4.2.3 */
    if (schedule->has_number_keys)
        HF_TRY(hf_expand_label_secret(&input, secret, key_len, &keys.number));
    *ret_keys = keys;
    return HF_OK;
}

enum hf_error hf_schedule13_update(struct hf_schedule13 *schedule, enum hf_role sender)
{
    struct hf_secret *secret = place_of(schedule, traffic_of(sender));
    HF_WIPED struct hf_secret next = {0};

    if (hf_schedule13_secret(schedule, traffic_of(sender)) == NULL)
        return HF_ERR_wrong_call;
    HF_TRY(expand(schedule, secret, "traffic upd", hf_span_of(NULL, 0), &next));
    *secret = next;
    return HF_OK;
}

enum hf_error hf_schedule13_ticket_psk(const struct hf_schedule13 *schedule, struct hf_span nonce,
                                       struct hf_secret *ret_psk)
{
    const struct hf_secret *resumption = hf_schedule13_secret(schedule, HF_SECRET13_RESUMPTION);
    if (resumption == NULL)
        return HF_ERR_wrong_call;
    return expand(schedule, resumption, "resumption", nonce, ret_psk);
}

enum hf_error hf_schedule13_export(const struct hf_schedule13 *schedule, enum hf_secret13 from,
                                   const struct hf_export_request *request, uint8_t *into, size_t len)
{
    hf_wipe(into, len);
    const struct hf_secret *secret = hf_schedule13_secret(schedule, from);
    if ((from != HF_SECRET13_EXPORTER && from != HF_SECRET13_EARLY_EXPORTER) || secret == NULL)
        return HF_ERR_wrong_call;
    struct hf_export_request named = *request;
    named.prefix = schedule->prefix;
    return hf_exporter13(schedule->toolbox, schedule->hash, secret, &named, into, len);
}

const struct hf_secret *hf_schedule13_secret(const struct hf_schedule13 *schedule, enum hf_secret13 which)
{
    const struct life *life = &lives[which];
    const struct hf_secret *place = &schedule->places[life->place];
    return place->len == 0 || schedule->stage < life->from || schedule->stage > life->to ? NULL : place;
}

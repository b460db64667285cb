/* A peer's texts and certificates lie one behind the other in one block; names are grouped by kind, so that the i-th is
 * an index. Display texts (subject, issuer) may be cut; names and URIs, which rules compare, never are. */
#include "trust/peer.h"

#include <stdatomic.h>
#include <string.h>

#include "base/text.h"
#include "base/writer.h"
#include "certificate/general_name.h"
#include "certificate/name.h"
#include "crypto/hash.h"
#include "trust/spiffe.h"
#include "trust/trust.h"

#define KINDS 4

/* In the order in which they lie in `names`. */
static const enum hf_general_name_kind kinds[KINDS] = {HF_GENERAL_NAME_DNS, HF_GENERAL_NAME_URI, HF_GENERAL_NAME_IP,
                                                       HF_GENERAL_NAME_EMAIL};

/* What came beside a certificate of the path. */
struct paper {
    struct paper *next;
    enum hf_peer_paper kind;
    size_t depth;
    size_t len;
    uint8_t bytes[];
};

struct hf_peer {
    const struct hf_allocator *allocator;
    atomic_size_t holders;
    const char *subject;
    const char *issuer;
    const char *common_name;
    const char *serial;
    int64_t not_before_s;
    int64_t not_after_s;
    struct hf_digest key_fingerprint;
    struct hf_digest certificate_fingerprint;
    const char **names;
    size_t first[KINDS + 1]; /* index of a kind's first name; the last is how many there are */
    const char *spiffe_id;
    struct hf_span chain[HF_TRUST_DEPTH_MAX];
    size_t chain_count;
    struct hf_span raw_key; /* of a peer that has no certificate; else empty */
    struct paper *papers;   /* a list */
    struct hf_revocation_result revocation;
    uint8_t *block;
    size_t block_len;
};

/* The display texts while they are put together; the peer keeps as much of them as there is. */
struct display {
    char subject[256];
    char issuer[256];
    char common_name[160];
    char serial[44];
};

/* Room for one name's text: an IPv6 address is at most 39 characters. */
static size_t room_of(const struct hf_general_name *name)
{
    return name->kind == HF_GENERAL_NAME_IP ? 40 : name->value.len + 1;
}

static void measure(const struct hf_certificate *leaf, const struct hf_span *chain, size_t count, size_t *ret_names,
                    size_t *ret_room)
{
    size_t names = 0;
    size_t room = hf_spiffe_of(leaf).len + 1;
    struct hf_general_names each = hf_general_name_each(leaf->subject_alt_names);
    struct hf_general_name name;
    while (hf_general_name_next(&each, &name)) {
        names++;
        room += room_of(&name);
    }
    for (size_t i = 0; i < count; i++)
        room += chain[i].len;
    *ret_names = names;
    *ret_room = room;
}

static const char *put_text(struct hf_writer *writer, struct hf_span bytes)
{
    uint8_t *at = hf_writer_room(writer, bytes.len + 1);
    if (at == NULL)
        return "";
    (void)hf_span_copy(bytes, at, bytes.len);
    at[bytes.len] = '\0';
    return (const char *)at;
}

/* The reader let only graphic ASCII into DNS names, URIs and mailboxes, so these bytes are safe text as they stand. */
static const char *put_name(struct hf_writer *writer, const struct hf_general_name *name)
{
    if (name->kind != HF_GENERAL_NAME_IP)
        return put_text(writer, name->value);
    char address[40];
    struct hf_text text = hf_text_of(address, sizeof(address));
    hf_general_name_print_address(name->value, &text);
    return put_text(writer, hf_span_of_text(address));
}

static void put_names(struct hf_peer *peer, const struct hf_certificate *leaf, struct hf_writer *writer)
{
    size_t count = 0;
    for (size_t kind = 0; kind < KINDS; kind++) {
        struct hf_general_names each = hf_general_name_each(leaf->subject_alt_names);
        struct hf_general_name name;
        peer->first[kind] = count;
        while (hf_general_name_next(&each, &name))
            if (name.kind == kinds[kind])
                peer->names[count++] = put_name(writer, &name);
    }
    peer->first[KINDS] = count;
}

static void put_chain(struct hf_peer *peer, const struct hf_span *chain, size_t count, struct hf_writer *writer)
{
    for (size_t i = 0; i < count; i++) {
        uint8_t *at = hf_writer_room(writer, chain[i].len);
        if (at != NULL && hf_span_copy(chain[i], at, chain[i].len))
            peer->chain[peer->chain_count++] = hf_span_of(at, chain[i].len);
    }
}

static void describe(const struct hf_certificate *leaf, struct display *display)
{
    struct hf_text subject = hf_text_of(display->subject, sizeof(display->subject));
    struct hf_text issuer = hf_text_of(display->issuer, sizeof(display->issuer));
    struct hf_text common_name = hf_text_of(display->common_name, sizeof(display->common_name));
    struct hf_text serial = hf_text_of(display->serial, sizeof(display->serial));
    hf_name_print(leaf->subject, &subject);
    hf_name_print(leaf->issuer, &issuer);
    hf_text_add_safe(&common_name, hf_name_common_name(leaf->subject));
    hf_text_add_hex(&serial, leaf->serial);
}

static size_t room_of_display(const struct display *display)
{
    return strlen(display->subject) + strlen(display->issuer) + strlen(display->common_name) + strlen(display->serial) +
           4;
}

static void put_display(struct hf_peer *peer, const struct display *display, struct hf_writer *writer)
{
    peer->subject = put_text(writer, hf_span_of_text(display->subject));
    peer->issuer = put_text(writer, hf_span_of_text(display->issuer));
    peer->common_name = put_text(writer, hf_span_of_text(display->common_name));
    peer->serial = put_text(writer, hf_span_of_text(display->serial));
}

static enum hf_error build(struct hf_peer *peer, const struct hf_toolbox *toolbox, const struct hf_certificate *leaf,
                           const struct hf_span *chain, size_t count)
{
    struct display display;
    size_t names = 0;
    describe(leaf, &display);
    measure(leaf, chain, count, &names, &peer->block_len);
    peer->block_len += room_of_display(&display);
    peer->names = hf_allocation_array(peer->allocator, names + 1, sizeof(*peer->names));
    peer->block = hf_allocation_new(peer->allocator, peer->block_len);
    if (peer->names == NULL || peer->block == NULL)
        return HF_ERR_no_memory;
    HF_TRY(hf_hash_once(toolbox, HF_HASH_SHA256, &leaf->key.raw, 1, &peer->key_fingerprint));
    HF_TRY(hf_hash_once(toolbox, HF_HASH_SHA256, &leaf->der, 1, &peer->certificate_fingerprint));
    peer->not_before_s = leaf->not_before_s;
    peer->not_after_s = leaf->not_after_s;
    struct hf_writer writer = hf_writer_of(peer->block, peer->block_len);
    put_display(peer, &display, &writer);
    put_names(peer, leaf, &writer);
    peer->spiffe_id = put_text(&writer, hf_spiffe_of(leaf));
    put_chain(peer, chain, count, &writer);
    return hf_writer_end(&writer) ? HF_OK : HF_ERR_internal;
}

enum hf_error hf_peer_new(const struct hf_allocator *allocator, const struct hf_toolbox *toolbox,
                          const struct hf_span *chain, size_t count, struct hf_peer **ret_peer)
{
    struct hf_certificate leaf;
    if (count == 0)
        return HF_ERR_bad_certificate_encoding;
    if (count > HF_TRUST_DEPTH_MAX)
        count = HF_TRUST_DEPTH_MAX;
    HF_TRY(hf_certificate_read(chain[0], &leaf, NULL));
    struct hf_peer *peer = hf_allocation_new(allocator, sizeof(*peer));
    if (peer == NULL)
        return HF_ERR_no_memory;
    peer->allocator = allocator;
    atomic_init(&peer->holders, 1);
    enum hf_error error = build(peer, toolbox, &leaf, chain, count);
    if (error != HF_OK) {
        hf_peer_drop(peer);
        return error;
    }
    *ret_peer = peer;
    return HF_OK;
}

static enum hf_error build_raw(struct hf_peer *peer, const struct hf_toolbox *toolbox, const struct hf_spki *key)
{
    HF_TRY(hf_hash_once(toolbox, HF_HASH_SHA256, &key->raw, 1, &peer->key_fingerprint));
    struct display display = {0};
    struct hf_text subject = hf_text_of(display.subject, sizeof display.subject);
    hf_text_add(&subject, "raw public key, SHA-256 ");
    hf_text_add_hex(&subject, hf_digest_span(&peer->key_fingerprint));
    peer->block_len = key->raw.len + room_of_display(&display);
    peer->names = hf_allocation_array(peer->allocator, 1, sizeof(*peer->names));
    peer->block = hf_allocation_new(peer->allocator, peer->block_len);
    if (peer->names == NULL || peer->block == NULL)
        return HF_ERR_no_memory;
    struct hf_writer writer = hf_writer_of(peer->block, peer->block_len);
    uint8_t *at = hf_writer_room(&writer, key->raw.len);
    if (at == NULL || !hf_span_copy(key->raw, at, key->raw.len))
        return HF_ERR_internal;
    peer->raw_key = hf_span_of(at, key->raw.len);
    put_display(peer, &display, &writer);
    peer->spiffe_id = "";
    peer->not_before_s = INT64_MIN;
    peer->not_after_s = INT64_MAX;
    return hf_writer_end(&writer) ? HF_OK : HF_ERR_internal;
}

enum hf_error hf_peer_new_raw(const struct hf_allocator *allocator, const struct hf_toolbox *toolbox,
                              const struct hf_spki *key, struct hf_peer **ret_peer)
{
    struct hf_peer *peer = hf_allocation_new(allocator, sizeof(*peer));
    if (peer == NULL)
        return HF_ERR_no_memory;
    peer->allocator = allocator;
    atomic_init(&peer->holders, 1);
    enum hf_error error = build_raw(peer, toolbox, key);
    if (error != HF_OK) {
        hf_peer_drop(peer);
        return error;
    }
    *ret_peer = peer;
    return HF_OK;
}

const uint8_t *hf_peer_raw_key(const struct hf_peer *peer, size_t *ret_len)
{
    *ret_len = peer->raw_key.len;
    return peer->raw_key.len == 0 ? NULL : peer->raw_key.data;
}

struct hf_peer *hf_peer_hold(struct hf_peer *peer)
{
    atomic_fetch_add_explicit(&peer->holders, 1, memory_order_relaxed);
    return peer;
}

void hf_peer_drop(struct hf_peer *peer)
{
    if (peer == NULL || atomic_fetch_sub_explicit(&peer->holders, 1, memory_order_acq_rel) != 1)
        return;
    while (peer->papers != NULL) {
        struct paper *paper = peer->papers;
        peer->papers = paper->next;
        hf_allocation_free(peer->allocator, paper);
    }
    hf_allocation_free(peer->allocator, peer->names);
    hf_allocation_free(peer->allocator, peer->block);
    hf_allocation_free(peer->allocator, peer);
}

enum hf_error hf_peer_attach(struct hf_peer *peer, enum hf_peer_paper kind, struct hf_span certificate,
                             struct hf_span bytes)
{
    size_t depth = 0;
    while (depth < peer->chain_count && !hf_span_equal(peer->chain[depth], certificate))
        depth++;
    if (depth == peer->chain_count || bytes.len == 0)
        return HF_OK;
    struct paper *paper = hf_allocation_new(peer->allocator, sizeof *paper + bytes.len);
    if (paper == NULL)
        return HF_ERR_no_memory;
    *paper = (struct paper){.next = peer->papers, .kind = kind, .depth = depth, .len = bytes.len};
    if (!hf_span_copy(bytes, paper->bytes, bytes.len))
        return HF_ERR_internal;
    peer->papers = paper;
    return HF_OK;
}

static const uint8_t *find_paper(const struct hf_peer *peer, enum hf_peer_paper kind, size_t depth, size_t *ret_len)
{
    const struct paper *paper = peer->papers;
    while (paper != NULL && (paper->kind != kind || paper->depth != depth))
        paper = paper->next;
    *ret_len = paper == NULL ? 0 : paper->len;
    return paper == NULL ? NULL : paper->bytes;
}

const uint8_t *hf_peer_ocsp(const struct hf_peer *peer, size_t i, size_t *ret_len)
{
    return find_paper(peer, HF_PEER_OCSP, i, ret_len);
}

const uint8_t *hf_peer_scts(const struct hf_peer *peer, size_t i, size_t *ret_len)
{
    return find_paper(peer, HF_PEER_SCTS, i, ret_len);
}

size_t hf_peer_size(const struct hf_peer *peer)
{
    size_t papers = 0;
    for (const struct paper *paper = peer->papers; paper != NULL; paper = paper->next)
        papers += sizeof *paper + paper->len;
    return papers + sizeof(*peer) + (peer->first[KINDS] + 1) * sizeof(*peer->names) + peer->block_len;
}

void hf_peer_set_revocation(struct hf_peer *peer, const struct hf_revocation_result *result)
{
    peer->revocation = *result;
}

uint32_t hf_peer_revocation_missing(const struct hf_peer *peer)
{
    return peer->revocation.missing;
}

enum hf_revocation_state hf_peer_revocation(const struct hf_peer *peer)
{
    return peer->revocation.state;
}

const char *hf_peer_revocation_told(const struct hf_peer *peer)
{
    return peer->revocation.told;
}

const char *hf_peer_subject(const struct hf_peer *peer)
{
    return peer->subject;
}

const char *hf_peer_issuer(const struct hf_peer *peer)
{
    return peer->issuer;
}

const char *hf_peer_serial(const struct hf_peer *peer)
{
    return peer->serial;
}

const char *hf_peer_common_name(const struct hf_peer *peer)
{
    return peer->common_name;
}

static size_t count_of(const struct hf_peer *peer, size_t kind)
{
    return peer->first[kind + 1] - peer->first[kind];
}

static const char *name_at(const struct hf_peer *peer, size_t kind, size_t i)
{
    return i < count_of(peer, kind) ? peer->names[peer->first[kind] + i] : NULL;
}

size_t hf_peer_dns_count(const struct hf_peer *peer)
{
    return count_of(peer, 0);
}

const char *hf_peer_dns(const struct hf_peer *peer, size_t i)
{
    return name_at(peer, 0, i);
}

size_t hf_peer_uri_count(const struct hf_peer *peer)
{
    return count_of(peer, 1);
}

const char *hf_peer_uri(const struct hf_peer *peer, size_t i)
{
    return name_at(peer, 1, i);
}

size_t hf_peer_ip_count(const struct hf_peer *peer)
{
    return count_of(peer, 2);
}

const char *hf_peer_ip(const struct hf_peer *peer, size_t i)
{
    return name_at(peer, 2, i);
}

size_t hf_peer_email_count(const struct hf_peer *peer)
{
    return count_of(peer, 3);
}

const char *hf_peer_email(const struct hf_peer *peer, size_t i)
{
    return name_at(peer, 3, i);
}

const char *hf_peer_spiffe_id(const struct hf_peer *peer)
{
    return peer->spiffe_id;
}

int64_t hf_peer_not_before(const struct hf_peer *peer)
{
    return peer->not_before_s;
}

int64_t hf_peer_not_after(const struct hf_peer *peer)
{
    return peer->not_after_s;
}

const uint8_t *hf_peer_key_fingerprint(const struct hf_peer *peer)
{
    return peer->key_fingerprint.bytes;
}

const uint8_t *hf_peer_certificate_fingerprint(const struct hf_peer *peer)
{
    return peer->certificate_fingerprint.bytes;
}

size_t hf_peer_chain_count(const struct hf_peer *peer)
{
    return peer->chain_count;
}

const uint8_t *hf_peer_chain(const struct hf_peer *peer, size_t i, size_t *ret_len)
{
    if (i >= peer->chain_count)
        return NULL;
    *ret_len = peer->chain[i].len;
    return peer->chain[i].data;
}

/* Rules of any bytes, compiled and held against a peer: what is read is read to its end, the nodes nest, and matching
 * ends. The bytes behind the first NUL are a name, for the patterns. */
#include <stdint.h>
#include <stdlib.h>

#include "crypto/toolbox.h"
#include "support/make_certificate.h"
#include "trust/peer.h"
#include "trust/rule_match.h"

static const struct hf_peer *the_peer(void)
{
    static struct hf_peer *peer; /* and what it is made of, for as long as the program runs */
    static struct hf_toolbox *toolbox;
    static struct make_certificate *made;
    if (peer != NULL)
        return peer;
    made = make_certificate(&(struct make_certificate_of){
        .subject = "CN=a,O=Lab", .sans = "URI:spiffe://a.lan/b/c,DNS:a.b.lan,email:a@b.lan,IP:10.0.0.5"});
    struct hf_span chain = make_certificate_span(made);
    if (hf_toolbox_new(&hf_allocation_standard, &toolbox) != HF_OK ||
        hf_peer_new(&hf_allocation_standard, toolbox, &chain, 1, &peer) != HF_OK)
        abort();
    return peer;
}

static void check_nodes(const struct hf_rule_node *nodes, size_t count, struct hf_span text)
{
    if (count == 0 || nodes[0].size != count)
        abort();
    for (size_t i = 0; i < count; i++) {
        bool group = nodes[i].kind <= HF_RULE_NOT;
        if (nodes[i].size == 0 || i + nodes[i].size > count || group != (nodes[i].pattern.len == 0))
            abort();
        if (!group &&
            (nodes[i].pattern.data < text.data || nodes[i].pattern.data + nodes[i].pattern.len > text.data + text.len))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hf_rule_node nodes[HF_RULE_NODES_MAX];
    struct hf_span whole = hf_span_of(data, size);
    size_t len = 0;
    while (len < size && data[len] != 0)
        len++;
    struct hf_rule_reader reader = {.text = hf_span_part(whole, 0, len), .common_names = true};
    struct hf_span name = hf_span_part(whole, len, size);
    struct hf_span rule;
    size_t count = 0;
    while (hf_rule_next(&reader, nodes, &count, &rule)) {
        check_nodes(nodes, count, reader.text);
        (void)hf_rule_match_peer(nodes, the_peer());
        for (size_t i = 0; i < count; i++)
            (void)hf_rule_match_pattern(nodes[i].pattern, name, '/', true);
    }
    if (reader.at > len)
        abort();
    return 0;
}

/* SPIFFE-ID 2.1 to 2.3: the URI is read by hand, as its syntax allows nothing that would need a URI library. */
#include "trust/spiffe.h"

#include "certificate/general_name.h"

#define SPIFFE_LEN_MAX 2048
#define DOMAIN_LEN_MAX 255

static const char spiffe_scheme[] = "spiffe://";

static bool is_domain_byte(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}

static bool is_segment_byte(uint8_t c)
{
    return is_domain_byte(c) || (c >= 'A' && c <= 'Z');
}

struct hf_span hf_spiffe_domain(struct hf_span id)
{
    struct hf_span left = hf_span_part(id, sizeof(spiffe_scheme) - 1, id.len);
    size_t len = 0;
    while (len < left.len && left.data[len] != '/')
        len++;
    return hf_span_part(left, 0, len);
}

/* One or more of "/segment". */
static bool is_path(struct hf_span path)
{
    while (path.len > 0) {
        size_t len = 1;
        size_t dots = 0;
        while (len < path.len && path.data[len] != '/') {
            if (!is_segment_byte(path.data[len]))
                return false;
            dots += path.data[len] == '.';
            len++;
        }
        size_t segment = len - 1;
        if (segment == 0 || (dots == segment && segment <= 2))
            return false;
        path = hf_span_part(path, len, path.len);
    }
    return true;
}

bool hf_spiffe_is_domain(struct hf_span name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!is_domain_byte(name.data[i]))
            return false;
    return name.len > 0 && name.len <= DOMAIN_LEN_MAX;
}

bool hf_spiffe_is_id(struct hf_span uri)
{
    struct hf_span scheme = hf_span_of_text(spiffe_scheme);
    if (uri.len > SPIFFE_LEN_MAX || !hf_span_equal(hf_span_part(uri, 0, scheme.len), scheme))
        return false;
    struct hf_span domain = hf_spiffe_domain(uri);
    return hf_spiffe_is_domain(domain) && is_path(hf_span_part(uri, scheme.len + domain.len, uri.len));
}

/* X509-SVID 2 and 5.2: exactly one URI, and not a signing certificate. */
struct hf_span hf_spiffe_of(const struct hf_certificate *leaf)
{
    struct hf_span found = {0};
    size_t count = 0;
    struct hf_general_names each = hf_general_name_each(leaf->subject_alt_names);
    struct hf_general_name name;
    while (hf_general_name_next(&each, &name)) {
        if (name.kind != HF_GENERAL_NAME_URI)
            continue;
        found = name.value;
        count++;
    }
    bool sound = count == 1 && !leaf->is_ca && hf_spiffe_is_id(found);
    return sound ? found : hf_span_of(NULL, 0);
}

/* Schemes are compared without regard to case (RFC 3986 3.1). */
static bool has_scheme(struct hf_span uri)
{
    struct hf_span scheme = hf_span_of_text("spiffe:");
    return hf_span_equal_folded(hf_span_part(uri, 0, scheme.len), scheme);
}

bool hf_spiffe_is_claimed(const struct hf_certificate *leaf)
{
    struct hf_general_names each = hf_general_name_each(leaf->subject_alt_names);
    struct hf_general_name name;
    while (hf_general_name_next(&each, &name))
        if (name.kind == HF_GENERAL_NAME_URI && has_scheme(name.value))
            return true;
    return false;
}

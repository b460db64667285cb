/* The first bytes and the PEM labels of a file, put into words. See sniff.h. Reads DER by its outer tag only:
 * what a file holds is judged by its real reader, and this speaks after that one has failed. RFC 7468, X.690. */
#include "certificate/sniff.h"

#include "base/reader.h"

#include "certificate/pem.h"

static bool begins(struct hf_span file, size_t at, const char *text)
{
    struct hf_span wanted = hf_span_of_text(text);
    return hf_span_equal(hf_span_part(file, at, wanted.len), wanted);
}

/* The tag of DER that stands in the outer SEQUENCE, and the two bytes after it: they tell the usual files apart. */
static enum hf_sniffed sniff_der(struct hf_span file)
{
    struct hf_reader reader = hf_reader_of(file);
    (void)hf_reader_u8(&reader);
    uint8_t len = hf_reader_u8(&reader);
    if (len > 0x80 && len <= 0x84)
        (void)hf_reader_bytes(&reader, len & 0x7fu);
    struct hf_span inside = hf_reader_bytes(&reader, 4);
    if (inside.len < 4)
        return HF_SNIFFED_BINARY;
    if (inside.data[0] == 0x30)
        return HF_SNIFFED_DER_CERTIFICATE;
    if (inside.data[0] == 0x06)
        return HF_SNIFFED_PKCS7;
    if (inside.data[0] == 0x02 && inside.data[1] == 1)
        return inside.data[2] == 3 ? HF_SNIFFED_PKCS12 : HF_SNIFFED_DER_KEY;
    return HF_SNIFFED_BINARY;
}

struct seen {
    bool certificate;
    bool key;
    bool request;
    bool public_key;
    bool openssh;
    bool other;
};

static void see(const struct hf_pem_block *block, struct seen *seen)
{
    struct hf_span tail = hf_span_of_text("PRIVATE KEY");
    size_t len = block->label.len;
    bool private_key = len >= tail.len && hf_span_equal(hf_span_part(block->label, len - tail.len, tail.len), tail);
    if (hf_pem_has_label(block, "CERTIFICATE"))
        seen->certificate = true;
    else if (hf_pem_has_label(block, "OPENSSH PRIVATE KEY"))
        seen->openssh = true;
    else if (private_key)
        seen->key = true;
    else if (hf_pem_has_label(block, "CERTIFICATE REQUEST") || hf_pem_has_label(block, "NEW CERTIFICATE REQUEST"))
        seen->request = true;
    else if (hf_pem_has_label(block, "PUBLIC KEY") || hf_pem_has_label(block, "RSA PUBLIC KEY"))
        seen->public_key = true;
    else
        seen->other = true;
}

static enum hf_sniffed sniff_pem(struct hf_span file)
{
    struct seen seen = {0};
    struct hf_pem pem = hf_pem_of(file);
    struct hf_pem_block block;
    while (hf_pem_next(&pem, &block) == HF_PEM_BLOCK)
        see(&block, &seen);
    if (seen.certificate)
        return seen.key ? HF_SNIFFED_BOTH : HF_SNIFFED_CERTIFICATES;
    if (seen.key)
        return HF_SNIFFED_KEY;
    if (seen.openssh)
        return HF_SNIFFED_OPENSSH;
    if (seen.request)
        return HF_SNIFFED_REQUEST;
    if (seen.public_key)
        return HF_SNIFFED_PUBLIC_KEY;
    return seen.other ? HF_SNIFFED_PEM_OTHER : HF_SNIFFED_PEM_BROKEN;
}

static bool holds(struct hf_span file, const char *text)
{
    for (size_t i = 0; i < file.len; i++) {
        if (file.data[i] == (uint8_t)text[0] && begins(file, i, text))
            return true;
    }
    return false;
}

static bool is_text(struct hf_span file)
{
    struct hf_span first = hf_span_part(file, 0, 512);
    for (size_t i = 0; i < first.len; i++) {
        if (first.data[i] == 0 ||
            (first.data[i] < 0x20 && first.data[i] != '\n' && first.data[i] != '\r' && first.data[i] != '\t'))
            return false;
    }
    return true;
}

enum hf_sniffed hf_sniff(struct hf_span file)
{
    if (file.len == 0)
        return HF_SNIFFED_EMPTY;
    if (holds(file, "-----BEGIN "))
        return sniff_pem(file);
    bool long_form = file.len > 1 && file.data[1] >= 0x80; /* of a DER length: no text begins "0" and then this */
    if (file.data[0] == 0x30 && (long_form || !is_text(file)))
        return sniff_der(file);
    if (begins(file, 0, "\xfe\xed\xfe\xed"))
        return HF_SNIFFED_JKS;
    if (begins(file, 0, "<!") || begins(file, 0, "<html") || begins(file, 0, "<HTML"))
        return HF_SNIFFED_HTML;
    return is_text(file) ? HF_SNIFFED_TEXT : HF_SNIFFED_BINARY;
}

static const struct row {
    const char *name;
    const char *remedy;
} rows[] = {
    [HF_SNIFFED_EMPTY] = {"an empty file", "write the file again; an earlier step failed"},
    [HF_SNIFFED_CERTIFICATES] = {"certificates, and no private key", ""},
    [HF_SNIFFED_KEY] = {"a private key, and no certificate", ""},
    [HF_SNIFFED_BOTH] = {"certificates and a private key", ""},
    [HF_SNIFFED_REQUEST] = {"a certificate signing request", "have a CA sign it, and give the certificate it returns"},
    [HF_SNIFFED_PUBLIC_KEY] = {"a public key", "give the private key that belongs to it"},
    [HF_SNIFFED_OPENSSH] = {"a key in the format of OpenSSH", "convert a copy: ssh-keygen -p -m PKCS8 -f COPY"},
    [HF_SNIFFED_PEM_OTHER] = {"PEM of another kind", ""},
    [HF_SNIFFED_PEM_BROKEN] = {"a BEGIN line without a whole block", "copy the file again, whole, END line included"},
    [HF_SNIFFED_DER_CERTIFICATE] = {"a certificate in DER (binary)", "openssl x509 -inform DER -in FILE -out FILE.pem"},
    [HF_SNIFFED_DER_KEY] = {"a private key in DER (binary)", "openssl pkey -inform DER -in FILE -out FILE.pem"},
    [HF_SNIFFED_PKCS12] = {"a PKCS#12 file (.p12, .pfx)",
                           "openssl pkcs12 -in FILE -nodes -out FILE.pem (add -legacy if it is an old one)"},
    [HF_SNIFFED_PKCS7] = {"a PKCS#7 file (.p7b)", "openssl pkcs7 -inform DER -in FILE -print_certs -out FILE.pem"},
    [HF_SNIFFED_JKS] = {"a Java key store", "keytool -importkeystore -srckeystore FILE -destkeystore FILE.p12 "
                                            "-deststoretype PKCS12, then openssl pkcs12 -in FILE.p12 -nodes"},
    [HF_SNIFFED_HTML] = {"a web page", "fetch the file itself, not the page about it"},
    [HF_SNIFFED_TEXT] = {"text without any PEM block", ""},
    [HF_SNIFFED_BINARY] = {"binary data of an unknown kind", ""},
};

const char *hf_sniff_name(enum hf_sniffed sniffed)
{
    return (size_t)sniffed < HF_COUNT(rows) ? rows[sniffed].name : "unknown";
}

const char *hf_sniff_remedy(enum hf_sniffed sniffed)
{
    return (size_t)sniffed < HF_COUNT(rows) ? rows[sniffed].remedy : "";
}

#include "material.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "support/make_certificate.h"

enum { DAY = 86400 };

struct material {
    struct bench_identity identity[BENCH_ENDS];
    const char *root;
};

static struct material made[2];

static char *join(const struct make_certificate *first, const struct make_certificate *second)
{
    char *one = make_certificate_pem(first);
    char *two = make_certificate_pem(second);
    char *both = malloc(strlen(one) + strlen(two) + 1);
    if (both == NULL)
        abort();
    (void)sprintf(both, "%s%s", one, two);
    free(one);
    free(two);
    return both;
}

/* Each has a key of its own: wolfSSL finds issuers by their key's identifier alone. */
static struct make_certificate_of base(bool rsa, const char *subject, const struct make_certificate *issuer)
{
    static unsigned keys;
    int64_t now = (int64_t)time(NULL);
    return (struct make_certificate_of){
        .subject = subject,
        .issuer = issuer,
        .key = rsa ? MAKE_KEY_RSA2048 : MAKE_KEY_P256,
        .key_number = ++keys,
        .not_before_s = now - 30 * DAY,
        .not_after_s = now + 300 * DAY,
    };
}

static void make(struct material *material, bool rsa)
{
    static const char *const subjects[] = {"CN=client", "CN=server"};
    static const char *const ekus[] = {"clientAuth", "serverAuth"};
    static const char *const sans[] = {"URI:spiffe://bench/client", "DNS:" BENCH_SERVER_NAME};
    struct make_certificate_of of = base(rsa, "CN=Bench Root", NULL);
    of.ca = true;
    struct make_certificate *root = make_certificate(&of);
    of = base(rsa, "CN=Bench Intermediate", root);
    of.ca = true;
    struct make_certificate *intermediate = make_certificate(&of);
    for (int end = 0; end < BENCH_ENDS; end++) {
        of = base(rsa, subjects[end], intermediate);
        of.ekus = ekus[end];
        of.sans = sans[end];
        struct make_certificate *leaf = make_certificate(&of);
        material->identity[end] = (struct bench_identity){join(leaf, intermediate), make_certificate_key_pem(leaf)};
        make_certificate_free(leaf);
    }
    material->root = make_certificate_pem(root);
    make_certificate_free(root);
    make_certificate_free(intermediate);
}

void bench_material_fill(struct bench_setup *setup)
{
    struct material *material = &made[setup->rsa];
    if (material->root == NULL)
        make(material, setup->rsa);
    for (int end = 0; end < BENCH_ENDS; end++)
        setup->identity[end] = material->identity[end];
    setup->root = material->root;
}

/* The cast of the demo: a private CA, its server and clients, and a client of another CA. All in memory. */
#ifndef HF_CLI_DEMO_MATERIAL_H
#define HF_CLI_DEMO_MATERIAL_H

#include <stdbool.h>
#include <stdint.h>

#include <handfast/authority.h>

#define HF_DEMO_SERVER_NAME "localhost"
#define HF_DEMO_CA_NAME     "handfast-demo"
#define HF_DEMO_OTHER_CA    "somebody-else"

struct hf_demo_material {
    struct hf_authority *authority;
    struct hf_authority *other;
    struct hf_authority_issued server;
    struct hf_authority_issued client;   /* billing */
    struct hf_authority_issued expired;  /* billing's last one, three days over */
    struct hf_authority_issued stranger; /* of the other CA */
    struct hf_authority_issued rsa;      /* the server's, with a key of RSA: hf_demo_material_add_rsa */
    int64_t now_s;
};

/* Makes all of it. False: *ret_failure says what went wrong. Wipe it either way. */
bool hf_demo_material_make(struct hf_demo_material *material, int64_t now_s, struct hf_failure *ret_failure);
bool hf_demo_material_add_rsa(struct hf_demo_material *material, struct hf_failure *ret_failure);
void hf_demo_material_wipe(struct hf_demo_material *material);

/* The root's certificate, PEM. */
const char *hf_demo_material_root(const struct hf_demo_material *material);

#endif

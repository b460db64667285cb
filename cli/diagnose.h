/* `connect --diagnose`: what happens between us and a server, told in full, whether it ends well or not. */
#ifndef HF_CLI_DIAGNOSE_H
#define HF_CLI_DIAGNOSE_H

#include "endpoint.h"
#include "settings.h"

struct hf_diagnosis {
    struct hf_settings settings;
    struct hf_endpoint endpoint;
    const char *name;     /* of the server, to be proven; NULL: any */
    const char *cert_dir; /* NULL: none */
    int timeout_ms;
    int verdict_timeout_ms;
};

/* Connects once for each version, tells on stdout, and returns the exit status of the best one: see HF_CLI_STATUSES. */
int hf_diagnose(struct hf_diagnosis *diagnosis);

#endif

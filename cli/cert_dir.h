/* --cert-dir: which files of a folder are identities of ours. */
#ifndef HF_CLI_CERT_DIR_H
#define HF_CLI_CERT_DIR_H

#include "pass_phrase.h"
#include "settings.h"

enum { HF_CERT_DIR_PATH_ROOM = 4200 };

struct hf_cert_dir {
    char certs[HF_OPTION_LIST_MAX][HF_CERT_DIR_PATH_ROOM];
    char keys[HF_OPTION_LIST_MAX][HF_CERT_DIR_PATH_ROOM];
};

/* Adds each NAME.pem of the folder that has its key, in NAME.key or beside it in the same file, to the settings' --cert
 * and --key, in the order of the names; files that hold no key are passed over. Of those that cannot be used it is said
 * why, on `told`. The settings point into `dir`. False: the folder cannot be read, and *ret_exit. */
bool hf_cert_dir_add(struct hf_cert_dir *dir, const char *folder, struct hf_settings *settings, FILE *told,
                     int *ret_exit);

#endif

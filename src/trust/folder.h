/* Anchors out of a folder of files, as `update-ca-certificates` and Kubernetes lay them out. Read when called to, while
 * a config is built. */
#ifndef HF_TRUST_FOLDER_H
#define HF_TRUST_FOLDER_H

#include "trust/trust.h"

enum { HF_FOLDER_PATH_MAX = 4096, HF_FOLDER_FILES_MAX = 4096 };

/* Adds the CAs of every file of the folder, in the order of their names and as strictly as one file's: one that holds
 * anything else makes the whole folder fail. Folders in it and names that begin with a dot are passed by.
 * HF_ERR_file_unreadable, HF_ERR_file_malformed (also where there is no file) or HF_ERR_setting_invalid: *ret_added and
 * ret_path, the file concerned or the folder, tell more. */
HF_MUST enum hf_error hf_folder_add(struct hf_trust *trust, const char *folder, char ret_path[HF_FOLDER_PATH_MAX],
                                    struct hf_trust_added *ret_added);

#endif

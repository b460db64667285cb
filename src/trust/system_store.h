/* Anchors out of files: one file of CAs, or the system's own store. Reads files when called to
 * (while a config is built, never by a connection); with trust/folder.c the only place below api/ that does. */
#ifndef HF_TRUST_SYSTEM_STORE_H
#define HF_TRUST_SYSTEM_STORE_H

#include "trust/trust.h"

/* Adds the CAs of a PEM (or single DER) file, strictly. HF_ERR_file_unreadable or HF_ERR_file_malformed; *ret_added
 * tells more and may be NULL. */
HF_MUST enum hf_error hf_system_store_add_file(struct hf_trust *trust, const char *path,
                                               struct hf_trust_added *ret_added);

/* Adds the system's CAs from the first of the usual files that is there, skipping those that strict reading refuses.
 * HF_ERR_no_trust_anchors when none is found. *ret_path, a static string, is the file used; may be NULL. */
HF_MUST enum hf_error hf_system_store_add(struct hf_trust *trust, const char **ret_path,
                                          struct hf_trust_added *ret_added);

#endif

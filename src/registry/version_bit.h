/* In which generations of the protocol a row of the registry may be used. Datagrams follow streams:
 * DTLS 1.2 is 12, DTLS 1.3 is 13. */
#ifndef HF_REGISTRY_VERSION_BIT_H
#define HF_REGISTRY_VERSION_BIT_H

enum hf_version_bit { HF_VERSION_BIT_12 = 1, HF_VERSION_BIT_13 = 2 };

#endif

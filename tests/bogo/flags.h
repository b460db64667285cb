/* The runner's command line: flags.def as a struct, once for each kind of connection. A prefix says for which a flag
 * is: -on-initial- the first, -on-resume- the later ones, -on-retry- the retry behind refused early data; none: all of
 * them. -on-shim- is for us, -on-handshaker- for a program that we have not. */
#ifndef HF_BOGO_FLAGS_H
#define HF_BOGO_FLAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BOGO_NUMBERS_MAX = 32, BOGO_CREDENTIALS_MAX = 8, BOGO_TEXTS_MAX = 8, BOGO_UNIMPLEMENTED = 89 };

struct bogo_numbers {
    unsigned values[BOGO_NUMBERS_MAX];
    size_t count;
};

struct bogo_texts {
    const char *values[BOGO_TEXTS_MAX];
    size_t count;
};

/* An identity beside the default one, which has the fields of the same names in struct bogo_flags. */
struct bogo_credential {
    const char *cert_file;
    const char *key_file;
    struct bogo_numbers signing_prefs;
    const char *ocsp_response; /* base64, as the next */
    const char *scts;
    const char *psk_key; /* of a shared key of 1.3, base64, as the next two; NULL: it is none */
    const char *psk_name;
    const char *psk_context;
    bool psk_sha384;
    const char *delegated; /* base64; NULL: it is none */
    bool must_match_issuer;
    bool is_raw;
};

#define BOGO_FIELD_SWITCH(field)  bool field;
#define BOGO_FIELD_NUMBER(field)  uint64_t field;
#define BOGO_FIELD_TEXT(field)    const char *field;
#define BOGO_FIELD_NUMBERS(field) struct bogo_numbers field;
#define BOGO_FIELD_TEXTS(field)   struct bogo_texts field;
#define BOGO_FIELD_NOTHING(field)
#define BOGO_FIELD_RAW_CREDENTIAL(field)
#define BOGO_FIELD_SHARED_CREDENTIAL(field)
#define BOGO_FIELD_CREDENTIAL(field)                                                                                   \
    struct bogo_credential credentials[BOGO_CREDENTIALS_MAX];                                                          \
    size_t credential_count;

/* Texts and numbers that were not given are NULL and 0. */
struct bogo_flags {
#define BOGO_FLAG(flag, kind, field) BOGO_FIELD_##kind(field)
#include "flags.def"
#undef BOGO_FLAG
};

enum bogo_phase { BOGO_INITIAL, BOGO_RESUME, BOGO_RETRY, BOGO_PHASES };

/* Reads the arguments behind the program's name into the flags of each phase. Returns NULL, or the first flag that is
 * not known or lacks its value. */
const char *bogo_flags_read(int count, char **arguments, struct bogo_flags phases[BOGO_PHASES]);

/* Ends the program as the runner understands "not built": status 89. */
_Noreturn void bogo_flags_unimplemented(const char *what);

#endif

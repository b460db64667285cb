/* What the files of token/ share: a key being opened and an open one. */
#ifndef HF_TOKEN_PARTS_H
#define HF_TOKEN_PARTS_H

#include <handfast/token.h>

#include <pthread.h>

#include <p11-kit/p11-kit.h>
#include <p11-kit/pkcs11.h>
#include <p11-kit/uri.h>

#if defined __GNUC__
#define HF_TOKEN_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define HF_TOKEN_PRINTF(text, first)
#endif

enum { HF_TOKEN_PIN_MAX = 256 };

struct hf_token_pin {
    unsigned char bytes[HF_TOKEN_PIN_MAX];
    size_t len;
    bool given;
};

struct hf_token_key {
    CK_FUNCTION_LIST **modules; /* initialized; ends with NULL */
    CK_FUNCTION_LIST *module;   /* of these the one that has the token */
    CK_SLOT_ID slot;
    CK_TOKEN_INFO token;
    CK_SESSION_HANDLE session;
    bool has_session;
    CK_OBJECT_HANDLE object;
    CK_KEY_TYPE type;
    pthread_mutex_t lock; /* a session signs one message at a time */
};

/* Each returns false and fills the failure. */

/* Parses the URI and refuses what it must not say. Free *ret_uri with p11_kit_uri_free. */
bool hf_token_uri_read(const char *text, P11KitUri **ret_uri, struct hf_failure *ret_failure);

/* The PIN: what was given, else the file that the URI names. Without either there is none, and that is fine. */
bool hf_token_pin_find(const P11KitUri *uri, const void *pin, size_t pin_len, struct hf_token_pin *ret_pin,
                       struct hf_failure *ret_failure);

/* Loads the modules, and finds in them the one token that the URI names: key->modules, module, slot, token. */
bool hf_token_find(struct hf_token_key *key, P11KitUri *uri, struct hf_failure *ret_failure);
void hf_token_unload(struct hf_token_key *key);

/* Opens a session and logs in: key->session. */
bool hf_token_log_in(struct hf_token_key *key, const struct hf_token_pin *pin, struct hf_failure *ret_failure);

/* Finds the one private key that the URI names: key->object, type. */
bool hf_token_find_key(struct hf_token_key *key, P11KitUri *uri, struct hf_failure *ret_failure);

/* Fills a failure; where it is about, a printed text of what came. Returns false. */
bool hf_token_fail(struct hf_failure *ret_failure, enum hf_error error, const char *where, const char *format, ...)
    HF_TOKEN_PRINTF(4, 5);

/* Puts a field of CK_INFO's kind, padded with blanks, into `into`, printable only. */
void hf_token_text(const unsigned char *field, size_t len, char into[80]);

/* "the token \"ops\"" */
void hf_token_name(const struct hf_token_key *key, char into[96]);

#endif

/* The chapters, in the order of the article: how the secret is agreed on, how records are made, who signs by what, and
 * how a connection begins again. Years and numbers are those of the RFCs and of the papers named. */
#include "history.h"

#define WORDS "attack at dawn"

enum { CBC_INSIDE = HF_HISTORIC_CBC | HF_HISTORIC_MAC_THEN_ENCRYPT };

#define TLS12_ONLY                                                                                                     \
    {                                                                                                                  \
        .name = "TLS 1.2", .version = HF_TLS12                                                                         \
    }
#define TLS13_ONLY                                                                                                     \
    {                                                                                                                  \
        .name = "TLS 1.3", .version = HF_TLS13                                                                         \
    }

const struct hf_history_chapter hf_history_chapters[] = {
    {.title = "The secret, encrypted under the server's RSA key",
     .story = "The client makes up 48 bytes and encrypts them to the server's certificate. The server signs nothing: "
              "that it can decrypt is its proof, and there is no ServerKeyExchange.",
     .past = {.name = "rsa",
              .since = "1995, SSL 2.0; in TLS from the first (RFC 2246, 1999)",
              .retired = "2018, left out of TLS 1.3 (RFC 8446); advised against since 2015 (RFC 7525, now RFC 9325)",
              .why =
                  "Whoever gets the server's key, even years later, reads everything that was recorded. And a server "
                  "that lets good padding be told from bad decrypts for everyone: Bleichenbacher 1998, ROBOT 2017.",
              .switches = HF_HISTORIC_RSA_KEY_EXCHANGE},
     .protocol = TLS12_ONLY,
     .wishes = {.suites = "TLS_RSA_WITH_AES_128_GCM_SHA256"},
     .server_rsa = true,
     .off_without = true,
     .words = WORDS,
     .report = {.suite = "TLS_RSA_WITH_AES_128_GCM_SHA256",
                .group = "",
                .server_certificate = true,
                .client_certificate = true}},
    {.title = "Diffie-Hellman in a finite field",
     .story = "Both ends raise a number to a secret power. The server signs its half, so the secret is fresh, and gone "
              "when the connection is. Ours knows the fields of RFC 7919 only.",
     .past = {.name = "dhe",
              .since = "1996, SSL 3.0; fields with names since RFC 7919 (2016)",
              .retired = "2018, no such suites in TLS 1.3, which keeps the named fields as groups (RFC 8446)",
              .why =
                  "Servers chose fields too small, and all the same ones: Logjam 2015. Leading zeros of the secret are "
                  "dropped, which its timing shows when a key is used twice: Raccoon 2020. Curves do the same in a "
                  "tenth of the time and of the bytes.",
              .switches = HF_HISTORIC_DHE},
     .protocol = TLS12_ONLY,
     .wishes = {.suites = "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"},
     .server_rsa = true,
     .off_without = true,
     .words = WORDS,
     .report = {.suite = "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
                .group = "ffdhe2048",
                .server_key_exchange = true,
                .server_certificate = true,
                .client_certificate = true}},
    {.title = "A shared key alone",
     .story = "Both ends hold the same key beforehand; the client only names it. No certificates and no public-key "
              "operations: for things too small for them.",
     .past = {.name = "psk",
              .since = "2005, RFC 4279",
              .retired =
                  "2018, TLS 1.3 has shared keys with Diffie-Hellman beside them (RFC 8446); guidance in RFC 9257",
              .why =
                  "Whoever learns the key reads all that was recorded; and a key that a person made up can be guessed "
                  "at leisure from one handshake.",
              .switches = HF_HISTORIC_PLAIN_PSK},
     .protocol = TLS12_ONLY,
     .wishes = {.suites = "TLS_PSK_WITH_AES_128_GCM_SHA256", .shares_key = true},
     .off_without = true,
     .words = WORDS,
     .report = {.suite = "TLS_PSK_WITH_AES_128_GCM_SHA256", .group = ""}},
    {.title = "A shared key beside Diffie-Hellman in a field",
     .story =
         "The shared key proves both ends, the exchange makes the secret fresh. The ServerKeyExchange has the share, "
         "unsigned: only Finished proves that it is the server's.",
     .past = {.name = "dhe-psk",
              .since = "2005, RFC 4279",
              .retired = "2018, with DHE: TLS 1.3 joins shared keys to curves (RFC 8446)",
              .why = "What holds of finite fields holds here: Logjam 2015, Raccoon 2020, and time.",
              .switches = HF_HISTORIC_DHE},
     .protocol = TLS12_ONLY,
     .wishes = {.suites = "TLS_DHE_PSK_WITH_AES_128_GCM_SHA256", .shares_key = true},
     .off_without = true,
     .words = WORDS,
     .report = {.suite = "TLS_DHE_PSK_WITH_AES_128_GCM_SHA256", .group = "ffdhe2048", .server_key_exchange = true}},
    {.title = "A shared key beside RSA",
     .story = "The server shows a certificate, the client shows that it has the key; the secret is made of both.",
     .past = {.name = "rsa-psk",
              .since = "2005, RFC 4279",
              .retired = "2018, with RSA key exchange (RFC 8446)",
              .why = "It has the padding of RSA key exchange and no forward secrecy either.",
              .switches = HF_HISTORIC_RSA_KEY_EXCHANGE},
     .protocol = TLS12_ONLY,
     .wishes = {.suites = "TLS_RSA_PSK_WITH_AES_128_GCM_SHA256", .shares_key = true},
     .server_rsa = true,
     .off_without = true,
     .words = WORDS,
     .report = {.suite = "TLS_RSA_PSK_WITH_AES_128_GCM_SHA256", .group = "", .server_certificate = true}},
    {.title = "A shared key beside a curve",
     .story = "The one of the four that nothing is wrong with: it needs no switch, only a key.",
     .past = {.name = "ecdhe-psk",
              .since = "2009, RFC 5489; with AEAD since RFC 8442 (2018)",
              .retired = "not retired: TLS 1.3 does the same in its own way (psk_dhe_ke, RFC 8446)",
              .why = "It stands here for comparison."},
     .protocol = TLS12_ONLY,
     .wishes = {.suites = "TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256", .shares_key = true},
     .words = WORDS,
     .report = {.suite = "TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256", .group = "x25519", .server_key_exchange = true}},
    {.title = "Records compressed by DEFLATE",
     .story =
         "Each record is compressed, then protected. What the client says below says one thing eight times, and is "
         "shorter on the wire than in memory.",
     .past = {.name = "compression",
              .since = "1996, a place for it in SSL 3.0; DEFLATE by RFC 3749 (2004)",
              .retired = "2012 by everyone in a hurry; forbidden by TLS 1.3 (RFC 8446, 2018)",
              .why =
                  "Lengths tell what repeats. Who can make a browser send text beside a secret reads the secret from "
                  "the lengths: CRIME 2012.",
              .switches = HF_HISTORIC_COMPRESSION},
     .protocol = TLS12_ONLY,
     .wishes = {.suites = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"},
     .words = WORDS ", " WORDS ", " WORDS ", " WORDS ", " WORDS ", " WORDS ", " WORDS ", " WORDS,
     .report = {.suite = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                .group = "x25519",
                .server_key_exchange = true,
                .server_certificate = true,
                .client_certificate = true,
                .compressed = true}},
    {.title = "Blocks: the MAC inside the encryption",
     .story =
         "A MAC is put behind the data, padding behind the MAC, and all of it is encrypted in blocks, each chained to "
         "the one before (CBC). The receiver must decrypt before it can tell who wrote.",
     .past = {.name = "cbc",
              .since = "1996, SSL 3.0; with AES since RFC 3268 (2002), with SHA-256 since TLS 1.2 (RFC 5246, 2008)",
              .retired = "2018, TLS 1.3 has AEAD only (RFC 8446)",
              .why = "Padding is looked at before the MAC, and how long that takes tells about the plaintext: Vaudenay "
                     "2002, Lucky Thirteen 2013, POODLE 2014. Ours takes one time for all paddings.",
              .switches = CBC_INSIDE},
     .protocol = TLS12_ONLY,
     .wishes = {.suites = "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"},
     .off_without = true,
     .words = WORDS,
     .report = {.suite = "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
                .group = "x25519",
                .server_key_exchange = true,
                .server_certificate = true,
                .client_certificate = true}},
    {.title = "Blocks: the MAC outside the encryption",
     .story = "The same suite; both ends agreed to put the MAC over what was encrypted. Nothing forged is decrypted.",
     .past = {.name = "encrypt-then-mac",
              .since = "2014, RFC 7366",
              .retired = "2018, with CBC (RFC 8446)",
              .why = "It mends CBC, and came when AEAD was there already, which is one pass and faster.",
              .switches = HF_HISTORIC_CBC},
     .protocol = TLS12_ONLY,
     .wishes = {.suites = "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"},
     .off_without = true,
     .words = WORDS,
     .report = {.suite = "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
                .group = "x25519",
                .server_key_exchange = true,
                .server_certificate = true,
                .client_certificate = true,
                .encrypt_then_mac = true}},
    {.title = "Short blocks: triple DES",
     .story =
         "The same way, with blocks of 8 bytes instead of 16: DES, done three times under three keys. A key of ours "
         "encrypts 8 MiB and no more.",
     .past = {.name = "3des",
              .since = "1996, SSL 3.0; required of everyone until TLS 1.1 (RFC 4346, 2006)",
              .retired =
                  "2018, TLS 1.3 has AEAD only (RFC 8446); less than 128 bits are not to be negotiated (RFC 9325)",
              .why = "Among 2^32 blocks under one key two are equal, which tells the difference of what is in them: "
                     "Sweet32 2016 read a cookie that way. And it is slow.",
              .switches = HF_HISTORIC_CBC | HF_HISTORIC_3DES},
     .protocol = TLS12_ONLY,
     .wishes = {.suites = "TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA"},
     .off_without = true,
     .words = WORDS,
     .report = {.suite = "TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA",
                .group = "x25519",
                .encrypt_then_mac = true,
                .server_key_exchange = true,
                .server_certificate = true,
                .client_certificate = true}},
    {.title = "RC4, the stream cipher",
     .story =
         "No handshake: the library does not have it, for anybody, and says so when it is asked by name. The stream "
         "cipher of today is ChaCha20, joined to Poly1305.",
     .past = {.name = "rc4",
              .since = "1995, SSL 2.0",
              .retired = "2015, forbidden by RFC 7465",
              .why = "Its bytes are biased, so a secret that is sent often enough can be read (AlFardan and others "
                     "2013; RC4 NOMORE 2015)."},
     .protocol = TLS12_ONLY,
     .plot = HF_HISTORY_REFUSED,
     .wishes = {.suites = "TLS_RSA_WITH_RC4_128_SHA"}},
    {.title = "Authenticated, and readable by everyone",
     .story =
         "The handshake proves both ends as ever, and each record has its MAC. Only nothing is encrypted: the words "
         "below stand on the wire as they are.",
     .past = {.name = "null",
              .since = "1996, SSL 3.0; with curves since RFC 4492 (2006)",
              .retired = "2015, forbidden by RFC 7525, now RFC 9325; not in TLS 1.3 (RFC 8446)",
              .why = "Nobody who picks it by accident learns that there is no secrecy: everything works.",
              .switches = HF_HISTORIC_NULL_ENCRYPTION},
     .protocol = TLS12_ONLY,
     .wishes = {.suites = "TLS_ECDHE_ECDSA_WITH_NULL_SHA"},
     .off_without = true,
     .words = WORDS,
     .report = {.suite = "TLS_ECDHE_ECDSA_WITH_NULL_SHA",
                .group = "x25519",
                .server_key_exchange = true,
                .server_certificate = true,
                .client_certificate = true,
                .readable = true}},
    {.title = "The same in TLS 1.3",
     .story = "Integrity-only suites, for plants in which a guard on the wire must be able to read.",
     .past = {.name = "integrity-only",
              .since = "2022, RFC 9150",
              .retired = "never recommended: RFC 9150 is no standard of the IETF",
              .why = "Even the certificates go in the clear.",
              .switches = HF_HISTORIC_NULL_ENCRYPTION},
     .protocol = TLS13_ONLY,
     .wishes = {.suites = "TLS_SHA256_SHA256", .groups = "x25519"},
     .off_without = true,
     .words = WORDS,
     .report = {.suite = "TLS_SHA256_SHA256",
                .group = "x25519",
                .server_certificate = true,
                .client_certificate = true,
                .readable = true}},
    {.title = "Signatures over SHA-1",
     .story =
         "ServerKeyExchange and CertificateVerify are signed over a hash; TLS 1.2 lets each end say over which. Here "
         "both say SHA-1.",
     .past = {.name = "sha1",
              .since = "1996, SSL 3.0; what TLS 1.2 assumes of a client that does not say (RFC 5246, 2008)",
              .retired = "2021, RFC 9155",
              .why = "Two texts with one hash are made for the price of a car: SLOTH 2016, SHAttered 2017, SHA-1 is a "
                     "Shambles 2020. Who has such a pair can move a signature from one handshake to another.",
              .switches = HF_HISTORIC_SHA1_SIGNATURES},
     .protocol = TLS12_ONLY,
     .wishes = {.suites = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", .schemes = "ecdsa_sha1"},
     .off_without = true,
     .words = WORDS,
     .report = {.suite = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                .group = "x25519",
                .scheme = "ecdsa_sha1",
                .server_key_exchange = true,
                .server_certificate = true,
                .client_certificate = true}},
    {.title = "A session resumed by its ID",
     .story =
         "A first connection, not shown, left a session with both ends. The client names it, the server finds it in "
         "its cache, and keys come from the secret of then: no certificates, one round trip less. Who the client "
         "is was kept too, and is judged again.",
     .past = {.name = "session-id",
              .since = "1995, SSL 2.0; in TLS from the first (RFC 2246, 1999)",
              .retired = "2018, TLS 1.3 resumes by PSK (RFC 8446)",
              .why =
                  "No fresh secret; and two handshakes could be made to share one, so that a third was believed: the "
                  "triple handshake 2014, closed by the extended master secret (RFC 7627, 2015), which ours demands."},
     .protocol = TLS12_ONLY,
     .plot = HF_HISTORY_RESUMED,
     .wishes = {.suites = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"},
     .words = WORDS,
     .report = {.suite = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                .group = "",
                .server_certificate = true,
                .client_certificate = true,
                .resumed = true}},
    {.title = "A session resumed by a ticket",
     .story = "The same, but the client keeps the server's half too, sealed under a key that only servers have.",
     .past = {.name = "ticket",
              .since = "2006, RFC 4507; as it is now by RFC 5077 (2008)",
              .retired = "2018, TLS 1.3 has tickets of its own, sent under its keys (RFC 8446)",
              .why =
                  "It crosses the wire before anything is encrypted, so it is seen again when it is used; and whoever "
                  "gets the key that seals it reads every connection of its time."},
     .protocol = TLS12_ONLY,
     .plot = HF_HISTORY_RESUMED,
     .wishes = {.suites = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", .takes_tickets = true},
     .words = WORDS,
     .report = {.suite = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                .group = "",
                .server_certificate = true,
                .client_certificate = true,
                .resumed = true}},
    {.title = "A session of TLS 1.3 without a new secret",
     .story =
         "TLS 1.3 resumes by a PSK, with a fresh exchange beside it. Here the ends have no group in common any more; "
         "where both switched it on, the PSK then stands alone: psk_ke.",
     .past = {.name = "psk-ke",
              .since = "2018, RFC 8446",
              .retired = "never on by default: browsers and most servers do not have it",
              .why =
                  "No forward secrecy: whoever learns the key later reads what was recorded. For peers too small for "
                  "curves.",
              .switches = HF_HISTORIC_PSK_WITHOUT_KEY_EXCHANGE},
     .protocol = TLS13_ONLY,
     .plot = HF_HISTORY_RESUMED,
     .parts_groups = true,
     .wishes = {.suites = "TLS_AES_128_GCM_SHA256", .takes_tickets = true},
     .words = WORDS,
     .report = {.suite = "TLS_AES_128_GCM_SHA256",
                .group = "",
                .server_certificate = true,
                .client_certificate = true,
                .resumed = true}},
    {.title = "Renegotiation: asked later who one is",
     .story =
         "A connection is open, and its client nobody in particular. Then it asks for something that not everybody may "
         "have, and the server begins a second handshake inside the first, for its certificate.",
     .past = {.name = "renegotiation",
              .since = "1996, SSL 3.0",
              .retired = "2018, TLS 1.3 asks inside one handshake, or after it without a new one (RFC 8446)",
              .why =
                  "What came before the second handshake was taken for the words of whom it proved: CVE-2009-3555, "
                  "mended by RFC 5746 (2010) and broken again by the triple handshake 2014. Ours holds both ends to be "
                  "who they were.",
              .switches = HF_HISTORIC_RENEGOTIATION_ASK | HF_HISTORIC_RENEGOTIATION_FOLLOW},
     .protocol = TLS12_ONLY,
     .plot = HF_HISTORY_ASKED_LATER,
     .wishes = {.suites = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", .asks_nobody = true},
     .words = WORDS,
     .report = {.suite = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                .group = "x25519",
                .server_key_exchange = true,
                .server_certificate = true,
                .client_certificate = true}},
};

const size_t hf_history_chapter_count = sizeof hf_history_chapters / sizeof hf_history_chapters[0];

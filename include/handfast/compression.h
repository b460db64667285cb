/* Compressed certificates in TLS 1.3 and DTLS 1.3 (RFC 8879): a Certificate message goes compressed to a peer that said
 * by which algorithms it takes one. Compressing is safe here, as certificates are no secrets that a peer could guess at
 * by lengths; what comes out is verified as if it had come uncompressed.
 *
 * By default nothing is compressed and nothing compressed is taken: it saves a quarter of a message that mostly fits
 * its packet anyway, and has a decompressor work on bytes of a peer not known yet. It pays where chains are long,
 * packets are lost or datagrams small. Measured, leaf and one intermediate, bytes and the reader's time:
 *
 *     keys        plain   zlib           Brotli          Zstandard
 *     P-256         882   667,  4 µs      658,  7 µs      664, 26 µs
 *     RSA 2048     2216  1707, 10 µs     1658, 22 µs     1668, 25 µs
 *
 *     hf_builder_certificate_compression(builder, HF_COMPRESSION_BOTH, "brotli:zlib");
 *
 * Our own certificates are compressed once, by hf_builder_finish (zlib 0.2 ms, Brotli 3 to 7 ms, Zstandard 0.2 to 0.5
 * ms each); a handshake only copies them. */
#ifndef HANDFAST_COMPRESSION_H
#define HANDFAST_COMPRESSION_H

#include <handfast/config.h>

#ifdef __cplusplus
extern "C" {
#endif

/* In which direction. Bits. */
enum hf_compression_use {
    HF_COMPRESSION_SEND = 1, /* ours go compressed to peers that take it */
    HF_COMPRESSION_TAKE = 2, /* peers are told that theirs may come compressed */
    HF_COMPRESSION_BOTH = 3
};

/* Turns algorithms on: "zlib", "brotli" and "zstd", best first, as far as the library was built with them (else
 * unsupported_here). What was turned on before by a call for the same direction stays, and stands before them. Where a
 * certificate does not become shorter it goes as it is. A name twice, an unknown one, or more than 8 algorithms in all
 * are a setting_invalid. RFC 8879 3. */
void hf_builder_certificate_compression(struct hf_builder *builder, enum hf_compression_use use, const char *names);

/* An algorithm of the application's, for instance with a dictionary that both ends have: it is told to peers by `id`
 * (RFC 8879 7.3: 16384 to 65535 are for experiments). A struct of it is copied, `context` is passed through. */
struct hf_certificate_compression {
    uint16_t id;
    /* Writes at most `room` bytes of compressed form and tells how many; false: these are not sent compressed. Called
     * by hf_builder_finish, for every form of a Certificate message that may be asked for. NULL: nothing is sent so. */
    bool (*compress)(void *context, const uint8_t *bytes, size_t bytes_len, uint8_t *into, size_t room,
                     size_t *ret_len);
    /* Writes exactly `len` bytes, which is what the peer says will come out; false: it cannot, or more would come, and
     * the peer is refused by bad_certificate. `compressed` is of an unknown peer. Called by the threads that drive
     * connections, several at once. NULL: nothing is taken so. */
    bool (*decompress)(void *context, const uint8_t *compressed, size_t compressed_len, uint8_t *into, size_t len);
    void *context;
};

/* Turns it on, in the directions that it has functions for; where two calls do that for one id, with one context. */
void hf_builder_certificate_compression_own(struct hf_builder *builder,
                                            const struct hf_certificate_compression *algorithm);

#ifdef __cplusplus
}
#endif
#endif

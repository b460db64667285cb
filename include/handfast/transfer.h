/* Data straight between the application's memory and the transport's, for those who move much of it: each record is
 * sealed or opened in one pass, from where it lies to where it is wanted, and nothing is allocated or copied on the
 * way. Several pieces of memory on the application's side count as one after the other, as struct iovec's do.
 *
 *     struct hf_sending out = {.data = &page, .data_count = 1, .wire = wire, .wire_room = sizeof wire};
 *     hf_send(connection, &out);                      // then send out.wire_len bytes of wire; out.data_taken went
 *
 *     struct hf_receiving in = {.wire = wire, .wire_len = came, .data = &room, .data_count = 1};
 *     hf_receive(connection, &in, now_ms);            // then in.data_len bytes came; keep wire from in.wire_taken on
 *
 * These do what hf_write with hf_drain, and hf_feed with hf_read, do, and go together with them in any order. They are
 * for streams: over datagrams both are wrong_call. */
#ifndef HANDFAST_TRANSFER_H
#define HANDFAST_TRANSFER_H

#include <handfast/connection.h>
#include <handfast/pieces.h>

#ifdef __cplusplus
extern "C" {
#endif

struct hf_sending {
    /* What to protect, borrowed for the call. A record that reaches over the end of a piece is gathered behind the room
     * that it will take, one copy, so it is at most half as long as the room that is left. */
    const struct hf_bytes *data;
    size_t data_count;
    /* Where records go. */
    void *wire;
    size_t wire_room;
    /* Told: how much of the data went, and how many bytes are for the peer. */
    size_t data_taken;
    size_t wire_len;
};

/* The least room that hf_send takes: any handshake record's header and whatever a record adds to its content. */
#define HF_SEND_ROOM_MIN 2048

/* Moves what waits for the peer (as hf_drain does) into `wire`, and behind it the data in records, as many as fit
 * whole. Takes no data while a renegotiation runs, or when what waits fills the room: call again. Returns wrong_call
 * before OPENED and after hf_close, over datagrams, or when there is less room than HF_SEND_ROOM_MIN. Otherwise HF_OK
 * or the failure; what wire_len then says is for the peer still. */
enum hf_error hf_send(struct hf_connection *connection, struct hf_sending *sending);

struct hf_receiving {
    /* What came from the peer. Never changed. */
    const void *wire;
    size_t wire_len;
    /* Where data goes. A record is opened there if a piece has room for it whole, as it is on the wire (16640 bytes are
     * enough for any); otherwise it is copied there once. Bytes behind data_len may be overwritten. */
    const struct hf_room *data;
    size_t data_count;
    /* Told: how much of the wire's bytes need not come again, and how much data there is. */
    size_t wire_taken;
    size_t data_len;
};

/* Takes the peer's bytes as hf_feed does, and data as hf_read does, until the wire is empty, the room is full, or the
 * connection waits for an answer: what is not taken must come again. Events come as from hf_feed, but none tells of
 * data that was received by this call. Returns HF_OK or the failure, which is told when there is no data to give before
 * it. wrong_call over datagrams. */
enum hf_error hf_receive(struct hf_connection *connection, struct hf_receiving *receiving, uint64_t now_ms);

#ifdef __cplusplus
}
#endif

#endif

/* Every function that the tables name. Each is defined in the file of its message. */
#ifndef HF_HANDSHAKE_STEPS_H
#define HF_HANDSHAKE_STEPS_H

#include "handshake/machine.h"

/* Steps: read and judge one input. */
hf_step hf_step_flight_over;
hf_step hf_step_flight_asked_or_not;
hf_step hf_step_flight12_sent;
hf_step hf_step_flight_ticket_or_not;
hf_step hf_step_take_verdict;
hf_step hf_step_take_change_cipher_spec;
hf_step hf_step_refuse_renegotiation;
hf_step hf_step_ignore_hello_request;
hf_step hf_step_check_server_hello;
hf_step hf_step_check_server_hello_again;
hf_step hf_step_check_hello_retry_request;
hf_step hf_step_take_hello_verify_request;
hf_step hf_step_check_server_hello_verified;
hf_step hf_step_check_encrypted_extensions;
hf_step hf_step_check_certificate_request13;
hf_step hf_step_check_certificate_request12;
hf_step hf_step_check_certificate13;
hf_step hf_step_check_certificate12;
hf_step hf_step_check_certificate_status;
hf_step hf_step_go_on_by_key_exchange;
hf_step hf_step_go_on_by_request;
hf_step hf_step_go_on_by_done;
hf_step hf_step_check_certificate_verify13;
hf_step hf_step_check_certificate_verify12;
hf_step hf_step_check_finished13;
hf_step hf_step_check_finished12;
hf_step hf_step_check_finished12_resumed;
hf_step hf_step_check_finished12_unsigned;
hf_step hf_step_check_finished12_shared;
hf_step hf_step_take_session;
hf_step hf_step_check_server_key_exchange;
hf_step hf_step_check_server_hello_done;
hf_step hf_step_take_client_key_exchange;
hf_step hf_step_take_new_session_ticket13;
hf_step hf_step_take_new_session_ticket12;
hf_step hf_step_take_key_update;
hf_step hf_step_choose_by_client_hello;
hf_step hf_step_check_client_hello_again;

/* Builders: write the body of one message. One that needs a signature may leave handshake->work->signing WANTED:
 * what it wrote is then thrown away, and it is called again when the signature is READY. */
hf_build hf_build_client_hello;
hf_build hf_build_hello_retry_request;
hf_build hf_build_server_hello13;
hf_build hf_build_server_hello12;
hf_build hf_build_encrypted_extensions;
hf_build hf_build_certificate_request13;
hf_build hf_build_certificate_request12;
hf_build hf_build_certificate13;
hf_build hf_build_certificate12;
hf_build hf_build_certificate_status;
hf_build hf_build_certificate_verify13;
hf_build hf_build_certificate_verify12;
hf_build hf_build_finished13;
hf_build hf_build_finished12;
hf_build hf_build_server_key_exchange;
hf_build hf_build_server_key_exchange_dhe;
hf_build hf_build_server_key_exchange_psk;
hf_build hf_build_server_key_exchange_dhe_psk;
hf_build hf_build_server_key_exchange_ecdhe_psk;
hf_build hf_build_server_hello_done;
hf_build hf_build_client_key_exchange;
hf_build hf_build_client_key_exchange_dhe;
hf_build hf_build_client_key_exchange_rsa;
hf_build hf_build_client_key_exchange_psk;
hf_build hf_build_client_key_exchange_ecdhe_psk;
hf_build hf_build_client_key_exchange_dhe_psk;
hf_build hf_build_client_key_exchange_rsa_psk;
hf_build hf_build_new_session_ticket13;
hf_build hf_build_new_session_ticket12;
hf_build hf_build_key_update;

/* Turns: derive or change keys. */
hf_turn hf_turn_transcript_afresh;
hf_turn hf_turn_handshake_keys;
hf_turn hf_turn_application_secrets;
hf_turn hf_turn_read_application_keys;
hf_turn hf_turn_write_application_keys;
hf_turn hf_turn_resumption_secret;
hf_turn hf_turn_next_write_keys;
hf_turn hf_turn_master_secret;
hf_turn hf_turn_kept_secret;
hf_turn hf_turn_write_keys12;

/* Conditions of rows. */
hf_condition hf_condition_always;
hf_condition hf_condition_compatible;
hf_condition hf_condition_decoy_due;
hf_condition hf_condition_asks;
hf_condition hf_condition_asks12;
hf_condition hf_condition_was_asked;
hf_condition hf_condition_presents;
hf_condition hf_condition_confirms;
hf_condition hf_condition_tickets;
hf_condition hf_condition_may_turn;
hf_condition hf_condition_certifies;
hf_condition hf_condition_staples;
hf_condition hf_condition_hints;
hf_condition hf_condition_by_ecdhe;
hf_condition hf_condition_by_dhe;
hf_condition hf_condition_by_rsa;
hf_condition hf_condition_by_psk;
hf_condition hf_condition_by_ecdhe_psk;
hf_condition hf_condition_by_dhe_psk;
hf_condition hf_condition_by_rsa_psk;

#endif

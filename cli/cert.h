/* `handfast cert`: a private CA on disk, and certificates shown and checked. */
#ifndef HF_CLI_CERT_H
#define HF_CLI_CERT_H

/* argv[0] is "cert". Returns the exit status. */
int hf_cli_cert(int argc, char **argv);

#endif

/* `handfast cert delegate`: a delegated credential (RFC 9345), made where the certificate's key is. */
#ifndef HF_CLI_CERT_DELEGATE_H
#define HF_CLI_CERT_DELEGATE_H

int hf_cert_delegate(int argc, char **argv);

#endif

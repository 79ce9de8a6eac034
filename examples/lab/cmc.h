/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CMC as AD CS reads and writes it: the full PKI request (RFC 2797 with a Microsoft first
 * signer) and the full PKI response. Written apart from the library's, on OpenSSL alone.
 */
#ifndef LAB_CMC_H
#define LAB_CMC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/x509.h>

/* The fault, with the CA's code and words; code 0: no fault. */
struct verdict {
    uint32_t code;   /* HRESULT */
    const char *why; /* for the log; static */
};

struct cmc_request;

/* Reads a bare PKCS#10 or a CMC; *out only when the verdict is 0. */
struct verdict cmc_read(const unsigned char *der, size_t len, struct cmc_request **out);
void cmc_free(struct cmc_request *request);

bool cmc_is_bare(const struct cmc_request *request); /* a PKCS#10 without CMC */
X509_REQ *cmc_csr(const struct cmc_request *request);
/* Verifies the signature of the PKCS#10 by its own key, or in a CMC the "null signature". */
struct verdict cmc_check_csr(const struct cmc_request *request);
/* The first signer: a hash without a key, or the key of the PKCS#10 itself. */
struct verdict cmc_check_first(const struct cmc_request *request);
/* The signers after the first: those that a template requires. */
int cmc_extra_signers(const struct cmc_request *request);
struct verdict cmc_check_extra(const struct cmc_request *request, int i, X509 **cert);
STACK_OF(X509) * cmc_certs(const struct cmc_request *request); /* new; sk_X509_pop_free() */
bool cmc_uses_sha1(const struct cmc_request *request);

enum cmc_status { CMC_OK = 0, CMC_FAILED = 2, CMC_PENDING = 3 };

struct cmc_response {
    enum cmc_status status;
    const char *message;
    uint32_t request_id;
    X509 *issued; /* NULL unless CMC_OK */
    X509 *ca;     /* signs the response */
    EVP_PKEY *ca_key;
    STACK_OF(X509) * chain; /* the CA's certificate and its chain */
};
/* 0, or an exit code after a line on standard error. OPENSSL_free() the DER. */
int cmc_write(const struct cmc_response *response, unsigned char **der, size_t *len);

#endif

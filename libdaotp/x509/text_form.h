/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Converts the text forms of certificates, CRLs, requests and keys that tools write (certutil,
 * certreq, PowerShell, mail programs) to DER or PEM, so that the readers need not know them:
 * UTF-16, UTF-8 with a byte order mark, base64 without BEGIN and END lines.
 */
#ifndef DAOTP_X509_TEXT_FORM_H
#define DAOTP_X509_TEXT_FORM_H

#include "core/buffer.h"

typedef struct daotp__text_form {
    daotp__bytes
        bytes; /* the result: DER, PEM, or the unchanged input; a view into the input or into own */
    daotp__buffer own;
    char fault[160]; /* after DAOTP_PEER: why it cannot be converted, with the octet */
} daotp__text_form;

/* Convert in, whose bytes must outlive the form. Input in none of these forms is left unchanged.
 * max: the largest result, in octets. is_secret: the input is a private key, so copies are in
 * secret buffers. DAOTP_OK; DAOTP_PEER with form->fault; DAOTP_MEMORY. */
daotp_status daotp__text_form_read(daotp__text_form *form, daotp__bytes in, size_t max,
                                   bool is_secret);
void daotp__text_form_free(daotp__text_form *form);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The forms in which tools write certificates, CRLs, requests and keys as text (certutil, certreq,
 * PowerShell, a mail): UTF-16, UTF-8 with a byte order mark, base64 without BEGIN and END
 * lines. They are brought to DER or PEM in one place, before a reader sees them.
 */
#ifndef DAOTP_X509_TEXT_FORM_H
#define DAOTP_X509_TEXT_FORM_H

#include "core/buffer.h"

typedef struct daotp__text_form {
    daotp__bytes bytes; /* DER or PEM, or whatever it was: a view of the input or of own */
    daotp__buffer own;
    char fault[160]; /* with DAOTP_PEER: why it cannot be brought to either, and at which octet */
} daotp__text_form;

/* DAOTP_OK, DAOTP_PEER or DAOTP_MEMORY. The input must stay. What is in no such form is taken as it
 * is. max: octets that are made of it, at the most. is_secret: a private key. */
daotp_status daotp__text_form_read(daotp__text_form *form, daotp__bytes in, size_t max,
                                   bool is_secret);
void daotp__text_form_free(daotp__text_form *form);

#endif

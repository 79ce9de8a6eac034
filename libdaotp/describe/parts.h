/* SPDX-License-Identifier: BSD-2-Clause */
/* The functions that describe one structure each. */
#ifndef DAOTP_DESCRIBE_PARTS_H
#define DAOTP_DESCRIBE_PARTS_H

#include "core/outline.h"
#include "core/report.h"
#include "otpce/message.h"
#include "request/cmc.h"

/* Where the description and the findings are written. */
typedef struct daotp__describer {
    daotp__outline *out;
    daotp_report *report;
    int64_t now_s;
} daotp__describer;

/* Record that memory ran out. The whole description then fails, so that no part is left out or
 * called malformed. */
void daotp__describe_note_memory(daotp__describer *to, daotp_status status);
void daotp__describe_name(daotp__describer *to, const char *label, daotp__bytes name);
void daotp__describe_time(daotp__describer *to, const char *label, int64_t seconds);
void daotp__describe_hex(daotp__describer *to, const char *label, daotp__bytes bytes);
void daotp__describe_key(daotp__describer *to, daotp__bytes spki);
void daotp__describe_algorithm(daotp__describer *to, const char *label,
                               const daotp__algorithm *algorithm);
void daotp__describe_extensions(daotp__describer *to, const daotp__extensions *extensions);
void daotp__describe_general_name(daotp__describer *to, const daotp__general_name *name);
void daotp__describe_client_info(daotp__describer *to, const daotp__client_info *info);

/* Each returns false when the bytes are not such a structure; then nothing is written. */
bool daotp__describe_certificate(daotp__describer *to, daotp__bytes der);
bool daotp__describe_csr(daotp__describer *to, daotp__bytes der);
bool daotp__describe_cms(daotp__describer *to, daotp__bytes der);
bool daotp__describe_crl(daotp__describer *to, daotp__bytes der);
bool daotp__describe_ocsp(daotp__describer *to, daotp__bytes der);
bool daotp__describe_ocsp_request(daotp__describer *to, daotp__bytes der);
bool daotp__describe_pkcs12(daotp__describer *to, daotp__bytes der);
bool daotp__describe_key_file(daotp__describer *to, daotp__bytes der);
bool daotp__describe_der(daotp__describer *to, daotp__bytes der);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* Certificates and CRLs of a bundle: how long they are valid, and whether a certificate for a
 * part of the logon is suitable for that part. */
#include "doctor/bundle_certificates.h"
#include "core/alloc.h"
#include "core/time_text.h"

#include "doctor/bundle_lines.h"
#include "doctor/expiry.h"
#include "x509/chain.h"
#include "x509/crl_list.h"
#include "x509/extensions.h"
#include "x509/name.h"
#include "x509/role.h"

#include <stdio.h>
#include <string.h>

enum { MOST_CERTIFICATES = 512 }; /* from one file */

/* The role that the extended key usage names. For a CA it only limits what the CA issues, so it
 * names no role. The certificate is then checked by the rules of the role. */
static daotp_role find_certificate_role(const daotp__certificate *certificate)
{
    static const struct {
        enum daotp__oid purpose;
        daotp_role role;
    } roles[] = {{DAOTP__OID_KP_KDC, DAOTP_ROLE_KDC}, {DAOTP__OID_OTP_RA, DAOTP_ROLE_RA}};
    const daotp__extension *eku = daotp__extensions_find(&certificate->extensions, DAOTP__OID_EKU);

    if (eku == NULL || daotp__extensions_are_of_ca(&certificate->extensions))
        return DAOTP_ROLE_ANY;
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        daotp__purposes purposes = {0};

        if (daotp__eku_read(eku, roles[i].purpose, &purposes) && purposes.has)
            return roles[i].role;
    }
    return DAOTP_ROLE_ANY;
}

static daotp_status note_expiry(daotp__bundle_reader *reader, int64_t end_s, const char *whose,
                                daotp_finding_number number)
{
    char text[DAOTP__TIME_TEXT], found[400];

    if (end_s >= reader->now_s)
        return DAOTP_OK;
    (void)snprintf(found, sizeof found, "%.300s: until %s", whose, daotp__time_text(end_s, text));
    return daotp__bundle_note(reader, number, found);
}

static daotp_status verify_bundle_certificate(daotp__bundle_reader *reader, daotp__bytes der)
{
    daotp_report *report = &reader->file->report;
    daotp__certificate certificate;
    daotp_status status, found;
    size_t since;
    char *subject;

    if (!daotp__certificate_read(der, &certificate))
        return DAOTP_OK;
    subject = daotp__name_copy_text(certificate.subject);
    if (subject == NULL)
        return DAOTP_MEMORY;
    status = note_expiry(reader, certificate.not_after, subject, DAOTP_FINDING_BUNDLE_EXPIRED);
    since = daotp_report_get_count(report);
    found = daotp__role_check(find_certificate_role(&certificate), &certificate, reader->now_s,
                              subject, report);
    if (found != DAOTP_OK && found != DAOTP_MEMORY)
        daotp__bundle_set_wrong(
            reader, daotp_finding_get_number(daotp__report_verdict(report, since, found)));
    daotp__delete(subject);
    return found == DAOTP_MEMORY ? found : status;
}

static daotp_status verify_bundle_chain(daotp__bundle_reader *reader, const daotp__chain *chain)
{
    daotp_status status = DAOTP_OK;

    for (size_t i = 0; i < chain->count && status == DAOTP_OK; i++)
        status = verify_bundle_certificate(reader,
                                           (daotp__bytes){chain->list[i].data, chain->list[i].len});
    if (status == DAOTP_OK)
        daotp__expiry_note_chain(chain, reader->now_s, &reader->file->report);
    return status;
}

static daotp_status verify_bundle_crls(daotp__bundle_reader *reader, const daotp__crl_list *all)
{
    daotp_status status = DAOTP_OK;

    for (size_t i = 0; i < all->count && status == DAOTP_OK; i++) {
        const daotp__crl *crl = daotp__indexed_crl_view(all->list[i]);
        char *issuer = daotp__name_copy_text(crl->issuer);

        if (issuer == NULL)
            return DAOTP_MEMORY;
        if (crl->has_next_update)
            status = note_expiry(reader, crl->next_update, issuer, DAOTP_FINDING_CRL_STALE);
        daotp__expiry_note_crl(crl, issuer, reader->now_s, &reader->file->report);
        daotp__delete(issuer);
    }
    return status;
}

static bool may_hold_certificates(daotp__bytes bytes)
{
    if (bytes.len > 1 && bytes.data[0] == 0x30 && bytes.data[1] >= 0x80)
        return true;
    return daotp__bundle_find(bytes, 0, "-----BEGIN ") != SIZE_MAX &&
           daotp__bundle_find(bytes, 0, "CertUtil:") == SIZE_MAX;
}

/* Whether the file has more certificates than the chain has room for. The first ones were read. */
static bool has_more_certificates(const daotp__chain *chain, const daotp_report *report)
{
    return chain->count == MOST_CERTIFICATES &&
           daotp_finding_get_number(daotp_report_get_error(report)) == DAOTP_FINDING_LIMIT_SIZE;
}

/* Report the part of the file that was not checked. read: the status of reading it. */
static daotp_status note_unread_certificates(daotp__bundle_reader *reader,
                                             const daotp__chain *chain, daotp_status read,
                                             const daotp_report *seen)
{
    if (read == DAOTP_OK || chain->count == 0)
        return DAOTP_OK;
    if (has_more_certificates(chain, seen))
        return daotp__bundle_note(reader, DAOTP_FINDING_LIMIT_SIZE,
                                  "more than 512 certificates: only the first 512 were checked");
    return daotp__bundle_note(reader, DAOTP_FINDING_BUNDLE_MALFORMED,
                              daotp_finding_get_found(daotp_report_get_error(seen)));
}

static daotp_status read_certificate_file(daotp__bundle_reader *reader, daotp__bytes bytes,
                                          daotp_report *ignored, bool *found)
{
    daotp__chain chain;
    daotp_status status;

    daotp__chain_init(&chain, MOST_CERTIFICATES);
    status = daotp__chain_read(&chain, bytes, reader->file->name, ignored);
    *found = chain.count > 0;
    if (status != DAOTP_MEMORY)
        status = note_unread_certificates(reader, &chain, status, ignored);
    if (*found && status == DAOTP_OK) {
        daotp__bundle_set_kind(reader, "certificate", "certificates");
        status = verify_bundle_chain(reader, &chain);
    }
    daotp__chain_free(&chain);
    return status;
}

static daotp_status read_crl_file(daotp__bundle_reader *reader, daotp__bytes bytes,
                                  daotp_report *ignored, bool *found)
{
    daotp__crl_list crls = {0};
    daotp_status status = daotp__crl_list_read(&crls, bytes, reader->file->name, ignored);

    *found = status == DAOTP_OK;
    if (*found) {
        daotp__bundle_set_kind(reader, "crl", "revocation lists");
        status = verify_bundle_crls(reader, &crls);
    }
    daotp__crl_list_free(&crls);
    return status == DAOTP_MEMORY ? status : DAOTP_OK;
}

/* Whether the file is a DER structure, or has a PEM block with a label of those that are read here,
 * so that it is not read as text. */
static bool must_hold_certificates(daotp__bytes bytes)
{
    static const char *const labels[] = {"-----BEGIN CERTIFICATE-----", "-----BEGIN X509 CRL-----",
                                         "-----BEGIN PKCS7-----", "-----BEGIN X509 CERTIFICATE--"};

    if (bytes.data[0] == 0x30 && bytes.data[1] >= 0x80)
        return true;
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        if (daotp__bundle_find(bytes, 0, labels[i]) != SIZE_MAX)
            return true;
    return false;
}

/* seen: why the file has no certificates that can be read, then why it has no such CRLs. The label
 * of a PEM block decides which reason counts. */
static daotp_status note_malformed_file(daotp__bundle_reader *reader, daotp__bytes bytes,
                                        const daotp_report *seen)
{
    const daotp_finding *error = daotp_report_get_error(seen);

    if (daotp__bundle_find(bytes, 0, "-----BEGIN X509 CRL-----") != SIZE_MAX)
        error = daotp_report_get_finding(seen, daotp_report_get_count(seen) - 1);
    daotp__bundle_set_kind(reader, "certificate", "certificates or revocation lists");
    return daotp__bundle_note(reader, DAOTP_FINDING_BUNDLE_MALFORMED,
                              daotp_finding_get_found(error));
}

daotp_status daotp__bundle_read_certificates(daotp__bundle_reader *reader, daotp__bytes bytes,
                                             bool *found)
{
    daotp_report ignored; /* a file with neither is read as text */
    daotp_status status;

    if (!may_hold_certificates(bytes))
        return DAOTP_OK;
    daotp__report_init(&ignored, reader->context);
    status = read_certificate_file(reader, bytes, &ignored, found);
    if (status == DAOTP_OK && !*found)
        status = read_crl_file(reader, bytes, &ignored, found);
    if (status == DAOTP_OK && !*found && must_hold_certificates(bytes)) {
        *found = true;
        status = note_malformed_file(reader, bytes, &ignored);
    }
    daotp__report_end(&ignored);
    return status;
}

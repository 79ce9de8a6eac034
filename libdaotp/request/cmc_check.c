/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks that the CMC holds the request that we sent and that a registration authority signed it:
 * the rows CMC-* of the checklist. */
#include "core/checklist.h"
#include "request/cmc.h"
#include "x509/key_rules.h"
#include "x509/role.h"

/* Name the part by its object identifier, so that the reader can look it up. */
static void name_extra(daotp__checklist *checks, const daotp__cmc_finding *extra)
{
    char text[DAOTP__OID_TEXT];

    if (extra->effect == DAOTP__CMC_IDENTITY)
        daotp__checklist_report(checks, DAOTP_FINDING_CMC_IDENTITY, "%s",
                                daotp__oid_describe(extra->oid, text));
    else if (extra->effect == DAOTP__CMC_UNKNOWN)
        daotp__checklist_report(checks, DAOTP_FINDING_CMC_EXTRA, "%s",
                                daotp__oid_describe(extra->oid, text));
}

/* cmsSequence and otherMsgSequence of PKIData (RFC 5272 3.2). */
static const char *extra_text(const daotp__pki_data *data)
{
    if (!data->has_other)
        return "CMS messages";
    return data->has_cms ? "CMS messages and other messages" : "other messages";
}

static void check_content(daotp__checklist *checks, const daotp__pki_data *data, daotp__bytes csr)
{
    if (data->request.data == NULL)
        daotp__checklist_report(checks, DAOTP_FINDING_CMC_ONE_REQ, "%zu requests",
                                data->request_count);
    else if (!daotp__bytes_equal(data->request, csr))
        daotp__checklist_report(checks, DAOTP_FINDING_CMC_SAME_CSR, "another PKCS#10 of %zu bytes",
                                data->request.len);
    if (!data->ids_fit)
        daotp__checklist_report(checks, DAOTP_FINDING_CMC_BODYID,
                                "ids that repeat, are 0 or point nowhere");
    if (data->has_cms || data->has_other)
        daotp__checklist_report(checks, DAOTP_FINDING_CMC_EXTRA, "%s", extra_text(data));
    if (data->has_cms) /* RFC 2797 3.4: it may hold requests of its own */
        daotp__checklist_report(checks, DAOTP_FINDING_CMC_IDENTITY, "a CMS message inside");
    name_extra(checks, &data->extra);
}

/* The last signer that is not the dummy signer is the RA (MS-WCCE 3.1.1.4.3.3.3). */
static const daotp__signer *ra_signer(const daotp__signed_data *cms)
{
    for (size_t i = cms->signer_count; i > 0; i--)
        if (cms->signers[i - 1].signature_algorithm.known != DAOTP__OID_NO_SIGNATURE)
            return &cms->signers[i - 1];
    return NULL;
}

static const char *attributes_fault(daotp__bytes attributes, char text[DAOTP__FAULT_TEXT])
{
    daotp__fault fault = {.whole = attributes};

    (void)daotp__fault_set(&fault, "SignerInfo's attributes", attributes,
                           "RFC 5652 5.3: a SET of attributes, each a type and a SET of values");
    return daotp__fault_describe(&fault, text);
}

/* The CA reads the attributes of each signer, signed or not. */
static void check_attributes(daotp__checklist *checks, const daotp__signer *signer)
{
    daotp__cmc_finding extra = {.effect = DAOTP__CMC_HARMLESS};
    daotp__bytes set, unread = signer->attributes;
    char text[DAOTP__FAULT_TEXT];

    if (signer->unsigned_attributes.len > 0)
        extra.effect = DAOTP__CMC_UNKNOWN;
    if (signer->attributes.len > 0 &&
        (!daotp__der_only(signer->attributes, DAOTP__DER_CONTEXT_CONSTRUCTED(0), &set) ||
         !daotp__cmc_scan_attributes(set, &extra)))
        extra.effect = DAOTP__CMC_IDENTITY;
    if (!daotp__cmc_scan_attributes(signer->unsigned_attributes, &extra)) {
        extra = (daotp__cmc_finding){.effect = DAOTP__CMC_IDENTITY};
        unread = signer->unsigned_attributes;
    }
    if (extra.oid.len > 0)
        name_extra(checks, &extra);
    else if (extra.effect == DAOTP__CMC_IDENTITY)
        daotp__checklist_report(checks, DAOTP_FINDING_CMC_IDENTITY, "%s",
                                attributes_fault(unread, text));
    else if (extra.effect == DAOTP__CMC_UNKNOWN)
        daotp__checklist_report(checks, DAOTP_FINDING_CMC_EXTRA, "unsigned attributes");
}

static void check_signature(daotp__checklist *checks, const daotp__signed_data *cms,
                            const daotp__signer *signer, const daotp__certificate *ra)
{
    daotp__hash hash = daotp__algorithm_hash(&signer->digest);

    if (!daotp__signer_attributes_fit(cms, signer))
        daotp__checklist_report(checks, DAOTP_FINDING_CMC_ATTRS, "another content type or digest");
    if (!daotp__signer_verify(signer, ra->spki))
        daotp__checklist_report(checks, DAOTP_FINDING_CMC_RASIG,
                                "a signature that does not verify");
    if (hash == DAOTP__HASH_SHA1)
        daotp__checklist_report(checks, DAOTP_FINDING_CMC_HASH, "%s", daotp__hash_name(hash));
}

/* A signature proves nothing if the private key of the certificate is known to others. */
static void check_signer_key(daotp__checklist *checks, const daotp__certificate *certificate)
{
    daotp__key_report(checks, certificate->spki, DAOTP__KEY_USE_RA, DAOTP_FINDING_RA_KEY);
}

/* Checks a signer besides the dummy signer and the RA; none is expected. */
static void check_further_signer(daotp__checklist *checks, const daotp__signed_data *cms,
                                 const daotp__signer *signer)
{
    bool is_dummy = signer->signature_algorithm.known == DAOTP__OID_NO_SIGNATURE;
    daotp__certificate certificate;

    if (is_dummy ? !daotp__signer_is_no_signature(signer)
                 : !daotp__signer_certificate(cms, signer, &certificate) ||
                       !daotp__signer_verify(signer, certificate.spki)) {
        daotp__checklist_report(checks, DAOTP_FINDING_CMC_SIGNER,
                                "a signature that does not verify");
        return;
    }
    if (!daotp__signer_attributes_fit(cms, signer))
        daotp__checklist_report(checks, DAOTP_FINDING_CMC_ATTRS,
                                "a further signer: another digest");
    if (!is_dummy)
        check_signer_key(checks, &certificate);
    daotp__checklist_report(checks, DAOTP_FINDING_CMC_EXTRA, "a further signer");
}

/* CMC-NOSIG checks the first signer, the rows RA-* the RA. */
static void check_all_signers(daotp__checklist *checks, const daotp__signed_data *cms,
                              const daotp__signer *ra)
{
    for (size_t i = 0; i < cms->signer_count; i++) {
        const daotp__signer *signer = &cms->signers[i];
        bool is_first = i == 0 && signer->signature_algorithm.known == DAOTP__OID_NO_SIGNATURE;

        if (signer->version != (signer->key_id.data != NULL ? 3u : 1u))
            daotp__checklist_report(checks, DAOTP_FINDING_CMC_VERSION, "version %u of a signer",
                                    (unsigned)signer->version);
        check_attributes(checks, signer);
        if (is_first && daotp__signer_is_no_signature(signer) &&
            !daotp__signer_attributes_fit(cms, signer))
            daotp__checklist_report(checks, DAOTP_FINDING_CMC_ATTRS, "the no-signature signer's");
        if (!is_first && signer != ra)
            check_further_signer(checks, cms, signer);
    }
}

/* A CA may look at each of them. */
static bool has_unread_certificate(const daotp__signed_data *cms)
{
    daotp__certificate certificate;

    for (size_t i = 0; i < cms->certificate_count; i++)
        if (!daotp__certificate_read(cms->certificates[i], &certificate))
            return true;
    return cms->has_other_certificates;
}

static void check_frame(daotp__checklist *checks, const daotp__signed_data *cms)
{
    if (cms->version != 3) /* RFC 5652 5.1: the content is not id-data */
        daotp__checklist_report(checks, DAOTP_FINDING_CMC_VERSION, "version %u of SignedData",
                                (unsigned)cms->version);
    if (cms->has_crls)
        daotp__checklist_report(checks, DAOTP_FINDING_CMC_EXTRA, "CRLs");
    if (has_unread_certificate(cms))
        daotp__checklist_report(checks, DAOTP_FINDING_CMC_EXTRA,
                                "a certificate of another format, or malformed");
}

/* The request must not be for the key of the RA or of a CA above it. */
static void check_request_key_owner(daotp__checklist *checks, const daotp__signed_data *cms,
                                    daotp__bytes request)
{
    daotp__certificate certificate;
    daotp__csr csr;

    if (request.data == NULL || !daotp__csr_read(request, &csr))
        return;
    for (size_t i = 0; i < cms->certificate_count; i++)
        if (daotp__certificate_read(cms->certificates[i], &certificate) &&
            daotp__bytes_equal(certificate.spki, csr.spki))
            daotp__checklist_report(checks, DAOTP_FINDING_CMC_KEY_SHARED,
                                    "the key of a certificate in the message");
}

static void check_signers(daotp__checklist *checks, const daotp__signed_data *cms, int64_t now_s)
{
    const daotp__signer *signer = ra_signer(cms);
    daotp__certificate ra;

    if (cms->signer_count == 0 || !daotp__signer_is_no_signature(&cms->signers[0]))
        daotp__checklist_report(checks, DAOTP_FINDING_CMC_NOSIG, "%zu signers", cms->signer_count);
    check_all_signers(checks, cms, signer);
    if (signer == NULL || !daotp__signer_certificate(cms, signer, &ra)) {
        daotp__checklist_report(checks, DAOTP_FINDING_RA_EMBED, "%zu certificates",
                                cms->certificate_count);
        return;
    }
    check_signature(checks, cms, signer, &ra);
    check_signer_key(checks, &ra);
    daotp__checklist_take(checks, daotp__role_check(DAOTP_ROLE_RA, &ra, now_s,
                                                    "signing certificate", checks->report));
}

daotp_status daotp__cmc_check(daotp__bytes cmc, daotp__bytes csr, int64_t now_s,
                              daotp_report *report)
{
    daotp__checklist checks = {.report = report, .subject = "signed request"};
    daotp__signed_data cms;
    daotp__pki_data data;

    if (!daotp__signed_data_read(cmc, &cms) ||
        !daotp__oid_is(cms.content_type, DAOTP__OID_PKI_DATA) || cms.content.data == NULL ||
        !daotp__pki_data_read(cms.content, &data)) {
        daotp__checklist_report(&checks, DAOTP_FINDING_CMC_TYPE, "%zu bytes", cmc.len);
        return checks.verdict;
    }
    check_frame(&checks, &cms);
    check_content(&checks, &data, csr);
    check_request_key_owner(&checks, &cms, data.request);
    check_signers(&checks, &cms, now_s);
    return checks.verdict;
}

daotp__bytes daotp__cmc_signer(daotp__bytes cmc)
{
    const daotp__signer *signer;
    daotp__signed_data signed_data;
    daotp__certificate ra;

    if (!daotp__signed_data_read(cmc, &signed_data))
        return (daotp__bytes){NULL, 0};
    signer = ra_signer(&signed_data);
    if (signer == NULL || !daotp__signer_certificate(&signed_data, signer, &ra))
        return (daotp__bytes){NULL, 0};
    return ra.der;
}

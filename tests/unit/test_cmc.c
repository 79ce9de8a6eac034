/* SPDX-License-Identifier: BSD-2-Clause */
/* The CMC full request: written as a server does, then looked at as a client does. Each finding of
 * the checklist (protocol.md 5.3) is provoked by one deliberate defect, and is the only one. */
#include "builders.h"
#include "weak_keys.h"

#include "request/cmc.h"

static daotp_context *context;
static daotp_key *rsa, *p256, *p384, *ca_key;
static daotp__buffer csr, other_csr;

static void make_csr(const daotp_key *key, daotp__buffer *out)
{
    daotp__csr_spec spec = {.upn = BYTES("alice@corp.example"),
                            .template = {.oid = BYTES("\x2A\x03")}};

    daotp__buffer_init(out, DAOTP__MAX_CSR);
    assert_int_equal(daotp__csr_write(&spec, key, out), DAOTP_OK);
}

static int make_all(void **state)
{
    (void)state;
    if (daotp_context_new(&context) != DAOTP_OK)
        return -1;
    rsa = test_key(context, "rsa2048");
    p256 = test_key(context, "p256");
    p384 = test_key(context, "p384");
    ca_key = test_key(context, "other-p256");
    make_csr(p256, &csr);
    make_csr(p384, &other_csr);
    return 0;
}

static int free_all(void **state)
{
    (void)state;
    daotp__buffer_free(&csr);
    daotp__buffer_free(&other_csr);
    daotp_key_unref(rsa);
    daotp_key_unref(p256);
    daotp_key_unref(p384);
    daotp_key_unref(ca_key);
    daotp_context_unref(context);
    return 0;
}

static const daotp__client_info host = {.id = 1001,
                                        .machine = {(const uint8_t *)"da1", 3},
                                        .user = {(const uint8_t *)"CORP\\da1$", 9},
                                        .process = {(const uint8_t *)"daotp", 5}};

/* What a CMC is like. All zero is a faultless one, signed by RSA with SHA-256. */
typedef struct cmc_plan {
    certificate_plan ra;
    daotp__hash hash;
    const char *content_path, *content_with; /* an edit of the PKIData, before it is signed */
    const char *path, *with;                 /* an edit of the message, after it was signed */
    bool other_csr, ra_embedded_twice, ra_key_not_its;
} cmc_plan;

static void write_content(const cmc_plan *plan, daotp__buffer *out)
{
    daotp__buffer plain;

    daotp__buffer_init(&plain, DAOTP__MAX_CMC);
    assert_int_equal(daotp__pki_data_write(plan->other_csr ? daotp__buffer_bytes(&other_csr)
                                                           : daotp__buffer_bytes(&csr),
                                           &host, &plain),
                     DAOTP_OK);
    if (plan->content_path != NULL)
        edit(daotp__buffer_bytes(&plain), plan->content_path, hex(plan->content_with), out);
    else
        daotp__buffer_add(out, plain.data, plain.len);
    daotp__buffer_free(&plain);
}

static daotp__buffer write_cmc(const cmc_plan *plan, const daotp_key *key)
{
    daotp__buffer certificate, content, plain, out;
    daotp__certificate ra;

    daotp__buffer_init(&certificate, DAOTP__MAX_CERTIFICATE);
    daotp__buffer_init(&content, DAOTP__MAX_CMC);
    daotp__buffer_init(&plain, DAOTP__MAX_CMC);
    daotp__buffer_init(&out, DAOTP__MAX_CMC);
    make_certificate(&plan->ra, plan->ra_key_not_its ? p384 : key, ca_key, &certificate);
    assert_true(daotp__certificate_read(daotp__buffer_bytes(&certificate), &ra));
    write_content(plan, &content);
    assert_int_equal(daotp__cms_sign(daotp__oid(DAOTP__OID_PKI_DATA), daotp__buffer_bytes(&content),
                                     plan->hash != 0 ? plan->hash : DAOTP__HASH_SHA256, key, &ra,
                                     &plain, NULL),
                     DAOTP_OK);
    if (plan->ra_embedded_twice)
        edit(daotp__buffer_bytes(&plain), "1.0.3.1", ra.der, &out);
    else if (plan->path != NULL)
        edit(daotp__buffer_bytes(&plain), plan->path, hex(plan->with), &out);
    else
        daotp__buffer_add(&out, plain.data, plain.len);
    daotp__buffer_free(&certificate);
    daotp__buffer_free(&content);
    daotp__buffer_free(&plain);
    return out;
}

static void own_output_passes_for_every_key_and_hash(void **state)
{
    static const daotp__hash hashes[] = {DAOTP__HASH_SHA256, DAOTP__HASH_SHA384,
                                         DAOTP__HASH_SHA512};
    const daotp_key *const keys[] = {rsa, ca_key, p384}; /* the user has p256 */

    (void)state;
    for (size_t i = 0; i < COUNT(keys); i++)
        for (size_t j = 0; j < COUNT(hashes); j++) {
            test_report report = test_report_new();
            const certificate_plan plan = {.serial = 0};
            daotp__buffer certificate, out;
            daotp__certificate ra;

            daotp__buffer_init(&certificate, DAOTP__MAX_CERTIFICATE);
            daotp__buffer_init(&out, DAOTP__MAX_CMC);
            make_certificate(&plan, keys[i], ca_key, &certificate);
            assert_true(daotp__certificate_read(daotp__buffer_bytes(&certificate), &ra));
            assert_int_equal(daotp__cmc_write(daotp__buffer_bytes(&csr), &host, hashes[j], keys[i],
                                              &ra, &out, report.report),
                             DAOTP_OK);
            assert_int_equal(daotp__cmc_check(daotp__buffer_bytes(&out), daotp__buffer_bytes(&csr),
                                              MAKE_NOW, report.report),
                             DAOTP_OK);
            assert_int_equal(daotp_report_get_count(report.report), 0);
            daotp__buffer_free(&certificate);
            daotp__buffer_free(&out);
            test_report_free(&report);
        }
}

#define RA_OID     "1.3.6.1.4.1.311.81.1.1"
#define AGENT_OID  "1.3.6.1.4.1.311.20.2.1"
#define CLIENT_OID "1.3.6.1.5.5.7.3.2"
#define DIGEST     "00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF"
/* szOID_ENROLLMENT_NAME_VALUE_PAIR with one empty value; what it says is not looked at */
#define NAME_VALUE_SHORT "3011 060A 2B0601040182370D0201 3103 040161"
#define NAME_VALUE       "3010 060A 2B0601040182370D0201 3102 3000"
#define FINDING(x)       DAOTP_FINDING_##x

/* PKIData: 0 controls, 1 requests, 2 cms, 3 other messages. SignedData: see test_cms.c. */
static const struct {
    const char *what;
    daotp_finding_number number, second;
    daotp_status status;
    cmc_plan plan;
} defects[] = {
    /* clang-format off */
    {"none at all", FINDING(NONE), FINDING(NONE), DAOTP_OK, {.hash = DAOTP__HASH_SHA384}},

    {"data, not signedData", FINDING(CMC_TYPE), 0, DAOTP_PEER,
     {.path = "0", .with = "0609 2A864886F70D010701"}},
    {"another content type", FINDING(CMC_TYPE), 0, DAOTP_PEER,
     {.path = "1.0.2.0", .with = "0608 2B06010505070C03"}},
    {"no content", FINDING(CMC_TYPE), 0, DAOTP_PEER, {.path = "1.0.2.1", .with = ""}},
    {"content that is no PKIData", FINDING(CMC_TYPE), 0, DAOTP_PEER,
     {.content_path = "3", .content_with = ""}},
    {"PKIData with a fifth member", FINDING(CMC_TYPE), 0, DAOTP_PEER,
     {.content_path = "4", .content_with = "3000"}},
    {"something behind it", FINDING(CMC_TYPE), 0, DAOTP_PEER, {.path = "2", .with = "0500"}},

    {"no request", FINDING(CMC_ONE_REQ), FINDING(CMC_BODYID), DAOTP_PEER,
     {.content_path = "1", .content_with = "3000"}},
    {"two requests", FINDING(CMC_ONE_REQ), 0, DAOTP_PEER,
     {.content_path = "1.1", .content_with = "A005 020103 3000"}},
    {"a request of another kind", FINDING(CMC_ONE_REQ), FINDING(CMC_BODYID), DAOTP_PEER,
     {.content_path = "1.0", .content_with = "A103 020101"}},
    {"another request", FINDING(CMC_SAME_CSR), 0, DAOTP_REJECTED, {.other_csr = true}},
    {"a request that is none", FINDING(CMC_SAME_CSR), 0, DAOTP_REJECTED,
     {.content_path = "1.0.1", .content_with = "3000"}},

    {"a body part id of 0", FINDING(CMC_BODYID), 0, DAOTP_OK,
     {.content_path = "0.0.0", .content_with = "020100"}},
    {"a body part id twice", FINDING(CMC_BODYID), 0, DAOTP_OK,
     {.content_path = "0.0.0", .content_with = "020101"}},
    {"a reference to nothing", FINDING(CMC_BODYID), 0, DAOTP_OK,
     {.content_path = "0.0.2.0.1.0", .content_with = "020107"}},

    {"another control", FINDING(CMC_EXTRA), 0, DAOTP_OK,
     {.content_path = "0.1", .content_with = "3011 020103 0608 2B06010505070712 3102 0400"}},
    {"a CMS message", FINDING(CMC_EXTRA), FINDING(CMC_IDENTITY), DAOTP_REJECTED,
     {.content_path = "2", .content_with = "3002 3000"}},
    {"another message", FINDING(CMC_EXTRA), 0, DAOTP_OK,
     {.content_path = "3", .content_with = "3002 3000"}},

    {"added extensions", FINDING(CMC_IDENTITY), 0, DAOTP_REJECTED,
     {.content_path = "0.1", .content_with = "3011 020103 0608 2B06010505070708 3102 3000"}},
    {"an identification", FINDING(CMC_IDENTITY), 0, DAOTP_REJECTED,
     {.content_path = "0.1", .content_with = "3012 020103 0608 2B06010505070702 3103 0C0161"}},
    {"registration information", FINDING(CMC_IDENTITY), 0, DAOTP_REJECTED,
     {.content_path = "0.1", .content_with = "3012 020103 0608 2B06010505070712 3103 040161"}},
    {"a control of somebody's own", FINDING(CMC_EXTRA), 0, DAOTP_OK,
     {.content_path = "0.1", .content_with = "300C 020103 06032A0304 3102 0500"}},
    {"an added requestername", FINDING(CMC_IDENTITY), 0, DAOTP_REJECTED,
     {.content_path = "0.0.2.0.2.1", .content_with = NAME_VALUE}},
    {"an added renewal certificate", FINDING(CMC_IDENTITY), 0, DAOTP_REJECTED,
     {.content_path = "0.0.2.0.2.1", .content_with = "300F 0609 2B0601040182370D01 3102 3000"}},
    {"an added extension request", FINDING(CMC_IDENTITY), 0, DAOTP_REJECTED,
     {.content_path = "0.0.2.0.2.1", .content_with = "300F 0609 2A864886F70D01090E 3102 3000"}},
    {"an added attribute of somebody's own", FINDING(CMC_EXTRA), 0, DAOTP_OK,
     {.content_path = "0.0.2.0.2.1", .content_with = "3009 06032A0304 3102 0500"}},
    {"a second control with a requestername", FINDING(CMC_IDENTITY), 0, DAOTP_REJECTED,
     {.content_path = "0.1", .content_with = "3030 020103 060A 2B060104018237 0A0A01 311F 301D "
                                             "020100 3003 020101 3113 " NAME_VALUE_SHORT}},
    {"a second control that points to nothing", FINDING(CMC_BODYID), 0, DAOTP_OK,
     {.content_path = "0.1", .content_with = "301D 020103 060A 2B060104018237 0A0A01 310C 300A "
                                             "020100 3003 020109 3100"}},
    {"a control for other data", FINDING(CMC_BODYID), 0, DAOTP_OK,
     {.content_path = "0.0.2.0.0", .content_with = "020107"}},
    {"another version", FINDING(CMC_VERSION), 0, DAOTP_OK, {.path = "1.0.0", .with = "020101"}},
    {"another version of a signer", FINDING(CMC_VERSION), 0, DAOTP_OK,
     {.path = "1.0.4.1.0", .with = "020103"}},
    {"another version of the dummy", FINDING(CMC_VERSION), 0, DAOTP_OK,
     {.path = "1.0.4.0.0", .with = "020107"}},
    {"unsigned attributes", FINDING(CMC_EXTRA), 0, DAOTP_OK,
     {.path = "1.0.4.1.6", .with = "A10B 3009 06032A0304 3102 0500"}},
    {"an unsigned requestername", FINDING(CMC_IDENTITY), 0, DAOTP_REJECTED,
     {.path = "1.0.4.1.6", .with = "A113 " NAME_VALUE_SHORT}},
    {"the dummy's unsigned requestername", FINDING(CMC_IDENTITY), 0, DAOTP_REJECTED,
     {.path = "1.0.4.0.6", .with = "A113 " NAME_VALUE_SHORT}},
    {"a signed requestername", FINDING(CMC_IDENTITY), FINDING(CMC_RASIG), DAOTP_REJECTED,
     {.path = "1.0.4.1.3.2", .with = NAME_VALUE_SHORT}},
    {"the dummy's signed requestername", FINDING(CMC_IDENTITY), FINDING(CMC_NOSIG), DAOTP_REJECTED,
     {.path = "1.0.4.0.3.2", .with = NAME_VALUE_SHORT}},
    {"unsigned junk", FINDING(CMC_IDENTITY), 0, DAOTP_REJECTED,
     {.path = "1.0.4.1.6", .with = "A103 040161"}},

    {"an attribute certificate", FINDING(CMC_EXTRA), 0, DAOTP_OK,
     {.path = "1.0.3.1", .with = "A203 020101"}},
    {"a certificate that is none", FINDING(CMC_EXTRA), 0, DAOTP_OK,
     {.path = "1.0.3.1", .with = "3003 020101"}},
    {"no dummy signer", FINDING(CMC_NOSIG), 0, DAOTP_OK, {.path = "1.0.4.0", .with = ""}},
    {"a dummy of another value", FINDING(CMC_NOSIG), 0, DAOTP_OK,
     {.path = "1.0.4.0.5", .with = "0420 " DIGEST}},

    {"another content than was signed", FINDING(CMC_ATTRS), FINDING(CMC_ATTRS), DAOTP_REJECTED,
     {.path = "1.0.2.1.0.0.0.0.2.0.2.0.1.0.1", .with = "0C03 646132"}},
    {"a signature by nobody", FINDING(CMC_RASIG), 0, DAOTP_REJECTED,
     {.path = "1.0.4.1.5", .with = "0420 " DIGEST}},
    {"a signature by another key", FINDING(CMC_RASIG), 0, DAOTP_REJECTED, {.ra_key_not_its = true}},
    {"SHA-1", FINDING(CMC_HASH), 0, DAOTP_OK, {.hash = DAOTP__HASH_SHA1}},

    {"no certificate", FINDING(RA_EMBED), 0, DAOTP_PEER, {.path = "1.0.3", .with = ""}},
    {"its certificate twice", FINDING(RA_EMBED), 0, DAOTP_PEER, {.ra_embedded_twice = true}},
    {"a signer of another serial", FINDING(RA_EMBED), 0, DAOTP_PEER,
     {.path = "1.0.4.1.1.1", .with = "020101"}},
    {"the dummy alone", FINDING(RA_EMBED), 0, DAOTP_PEER, {.path = "1.0.4.1", .with = ""}},
    {"no signer", FINDING(CMC_NOSIG), FINDING(RA_EMBED), DAOTP_PEER,
     {.path = "1.0.4", .with = "3100"}},

    {"no EKU", FINDING(RA_EKU), 0, DAOTP_REJECTED, {.ra = {.eku = ""}}},
    {"another EKU", FINDING(RA_EKU), 0, DAOTP_REJECTED, {.ra = {.eku = CLIENT_OID}}},
    {"a second EKU", FINDING(RA_EKU_ONLY), 0, DAOTP_OK, {.ra = {.eku = RA_OID " " CLIENT_OID}}},
    {"an enrolment agent", FINDING(RA_EKU_ONLY), FINDING(RA_NOT_EA), DAOTP_OK,
     {.ra = {.eku = RA_OID " " AGENT_OID}}},
    {"an enrolment agent alone", FINDING(RA_EKU), FINDING(RA_NOT_EA), DAOTP_REJECTED,
     {.ra = {.eku = AGENT_OID}}},
    {"no application policies", FINDING(NONE), 0, DAOTP_OK, {.ra = {.policies = ""}}},
    {"another application policy", FINDING(RA_APPPOL), 0, DAOTP_OK,
     {.ra = {.policies = CLIENT_OID}}},
    {"no key usage", FINDING(RA_KU), 0, DAOTP_REJECTED, {.ra = {.key_usage = -1}}},
    {"another key usage", FINDING(RA_KU), 0, DAOTP_REJECTED, {.ra = {.key_usage = 0x20}}},
    {"expired", FINDING(RA_VALIDITY), 0, DAOTP_REJECTED, {.ra = {.until = MAKE_NOW - 301}}},
    {"expired within the skew", FINDING(NONE), 0, DAOTP_OK, {.ra = {.until = MAKE_NOW - 300}}},
    {"not yet valid", FINDING(RA_VALIDITY), 0, DAOTP_REJECTED,
     {.ra = {.from = MAKE_NOW + 301, .until = MAKE_NOW + 9999}}},
    {"not yet valid within the skew", FINDING(NONE), 0, DAOTP_OK,
     {.ra = {.from = MAKE_NOW + 300, .until = MAKE_NOW + 9999}}},
    {"a long life", FINDING(RA_LIFETIME), 0, DAOTP_OK,
     {.ra = {.from = MAKE_NOW, .until = MAKE_NOW + 48 * 3600 + 1801}}},
    {"48 hours and the CA's skew", FINDING(NONE), 0, DAOTP_OK,
     {.ra = {.from = MAKE_NOW, .until = MAKE_NOW + 48 * 3600 + 1800}}},
    {"self-signed", FINDING(RA_NOTSELF), 0, DAOTP_REJECTED,
     {.ra = {.subject = "CN=RA", .issuer = "CN=RA"}}},
    {"a CA", FINDING(RA_NOT_CA), 0, DAOTP_REJECTED, {.ra = {.ca = true}}},
    {"no DNS name", FINDING(RA_SAN), 0, DAOTP_OK, {.ra = {.no_dns = true}}},
    {"a UPN for a DNS name", FINDING(RA_SAN), 0, DAOTP_OK, {.ra = {.no_dns = true, .upn = "a@b"}}},
    {"no CRL", FINDING(RA_REVOCATION), 0, DAOTP_OK, {.ra = {.no_crl = true}}},
    /* clang-format on */
};

static void each_defect_makes_its_finding_and_no_other(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(defects); i++) {
        test_report report = test_report_new();
        daotp__buffer out = write_cmc(&defects[i].plan, rsa);
        size_t wanted = (defects[i].number != 0) + (size_t)(defects[i].second != 0);
        daotp_status status = daotp__cmc_check(daotp__buffer_bytes(&out), daotp__buffer_bytes(&csr),
                                               MAKE_NOW, report.report);

        if (status != defects[i].status || daotp_report_get_count(report.report) != wanted ||
            (wanted > 0 && !test_report_has(&report, defects[i].number)) ||
            (wanted > 1 && !test_report_has(&report, defects[i].second)))
            fail_msg("%s: %s\n%s", defects[i].what, daotp_status_name(status),
                     daotp_report_get_text(report.report));
        daotp__buffer_free(&out);
        test_report_free(&report);
    }
}

/* cmsSequence and otherMsgSequence are told apart. */
static void further_messages_are_named(void **state)
{
    static const struct {
        const char *path, *found;
    } rows[] = {{"2", "found:     CMS messages\n"}, {"3", "found:     other messages\n"}};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const cmc_plan plan = {.content_path = rows[i].path, .content_with = "3002 3000"};
        test_report report = test_report_new();
        daotp__buffer out = write_cmc(&plan, rsa);

        (void)daotp__cmc_check(daotp__buffer_bytes(&out), daotp__buffer_bytes(&csr), MAKE_NOW,
                               report.report);
        assert_non_null(strstr(daotp_report_get_text(report.report), rows[i].found));
        daotp__buffer_free(&out);
        test_report_free(&report);
    }
}

/* Every finding that the checks can make stands in the table above. */
static void the_table_is_complete(void **state)
{
    (void)state;
    for (int number = DAOTP_FINDING_CMC_TYPE; number <= DAOTP_FINDING_RA_REVOCATION; number++) {
        bool there = false;

        for (size_t i = 0; i < COUNT(defects); i++)
            there = there || defects[i].number == (daotp_finding_number)number ||
                    defects[i].second == (daotp_finding_number)number;
        if (!there && *daotp_catalogue_get_id((daotp_finding_number)number) != '\0')
            fail_msg("%s", daotp_catalogue_get_id((daotp_finding_number)number));
    }
}

/* All that is wrong is told, and the error is the one that the status comes from. */
static void several_defects_are_all_told(void **state)
{
    const cmc_plan plan = {
        .other_csr = true, .hash = DAOTP__HASH_SHA1, .path = "1.0.3", .with = ""};
    test_report report = test_report_new();
    daotp__buffer out = write_cmc(&plan, rsa);
    daotp_status status = daotp__cmc_check(daotp__buffer_bytes(&out), daotp__buffer_bytes(&csr),
                                           MAKE_NOW, report.report);

    (void)state;
    assert_int_equal(status, DAOTP_REJECTED); /* CMC-SAME-CSR, found before RA-EMBED (peer) */
    assert_true(test_report_has(&report, DAOTP_FINDING_CMC_SAME_CSR));
    assert_true(test_report_has(&report, DAOTP_FINDING_RA_EMBED));
    assert_int_equal(
        daotp_catalogue_get_status(daotp_finding_get_number(daotp_report_get_error(report.report))),
        status);
    daotp__buffer_free(&out);
    test_report_free(&report);
}

static void nobody_needs_to_want_a_report(void **state)
{
    const cmc_plan good = {.hash = 0}, bad = {.ra = {.ca = true}};
    daotp__buffer out = write_cmc(&good, rsa);

    (void)state;
    assert_int_equal(
        daotp__cmc_check(daotp__buffer_bytes(&out), daotp__buffer_bytes(&csr), MAKE_NOW, NULL),
        DAOTP_OK);
    daotp__buffer_free(&out);
    out = write_cmc(&bad, rsa);
    assert_int_equal(
        daotp__cmc_check(daotp__buffer_bytes(&out), daotp__buffer_bytes(&csr), MAKE_NOW, NULL),
        DAOTP_REJECTED);
    daotp__buffer_free(&out);
}

/* A second signer of somebody else: the RA's is the last (MS-WCCE 3.1.1.4.3.3.3). */
static void the_last_signer_is_the_ra(void **state)
{
    const cmc_plan plan = {.hash = 0};
    daotp__buffer good = write_cmc(&plan, rsa), bad, out;
    test_report report = test_report_new();

    (void)state;
    daotp__buffer_init(&bad, DAOTP__MAX_CMC);
    daotp__buffer_init(&out, DAOTP__MAX_CMC);
    edit(item_at(daotp__buffer_bytes(&good), "1.0.4.1"), "5", hex("0420 " DIGEST), &bad);
    edit(daotp__buffer_bytes(&good), "1.0.4.2", daotp__buffer_bytes(&bad), &out);
    assert_int_equal(daotp__cmc_check(daotp__buffer_bytes(&out), daotp__buffer_bytes(&csr),
                                      MAKE_NOW, report.report),
                     DAOTP_REJECTED);
    assert_true(test_report_has(&report, DAOTP_FINDING_CMC_RASIG));
    daotp__buffer_free(&good);
    daotp__buffer_free(&bad);
    daotp__buffer_free(&out);
    test_report_free(&report);
}

/* Signers besides the two: each verifies and is named, or refuses. */
static void every_signer_is_verified(void **state)
{
    static const struct {
        const char *what;
        size_t from;             /* the signer that is copied: 0 dummy, 1 RA */
        const char *path, *with; /* an edit of the copy */
        daotp_finding_number number;
    } rows[] = {
        {"the RA twice", 1, NULL, NULL, DAOTP_FINDING_CMC_EXTRA},
        {"the dummy twice", 0, NULL, NULL, DAOTP_FINDING_CMC_EXTRA},
        {"a signature by nobody", 1, "5", "0420 " DIGEST, DAOTP_FINDING_CMC_SIGNER},
        {"a signer of another serial", 1, "1.1", "020101", DAOTP_FINDING_CMC_SIGNER},
        {"a dummy of another value", 0, "5", "0420 " DIGEST, DAOTP_FINDING_CMC_SIGNER},
    };
    const cmc_plan plan = {.hash = 0};
    daotp__buffer good = write_cmc(&plan, rsa);

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char path[] = "1.0.4.0";
        test_report report = test_report_new();
        daotp__bytes from = daotp__buffer_bytes(&good), copy, signers[3];
        daotp__buffer edited, set, out;
        daotp_status status;
        size_t mark;

        daotp__buffer_init(&edited, DAOTP__MAX_CMC);
        daotp__buffer_init(&set, DAOTP__MAX_CMC);
        daotp__buffer_init(&out, DAOTP__MAX_CMC);
        path[6] = (char)('0' + rows[i].from);
        copy = item_at(from, path);
        if (rows[i].path != NULL) {
            edit(copy, rows[i].path, hex(rows[i].with), &edited);
            copy = daotp__buffer_bytes(&edited);
        }
        signers[0] = item_at(from, "1.0.4.0");
        signers[1] = copy;
        signers[2] = item_at(from, "1.0.4.1");
        mark = daotp__derw_begin(&set, DAOTP__DER_SET);
        for (size_t k = 0; k < 3; k++)
            daotp__derw_raw(&set, signers[k]);
        daotp__derw_end(&set, mark);
        edit(from, "1.0.4", daotp__buffer_bytes(&set), &out);
        status = daotp__cmc_check(daotp__buffer_bytes(&out), daotp__buffer_bytes(&csr), MAKE_NOW,
                                  report.report);
        if ((status == DAOTP_OK) != (rows[i].number == DAOTP_FINDING_CMC_EXTRA) ||
            !test_report_has(&report, rows[i].number))
            fail_msg("%s: %s", rows[i].what, daotp_report_get_text(report.report));
        daotp__buffer_free(&edited);
        daotp__buffer_free(&set);
        daotp__buffer_free(&out);
        test_report_free(&report);
    }
    daotp__buffer_free(&good);
}

/* The certificate's key is exchanged: its signature does not verify either. */
static void keys_of_the_authority_are_judged(void **state)
{
    const cmc_plan plan = {.hash = 0};
    daotp__buffer good = write_cmc(&plan, rsa);
    weak_spki keys[] = {weak_rsa(weak_composite(512), 65537),
                        weak_rsa(weak_composite(2048), 1),
                        weak_rsa(weak_composite(2048), 3),
                        weak_rsa(BN_get_rfc3526_prime_2048(NULL), 65537),
                        weak_rsa(weak_with_factor(2048, 5), 65537),
                        weak_scalar("P-256", 1),
                        weak_generated("ED25519", 0)};

    (void)state;
    for (size_t i = 0; i < COUNT(keys); i++) {
        test_report report = test_report_new();
        daotp__buffer out;

        daotp__buffer_init(&out, DAOTP__MAX_CMC);
        edit(daotp__buffer_bytes(&good), "1.0.3.0.0.6", (daotp__bytes){keys[i].der, keys[i].len},
             &out);
        assert_int_equal(daotp__cmc_check(daotp__buffer_bytes(&out), daotp__buffer_bytes(&csr),
                                          MAKE_NOW, report.report),
                         DAOTP_REJECTED);
        if (!test_report_has(&report, DAOTP_FINDING_RA_KEY))
            fail_msg("key %zu: %s", i, daotp_report_get_text(report.report));
        daotp__buffer_free(&out);
        test_report_free(&report);
    }
    daotp__buffer_free(&good);
}

/* The user's request is for the key that signs it. */
static void the_key_of_the_authority_is_not_the_users(void **state)
{
    const cmc_plan plan = {.hash = 0};
    daotp__buffer out = write_cmc(&plan, p256);
    test_report report = test_report_new();

    (void)state;
    assert_int_equal(daotp__cmc_check(daotp__buffer_bytes(&out), daotp__buffer_bytes(&csr),
                                      MAKE_NOW, report.report),
                     DAOTP_REJECTED);
    assert_true(test_report_has(&report, DAOTP_FINDING_CMC_KEY_SHARED));
    daotp__buffer_free(&out);
    test_report_free(&report);
}

static void the_wrong_order_is_told(void **state)
{
    const certificate_plan plan = {.issuer = "CN=A", .serial = 1};
    test_report report = test_report_new();
    daotp__buffer certificate, out;
    daotp__certificate ra;

    (void)state;
    daotp__buffer_init(&certificate, DAOTP__MAX_CERTIFICATE);
    daotp__buffer_init(&out, DAOTP__MAX_CMC);
    make_certificate(&plan, p256, ca_key, &certificate);
    assert_true(daotp__certificate_read(daotp__buffer_bytes(&certificate), &ra));
    assert_int_equal(daotp__cmc_write(daotp__buffer_bytes(&csr), NULL, DAOTP__HASH_SHA512, p256,
                                      &ra, &out, report.report),
                     DAOTP_INTERNAL);
    assert_true(test_report_has(&report, DAOTP_FINDING_CMC_ORDER));
    daotp__buffer_free(&certificate);
    daotp__buffer_free(&out);
    test_report_free(&report);
}

static void a_published_defect_is_seen_too(void **state)
{
    daotp__buffer cmc, request;
    test_report report = test_report_new();

    (void)state;
    daotp__buffer_init(&cmc, DAOTP__MAX_CMC);
    daotp__buffer_init(&request, DAOTP__MAX_CSR);
    load_file("response-4.1.cmc.der", &cmc);
    load_file("request-4.1.csr.der", &request);
    /* the day before it was made: RA-VALIDITY beside the warning for SHA-1 */
    assert_int_equal(daotp__cmc_check(daotp__buffer_bytes(&cmc), daotp__buffer_bytes(&request),
                                      1334053696 - 86400, report.report),
                     DAOTP_REJECTED);
    assert_int_equal(daotp_report_get_count(report.report), 2);
    assert_true(test_report_has(&report, DAOTP_FINDING_RA_VALIDITY));
    assert_true(test_report_has(&report, DAOTP_FINDING_CMC_HASH));
    daotp__buffer_free(&cmc);
    daotp__buffer_free(&request);
    test_report_free(&report);
}

static void pki_data_says_what_is_in_it(void **state)
{
    daotp__pki_data data;
    daotp__buffer out;

    (void)state;
    daotp__buffer_init(&out, DAOTP__MAX_CMC);
    assert_int_equal(daotp__pki_data_write(daotp__buffer_bytes(&csr), &host, &out), DAOTP_OK);
    assert_true(daotp__pki_data_read(daotp__buffer_bytes(&out), &data));
    assert_bytes_equal(data.request, daotp__buffer_bytes(&csr));
    assert_int_equal(data.request_count, 1);
    assert_int_equal(data.control_count, 1);
    assert_true(data.ids_fit && !data.other_controls && !data.has_cms && !data.has_other);
    assert_true(data.has_client_info);
    assert_int_equal(data.client_info.id, 1001);
    assert_bytes_equal(data.client_info.machine, BYTES("da1"));
    assert_bytes_equal(data.client_info.user, BYTES("CORP\\da1$"));
    assert_bytes_equal(data.client_info.process, BYTES("daotp"));
    daotp__buffer_clear(&out);
    assert_int_equal(daotp__pki_data_write(daotp__buffer_bytes(&csr), NULL, &out), DAOTP_OK);
    assert_true(daotp__pki_data_read(daotp__buffer_bytes(&out), &data));
    assert_true(data.control_count == 0 && !data.has_client_info);
    daotp__buffer_free(&out);
}

static void malformed_pki_data_is_refused(void **state)
{
    static const struct {
        const char *path, *with;
    } rows[] = {
        {"0", "3100"},
        {"1", "0500"},
        {"2", "3100"},
        {"0.0", "3000"},
        {"0.0", "0500"},
        {"0.0.0", "0201FF"},          /* a negative id */
        {"0.0.0", "0205 0100000000"}, /* one past 32 bits */
        {"0.0.1", "0500"},
        {"0.0.2", "3000"},
        {"0.0.3", "0500"},
        {"0.0.2.0", "0500"}, /* an add-attributes control that is none */
        {"0.0.2.1", "0500"},
        {"0.0.2.0.0", "0500"},
        {"0.0.2.0.1", "3100"},
        {"0.0.2.0.2", "3000"},
        {"0.0.2.0.2.0", "0500"},
        {"0.0.2.0.2.0.1", "3100"},
        {"0.0.2.0.2.0.1.0.0", "0500"}, /* a client info that is none */
        {"0.0.2.0.2.0.1.0.1", "1603 646131"},
        {"0.0.2.0.2.0.1.0.1", "0C01 FF"},
        {"1.0.0", "0500"},
        {"1.0.1", "0500"},
        {"1.0.2", "0500"},
    };
    daotp__pki_data data;
    daotp__buffer plain, out;

    (void)state;
    daotp__buffer_init(&plain, DAOTP__MAX_CMC);
    assert_int_equal(daotp__pki_data_write(daotp__buffer_bytes(&csr), &host, &plain), DAOTP_OK);
    for (size_t i = 0; i < COUNT(rows); i++) {
        daotp__buffer_init(&out, DAOTP__MAX_CMC);
        edit(daotp__buffer_bytes(&plain), rows[i].path, hex(rows[i].with), &out);
        if (daotp__pki_data_read(daotp__buffer_bytes(&out), &data))
            fail_msg("%s = %s", rows[i].path, rows[i].with);
        daotp__buffer_free(&out);
    }
    for (size_t len = 0; len < plain.len; len += 3)
        assert_false(daotp__pki_data_read((daotp__bytes){plain.data, len}, &data));
    daotp__buffer_free(&plain);
}

static void controls_are_bounded(void **state)
{
    daotp__pki_data data;
    daotp__buffer out;
    size_t whole, list;

    (void)state;
    for (unsigned count = 32; count <= 33; count++) {
        daotp__buffer_init(&out, DAOTP__MAX_CMC);
        whole = daotp__derw_begin(&out, DAOTP__DER_SEQUENCE);
        list = daotp__derw_begin(&out, DAOTP__DER_SEQUENCE);
        for (unsigned i = 1; i <= count; i++) {
            size_t control = daotp__derw_begin(&out, DAOTP__DER_SEQUENCE);

            daotp__derw_unsigned(&out, i);
            daotp__derw_raw(&out, hex("06032A0304 3100"));
            daotp__derw_end(&out, control);
        }
        daotp__derw_end(&out, list);
        daotp__derw_raw(&out, hex("3000 3000 3000"));
        daotp__derw_end(&out, whole);
        assert_int_equal(daotp__pki_data_read(daotp__buffer_bytes(&out), &data), count == 32);
        daotp__buffer_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_output_passes_for_every_key_and_hash),
        cmocka_unit_test(each_defect_makes_its_finding_and_no_other),
        cmocka_unit_test(further_messages_are_named),
        cmocka_unit_test(the_table_is_complete),
        cmocka_unit_test(several_defects_are_all_told),
        cmocka_unit_test(nobody_needs_to_want_a_report),
        cmocka_unit_test(the_last_signer_is_the_ra),
        cmocka_unit_test(every_signer_is_verified),
        cmocka_unit_test(keys_of_the_authority_are_judged),
        cmocka_unit_test(the_key_of_the_authority_is_not_the_users),
        cmocka_unit_test(the_wrong_order_is_told),
        cmocka_unit_test(a_published_defect_is_seen_too),
        cmocka_unit_test(pki_data_says_what_is_in_it),
        cmocka_unit_test(malformed_pki_data_is_refused),
        cmocka_unit_test(controls_are_bounded),
    };

    return cmocka_run_group_tests(tests, make_all, free_all);
}

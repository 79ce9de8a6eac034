/* SPDX-License-Identifier: BSD-2-Clause */
/* What a certification authority answers: each number has a name and a finding, and the table
 * agrees with the catalogue. */
#include "testing.h"

#include "ca/hresult.h"

#include <string.h>

/* MS-WCCE 2.2.4 and MS-ERREF 2.1, typed in a second time; the first ones are those that this
 * protocol meets. */
static const struct {
    uint32_t value;
    const char *name;
    bool met;
} values[] = {
    {0x80040154, "REGDB_E_CLASSNOTREG", true},
    {0x80070002, "ERROR_FILE_NOT_FOUND", true},
    {0x80070005, "E_ACCESSDENIED", true},
    {0x8007000D, "ERROR_INVALID_DATA", true},
    {0x80070057, "E_INVALIDARG", true},
    {0x8007052E, "ERROR_LOGON_FAILURE", true},
    {0x80070532, "ERROR_PASSWORD_EXPIRED", true},
    {0x800706BA, "RPC_S_SERVER_UNAVAILABLE", true},
    {0x800706D9, "EPT_S_NOT_REGISTERED", true},
    {0x80070773, "ERROR_PASSWORD_MUST_CHANGE", true},
    {0x80070775, "ERROR_ACCOUNT_LOCKED_OUT", true},
    {0x8009030C, "SEC_E_LOGON_DENIED", true},
    {0x80091004, "CRYPT_E_INVALID_MSG_TYPE", true},
    {0x8009200E, "CRYPT_E_NO_SIGNER", true},
    {0x80092010, "CRYPT_E_REVOKED", true},
    {0x80092012, "CRYPT_E_NO_REVOCATION_CHECK", true},
    {0x80092013, "CRYPT_E_REVOCATION_OFFLINE", true},
    {0x8009202B, "CRYPT_E_NO_TRUSTED_SIGNER", true},
    {0x80093005, "OSS_DATA_ERROR", true},
    {0x80093100, "CRYPT_E_ASN1_ERROR", true},
    {0x80093102, "CRYPT_E_ASN1_EOD", true},
    {0x80093103, "CRYPT_E_ASN1_CORRUPT", true},
    {0x8009310B, "CRYPT_E_ASN1_BADTAG", true},
    {0x80093202, "CRYPT_E_ASN1_NOEOD", true},
    {0x80094001, "CERTSRV_E_BAD_REQUESTSUBJECT", true},
    {0x80094002, "CERTSRV_E_NO_REQUEST", true},
    {0x80094003, "CERTSRV_E_BAD_REQUESTSTATUS", true},
    {0x80094004, "CERTSRV_E_PROPERTY_EMPTY", true},
    {0x80094009, "CERTSRV_E_RESTRICTEDOFFICER", true},
    {0x80094011, "CERTSRV_E_ENROLL_DENIED", true},
    {0x80094012, "CERTSRV_E_TEMPLATE_DENIED", true},
    {0x80094016, "CERTSRV_E_WEAK_SIGNATURE_OR_KEY", true},
    {0x80094800, "CERTSRV_E_UNSUPPORTED_CERT_TYPE", true},
    {0x80094801, "CERTSRV_E_NO_CERT_TYPE", true},
    {0x80094802, "CERTSRV_E_TEMPLATE_CONFLICT", true},
    {0x80094806, "CERTSRV_E_BAD_RENEWAL_SUBJECT", true},
    {0x80094807, "CERTSRV_E_BAD_TEMPLATE_VERSION", true},
    {0x80094809, "CERTSRV_E_SIGNATURE_POLICY_REQUIRED", true},
    {0x8009480A, "CERTSRV_E_SIGNATURE_COUNT", true},
    {0x8009480B, "CERTSRV_E_SIGNATURE_REJECTED", true},
    {0x8009480C, "CERTSRV_E_ISSUANCE_POLICY_REQUIRED", true},
    {0x8009480D, "CERTSRV_E_SUBJECT_UPN_REQUIRED", true},
    {0x8009480F, "CERTSRV_E_SUBJECT_DNS_REQUIRED", true},
    {0x80094811, "CERTSRV_E_KEY_LENGTH", true},
    {0x80094812, "CERTSRV_E_SUBJECT_EMAIL_REQUIRED", true},
    {0x80094814, "CERTSRV_E_CERT_TYPE_OVERLAP", true},
    {0x80094815, "CERTSRV_E_TOO_MANY_SIGNATURES", true},
    {0x80096002, "TRUST_E_NO_SIGNER_CERT", true},
    {0x80096010, "TRUST_E_BAD_DIGEST", true},
    {0x800B0101, "CERT_E_EXPIRED", true},
    {0x800B0109, "CERT_E_UNTRUSTEDROOT", true},
    {0x800B010A, "CERT_E_CHAINING", true},
    {0x800B010E, "CERT_E_REVOCATION_FAILURE", true},
    {0x800B0110, "CERT_E_WRONG_USAGE", true},
    {0x800B0112, "CERT_E_UNTRUSTEDCA", true},
    {0x80092026, "CRYPT_E_SECURITY_SETTINGS", false},
    {0x80093009, "OSS_PDU_MISMATCH", false},
    {0x80093101, "CRYPT_E_ASN1_INTERNAL", false},
    {0x80093104, "CRYPT_E_ASN1_LARGE", false},
    {0x80093105, "CRYPT_E_ASN1_CONSTRAINT", false},
    {0x80094005, "CERTSRV_E_INVALID_CA_CERTIFICATE", false},
    {0x80094006, "CERTSRV_E_SERVER_SUSPENDED", false},
    {0x80094007, "CERTSRV_E_ENCODING_LENGTH", false},
    {0x80094008, "CERTSRV_E_ROLECONFLICT", false},
    {0x8009400A, "CERTSRV_E_KEY_ARCHIVAL_NOT_CONFIGURED", false},
    {0x8009400B, "CERTSRV_E_NO_VALID_KRA", false},
    {0x8009400C, "CERTSRV_E_BAD_REQUEST_KEY_ARCHIVAL", false},
    {0x8009400E, "CERTSRV_E_BAD_RENEWAL_CERT_ATTRIBUTE", false},
    {0x8009400F, "CERTSRV_E_NO_DB_SESSIONS", false},
    {0x80094013, "CERTSRV_E_DOWNLEVEL_DC_SSL_OR_UPGRADE", false},
    {0x80094014, "CERTSRV_E_ADMIN_DENIED_REQUEST", false},
    {0x80094015, "CERTSRV_E_NO_POLICY_SERVER", false},
    {0x80094017, "CERTSRV_E_KEY_ATTESTATION_NOT_SUPPORTED", false},
    {0x80094018, "CERTSRV_E_ENCRYPTION_CERT_REQUIRED", false},
    {0x80094803, "CERTSRV_E_SUBJECT_ALT_NAME_REQUIRED", false},
    {0x80094804, "CERTSRV_E_ARCHIVED_KEY_REQUIRED", false},
    {0x80094805, "CERTSRV_E_SMIME_REQUIRED", false},
    {0x80094808, "CERTSRV_E_TEMPLATE_POLICY_REQUIRED", false},
    {0x8009480E, "CERTSRV_E_SUBJECT_DIRECTORY_GUID_REQUIRED", false},
    {0x80094810, "CERTSRV_E_ARCHIVED_KEY_UNEXPECTED", false},
    {0x80094813, "CERTSRV_E_UNKNOWN_CERT_TYPE", false},
    {0x80094816, "CERTSRV_E_RENEWAL_BAD_PUBLIC_KEY", false},
    {0x80094817, "CERTSRV_E_INVALID_EK", false},
    {0x8009481A, "CERTSRV_E_KEY_ATTESTATION", false},
    {0x80096004, "TRUST_E_CERT_SIGNATURE", false},
    {0x80096019, "TRUST_E_BASIC_CONSTRAINTS", false},
    {0x800B0102, "CERT_E_VALIDITYPERIODNESTING", false},
    {0x800B0106, "CERT_E_PURPOSE", false},
    {0x800B0107, "CERT_E_ISSUERCHAINING", false},
    {0x800B010C, "CERT_E_REVOKED", false},
    {0x800B0113, "CERT_E_INVALID_POLICY", false},
    {0x8007054B, "ERROR_NO_SUCH_DOMAIN", false},
    {0x80094818, "CERTSRV_E_INVALID_IDBINDING", false},
    {0x80094819, "CERTSRV_E_INVALID_ATTESTATION", false},
    {0x8009481B, "CERTSRV_E_CORRUPT_KEY_ATTESTATION", false},
    {0x8009481C, "CERTSRV_E_EXPIRED_CHALLENGE", false},
    {0x8009481D, "CERTSRV_E_INVALID_RESPONSE", false},
    {0x8009481E, "CERTSRV_E_INVALID_REQUESTID", false},
    {0x8009481F, "CERTSRV_E_REQUEST_PRECERTIFICATE_MISMATCH", false},
    {0x80094820, "CERTSRV_E_PENDING_CLIENT_RESPONSE", false},
    {0x80094821, "CERTSRV_E_SEC_EXT_DIRECTORY_SID_REQUIRED", false},
};

enum { VALUES = sizeof values / sizeof values[0] };

static void every_value_has_its_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < VALUES; i++)
        if (strcmp(daotp__hresult_name(values[i].value), values[i].name) != 0)
            fail_msg("0x%08X is %s, not %s", (unsigned)values[i].value,
                     daotp__hresult_name(values[i].value), values[i].name);
}

/* Every finding is an error of the submit stage that ends in no success. */
static void every_value_has_a_finding(void **state)
{
    (void)state;
    for (size_t i = 0; i < VALUES; i++) {
        daotp_finding_number number = daotp__hresult_finding(values[i].value);

        assert_true(strlen(daotp_catalogue_get_id(number)) > 0);
        assert_int_equal(daotp_catalogue_get_stage(number), DAOTP_STAGE_SUBMIT);
        assert_int_equal(daotp_catalogue_get_severity(number), DAOTP_SEVERITY_ERROR);
        assert_int_not_equal(daotp_catalogue_get_status(number), DAOTP_OK);
    }
}

static void what_is_unknown_is_a_plain_denial(void **state)
{
    static const uint32_t unknown[] = {0, 1, 5, 0x80004005, 0x80094019, 0xFFFFFFFF, 0x7FFFFFFF};

    (void)state;
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        assert_string_equal(daotp__hresult_name(unknown[i]), "unknown");
        assert_int_equal(daotp__hresult_finding(unknown[i]), DAOTP_FINDING_CA_DENIED);
    }
}

static const char *next_alias(const char *at, char *word, size_t size)
{
    size_t len;

    at += strspn(at, " ");
    len = strcspn(at, " ");
    assert_true(len < size);
    memcpy(word, at, len);
    word[len] = '\0';
    return at + len;
}

static void check_alias(daotp_finding_number number, const char *word)
{
    for (size_t i = 0; i < VALUES; i++) {
        char hex[16];

        (void)snprintf(hex, sizeof hex, "0x%08X", (unsigned)values[i].value);
        if (strcmp(word, hex) != 0 && strcmp(word, values[i].name) != 0)
            continue;
        if (daotp__hresult_finding(values[i].value) != number)
            fail_msg("%s has the alias %s, which the table gives to %s",
                     daotp_catalogue_get_id(number), word,
                     daotp_catalogue_get_id(daotp__hresult_finding(values[i].value)));
        return;
    }
    if (strncmp(word, "0x8", 3) == 0)
        fail_msg("%s has the alias %s, which the table does not know",
                 daotp_catalogue_get_id(number), word);
}

/* A number or name that the catalogue gives to a row of the submit stage leads there in the table.
 */
static void the_catalogue_agrees(void **state)
{
    (void)state;
    for (daotp_finding_number n = daotp_catalogue_next(DAOTP_FINDING_NONE); n != DAOTP_FINDING_NONE;
         n = daotp_catalogue_next(n)) {
        const char *at = daotp_catalogue_get_aliases(n);
        char word[80];

        if (daotp_catalogue_get_stage(n) != DAOTP_STAGE_SUBMIT)
            continue;
        while (*(at = next_alias(at, word, sizeof word)) != '\0' || *word != '\0') {
            check_alias(n, word);
            if (*at == '\0')
                break;
        }
    }
}

/* `daotp explain` finds whatever a CA may answer in this protocol and that has a row of its own,
 * by number and by name. */
static void what_is_met_can_be_explained(void **state)
{
    (void)state;
    for (size_t i = 0; i < VALUES; i++) {
        char hex[16];

        if (!values[i].met || daotp__hresult_finding(values[i].value) == DAOTP_FINDING_CA_DENIED)
            continue;
        (void)snprintf(hex, sizeof hex, "0x%08X", (unsigned)values[i].value);
        if (daotp_catalogue_find(hex) == DAOTP_FINDING_NONE)
            fail_msg("%s (%s) has no alias in the catalogue", hex, values[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_value_has_its_name),
        cmocka_unit_test(every_value_has_a_finding),
        cmocka_unit_test(what_is_unknown_is_a_plain_denial),
        cmocka_unit_test(the_catalogue_agrees),
        cmocka_unit_test(what_is_met_can_be_explained),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

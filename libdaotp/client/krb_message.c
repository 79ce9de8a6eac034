/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/krb_message.h"

#include "x509/oid.h"

#include <string.h>

enum {
    APPLICATION_AS_REQ = 0x6A, /* [APPLICATION 10] */
    APPLICATION_AS_REP = 0x6B,
    APPLICATION_ERROR = 0x7E,
    EXTENDED_ERROR = 3, /* KERB_ERR_TYPE_EXTENDED, MS-KILE 2.2.1 */
    EXTENDED_ERROR_LEN = 12,
    TD_TRUSTED_CERTIFIERS = 104, /* RFC 4556 3.1.1 */
    TD_INVALID_CERTIFICATES = 105,
    TD_DH_PARAMETERS = 109,
    TD_CMS_DIGEST_ALGORITHMS = 111 /* RFC 8636 4 */
};

/* ---- parts of messages ----------------------------------------------------------------------- */

static bool read_int32(daotp__bytes *cursor, int32_t *value)
{
    daotp__bytes content;
    uint32_t bits = 0;

    if (!daotp__der_read_integer(cursor, &content) || content.len > 4)
        return false;
    if (content.len > 0 && (content.data[0] & 0x80) != 0)
        bits = UINT32_MAX;
    for (size_t i = 0; i < content.len; i++)
        bits = bits << 8 | content.data[i];
    *value = (int32_t)bits;
    return true;
}

static bool only_int32(daotp__bytes field, int32_t *value)
{
    return read_int32(&field, value) && field.len == 0;
}

/* The fields of a Kerberos SEQUENCE: [n] EXPLICIT, ascending. false at the end, and where that is
 * not so. */
static bool field_next(daotp__bytes *cursor, unsigned *number, daotp__bytes *content)
{
    daotp__der_item item;

    if (cursor->len == 0 || !daotp__der_next(cursor, &item) || (item.tag & 0xE0) != 0xA0)
        return false;
    *number = item.tag & 0x1F;
    *content = item.content;
    return true;
}

static bool message_fields(daotp__bytes message, uint8_t application, daotp__bytes *fields)
{
    daotp__bytes inner;

    return daotp__der_only(message, application, &inner) &&
           daotp__der_only(inner, DAOTP__DER_SEQUENCE, fields);
}

static bool field_find(daotp__bytes fields, unsigned wanted, daotp__bytes *content)
{
    unsigned number;

    while (field_next(&fields, &number, content))
        if (number == wanted)
            return true;
    return false;
}

/* An element of METHOD-DATA, [1] type and [2] value (RFC 4120 5.2.7), or of TYPED-DATA, [0] and [1]
 * (5.9.1): KDCs send either under any error. The value may be absent. */
static bool typed_value_read(daotp__bytes element, int32_t *type, daotp__bytes *value)
{
    bool typed = daotp__der_peek(&element, DAOTP__DER_CONTEXT_CONSTRUCTED(0));
    unsigned first = typed ? 0 : 1, number;
    daotp__bytes content;

    *value = (daotp__bytes){NULL, 0};
    if (!field_next(&element, &number, &content) || number != first || !only_int32(content, type))
        return false;
    if (element.len == 0)
        return true;
    return field_next(&element, &number, &content) && number == first + 1 &&
           daotp__der_only(content, DAOTP__DER_OCTET_STRING, value) && element.len == 0;
}

static bool typed_list_next(daotp__bytes *cursor, int32_t *type, daotp__bytes *value)
{
    daotp__bytes element;

    return cursor->len > 0 && daotp__der_read(cursor, DAOTP__DER_SEQUENCE, &element) &&
           typed_value_read(element, type, value);
}

/* ---- e-data ---------------------------------------------------------------------------------- */

/* KERB-EXT-ERROR (MS-KILE 2.2.2): three little-endian numbers, the first an NTSTATUS of an error.
 */
static void take_extended_error(daotp__bytes value, daotp__krb_error *error)
{
    const uint8_t *at = value.data;

    if (value.len != EXTENDED_ERROR_LEN || at[3] < 0xC0)
        return;
    error->ntstatus = (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
    error->has_ntstatus = true;
}

static void take_typed_value(int32_t type, daotp__bytes value, daotp__krb_error *error)
{
    if (error->type_count < DAOTP__MAX_PADATA)
        error->types[error->type_count++] = type;
    if (type == TD_TRUSTED_CERTIFIERS)
        error->certifiers = value;
    else if (type == TD_INVALID_CERTIFICATES)
        error->invalid_certificates = value;
    else if (type == TD_DH_PARAMETERS)
        error->dh_parameters = value;
    else if (type == TD_CMS_DIGEST_ALGORITHMS)
        error->digests = value;
    else if (type == EXTENDED_ERROR && error->code != DAOTP__KRB_PREAUTH_REQUIRED)
        take_extended_error(value, error); /* under 25, type 3 is a salt (RFC 4120 5.2.7.3) */
}

/* A list of typed values; or one alone, which is KERB-ERROR-DATA (MS-KILE 2.2.1). */
static void take_error_data(daotp__bytes data, daotp__krb_error *error)
{
    daotp__bytes in, value;
    int32_t type;

    if (!daotp__der_only(data, DAOTP__DER_SEQUENCE, &in))
        return;
    if (daotp__der_peek(&in, DAOTP__DER_CONTEXT_CONSTRUCTED(1))) {
        if (typed_value_read(in, &type, &value) && type == EXTENDED_ERROR)
            take_extended_error(value, error);
        return;
    }
    while (typed_list_next(&in, &type, &value)) {
        take_typed_value(type, value, error);
        error->has_list = true;
    }
}

/* ---- KRB-ERROR ------------------------------------------------------------------------------- */

static bool take_error_field(unsigned number, daotp__bytes content, daotp__krb_error *error)
{
    switch (number) {
    case 4: /* stime */
        return daotp__der_peek(&content, DAOTP__DER_GENERALIZED_TIME) &&
               daotp__der_read_time(&content, &error->server_time_s) && content.len == 0;
    case 6: /* error-code */
        return only_int32(content, &error->code);
    case 7: /* crealm */
        return daotp__der_only(content, DAOTP__DER_GENERAL_STRING, &error->client_realm);
    case 9: /* realm */
        return daotp__der_only(content, DAOTP__DER_GENERAL_STRING, &error->realm);
    case 11: /* e-text */
        return daotp__der_only(content, DAOTP__DER_GENERAL_STRING, &error->text);
    default:
        return true;
    }
}

bool daotp__krb_error_read(daotp__bytes message, daotp__krb_error *error)
{
    daotp__bytes fields, content, data = {NULL, 0}, octets;
    unsigned number, seen = 0;

    *error = (daotp__krb_error){0};
    if (!message_fields(message, APPLICATION_ERROR, &fields))
        return false;
    while (fields.len > 0) {
        if (!field_next(&fields, &number, &content) || (seen >> number) != 0 ||
            !take_error_field(number, content, error))
            return false;
        seen |= 1U << number;
        if (number == 12)
            data = content;
    }
    if ((seen & 1U << 4) == 0 || (seen & 1U << 6) == 0)
        return false;
    if (data.data != NULL && daotp__der_only(data, DAOTP__DER_OCTET_STRING, &octets))
        take_error_data(octets, error); /* only now: its meaning depends on the code */
    return true;
}

bool daotp__krb_error_has_type(const daotp__krb_error *error, int32_t type)
{
    for (size_t i = 0; i < error->type_count; i++)
        if (error->types[i] == type)
            return true;
    return false;
}

bool daotp__krb_ids_begin(daotp__bytes value, daotp__bytes *cursor)
{
    return daotp__der_only(value, DAOTP__DER_SEQUENCE, cursor);
}

static bool issuer_and_serial_read(daotp__bytes value, daotp__krb_principal_id *id)
{
    daotp__bytes pair;

    return daotp__der_only(value, DAOTP__DER_SEQUENCE, &pair) &&
           daotp__der_read_whole(&pair, DAOTP__DER_SEQUENCE, &id->issuer) &&
           daotp__der_read_integer(&pair, &id->serial) && pair.len == 0;
}

bool daotp__krb_ids_next(daotp__bytes *cursor, daotp__krb_principal_id *id)
{
    daotp__der_item item;
    daotp__bytes in;

    *id = (daotp__krb_principal_id){0};
    if (cursor->len == 0 || !daotp__der_read(cursor, DAOTP__DER_SEQUENCE, &in))
        return false;
    while (in.len > 0) {
        if (!daotp__der_next(&in, &item))
            return false;
        if (item.tag == DAOTP__DER_CONTEXT(0))
            id->subject = item.content;
        else if (item.tag == DAOTP__DER_CONTEXT(1) && !issuer_and_serial_read(item.content, id))
            return false;
        else if (item.tag == DAOTP__DER_CONTEXT(2))
            id->key_id = item.content;
    }
    return true;
}

/* Bits of an unsigned number in its content octets. */
static unsigned bits_of(daotp__bytes number)
{
    unsigned bits;

    while (number.len > 0 && number.data[0] == 0)
        number = (daotp__bytes){number.data + 1, number.len - 1};
    if (number.len == 0)
        return 0;
    bits = (unsigned)number.len * 8;
    for (uint8_t first = number.data[0]; first < 0x80; first = (uint8_t)(first << 1))
        bits--;
    return bits;
}

bool daotp__krb_groups_next(daotp__bytes *cursor, unsigned *bits, daotp__bytes *oid)
{
    daotp__bytes algorithm, parameters, prime, curve;

    *bits = 0;
    if (cursor->len == 0 || !daotp__der_read(cursor, DAOTP__DER_SEQUENCE, &algorithm) ||
        !daotp__der_read_oid(&algorithm, oid))
        return false;
    if (daotp__der_peek(&algorithm, DAOTP__DER_SEQUENCE)) {
        if (!daotp__der_read(&algorithm, DAOTP__DER_SEQUENCE, &parameters) ||
            !daotp__der_read_integer(&parameters, &prime))
            return false;
        *bits = bits_of(prime);
    } else if (daotp__der_peek(&algorithm, DAOTP__DER_OID) &&
               daotp__der_read_oid(&algorithm, &curve)) {
        *oid = curve;
    }
    return true;
}

/* ---- AS-REQ, AS-REP -------------------------------------------------------------------------- */

static bool padata_find(daotp__bytes fields, unsigned number, int32_t wanted, daotp__bytes *value)
{
    daotp__bytes content, list;
    int32_t type;

    if (!field_find(fields, number, &content) ||
        !daotp__der_only(content, DAOTP__DER_SEQUENCE, &list))
        return false;
    while (typed_list_next(&list, &type, value))
        if (type == wanted)
            return true;
    return false;
}

bool daotp__krb_as_req_has_pkinit(daotp__bytes message)
{
    daotp__bytes fields, value;

    return message_fields(message, APPLICATION_AS_REQ, &fields) &&
           padata_find(fields, 3, DAOTP__PA_PK_AS_REQ, &value);
}

/* PA-PK-AS-REP ::= CHOICE { dhInfo [0] DHRepInfo, ... }; dhSignedData [0] IMPLICIT OCTET STRING */
bool daotp__krb_as_rep_signed_data(daotp__bytes message, daotp__bytes *content_info)
{
    daotp__bytes fields, value, choice, info;

    return message_fields(message, APPLICATION_AS_REP, &fields) &&
           padata_find(fields, 2, DAOTP__PA_PK_AS_REP, &value) &&
           daotp__der_only(value, DAOTP__DER_CONTEXT_CONSTRUCTED(0), &choice) &&
           daotp__der_only(choice, DAOTP__DER_SEQUENCE, &info) &&
           daotp__der_read(&info, DAOTP__DER_CONTEXT(0), content_info);
}

/* ---- names of numbers ------------------------------------------------------------------------ */

/* RFC 4120 7.5.9, RFC 4556 3.1.3, RFC 6113 8, RFC 8636 8 */
static const char *const error_names[] = {[1] = "KDC_ERR_NAME_EXP",
                                          [2] = "KDC_ERR_SERVICE_EXP",
                                          [3] = "KDC_ERR_BAD_PVNO",
                                          [4] = "KDC_ERR_C_OLD_MAST_KVNO",
                                          [5] = "KDC_ERR_S_OLD_MAST_KVNO",
                                          [6] = "KDC_ERR_C_PRINCIPAL_UNKNOWN",
                                          [7] = "KDC_ERR_S_PRINCIPAL_UNKNOWN",
                                          [8] = "KDC_ERR_PRINCIPAL_NOT_UNIQUE",
                                          [9] = "KDC_ERR_NULL_KEY",
                                          [10] = "KDC_ERR_CANNOT_POSTDATE",
                                          [11] = "KDC_ERR_NEVER_VALID",
                                          [12] = "KDC_ERR_POLICY",
                                          [13] = "KDC_ERR_BADOPTION",
                                          [14] = "KDC_ERR_ETYPE_NOSUPP",
                                          [15] = "KDC_ERR_SUMTYPE_NOSUPP",
                                          [16] = "KDC_ERR_PADATA_TYPE_NOSUPP",
                                          [17] = "KDC_ERR_TRTYPE_NOSUPP",
                                          [18] = "KDC_ERR_CLIENT_REVOKED",
                                          [19] = "KDC_ERR_SERVICE_REVOKED",
                                          [20] = "KDC_ERR_TGT_REVOKED",
                                          [21] = "KDC_ERR_CLIENT_NOTYET",
                                          [22] = "KDC_ERR_SERVICE_NOTYET",
                                          [23] = "KDC_ERR_KEY_EXPIRED",
                                          [24] = "KDC_ERR_PREAUTH_FAILED",
                                          [25] = "KDC_ERR_PREAUTH_REQUIRED",
                                          [26] = "KDC_ERR_SERVER_NOMATCH",
                                          [27] = "KDC_ERR_MUST_USE_USER2USER",
                                          [28] = "KDC_ERR_PATH_NOT_ACCEPTED",
                                          [29] = "KDC_ERR_SVC_UNAVAILABLE",
                                          [31] = "KRB_AP_ERR_BAD_INTEGRITY",
                                          [32] = "KRB_AP_ERR_TKT_EXPIRED",
                                          [33] = "KRB_AP_ERR_TKT_NYV",
                                          [34] = "KRB_AP_ERR_REPEAT",
                                          [35] = "KRB_AP_ERR_NOT_US",
                                          [36] = "KRB_AP_ERR_BADMATCH",
                                          [37] = "KRB_AP_ERR_SKEW",
                                          [38] = "KRB_AP_ERR_BADADDR",
                                          [39] = "KRB_AP_ERR_BADVERSION",
                                          [40] = "KRB_AP_ERR_MSG_TYPE",
                                          [41] = "KRB_AP_ERR_MODIFIED",
                                          [42] = "KRB_AP_ERR_BADORDER",
                                          [44] = "KRB_AP_ERR_BADKEYVER",
                                          [45] = "KRB_AP_ERR_NOKEY",
                                          [46] = "KRB_AP_ERR_MUT_FAIL",
                                          [47] = "KRB_AP_ERR_BADDIRECTION",
                                          [48] = "KRB_AP_ERR_METHOD",
                                          [49] = "KRB_AP_ERR_BADSEQ",
                                          [50] = "KRB_AP_ERR_INAPP_CKSUM",
                                          [51] = "KRB_AP_PATH_NOT_ACCEPTED",
                                          [52] = "KRB_ERR_RESPONSE_TOO_BIG",
                                          [60] = "KRB_ERR_GENERIC",
                                          [61] = "KRB_ERR_FIELD_TOOLONG",
                                          [62] = "KDC_ERR_CLIENT_NOT_TRUSTED",
                                          [63] = "KDC_ERR_KDC_NOT_TRUSTED",
                                          [64] = "KDC_ERR_INVALID_SIG",
                                          [65] = "KDC_ERR_DH_KEY_PARAMETERS_NOT_ACCEPTED",
                                          [66] = "KDC_ERR_CERTIFICATE_MISMATCH",
                                          [67] = "KRB_AP_ERR_NO_TGT",
                                          [68] = "KDC_ERR_WRONG_REALM",
                                          [69] = "KRB_AP_ERR_USER_TO_USER_REQUIRED",
                                          [70] = "KDC_ERR_CANT_VERIFY_CERTIFICATE",
                                          [71] = "KDC_ERR_INVALID_CERTIFICATE",
                                          [72] = "KDC_ERR_REVOKED_CERTIFICATE",
                                          [73] = "KDC_ERR_REVOCATION_STATUS_UNKNOWN",
                                          [74] = "KDC_ERR_REVOCATION_STATUS_UNAVAILABLE",
                                          [75] = "KDC_ERR_CLIENT_NAME_MISMATCH",
                                          [76] = "KDC_ERR_KDC_NAME_MISMATCH",
                                          [77] = "KDC_ERR_INCONSISTENT_KEY_PURPOSE",
                                          [78] = "KDC_ERR_DIGEST_IN_CERT_NOT_ACCEPTED",
                                          [79] = "KDC_ERR_PA_CHECKSUM_MUST_BE_INCLUDED",
                                          [80] = "KDC_ERR_DIGEST_IN_SIGNED_DATA_NOT_ACCEPTED",
                                          [81] = "KDC_ERR_PUBLIC_KEY_ENCRYPTION_NOT_SUPPORTED",
                                          [90] = "KDC_ERR_PREAUTH_EXPIRED",
                                          [91] = "KDC_ERR_MORE_PREAUTH_DATA_REQUIRED",
                                          [92] = "KDC_ERR_PREAUTH_BAD_AUTHENTICATION_SET",
                                          [93] = "KDC_ERR_UNKNOWN_CRITICAL_FAST_OPTIONS",
                                          [100] = "KDC_ERR_NO_ACCEPTABLE_KDF"};

const char *daotp__krb_error_name(int32_t code)
{
    if (code < 0 || (size_t)code >= sizeof error_names / sizeof error_names[0] ||
        error_names[code] == NULL)
        return "";
    return error_names[code];
}

const char *daotp__ntstatus_text(uint32_t status)
{
    static const struct {
        uint32_t status;
        const char *text;
    } texts[] = {{0xC000005E, "STATUS_NO_LOGON_SERVERS, no domain controller is there"},
                 {0xC0000064, "STATUS_NO_SUCH_USER, the account is unknown"},
                 {0xC000006D, "STATUS_LOGON_FAILURE, the logon failed"},
                 {0xC000006E, "STATUS_ACCOUNT_RESTRICTION, an account restriction"},
                 {0xC000006F, "STATUS_INVALID_LOGON_HOURS, outside the account's logon hours"},
                 {0xC0000070, "STATUS_INVALID_WORKSTATION, not from this workstation"},
                 {0xC0000071, "STATUS_PASSWORD_EXPIRED, the password has expired"},
                 {0xC0000072, "STATUS_ACCOUNT_DISABLED, the account is disabled"},
                 {0xC000009A, "STATUS_INSUFFICIENT_RESOURCES, the KDC is short of resources"},
                 {0xC00000BB, "STATUS_NOT_SUPPORTED, \"The request is not supported\""},
                 {0xC00000DF, "STATUS_NO_SUCH_DOMAIN, the domain is unknown"},
                 {0xC0000133, "STATUS_TIME_DIFFERENCE_AT_DC, clocks too far apart"},
                 {0xC000015B, "STATUS_LOGON_TYPE_NOT_GRANTED, this type of logon is not granted"},
                 {0xC0000193, "STATUS_ACCOUNT_EXPIRED, the account has expired"},
                 {0xC0000224, "STATUS_PASSWORD_MUST_CHANGE, the password must be changed"},
                 {0xC0000234, "STATUS_ACCOUNT_LOCKED_OUT, the account is locked out"},
                 {0xC00002F9, "STATUS_PKINIT_NAME_MISMATCH, the names differ"},
                 {0xC00002FA, "STATUS_SMARTCARD_LOGON_REQUIRED, only certificates may log on"},
                 {0xC00002FB, "STATUS_KDC_INVALID_REQUEST, an invalid request"},
                 {0xC00002FC, "STATUS_KDC_UNABLE_TO_REFER, no referral is possible"},
                 {0xC00002FD, "STATUS_KDC_UNKNOWN_ETYPE, no common encryption type"},
                 {0xC0000320, "STATUS_PKINIT_FAILURE, the KDC's certificate did not validate"},
                 {0xC0000371, "STATUS_NO_SECRETS, this controller has no secrets of the account"},
                 {0xC0000389, "STATUS_SMARTCARD_CERT_REVOKED, the certificate is revoked"},
                 {0xC000038A, "STATUS_ISSUING_CA_UNTRUSTED, the issuing CA is not trusted"},
                 {0xC000038B, "STATUS_REVOCATION_OFFLINE_C, revocation could not be determined"},
                 {0xC000038C, "STATUS_PKINIT_CLIENT_FAILURE, the certificate was not trusted"},
                 {0xC000038D, "STATUS_SMARTCARD_CERT_EXPIRED, the certificate has expired"},
                 {0xC000040C, "STATUS_REVOCATION_OFFLINE_KDC, revocation of the KDC's certificate"},
                 {0xC000040D, "STATUS_ISSUING_CA_UNTRUSTED_KDC, the KDC's CA is not trusted"},
                 {0xC000040E, "STATUS_KDC_CERT_EXPIRED, the KDC's certificate has expired"},
                 {0xC000040F, "STATUS_KDC_CERT_REVOKED, the KDC's certificate is revoked"},
                 {0xC0000413, "STATUS_AUTHENTICATION_FIREWALL_FAILED, selective authentication"},
                 {0xC0000714, "STATUS_CERTIFICATE_MAPPING_NOT_UNIQUE, several accounts match"}};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (texts[i].status == status)
            return texts[i].text;
    return "";
}

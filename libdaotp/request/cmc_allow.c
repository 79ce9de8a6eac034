/* SPDX-License-Identifier: BSD-2-Clause */
#include "request/cmc_allow.h"

#include "x509/oid.h"

#include <string.h>

void daotp__cmc_note(daotp__cmc_finding *finding, daotp__cmc_effect effect, daotp__bytes oid)
{
    if (effect <= finding->effect)
        return;
    finding->effect = effect;
    finding->oid = oid;
}

daotp__cmc_effect daotp__cmc_attribute_effect(daotp__bytes oid)
{
    switch (daotp__oid_find(oid)) {
    case DAOTP__OID_CONTENT_TYPE:
    case DAOTP__OID_MESSAGE_DIGEST:
    case DAOTP__OID_SIGNING_TIME:
    case DAOTP__OID_SMIME_CAPABILITIES:
    case DAOTP__OID_CLIENT_INFO: /* the CA ignores it; in the published request it names the RA */
    case DAOTP__OID_OS_VERSION:
    case DAOTP__OID_CSP_PROVIDER:
        return DAOTP__CMC_HARMLESS;
    case DAOTP__OID_NAME_VALUE_PAIR:     /* requestername: enrol on behalf of, MS-WCCE 2.2.2.7.10 */
    case DAOTP__OID_RENEWAL_CERTIFICATE: /* whose names are taken over, MS-WCCE 2.2.2.7.3 */
    case DAOTP__OID_EXTENSION_REQUEST:
    case DAOTP__OID_MS_CERT_EXTENSIONS:
        return DAOTP__CMC_IDENTITY;
    default:
        return DAOTP__CMC_UNKNOWN;
    }
}

/* The last arc of id-cmc (RFC 5272 6), 0 for others. */
static uint8_t cmc_arc(daotp__bytes oid)
{
    static const uint8_t arc[] = {0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x07};

    return oid.len == sizeof arc + 1 && memcmp(oid.data, arc, sizeof arc) == 0
               ? oid.data[sizeof arc]
               : 0;
}

/* RFC 2797 5.14 lets it hold anything; for Windows it is name-value pairs, requestername too. */
static daotp__cmc_effect reg_info_effect(daotp__bytes values)
{
    daotp__der_item item;

    while (values.len > 0)
        if (!daotp__der_next(&values, &item) || item.content.len > 0)
            return DAOTP__CMC_IDENTITY;
    return DAOTP__CMC_UNKNOWN;
}

daotp__cmc_effect daotp__cmc_control_effect(daotp__bytes oid, daotp__bytes values)
{
    enum {
        IDENTIFICATION = 2,
        IDENTITY_PROOF = 3,
        ADD_EXTENSIONS = 8,
        REG_INFO = 18,
        MOD_CERT_TEMPLATE = 31,
        IDENTITY_PROOF_V2 = 34
    };

    if (daotp__oid_is(oid, DAOTP__OID_CMC_ADD_ATTRIBUTES))
        return DAOTP__CMC_HARMLESS; /* what it adds is looked at by itself */
    switch (cmc_arc(oid)) {
    case IDENTIFICATION:
    case IDENTITY_PROOF:
    case IDENTITY_PROOF_V2:
    case ADD_EXTENSIONS:
    case MOD_CERT_TEMPLATE:
        return DAOTP__CMC_IDENTITY;
    case REG_INFO:
        return reg_info_effect(values);
    default:
        return DAOTP__CMC_UNKNOWN;
    }
}

bool daotp__cmc_scan_attributes(daotp__bytes set, daotp__cmc_finding *finding)
{
    daotp__bytes attribute, oid, values;

    while (set.len > 0) {
        if (!daotp__der_read(&set, DAOTP__DER_SEQUENCE, &attribute) ||
            !daotp__der_read_oid(&attribute, &oid) ||
            !daotp__der_only(attribute, DAOTP__DER_SET, &values))
            return false;
        daotp__cmc_note(finding, daotp__cmc_attribute_effect(oid), oid);
    }
    return true;
}

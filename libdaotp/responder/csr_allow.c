/* SPDX-License-Identifier: BSD-2-Clause */
#include "responder/csr_allow.h"

#include "core/utf8.h"
#include "x509/name.h"
#include "x509/node.h"

#include <stdio.h>
#include <string.h>

/* ---- values in words ------------------------------------------------------------------------- */

enum { SHOWN = 200 }; /* octets of a value in a finding */

/* Printable text as it is, else its octets in hex. */
static void value_text(daotp__bytes value, char *text, size_t size)
{
    size_t shown = value.len < SHOWN ? value.len : SHOWN, at = 0;
    size_t octets = value.len < SHOWN / 4 ? value.len : SHOWN / 4;

    if (daotp__utf8_printable((const char *)value.data, shown)) {
        (void)snprintf(text, size, "%.*s", (int)shown, (const char *)value.data);
        return;
    }
    text[0] = '\0';
    for (size_t i = 0; i < octets && at + 3 < size; i++)
        at += (size_t)snprintf(text + at, size - at, "%02x", (unsigned)value.data[i]);
}

/* A directoryName's content is a whole Name. */
static void directory_name_text(daotp__bytes name, char *text, size_t size)
{
    daotp__buffer written;

    daotp__buffer_init(&written, DAOTP__MAX_CERTIFICATE);
    if (daotp__name_text(name, &written))
        (void)snprintf(text, size, "%s", daotp__buffer_string(&written));
    else
        value_text(name, text, size);
    daotp__buffer_free(&written);
}

/* RFC 5280 4.2.1.6; the tag's number is the index. */
static const char *const name_forms[] = {
    "otherName",    "rfc822Name", "dNSName",   "x400Address",  "directoryName",
    "ediPartyName", "URI",        "iPAddress", "registeredID",
};

static void refuse_name(daotp__checklist *checks, const daotp__general_name *name)
{
    size_t form = name->tag & 0x1F;
    char value[DAOTP__MAX_TEXT], type[DAOTP__OID_TEXT] = "";

    if (name->tag == DAOTP__GENERAL_NAME_DIRECTORY)
        directory_name_text(name->content, value, sizeof value);
    else
        value_text(name->content, value, sizeof value);
    if (name->type.len > 0)
        (void)daotp__oid_describe(name->type, type);
    daotp__checklist_report(
        checks, DAOTP_FINDING_CSR_NAMES_OTHER, "subjectAltName %s %s %s",
        form < sizeof name_forms / sizeof name_forms[0] ? name_forms[form] : "?", type, value);
}

static void refuse_extension(daotp__checklist *checks, const daotp__extension *extension,
                             const char *value)
{
    char name[DAOTP__OID_TEXT];

    daotp__checklist_report(checks, DAOTP_FINDING_CSR_EXTENSION, "extension %s: %s",
                            daotp__oid_describe(extension->oid, name), value);
}

static void refuse_csr_extension(daotp__checklist *checks, const daotp__csr *csr,
                                 const daotp__extension *extension, daotp_finding_number number)
{
    char text[DAOTP__FAULT_TEXT];

    daotp__checklist_report(checks, number, "%s",
                            daotp__extension_describe_fault(csr->der, extension, text));
}

/* ---- names ----------------------------------------------------------------------------------- */

/* Whether the request has a UPN that equals this principal: name, @ and realm. */
static bool is_own_principal(const daotp__extension *extension,
                             const daotp__general_name *principal)
{
    daotp__bytes cursor = {NULL, 0}, realm, parts, part, upn;
    daotp__general_name name;

    if (!daotp__san_is_principal(principal, &realm, &parts) ||
        !daotp__der_only(parts, DAOTP__DER_GENERAL_STRING, &part) ||
        !daotp__san_begin(extension, &cursor))
        return false;
    while (cursor.len > 0 && daotp__san_next(&cursor, &name))
        if (daotp__san_is_upn(&name, &upn) && upn.len == part.len + 1 + realm.len &&
            memcmp(upn.data, part.data, part.len) == 0 && upn.data[part.len] == '@' &&
            memcmp(upn.data + part.len + 1, realm.data, realm.len) == 0)
            return true;
    return false;
}

static void allow_names(daotp__checklist *checks, const daotp__csr *csr,
                        const daotp__extension *extension)
{
    daotp__bytes cursor = {NULL, 0}, value;
    daotp__general_name name;

    if (!daotp__san_begin(extension, &cursor))
        refuse_csr_extension(checks, csr, extension, DAOTP_FINDING_CSR_UPN);
    while (cursor.len > 0) {
        if (!daotp__san_next(&cursor, &name)) {
            refuse_csr_extension(checks, csr, extension, DAOTP_FINDING_CSR_UPN);
            return;
        }
        /* which UPN it is is compared with the account later; a malformed one is refused there */
        if (!daotp__oid_is(name.type, DAOTP__OID_UPN) && !daotp__san_is_sid(&name, &value) &&
            !is_own_principal(extension, &name))
            refuse_name(checks, &name);
    }
}

/* ---- purposes and usages --------------------------------------------------------------------- */

/* Purposes of a logon certificate; the others of these are reported, and do not refuse the request.
 */
static const enum daotp__oid purposes[] = {DAOTP__OID_SMART_CARD_LOGON, DAOTP__OID_CLIENT_AUTH,
                                           DAOTP__OID_KP_CLIENT_AUTH};

static bool is_purpose_allowed(daotp__bytes oid)
{
    for (size_t i = 0; i < sizeof purposes / sizeof purposes[0]; i++)
        if (daotp__oid_is(oid, purposes[i]))
            return true;
    return false;
}

static void refuse_purpose(daotp__checklist *checks, const daotp__extension *extension,
                           daotp__bytes oid)
{
    char name[DAOTP__OID_TEXT], purpose[DAOTP__OID_TEXT];

    daotp__checklist_report(checks, DAOTP_FINDING_CSR_PURPOSE, "%s: %s",
                            daotp__oid_describe(extension->oid, name),
                            daotp__oid_describe(oid, purpose));
}

static void allow_purposes(daotp__checklist *checks, const daotp__csr *csr,
                           const daotp__extension *extension)
{
    daotp__bytes cursor, oid;
    size_t count = 0;
    bool others = false;

    if (!daotp__eku_begin(extension, &cursor))
        cursor = (daotp__bytes){NULL, 0};
    while (daotp__eku_next(&cursor, &oid)) {
        count++;
        if (!is_purpose_allowed(oid))
            refuse_purpose(checks, extension, oid);
        others = others || !daotp__oid_is(oid, DAOTP__OID_SMART_CARD_LOGON);
    }
    if (count == 0 || cursor.len > 0)
        refuse_csr_extension(checks, csr, extension, DAOTP_FINDING_CSR_EXTENSION);
    else if (others)
        daotp__checklist_report(checks, DAOTP_FINDING_CSR_EKU, "other usages");
}

/* Application policies have the syntax of certificate policies; qualifiers are not on the list. */
static void allow_policies(daotp__checklist *checks, const daotp__csr *csr,
                           const daotp__extension *extension)
{
    daotp__bytes list, policy, oid;

    if (!daotp__der_only(extension->value, DAOTP__DER_SEQUENCE, &list) || list.len == 0) {
        refuse_csr_extension(checks, csr, extension, DAOTP_FINDING_CSR_EXTENSION);
        return;
    }
    while (list.len > 0) {
        if (!daotp__der_read(&list, DAOTP__DER_SEQUENCE, &policy) ||
            !daotp__der_read_oid(&policy, &oid)) {
            refuse_csr_extension(checks, csr, extension, DAOTP_FINDING_CSR_EXTENSION);
            return;
        }
        if (policy.len > 0)
            refuse_extension(checks, extension, "policyQualifiers");
        if (!is_purpose_allowed(oid))
            refuse_purpose(checks, extension, oid);
    }
}

/* RFC 5280 4.2.1.3, from bit 0 on. */
static const struct {
    const char *name;
    bool allowed;
} usages[] = {
    {"digitalSignature", true},  {"nonRepudiation", false}, {"keyEncipherment", true},
    {"dataEncipherment", false}, {"keyAgreement", true},    {"keyCertSign", false},
    {"cRLSign", false},          {"encipherOnly", false},   {"decipherOnly", false},
};

static void allow_usages(daotp__checklist *checks, const daotp__csr *csr,
                         const daotp__extension *extension)
{
    unsigned bits;

    if (!daotp__key_usage_read(extension, &bits))
        refuse_csr_extension(checks, csr, extension, DAOTP_FINDING_CSR_EXTENSION);
    for (unsigned bit = 0; bits >> bit != 0; bit++) {
        if ((bits >> bit & 1) == 0)
            continue;
        if (bit >= sizeof usages / sizeof usages[0])
            refuse_extension(checks, extension, "an unknown bit");
        else if (!usages[bit].allowed)
            refuse_extension(checks, extension, usages[bit].name);
    }
}

/* ---- the rest -------------------------------------------------------------------------------- */

static void allow_constraints(daotp__checklist *checks, const daotp__csr *csr,
                              const daotp__extension *extension)
{
    bool ca;

    if (!daotp__basic_constraints_read(extension, &ca))
        refuse_csr_extension(checks, csr, extension, DAOTP_FINDING_CSR_EXTENSION);
    else if (ca)
        refuse_extension(checks, extension, "cA TRUE");
    else if (extension->value.len != 2)
        refuse_extension(checks, extension, "pathLenConstraint");
}

/* Its value is not compared with the key: certmonger hashes something else. AD CS makes its own,
 * unless 2.5.29.14 was added to EnableRequestExtensionList. */
static void allow_key_id(daotp__checklist *checks, const daotp__csr *csr,
                         const daotp__extension *extension)
{
    daotp__bytes id;

    (void)csr;
    if (!daotp__der_only(extension->value, DAOTP__DER_OCTET_STRING, &id) || id.len != 20)
        refuse_extension(checks, extension, "not of 20 octets");
}

static const struct {
    enum daotp__oid oid;
    void (*check)(daotp__checklist *checks, const daotp__csr *csr,
                  const daotp__extension *extension);
} extensions[] = {
    {DAOTP__OID_TEMPLATE, NULL}, /* compared with the configured one */
    {DAOTP__OID_SID, NULL},      /* compared with the account's */
    {DAOTP__OID_SAN, allow_names},
    {DAOTP__OID_EKU, allow_purposes},
    {DAOTP__OID_APPLICATION_POLICIES, allow_policies},
    {DAOTP__OID_KEY_USAGE, allow_usages},
    {DAOTP__OID_BASIC_CONSTRAINTS, allow_constraints},
    {DAOTP__OID_SKI, allow_key_id},
};

static void allow_extension(daotp__checklist *checks, const daotp__csr *csr,
                            const daotp__extension *extension)
{
    enum daotp__oid oid = daotp__oid_find(extension->oid);
    char value[DAOTP__MAX_TEXT];

    for (size_t i = 0; i < sizeof extensions / sizeof extensions[0]; i++) {
        if (oid != extensions[i].oid)
            continue;
        if (extensions[i].check != NULL)
            extensions[i].check(checks, csr, extension);
        return;
    }
    value_text(extension->value, value, sizeof value);
    refuse_extension(checks, extension, value);
}

void daotp__csr_allow(daotp__checklist *checks, const daotp__csr *csr)
{
    char name[DAOTP__OID_TEXT];

    if (csr->has_renewal)
        daotp__checklist_report(checks, DAOTP_FINDING_CSR_NO_RENEWAL,
                                "attribute 1.3.6.1.4.1.311.13.1");
    if (csr->has_name_value_pair)
        daotp__checklist_report(checks, DAOTP_FINDING_CSR_NO_NVP,
                                "attribute 1.3.6.1.4.1.311.13.2.1");
    if (csr->unknown_attribute.len > 0)
        daotp__checklist_report(checks, DAOTP_FINDING_CSR_ATTRIBUTE, "attribute %s",
                                daotp__oid_describe(csr->unknown_attribute, name));
    for (size_t i = 0; i < csr->extensions.count; i++)
        allow_extension(checks, csr, &csr->extensions.list[i]);
}

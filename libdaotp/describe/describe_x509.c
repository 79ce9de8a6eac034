/* SPDX-License-Identifier: BSD-2-Clause */
/* Certificates, and the parts they share with requests. */
#include "describe/parts.h"

#include "core/time_text.h"
#include "core/utf16.h"
#include "core/utf8.h"
#include "validate/names.h"
#include "x509/key_rules.h"
#include "x509/mapping.h"
#include "x509/name.h"
#include "x509/node.h"
#include "x509/scheme.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

void daotp__describe_note_memory(daotp__describer *to, daotp_status status)
{
    if (status == DAOTP_MEMORY)
        to->out->out.failed = DAOTP_MEMORY;
}

void daotp__describe_name(daotp__describer *to, const char *label, daotp__bytes name)
{
    daotp__buffer text;

    daotp__buffer_init(&text, DAOTP__MAX_CERTIFICATE);
    if (!daotp__name_text(name, &text))
        daotp__outline_line(to->out, label, "(malformed)");
    else if (text.len == 0)
        daotp__outline_line(to->out, label, "(empty)");
    else
        daotp__outline_text(to->out, label, (const char *)text.data, text.len);
    daotp__describe_note_memory(to, text.failed);
    daotp__buffer_free(&text);
}

void daotp__describe_time(daotp__describer *to, const char *label, int64_t seconds)
{
    char text[DAOTP__TIME_TEXT];

    daotp__outline_line(to->out, label, "%s", daotp__time_text(seconds, text));
}

void daotp__describe_hex(daotp__describer *to, const char *label, daotp__bytes bytes)
{
    char text[2 * 64 + 4];
    size_t at = 0;

    for (size_t i = 0; i < bytes.len && i < 64; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, "%02x", (unsigned)bytes.data[i]);
    text[at] = '\0';
    daotp__outline_line(to->out, label, "%s%s", text, bytes.len > 64 ? "..." : "");
}

void daotp__describe_key(daotp__describer *to, daotp__bytes spki)
{
    char fault[DAOTP__KEY_FAULT_TEXT], name[DAOTP__KEY_NAME_TEXT];
    daotp__public_key key;
    daotp_status status;

    if (!daotp__public_key_read(spki, &key)) /* the reason follows, as "key refused" */
        daotp__outline_line(to->out, "public key", "not read");
    else
        daotp__outline_line(to->out, "public key", "%s", daotp__public_key_name(&key, name));
    if (key.has_pss_parameters)
        daotp__outline_line(to->out, "signs with", "%s, salt of at least %u octets",
                            daotp__hash_name(key.pss.hash), (unsigned)key.pss.salt_len);
    status = daotp__key_check(NULL, spki, DAOTP__KEY_USE_PATH, fault);
    if (status == DAOTP_REJECTED)
        daotp__outline_line(to->out, "key refused", "%s", fault);
    daotp__describe_note_memory(to, status);
}

void daotp__describe_algorithm(daotp__describer *to, const char *label,
                               const daotp__algorithm *algorithm)
{
    char text[DAOTP__SCHEME_TEXT];

    daotp__outline_line(to->out, label, "%s", daotp__scheme_describe(algorithm, text));
}

void daotp__describe_client_info(daotp__describer *to, const daotp__client_info *info)
{
    daotp__outline_open(to->out, "client info");
    daotp__outline_line(to->out, "client id", "%u", (unsigned)info->id);
    daotp__outline_text(to->out, "machine", (const char *)info->machine.data, info->machine.len);
    daotp__outline_text(to->out, "user", (const char *)info->user.data, info->user.len);
    daotp__outline_text(to->out, "program", (const char *)info->process.data, info->process.len);
    daotp__outline_close(to->out);
}

/* ---- extensions ------------------------------------------------------------------------------ */

static void describe_purposes(daotp__describer *to, const daotp__extension *extension)
{
    char text[DAOTP__OID_TEXT];
    daotp__bytes in, oid;

    if (!daotp__eku_begin(extension, &in))
        return;
    while (daotp__eku_next(&in, &oid))
        daotp__outline_line(to->out, "purpose", "%s", daotp__oid_describe(oid, text));
}

static void describe_policies(daotp__describer *to, const daotp__extension *extension)
{
    daotp__bytes list, policy, oid;
    char text[DAOTP__OID_TEXT];

    if (!daotp__der_only(extension->value, DAOTP__DER_SEQUENCE, &list))
        return;
    while (daotp__der_read(&list, DAOTP__DER_SEQUENCE, &policy) &&
           daotp__der_read_oid(&policy, &oid))
        daotp__outline_line(to->out, "policy", "%s", daotp__oid_describe(oid, text));
}

static void describe_key_usage(daotp__describer *to, const daotp__extension *extension)
{
    static const char *const names[] = {"digitalSignature", "nonRepudiation", "keyEncipherment",
                                        "dataEncipherment", "keyAgreement",   "keyCertSign",
                                        "cRLSign",          "encipherOnly",   "decipherOnly"};
    char text[160] = "";
    unsigned bits;

    if (!daotp__key_usage_read(extension, &bits))
        return;
    for (unsigned i = 0; i < 9; i++)
        if ((bits & 1u << i) != 0)
            (void)snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s",
                           *text != '\0' ? ", " : "", names[i]);
    daotp__outline_line(to->out, "usage", "%s", text);
}

/* An address, or in name constraints an address and its mask. */
static void describe_address(daotp__describer *to, daotp__bytes octets)
{
    bool has_mask = octets.len == 8 || octets.len == 32;
    size_t len = has_mask ? octets.len / 2 : octets.len;
    int family = len == 4 ? AF_INET : AF_INET6;
    char address[INET6_ADDRSTRLEN], mask[INET6_ADDRSTRLEN];

    if ((len != 4 && len != 16) ||
        inet_ntop(family, octets.data, address, sizeof address) == NULL ||
        (has_mask && inet_ntop(family, octets.data + len, mask, sizeof mask) == NULL))
        daotp__describe_hex(to, "address", octets);
    else if (has_mask)
        daotp__outline_line(to->out, "addresses", "%s, mask %s", address, mask);
    else
        daotp__outline_line(to->out, "address", "%s", address);
}

/* Describe an otherName of an unknown type, or a UPN that is not a UTF8String (MS-WCCE
 * 2.2.2.7.5). */
static void describe_other_name(daotp__describer *to, const daotp__general_name *name)
{
    char text[DAOTP__OID_TEXT];

    daotp__outline_line(to->out, "other name", "%s", daotp__oid_describe(name->type, text));
    daotp__describe_hex(to, "value", name->content);
}

void daotp__describe_general_name(daotp__describer *to, const daotp__general_name *name)
{
    static const char *const kinds[] = {"other name", "e-mail",         "DNS name",
                                        "x400",       "directory name", "EDI party",
                                        "URI",        "address",        "registered id"};
    unsigned kind = name->tag & 0x1F;
    char text[DAOTP__OID_TEXT];
    daotp__bytes value;

    if (daotp__san_is_upn(name, &value))
        daotp__outline_text(to->out, "UPN", (const char *)value.data, value.len);
    else if (daotp__san_is_sid(name, &value))
        daotp__outline_text(to->out,
                            daotp__sid_is_valid(value) ? "SID, in a URI" : "no SID, in a URI",
                            (const char *)value.data, value.len);
    else if (kind == 7)
        describe_address(to, name->content);
    else if (kind == 0)
        describe_other_name(to, name);
    else if (kind == 8)
        daotp__outline_line(to->out, kinds[kind], "%s", daotp__oid_text(name->content, text));
    else if (kind == 4)
        daotp__describe_name(to, kinds[kind], name->content);
    else if (kind == 1 || kind == 2 || kind == 6)
        daotp__outline_text(to->out, kinds[kind], (const char *)name->content.data,
                            name->content.len);
    else
        daotp__describe_hex(to, kind < 9 ? kinds[kind] : "name", name->content);
}

static void describe_names(daotp__describer *to, const daotp__extension *extension)
{
    daotp__general_name name;
    daotp__bytes cursor;

    if (!daotp__san_begin(extension, &cursor))
        return;
    while (cursor.len > 0 && daotp__san_next(&cursor, &name))
        daotp__describe_general_name(to, &name);
}

static void describe_template(daotp__describer *to, const daotp__extension *extension)
{
    char text[DAOTP__OID_TEXT];
    daotp__template template;

    if (!daotp__template_read(extension, &template))
        return;
    daotp__outline_line(to->out, "template", "%s", daotp__oid_text(template.oid, text));
    if (template.has_major)
        daotp__outline_line(to->out, "version", "%u.%u", (unsigned)template.major,
                            (unsigned)template.minor);
}

/* Version 1 templates are named in UTF-16 (MS-WCCE 2.2.2.7.7.1). */
static void describe_template_name(daotp__describer *to, const daotp__extension *extension)
{
    daotp__buffer text;
    daotp__bytes name;
    size_t at = 0;

    daotp__buffer_init(&text, 2 * DAOTP__MAX_CERTIFICATE);
    if (daotp__der_only(extension->value, DAOTP__DER_BMP_STRING, &name) && name.len > 0 &&
        daotp__utf16_read(name, true, &text, &at))
        daotp__outline_text(to->out, "template", (const char *)text.data, text.len);
    else
        daotp__describe_hex(to, "template, not readable", extension->value);
    daotp__describe_note_memory(to, text.failed);
    daotp__buffer_free(&text);
}

static void describe_sid(daotp__describer *to, const daotp__extension *extension)
{
    daotp__bytes sid;

    if (!daotp__sid_read(extension, &sid))
        daotp__describe_hex(to, "SID, not readable", extension->value);
    else if (!daotp__sid_is_valid(sid))
        daotp__outline_text(to->out, "no SID", (const char *)sid.data, sid.len);
    else
        daotp__outline_text(to->out, "SID", (const char *)sid.data, sid.len);
}

/* GeneralSubtrees: RFC 5280 4.2.1.10. */
static void describe_subtrees(daotp__describer *to, const char *label, daotp__bytes in)
{
    daotp__general_name base;
    daotp__bytes subtree;

    daotp__outline_open(to->out, label);
    while (daotp__der_read(&in, DAOTP__DER_SEQUENCE, &subtree) && daotp__san_next(&subtree, &base))
        daotp__describe_general_name(to, &base);
    daotp__outline_close(to->out);
}

static void describe_constraints(daotp__describer *to, const daotp__extension *extension)
{
    daotp__bytes in, part;

    if (!daotp__der_only(extension->value, DAOTP__DER_SEQUENCE, &in))
        return;
    if (daotp__der_peek(&in, DAOTP__DER_CONTEXT_CONSTRUCTED(0)) &&
        daotp__der_read(&in, DAOTP__DER_CONTEXT_CONSTRUCTED(0), &part))
        describe_subtrees(to, "permitted", part);
    if (daotp__der_peek(&in, DAOTP__DER_CONTEXT_CONSTRUCTED(1)) &&
        daotp__der_read(&in, DAOTP__DER_CONTEXT_CONSTRUCTED(1), &part))
        describe_subtrees(to, "excluded", part);
}

/* URIs anywhere inside, found by their tag: distribution points and access descriptions. */
static void describe_uris(daotp__describer *to, daotp__bytes in, unsigned depth)
{
    daotp__der_item item;

    while (depth > 0 && in.len > 0 && daotp__der_next(&in, &item)) {
        if (item.tag == DAOTP__GENERAL_NAME_URI)
            daotp__outline_text(to->out, "URI", (const char *)item.content.data, item.content.len);
        else if ((item.tag & 0x20) != 0)
            describe_uris(to, item.content, depth - 1);
    }
}

/* Show only the key identifier, without the DER around it, so that both extensions show the same
 * text. */
static void describe_key_identifier(daotp__describer *to, const daotp__extension *extension)
{
    daotp__bytes inner;
    daotp__der_item item;

    if (daotp__der_only(extension->value, DAOTP__DER_OCTET_STRING, &inner))
        daotp__describe_hex(to, "key identifier", inner);
    else if (daotp__der_only(extension->value, DAOTP__DER_SEQUENCE, &inner))
        while (inner.len > 0 && daotp__der_next(&inner, &item))
            if (item.tag == DAOTP__DER_CONTEXT(0))
                daotp__describe_hex(to, "key identifier", item.content);
}

static void describe_value(daotp__describer *to, const daotp__extension *extension)
{
    bool ca;

    switch (daotp__oid_find(extension->oid)) {
    case DAOTP__OID_EKU:
        describe_purposes(to, extension);
        break;
    case DAOTP__OID_APPLICATION_POLICIES:
    case DAOTP__OID_CERTIFICATE_POLICIES:
        describe_policies(to, extension);
        break;
    case DAOTP__OID_KEY_USAGE:
        describe_key_usage(to, extension);
        break;
    case DAOTP__OID_SAN:
        describe_names(to, extension);
        break;
    case DAOTP__OID_TEMPLATE:
        describe_template(to, extension);
        break;
    case DAOTP__OID_CRL_DISTRIBUTION:
    case DAOTP__OID_AIA:
        describe_uris(to, extension->value, DAOTP__MAX_DER_DEPTH);
        break;
    case DAOTP__OID_SKI:
    case DAOTP__OID_AKI:
        describe_key_identifier(to, extension);
        break;
    case DAOTP__OID_BASIC_CONSTRAINTS:
        if (daotp__basic_constraints_read(extension, &ca))
            daotp__outline_line(to->out, "CA", "%s", ca ? "yes" : "no");
        break;
    case DAOTP__OID_SID:
        describe_sid(to, extension);
        break;
    case DAOTP__OID_TEMPLATE_NAME:
        describe_template_name(to, extension);
        break;
    case DAOTP__OID_NAME_CONSTRAINTS:
        describe_constraints(to, extension);
        break;
    default:
        daotp__describe_hex(to, "value", extension->value);
    }
}

static bool has_readable_value(const daotp__extension *extension)
{
    daotp__purposes purposes;
    daotp__template template;

    switch (daotp__oid_find(extension->oid)) {
    case DAOTP__OID_TEMPLATE:
        return daotp__template_read(extension, &template);
    case DAOTP__OID_APPLICATION_POLICIES:
    case DAOTP__OID_CERTIFICATE_POLICIES:
        return daotp__policies_read(extension, DAOTP__OID_COUNT, &purposes);
    case DAOTP__OID_NAME_CONSTRAINTS:
        return daotp__constraints_are_valid(extension, false);
    default:
        return daotp__extension_is_readable(extension);
    }
}

static void describe_unreadable_value(daotp__describer *to, const daotp__extension *extension)
{
    char text[DAOTP__FAULT_TEXT];

    daotp__describe_hex(to, "not readable", extension->value);
    daotp__outline_line(to->out, "rule", "%s",
                        daotp__extension_rule(daotp__oid_find(extension->oid)));
    daotp__outline_line(to->out, "place", "%s",
                        daotp__extension_describe_fault(extension->value, extension, text));
}

void daotp__describe_extensions(daotp__describer *to, const daotp__extensions *extensions)
{
    char text[DAOTP__OID_TEXT];

    for (size_t i = 0; i < extensions->count; i++) {
        daotp__outline_open(to->out, daotp__oid_describe(extensions->list[i].oid, text));
        if (extensions->list[i].critical)
            daotp__outline_line(to->out, "critical", "yes");
        describe_value(to, &extensions->list[i]);
        if (!has_readable_value(&extensions->list[i]))
            describe_unreadable_value(to, &extensions->list[i]);
        daotp__outline_close(to->out);
    }
}

static void describe_mapping(daotp__describer *to, daotp__mapping mapping,
                             const daotp__certificate *certificate)
{
    daotp__buffer text;

    daotp__buffer_init(&text, DAOTP__MAX_CERTIFICATE);
    if (daotp__mapping_write(mapping, certificate, &text) && text.failed == DAOTP_OK)
        daotp__outline_text(to->out, daotp__mapping_name(mapping), (const char *)text.data,
                            text.len);
    daotp__describe_note_memory(to, text.failed);
    daotp__buffer_free(&text);
}

/* Show the values of altSecurityIdentities by which an account is found by this certificate. */
static void describe_mappings(daotp__describer *to, const daotp__certificate *certificate)
{
    daotp__outline_open(to->out, "strong altSecurityIdentities");
    for (unsigned i = 0; i < DAOTP__MAPPING_COUNT; i++)
        describe_mapping(to, (daotp__mapping)i, certificate);
    daotp__outline_close(to->out);
}

static const char *validity_text(const daotp__certificate *certificate, int64_t now_s)
{
    if (now_s < certificate->not_before)
        return "not valid yet";
    return now_s > certificate->not_after ? "expired" : "valid";
}

/* ---- certificates ---------------------------------------------------------------------------- */

bool daotp__describe_certificate(daotp__describer *to, daotp__bytes der)
{
    daotp__certificate certificate;

    if (!daotp__certificate_read(der, &certificate))
        return false;
    daotp__outline_open(to->out, "certificate");
    daotp__outline_line(to->out, "size", "%zu bytes", der.len);
    daotp__describe_name(to, "subject", certificate.subject);
    daotp__describe_name(to, "issuer", certificate.issuer);
    daotp__describe_hex(to, "serial", certificate.serial);
    daotp__describe_time(to, "valid from", certificate.not_before);
    daotp__describe_time(to, "valid until", certificate.not_after);
    daotp__outline_line(to->out, "now", "%s", validity_text(&certificate, to->now_s));
    daotp__describe_key(to, certificate.spki);
    daotp__describe_algorithm(to, "signed with", &certificate.signature_algorithm);
    daotp__outline_open(to->out, "extensions");
    daotp__describe_extensions(to, &certificate.extensions);
    daotp__outline_close(to->out);
    describe_mappings(to, &certificate);
    daotp__outline_close(to->out);
    return true;
}

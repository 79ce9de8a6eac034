/* SPDX-License-Identifier: BSD-2-Clause */
/* Certificates, and the parts they share with requests. */
#include "describe/parts.h"

#include "core/time_text.h"
#include "core/utf8.h"
#include "x509/key_rules.h"
#include "x509/name.h"
#include "x509/scheme.h"

#include <stdio.h>
#include <string.h>

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
    char fault[DAOTP__KEY_FAULT_TEXT];
    daotp__public_key key;

    char name[DAOTP__KEY_NAME_TEXT];

    if (!daotp__public_key_read(spki, &key))
        daotp__outline_line(to->out, "public key", "of another kind, or malformed");
    else
        daotp__outline_line(to->out, "public key", "%s", daotp__public_key_name(&key, name));
    if (key.has_pss_parameters)
        daotp__outline_line(to->out, "signs with", "%s, salt of at least %u octets",
                            daotp__hash_name(key.pss.hash), (unsigned)key.pss.salt_len);
    if (daotp__key_check(NULL, spki, DAOTP__KEY_USE_PATH, fault) == DAOTP_REJECTED)
        daotp__outline_line(to->out, "key refused", "%s", fault);
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

static void describe_general_name(daotp__describer *to, const daotp__general_name *name)
{
    static const char *const kinds[] = {"other name", "e-mail",         "DNS name",
                                        "x400",       "directory name", "EDI party",
                                        "URI",        "address",        "registered id"};
    unsigned kind = name->tag & 0x1F;
    char text[DAOTP__OID_TEXT];
    daotp__bytes upn;

    if (daotp__san_is_upn(name, &upn))
        daotp__outline_text(to->out, "UPN", (const char *)upn.data, upn.len);
    else if (kind == 0)
        daotp__outline_line(to->out, "other name", "%s", daotp__oid_describe(name->type, text));
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
        describe_general_name(to, &name);
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

/* The key identifiers alone, without the DER around them: so both are the same text in a path. */
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
    daotp__bytes inner;
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
        if (daotp__sid_read(extension, &inner))
            daotp__outline_text(to->out, "SID", (const char *)inner.data, inner.len);
        break;
    default:
        daotp__describe_hex(to, "value", extension->value);
    }
}

void daotp__describe_extensions(daotp__describer *to, const daotp__extensions *extensions)
{
    char text[DAOTP__OID_TEXT];

    for (size_t i = 0; i < extensions->count; i++) {
        daotp__outline_open(to->out, daotp__oid_describe(extensions->list[i].oid, text));
        if (extensions->list[i].critical)
            daotp__outline_line(to->out, "critical", "yes");
        describe_value(to, &extensions->list[i]);
        daotp__outline_close(to->out);
    }
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
    daotp__outline_line(to->out, "now", "%s",
                        to->now_s < certificate.not_before  ? "not valid yet"
                        : to->now_s > certificate.not_after ? "expired"
                                                            : "valid");
    daotp__describe_key(to, certificate.spki);
    daotp__describe_algorithm(to, "signed with", &certificate.signature_algorithm);
    daotp__outline_open(to->out, "extensions");
    daotp__describe_extensions(to, &certificate.extensions);
    daotp__outline_close(to->out);
    daotp__outline_close(to->out);
    return true;
}

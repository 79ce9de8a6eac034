/* SPDX-License-Identifier: BSD-2-Clause */
#include "x509/extensions.h"

#include "core/utf8.h"
#include "x509/name_match.h"

#include <string.h>

static bool is_twice(const daotp__extensions *extensions, daotp__bytes oid)
{
    for (size_t i = 0; i < extensions->count; i++)
        if (daotp__bytes_equal(extensions->list[i].oid, oid))
            return true;
    return false;
}

static bool read_extension_id(daotp__bytes *in, void *into)
{
    daotp__extension *extension = into;

    return daotp__der_read_oid(in, &extension->oid);
}

/* X.690 11.5: DER leaves out a DEFAULT value. */
static bool read_critical(daotp__bytes *in, void *into)
{
    daotp__extension *extension = into;

    extension->critical = false;
    return !daotp__der_peek(in, DAOTP__DER_BOOLEAN) ||
           (daotp__der_read_boolean(in, &extension->critical) && extension->critical);
}

static bool read_extension_value(daotp__bytes *in, void *into)
{
    daotp__extension *extension = into;

    return daotp__der_read(in, DAOTP__DER_OCTET_STRING, &extension->value);
}

static const daotp__field extension_fields[] = {
    {"extension's extnID", read_extension_id, "RFC 5280 4.1: an OBJECT IDENTIFIER"},
    {"extension's critical", read_critical, "X.690 11.5: FALSE is the default, and is left out"},
    {"extension's extnValue", read_extension_value, "RFC 5280 4.1: an OCTET STRING"}};

/* Read the extension at the front of *in. */
static bool read_extension_item(daotp__bytes *in, daotp__extension *extension, daotp__fault *fault)
{
    daotp__bytes before = *in, one;

    if (!daotp__der_read(in, DAOTP__DER_SEQUENCE, &one))
        return daotp__fault_set(fault, "extension", before, "RFC 5280 4.1: a SEQUENCE");
    return daotp__fields_read(extension_fields,
                              sizeof extension_fields / sizeof extension_fields[0], &one, extension,
                              fault);
}

static bool read_extension_list(daotp__bytes content, daotp__extensions *extensions,
                                daotp__fault *fault)
{
    daotp__extension extension = {0};

    while (content.len > 0) {
        daotp__bytes before = content;

        if (extensions->count == DAOTP__MAX_EXTENSIONS)
            return daotp__fault_set(fault, "extension", content,
                                    "the limit for the number of extensions");
        if (!read_extension_item(&content, &extension, fault))
            return false;
        if (is_twice(extensions, extension.oid)) {
            extensions->repeated = extension.oid;
            return daotp__fault_set(fault, "extension", before,
                                    "RFC 5280 4.2: no extension is there twice");
        }
        extensions->list[extensions->count++] = extension;
    }
    return true;
}

bool daotp__extensions_read_why(daotp__bytes content, daotp__extensions *extensions,
                                daotp__fault *fault)
{
    extensions->count = 0;
    extensions->repeated = (daotp__bytes){NULL, 0};
    if (content.len == 0)
        return daotp__fault_set(fault, "extensions", content,
                                "RFC 5280 4.1: at least one, if they are there");
    if (read_extension_list(content, extensions, fault))
        return true;
    if (fault != NULL)
        fault->element = extensions->count + 1;
    return false;
}

bool daotp__extensions_read(daotp__bytes content, daotp__extensions *extensions)
{
    return daotp__extensions_read_why(content, extensions, NULL);
}

const daotp__extension *daotp__extensions_find(const daotp__extensions *extensions,
                                               enum daotp__oid oid)
{
    for (size_t i = 0; i < extensions->count; i++)
        if (daotp__oid_is(extensions->list[i].oid, oid))
            return &extensions->list[i];
    return NULL;
}

bool daotp__key_usage_read(const daotp__extension *extension, unsigned *bits)
{
    daotp__bytes in = extension->value, octets;
    unsigned unused;

    *bits = 0;
    if (!daotp__der_read_bits(&in, &octets, &unused) || in.len > 0 || octets.len < 1 ||
        octets.len > 2)
        return false;
    for (unsigned bit = 0; bit < octets.len * 8; bit++)
        if ((octets.data[bit / 8] & 0x80 >> bit % 8) != 0)
            *bits |= 1u << bit;
    return *bits != 0;
}

bool daotp__eku_read(const daotp__extension *extension, enum daotp__oid purpose,
                     daotp__purposes *purposes)
{
    daotp__bytes list, oid;

    *purposes = (daotp__purposes){0};
    if (!daotp__der_only(extension->value, DAOTP__DER_SEQUENCE, &list) || list.len == 0)
        return false;
    while (list.len > 0) {
        if (!daotp__der_read_oid(&list, &oid))
            return false;
        purposes->count++;
        purposes->has = purposes->has || daotp__oid_is(oid, purpose);
    }
    return true;
}

bool daotp__eku_begin(const daotp__extension *extension, daotp__bytes *cursor)
{
    return daotp__der_only(extension->value, DAOTP__DER_SEQUENCE, cursor);
}

bool daotp__eku_next(daotp__bytes *cursor, daotp__bytes *oid)
{
    return cursor->len > 0 && daotp__der_read_oid(cursor, oid);
}

bool daotp__policies_read(const daotp__extension *extension, enum daotp__oid purpose,
                          daotp__purposes *purposes)
{
    daotp__bytes list, policy, oid;

    *purposes = (daotp__purposes){0};
    if (!daotp__der_only(extension->value, DAOTP__DER_SEQUENCE, &list) || list.len == 0)
        return false;
    while (list.len > 0) {
        if (!daotp__der_read(&list, DAOTP__DER_SEQUENCE, &policy) ||
            !daotp__der_read_oid(&policy, &oid))
            return false;
        purposes->count++;
        purposes->has = purposes->has || daotp__oid_is(oid, purpose);
    }
    return true;
}

bool daotp__basic_constraints_read(const daotp__extension *extension, bool *ca)
{
    daotp__bytes in, path;

    *ca = false;
    if (!daotp__der_only(extension->value, DAOTP__DER_SEQUENCE, &in))
        return false;
    if (daotp__der_peek(&in, DAOTP__DER_BOOLEAN) && (!daotp__der_read_boolean(&in, ca) || !*ca))
        return false;
    return in.len == 0 || (daotp__der_read_integer(&in, &path) && in.len == 0);
}

bool daotp__extensions_are_of_ca(const daotp__extensions *extensions)
{
    const daotp__extension *constraints =
        daotp__extensions_find(extensions, DAOTP__OID_BASIC_CONSTRAINTS);
    bool ca = false;

    return constraints != NULL && (!daotp__basic_constraints_read(constraints, &ca) || ca);
}

static bool optional_number(daotp__bytes *in, bool *has, uint32_t *value)
{
    *has = in->len > 0;
    *value = 0;
    return !*has || daotp__der_read_unsigned(in, value);
}

bool daotp__template_read(const daotp__extension *extension, daotp__template *template)
{
    daotp__bytes in;

    return daotp__der_only(extension->value, DAOTP__DER_SEQUENCE, &in) &&
           daotp__der_read_oid(&in, &template->oid) &&
           optional_number(&in, &template->has_major, &template->major) &&
           optional_number(&in, &template->has_minor, &template->minor) && in.len == 0;
}

bool daotp__san_begin(const daotp__extension *extension, daotp__bytes *cursor)
{
    return daotp__der_only(extension->value, DAOTP__DER_SEQUENCE, cursor) && cursor->len > 0;
}

/* Whether the tag is one of otherName, rfc822Name, dNSName, x400Address, directoryName,
 * ediPartyName, URI, iPAddress and registeredID, primitive or constructed as RFC 5280 4.2.1.6
 * defines it. */
static bool is_name_form(uint8_t tag)
{
    static const uint8_t forms[] = {0xA0, 0x81, 0x82, 0xA3, 0xA4, 0xA5, 0x86, 0x87, 0x88};

    for (size_t i = 0; i < sizeof forms; i++)
        if (tag == forms[i])
            return true;
    return false;
}

bool daotp__san_next(daotp__bytes *cursor, daotp__general_name *name)
{
    daotp__der_item item;
    daotp__bytes in;

    if (!daotp__der_next(cursor, &item) || !is_name_form(item.tag))
        return false;
    name->tag = item.tag;
    name->type = (daotp__bytes){NULL, 0};
    name->content = item.content;
    if (item.tag == DAOTP__GENERAL_NAME_DIRECTORY)
        return daotp__name_is_valid(item.content);
    if (item.tag != DAOTP__GENERAL_NAME_OTHER)
        return true;
    in = item.content;
    return daotp__der_read_oid(&in, &name->type) &&
           daotp__der_only(in, DAOTP__DER_CONTEXT_CONSTRUCTED(0), &name->content);
}

static bool optional_part(daotp__bytes *in, uint8_t tag, daotp__bytes *content)
{
    *content = (daotp__bytes){NULL, 0};
    return !daotp__der_peek(in, tag) || (daotp__der_read(in, tag, content) && content->len > 0);
}

/* Whether there are no GeneralNames, or only well-formed ones. */
static bool are_general_names(daotp__bytes in)
{
    daotp__general_name name;

    while (in.len > 0)
        if (!daotp__san_next(&in, &name))
            return false;
    return true;
}

bool daotp__aki_read(const daotp__extension *extension, daotp__bytes *key_id, daotp__bytes *issuer,
                     daotp__bytes *serial)
{
    daotp__bytes in;

    return daotp__der_only(extension->value, DAOTP__DER_SEQUENCE, &in) &&
           optional_part(&in, DAOTP__DER_CONTEXT(0), key_id) &&
           optional_part(&in, DAOTP__DER_CONTEXT_CONSTRUCTED(1), issuer) &&
           optional_part(&in, DAOTP__DER_CONTEXT(2), serial) && in.len == 0 &&
           (issuer->len > 0) == (serial->len > 0) && are_general_names(*issuer);
}

bool daotp__san_is_upn(const daotp__general_name *name, daotp__bytes *upn)
{
    return daotp__oid_is(name->type, DAOTP__OID_UPN) &&
           daotp__der_only(name->content, DAOTP__DER_UTF8_STRING, upn) &&
           daotp__utf8_printable((const char *)upn->data, upn->len);
}

/* KRB5PrincipalName ::= SEQUENCE { realm [0] Realm, principalName [1] PrincipalName } */
bool daotp__san_is_principal(const daotp__general_name *name, daotp__bytes *realm,
                             daotp__bytes *parts)
{
    daotp__bytes in, field, principal, type;

    return daotp__oid_is(name->type, DAOTP__OID_PKINIT_SAN) &&
           daotp__der_only(name->content, DAOTP__DER_SEQUENCE, &in) &&
           daotp__der_read(&in, DAOTP__DER_CONTEXT_CONSTRUCTED(0), &field) &&
           daotp__der_only(field, DAOTP__DER_GENERAL_STRING, realm) &&
           daotp__der_read(&in, DAOTP__DER_CONTEXT_CONSTRUCTED(1), &field) && in.len == 0 &&
           daotp__der_only(field, DAOTP__DER_SEQUENCE, &principal) &&
           daotp__der_read(&principal, DAOTP__DER_CONTEXT_CONSTRUCTED(0), &type) &&
           daotp__der_read(&principal, DAOTP__DER_CONTEXT_CONSTRUCTED(1), &field) &&
           principal.len == 0 && daotp__der_only(field, DAOTP__DER_SEQUENCE, parts);
}

static bool read_general_string(daotp__bytes *cursor, daotp__bytes wanted)
{
    daotp__bytes text;

    return daotp__der_read(cursor, DAOTP__DER_GENERAL_STRING, &text) &&
           daotp__bytes_equal(text, wanted);
}

bool daotp__san_is_krbtgt(const daotp__general_name *name, daotp__bytes realm)
{
    static const daotp__bytes krbtgt = {(const uint8_t *)"krbtgt", 6};
    daotp__bytes own, parts;

    return daotp__san_is_principal(name, &own, &parts) && daotp__bytes_equal(own, realm) &&
           read_general_string(&parts, krbtgt) && read_general_string(&parts, realm) &&
           parts.len == 0;
}

bool daotp__sid_read(const daotp__extension *extension, daotp__bytes *sid)
{
    daotp__bytes names, other, type, value;

    return daotp__der_only(extension->value, DAOTP__DER_SEQUENCE, &names) &&
           daotp__der_only(names, DAOTP__DER_CONTEXT_CONSTRUCTED(0), &other) &&
           daotp__der_read_oid(&other, &type) && daotp__oid_is(type, DAOTP__OID_SID_VALUE) &&
           daotp__der_only(other, DAOTP__DER_CONTEXT_CONSTRUCTED(0), &value) &&
           daotp__der_only(value, DAOTP__DER_OCTET_STRING, sid) &&
           daotp__utf8_printable((const char *)sid->data, sid->len);
}

bool daotp__san_is_sid(const daotp__general_name *name, daotp__bytes *sid)
{
    static const char tag[] = "tag:microsoft.com,2022-09-14:sid:";
    size_t len = sizeof tag - 1;

    if (name->tag != DAOTP__GENERAL_NAME_URI || name->content.len <= len ||
        memcmp(name->content.data, tag, len) != 0)
        return false;
    *sid = (daotp__bytes){name->content.data + len, name->content.len - len};
    return true;
}

/* Skip a hyphen and a number. */
static bool skip_sid_part(daotp__bytes *in)
{
    size_t digits = 0;

    if (in->len == 0 || in->data[0] != '-')
        return false;
    while (1 + digits < in->len && in->data[1 + digits] >= '0' && in->data[1 + digits] <= '9')
        digits++;
    *in = (daotp__bytes){in->data + 1 + digits, in->len - 1 - digits};
    return digits > 0 && digits <= 15; /* the identifier authority has at most 48 bits */
}

bool daotp__sid_is_valid(daotp__bytes sid)
{
    unsigned parts = 0;

    if (sid.len < 3 || memcmp(sid.data, "S-1", 3) != 0)
        return false;
    sid = (daotp__bytes){sid.data + 3, sid.len - 3};
    while (sid.len > 0)
        if (++parts > 16 || !skip_sid_part(&sid)) /* the authority, up to 15 subauthorities */
            return false;
    return parts >= 2;
}

static bool find_sid_uri(const daotp__extension *san, daotp__bytes *sid)
{
    daotp__general_name name;
    daotp__bytes cursor;

    if (san == NULL || !daotp__san_begin(san, &cursor))
        return false;
    while (cursor.len > 0 && daotp__san_next(&cursor, &name))
        if (daotp__san_is_sid(&name, sid) && daotp__sid_is_valid(*sid))
            return true;
    return false;
}

daotp__sid_place daotp__sid_find(const daotp__extensions *extensions, daotp__bytes *sid)
{
    const daotp__extension *extension = daotp__extensions_find(extensions, DAOTP__OID_SID);

    if (extension != NULL)
        return daotp__sid_read(extension, sid) && daotp__sid_is_valid(*sid) ? DAOTP__SID_EXTENSION
                                                                            : DAOTP__SID_UNREADABLE;
    return find_sid_uri(daotp__extensions_find(extensions, DAOTP__OID_SAN), sid) ? DAOTP__SID_URI
                                                                                 : DAOTP__SID_NONE;
}

daotp__bytes daotp__aia_read(const daotp__extension *extension)
{
    daotp__bytes content = {NULL, 0};

    if (extension == NULL || !daotp__der_only(extension->value, DAOTP__DER_SEQUENCE, &content))
        return (daotp__bytes){NULL, 0};
    return content;
}

bool daotp__aia_next(daotp__bytes *cursor, enum daotp__oid method, daotp__bytes *location)
{
    daotp__bytes oid;

    while (daotp__der_read(cursor, DAOTP__DER_SEQUENCE, location))
        if (daotp__der_read_oid(location, &oid) && daotp__oid_is(oid, method))
            return true;
    return false;
}

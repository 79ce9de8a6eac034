/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/ldap_message.h"

#include "x509/derw.h"

#include <string.h>

enum {
    TAG_BOOLEAN = 0x01,
    TAG_INTEGER = 0x02,
    TAG_OCTETS = 0x04,
    TAG_ENUMERATED = 0x0A,
    TAG_SEQUENCE = 0x30,
    TAG_SET = 0x31,
    TAG_UNBIND = 0x42,
    TAG_SEARCH = 0x63,
    TAG_ENTRY = 0x64,
    TAG_DONE = 0x65,
    TAG_EXTENDED = 0x78,
    TAG_PRESENT = 0x87, /* the filter "present" */
    MAX_NUMBER = 4      /* octets of a message ID or a result code */
};

/* ---- writing --------------------------------------------------------------------------------- */

static void write_number(daotp__buffer *out, uint8_t tag, uint8_t value)
{
    daotp__derw_item(out, tag, &value, 1);
}

void daotp__ldap_write_search(daotp__buffer *out, uint8_t id, const char *dn, const char *attribute)
{
    size_t message = daotp__derw_begin(out, TAG_SEQUENCE), search, attributes;

    write_number(out, TAG_INTEGER, id);
    search = daotp__derw_begin(out, TAG_SEARCH);
    daotp__derw_text(out, TAG_OCTETS, dn);
    write_number(out, TAG_ENUMERATED, 0); /* baseObject */
    write_number(out, TAG_ENUMERATED, 0); /* neverDerefAliases */
    write_number(out, TAG_INTEGER, 1);    /* one entry */
    write_number(out, TAG_INTEGER, 0);    /* timeLimit 0: none, because we watch the time */
    write_number(out, TAG_BOOLEAN, 0);    /* typesOnly FALSE */
    daotp__derw_text(out, TAG_PRESENT, "objectClass");
    attributes = daotp__derw_begin(out, TAG_SEQUENCE);
    daotp__derw_text(out, TAG_OCTETS, attribute);
    daotp__derw_end(out, attributes);
    daotp__derw_end(out, search);
    daotp__derw_end(out, message);
}

void daotp__ldap_write_unbind(daotp__buffer *out, uint8_t id)
{
    size_t message = daotp__derw_begin(out, TAG_SEQUENCE);

    write_number(out, TAG_INTEGER, id);
    daotp__derw_item(out, TAG_UNBIND, NULL, 0);
    daotp__derw_end(out, message);
}

/* ---- reading --------------------------------------------------------------------------------- */

/* A position in bytes of which a part may be missing. Lengths are definite (RFC 4511 5.1), but
 * need not be minimal: Active Directory always writes four octets. */
typedef struct ber_cursor {
    daotp__bytes bytes;
    size_t at, end; /* end: the end of the enclosing item, possibly beyond the received bytes */
    daotp__ldap_kind failed; /* DAOTP__LDAP_MORE or _MALFORMED, if ok is false */
    bool ok;
} ber_cursor;

static void cursor_fail(ber_cursor *cursor, daotp__ldap_kind kind)
{
    if (cursor->ok)
        cursor->failed = kind;
    cursor->ok = false;
}

static bool cursor_is_at_end(const ber_cursor *cursor)
{
    return cursor->ok && cursor->at == cursor->end;
}

/* Whether the next len octets are inside the item and have been received. */
static bool cursor_has(ber_cursor *cursor, size_t len)
{
    if (cursor->ok && len > cursor->end - cursor->at)
        cursor_fail(cursor, DAOTP__LDAP_MALFORMED);
    if (cursor->ok && (cursor->at > cursor->bytes.len || len > cursor->bytes.len - cursor->at))
        cursor_fail(cursor, DAOTP__LDAP_MORE);
    return cursor->ok;
}

/* Read tag and length; the cursor is then at the content. */
static uint8_t read_head(ber_cursor *cursor, size_t *len)
{
    const uint8_t *at;
    size_t octets;

    *len = 0;
    if (!cursor_has(cursor, 2))
        return 0;
    at = cursor->bytes.data + cursor->at;
    octets = (at[1] & 0x80) != 0 ? at[1] & 0x7Fu : 0;
    if ((at[0] & 0x1F) == 0x1F || at[1] == 0x80 || octets > sizeof(uint32_t))
        cursor_fail(cursor, DAOTP__LDAP_MALFORMED);
    if (!cursor_has(cursor, 2 + octets))
        return 0;
    *len = octets == 0 ? at[1] : 0;
    for (size_t i = 0; i < octets; i++)
        *len = *len << 8 | at[2 + i];
    cursor->at += 2 + octets;
    if (*len > cursor->end - cursor->at)
        cursor_fail(cursor, DAOTP__LDAP_MALFORMED);
    return at[0];
}

static size_t expect_head(ber_cursor *cursor, uint8_t tag)
{
    size_t len;
    uint8_t found = read_head(cursor, &len);

    if (cursor->ok && found != tag)
        cursor_fail(cursor, DAOTP__LDAP_MALFORMED);
    return len;
}

static void enter_item(ber_cursor *cursor, uint8_t tag)
{
    size_t len = expect_head(cursor, tag);

    if (cursor->ok)
        cursor->end = cursor->at + len;
}

static void skip_item(ber_cursor *cursor, uint8_t tag)
{
    size_t len = expect_head(cursor, tag);

    if (cursor->ok)
        cursor->at += len;
}

static uint32_t ldap_message_read_number(ber_cursor *cursor, uint8_t tag)
{
    size_t len = expect_head(cursor, tag);
    uint32_t value = 0;

    if (cursor->ok && (len == 0 || len > MAX_NUMBER))
        cursor_fail(cursor, DAOTP__LDAP_MALFORMED);
    if (!cursor_has(cursor, len))
        return 0;
    for (size_t i = 0; i < len; i++)
        value = value << 8 | cursor->bytes.data[cursor->at + i];
    cursor->at += len;
    return value;
}

/* Read the content of a SearchResultEntry (RFC 4511 4.5.2) up to the first value of the first
 * attribute. */
static daotp__ldap_kind ldap_message_read_entry(ber_cursor *cursor, daotp__ldap_front *front)
{
    skip_item(cursor, TAG_OCTETS); /* skip its DN */
    enter_item(cursor, TAG_SEQUENCE);
    if (cursor_is_at_end(cursor))
        return DAOTP__LDAP_NO_VALUE;
    enter_item(cursor, TAG_SEQUENCE);
    skip_item(cursor, TAG_OCTETS); /* skip the attribute name, with or without ;binary */
    enter_item(cursor, TAG_SET);
    if (cursor_is_at_end(cursor))
        return DAOTP__LDAP_NO_VALUE;
    front->value_len = expect_head(cursor, TAG_OCTETS);
    front->value_at = cursor->at;
    if (!cursor->ok)
        return cursor->failed;
    return front->value_len > 0 ? DAOTP__LDAP_VALUE : DAOTP__LDAP_NO_VALUE;
}

daotp__ldap_kind daotp__ldap_read_front(daotp__bytes bytes, uint8_t id, daotp__ldap_front *front)
{
    ber_cursor cursor = {.bytes = bytes, .end = SIZE_MAX, .ok = true};
    uint32_t found_id;
    uint8_t operation;
    size_t len;

    *front = (daotp__ldap_front){.code = 0};
    enter_item(&cursor, TAG_SEQUENCE);
    front->message_len = cursor.end;
    found_id = ldap_message_read_number(&cursor, TAG_INTEGER);
    operation = read_head(&cursor, &len);
    if (!cursor.ok)
        return cursor.failed;
    cursor.end = cursor.at + len;
    if (found_id == 0 && operation == TAG_EXTENDED)
        return DAOTP__LDAP_NOTICE;
    if (found_id != id || (operation != TAG_ENTRY && operation != TAG_DONE))
        return DAOTP__LDAP_OTHER;
    if (operation == TAG_ENTRY)
        return ldap_message_read_entry(&cursor, front);
    front->code = ldap_message_read_number(&cursor, TAG_ENUMERATED);
    return cursor.ok ? DAOTP__LDAP_RESULT : cursor.failed;
}

const char *daotp__ldap_code_name(uint32_t code)
{
    static const struct {
        uint32_t code;
        const char *name;
    } rows[] = {{0, "success"},
                {1, "operationsError"},
                {2, "protocolError"},
                {3, "timeLimitExceeded"},
                {4, "sizeLimitExceeded"},
                {8, "strongerAuthRequired"},
                {10, "referral"},
                {11, "adminLimitExceeded"},
                {13, "confidentialityRequired"},
                {16, "noSuchAttribute"},
                {32, "noSuchObject"},
                {34, "invalidDNSyntax"},
                {48, "inappropriateAuthentication"},
                {50, "insufficientAccessRights"},
                {51, "busy"},
                {52, "unavailable"},
                {53, "unwillingToPerform"},
                {80, "other"}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].code == code)
            return rows[i].name;
    return "";
}

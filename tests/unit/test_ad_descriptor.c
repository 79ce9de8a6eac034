/* SPDX-License-Identifier: BSD-2-Clause */
/* Security descriptors of certificate templates (MS-DTYP 2.4.6): who may enrol, who may change. */
#include "testing.h"

#include "../../examples/daotp/ad_descriptor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM = 70000, ALLOW = 0, DENY = 1, ALLOW_OBJECT = 5, DENY_OBJECT = 6, INHERIT_ONLY = 8 };

#define CONTROL      0x100U
#define FULL         0xF01FFU
#define WRITE_DACL   0x40000U
#define READ         0x20094U
#define ENROLL       "\x68\xc9\x10\x0e\xfb\x78\xd2\x11\x90\xd4\x00\xc0\x4f\x79\xdc\x55"
#define AUTOENROLL   "\xc2\x8c\x5b\xa0\xbc\x17\x02\x48\xa7\x10\xe7\xc1\x5a\xb8\x66\xa2"
#define OTHER_OBJECT "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"

/* A descriptor that grows: header, owner S-1-5-18, then the DACL. */
typedef struct made {
    unsigned char octets[ROOM];
    size_t len, acl;
} made;

static void put_number(unsigned char *at, unsigned long number, size_t octets)
{
    for (size_t i = 0; i < octets; i++)
        at[i] = (unsigned char)(number >> (8 * i));
}

/* S-1-5-21-1-RID */
static size_t put_sid(unsigned char *at, unsigned long rid)
{
    static const unsigned char head[] = {1, 3, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 1, 0, 0, 0};

    memcpy(at, head, sizeof head);
    put_number(at + sizeof head, rid, 4);
    return sizeof head + 4;
}

static void made_begin(made *m)
{
    static const unsigned char owner[] = {1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0};

    memset(m, 0, sizeof *m);
    m->octets[0] = 1;
    put_number(m->octets + 2, 0x8004, 2);
    put_number(m->octets + 4, 20, 4);
    memcpy(m->octets + 20, owner, sizeof owner);
    m->acl = 20 + sizeof owner;
    put_number(m->octets + 16, m->acl, 4);
    m->octets[m->acl] = 4;
    m->len = m->acl + 8;
    put_number(m->octets + m->acl + 2, 8, 2);
}

static void made_ace(made *m, unsigned type, unsigned flags, unsigned long mask, const char *object,
                     unsigned long rid)
{
    unsigned char *ace = m->octets + m->len;
    size_t len = 8;

    ace[0] = (unsigned char)type;
    ace[1] = (unsigned char)flags;
    put_number(ace + 4, mask, 4);
    if (type == ALLOW_OBJECT || type == DENY_OBJECT) {
        put_number(ace + 8, object != NULL, 4);
        len += 4;
        if (object != NULL) {
            memcpy(ace + len, object, 16);
            len += 16;
        }
    }
    len += put_sid(ace + len, rid);
    put_number(ace + 2, len, 2);
    m->len += len;
    put_number(m->octets + m->acl + 2, m->len - m->acl, 2);
    put_number(m->octets + m->acl + 4, m->octets[m->acl + 4] + 256UL * m->octets[m->acl + 5] + 1,
               2);
}

static bool read_made(const made *m, size_t len, ad_access *access)
{
    const char *why = NULL;
    /* a block of its own size, so that a sanitizer sees a read past the end */
    char *copy = malloc(len > 0 ? len : 1);
    bool is_read;

    assert_non_null(copy);
    memcpy(copy, m->octets, len);
    is_read = ad_read_access(copy, len, access, &why);
    free(copy);
    assert_true(is_read || why != NULL);
    return is_read;
}

static unsigned rights(const ad_access *access, const char *sid)
{
    for (size_t i = 0; i < access->count; i++)
        if (strcmp(access->list[i].sid, sid) == 0)
            return ad_rights_of(&access->list[i]);
    return 0;
}

static void rights_are_those_of_the_entries(void **state)
{
    static const struct {
        unsigned type, flags;
        unsigned long mask;
        const char *object;
        unsigned wanted;
    } rows[] = {
        {ALLOW_OBJECT, 0, CONTROL, ENROLL, AD_MAY_ENROLL},
        {ALLOW_OBJECT, 0, CONTROL, AUTOENROLL, AD_MAY_AUTOENROLL},
        {ALLOW_OBJECT, 0, CONTROL, NULL, AD_MAY_ENROLL | AD_MAY_AUTOENROLL},
        {ALLOW_OBJECT, 0, CONTROL, OTHER_OBJECT, 0},
        {ALLOW, 0, CONTROL, NULL, AD_MAY_ENROLL | AD_MAY_AUTOENROLL},
        {ALLOW, 0, FULL, NULL, AD_MAY_ENROLL | AD_MAY_AUTOENROLL | AD_MAY_CHANGE},
        {ALLOW, 0, 0x10000000, NULL, AD_MAY_ENROLL | AD_MAY_AUTOENROLL | AD_MAY_CHANGE},
        {ALLOW, 0, WRITE_DACL, NULL, AD_MAY_CHANGE},
        {ALLOW, 0, 0x80000, NULL, AD_MAY_CHANGE},
        {ALLOW_OBJECT, 0, 0x20, OTHER_OBJECT, AD_MAY_CHANGE},
        {ALLOW, 0, READ, NULL, 0},
        {ALLOW, INHERIT_ONLY, FULL, NULL, 0},
        {DENY, 0, FULL, NULL, 0},
        {2, 0, FULL, NULL, 0},                                    /* of an audit */
        {9, 0, CONTROL, NULL, AD_MAY_ENROLL | AD_MAY_AUTOENROLL}, /* with a condition */
    };
    static made m;
    ad_access access;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        made_begin(&m);
        made_ace(&m, rows[i].type, rows[i].flags, rows[i].mask, rows[i].object, 1000);
        made_ace(&m, ALLOW, 0, READ, NULL, 1001);
        assert_true(read_made(&m, m.len, &access));
        assert_string_equal(access.owner, "S-1-5-18");
        assert_false(access.is_open);
        assert_int_equal(rights(&access, "S-1-5-21-1-1000"), rows[i].wanted);
        assert_int_equal(rights(&access, "S-1-5-21-1-1001"), 0);
    }
}

static void what_is_denied_is_not_allowed(void **state)
{
    static made m;
    ad_access access;

    (void)state;
    made_begin(&m);
    made_ace(&m, DENY_OBJECT, 0, CONTROL, ENROLL, 1000);
    made_ace(&m, ALLOW, 0, FULL, NULL, 1000);
    made_ace(&m, ALLOW_OBJECT, 0, CONTROL, ENROLL, 1001);
    assert_true(read_made(&m, m.len, &access));
    assert_int_equal(rights(&access, "S-1-5-21-1-1000"), AD_MAY_AUTOENROLL | AD_MAY_CHANGE);
    assert_int_equal(rights(&access, "S-1-5-21-1-1001"), AD_MAY_ENROLL);
}

/* As Windows does: the first entry decides, and each way to change the template counts by itself.
 */
static void a_denial_takes_no_more_than_it_names(void **state)
{
    static const struct {
        unsigned type;
        unsigned long mask;
        const char *object;
        unsigned wanted;
    } rows[] = {
        {DENY, FULL, NULL, 0},
        {DENY, 0x10000000, NULL, 0},
        {DENY, 0xC0020, NULL, AD_MAY_ENROLL | AD_MAY_AUTOENROLL},
        {DENY, WRITE_DACL, NULL, AD_MAY_ENROLL | AD_MAY_AUTOENROLL | AD_MAY_CHANGE},
        {DENY, CONTROL | 0x20, NULL, AD_MAY_CHANGE},
        {DENY_OBJECT, 0x20, OTHER_OBJECT, AD_MAY_ENROLL | AD_MAY_AUTOENROLL | AD_MAY_CHANGE},
        {DENY_OBJECT, FULL, OTHER_OBJECT, AD_MAY_ENROLL | AD_MAY_AUTOENROLL | AD_MAY_CHANGE},
    };
    static made m;
    ad_access access;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        made_begin(&m);
        made_ace(&m, rows[i].type, 0, rows[i].mask, rows[i].object, 1000);
        made_ace(&m, ALLOW, 0, FULL, NULL, 1000);
        made_ace(&m, ALLOW, 0, FULL, NULL, 1001); /* allowed before it is denied */
        made_ace(&m, rows[i].type, 0, rows[i].mask, rows[i].object, 1001);
        assert_true(read_made(&m, m.len, &access));
        assert_int_equal(rights(&access, "S-1-5-21-1-1000"), rows[i].wanted);
        assert_int_equal(rights(&access, "S-1-5-21-1-1001"),
                         AD_MAY_ENROLL | AD_MAY_AUTOENROLL | AD_MAY_CHANGE);
    }
}

static void the_owner_may_change(void **state)
{
    static made m;
    ad_access access;

    (void)state;
    made_begin(&m);
    for (unsigned long i = 0; i < AD_MAX_TRUSTEES; i++) /* also when no other has room */
        made_ace(&m, ALLOW, 0, CONTROL, NULL, 1000 + i);
    assert_true(read_made(&m, m.len, &access));
    ad_add_owner(&access);
    assert_int_equal(rights(&access, "S-1-5-18"), AD_MAY_CHANGE);
    assert_int_equal(access.count, AD_MAX_TRUSTEES + 1);
    made_begin(&m);
    made_ace(&m, DENY, 0, FULL, NULL, 1000);
    made_ace(&m, ALLOW, 0, CONTROL, NULL, 1001);
    assert_true(read_made(&m, m.len, &access));
    for (unsigned long i = 0; i < 2; i++) { /* one who is listed, whatever is denied to him */
        (void)snprintf(access.owner, sizeof access.owner, "S-1-5-21-1-%lu", 1000 + i);
        ad_add_owner(&access);
    }
    assert_int_equal(access.count, 2);
    assert_int_equal(rights(&access, "S-1-5-21-1-1000"), AD_MAY_CHANGE);
    assert_int_equal(rights(&access, "S-1-5-21-1-1001"),
                     AD_MAY_ENROLL | AD_MAY_AUTOENROLL | AD_MAY_CHANGE);
}

static void no_list_lets_everybody_in(void **state)
{
    static made m;
    ad_access access;

    (void)state;
    made_begin(&m);
    put_number(m.octets + 16, 0, 4); /* present, and NULL */
    assert_true(read_made(&m, m.len, &access));
    assert_true(access.is_open);
    made_begin(&m);
    put_number(m.octets + 2, 0x8000, 2); /* not present */
    assert_true(read_made(&m, m.len, &access));
    assert_true(access.is_open);
    made_begin(&m); /* an empty one lets nobody in */
    assert_true(read_made(&m, m.len, &access));
    assert_false(access.is_open);
    assert_int_equal(access.count, 0);
}

/* Cut at every length and each octet changed: refused, or read within its bounds. */
static void a_cut_descriptor_is_refused(void **state)
{
    static made m;
    ad_access access;

    (void)state;
    made_begin(&m);
    made_ace(&m, ALLOW_OBJECT, 0, CONTROL, ENROLL, 1000);
    made_ace(&m, ALLOW, 0, FULL, NULL, 1001);
    for (size_t len = 0; len < m.len; len++)
        assert_false(read_made(&m, len, &access));
    for (size_t at = 0; at < m.len; at++)
        for (unsigned bit = 0; bit < 8; bit++) {
            m.octets[at] ^= (unsigned char)(1U << bit);
            (void)read_made(&m, m.len, &access);
            m.octets[at] ^= (unsigned char)(1U << bit);
        }
    assert_true(read_made(&m, m.len, &access));
}

/* More accounts than are kept: refused, and not cut silently. */
static void accounts_are_bounded(void **state)
{
    static made m;
    ad_access access;

    (void)state;
    made_begin(&m);
    for (unsigned long i = 0; i < AD_MAX_TRUSTEES; i++)
        made_ace(&m, ALLOW, 0, FULL, NULL, 1000 + i);
    made_ace(&m, ALLOW, 0, FULL, NULL, 1000); /* one that is there */
    assert_true(read_made(&m, m.len, &access));
    assert_int_equal(access.count, AD_MAX_TRUSTEES);
    made_ace(&m, ALLOW, 0, FULL, NULL, 999);
    assert_false(read_made(&m, m.len, &access));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rights_are_those_of_the_entries),
        cmocka_unit_test(what_is_denied_is_not_allowed),
        cmocka_unit_test(a_denial_takes_no_more_than_it_names),
        cmocka_unit_test(the_owner_may_change),
        cmocka_unit_test(no_list_lets_everybody_in),
        cmocka_unit_test(a_cut_descriptor_is_refused),
        cmocka_unit_test(accounts_are_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

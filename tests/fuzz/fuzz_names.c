/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Name constraints: what must hold between one judgement and another, and what OpenSSL says.
 *
 * The input is lines: p, x or n (permitted, excluded, a name; s for the subject), the form (d DNS,
 * e e-mail, u URI, i address in hexadecimal, n directory, r registered, o other), and the text. One
 * that begins with NUL is raw: two octets of length, nameConstraints, and subjectAltName behind it.
 */
#include "fuzz.h"

#include "validate/names.h"
#include "x509/derw.h"
#include "x509/name.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

enum { LINES = 24, TEXT = 256, NONE = LINES, BUDGET = 250000 };

struct line {
    char list;
    uint8_t tag;
    uint8_t content[TEXT];
    size_t len;
};

struct lines {
    struct line list[LINES];
    size_t count;
    daotp__buffer subject;
};

/* ---- reading --------------------------------------------------------------------------------- */

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_hex(const char *text, size_t len, struct line *line)
{
    for (line->len = 0; len >= 2 && line->len < TEXT; text += 2, len -= 2) {
        if (digit(text[0]) < 0 || digit(text[1]) < 0)
            return false;
        line->content[line->len++] = (uint8_t)(digit(text[0]) << 4 | digit(text[1]));
    }
    return len == 0;
}

static bool read_name(const char *text, size_t len, struct line *line)
{
    char copy[TEXT];
    daotp__buffer der;
    bool ok;

    daotp__buffer_init(&der, TEXT);
    memcpy(copy, text, len);
    copy[len] = '\0';
    ok = daotp__name_parse(copy, &der);
    line->len = der.len;
    if (ok)
        memcpy(line->content, der.data, der.len);
    daotp__buffer_free(&der);
    return ok;
}

static bool read_text(const char *text, size_t len, struct line *line)
{
    memcpy(line->content, text, len);
    line->len = len;
    return true;
}

static bool read_line(const char *text, size_t len, struct line *line)
{
    static const struct {
        char form;
        uint8_t tag;
        bool (*read)(const char *, size_t, struct line *);
    } forms[] = {{'d', 0x82, read_text}, {'e', 0x81, read_text}, {'u', 0x86, read_text},
                 {'i', 0x87, read_hex},  {'n', 0xA4, read_name}, {'r', 0x88, read_hex},
                 {'o', 0xA0, read_hex}};

    if (len < 2 || len - 2 >= TEXT || text[0] == '\0' || strchr("pxns", text[0]) == NULL)
        return false;
    line->list = text[0];
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (text[1] == forms[i].form) {
            line->tag = forms[i].tag;
            return forms[i].read(text + 2, len - 2, line);
        }
    return false;
}

static void read_lines(const char *text, size_t len, struct lines *out)
{
    out->count = 0;
    while (len > 0 && out->count < LINES) {
        const char *end = memchr(text, '\n', len);
        size_t one = end != NULL ? (size_t)(end - text) : len;
        struct line *line = &out->list[out->count];

        if (read_line(text, one, line)) {
            if (line->list == 's' && line->tag == 0xA4 && out->subject.len == 0)
                daotp__buffer_add(&out->subject, line->content, line->len);
            out->count += line->list != 's';
        }
        one += end != NULL;
        text += one;
        len -= one;
    }
    if (out->subject.len == 0)
        daotp__buffer_add(&out->subject, "\x30\x00", 2);
}

/* ---- judging --------------------------------------------------------------------------------- */

static daotp__names_verdict check_bytes(daotp__bytes constraints, daotp__bytes names,
                                        daotp__bytes subject, size_t budget)
{
    daotp__extension above = {.value = constraints}, san = {.value = names};
    daotp__node authority = {.name_constraints = &above}, node = {0};
    daotp__general_name name = {0};
    size_t before = budget;
    daotp__names_verdict verdict;

    node.certificate.subject = subject;
    node.san = names.len > 0 ? &san : NULL;
    verdict = daotp__names_check(&node, &authority, &budget, &name);
    HOLDS(budget <= before);
    if (daotp__constraints_are_valid(&above, false))
        HOLDS(verdict != DAOTP__NAMES_MALFORMED);
    else
        HOLDS(!daotp__constraints_are_valid(&above, true));
    return verdict;
}

static bool is_in(const struct line *line, size_t i, const char *list, size_t skip)
{
    return i != skip && strchr(list, line->list) != NULL;
}

/* The lines of a list, each in a SEQUENCE of its own if it is one of subtrees. */
static void put_list(daotp__buffer *out, const struct lines *lines, char list, uint8_t tag,
                     size_t skip)
{
    size_t mark = daotp__derw_begin(out, tag), one = 0;

    for (size_t i = 0; i < lines->count; i++) {
        const struct line *line = &lines->list[i];

        if (line->list != list || i == skip)
            continue;
        if (list != 'n')
            one = daotp__derw_begin(out, DAOTP__DER_SEQUENCE);
        daotp__derw_item(out, line->tag, line->content, line->len);
        if (list != 'n')
            daotp__derw_end(out, one);
    }
    daotp__derw_end(out, mark);
}

static bool has(const struct lines *lines, const char *list, size_t skip)
{
    for (size_t i = 0; i < lines->count; i++)
        if (is_in(&lines->list[i], i, list, skip))
            return true;
    return false;
}

struct made {
    daotp__buffer constraints, names;
};

static void make(const struct lines *lines, size_t skip, struct made *out)
{
    size_t mark;

    daotp__buffer_init(&out->constraints, 1 << 20);
    daotp__buffer_init(&out->names, 1 << 20);
    mark = daotp__derw_begin(&out->constraints, DAOTP__DER_SEQUENCE);
    if (has(lines, "p", skip))
        put_list(&out->constraints, lines, 'p', DAOTP__DER_CONTEXT_CONSTRUCTED(0), skip);
    if (has(lines, "x", skip))
        put_list(&out->constraints, lines, 'x', DAOTP__DER_CONTEXT_CONSTRUCTED(1), skip);
    daotp__derw_end(&out->constraints, mark);
    if (has(lines, "n", skip))
        put_list(&out->names, lines, 'n', DAOTP__DER_SEQUENCE, skip);
    HOLDS(out->constraints.failed == DAOTP_OK && out->names.failed == DAOTP_OK);
}

static void free_made(struct made *made)
{
    daotp__buffer_free(&made->constraints);
    daotp__buffer_free(&made->names);
}

static daotp__names_verdict judge(const struct lines *lines, size_t skip, size_t budget)
{
    daotp__names_verdict verdict = DAOTP__NAMES_GOOD;
    struct made made;

    if (!has(lines, "px", skip))
        return verdict; /* no constraints at all */
    make(lines, skip, &made);
    verdict = check_bytes(daotp__buffer_bytes(&made.constraints), daotp__buffer_bytes(&made.names),
                          daotp__buffer_bytes(&lines->subject), budget);
    free_made(&made);
    return verdict;
}

/* ---- what must hold -------------------------------------------------------------------------- */

static bool is_last_of_form(const struct lines *lines, size_t line)
{
    for (size_t i = 0; i < lines->count; i++)
        if (is_in(&lines->list[i], i, "p", line) && lines->list[i].tag == lines->list[line].tag)
            return false;
    return true;
}

/* Fewer exclusions, fewer names and fewer limited forms never make it worse; fewer subtrees of a
 * form that stays limited never make it better. */
static void check_without(const struct lines *lines, size_t line, daotp__names_verdict all)
{
    daotp__names_verdict without = judge(lines, line, BUDGET);

    if (lines->list[line].list != 'p' || is_last_of_form(lines, line))
        HOLDS(all != DAOTP__NAMES_GOOD || without == DAOTP__NAMES_GOOD);
    else
        HOLDS(without != DAOTP__NAMES_GOOD || all == DAOTP__NAMES_GOOD ||
              all == DAOTP__NAMES_MALFORMED);
}

/* One subtree, one name: what is inside it as a permitted one is inside it as an excluded one too;
 * and the other way round, unless a wildcard is meant. */
static void check_pair(const struct line *base, const struct line *name)
{
    static struct lines pair;
    daotp__names_verdict permitted, excluded;
    bool wild = name->tag == 0x82 && name->len > 0 && name->content[0] == '*';

    pair = (struct lines){.count = 2};
    daotp__buffer_init(&pair.subject, TEXT);
    daotp__buffer_add(&pair.subject, "\x30\x00", 2);
    pair.list[0] = *base;
    pair.list[1] = *name;
    pair.list[0].list = 'p';
    permitted = judge(&pair, NONE, BUDGET);
    pair.list[0].list = 'x';
    excluded = judge(&pair, NONE, BUDGET);
    daotp__buffer_free(&pair.subject);
    if (base->tag != name->tag) {
        HOLDS(permitted == excluded);
        HOLDS(permitted == DAOTP__NAMES_GOOD || permitted == DAOTP__NAMES_MALFORMED ||
              permitted == DAOTP__NAMES_INVALID); /* an otherName that is none */
        return;
    }
    if (permitted == DAOTP__NAMES_GOOD)
        HOLDS(excluded == DAOTP__NAMES_EXCLUDED);
    else if (permitted == DAOTP__NAMES_FORBIDDEN)
        HOLDS(excluded == DAOTP__NAMES_GOOD || (wild && excluded == DAOTP__NAMES_EXCLUDED));
    else
        HOLDS(permitted == excluded);
}

static void check_pairs(const struct lines *lines)
{
    for (size_t i = 0; i < lines->count; i++)
        for (size_t k = 0; k < lines->count; k++)
            if (lines->list[i].list != 'n' && lines->list[k].list == 'n')
                check_pair(&lines->list[i], &lines->list[k]);
}

/* The case of hosts does not count. A mailbox's local part is left as it is. */
static void turn_case(struct lines *lines)
{
    for (size_t i = 0; i < lines->count; i++) {
        struct line *line = &lines->list[i];
        const uint8_t *at = line->tag == 0x81 ? memchr(line->content, '@', line->len) : NULL;
        size_t from = at != NULL ? (size_t)(at - line->content) : 0;

        if (line->tag != 0x81 && line->tag != 0x82 && line->tag != 0x86)
            continue;
        for (size_t k = from; k < line->len; k++)
            if ((line->content[k] | 0x20) >= 'a' && (line->content[k] | 0x20) <= 'z')
                line->content[k] ^= 0x20;
    }
}

/* A budget that ends early changes nothing but that. */
static void check_budget(const struct lines *lines, daotp__names_verdict all)
{
    for (size_t budget = 0; budget < 6; budget++) {
        daotp__names_verdict verdict = judge(lines, NONE, budget);

        HOLDS(verdict == all || verdict == DAOTP__NAMES_TOO_MANY);
    }
}

/* ---- OpenSSL: good for us is good for it ----------------------------------------------------- */

static X509 *make_x509(daotp__bytes names, daotp__bytes subject)
{
    X509 *x509 = X509_new();
    ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
    const unsigned char *at = subject.data;
    X509_NAME *name = d2i_X509_NAME(NULL, &at, (long)subject.len);
    X509_EXTENSION *extension;

    if (name != NULL)
        HOLDS(X509_set_subject_name(x509, name) == 1);
    X509_NAME_free(name);
    if (names.len > 0) {
        HOLDS(ASN1_OCTET_STRING_set(value, names.data, (int)names.len) == 1);
        extension = X509_EXTENSION_create_by_NID(NULL, NID_subject_alt_name, 0, value);
        HOLDS(X509_add_ext(x509, extension, -1) == 1);
        X509_EXTENSION_free(extension);
    }
    ASN1_OCTET_STRING_free(value);
    (void)X509_check_purpose(x509, -1, 0); /* reads the extensions */
    return x509;
}

static void ask_openssl(daotp__bytes constraints, daotp__bytes names, daotp__bytes subject)
{
    const unsigned char *at = constraints.data;
    NAME_CONSTRAINTS *theirs = (NAME_CONSTRAINTS *)ASN1_item_d2i(NULL, &at, (long)constraints.len,
                                                                 ASN1_ITEM_rptr(NAME_CONSTRAINTS));
    X509 *x509;
    int answer;

    if (theirs != NULL) {
        x509 = make_x509(names, subject);
        answer = NAME_CONSTRAINTS_check(x509, theirs);
        /* a mailbox in the subject that is no IA5String is refused there, limited or not */
        HOLDS(answer == X509_V_OK || (answer == X509_V_ERR_UNSUPPORTED_NAME_SYNTAX &&
                                      X509_NAME_get_index_by_NID(X509_get_subject_name(x509),
                                                                 NID_pkcs9_emailAddress, -1) >= 0));
        X509_free(x509);
    }
    NAME_CONSTRAINTS_free(theirs);
    ERR_clear_error();
}

/* Where OpenSSL refuses what is right. */
static bool is_known_difference(const struct line *line)
{
    if (line->list != 'n' || line->len == 0)
        return false;
    /* a host with the dot of the root behind it is the same host: it compares the octets */
    if (line->tag == 0x82)
        return line->content[line->len - 1] == '.';
    /* the user in front of a host is none of it: it takes what stands before the first colon */
    return line->tag == 0x86 && memchr(line->content, '@', line->len) != NULL;
}

static bool has_known_difference(const struct lines *lines)
{
    for (size_t i = 0; i < lines->count; i++)
        if (is_known_difference(&lines->list[i]))
            return true;
    return false;
}

/* ---- all of it ------------------------------------------------------------------------------- */

static void check_lines(struct lines *lines)
{
    daotp__names_verdict all = judge(lines, NONE, BUDGET);
    struct made made;

    for (size_t i = 0; i < lines->count; i++)
        check_without(lines, i, all);
    check_pairs(lines);
    check_budget(lines, all);
    if (all == DAOTP__NAMES_GOOD && has(lines, "px", NONE) && !has_known_difference(lines)) {
        make(lines, NONE, &made);
        ask_openssl(daotp__buffer_bytes(&made.constraints), daotp__buffer_bytes(&made.names),
                    daotp__buffer_bytes(&lines->subject));
        free_made(&made);
    }
    turn_case(lines);
    HOLDS(judge(lines, NONE, BUDGET) == all);
}

static void check_raw(const uint8_t *data, size_t size)
{
    size_t len = (size_t)data[0] << 8 | data[1];
    daotp__bytes constraints = {data + 2, len < size - 2 ? len : size - 2};
    daotp__bytes names = {data + 2 + constraints.len, size - 2 - constraints.len};
    static const daotp__bytes nobody = {(const uint8_t *)"\x30\x00", 2};
    daotp__extension san = {.value = names};
    daotp__bytes in;

    if (check_bytes(constraints, names, nobody, BUDGET) == DAOTP__NAMES_GOOD &&
        daotp__san_begin(&san, &in)) /* else the node is malformed, and never comes so far */
        ask_openssl(constraints, names, nobody);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct lines lines;

    if (size >= 3 && data[0] == 0) {
        check_raw(data + 1, size - 1);
        return 0;
    }
    daotp__buffer_init(&lines.subject, TEXT);
    read_lines((const char *)data, size, &lines);
    check_lines(&lines);
    daotp__buffer_free(&lines.subject);
    return 0;
}

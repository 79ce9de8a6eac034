/* SPDX-License-Identifier: BSD-2-Clause */
#include "validate/names.h"

#include "core/utf8.h"
#include "x509/name_match.h"
#include "x509/rdn.h"

#include <arpa/inet.h>
#include <string.h>

/* Stands for an otherName SmtpUTF8Mailbox, which obeys the constraints for mailboxes (RFC 9598
 * 6). 0 is not the tag of a GeneralName. */
enum { UTF8_MAILBOX = 0 };

/* ---- texts ----------------------------------------------------------------------------------- */

static uint8_t names_lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

static bool equal_nocase(daotp__bytes a, daotp__bytes b)
{
    for (size_t i = 0; i < a.len && i < b.len; i++)
        if (names_lower(a.data[i]) != names_lower(b.data[i]))
            return false;
    return a.len == b.len;
}

static daotp__bytes names_tail(daotp__bytes in, size_t from)
{
    return (daotp__bytes){in.data + from, in.len - from};
}

static bool names_find(daotp__bytes in, char c, size_t *at)
{
    const uint8_t *found = in.len > 0 ? memchr(in.data, c, in.len) : NULL;

    *at = found != NULL ? (size_t)(found - in.data) : in.len;
    return found != NULL;
}

/* Whether host is below the domain, or if or_equal the domain itself. */
static bool is_below(daotp__bytes host, daotp__bytes domain, bool or_equal)
{
    if (host.len <= domain.len)
        return or_equal && equal_nocase(host, domain);
    return host.data[host.len - domain.len - 1] == '.' &&
           equal_nocase(names_tail(host, host.len - domain.len), domain);
}

static bool is_label(daotp__bytes label)
{
    if (label.len == 0 || label.len > 63 || label.data[0] == '-' ||
        label.data[label.len - 1] == '-')
        return false;
    for (size_t i = 0; i < label.len; i++) {
        uint8_t c = names_lower(label.data[i]);

        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
            return false;
    }
    return true;
}

bool daotp__dns_is_valid(daotp__bytes name, bool wildcard)
{
    size_t at;

    if (name.len == 0 || name.len > 253)
        return false;
    if (wildcard && name.len > 2 && name.data[0] == '*' && name.data[1] == '.')
        name = names_tail(name, 2);
    for (bool more = true; more; name = names_tail(name, at + more)) {
        more = names_find(name, '.', &at);
        if (!is_label((daotp__bytes){name.data, at}))
            return false;
        if (!more)
            return true;
    }
    return false;
}

/* A dot-string, @ and a host. A quoted local part is not supported, and never matches. */
bool daotp__email_is_valid(daotp__bytes mailbox)
{
    size_t at;

    if (!names_find(mailbox, '@', &at) || at == 0 || at > 64 ||
        !daotp__dns_is_valid(names_tail(mailbox, at + 1), false))
        return false;
    for (size_t i = 0; i < at; i++) {
        uint8_t c = mailbox.data[i];

        if (c <= ' ' || c >= 0x7F || strchr("()<>[]:;\\,\"", c) != NULL) /* c is not NUL here */
            return false;
        if (c == '.' && (i == 0 || i + 1 == at || mailbox.data[i - 1] == '.'))
            return false;
    }
    return true;
}

/* Only characters that a URI may have (RFC 3986 2): programs that parse other characters
 * differently would connect to another host. */
static bool is_uri_text(daotp__bytes uri)
{
    for (size_t i = 0; i < uri.len; i++)
        if (uri.data[i] <= ' ' || uri.data[i] >= 0x7F || strchr("\\\"<>^`{|}", uri.data[i]) != NULL)
            return false;
    return true;
}

/* The host of a URI (RFC 3986 3.2.2): without user, port and path. */
static bool host_of(daotp__bytes uri, daotp__bytes *host)
{
    size_t at, end;

    if (!is_uri_text(uri) || !names_find(uri, ':', &at) || uri.len < at + 3 ||
        memcmp(uri.data + at, "://", 3) != 0)
        return false;
    *host = names_tail(uri, at + 3);
    for (end = 0; end < host->len && strchr("/?#", host->data[end]) == NULL; end++)
        ;
    host->len = end;
    while (names_find(*host, '@', &at)) /* the last one ends the user's part */
        *host = names_tail(*host, at + 1);
    if (names_find(*host, ':', &at))
        host->len = at;
    return true;
}

static bool is_address_text(daotp__bytes host)
{
    char text[INET6_ADDRSTRLEN];
    uint8_t address[16];

    if (host.len == 0 || host.len >= sizeof text || host.data[0] == '[')
        return true;
    memcpy(text, host.data, host.len);
    text[host.len] = '\0';
    return inet_pton(AF_INET, text, address) == 1;
}

/* ---- constraints ----------------------------------------------------------------------------- */

static bool is_mask(const uint8_t *mask, size_t len)
{
    bool ended = false;

    for (size_t bit = 0; bit < len * 8; bit++) {
        bool set = (mask[bit / 8] & 0x80 >> bit % 8) != 0;

        if (set && ended)
            return false; /* the mask is not contiguous */
        ended = ended || !set;
    }
    return true;
}

static bool is_ascii(daotp__bytes in)
{
    for (size_t i = 0; i < in.len; i++)
        if (in.data[i] <= ' ' || in.data[i] >= 0x7F)
            return false;
    return true;
}

static daotp__bytes without_dot(daotp__bytes in)
{
    return in.len > 0 && in.data[0] == '.' ? names_tail(in, 1) : in;
}

static bool is_base(uint8_t tag, daotp__bytes base, bool strictly)
{
    size_t at;

    switch (tag) {
    case DAOTP__GENERAL_NAME_ADDRESS:
        return (base.len == 8 || base.len == 32) && is_mask(base.data + base.len / 2, base.len / 2);
    case DAOTP__GENERAL_NAME_DIRECTORY:
        return daotp__name_is_valid(base);
    case DAOTP__GENERAL_NAME_DNS: /* RFC 5280 4.2.1.10 does not allow a leading period here */
        return base.len == 0 || daotp__dns_is_valid(strictly ? base : without_dot(base), false);
    case DAOTP__GENERAL_NAME_EMAIL:
        if (!names_find(base, '@', &at))
            return daotp__dns_is_valid(without_dot(base), false);
        return at > 0 && is_ascii(base) && daotp__dns_is_valid(names_tail(base, at + 1), false);
    case DAOTP__GENERAL_NAME_URI:
        return daotp__dns_is_valid(without_dot(base), false) && !is_address_text(base);
    case DAOTP__GENERAL_NAME_OTHER:
    case DAOTP__GENERAL_NAME_X400:
    case DAOTP__GENERAL_NAME_EDI:
    case DAOTP__GENERAL_NAME_REGISTERED:
        return true;
    default:
        return false;
    }
}

/* Read a GeneralSubtree. minimum must be 0, which DER leaves out, and maximum must be absent. */
static bool next_subtree(daotp__bytes *in, uint8_t *tag, daotp__bytes *base)
{
    daotp__der_item item;
    daotp__bytes one;

    if (!daotp__der_read(in, DAOTP__DER_SEQUENCE, &one) || !daotp__der_next(&one, &item) ||
        one.len > 0)
        return false;
    *tag = item.tag;
    *base = item.content;
    return true;
}

static bool read_subtrees(daotp__bytes *in, unsigned tag, daotp__bytes *subtrees)
{
    *subtrees = (daotp__bytes){NULL, 0};
    return !daotp__der_peek(in, (uint8_t)DAOTP__DER_CONTEXT_CONSTRUCTED(tag)) ||
           (daotp__der_read(in, (uint8_t)DAOTP__DER_CONTEXT_CONSTRUCTED(tag), subtrees) &&
            subtrees->len > 0);
}

static bool read_constraints(const daotp__extension *extension, daotp__bytes *permitted,
                             daotp__bytes *excluded)
{
    daotp__bytes in;

    return daotp__der_only(extension->value, DAOTP__DER_SEQUENCE, &in) &&
           in.len > 0 && /* RFC 5280 4.2.1.10: not empty */
           read_subtrees(&in, 0, permitted) && read_subtrees(&in, 1, excluded) && in.len == 0;
}

bool daotp__constraints_are_valid(const daotp__extension *extension, bool strictly)
{
    daotp__bytes lists[2], base;
    uint8_t tag;

    if (!read_constraints(extension, &lists[0], &lists[1]))
        return false;
    for (int i = 0; i < 2; i++)
        while (lists[i].len > 0)
            if (!next_subtree(&lists[i], &tag, &base) || !is_base(tag, base, strictly))
                return false;
    return true;
}

/* ---- matching: is the name in the subtree of the base? --------------------------------------- */

/* A wildcard stands for any label. A permitted subtree must hold all names that it stands for;
 * an excluded subtree matches if it holds any of them. */
static bool dns_matches(daotp__bytes name, daotp__bytes base, bool excluded)
{
    size_t at;

    if (name.len > 0 && name.data[name.len - 1] == '.')
        name.len--;
    if (base.len == 0)
        return true;
    if (base.data[0] == '.')
        return is_below(name, names_tail(base, 1), false);
    if (is_below(name, base, true))
        return true;
    return excluded && name.len > 2 && name.data[0] == '*' && names_find(base, '.', &at) &&
           equal_nocase(names_tail(name, 1), names_tail(base, at));
}

/* RFC 5321 2.4: the local part is case-sensitive. But most hosts treat Bob and bob as one
 * mailbox, so an excluded local part is compared without case. */
static bool local_part_matches(daotp__bytes name, daotp__bytes base, bool excluded)
{
    return excluded ? equal_nocase(name, base) : daotp__bytes_equal(name, base);
}

static bool email_matches(daotp__bytes name, daotp__bytes base, bool excluded)
{
    daotp__bytes host;
    size_t at, base_at;

    (void)names_find(name, '@', &at);
    host = names_tail(name, at + 1);
    if (names_find(base, '@', &base_at)) /* the constraint is one mailbox */
        return local_part_matches((daotp__bytes){name.data, at}, (daotp__bytes){base.data, base_at},
                                  excluded) &&
               equal_nocase(host, names_tail(base, base_at + 1));
    if (base.data[0] == '.')
        return is_below(host, names_tail(base, 1), false);
    return equal_nocase(host, base);
}

static bool uri_matches(daotp__bytes host, daotp__bytes base)
{
    return base.data[0] == '.' ? is_below(host, names_tail(base, 1), false)
                               : equal_nocase(host, base);
}

static bool address_matches(daotp__bytes name, daotp__bytes base)
{
    if (2 * name.len != base.len)
        return false;
    for (size_t i = 0; i < name.len; i++)
        if (((name.data[i] ^ base.data[i]) & base.data[name.len + i]) != 0)
            return false;
    return true;
}

/* Whether the mailbox can be compared: constraints are in ASCII, so its host must be ASCII. */
static bool is_utf8_mailbox(daotp__bytes text)
{
    size_t at, more;

    return names_find(text, '@', &at) && !names_find(names_tail(text, at + 1), '@', &more) &&
           is_ascii(names_tail(text, at + 1)) &&
           daotp__dns_is_valid(names_tail(text, at + 1), false);
}

static bool is_name(const daotp__general_name *name)
{
    daotp__bytes host, text = name->content;

    switch (name->tag) {
    case DAOTP__GENERAL_NAME_DNS:
        if (text.len > 0 && text.data[text.len - 1] == '.')
            text.len--;
        return is_ascii(text) && daotp__dns_is_valid(text, true);
    case DAOTP__GENERAL_NAME_EMAIL:
        return daotp__email_is_valid(text);
    case DAOTP__GENERAL_NAME_URI: /* RFC 5280 4.2.1.10: a URI without a host name breaks every URI
                                     constraint */
        return host_of(text, &host) && !is_address_text(host) && daotp__dns_is_valid(host, false);
    case UTF8_MAILBOX:
        return is_utf8_mailbox(text);
    case DAOTP__GENERAL_NAME_ADDRESS:
        return text.len == 4 || text.len == 16;
    case DAOTP__GENERAL_NAME_DIRECTORY:
        return daotp__name_is_valid(text);
    default:
        return true;
    }
}

static bool text_matches(const daotp__general_name *name, daotp__bytes base, bool excluded)
{
    daotp__bytes host;

    switch (name->tag) {
    case DAOTP__GENERAL_NAME_DNS:
        return dns_matches(name->content, base, excluded);
    case DAOTP__GENERAL_NAME_EMAIL:
    case UTF8_MAILBOX:
        return email_matches(name->content, base, excluded);
    case DAOTP__GENERAL_NAME_URI:
        return host_of(name->content, &host) && uri_matches(host, base);
    case DAOTP__GENERAL_NAME_ADDRESS:
        return address_matches(name->content, base);
    default:
        return false;
    }
}

static daotp__name_relation name_relation(const daotp__general_name *name, daotp__bytes base,
                                          bool excluded)
{
    if (name->tag == DAOTP__GENERAL_NAME_DIRECTORY)
        return daotp__name_compare_subtree(name->content, base);
    return text_matches(name, base, excluded) ? DAOTP__NAME_SAME : DAOTP__NAME_DIFFERENT;
}

static bool can_be_judged(uint8_t tag)
{
    return tag == DAOTP__GENERAL_NAME_DNS || tag == DAOTP__GENERAL_NAME_EMAIL ||
           tag == DAOTP__GENERAL_NAME_URI || tag == DAOTP__GENERAL_NAME_ADDRESS ||
           tag == DAOTP__GENERAL_NAME_DIRECTORY;
}

/* Charge the budget for the octets that a comparison reads. */
static bool names_spend(size_t *budget, const daotp__general_name *name, daotp__bytes base)
{
    size_t cost =
        name->tag == DAOTP__GENERAL_NAME_DIRECTORY ? 1 + (name->content.len + base.len) / 16 : 1;

    if (*budget < cost)
        *budget = 0;
    else
        *budget -= cost;
    return *budget > 0;
}

static daotp__names_verdict check_list(const daotp__general_name *name, daotp__bytes list,
                                       bool excluded, size_t *budget)
{
    bool concerns = false, inside = false, undecided = false, valid = is_name(name);
    daotp__name_relation relation;
    daotp__bytes base;
    uint8_t tag;

    while (list.len > 0) {
        if (!next_subtree(&list, &tag, &base) || !is_base(tag, base, false))
            return DAOTP__NAMES_MALFORMED;
        if (tag != (name->tag == UTF8_MAILBOX ? DAOTP__GENERAL_NAME_EMAIL : name->tag))
            continue;
        concerns = true;
        if (!can_be_judged(tag))
            return DAOTP__NAMES_UNKNOWN;
        if (!valid)
            return name->tag == UTF8_MAILBOX ? DAOTP__NAMES_UNKNOWN : DAOTP__NAMES_INVALID;
        if (!names_spend(budget, name, base))
            return DAOTP__NAMES_TOO_MANY;
        relation = name_relation(name, base, excluded);
        inside = inside || relation == DAOTP__NAME_SAME;
        undecided = undecided || relation == DAOTP__NAME_UNDECIDED;
    }
    if (inside)
        return excluded ? DAOTP__NAMES_EXCLUDED : DAOTP__NAMES_GOOD;
    if (undecided)
        return DAOTP__NAMES_UNKNOWN;
    return concerns && !excluded ? DAOTP__NAMES_FORBIDDEN : DAOTP__NAMES_GOOD;
}

typedef struct constraints {
    daotp__bytes permitted, excluded;
    size_t *budget;
} constraints;

static daotp__names_verdict check_name(const constraints *c, const daotp__general_name *name)
{
    daotp__names_verdict verdict = check_list(name, c->excluded, true, c->budget);

    return verdict == DAOTP__NAMES_GOOD ? check_list(name, c->permitted, false, c->budget)
                                        : verdict;
}

/* emailAddress in the subject is a mailbox too (RFC 5280 4.2.1.10). */
static daotp__names_verdict check_subject_email(const constraints *c, daotp__bytes rdn,
                                                daotp__general_name *name)
{
    daotp__names_verdict verdict = DAOTP__NAMES_GOOD;
    daotp__attribute one;

    while (verdict == DAOTP__NAMES_GOOD && rdn.len > 0) {
        if (!daotp__attribute_read(&rdn, &one))
            return DAOTP__NAMES_INVALID;
        if (!daotp__oid_is(one.type, DAOTP__OID_EMAIL))
            continue;
        *name =
            (daotp__general_name){.tag = DAOTP__GENERAL_NAME_EMAIL, .content = one.value.content};
        verdict = check_name(c, name);
    }
    return verdict;
}

static daotp__names_verdict names_check_subject(const constraints *c, const daotp__node *node,
                                                daotp__general_name *name)
{
    daotp__bytes in, rdn;
    daotp__names_verdict verdict;

    if (!daotp__der_only(node->certificate.subject, DAOTP__DER_SEQUENCE, &in) || in.len == 0)
        return DAOTP__NAMES_GOOD;
    *name = (daotp__general_name){.tag = DAOTP__GENERAL_NAME_DIRECTORY,
                                  .content = node->certificate.subject};
    verdict = check_name(c, name);
    while (verdict == DAOTP__NAMES_GOOD && in.len > 0 && daotp__der_read(&in, DAOTP__DER_SET, &rdn))
        verdict = check_subject_email(c, rdn, name);
    return verdict;
}

static daotp__names_verdict check_utf8_mailbox(const constraints *c,
                                               const daotp__general_name *name)
{
    daotp__general_name mailbox = {.tag = UTF8_MAILBOX};

    if (name->tag != DAOTP__GENERAL_NAME_OTHER ||
        !daotp__oid_is(name->type, DAOTP__OID_UTF8_MAILBOX))
        return DAOTP__NAMES_GOOD;
    if (!daotp__der_only(name->content, DAOTP__DER_UTF8_STRING, &mailbox.content))
        return DAOTP__NAMES_INVALID;
    return check_name(c, &mailbox);
}

daotp__names_verdict daotp__names_check(const daotp__node *node, const daotp__node *authority,
                                        size_t *budget, daotp__general_name *name)
{
    constraints c = {.budget = budget};
    daotp__names_verdict verdict;
    daotp__bytes in;

    if (!read_constraints(authority->name_constraints, &c.permitted, &c.excluded))
        return DAOTP__NAMES_MALFORMED;
    verdict = names_check_subject(&c, node, name);
    if (node->san == NULL || !daotp__san_begin(node->san, &in))
        return verdict;
    while (verdict == DAOTP__NAMES_GOOD && in.len > 0) {
        if (!daotp__san_next(&in, name))
            return DAOTP__NAMES_INVALID;
        verdict = check_name(&c, name);
        if (verdict == DAOTP__NAMES_GOOD)
            verdict = check_utf8_mailbox(&c, name);
    }
    return verdict;
}

/* ---- the name that was asked for ------------------------------------------------------------- */

static daotp__bytes text_of(const daotp__required_name *wanted)
{
    daotp__bytes text = {(const uint8_t *)wanted->text, strlen(wanted->text)};

    if (wanted->kind == DAOTP_NAME_DNS && text.len > 1 && text.data[text.len - 1] == '.')
        text.len--;
    return text;
}

bool daotp__required_name_parse(daotp__required_name *wanted)
{
    daotp__bytes text = text_of(wanted);

    switch (wanted->kind) {
    case DAOTP_NAME_DNS:
        return daotp__dns_is_valid(text, false) && !is_address_text(text);
    case DAOTP_NAME_IP:
        wanted->address_len = 4;
        if (inet_pton(AF_INET, wanted->text, wanted->address) == 1)
            return true;
        wanted->address_len = 16;
        return inet_pton(AF_INET6, wanted->text, wanted->address) == 1;
    case DAOTP_NAME_EMAIL:
        return daotp__email_is_valid(text);
    case DAOTP_NAME_UPN:
        return text.len > 0 && daotp__utf8_printable(wanted->text, text.len);
    case DAOTP_NAME_REALM:
        return daotp__dns_is_valid(text, false);
    }
    return false;
}

/* RFC 6125 6.4.3: a wildcard is the whole first label and stands for one label. We also require
 * at least two labels after it. */
static bool host_matches(daotp__bytes pattern, daotp__bytes host)
{
    size_t at, more;

    if (!daotp__dns_is_valid(pattern, true))
        return false;
    if (pattern.data[0] != '*')
        return equal_nocase(pattern, host);
    return names_find(names_tail(pattern, 2), '.', &more) && names_find(host, '.', &at) &&
           equal_nocase(names_tail(pattern, 1), names_tail(host, at));
}

static bool mailbox_matches(daotp__bytes name, daotp__bytes wanted)
{
    size_t at;

    return daotp__email_is_valid(name) && names_find(wanted, '@', &at) &&
           email_matches(name, wanted, false);
}

static bool is_wanted(const daotp__general_name *name, const daotp__required_name *wanted)
{
    daotp__bytes text = text_of(wanted), upn;

    switch (wanted->kind) {
    case DAOTP_NAME_DNS:
        return name->tag == DAOTP__GENERAL_NAME_DNS && host_matches(name->content, text);
    case DAOTP_NAME_IP:
        return name->tag == DAOTP__GENERAL_NAME_ADDRESS &&
               daotp__bytes_equal(name->content,
                                  (daotp__bytes){wanted->address, wanted->address_len});
    case DAOTP_NAME_EMAIL:
        return name->tag == DAOTP__GENERAL_NAME_EMAIL && mailbox_matches(name->content, text);
    case DAOTP_NAME_UPN:
        return daotp__san_is_upn(name, &upn) && equal_nocase(upn, text);
    case DAOTP_NAME_REALM: /* a wildcard does not count: it would match every realm below a domain
                            */
        return daotp__san_is_krbtgt(name, text) ||
               (name->tag == DAOTP__GENERAL_NAME_DNS && equal_nocase(name->content, text));
    }
    return false;
}

bool daotp__names_has(const daotp__node *node, const daotp__required_name *wanted)
{
    daotp__general_name name;
    daotp__bytes in;

    if (node->san == NULL || !daotp__san_begin(node->san, &in))
        return false;
    while (in.len > 0)
        if (!daotp__san_next(&in, &name))
            return false;
        else if (is_wanted(&name, wanted))
            return true;
    return false;
}

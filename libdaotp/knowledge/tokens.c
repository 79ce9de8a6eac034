/* SPDX-License-Identifier: BSD-2-Clause */
/* Ids, names and numbers in a question; the words around a number say of which kind it is. */
#include "knowledge/tokens.h"

#include "knowledge/names.h"

#include <stdlib.h>
#include <string.h>

#define BIT(kind) (UINT32_C(1) << DAOTP__KIND_##kind)

enum { LOOK_BACK = 5, LOOK_AHEAD = 2, LOG_LINE = 24, BARE_WORDS = 3 };

#define EVENTS                                                                                     \
    (BIT(OTP) | BIT(KDC) | BIT(KERBEROS) | BIT(NPS) | BIT(SCHANNEL) | BIT(CA) | BIT(SECURITY) |    \
     BIT(CAPI) | BIT(RAS) | BIT(ENROLL) | BIT(DCOM) | BIT(UAG))
/* Kinds whose numbers are looked up when nothing says of which kind one is. */
#define DISTINCTIVE                                                                                \
    (BIT(WINHTTP) | BIT(IKE) | BIT(OTP) | BIT(NPS) | BIT(SCHANNEL) | BIT(SECURITY) | BIT(RAS) |    \
     BIT(UAG) | BIT(DCOM))
#define BARE                                                                                       \
    (BIT(KRB) | BIT(WINHTTP) | BIT(IKE) | EVENTS | BIT(REASON) | BIT(WIN32) | BIT(IIS) |           \
     BIT(ALERT) | BIT(RADIUS) | BIT(DISPOSITION))
#define ERRORS (BIT(WIN32) | BIT(WINHTTP) | BIT(IKE))

/* ---- the words around a number --------------------------------------------------------------- */

static const struct {
    const char *words;
    uint32_t kinds;
    bool is_strong; /* nothing farther away says better */
} contexts[] = {
    {"event events ereignis evenement evento suceso", EVENTS, true},
    {"krb krb5 krberror pkinit krb_err failure result padata preauth", BIT(KRB), true},
    {"kdc", BIT(KRB) | BIT(KDC), true},
    {"distribution kdcsvc", BIT(KDC), true},
    {"kerberos", BIT(KRB) | BIT(KERBEROS) | BIT(KDC), true},
    {"4768 4769 4771 rep as_rep asrep", BIT(KRB), true},
    {"6272 6273 6274", BIT(REASON), true},
    {"10000 10001 10002", BIT(WINHTTP), true},
    {"36887 36888", BIT(ALERT), true},
    {"reason ursache ursachencode grund motif raison motivo", BIT(REASON), true},
    {"alert warnung alerte alerta", BIT(ALERT), true},
    {"winhttp wininet", BIT(WINHTTP), true},
    {"iis http substatus https", BIT(IIS), true},
    {"disposition", BIT(DISPOSITION), true},
    {"ike ipsec authip", BIT(IKE) | BIT(SECURITY), true},
    {"nps ias", BIT(NPS) | BIT(REASON), true},
    {"schannel", BIT(SCHANNEL) | BIT(ALERT), true},
    {"capi2", BIT(CAPI), true},
    {"certsvc certificationauthority", BIT(CA), true},
    {"certenroll certificateservicesclient autoenrollment", BIT(ENROLL), true},
    {"rasclient rasman remoteaccess vpn ras", BIT(RAS) | BIT(WIN32) | BIT(IKE), true},
    {"otpcredentialprovider", BIT(OTP), true},
    {"uag", BIT(UAG), true},
    {"dcom distributedcom", BIT(DCOM) | BIT(WIN32) | BIT(RPC), true},
    {"rpc fault", BIT(RPC) | BIT(WIN32), true},
    {"win32", ERRORS, true},
    {"dwerrorstatus errorstatus trust_status", BIT(CHAIN_STATUS), true},
    {"secure_failure lpvstatusinformation", BIT(SECURE_FAILURE), true},
    {"errno port line num", BIT(WORD), true}, /* numbers that no table has */
    {"radius", BIT(RADIUS) | BIT(REASON), true},
    {"error errcode errorcode err fehler fehlercode erreur error_code code status rc", ERRORS,
     false},
};

static bool is_word_of(const daotp__search *search, size_t word, const char *list)
{
    const daotp__word *w = &search->words[word];

    return daotp__list_has(list, search->text + w->at, w->len);
}

/* What one word says of the numbers near it; 0 for nothing. */
static uint32_t word_kinds(const daotp__search *search, size_t word, bool strong)
{
    for (size_t i = 0; i < sizeof contexts / sizeof contexts[0]; i++)
        if (contexts[i].is_strong == strong && is_word_of(search, word, contexts[i].words))
            return contexts[i].kinds;
    return 0;
}

/* The nearest word before, then behind, that says of which kind the number at this word is. */
static uint32_t context_kinds(const daotp__search *search, size_t word, bool strong)
{
    for (size_t back = 1; back <= LOOK_BACK && back <= word; back++) {
        uint32_t kinds = word_kinds(search, word - back, strong);

        if (kinds != 0)
            return kinds;
    }
    for (size_t ahead = 1; ahead <= LOOK_AHEAD && word + ahead < search->word_count; ahead++) {
        uint32_t kinds = word_kinds(search, word + ahead, strong);

        if (kinds != 0)
            return kinds;
    }
    return 0;
}

static bool is_pair(const daotp__search *search, size_t word, const char *first, const char *second)
{
    return word + 1 < search->word_count && is_word_of(search, word, first) &&
           is_word_of(search, word + 1, second);
}

/* The sources of events that are named anywhere: those of one log entry stand far apart. */
static void find_sources(daotp__search *search)
{
    for (size_t i = 0; i < search->word_count; i++) {
        bool is_center = is_pair(search, i, "kerberos", "key");

        if (is_pair(search, i, "certificate", "services"))
            search->sources |= is_pair(search, i + 1, "services", "client") ? BIT(ENROLL) : BIT(CA);
        else if (is_center || is_word_of(search, i, "kdc kdcsvc"))
            search->sources |= BIT(KDC);
        else if (is_word_of(search, i, "kerberos"))
            search->sources |= BIT(KERBEROS);
        else if (is_word_of(search, i, "auditing audit"))
            search->sources |= BIT(SECURITY);
        else if (!is_word_of(search, i, "event events"))
            search->sources |= word_kinds(search, i, true) & EVENTS & ~BIT(SECURITY);
    }
}

/* ---- numbers --------------------------------------------------------------------------------- */

typedef struct number {
    uint32_t value;
    bool is_wide; /* a number of 32 bits: it means one thing only */
} number;

static bool parse_hexadecimal(const char *text, size_t len, number *out)
{
    char digits[17];
    unsigned long long value;

    if (len == 0 || len > 16)
        return false;
    memcpy(digits, text, len);
    digits[len] = '\0';
    if (strspn(digits, "0123456789abcdef") != len)
        return false;
    value = strtoull(digits, NULL, 16);
    if (value > UINT32_MAX && value >> 32 != UINT32_MAX) /* unless its sign was extended */
        return false;
    *out = (number){.value = (uint32_t)value};
    out->is_wide = out->value > 0xFFFF;
    return true;
}

static bool parse_decimal(const char *text, size_t len, number *out)
{
    bool negative = len > 0 && text[0] == '-';
    unsigned long long value = 0;

    text += negative;
    len -= negative;
    if (len == 0 || len > 10)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        value = value * 10 + (unsigned)(text[i] - '0');
    }
    if (value > UINT32_MAX || (negative && (value > (1ULL << 31) || value < 65536)))
        return false;
    *out = (number){.value = negative ? (uint32_t)(0 - value) : (uint32_t)value};
    out->is_wide = out->value > 0xFFFF;
    return true;
}

static bool parse_number(const char *text, size_t len, number *out)
{
    if (len > 2 && text[0] == '0' && text[1] == 'x')
        return parse_hexadecimal(text + 2, len - 2, out);
    return parse_decimal(text, len, out);
}

static bool add_code(daotp__search *search, const daotp__code *code, unsigned score, size_t at)
{
    if (code != NULL)
        daotp__search_add(search, (daotp__row){.code = code}, score, at);
    return code != NULL;
}

/* A number of bits: each has a row. */
static bool add_bits(daotp__search *search, daotp__kind kind, uint32_t value, unsigned score,
                     size_t at)
{
    bool found = false;

    for (uint32_t bit = 1; bit != 0; bit <<= 1)
        if ((value & bit) != 0)
            found |= add_code(search, daotp__code_find(kind, bit), score, at);
    return found;
}

static bool add_of_kind(daotp__search *search, daotp__kind kind, uint32_t value, unsigned score,
                        size_t at)
{
    if (kind == DAOTP__KIND_CHAIN_STATUS || kind == DAOTP__KIND_SECURE_FAILURE)
        return add_bits(search, kind, value, score, at);
    if (kind == DAOTP__KIND_IIS && value >= 100 && value < 600)
        value = value * 1000 + 999;
    if (kind == DAOTP__KIND_HRESULT || kind == DAOTP__KIND_NTSTATUS)
        return add_code(search, daotp__code_by_hresult(value), score, at);
    return add_code(search, daotp__code_find(kind, value), score, at);
}

/* In each kind; the kinds that stand first in the list rank first. */
static bool add_in_kinds(daotp__search *search, uint32_t kinds, uint32_t value, unsigned score,
                         size_t at)
{
    bool found = false;

    for (int kind = 0; kind < DAOTP__KIND_COUNT; kind++)
        if ((kinds & UINT32_C(1) << kind) != 0)
            found |= add_of_kind(search, (daotp__kind)kind, value, score, at);
    return found;
}

/* Events first of the sources that are named; of the others only when those have no such event. */
static bool add_in_context(daotp__search *search, uint32_t kinds, uint32_t value, unsigned score,
                           size_t at)
{
    uint32_t named = kinds & search->sources;

    if (named != 0 && (kinds & EVENTS) == kinds &&
        add_in_kinds(search, named, value, score + DAOTP__SCORE_SOURCE, at))
        return true;
    return kinds != 0 && add_in_kinds(search, kinds, value, score, at);
}

/* libkrb5 numbers the KRB-ERRORs from -1765328384 upwards. */
static bool add_libkrb5(daotp__search *search, uint32_t value, size_t at)
{
    enum { LAST = 127 };
    const uint32_t base = 0x96C73A00;

    return value - base <= LAST &&
           add_of_kind(search, DAOTP__KIND_KRB, value - base, DAOTP__SCORE_NUMBER, at);
}

/* Event Viewer shows the lower half of an event's number, other tools show all of it. */
static bool add_raw_event(daotp__search *search, uint32_t value, size_t at)
{
    uint32_t upper = value >> 16;
    bool is_raw = upper == 0x8000 || upper == 0xC000 || upper == 0xB000;

    return is_raw && add_in_kinds(search, BIT(KDC) | BIT(KERBEROS), value & 0xFFFF,
                                  DAOTP__SCORE_DISTINCTIVE, at);
}

/* A number that is nothing else, and all of whose bits are known. */
static bool add_bare_status(daotp__search *search, uint32_t value, size_t at)
{
    for (uint32_t bit = 1; bit != 0; bit <<= 1)
        if ((value & bit) != 0 && daotp__code_find(DAOTP__KIND_CHAIN_STATUS, bit) == NULL)
            return false;
    return search->word_count <= BARE_WORDS &&
           add_bits(search, DAOTP__KIND_CHAIN_STATUS, value, DAOTP__SCORE_BARE, at);
}

static bool add_wide(daotp__search *search, const number *n, size_t word, size_t at)
{
    uint32_t kinds = context_kinds(search, word, true) & (BIT(CHAIN_STATUS) | BIT(SECURE_FAILURE));

    if (add_in_context(search, kinds, n->value, DAOTP__SCORE_CONTEXT, at))
        return true;
    return add_code(search, daotp__code_by_hresult(n->value), DAOTP__SCORE_NUMBER, at) ||
           add_libkrb5(search, n->value, at) || add_raw_event(search, n->value, at) ||
           add_bare_status(search, n->value, at);
}

static bool add_narrow(daotp__search *search, const number *n, size_t word, size_t at)
{
    uint32_t strong = context_kinds(search, word, true), weak = context_kinds(search, word, false);
    bool found = add_in_context(search, strong, n->value, DAOTP__SCORE_CONTEXT, at) ||
                 add_in_context(search, weak, n->value, DAOTP__SCORE_DISTINCTIVE, at);

    if (!found && n->value >= 4000)
        found = add_in_context(search, DISTINCTIVE, n->value, DAOTP__SCORE_DISTINCTIVE, at);
    if (!found && search->word_count <= BARE_WORDS)
        found = add_in_kinds(search, BARE, n->value, DAOTP__SCORE_BARE, at);
    return found;
}

static bool add_number(daotp__search *search, const number *n, size_t word, size_t at)
{
    return n->is_wide ? add_wide(search, n, word, at) : add_narrow(search, n, word, at);
}

/* ---- tokens ---------------------------------------------------------------------------------- */

typedef struct token {
    const char *text;
    size_t len, at; /* at: in the question */
    size_t word;    /* the first of its words */
} token;

static bool is_token_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == ':' ||
           c == '-';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void trim_token(token *t)
{
    while (t->len > 0 && strchr(".:-_", t->text[t->len - 1]) != NULL)
        t->len--;
    while (t->len > 0 && (strchr(".:_", t->text[0]) != NULL ||
                          (t->text[0] == '-' && (t->len < 2 || !is_digit(t->text[1]))))) {
        t->text++;
        t->len--;
        t->at++;
    }
}

/* "403.16", or in a log "403 16" with the method before it. */
static bool add_substatus(daotp__search *search, unsigned long status, const char *substatus,
                          unsigned score, size_t at)
{
    unsigned long sub = strtoul(substatus, NULL, 10);

    if (status < 200 || status > 599 || sub > 99)
        return false;
    return add_code(search, daotp__code_find(DAOTP__KIND_IIS, (uint32_t)(status * 1000 + sub)),
                    score, at);
}

static bool add_dotted(daotp__search *search, const token *t, unsigned score)
{
    const char *dot = memchr(t->text, '.', t->len);
    size_t sub = dot != NULL ? (size_t)(t->text + t->len - dot - 1) : 0;

    if (dot == NULL || dot - t->text != 3 || sub == 0 || sub > 2 || !is_digit(dot[1]) ||
        !is_digit(dot[sub]))
        return false;
    return add_substatus(search, strtoul(t->text, NULL, 10), dot + 1, score, t->at);
}

static bool is_log_line(const daotp__search *search, size_t word)
{
    for (size_t back = 1; back <= LOG_LINE && back <= word; back++)
        if (is_word_of(search, word - back, "get post head options put"))
            return true;
    return false;
}

/* The substatus behind its name, as in "sc-status 403 sc-substatus 16"; NULL without the name. */
static const char *named_substatus(const daotp__search *search, const token *t)
{
    static const char name[] = "substatus";
    size_t word = t->word + 1;

    if (word < search->word_count && is_word_of(search, word, "sc"))
        word++;
    if (word + 1 >= search->word_count || !is_word_of(search, word, name) || t->word == 0 ||
        !is_word_of(search, t->word - 1, "status"))
        return NULL;
    return search->text + search->words[word + 1].at;
}

/* sc-status and sc-substatus of a line that IIS logged. */
static bool add_log_line(daotp__search *search, const token *t)
{
    const char *next = t->text + t->len, *named = named_substatus(search, t);

    if (named != NULL && t->len == 3)
        return is_digit(*named) &&
               add_substatus(search, strtoul(t->text, NULL, 10), named, DAOTP__SCORE_NAMED, t->at);
    if (t->len != 3 || t->at + t->len + 2 > search->len || next[0] != ' ' || !is_digit(next[1]) ||
        !is_digit(t->text[0]) || !is_log_line(search, t->word))
        return false;
    return add_substatus(search, strtoul(t->text, NULL, 10), next + 1, DAOTP__SCORE_NAMED, t->at);
}

/* Eight digits of an HRESULT or NTSTATUS without 0x. */
static bool add_unmarked(daotp__search *search, const token *t)
{
    number n;

    return t->len == 8 && strchr("8c0d", t->text[0]) != NULL &&
           parse_hexadecimal(t->text, t->len, &n) && n.is_wide &&
           add_code(search, daotp__code_by_hresult(n.value), DAOTP__SCORE_NUMBER, t->at);
}

/* certutil writes dwErrorStatus in hexadecimal without a mark. */
static bool is_chain_status(const daotp__search *search, const token *t)
{
    return context_kinds(search, t->word, true) == BIT(CHAIN_STATUS);
}

static bool add_simple(daotp__search *search, const token *t)
{
    number n;

    if (add_unmarked(search, t) || add_log_line(search, t) ||
        add_dotted(search, t, DAOTP__SCORE_NUMBER))
        return true;
    if (is_chain_status(search, t) && parse_hexadecimal(t->text, t->len, &n))
        return add_in_kinds(search, BIT(CHAIN_STATUS), n.value, DAOTP__SCORE_CONTEXT, t->at);
    return parse_number(t->text, t->len, &n) && add_number(search, &n, t->word, t->at);
}

static bool is_same_word(const char *text, size_t len, const char *word)
{
    return strlen(word) == len && memcmp(text, word, len) == 0;
}

static bool add_finding_number(daotp__search *search, uint32_t value, size_t at)
{
    daotp_finding_number n = (daotp_finding_number)value;

    if (value > INT32_MAX || *daotp_catalogue_id(n) == '\0')
        return false;
    daotp__search_add(search, (daotp__row){.finding = n}, DAOTP__SCORE_NAMED, at);
    return true;
}

/* "krb:16": the kind says what the number means. */
static bool add_with_kind(daotp__search *search, const token *t, const char *colon)
{
    uint32_t kinds = daotp__kinds_by_prefix(t->text, (size_t)(colon - t->text));
    token rest = {colon + 1, (size_t)(t->text + t->len - colon - 1), t->at, t->word};
    number n;

    if (is_same_word(t->text, (size_t)(colon - t->text), "finding"))
        return parse_number(rest.text, rest.len, &n) && add_finding_number(search, n.value, t->at);
    if (kinds == 0)
        return false;
    if ((kinds & BIT(IIS)) != 0 && add_dotted(search, &rest, DAOTP__SCORE_NAMED))
        return true;
    if (!parse_number(rest.text, rest.len, &n) && !parse_hexadecimal(rest.text, rest.len, &n))
        return (kinds & (BIT(OID) | BIT(WORD) | BIT(STAGE) | BIT(REQUIREMENT))) != 0 &&
               daotp__search_add_named(search, rest.text, rest.len, DAOTP__SCORE_NAMED, t->at);
    return add_in_context(search, kinds, n.value, DAOTP__SCORE_NAMED, t->at);
}

/* The parts between colons, each by itself; what follows an address is a port. */
static void scan_parts(daotp__search *search, token t)
{
    while (t.len > 0) {
        const char *colon = memchr(t.text, ':', t.len);
        token part = t;

        if (colon != NULL)
            part.len = (size_t)(colon - t.text);
        t.text += part.len + (colon != NULL);
        t.at += part.len + (colon != NULL);
        t.len -= part.len + (colon != NULL);
        trim_token(&part);
        if (part.len == 0)
            continue;
        if (!daotp__search_add_named(search, part.text, part.len, DAOTP__SCORE_NAMED, part.at))
            (void)add_simple(search, &part);
        if (memchr(part.text, '.', part.len) != NULL && is_digit(part.text[0]))
            return;
        while (t.word + 1 < search->word_count && search->words[t.word + 1].at <= t.at)
            t.word++;
    }
}

/* "revoked" and "ntauth" are ids, and words of many sentences. */
static bool is_common_word(const daotp__search *search, const token *t)
{
    enum { SHORT = 8 };
    bool is_asked_for = search->word_count == 1 || (t->word > 0 && is_word_of(search, 0, "stage"));

    for (size_t i = 0; i < t->len; i++)
        if (t->text[i] < 'a' || t->text[i] > 'z')
            return false;
    return !is_asked_for && t->len < SHORT;
}

/* libkrb5 and Heimdal write KRB5KDC_ERR_ and KRB5_KDC_ERR_ for KDC_ERR_. */
static void skip_krb5(token *t)
{
    static const char *const before[] = {"krb5kdc_", "krb5krb_", "krb5_kdc_", "krb5_krb_"};

    for (size_t i = 0; i < sizeof before / sizeof before[0]; i++) {
        size_t len = strlen(before[i]), more = len - strlen("kdc_");

        if (t->len > len && memcmp(t->text, before[i], len) == 0) {
            t->text += more;
            t->at += more;
            t->len -= more;
            return;
        }
    }
}

static void scan_token(daotp__search *search, token t)
{
    const char *colon;
    bool is_named;

    trim_token(&t);
    if (t.len == 0)
        return;
    skip_krb5(&t);
    is_named = !is_common_word(search, &t) &&
               daotp__search_add_named(search, t.text, t.len, DAOTP__SCORE_NAMED, t.at);
    colon = memchr(t.text, ':', t.len);
    if (colon == NULL)
        (void)add_simple(search, &t);
    else if (!add_with_kind(search, &t, colon) && !is_named)
        scan_parts(search, t);
}

void daotp__scan_tokens(daotp__search *search)
{
    size_t at = 0, word = 0;

    find_sources(search);
    while (at < search->len && search->failed == DAOTP_OK) {
        size_t end = at;

        while (end < search->len && is_token_byte(search->text[end]))
            end++;
        while (word + 1 < search->word_count && search->words[word + 1].at <= at)
            word++;
        if (end > at)
            scan_token(search, (token){search->text + at, end - at, at, word});
        at = end + 1;
    }
}

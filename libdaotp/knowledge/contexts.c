/* SPDX-License-Identifier: BSD-2-Clause */
#include "knowledge/contexts.h"

#include <string.h>

enum { LOOK_BACK = 5, LOOK_AHEAD = 2 };

#define ERRORS (DAOTP__BIT(WIN32) | DAOTP__BIT(WINHTTP) | DAOTP__BIT(IKE))

/* ---- the words around a number --------------------------------------------------------------- */

static const struct {
    const char *words;
    uint32_t kinds;
    bool is_strong; /* words farther away are not considered */
} contexts[] = {
    {"event events ereignis evenement evento suceso", DAOTP__EVENTS, true},
    {"krb krb5 krberror pkinit krb_err failure result padata preauth", DAOTP__BIT(KRB), true},
    {"kdc", DAOTP__BIT(KRB) | DAOTP__BIT(KDC), true},
    {"distribution kdcsvc", DAOTP__BIT(KDC), true},
    {"kerberos", DAOTP__BIT(KRB) | DAOTP__BIT(KERBEROS) | DAOTP__BIT(KDC), true},
    {"4768 4769 4771 rep as_rep asrep", DAOTP__BIT(KRB), true},
    {"6272 6273 6274", DAOTP__BIT(REASON), true},
    {"10000 10001 10002", DAOTP__BIT(WINHTTP), true},
    {"36887 36888", DAOTP__BIT(ALERT), true},
    {"reason ursache ursachencode grund motif raison motivo", DAOTP__BIT(REASON), true},
    {"alert fatal warnung alerte alerta", DAOTP__BIT(ALERT), true},
    {"winhttp wininet", DAOTP__BIT(WINHTTP), true},
    {"iis http substatus https", DAOTP__BIT(IIS), true},
    {"disposition", DAOTP__BIT(DISPOSITION), true},
    {"ike ipsec authip", DAOTP__BIT(IKE) | DAOTP__BIT(SECURITY), true},
    {"nps ias", DAOTP__BIT(NPS) | DAOTP__BIT(REASON), true},
    {"schannel", DAOTP__BIT(SCHANNEL) | DAOTP__BIT(ALERT), true},
    {"capi2", DAOTP__BIT(CAPI), true},
    {"certsvc certificationauthority", DAOTP__BIT(CA), true},
    {"certenroll certificateservicesclient autoenrollment", DAOTP__BIT(ENROLL), true},
    {"rasclient rasman remoteaccess vpn ras", DAOTP__BIT(RAS) | DAOTP__BIT(WIN32) | DAOTP__BIT(IKE),
     true},
    {"otpcredentialprovider", DAOTP__BIT(OTP), true},
    {"uag", DAOTP__BIT(UAG), true},
    {"dcom distributedcom", DAOTP__BIT(DCOM) | DAOTP__BIT(WIN32) | DAOTP__BIT(RPC), true},
    {"rpc fault", DAOTP__BIT(RPC) | DAOTP__BIT(WIN32), true},
    {"win32", ERRORS, true},
    {"dwerrorstatus errorstatus trust_status", DAOTP__BIT(CHAIN_STATUS), true},
    {"secure_failure lpvstatusinformation", DAOTP__BIT(SECURE_FAILURE), true},
    {"errno port line num", DAOTP__BIT(WORD), true}, /* numbers that no table has */
    {"radius", DAOTP__BIT(RADIUS) | DAOTP__BIT(REASON), true},
    {"error errcode errorcode err fehler fehlercode erreur error_code code status rc", ERRORS,
     false},
};

bool daotp__context_is_word(const daotp__search *search, size_t word, const char *list)
{
    const daotp__word *w = &search->words[word];

    return daotp__list_has(list, search->text + w->at, w->len);
}

static bool is_pair(const daotp__search *search, size_t word, const char *first, const char *second)
{
    return word + 1 < search->word_count && daotp__context_is_word(search, word, first) &&
           daotp__context_is_word(search, word + 1, second);
}

/* The kind of number that one word suggests for numbers near it; 0 for none. */
static uint32_t word_kinds(const daotp__search *search, size_t word, bool strong)
{
    if (strong && word > 0 && is_pair(search, word - 1, "security", "kerberos"))
        return DAOTP__BIT(KERBEROS);
    for (size_t i = 0; i < sizeof contexts / sizeof contexts[0]; i++)
        if (contexts[i].is_strong == strong &&
            daotp__context_is_word(search, word, contexts[i].words))
            return contexts[i].kinds;
    return 0;
}

/* The kind of the number at this word, from the nearest word before it, then after it. */
uint32_t daotp__context_kinds(const daotp__search *search, size_t word, bool strong)
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

/* ---- sources of events ----------------------------------------------------------------------- */

/* The kind of events that a source logs, by the name that begins at this word; 0 when none does. */
static uint32_t source_kinds(const daotp__search *search, size_t i)
{
    if (is_pair(search, i, "certificate", "services"))
        return is_pair(search, i + 1, "services", "client") ? DAOTP__BIT(ENROLL) : DAOTP__BIT(CA);
    if (is_pair(search, i, "kerberos", "key") || daotp__context_is_word(search, i, "kdc kdcsvc"))
        return DAOTP__BIT(KDC);
    if (daotp__context_is_word(search, i, "kerberos"))
        return DAOTP__BIT(KERBEROS);
    if (daotp__context_is_word(search, i, "auditing audit"))
        return DAOTP__BIT(SECURITY);
    if (daotp__context_is_word(search, i, "event events"))
        return 0;
    return word_kinds(search, i, true) & DAOTP__EVENTS & ~DAOTP__BIT(SECURITY);
}

/* "Source Port" and the like are fields of an event. */
static bool is_source_label(const daotp__search *search, size_t i)
{
    return daotp__context_is_word(search, i,
                                  "source quelle origen origine provider providername") &&
           i + 1 < search->word_count &&
           !daotp__context_is_word(search, i + 1,
                                   "network workstation address port ip addr of is de des was");
}

/* Whether this is the name of a source, and not only a word of a sentence. */
static bool is_labelled(const daotp__search *search, size_t i)
{
    enum { NEAR = 5 };

    if (i >= 2 && is_pair(search, i - 2, "microsoft", "windows"))
        return true;
    for (size_t back = 1; back <= NEAR && back <= i; back++)
        if (is_source_label(search, i - back))
            return true;
    return false;
}

/* Whether the label is followed by a source that is in no table. */
static bool is_foreign_source(const daotp__search *search, size_t label)
{
    enum { NEAR = 5 };

    if (!is_source_label(search, label))
        return false;
    for (size_t ahead = 1; ahead <= NEAR && label + ahead < search->word_count; ahead++)
        if (source_kinds(search, label + ahead) != 0)
            return false;
    return true;
}

/* Sources are taken from the whole question, because those of a log entry can be far from its
 * number. */
void daotp__context_find_sources(daotp__search *search)
{
    for (size_t i = 0; i < search->word_count; i++) {
        uint32_t kinds = source_kinds(search, i);

        search->sources |= kinds;
        if (kinds != 0 && is_labelled(search, i))
            search->labelled |= kinds;
        search->has_foreign_source |= is_foreign_source(search, i);
    }
}

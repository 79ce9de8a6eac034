/* SPDX-License-Identifier: BSD-2-Clause */
#include "radius/demand.h"

#include <string.h>

enum {
    VENDOR_MICROSOFT = 311,
    MS_CHAP_ERROR = 2,
    CHAP_PASSWORD_EXPIRED = 648,
    CHAP_CHANGING_PASSWORD = 709
};

/* ---- MS-CHAP-Error --------------------------------------------------------------------------- */

/* "E=648 R=0 C=... V=3 M=...", RFC 2433 7 */
static unsigned read_error_number(daotp__bytes text)
{
    unsigned number = 0;
    size_t i = 2;

    if (text.len < 3 || text.data[0] != 'E' || text.data[1] != '=')
        return 0;
    for (; i < text.len && i < 8 && text.data[i] >= '0' && text.data[i] <= '9'; i++)
        number = 10 * number + (unsigned)(text.data[i] - '0');
    return number;
}

/* The first octet is an identifier (RFC 2548 2.1.5); some servers leave it out. */
static unsigned read_chap_error(daotp__bytes value)
{
    unsigned number = read_error_number(value);

    if (number != 0 || value.len == 0)
        return number;
    return read_error_number((daotp__bytes){value.data + 1, value.len - 1});
}

unsigned daotp__radius_chap_error(daotp__bytes attributes)
{
    static const uint8_t vendor[4] = {0, 0, VENDOR_MICROSOFT >> 8, VENDOR_MICROSOFT & 0xFF};
    daotp__bytes value, inner;
    uint8_t type;

    while (daotp__radius_attribute_next(&attributes, &type, &value)) {
        if (type != DAOTP__RADIUS_VENDOR_SPECIFIC || value.len < sizeof vendor ||
            memcmp(value.data, vendor, sizeof vendor) != 0)
            continue;
        value = (daotp__bytes){value.data + sizeof vendor, value.len - sizeof vendor};
        while (daotp__radius_attribute_next(&value, &type, &inner))
            if (type == MS_CHAP_ERROR && read_chap_error(inner) != 0)
                return read_chap_error(inner);
    }
    return 0;
}

const char *daotp__radius_chap_error_name(unsigned number)
{
    switch (number) {
    case 646:
        return "restricted logon hours";
    case 647:
        return "account disabled";
    case CHAP_PASSWORD_EXPIRED:
        return "password expired";
    case 649:
        return "no dial-in permission";
    case 691:
        return "authentication failure";
    case CHAP_CHANGING_PASSWORD:
        return "changing password";
    default:
        return "";
    }
}

/* ---- words ----------------------------------------------------------------------------------- */

/* Of one demand, as products write them; lower case. The first list that fits decides: a new PIN
 * is asked for beside a code, and a number to be matched stands beside the word code. */
typedef struct phrase_list {
    daotp_finding_number demand;
    bool is_reason; /* a reject may be for it too */
    const char *phrases[40];
} phrase_list;

static const phrase_list phrase_lists[] = {
    {DAOTP_FINDING_RADIUS_WANTS_PASSWORD,
     true,
     {"new password",
      "password has expired",
      "password is expired",
      "password expired",
      "password must be changed",
      "must change your password",
      "change your password",
      "change password",
      "password change",
      "reset your password",
      "update your password",
      "aadsts50055",
      "neues kennwort",
      "neues passwort",
      "kennwort ist abgelaufen",
      "kennwort abgelaufen",
      "passwort ist abgelaufen",
      "passwort abgelaufen",
      "kennwort \303\244ndern",
      "passwort \303\244ndern",
      "nouveau mot de passe",
      "mot de passe a expir\303\251",
      "mot de passe expir\303\251",
      "mot de passe est expir\303\251",
      "nueva contrase\303\261a",
      "contrase\303\261a ha caducado",
      "contrase\303\261a ha expirado"}},
    {DAOTP_FINDING_RADIUS_WANTS_NEXT_CODE,
     true,
     {"securid_next",
      "next tokencode",
      "next token code",
      "next passcode",
      "next code",
      "next otp",
      "next token",
      "next one-time password",
      "wait for the code to change",
      "wait for the tokencode to change",
      "wait for token to change",
      "wait for the token to change",
      "wait for your token",
      "second consecutive",
      "resync",
      "resynchronize",
      "resynchronise",
      "n\303\244chsten tokencode",
      "n\303\244chsten code",
      "code suivant",
      "tokencode suivant"}},
    {DAOTP_FINDING_RADIUS_WANTS_PIN,
     true,
     {"securid_newpin",
      "new pin",
      "newpin",
      "new-pin",
      "pin has expired",
      "pin expired",
      "pin is expired",
      "pin must be changed",
      "change your pin",
      "change pin",
      "create a pin",
      "create your pin",
      "choose a pin",
      "choose your pin",
      "set a pin",
      "set your pin",
      "set pin",
      "re-enter pin",
      "confirm pin",
      "confirm your pin",
      "system-generated pin",
      "neue pin",
      "neuen pin",
      "nouveau pin",
      "nouveau code pin",
      "nuevo pin"}},
    {DAOTP_FINDING_RADIUS_WANTS_APPROVAL,
     false,
     {"number matching",
      "match the number",
      "enter the number",
      "select the number",
      "tap the number",
      "number shown",
      "number displayed",
      "number below",
      "approve",
      "approval",
      "push",
      "push notification",
      "notification",
      "tap yes",
      "confirm on your",
      "verify on your",
      "respond to the",
      "open your authenticator app",
      "phone call",
      "answer the call",
      "best\303\244tigen sie",
      "zahl ein",
      "angezeigte zahl",
      "genehmigen",
      "approuver",
      "approuvez",
      "num\303\251ro affich\303\251",
      "aprobar",
      "apruebe"}},
    {DAOTP_FINDING_RADIUS_WANTS_CODE,
     false,
     {"code", "codes", "verification code", "passcode", "tokencode", "token", "otp",
      "one-time password", "one time password", "one-time", "einmalpasswort", "einmalkennwort",
      "sicherheitscode", "c\303\263digo", "mot de passe \303\240 usage unique", "sms",
      "second factor", "challenge"}},
};

static bool is_word_octet(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c & 0x80) != 0;
}

/* As whole words: "otp" is not in "hotplug". */
static bool has_phrase(const char *text, const char *phrase)
{
    size_t len = strlen(phrase);

    for (const char *at = text; (at = strstr(at, phrase)) != NULL; at++)
        if ((at == text || !is_word_octet(at[-1])) && !is_word_octet(at[len]))
            return true;
    return false;
}

static bool has_any_phrase(const char *text, const phrase_list *list)
{
    for (size_t i = 0; i < sizeof list->phrases / sizeof list->phrases[0]; i++)
        if (list->phrases[i] != NULL && has_phrase(text, list->phrases[i]))
            return true;
    return false;
}

/* State and text as one lower-case text. Its own kind of State is RSA's only word for programs. */
static void join_words(daotp__bytes state, const char *text, daotp__buffer *out)
{
    for (size_t i = 0; i < state.len; i++)
        daotp__buffer_byte(out, state.data[i] != '\0' ? state.data[i] : ' ');
    daotp__buffer_byte(out, ' ');
    daotp__buffer_text(out, text);
    for (size_t i = 0; i < out->len; i++)
        if (out->data[i] >= 'A' && out->data[i] <= 'Z')
            out->data[i] = (uint8_t)(out->data[i] + ('a' - 'A'));
}

/* Only RSA's State is for reading: another server's may hold any octets, words among them. */
static daotp__bytes readable_state(daotp__bytes state)
{
    static const char rsa[] = "RSA|";

    if (state.len > 4 && memcmp(state.data, rsa, 4) == 0)
        return state;
    return (daotp__bytes){state.data, 0};
}

daotp_finding_number daotp__radius_demand_find(const daotp__radius_reply *reply, const char *text)
{
    daotp_finding_number found = DAOTP_FINDING_NONE;
    unsigned error = daotp__radius_chap_error(reply->attributes);
    bool is_challenge = reply->code == DAOTP__RADIUS_ACCESS_CHALLENGE;
    daotp__buffer words;

    if (error == CHAP_PASSWORD_EXPIRED || error == CHAP_CHANGING_PASSWORD)
        return DAOTP_FINDING_RADIUS_WANTS_PASSWORD;
    daotp__buffer_init(&words, 4 * DAOTP__RADIUS_MAX);
    join_words(readable_state(reply->state), text, &words);
    for (size_t i = 0; i < sizeof phrase_lists / sizeof phrase_lists[0]; i++) {
        if ((is_challenge || phrase_lists[i].is_reason) &&
            has_any_phrase(daotp__buffer_string(&words), &phrase_lists[i])) {
            found = phrase_lists[i].demand;
            break;
        }
    }
    daotp__buffer_free(&words);
    return found;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* LDAP: messages, whole answers, and URLs. The front of a message and an answer say the same of
 * their bytes however they are cut; a value lies inside its message, and no answer is longer than
 * allowed. */
#include "fuzz.h"

#include "core/limits.h"
#include "core/report.h"
#include "net/ldap_answer.h"
#include "net/ldap_message.h"
#include "net/ldap_url.h"

#include <sys/mman.h>

static void read_cuts(daotp__bytes bytes)
{
    daotp__ldap_front front, part;
    daotp__ldap_kind kind = daotp__ldap_read_front(bytes, 1, &front);

    if (kind == DAOTP__LDAP_VALUE)
        HOLDS(front.value_len > 0 && front.value_at <= bytes.len &&
              front.value_len <= front.message_len - front.value_at);
    for (size_t len = 0; len < bytes.len && len < 256; len++) {
        daotp__ldap_kind found = daotp__ldap_read_front((daotp__bytes){bytes.data, len}, 1, &part);

        HOLDS(found == DAOTP__LDAP_MORE || found == kind);
    }
}

enum { MAX_VALUE = 200 };

/* What the answer says of these bytes, read in pieces of so many; AGAIN when it is not whole. */
static daotp_status read_answer(daotp__bytes bytes, size_t piece, daotp__ldap_answer *answer)
{
    daotp_status status = DAOTP_AGAIN;

    daotp__ldap_answer_init(answer, "ldap://dc1.corp.example/", 1, MAX_VALUE);
    HOLDS(answer->value.fd >= 0);
    for (size_t at = 0; at < bytes.len && status == DAOTP_AGAIN; at += piece) {
        size_t len = bytes.len - at < piece ? bytes.len - at : piece;

        status = daotp__ldap_answer_add(answer, (daotp__bytes){bytes.data + at, len}, NULL);
    }
    HOLDS((status == DAOTP_OK) == daotp__ldap_answer_is_complete(answer));
    HOLDS(answer->value.len <= MAX_VALUE);
    return status;
}

static bool same_values(daotp__ldap_answer *a, daotp__ldap_answer *b)
{
    daotp__bytes one, other;
    bool same = daotp__spool_take(&a->value, &one) && daotp__spool_take(&b->value, &other);

    if (!same)
        return false;
    same = daotp__bytes_equal(one, other);
    (void)munmap((void *)one.data, one.len);
    (void)munmap((void *)other.data, other.len);
    return same;
}

/* The limit on what was read may strike a piece earlier or later: then both refuse, or one has its
 * value already. */
static void read_answers(daotp__bytes bytes, size_t piece)
{
    daotp__ldap_answer whole, cut;
    daotp_status of_whole = read_answer(bytes, DAOTP__LDAP_READ_SIZE, &whole);
    daotp_status of_cut = read_answer(bytes, piece, &cut);

    HOLDS(of_whole == of_cut || bytes.len > MAX_VALUE + DAOTP__MAX_LDAP_FRONT);
    HOLDS(of_whole != DAOTP_OK || of_cut != DAOTP_OK || same_values(&whole, &cut));
    daotp__ldap_answer_free(&whole);
    daotp__ldap_answer_free(&cut);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    daotp__ldap_url url;
    char *text;

    read_cuts((daotp__bytes){data, size});
    if (size > 0)
        read_answers((daotp__bytes){data, size}, 1 + data[size - 1] % 16);
    text = fuzz_text(data, size);
    (void)daotp__ldap_url_parse(text, &url);
    daotp__ldap_url_free(&url);
    (void)daotp__ldap_url_parse_server(text, &url);
    daotp__ldap_url_free(&url);
    free(text);
    return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/ldap_answer.h"

#include "core/limits.h"
#include "core/report.h"
#include "net/http_get.h"
#include "net/ldap_message.h"

#include <stdio.h>
#include <string.h>

void daotp__ldap_answer_init(daotp__ldap_answer *answer, const char *url, uint8_t request_id,
                             uint64_t max_value)
{
    *answer = (daotp__ldap_answer){.url = url, .request_id = request_id, .max_value = max_value};
    daotp__buffer_init(&answer->front, DAOTP__MAX_LDAP_FRONT + DAOTP__LDAP_READ_SIZE);
    daotp__spool_open(&answer->value, max_value);
}

void daotp__ldap_answer_free(daotp__ldap_answer *answer)
{
    daotp__buffer_free(&answer->front);
    daotp__spool_close(&answer->value);
}

static daotp_status refuse_ldap_answer(const daotp__ldap_answer *answer,
                                       daotp_finding_number number, int64_t upstream,
                                       const char *found, daotp_report *report)
{
    (void)daotp__report_add(report, number, upstream, answer->url, "%s", found);
    return daotp__http_get_status(number);
}

bool daotp__ldap_answer_is_complete(const daotp__ldap_answer *answer)
{
    return answer->value_len > 0 && answer->value.len == answer->value_len;
}

/* Store octets of the value; octets after the value are ignored. */
static daotp_status ldap_take_value(daotp__ldap_answer *answer, daotp__bytes bytes)
{
    size_t left = answer->value_len - answer->value.len, len = bytes.len < left ? bytes.len : left;
    daotp_status status = daotp__spool_add(&answer->value, bytes.data, len);

    if (status != DAOTP_OK)
        return status;
    return daotp__ldap_answer_is_complete(answer) ? DAOTP_OK : DAOTP_AGAIN;
}

static daotp_status begin_value(daotp__ldap_answer *answer, const daotp__ldap_front *front,
                                daotp_report *report)
{
    daotp__bytes rest = {answer->front.data + front->value_at, answer->front.len - front->value_at};

    if (front->value_len > answer->max_value)
        return refuse_ldap_answer(answer, DAOTP_FINDING_FETCH_TOO_LARGE, 0, "", report);
    answer->value_len = front->value_len;
    return ldap_take_value(answer, rest);
}

/* Report a search that ended without an entry. */
static daotp_status take_result(const daotp__ldap_answer *answer, uint32_t code,
                                daotp_report *report)
{
    char found[64];

    (void)snprintf(found, sizeof found, "LDAP result %u %s", (unsigned)code,
                   daotp__ldap_code_name(code));
    return refuse_ldap_answer(answer, DAOTP_FINDING_FETCH_STATUS, code, found, report);
}

/* Skip a message: the part that has arrived is dropped, the rest will be. */
static daotp_status pass_over(daotp__ldap_answer *answer, size_t message_len, daotp_report *report)
{
    daotp__buffer *front = &answer->front;
    size_t here = message_len < front->len ? message_len : front->len;

    answer->passed_over++; /* also references, which are not followed */
    if (answer->passed_over > DAOTP__MAX_LDAP_PASSED_OVER)
        return refuse_ldap_answer(answer, DAOTP_FINDING_FETCH_CONTENT, 0,
                                  "messages that are no entry, without an end", report);
    answer->to_skip = message_len - here;
    memmove(front->data, front->data + here, front->len - here);
    front->len -= here;
    return DAOTP_AGAIN;
}

/* Read the messages in the buffer until more bytes are needed. The first entry is the result;
 * later ones are not read, because a server could send them without end. */
static daotp_status ldap_read_messages(daotp__ldap_answer *answer, daotp_report *report)
{
    daotp_status status = DAOTP_AGAIN;

    while (status == DAOTP_AGAIN && answer->value_len == 0 && answer->front.len > 0) {
        daotp__ldap_front front;

        switch (daotp__ldap_read_front(daotp__buffer_bytes(&answer->front), answer->request_id,
                                       &front)) {
        case DAOTP__LDAP_MORE:
            if (answer->front.len < DAOTP__MAX_LDAP_FRONT)
                return DAOTP_AGAIN;
            return refuse_ldap_answer(answer, DAOTP_FINDING_FETCH_TOO_LARGE, 0,
                                      "no value in the front of the entry", report);
        case DAOTP__LDAP_VALUE:
            status = begin_value(answer, &front, report);
            break;
        case DAOTP__LDAP_NO_VALUE:
            return refuse_ldap_answer(answer, DAOTP_FINDING_FETCH_CONTENT, 0, "no such attribute",
                                      report);
        case DAOTP__LDAP_RESULT:
            return take_result(answer, front.code, report);
        case DAOTP__LDAP_NOTICE:
            return refuse_ldap_answer(answer, DAOTP_FINDING_FETCH_FAILED, 0,
                                      "a notice of disconnection", report);
        case DAOTP__LDAP_OTHER:
            status = pass_over(answer, front.message_len, report);
            break;
        case DAOTP__LDAP_MALFORMED:
            return refuse_ldap_answer(answer, DAOTP_FINDING_FETCH_CONTENT, 0, "no LDAP message",
                                      report);
        }
    }
    return status;
}

daotp_status daotp__ldap_answer_add(daotp__ldap_answer *answer, daotp__bytes bytes,
                                    daotp_report *report)
{
    size_t skip = bytes.len < answer->to_skip ? bytes.len : answer->to_skip;

    answer->received += bytes.len;
    if (answer->received > answer->max_value + DAOTP__MAX_LDAP_FRONT + DAOTP__LDAP_READ_SIZE)
        return refuse_ldap_answer(answer, DAOTP_FINDING_FETCH_TOO_LARGE, 0, "", report);
    if (answer->value_len > 0)
        return ldap_take_value(answer, bytes);
    answer->to_skip -= skip;
    daotp__buffer_add(&answer->front, bytes.data + skip, bytes.len - skip);
    if (answer->front.failed != DAOTP_OK)
        return DAOTP_MEMORY;
    return ldap_read_messages(answer, report);
}

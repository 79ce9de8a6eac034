/* SPDX-License-Identifier: BSD-2-Clause */
#include "radius/reply_report.h"

#include "radius/demand.h"
#include "radius/message.h"

/* All Reply-Messages in their order (RFC 2865 5.18), a blank between them. The character set of the
 * first that is not UTF-8; NULL when all are. */
static const char *read_reply_messages(daotp__bytes attributes, daotp__buffer *text)
{
    const char *charset = NULL;
    daotp__bytes value;
    uint8_t type;

    while (daotp__radius_attribute_next(&attributes, &type, &value)) {
        const char *one;

        if (type != DAOTP__RADIUS_REPLY_MESSAGE)
            continue;
        if (text->len > 0)
            daotp__buffer_byte(text, ' ');
        one = daotp__radius_message_read(value, text);
        charset = charset != NULL ? charset : one;
    }
    return charset;
}

static void add_charset(const char *charset, const char *server, daotp_report *report)
{
    if (charset != NULL)
        (void)daotp__report_add(report, DAOTP_FINDING_RADIUS_CHARSET, 0, server,
                                "read as %s, most likely", charset);
}

/* What the server says of itself, behind the kind of reply. */
static void describe_reply(const daotp__radius_reply *reply, unsigned round, const char *text,
                           daotp__buffer *out)
{
    unsigned error = daotp__radius_chap_error(reply->attributes);

    if (reply->code == DAOTP__RADIUS_ACCESS_REJECT)
        daotp__buffer_text(out, "Access-Reject");
    else
        daotp__buffer_format(out, "round %u", round);
    if (*text != '\0')
        daotp__buffer_format(out, ", Reply-Message \"%s\"", text);
    if (error != 0)
        daotp__buffer_format(out, ", MS-CHAP-Error %u %s", error,
                             daotp__radius_chap_error_name(error));
}

static const daotp_finding *last_finding(const daotp_report *report)
{
    return daotp_report_get_finding(report, daotp_report_get_count(report) - 1);
}

static daotp_status add_outcome(const daotp__radius_reply *reply, unsigned round, const char *text,
                                const char *server, daotp_report *report)
{
    daotp_finding_number demand = daotp__radius_demand_find(reply, text);
    const daotp_finding *why = NULL;
    daotp_status status;
    daotp__buffer found;

    daotp__buffer_init(&found, 4 * DAOTP__RADIUS_MAX);
    describe_reply(reply, round, text, &found);
    if (demand != DAOTP_FINDING_NONE) {
        (void)daotp__report_add(report, demand, 0, server, "%s", daotp__buffer_string(&found));
        why = last_finding(report);
    }
    if (reply->code == DAOTP__RADIUS_ACCESS_REJECT) {
        status = daotp__report_add(report, DAOTP_FINDING_RADIUS_REJECTED, 0, server, "%s",
                                   daotp__buffer_string(&found));
        daotp__report_set_cause(report, last_finding(report), why);
    } else {
        status = daotp__report_add(report, DAOTP_FINDING_RADIUS_CHALLENGED, 0, server, "%s",
                                   daotp__buffer_string(&found));
        if (reply->state.data == NULL)
            (void)daotp__report_add(report, DAOTP_FINDING_RADIUS_NO_STATE, 0, server, "none");
    }
    daotp__buffer_free(&found);
    return status;
}

daotp_status daotp__radius_reply_report(const daotp__radius_reply *reply, unsigned round,
                                        const char *server, daotp_report *report)
{
    daotp_status status = DAOTP_OK;
    daotp__buffer text;

    daotp__buffer_init(&text, 4 * DAOTP__RADIUS_MAX);
    add_charset(read_reply_messages(reply->attributes, &text), server, report);
    if (reply->code != DAOTP__RADIUS_ACCESS_ACCEPT)
        status = add_outcome(reply, round, daotp__buffer_string(&text), server, report);
    daotp__buffer_free(&text);
    return status;
}

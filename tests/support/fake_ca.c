/* SPDX-License-Identifier: BSD-2-Clause */
#include "fake_ca.h"

static const fake_line *fake_find(const fake_ca *self, const char *host)
{
    for (unsigned i = 0; i < 8 && self->script[i].act != FAKE_END; i++)
        if (self->script[i].host == NULL || strcmp(self->script[i].host, host) == 0)
            return &self->script[i];
    fail_msg("no line for %s", host);
    return NULL;
}

static daotp_status fake_begin(void *given, daotp_submission *submission, void **state)
{
    fake_ca *self = given;
    const char *host = daotp_submission_get_host(submission), *user_name, *password;
    const fake_line *line = fake_find(self, host);
    const uint8_t *request;
    size_t len;

    request = daotp_submission_get_request(submission, &len);
    daotp__buffer_free(&self->request);
    daotp__buffer_init(&self->request, 1 << 20);
    daotp__buffer_add(&self->request, request, len);
    (void)snprintf(self->hosts + strlen(self->hosts), sizeof self->hosts - strlen(self->hosts),
                   "%s ", host);
    if (self->asks) {
        self->asked++;
        self->ask_status = daotp_submission_ask_credential(
            submission, host, DAOTP_HOST_FROM_SERVER, &user_name, &password, &self->password_len);
        if (self->ask_status != DAOTP_OK)
            return self->refused++, self->ask_status;
        (void)snprintf(self->user_name, sizeof self->user_name, "%s", user_name);
        (void)snprintf(self->password, sizeof self->password, "%.*s", (int)self->password_len,
                       password);
    }
    if (line->act == FAKE_REFUSE)
        return self->refused++, line->status;
    self->begun++;
    self->left = self->again;
    *state = self;
    return DAOTP_OK;
}

daotp_status fake_step(void *given, void *state, daotp_submission *submission)
{
    fake_ca *self = given;
    const fake_line *line = fake_find(self, daotp_submission_get_host(submission));

    assert_ptr_equal(given, state);
    self->steps++;
    if (self->left > 0)
        return self->left--, DAOTP_AGAIN;
    switch (line->act) {
    case FAKE_ISSUE:
        return daotp_submission_issued(submission, self->certificate.data, self->certificate.len);
    case FAKE_ISSUE_JUNK:
        return daotp_submission_issued(submission, "junk", 4);
    case FAKE_PEND:
        return daotp_submission_pending(submission, line->text);
    case FAKE_DENY:
        return daotp_submission_denied(submission, line->hresult, line->text);
    case FAKE_FAIL:
        return line->status;
    case FAKE_REFUSE_CREDENTIAL:
        return daotp__report_add(daotp_submission_get_report(submission),
                                 DAOTP_FINDING_CA_CREDENTIAL, 401, "fake", "HTTP 401");
    default:
        return DAOTP_OK;
    }
}

static int fake_descriptor(void *self, void *state)
{
    assert_ptr_equal(self, state);
    return -1;
}

static int fake_timeout_ms(void *self, void *state)
{
    assert_ptr_equal(self, state);
    return 0;
}

static void fake_end(void *given, void *state)
{
    fake_ca *self = given;

    assert_ptr_equal(given, state);
    self->ended++;
}

static void fake_free(void *given)
{
    fake_ca *self = given;

    self->freed++;
}

const daotp_ca_transport fake_transport = {.size = sizeof fake_transport,
                                           .begin = fake_begin,
                                           .step = fake_step,
                                           .descriptor = fake_descriptor,
                                           .timeout_ms = fake_timeout_ms,
                                           .end = fake_end,
                                           .free = fake_free};

void fake_ca_clear(fake_ca *self)
{
    daotp__buffer_free(&self->request);
    daotp__buffer_free(&self->certificate);
}

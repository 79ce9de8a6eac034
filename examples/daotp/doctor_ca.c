/* SPDX-License-Identifier: BSD-2-Clause */
#include "doctor_ca.h"

#include <daotp/sys/probe.h>

#include <string.h>

static void leave_ca_to_caller(void *self)
{
    (void)self; /* doctor_ca is the caller's */
}

static daotp_status open_ca(doctor_ca *c, daotp_ca **ca, char config[CA_CONFIG_ROOM])
{
    daotp_status status = ca_options_config("doctor", c->host, c->name, config);

    return status == DAOTP_OK ? ca_options_open("doctor", &c->options, c->context, c->host, ca)
                              : status;
}

/* A call of the CA blocks, and no deadline of the doctor ends it: each row has its share. */
static int64_t ca_timeout_ms(const doctor_ca *c)
{
    int64_t rows = c->name != NULL ? 2 : 1;

    return ((int64_t)(c->options.timeout_s * 1000) + rows - 1) / rows;
}

static daotp_status step_ca_ping(void *self, daotp_report *report)
{
    doctor_ca *c = self;
    char config[CA_CONFIG_ROOM];
    daotp_ca *ca = NULL;
    daotp_status status = open_ca(c, &ca, config);

    if (status == DAOTP_OK)
        status = daotp_ca_ping(ca, config, c->options.user, ca_options_ask, &c->options,
                               ca_timeout_ms(c), report);
    daotp_ca_unref(ca);
    return status;
}

/* Is the CA's own certificate fit to issue logon certificates? */
static daotp_status check_ca_certificate(const doctor_ca *c, const daotp_ca_info *info,
                                         daotp_report *report)
{
    daotp_requirements *wanted = NULL;
    size_t len;
    const void *der = daotp_ca_info_get_certificate(info, 0, &len);
    daotp_status status = daotp_requirements_new(c->context, DAOTP_PART_CA, &wanted), found;

    if (status == DAOTP_OK)
        status = daotp_requirements_check(wanted, der, len);
    for (size_t i = 0; i < daotp_requirements_get_count(wanted) && status != DAOTP_MEMORY; i++) {
        if (daotp_requirements_get_state(wanted, i) != DAOTP_REQUIREMENT_FAIL)
            continue;
        found = daotp_report_add(report, daotp_requirements_get_finding(wanted, i), 0,
                                 daotp_ca_info_get_name(info),
                                 daotp_requirements_get_text(wanted, i, DAOTP_REQUIREMENT_FOUND));
        if (found != DAOTP_OK)
            status = found;
    }
    daotp_requirements_free(wanted);
    return status;
}

static daotp_status step_ca_info(void *self, daotp_report *report)
{
    doctor_ca *c = self;
    char config[CA_CONFIG_ROOM];
    daotp_ca_info *info = NULL;
    daotp_ca *ca = NULL;
    daotp_status status = open_ca(c, &ca, config);

    if (status == DAOTP_OK)
        status = daotp_ca_ask_info(ca, config, c->options.user, ca_options_ask, &c->options,
                                   ca_timeout_ms(c), report, &info);
    if (status == DAOTP_OK && daotp_ca_info_get_count(info) > 0)
        status = check_ca_certificate(c, info, report);
    daotp_ca_info_free(info);
    daotp_ca_unref(ca);
    return status;
}

static void take_profile_value(const daotp_profile *profile, const char *key, const char **value)
{
    if (*value == NULL)
        *value = daotp_profile_find(profile, key);
}

daotp_status doctor_ca_add(daotp_doctor *doctor, doctor_ca *ca, const daotp_profile *profile)
{
    static const daotp_probe ping = {
        .size = sizeof ping, .step = step_ca_ping, .free = leave_ca_to_caller};
    static const daotp_probe info = {
        .size = sizeof info, .step = step_ca_info, .free = leave_ca_to_caller};
    const char *port = daotp_profile_find(profile, "ca-mapper-port");
    daotp_status status = DAOTP_OK;

    take_profile_value(profile, "ticket-cache", &ca->options.cache);
    take_profile_value(profile, "ca-realm", &ca->options.realm);
    take_profile_value(profile, "ca-kdc", &ca->options.kdc);
    take_profile_value(profile, "password-file", &ca->options.password_file);
    if (port != NULL)
        (void)tool_integer(port, 1, UINT16_MAX, &ca->options.port); /* the profile has checked it */
    if (ca->name != NULL)
        status = daotp_doctor_add_probe(doctor, "rpc", "the CA answers by RPC, as the user", &ping,
                                        ca, ca->host);
    if (status != DAOTP_OK)
        return status;
    return daotp_doctor_add_probe(doctor, "ca", "what the CA is, and its own certificate", &info,
                                  ca, ca->host);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The profile of what was found and chosen. */
#include "discovery.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* A value that the directory gave, but that no line of a profile could hold, is left out, and said.
 */
void discovery_put_line(discovery *d, const char *key, const char *value)
{
    if (daotp_profile_set_value(d->profile, key, value) == DAOTP_OK)
        return;
    d->incomplete = true;
    tool_say("daotp discover: %s is left out: '%.200s' is no value of it, or the system locks it",
             key, value);
}

static const ces_url *best_ces_url(const discovery *d, bool *is_ambiguous)
{
    const ces_url *best = NULL;

    *is_ambiguous = false;
    for (size_t i = 0; i < d->ca_count; i++)
        for (size_t j = 0; d->cas[i].has_template && j < d->cas[i].url_count; j++) {
            const ces_url *url = &d->cas[i].urls[j];

            if (best != NULL && url->priority == best->priority)
                *is_ambiguous = true;
            if (best == NULL || url->priority < best->priority) {
                best = url;
                *is_ambiguous = false;
            }
        }
    return best;
}

/* A URL that is given is not looked for. */
static void choose_web_service(discovery *d)
{
    bool is_ambiguous;

    d->service = best_ces_url(d, &is_ambiguous);
    if (daotp_profile_find(d->profile, "ces-url") != NULL)
        d->service = NULL;
    if (d->service == NULL || !is_ambiguous)
        return;
    d->service = NULL;
    d->incomplete = true;
    tool_say("daotp discover: several enrolment web services have the same priority; choose one by "
             "--set ces-url=URL");
}

static void put_web_service(discovery *d)
{
    if (!d->is_service_confirmed)
        return;
    discovery_put_line(d, "ces-url", d->service->url);
    if (d->service->authentication == 4)
        discovery_put_line(d, "ces-auth", "username");
    else if (d->service->authentication == 2)
        discovery_put_line(d, "ces-auth", "negotiate");
    else if (d->service->authentication == 8)
        discovery_put_line(d, "ces-auth", "certificate");
}

static void put_names(discovery *d)
{
    char text[2 * MAX_NAME];
    size_t i;

    for (i = 0; d->domain[i] != '\0' && i < sizeof text - 1; i++)
        text[i] = (char)toupper((unsigned char)d->domain[i]);
    text[i] = '\0';
    discovery_put_line(d, "ca-realm", text);
    discovery_put_line(d, "realm", text);
    (void)snprintf(text, sizeof text, "{user}@%.250s", d->domain);
    discovery_put_line(d, "upn-form", text);
    if (d->netbios[0] != '\0') {
        (void)snprintf(text, sizeof text, "%.250s\\{user}", d->netbios);
        discovery_put_line(d, "user-form", text);
    }
    if (d->server != NULL)
        discovery_put_line(d, "ca-kdc", d->controllers[0].host);
}

static void put_template(discovery *d)
{
    char text[MAX_NAME + 64];

    if (d->chosen->major >= 0 && d->chosen->minor >= 0)
        (void)snprintf(text, sizeof text, "%s:%ld.%ld", d->chosen->oid, d->chosen->major,
                       d->chosen->minor);
    else
        (void)snprintf(text, sizeof text, "%s", d->chosen->oid);
    discovery_put_line(d, "template", text);
}

static void put_settings(discovery *d)
{
    for (size_t i = 0; i < d->settings.count; i++) {
        char key[64];
        size_t len = strcspn(d->settings.items[i], "=");

        (void)snprintf(key, sizeof key, "%.*s", (int)(len < 63 ? len : 63), d->settings.items[i]);
        discovery_put_line(d, key,
                           d->settings.items[i][len] == '=' ? d->settings.items[i] + len + 1 : "");
    }
}

static void ask_url(discovery *d)
{
    static char answer[2048];
    FILE *tty = d->url == NULL ? discovery_open_terminal(d) : NULL;

    if (tty != NULL &&
        discovery_ask_line(tty, "URL of the OTP service, as the administrator has it:", answer,
                           sizeof answer) &&
        answer[0] != '\0')
        d->url = answer;
    if (tty != NULL)
        fclose(tty);
    if (d->url != NULL)
        discovery_put_line(d, "url", d->url);
    else
        tool_say("daotp discover: the URL of the OTP service is in no directory: give it by --url, "
                 "or add it to the profile");
}

void discovery_make_profile(discovery *d)
{
    put_settings(d);
    ask_url(d);
    put_template(d);
    put_names(d);
    choose_web_service(d);
    discovery_confirm_hosts(d);
    put_web_service(d);
    for (size_t i = 0; i < d->ca_count; i++)
        if (d->cas[i].is_confirmed)
            discovery_put_line(d, "ca-host", d->cas[i].host);
    for (size_t i = 0; i < d->confirmed.count; i++) {
        bool found = strcasecmp(d->service_host, d->confirmed.items[i]) == 0;

        for (size_t j = 0; j < d->ca_count; j++)
            found = found || strcasecmp(d->cas[j].host, d->confirmed.items[i]) == 0;
        if (!found)
            tool_say("daotp discover: the directory names no CA on %s", d->confirmed.items[i]);
    }
}

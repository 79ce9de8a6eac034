/* SPDX-License-Identifier: BSD-2-Clause */
/* Choosing among what was found, by options or on the terminal. */
#include "discovery.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The host of an https URL. */
static bool copy_url_host(const char *url, char *to, size_t room)
{
    size_t len;

    if (strncmp(url, "https://", 8) != 0)
        return false;
    len = strcspn(url + 8, ":/?#");
    if (len == 0 || len >= room)
        return false;
    memcpy(to, url + 8, len);
    to[len] = '\0';
    return true;
}

static bool is_wanted_template(const discovery *d, const template_facts *t)
{
    return t->is_logon && (d->template == NULL || strcasecmp(d->template, t->name) == 0 ||
                           strcmp(d->template, t->oid) == 0);
}

/* The terminal, when somebody sits there. */
FILE *discovery_open_terminal(const discovery *d)
{
    return d->json || !isatty(STDIN_FILENO) ? NULL : fopen("/dev/tty", "r+");
}

bool discovery_ask_line(FILE *tty, const char *prompt, char *to, size_t room)
{
    fprintf(tty, "%s ", prompt);
    fflush(tty);
    if (fgets(to, (int)room, tty) == NULL)
        return false;
    to[strcspn(to, "\r\n")] = '\0';
    return true;
}

static void list_templates(const discovery *d, FILE *out)
{
    for (size_t i = 0; i < d->template_count; i++)
        if (d->templates[i].is_logon)
            fprintf(out, "  %s  %s\n", d->templates[i].name, d->templates[i].oid);
}

static size_t count_wanted(discovery *d)
{
    size_t count = 0;

    for (size_t i = 0; i < d->template_count; i++)
        if (is_wanted_template(d, &d->templates[i])) {
            d->chosen = count++ == 0 ? &d->templates[i] : NULL;
        }
    return count;
}

bool discovery_choose_template(discovery *d)
{
    static char answer[MAX_NAME];
    size_t count = count_wanted(d);
    FILE *tty = count > 1 ? discovery_open_terminal(d) : NULL;

    if (tty != NULL) {
        fprintf(tty, "Templates that fit the logon with a one-time password:\n");
        list_templates(d, tty);
        if (discovery_ask_line(tty, "Which one?", answer, sizeof answer)) {
            d->template = answer;
            count = count_wanted(d);
        }
        fclose(tty);
    }
    if (count == 1)
        return true;
    d->chosen = NULL;
    if (count == 0)
        tool_say("daotp discover: no template '%s' of the directory fits the logon with a one-time "
                 "password: application policy " OID_LOGON ", one RA signature with " OID_RA,
                 d->template != NULL ? d->template : "*");
    else
        tool_say("daotp discover: several templates fit; choose one by --template:");
    if (!d->json)
        list_templates(d, stderr);
    return false;
}

static bool is_confirmed_by_option(const discovery *d, const char *host)
{
    for (size_t i = 0; i < d->confirmed.count; i++)
        if (strcasecmp(d->confirmed.items[i], host) == 0)
            return true;
    return false;
}

/* May requests, and the domain password, go to this host? A confirmed one is remembered. */
static bool confirm_host(discovery *d, FILE *tty, const char *what, const char *host)
{
    char prompt[2 * MAX_NAME + 128], answer[16];

    if (is_confirmed_by_option(d, host))
        return true;
    (void)snprintf(prompt, sizeof prompt,
                   "May requests, and the domain password, go to %.200s on %.200s? (yes/no)", what,
                   host);
    return tty != NULL && discovery_ask_line(tty, prompt, answer, sizeof answer) &&
           strcmp(answer, "yes") == 0 && tool_list_add("discover", "ca-host", &d->confirmed, host);
}

void discovery_confirm_hosts(discovery *d)
{
    FILE *tty = d->confirmed.count == 0 ? discovery_open_terminal(d) : NULL;

    for (size_t i = 0; i < d->ca_count; i++)
        if (d->cas[i].has_template)
            d->cas[i].is_confirmed = confirm_host(d, tty, d->cas[i].name, d->cas[i].host);
    d->is_service_confirmed = d->service != NULL &&
                              copy_url_host(d->service->url, d->service_host, MAX_NAME) &&
                              confirm_host(d, tty, "the enrolment web service", d->service_host);
    if (tty != NULL)
        fclose(tty);
}

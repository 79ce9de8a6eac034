/* SPDX-License-Identifier: BSD-2-Clause */
/* What was found, as a profile with comments, and as JSON. */
#include "discovery.h"
#include "json.h"

#include <stdio.h>

static void print_proposals(const discovery *d, FILE *out)
{
    for (size_t i = 0; i < d->controller_count; i++)
        fprintf(out, "# domain controller: %s\n", d->controllers[i].host);
    for (size_t i = 0; i < d->template_count; i++)
        if (d->templates[i].is_ra)
            fprintf(out, "# template of registration authorities: %s %s\n", d->templates[i].name,
                    d->templates[i].oid);
    for (size_t i = 0; i < d->ca_count; i++) {
        const ca_service *ca = &d->cas[i];

        fprintf(out, "# CA: %s\\%s%s\n", ca->host, ca->name,
                ca->has_template ? "" : ", which does not issue the template");
        if (ca->has_template && !ca->is_confirmed)
            fprintf(out,
                    "# proposed: confirm that requests, and the password, may go there\n"
                    "#ca-host = %s\n",
                    ca->host);
        for (size_t j = 0; j < ca->url_count; j++)
            fprintf(out, "# enrolment web service, priority %ld: %s\n", ca->urls[j].priority,
                    ca->urls[j].url);
    }
    if (d->service != NULL && !d->is_service_confirmed)
        fprintf(out,
                "# proposed: confirm that requests, and the password, may go there\n"
                "#ces-url = %s\n",
                d->service->url);
    for (size_t i = 0; i < d->crl_count; i++)
        fprintf(out, "# CRL: %s\n", d->crls[i]);
    fprintf(out, "# the directory has %zu roots, %zu CAs of NTAuth, %zu of AIA\n", d->roots.count,
            d->ntauth.count, d->aia.count);
}

void discovery_print_profile(const discovery *d, FILE *out)
{
    fprintf(out, "[%s]\n", daotp_profile_get_name(d->profile));
    print_proposals(d, out);
    for (size_t i = 0; i < daotp_profile_get_count(d->profile); i++)
        fprintf(out, "%s = %s\n", daotp_profile_get_key(d->profile, i),
                daotp_profile_get_value(d->profile, i));
}

static void print_json_flag(const char *name, bool is)
{
    printf(",\"%s\":%s", name, is ? "true" : "false");
}

static void print_json_pair(const char *before, const char *name, const char *text)
{
    printf("%s\"%s\":", before, name);
    json_string(stdout, text);
}

static void print_json_cas(const discovery *d)
{
    printf(",\"cas\":[");
    for (size_t i = 0; i < d->ca_count; i++) {
        print_json_pair(i > 0 ? ",{" : "{", "name", d->cas[i].name);
        print_json_pair(",", "host", d->cas[i].host);
        print_json_flag("issues_template", d->cas[i].has_template);
        print_json_flag("confirmed", d->cas[i].is_confirmed);
        printf(",\"services\":[");
        for (size_t j = 0; j < d->cas[i].url_count; j++) {
            print_json_pair(j > 0 ? ",{" : "{", "url", d->cas[i].urls[j].url);
            printf(",\"priority\":%ld,\"authentication\":%ld}", d->cas[i].urls[j].priority,
                   d->cas[i].urls[j].authentication);
        }
        printf("]}");
    }
    printf("]");
}

static void print_json_templates(const discovery *d)
{
    printf(",\"templates\":[");
    for (size_t i = 0; i < d->template_count; i++) {
        print_json_pair(i > 0 ? ",{" : "{", "name", d->templates[i].name);
        print_json_pair(",", "oid", d->templates[i].oid);
        printf(",\"major\":%ld,\"minor\":%ld", d->templates[i].major, d->templates[i].minor);
        print_json_flag("logon", d->templates[i].is_logon);
        print_json_flag("ra", d->templates[i].is_ra);
        printf("}");
    }
    printf("]");
}

static void print_json_crls(const discovery *d)
{
    printf(",\"crls\":[");
    for (size_t i = 0; i < d->crl_count; i++) {
        printf(i > 0 ? "," : "");
        json_string(stdout, d->crls[i]);
    }
    printf("]");
}

static void print_json_pem(const char *name, const pem_text *pem)
{
    printf(",\"%s\":{\"count\":%zu", name, pem->count);
    print_json_pair(",", "pem", pem->text != NULL ? pem->text : "");
    printf("}");
}

void discovery_print_json(const discovery *d)
{
    tool_said_json();
    printf("{\"format\":%d", DAOTP_JSON_FORMAT);
    print_json_pair(",", "domain", d->domain);
    printf(",\"controllers\":[");
    for (size_t i = 0; i < d->controller_count; i++) {
        printf(i > 0 ? "," : "");
        json_string(stdout, d->controllers[i].host);
    }
    printf("]");
    print_json_templates(d);
    print_json_cas(d);
    print_json_crls(d);
    print_json_pem("roots", &d->roots);
    print_json_pem("ntauth", &d->ntauth);
    print_json_pem("aia", &d->aia);
    printf(",\"profile\":{");
    for (size_t i = 0; i < daotp_profile_get_count(d->profile); i++)
        print_json_pair(i > 0 ? "," : "", daotp_profile_get_key(d->profile, i),
                        daotp_profile_get_value(d->profile, i));
    printf("},\"complete\":%s}\n", d->incomplete ? "false" : "true");
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* What daotp discover has found and what was chosen of it, and its parts in the order in which they
 * come: the directory is asked, the user chooses, a profile is made, and is shown or written. Each
 * part says by itself what is wrong. */
#ifndef DAOTP_TOOL_DISCOVERY_H
#define DAOTP_TOOL_DISCOVERY_H

#include "ad_values.h"
#include "directory.h"
#include "srv.h"
#include "tool.h"

#include <stdio.h>

/* Application policies of a template: smart card logon, and the OTP registration authority. */
#define OID_LOGON "1.3.6.1.4.1.311.20.2.2"
#define OID_RA    "1.3.6.1.4.1.311.81.1.1"

enum {
    MAX_CAS = 32,
    MAX_TEMPLATES = 64,
    MAX_URLS = 16,
    MAX_CERTIFICATES = 64,
    MAX_NAME = 256,
    MAX_LINE = AD_MAX_LINE
};

typedef struct ca_service {
    char name[MAX_NAME], host[MAX_NAME];
    ces_url urls[MAX_URLS];
    size_t url_count;
    bool has_template, is_confirmed;
} ca_service;

typedef struct template_facts {
    char name[MAX_NAME], oid[MAX_NAME];
    long major, minor;
    long signatures, enrolment_flags, name_flags; /* -1: not there */
    bool has_logon, has_ra_policy; /* the purpose that it gives; the policy that it requires */
    bool is_logon, is_ra;
} template_facts;

/* Certificates of one kind, as PEM. */
typedef struct pem_text {
    char *text;
    size_t len, count;
} pem_text;

typedef struct discovery {
    const char *domain, *profile_name, *file, *url, *template, *server, *dns;
    tool_list confirmed, settings;
    directory_spec access;
    bool write, json, incomplete, is_cut;
    double timeout_s;
    tool_secret password;
    const char *password_file;
    int password_fd;
    /* what was found */
    srv_record controllers[SRV_MAX];
    size_t controller_count;
    char configuration[MAX_LINE], domain_dn[MAX_LINE], netbios[MAX_NAME];
    ca_service cas[MAX_CAS];
    size_t ca_count;
    template_facts templates[MAX_TEMPLATES];
    size_t template_count;
    const template_facts *chosen;
    const ces_url *service; /* the one that is proposed */
    char service_host[MAX_NAME];
    bool is_service_confirmed;
    pem_text roots, ntauth, aia;
    char crls[MAX_URLS][MAX_LINE];
    size_t crl_count;
    daotp_profile *profile;
} discovery;

/* discover_search.c */
/* Does one more fit into a list? What does not is said, and the profile is incomplete. */
bool discovery_make_room(discovery *d, size_t count, size_t max, const char *what);
/* A pKICertificateTemplate. False when it has no name or no object identifier. */
bool discovery_read_template(const directory_entry *entry, template_facts *t);
bool discovery_find_controllers(discovery *d);
bool discovery_ask_controllers(discovery *d);

/* discover_certificates.c: each certificate of the entry that can be read */
void discovery_add_certificates(discovery *d, pem_text *pem, const directory_entry *entry);

/* discover_choose.c: on the terminal, where somebody sits there */
FILE *discovery_open_terminal(const discovery *d);
bool discovery_ask_line(FILE *tty, const char *prompt, char *to, size_t room);
bool discovery_choose_template(discovery *d);
void discovery_confirm_hosts(discovery *d);

/* discover_profile.c */
void discovery_make_profile(discovery *d);
/* A value that the directory gave, but that no line of a profile could hold, is left out, and said.
 */
void discovery_put_line(discovery *d, const char *key, const char *value);

/* discover_print.c */
void discovery_print_profile(const discovery *d, FILE *out);
void discovery_print_json(const discovery *d);

/* discover_write.c */
bool discovery_write_all(discovery *d);

#endif

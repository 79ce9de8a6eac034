/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tables of the numbers, names and messages that an administrator sees, one file for each kind, and
 * functions to look them up. A code has a meaning and a list of causes, the most frequent first. A
 * cause has a check and a cure, and is shared by all codes that name it.
 */
#ifndef DAOTP_KNOWLEDGE_KNOWLEDGE_H
#define DAOTP_KNOWLEDGE_KNOWLEDGE_H

#include <daotp/catalogue.h>

/* The kinds of codes, in the order in which the meanings of a number without a kind are shown. */
typedef enum daotp__kind {
    DAOTP__KIND_KRB,      /* KRB-ERROR, RFC 4120 7.5.9 */
    DAOTP__KIND_WINHTTP,  /* WinHTTP and WinINet */
    DAOTP__KIND_IKE,      /* IKE and AuthIP */
    DAOTP__KIND_OTP,      /* Windows events, by source: OtpCredentialProvider */
    DAOTP__KIND_KDC,      /* Kerberos-Key-Distribution-Center */
    DAOTP__KIND_KERBEROS, /* Security-Kerberos */
    DAOTP__KIND_NPS,      /* Network Policy Server */
    DAOTP__KIND_SCHANNEL, /* Schannel */
    DAOTP__KIND_CA,       /* CertificationAuthority */
    DAOTP__KIND_SECURITY, /* Security-Auditing */
    DAOTP__KIND_CAPI,     /* CAPI2 */
    DAOTP__KIND_RAS,      /* RasClient, RemoteAccess */
    DAOTP__KIND_ENROLL,   /* CertificateServicesClient */
    DAOTP__KIND_DCOM,     /* DistributedCOM */
    DAOTP__KIND_UAG,      /* Forefront UAG */
    DAOTP__KIND_REASON,   /* of NPS */
    DAOTP__KIND_WIN32,    /* Win32 and RPC */
    DAOTP__KIND_IIS, /* status and substatus: 403016 is 403.16, 403999 is 403 without a substatus */
    DAOTP__KIND_ALERT,          /* TLS */
    DAOTP__KIND_RADIUS,         /* codes of packets */
    DAOTP__KIND_DISPOSITION,    /* of a certification authority */
    DAOTP__KIND_HRESULT,        /* SSPI, Schannel, chains, enrolment */
    DAOTP__KIND_NTSTATUS,       /* what the logon shows */
    DAOTP__KIND_RPC,            /* DCE faults */
    DAOTP__KIND_SECURE_FAILURE, /* flags of the WinHTTP error 12175 */
    DAOTP__KIND_CHAIN_STATUS,   /* CERT_TRUST_STATUS bits */
    DAOTP__KIND_OID,            /* first name: the dotted form */
    DAOTP__KIND_WORD,           /* known by name only */
    DAOTP__KIND_SOURCE,         /* of events; the value is the kind of its events */
    DAOTP__KIND_STAGE,          /* a stage of the enrolment */
    DAOTP__KIND_REQUIREMENT,    /* of a certificate or a template: C1.1 */
    DAOTP__KIND_COUNT
} daotp__kind;

/* How certain and how specific a row is. */
typedef enum daotp__standing {
    DAOTP__FACT,
    DAOTP__LIKELY,  /* an inference */
    DAOTP__GENERAL, /* a fact; another code in the same message is more specific */
    DAOTP__RARE     /* a rare fact: the last meaning of a number without a kind */
} daotp__standing;

typedef struct daotp__code {
    daotp__kind kind;
    uint32_t value;
    const char *names; /* separated by blanks */
    const char *stage; /* as daotp_stage_name(); "tunnel" for IPsec */
    daotp__standing standing;
    const char *meaning;
    const char *causes; /* ids of causes, the most frequent first */
    const char *confused;
    const char *source;
} daotp__code;

typedef struct daotp__cause {
    const char *id, *stage;
    daotp__standing standing;
    const char *title, *check, *cure, *source;
} daotp__cause;

/* The roles of certificates in a deployment. */
typedef enum daotp__part {
    DAOTP__PART_RA,
    DAOTP__PART_OTP_LOGON,
    DAOTP__PART_MACHINE,
    DAOTP__PART_SERVER,
    DAOTP__PART_KDC,
    DAOTP__PART_CA,
    DAOTP__PART_NTAUTH,
    DAOTP__PART_COUNT
} daotp__part;

typedef enum daotp__weight { DAOTP__MUST, DAOTP__SHOULD, DAOTP__MAY } daotp__weight;

/* A requirement; it also has a row in the table of codes. */
typedef struct daotp__requirement {
    const char *ids;
    daotp__part part;
    daotp_finding_number finding; /* reported when the requirement is not met; DAOTP_FINDING_NONE:
                                     the library cannot see it */
    daotp__weight weight;
    const char *statement, *setting, *command, *source;
} daotp__requirement;

/* A message, by its significant words, folded by daotp__text_fold(). */
typedef struct daotp__message {
    const char *language, *reference, *words;
} daotp__message;

extern const daotp__code daotp__codes[];
extern const size_t daotp__code_count;
extern const daotp__cause daotp__causes[];
extern const size_t daotp__cause_count;
extern const daotp__requirement daotp__requirements[];
extern const size_t daotp__requirement_count;
extern const daotp__message daotp__messages[];
extern const size_t daotp__message_count;

const char *daotp__kind_name(daotp__kind kind); /* in words */
bool daotp__kind_is_win32(daotp__kind kind);    /* the kind also occurs as an HRESULT 0x8007xxxx */
/* The kinds for a prefix ("krb", "event") of len bytes, one bit each, ignoring case; 0: the
 * prefix is unknown. */
uint32_t daotp__kinds_by_prefix(const char *prefix, size_t len);
enum { DAOTP__ID_SIZE = 64, DAOTP__NAMES_SIZE = 320 };
/* "krb:16", "0x80092013", "iis:403.16"; "KDC:39", and "event:10005" of the OTP client. */
void daotp__code_id(const daotp__code *code, char id[DAOTP__ID_SIZE]);
/* Write the symbolic names, and the other forms of the number. */
void daotp__code_names(const daotp__code *code, char names[DAOTP__NAMES_SIZE]);

const daotp__code *daotp__code_find(daotp__kind kind, uint32_t value);
/* Find the code for an HRESULT. One of the Win32 facility is looked up as the Win32 code, one
 * that wraps an NTSTATUS as the NTSTATUS. */
const daotp__code *daotp__code_by_hresult(uint32_t value);
/* Whether the blank-separated list has the word of len bytes, ignoring case. */
bool daotp__list_has(const char *list, const char *word, size_t len);
/* The cause with this id of len bytes; NULL: none. */
const daotp__cause *daotp__cause_find(const char *id, size_t len);
/* The nth word (from 0) of a blank-separated list, its length in *len; NULL after the last. */
const char *daotp__list_word(const char *list, size_t n, size_t *len);

#endif

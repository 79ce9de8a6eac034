/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file catalogue.h
 * The catalogue of everything that can be wrong. Made from libdaotp/core/catalogue.def by
 * libdaotp/core/gen_catalogue.py: edit that table, not this file.
 */
#ifndef DAOTP_CATALOGUE_H
#define DAOTP_CATALOGUE_H

#include <daotp/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The stages of an enrolment and of a responder's exchange; *call* is for findings of no stage. */
typedef enum daotp_stage {
    DAOTP_STAGE_CALL = 0,        /**< belongs to no stage */
    DAOTP_STAGE_PREPARE = 1,     /**< key pair and certificate request */
    DAOTP_STAGE_RESOLVE = 2,     /**< name to addresses */
    DAOTP_STAGE_CONNECT = 3,     /**< TCP, through a proxy if one is set */
    DAOTP_STAGE_TLS = 4,         /**< server chain and name, client certificate */
    DAOTP_STAGE_OTP = 5,         /**< the MS-OTPCE exchange */
    DAOTP_STAGE_SIGNATURE = 6,   /**< the returned CMC: our request, and the signature of the RA */
    DAOTP_STAGE_SUBMIT = 7,      /**< to the certification authority */
    DAOTP_STAGE_PROFILE = 8,     /**< is the issued certificate fit for logon */
    DAOTP_STAGE_CHAIN = 9,       /**< path to an anchor */
    DAOTP_STAGE_REVOCATION = 10, /**< CRLs found, fresh, not listing it */
    DAOTP_STAGE_STORE = 11,      /**< the credential is stored durably */
    DAOTP_STAGE_LOGON = 12,      /**< optional proof: a Kerberos ticket by PKINIT */
    DAOTP_STAGE_DECODE = 13,     /**< responder: HTTP and XML */
    DAOTP_STAGE_REQUEST = 14,    /**< responder: the certificate request */
    DAOTP_STAGE_USER = 15,       /**< responder: who is this user */
    DAOTP_STAGE_CODE = 16,       /**< responder: is this code right */
    DAOTP_STAGE_SIGN = 17        /**< responder: signing and the CA list */
} daotp_stage;

/** One more than the highest stage of an enrolment. Stage 0 is no stage, so a progress bar has
 *  DAOTP_STAGE_COUNT - 1 steps. */
#define DAOTP_STAGE_COUNT 13
/** One more than the highest stage of all, those of the responder included. */
#define DAOTP_STAGE_ALL_COUNT 18

/** How bad a finding is. */
typedef enum daotp_severity {
    DAOTP_SEVERITY_INFORMATION = 0, /**< worth knowing */
    DAOTP_SEVERITY_WARNING = 1,     /**< works today, but will cause trouble */
    DAOTP_SEVERITY_ERROR = 2        /**< stops the run */
} daotp_severity;

/* clang-format off */
/** The rows of the catalogue. A number is never reused. */
typedef enum daotp_finding_number {
    DAOTP_FINDING_NONE = 0,                         /**< no finding */
    DAOTP_FINDING_CALL_ARGUMENT                 = 1, /**< CALL-ARGUMENT */
    DAOTP_FINDING_CALL_ORDER                    = 2, /**< CALL-ORDER */
    DAOTP_FINDING_CALL_MEMORY                   = 3, /**< CALL-MEMORY */
    DAOTP_FINDING_CALL_CANCELLED                = 4, /**< CALL-CANCELLED */
    DAOTP_FINDING_CALL_TIMEOUT                  = 5, /**< CALL-TIMEOUT */
    DAOTP_FINDING_CALL_INTERNAL                 = 6, /**< CALL-INTERNAL */
    DAOTP_FINDING_BUILD_WITHOUT                 = 7, /**< BUILD-WITHOUT */
    DAOTP_FINDING_LIMIT_SIZE                    = 8, /**< LIMIT-SIZE */
    DAOTP_FINDING_FILE_READ                     = 9, /**< FILE-READ */
    DAOTP_FINDING_FILE_WRITE                    = 10, /**< FILE-WRITE */
    DAOTP_FINDING_FILE_OPEN_TO_OTHERS           = 11, /**< FILE-OPEN-TO-OTHERS */
    DAOTP_FINDING_CERT_DER                      = 12, /**< CERT-DER */
    DAOTP_FINDING_KEY_READ                      = 13, /**< KEY-READ */
    DAOTP_FINDING_KEY_MISMATCH                  = 14, /**< KEY-MISMATCH */
    DAOTP_FINDING_KEY_KIND                      = 15, /**< KEY-KIND */
    DAOTP_FINDING_KEY_WEAK                      = 16, /**< KEY-WEAK */
    DAOTP_FINDING_INPUT_KIND                    = 17, /**< INPUT-KIND */
    DAOTP_FINDING_TRUST_FILE                    = 24, /**< TRUST-FILE */
    DAOTP_FINDING_CONFIG_LINE                   = 40, /**< CONFIG-LINE */
    DAOTP_FINDING_CONFIG_KEY                    = 41, /**< CONFIG-KEY */
    DAOTP_FINDING_CONFIG_VALUE                  = 42, /**< CONFIG-VALUE */
    DAOTP_FINDING_CONFIG_TWICE                  = 43, /**< CONFIG-TWICE */
    DAOTP_FINDING_CONFIG_SECRET                 = 44, /**< CONFIG-SECRET */
    DAOTP_FINDING_CONFIG_LOCKED                 = 45, /**< CONFIG-LOCKED */
    DAOTP_FINDING_CONFIG_OWNER                  = 46, /**< CONFIG-OWNER */
    DAOTP_FINDING_CONFIG_MISSING                = 47, /**< CONFIG-MISSING */
    DAOTP_FINDING_CONFIG_NEEDS                  = 48, /**< CONFIG-NEEDS */
    DAOTP_FINDING_CLIENT_NO_SERVER              = 100, /**< CLIENT-NO-SERVER */
    DAOTP_FINDING_CLIENT_NO_TRUST               = 102, /**< CLIENT-NO-TRUST */
    DAOTP_FINDING_CLIENT_NO_CA                  = 103, /**< CLIENT-NO-CA */
    DAOTP_FINDING_CLIENT_NO_TEMPLATE            = 104, /**< CLIENT-NO-TEMPLATE */
    DAOTP_FINDING_CLIENT_NO_STORE               = 105, /**< CLIENT-NO-STORE */
    DAOTP_FINDING_USER_NAME                     = 106, /**< USER-NAME */
    DAOTP_FINDING_USER_NO_UPN                   = 107, /**< USER-NO-UPN */
    DAOTP_FINDING_USER_NO_DN                    = 108, /**< USER-NO-DN */
    DAOTP_FINDING_OTP_FORM                      = 109, /**< OTP-FORM */
    DAOTP_FINDING_DOMAIN_CREDENTIAL             = 110, /**< DOMAIN-CREDENTIAL */
    DAOTP_FINDING_TRUST_EMPTY                   = 111, /**< TRUST-EMPTY */
    DAOTP_FINDING_PREPARE_NO_PREFLIGHT          = 112, /**< PREPARE-NO-PREFLIGHT */
    DAOTP_FINDING_CA_HOST_LIST                  = 113, /**< CA-HOST-LIST */
    DAOTP_FINDING_DNS_FAILED                    = 200, /**< DNS-FAILED */
    DAOTP_FINDING_DNS_TIMEOUT                   = 201, /**< DNS-TIMEOUT */
    DAOTP_FINDING_TCP_FAILED                    = 202, /**< TCP-FAILED */
    DAOTP_FINDING_TCP_TIMEOUT                   = 203, /**< TCP-TIMEOUT */
    DAOTP_FINDING_PROXY_FAILED                  = 204, /**< PROXY-FAILED */
    DAOTP_FINDING_PROXY_ADDRESS                 = 205, /**< PROXY-ADDRESS */
    DAOTP_FINDING_TLS_FAILED                    = 220, /**< TLS-FAILED */
    DAOTP_FINDING_TLS_SERVER_UNTRUSTED          = 221, /**< TLS-SERVER-UNTRUSTED */
    DAOTP_FINDING_TLS_SERVER_NAME               = 222, /**< TLS-SERVER-NAME */
    DAOTP_FINDING_TLS_SERVER_EXPIRED            = 223, /**< TLS-SERVER-EXPIRED */
    DAOTP_FINDING_TLS_SERVER_USAGE              = 224, /**< TLS-SERVER-USAGE */
    DAOTP_FINDING_TLS_NO_CLIENT_CERT_REQUEST    = 225, /**< TLS-NO-CLIENT-CERT-REQUEST */
    DAOTP_FINDING_TLS_CLIENT_CERT_MISSING       = 226, /**< TLS-CLIENT-CERT-MISSING */
    DAOTP_FINDING_TLS_CLIENT_CERT_REFUSED       = 227, /**< TLS-CLIENT-CERT-REFUSED */
    DAOTP_FINDING_TLS_CLIENT_CERT_ISSUER        = 228, /**< TLS-CLIENT-CERT-ISSUER */
    DAOTP_FINDING_TLS_CLIENT_CERT_DATES         = 229, /**< TLS-CLIENT-CERT-DATES */
    DAOTP_FINDING_TLS_CLIENT_CERT_USAGE         = 230, /**< TLS-CLIENT-CERT-USAGE */
    DAOTP_FINDING_TLS_LATE_UNSUPPORTED          = 231, /**< TLS-LATE-UNSUPPORTED */
    DAOTP_FINDING_TLS_TIMEOUT                   = 232, /**< TLS-TIMEOUT */
    DAOTP_FINDING_TLS_REPEATS                   = 233, /**< TLS-REPEATS */
    DAOTP_FINDING_TLS_KEY_SHARED                = 234, /**< TLS-KEY-SHARED */
    DAOTP_FINDING_TLS_SERVER_NOTYET             = 235, /**< TLS-SERVER-NOTYET */
    DAOTP_FINDING_TLS_SERVER_KEY                = 236, /**< TLS-SERVER-KEY */
    DAOTP_FINDING_TLS_SERVER_HASH               = 237, /**< TLS-SERVER-HASH */
    DAOTP_FINDING_TLS_SERVER_REVOKED            = 238, /**< TLS-SERVER-REVOKED */
    DAOTP_FINDING_TLS_SERVER_REVOCATION         = 239, /**< TLS-SERVER-REVOCATION */
    DAOTP_FINDING_TLS_SERVER_REVOCATION_SKIPPED = 240, /**< TLS-SERVER-REVOCATION-SKIPPED */
    DAOTP_FINDING_TLS_SERVER_INSPECTED          = 241, /**< TLS-SERVER-INSPECTED */
    DAOTP_FINDING_TLS_VERSION                   = 242, /**< TLS-VERSION */
    DAOTP_FINDING_TLS_PROTOCOL                  = 243, /**< TLS-PROTOCOL */
    DAOTP_FINDING_TLS_RESET                     = 244, /**< TLS-RESET */
    DAOTP_FINDING_TLS_CIPHER                    = 245, /**< TLS-CIPHER */
    DAOTP_FINDING_TLS_HOST_UNKNOWN              = 246, /**< TLS-HOST-UNKNOWN */
    DAOTP_FINDING_TLS_CLIENT_CERT_CHAIN         = 247, /**< TLS-CLIENT-CERT-CHAIN */
    DAOTP_FINDING_HTTP_FORBIDDEN                = 300, /**< HTTP-FORBIDDEN */
    DAOTP_FINDING_HTTP_STATUS                   = 301, /**< HTTP-STATUS */
    DAOTP_FINDING_HTTP_NOT_FOUND                = 302, /**< HTTP-NOT-FOUND */
    DAOTP_FINDING_HTTP_MALFORMED                = 303, /**< HTTP-MALFORMED */
    DAOTP_FINDING_HTTP_CONNECTION_LOST          = 304, /**< HTTP-CONNECTION-LOST */
    DAOTP_FINDING_HTTP_TOO_LARGE                = 305, /**< HTTP-TOO-LARGE */
    DAOTP_FINDING_OTP_VERSION                   = 306, /**< OTP-VERSION */
    DAOTP_FINDING_OTP_CONTENT_TYPE              = 307, /**< OTP-CONTENT-TYPE */
    DAOTP_FINDING_OTP_MESSAGE                   = 308, /**< OTP-MESSAGE */
    DAOTP_FINDING_OTP_AUTHENTICATION            = 309, /**< OTP-AUTHENTICATION */
    DAOTP_FINDING_OTP_CHALLENGE                 = 310, /**< OTP-CHALLENGE */
    DAOTP_FINDING_OTP_OTHER                     = 311, /**< OTP-OTHER */
    DAOTP_FINDING_OTP_NO_ISSUING_CA             = 312, /**< OTP-NO-ISSUING-CA */
    DAOTP_FINDING_OTP_NO_REQUEST                = 313, /**< OTP-NO-REQUEST */
    DAOTP_FINDING_OTP_SPENT                     = 314, /**< OTP-SPENT */
    DAOTP_FINDING_HTTP_REDIRECT                 = 315, /**< HTTP-REDIRECT */
    DAOTP_FINDING_HTTP_SIGN_IN                  = 316, /**< HTTP-SIGN-IN */
    DAOTP_FINDING_HTTP_PATH                     = 317, /**< HTTP-PATH */
    DAOTP_FINDING_HTTP_METHOD                   = 318, /**< HTTP-METHOD */
    DAOTP_FINDING_HTTP_BODY_LIMIT               = 319, /**< HTTP-BODY-LIMIT */
    DAOTP_FINDING_HTTP_UNAVAILABLE              = 320, /**< HTTP-UNAVAILABLE */
    DAOTP_FINDING_HTTP_PAGE                     = 321, /**< HTTP-PAGE */
    DAOTP_FINDING_HTTP_SILENT                   = 322, /**< HTTP-SILENT */
    DAOTP_FINDING_HTTP_HEAD                     = 323, /**< HTTP-HEAD */
    DAOTP_FINDING_CMC_TYPE                      = 400, /**< CMC-TYPE */
    DAOTP_FINDING_CMC_ONE_REQ                   = 401, /**< CMC-ONE-REQ */
    DAOTP_FINDING_CMC_SAME_CSR                  = 402, /**< CMC-SAME-CSR */
    DAOTP_FINDING_CMC_BODYID                    = 403, /**< CMC-BODYID */
    DAOTP_FINDING_CMC_EXTRA                     = 404, /**< CMC-EXTRA */
    DAOTP_FINDING_CMC_NOSIG                     = 405, /**< CMC-NOSIG */
    DAOTP_FINDING_CMC_ATTRS                     = 406, /**< CMC-ATTRS */
    DAOTP_FINDING_CMC_RASIG                     = 407, /**< CMC-RASIG */
    DAOTP_FINDING_CMC_HASH                      = 408, /**< CMC-HASH */
    DAOTP_FINDING_RA_EMBED                      = 409, /**< RA-EMBED */
    DAOTP_FINDING_RA_EKU                        = 410, /**< RA-EKU */
    DAOTP_FINDING_RA_EKU_ONLY                   = 411, /**< RA-EKU-ONLY */
    DAOTP_FINDING_RA_APPPOL                     = 412, /**< RA-APPPOL */
    DAOTP_FINDING_RA_KU                         = 413, /**< RA-KU */
    DAOTP_FINDING_RA_VALIDITY                   = 414, /**< RA-VALIDITY */
    DAOTP_FINDING_RA_LIFETIME                   = 415, /**< RA-LIFETIME */
    DAOTP_FINDING_RA_NOTSELF                    = 416, /**< RA-NOTSELF */
    DAOTP_FINDING_RA_NOT_CA                     = 417, /**< RA-NOT-CA */
    DAOTP_FINDING_RA_NOT_EA                     = 418, /**< RA-NOT-EA */
    DAOTP_FINDING_RA_SAN                        = 419, /**< RA-SAN */
    DAOTP_FINDING_RA_REVOCATION                 = 420, /**< RA-REVOCATION */
    DAOTP_FINDING_RA_CHAIN                      = 421, /**< RA-CHAIN */
    DAOTP_FINDING_RA_KEY                        = 422, /**< RA-KEY */
    DAOTP_FINDING_CMC_KEY_SHARED                = 423, /**< CMC-KEY-SHARED */
    DAOTP_FINDING_CMC_IDENTITY                  = 424, /**< CMC-IDENTITY */
    DAOTP_FINDING_CMC_SIGNER                    = 425, /**< CMC-SIGNER */
    DAOTP_FINDING_CMC_VERSION                   = 426, /**< CMC-VERSION */
    DAOTP_FINDING_CA_CONFIG                     = 500, /**< CA-CONFIG */
    DAOTP_FINDING_CA_UNREACHABLE                = 501, /**< CA-UNREACHABLE */
    DAOTP_FINDING_CA_TIMEOUT                    = 502, /**< CA-TIMEOUT */
    DAOTP_FINDING_CA_HTTP                       = 503, /**< CA-HTTP */
    DAOTP_FINDING_CA_CREDENTIAL                 = 504, /**< CA-CREDENTIAL */
    DAOTP_FINDING_CA_MESSAGE                    = 505, /**< CA-MESSAGE */
    DAOTP_FINDING_CA_FAULT                      = 506, /**< CA-FAULT */
    DAOTP_FINDING_CA_PENDING                    = 507, /**< CA-PENDING */
    DAOTP_FINDING_CA_DENIED                     = 508, /**< CA-DENIED */
    DAOTP_FINDING_CA_RESPONSE                   = 509, /**< CA-RESPONSE */
    DAOTP_FINDING_CA_WAITING_FILE               = 510, /**< CA-WAITING-FILE */
    DAOTP_FINDING_CA_URL                        = 511, /**< CA-URL */
    DAOTP_FINDING_CA_LOST                       = 512, /**< CA-LOST */
    DAOTP_FINDING_CA_HOST                       = 513, /**< CA-HOST */
    DAOTP_FINDING_CA_PORT                       = 514, /**< CA-PORT */
    DAOTP_FINDING_DOMAIN_REPEATED               = 515, /**< DOMAIN-REPEATED */
    DAOTP_FINDING_CA_TRANSPORT                  = 516, /**< CA-TRANSPORT */
    DAOTP_FINDING_CA_UNEXPLAINED                = 517, /**< CA-UNEXPLAINED */
    DAOTP_FINDING_CA_TEMPLATE_DENIED            = 520, /**< CA-TEMPLATE-DENIED */
    DAOTP_FINDING_CA_ENROLL_DENIED              = 521, /**< CA-ENROLL-DENIED */
    DAOTP_FINDING_CA_TEMPLATE_UNSUPPORTED       = 522, /**< CA-TEMPLATE-UNSUPPORTED */
    DAOTP_FINDING_CA_TEMPLATE_NONE              = 523, /**< CA-TEMPLATE-NONE */
    DAOTP_FINDING_CA_TEMPLATE_CONFLICT          = 524, /**< CA-TEMPLATE-CONFLICT */
    DAOTP_FINDING_CA_TEMPLATE_VERSION           = 525, /**< CA-TEMPLATE-VERSION */
    DAOTP_FINDING_CA_SIGNATURE_REQUIRED         = 526, /**< CA-SIGNATURE-REQUIRED */
    DAOTP_FINDING_CA_SIGNATURE_COUNT            = 527, /**< CA-SIGNATURE-COUNT */
    DAOTP_FINDING_CA_SIGNATURE_REJECTED         = 528, /**< CA-SIGNATURE-REJECTED */
    DAOTP_FINDING_CA_KEY_LENGTH                 = 529, /**< CA-KEY-LENGTH */
    DAOTP_FINDING_CA_UPN_REQUIRED               = 530, /**< CA-UPN-REQUIRED */
    DAOTP_FINDING_CA_RA_EXPIRED                 = 531, /**< CA-RA-EXPIRED */
    DAOTP_FINDING_CA_RA_UNTRUSTED               = 532, /**< CA-RA-UNTRUSTED */
    DAOTP_FINDING_CA_RA_REVOKED                 = 533, /**< CA-RA-REVOKED */
    DAOTP_FINDING_CA_RA_REVOCATION              = 534, /**< CA-RA-REVOCATION */
    DAOTP_FINDING_CA_ACCESS                     = 535, /**< CA-ACCESS */
    DAOTP_FINDING_CA_ARGUMENT                   = 536, /**< CA-ARGUMENT */
    DAOTP_FINDING_CA_DATA                       = 537, /**< CA-DATA */
    DAOTP_FINDING_CA_WEAK                       = 538, /**< CA-WEAK */
    DAOTP_FINDING_CA_DIGEST                     = 539, /**< CA-DIGEST */
    DAOTP_FINDING_CA_NTAUTH                     = 540, /**< CA-NTAUTH */
    DAOTP_FINDING_CA_NTLM                       = 541, /**< CA-NTLM */
    DAOTP_FINDING_CA_RPC_OFF                    = 542, /**< CA-RPC-OFF */
    DAOTP_FINDING_CA_DCOM_OFF                   = 543, /**< CA-DCOM-OFF */
    DAOTP_FINDING_CA_DCOM_CLASS                 = 544, /**< CA-DCOM-CLASS */
    DAOTP_FINDING_CA_RPC_FIREWALL               = 545, /**< CA-RPC-FIREWALL */
    DAOTP_FINDING_CA_RPC_ACCESS                 = 546, /**< CA-RPC-ACCESS */
    DAOTP_FINDING_CA_RPC_FAULT                  = 547, /**< CA-RPC-FAULT */
    DAOTP_FINDING_CA_RPC_MESSAGE                = 548, /**< CA-RPC-MESSAGE */
    DAOTP_FINDING_CA_RPC_SEAL                   = 549, /**< CA-RPC-SEAL */
    DAOTP_FINDING_CA_RPC_CIPHER                 = 550, /**< CA-RPC-CIPHER */
    DAOTP_FINDING_CA_RPC_BUSY                   = 551, /**< CA-RPC-BUSY */
    DAOTP_FINDING_CA_ADDRESS                    = 552, /**< CA-ADDRESS */
    DAOTP_FINDING_CA_TICKET                     = 553, /**< CA-TICKET */
    DAOTP_FINDING_CA_OTHER_TICKET               = 554, /**< CA-OTHER-TICKET */
    DAOTP_FINDING_CA_MACHINE_TICKET             = 555, /**< CA-MACHINE-TICKET */
    DAOTP_FINDING_CA_PRINCIPAL                  = 556, /**< CA-PRINCIPAL */
    DAOTP_FINDING_CA_CLOCK                      = 557, /**< CA-CLOCK */
    DAOTP_FINDING_CA_KDC                        = 558, /**< CA-KDC */
    DAOTP_FINDING_CA_KERBEROS                   = 559, /**< CA-KERBEROS */
    DAOTP_FINDING_CA_WAY                        = 560, /**< CA-WAY */
    DAOTP_FINDING_CA_ANSWERS                    = 561, /**< CA-ANSWERS */
    DAOTP_FINDING_CA_STATUS                     = 562, /**< CA-STATUS */
    DAOTP_FINDING_CA_DISPOSITION                = 563, /**< CA-DISPOSITION */
    DAOTP_FINDING_CA_STEP                       = 564, /**< CA-STEP */
    DAOTP_FINDING_CA_PROPERTY                   = 565, /**< CA-PROPERTY */
    DAOTP_FINDING_CA_RPC_SILENT                 = 566, /**< CA-RPC-SILENT */
    DAOTP_FINDING_CA_KEYTAB                     = 567, /**< CA-KEYTAB */
    DAOTP_FINDING_RA_TEMPLATE                   = 568, /**< RA-TEMPLATE */
    DAOTP_FINDING_CA_METHOD                     = 570, /**< CA-METHOD */
    DAOTP_FINDING_CA_TICKET_REFUSED             = 571, /**< CA-TICKET-REFUSED */
    DAOTP_FINDING_CA_PAGE                       = 572, /**< CA-PAGE */
    DAOTP_FINDING_CA_MULTIPART                  = 573, /**< CA-MULTIPART */
    DAOTP_FINDING_CA_SOAP_VERSION               = 574, /**< CA-SOAP-VERSION */
    DAOTP_FINDING_CA_PATH                       = 575, /**< CA-PATH */
    DAOTP_FINDING_CA_UNAVAILABLE                = 576, /**< CA-UNAVAILABLE */
    DAOTP_FINDING_CA_FORBIDDEN                  = 577, /**< CA-FORBIDDEN */
    DAOTP_FINDING_CA_MANAGER_DENIED             = 578, /**< CA-MANAGER-DENIED */
    DAOTP_FINDING_CA_NOT_READY                  = 579, /**< CA-NOT-READY */
    DAOTP_FINDING_CA_SUBJECT                    = 580, /**< CA-SUBJECT */
    DAOTP_FINDING_CA_NAME_REQUIRED              = 581, /**< CA-NAME-REQUIRED */
    DAOTP_FINDING_CA_RENEWAL                    = 582, /**< CA-RENEWAL */
    DAOTP_FINDING_CA_ARCHIVAL                   = 583, /**< CA-ARCHIVAL */
    DAOTP_FINDING_CA_ATTESTATION                = 584, /**< CA-ATTESTATION */
    DAOTP_FINDING_CA_ROLES                      = 585, /**< CA-ROLES */
    DAOTP_FINDING_CA_POLICY_REQUIRED            = 586, /**< CA-POLICY-REQUIRED */
    DAOTP_FINDING_CA_SMIME                      = 587, /**< CA-SMIME */
    DAOTP_FINDING_CA_TEMPLATE_PERIODS           = 588, /**< CA-TEMPLATE-PERIODS */
    DAOTP_FINDING_CA_SIGNATURES_MANY            = 589, /**< CA-SIGNATURES-MANY */
    DAOTP_FINDING_CA_OWN_CERTIFICATE            = 590, /**< CA-OWN-CERTIFICATE */
    DAOTP_FINDING_CA_DATABASE                   = 591, /**< CA-DATABASE */
    DAOTP_FINDING_CA_SID_REQUIRED               = 592, /**< CA-SID-REQUIRED */
    DAOTP_FINDING_CA_PRECERTIFICATE             = 593, /**< CA-PRECERTIFICATE */
    DAOTP_FINDING_CA_RA_CHAIN                   = 594, /**< CA-RA-CHAIN */
    DAOTP_FINDING_CA_OLD_CONTROLLER             = 595, /**< CA-OLD-CONTROLLER */
    DAOTP_FINDING_CA_DIRECTORY                  = 596, /**< CA-DIRECTORY */
    DAOTP_FINDING_OTP_KEY                       = 600, /**< OTP-KEY */
    DAOTP_FINDING_OTP_EKU                       = 601, /**< OTP-EKU */
    DAOTP_FINDING_OTP_KU                        = 602, /**< OTP-KU */
    DAOTP_FINDING_OTP_UPN                       = 603, /**< OTP-UPN */
    DAOTP_FINDING_OTP_SUBJECT                   = 604, /**< OTP-SUBJECT */
    DAOTP_FINDING_OTP_LIFETIME                  = 605, /**< OTP-LIFETIME */
    DAOTP_FINDING_OTP_LONG                      = 606, /**< OTP-LONG */
    DAOTP_FINDING_OTP_NOTYET                    = 607, /**< OTP-NOTYET */
    DAOTP_FINDING_OTP_EXPIRED                   = 608, /**< OTP-EXPIRED */
    DAOTP_FINDING_OTP_TEMPLATE                  = 609, /**< OTP-TEMPLATE */
    DAOTP_FINDING_OTP_CDP                       = 610, /**< OTP-CDP */
    DAOTP_FINDING_OTP_SID                       = 611, /**< OTP-SID */
    DAOTP_FINDING_OTP_SID_OTHER                 = 612, /**< OTP-SID-OTHER */
    DAOTP_FINDING_OTP_SIGALG                    = 613, /**< OTP-SIGALG */
    DAOTP_FINDING_OTP_NOT_CA                    = 614, /**< OTP-NOT-CA */
    DAOTP_FINDING_OTP_CRITICAL                  = 615, /**< OTP-CRITICAL */
    DAOTP_FINDING_OTP_SERIAL                    = 616, /**< OTP-SERIAL */
    DAOTP_FINDING_OTP_SIDURL                    = 617, /**< OTP-SIDURL */
    DAOTP_FINDING_CHAIN_SKIPPED                 = 650, /**< CHAIN-SKIPPED */
    DAOTP_FINDING_REVOCATION_SKIPPED            = 651, /**< REVOCATION-SKIPPED */
    DAOTP_FINDING_STORE_LABEL                   = 700, /**< STORE-LABEL */
    DAOTP_FINDING_STORE_MISSING                 = 701, /**< STORE-MISSING */
    DAOTP_FINDING_STORE_WRITE                   = 702, /**< STORE-WRITE */
    DAOTP_FINDING_STORE_LOCKED                  = 703, /**< STORE-LOCKED */
    DAOTP_FINDING_STORE_DAMAGED                 = 704, /**< STORE-DAMAGED */
    DAOTP_FINDING_STORE_MODE                    = 705, /**< STORE-MODE */
    DAOTP_FINDING_STORE_FULL                    = 706, /**< STORE-FULL */
    DAOTP_FINDING_STORE_KEY                     = 707, /**< STORE-KEY */
    DAOTP_FINDING_STORE_REMOVE                  = 708, /**< STORE-REMOVE */
    DAOTP_FINDING_STORE_UNSURE                  = 709, /**< STORE-UNSURE */
    DAOTP_FINDING_STORE_BACKEND                 = 710, /**< STORE-BACKEND */
    DAOTP_FINDING_STORE_UNEXPLAINED             = 711, /**< STORE-UNEXPLAINED */
    DAOTP_FINDING_STORE_EXPIRED                 = 712, /**< STORE-EXPIRED */
    DAOTP_FINDING_STORE_URI                     = 713, /**< STORE-URI */
    DAOTP_FINDING_STORE_ABSENT                  = 714, /**< STORE-ABSENT */
    DAOTP_FINDING_STORE_PLUGIN                  = 715, /**< STORE-PLUGIN */
    DAOTP_FINDING_STORE_PASSPHRASE              = 716, /**< STORE-PASSPHRASE */
    DAOTP_FINDING_STORE_OLD_CIPHER              = 717, /**< STORE-OLD-CIPHER */
    DAOTP_FINDING_STORE_WOULD_LOSE              = 718, /**< STORE-WOULD-LOSE */
    DAOTP_FINDING_STORE_PIN                     = 720, /**< STORE-PIN */
    DAOTP_FINDING_STORE_PIN_LOCKED              = 721, /**< STORE-PIN-LOCKED */
    DAOTP_FINDING_STORE_TOKEN                   = 722, /**< STORE-TOKEN */
    DAOTP_FINDING_STORE_TOKEN_GONE              = 723, /**< STORE-TOKEN-GONE */
    DAOTP_FINDING_STORE_TOKEN_FAILED            = 724, /**< STORE-TOKEN-FAILED */
    DAOTP_FINDING_STORE_KEY_ABSENT              = 725, /**< STORE-KEY-ABSENT */
    DAOTP_FINDING_KEY_UNEXPLAINED               = 726, /**< KEY-UNEXPLAINED */
    DAOTP_FINDING_STORE_MAKES_NO_KEYS           = 727, /**< STORE-MAKES-NO-KEYS */
    DAOTP_FINDING_LOGON_SKIPPED                 = 800, /**< LOGON-SKIPPED */
    DAOTP_FINDING_LOGON_KDC_UNREACHABLE         = 801, /**< LOGON-KDC-UNREACHABLE */
    DAOTP_FINDING_LOGON_REFUSED                 = 802, /**< LOGON-REFUSED */
    DAOTP_FINDING_LOGON_CLIENT_UNKNOWN          = 803, /**< LOGON-CLIENT-UNKNOWN */
    DAOTP_FINDING_LOGON_NAME_MISMATCH           = 804, /**< LOGON-NAME-MISMATCH */
    DAOTP_FINDING_LOGON_KEY_PURPOSE             = 805, /**< LOGON-KEY-PURPOSE */
    DAOTP_FINDING_LOGON_UNTRUSTED               = 806, /**< LOGON-UNTRUSTED */
    DAOTP_FINDING_LOGON_REVOKED                 = 807, /**< LOGON-REVOKED */
    DAOTP_FINDING_LOGON_REVOCATION              = 808, /**< LOGON-REVOCATION */
    DAOTP_FINDING_LOGON_INVALID                 = 809, /**< LOGON-INVALID */
    DAOTP_FINDING_LOGON_PREAUTH                 = 810, /**< LOGON-PREAUTH */
    DAOTP_FINDING_LOGON_TICKET                  = 811, /**< LOGON-TICKET */
    DAOTP_FINDING_LOGON_MISMATCH                = 812, /**< LOGON-MISMATCH */
    DAOTP_FINDING_LOGON_FAILED                  = 813, /**< LOGON-FAILED */
    DAOTP_FINDING_LOGON_KDC_SILENT              = 814, /**< LOGON-KDC-SILENT */
    DAOTP_FINDING_LOGON_CONFIG                  = 815, /**< LOGON-CONFIG */
    DAOTP_FINDING_LOGON_ANSWER                  = 816, /**< LOGON-ANSWER */
    DAOTP_FINDING_LOGON_KDC_CERTIFICATE         = 817, /**< LOGON-KDC-CERTIFICATE */
    DAOTP_FINDING_LOGON_KDC_CERTIFICATE_LIKELY  = 818, /**< LOGON-KDC-CERTIFICATE-LIKELY */
    DAOTP_FINDING_LOGON_PKINIT_NOT_OFFERED      = 819, /**< LOGON-PKINIT-NOT-OFFERED */
    DAOTP_FINDING_LOGON_SKEW                    = 820, /**< LOGON-SKEW */
    DAOTP_FINDING_LOGON_REALM                   = 821, /**< LOGON-REALM */
    DAOTP_FINDING_LOGON_NOT_UNIQUE              = 822, /**< LOGON-NOT-UNIQUE */
    DAOTP_FINDING_LOGON_ACCOUNT_DISABLED        = 823, /**< LOGON-ACCOUNT-DISABLED */
    DAOTP_FINDING_LOGON_ACCOUNT_LOCKED          = 824, /**< LOGON-ACCOUNT-LOCKED */
    DAOTP_FINDING_LOGON_ACCOUNT_EXPIRED         = 825, /**< LOGON-ACCOUNT-EXPIRED */
    DAOTP_FINDING_LOGON_PASSWORD_EXPIRED        = 826, /**< LOGON-PASSWORD-EXPIRED */
    DAOTP_FINDING_LOGON_POLICY                  = 827, /**< LOGON-POLICY */
    DAOTP_FINDING_LOGON_KEY                     = 828, /**< LOGON-KEY */
    DAOTP_FINDING_LOGON_SERVICE                 = 829, /**< LOGON-SERVICE */
    DAOTP_FINDING_LOGON_KDC_BUSY                = 830, /**< LOGON-KDC-BUSY */
    DAOTP_FINDING_LOGON_ETYPE                   = 831, /**< LOGON-ETYPE */
    DAOTP_FINDING_LOGON_DIGEST                  = 832, /**< LOGON-DIGEST */
    DAOTP_FINDING_LOGON_CERTIFICATE_DIGEST      = 833, /**< LOGON-CERTIFICATE-DIGEST */
    DAOTP_FINDING_LOGON_PREAUTH_REJECTED        = 834, /**< LOGON-PREAUTH-REJECTED */
    DAOTP_FINDING_LOGON_INTEGRITY               = 835, /**< LOGON-INTEGRITY */
    DAOTP_FINDING_LOGON_MODIFIED                = 836, /**< LOGON-MODIFIED */
    DAOTP_FINDING_LOGON_PROTOCOL                = 837, /**< LOGON-PROTOCOL */
    DAOTP_FINDING_LOGON_TOO_BIG                 = 838, /**< LOGON-TOO-BIG */
    DAOTP_FINDING_LOGON_GENERIC                 = 839, /**< LOGON-GENERIC */
    DAOTP_FINDING_LOGON_KDC_ANCHORS             = 840, /**< LOGON-KDC-ANCHORS */
    DAOTP_FINDING_LOGON_SIGNATURE               = 841, /**< LOGON-SIGNATURE */
    DAOTP_FINDING_LOGON_DH                      = 842, /**< LOGON-DH */
    DAOTP_FINDING_LOGON_KDC_NAME                = 843, /**< LOGON-KDC-NAME */
    DAOTP_FINDING_LOGON_CHECKSUM                = 844, /**< LOGON-CHECKSUM */
    DAOTP_FINDING_LOGON_KEY_TRANSPORT           = 845, /**< LOGON-KEY-TRANSPORT */
    DAOTP_FINDING_LOGON_FRESHNESS               = 846, /**< LOGON-FRESHNESS */
    DAOTP_FINDING_LOGON_KDF                     = 847, /**< LOGON-KDF */
    DAOTP_FINDING_LOGON_KDC_RESET               = 848, /**< LOGON-KDC-RESET */
    DAOTP_FINDING_LOGON_MAPPING                 = 849, /**< LOGON-MAPPING */
    DAOTP_FINDING_LOGON_KDC_REPLY               = 850, /**< LOGON-KDC-REPLY */
    DAOTP_FINDING_LOGON_KDC_CERTIFICATE_STATUS  = 851, /**< LOGON-KDC-CERTIFICATE-STATUS */
    DAOTP_FINDING_LOGON_HELD_KEY                = 852, /**< LOGON-HELD-KEY */
    DAOTP_FINDING_SERVE_METHOD                  = 900, /**< SERVE-METHOD */
    DAOTP_FINDING_SERVE_VERSION                 = 901, /**< SERVE-VERSION */
    DAOTP_FINDING_SERVE_NO_CLIENT_CERT          = 902, /**< SERVE-NO-CLIENT-CERT */
    DAOTP_FINDING_CSR_DER                       = 903, /**< CSR-DER */
    DAOTP_FINDING_CSR_SIG                       = 904, /**< CSR-SIG */
    DAOTP_FINDING_CSR_TEMPLATE                  = 905, /**< CSR-TEMPLATE */
    DAOTP_FINDING_CSR_UPN                       = 906, /**< CSR-UPN */
    DAOTP_FINDING_CSR_SUBJECT                   = 907, /**< CSR-SUBJECT */
    DAOTP_FINDING_CSR_NAMES_OTHER               = 908, /**< CSR-NAMES-OTHER */
    DAOTP_FINDING_CSR_EKU                       = 909, /**< CSR-EKU */
    DAOTP_FINDING_CSR_KEY                       = 910, /**< CSR-KEY */
    DAOTP_FINDING_CSR_HASH                      = 911, /**< CSR-HASH */
    DAOTP_FINDING_CSR_NO_RENEWAL                = 912, /**< CSR-NO-RENEWAL */
    DAOTP_FINDING_CSR_NO_NVP                    = 913, /**< CSR-NO-NVP */
    DAOTP_FINDING_CSR_NO_SID                    = 914, /**< CSR-NO-SID */
    DAOTP_FINDING_CSR_CLIENTINFO                = 915, /**< CSR-CLIENTINFO */
    DAOTP_FINDING_CSR_KEY_SHARED                = 916, /**< CSR-KEY-SHARED */
    DAOTP_FINDING_CSR_EXTENSION                 = 917, /**< CSR-EXTENSION */
    DAOTP_FINDING_CSR_PURPOSE                   = 918, /**< CSR-PURPOSE */
    DAOTP_FINDING_CSR_SID                       = 919, /**< CSR-SID */
    DAOTP_FINDING_SERVE_USER_UNKNOWN            = 920, /**< SERVE-USER-UNKNOWN */
    DAOTP_FINDING_SERVE_USER_LOOKUP             = 921, /**< SERVE-USER-LOOKUP */
    DAOTP_FINDING_CSR_ATTRIBUTE                 = 922, /**< CSR-ATTRIBUTE */
    DAOTP_FINDING_SERVE_CODE_REJECTED           = 930, /**< SERVE-CODE-REJECTED */
    DAOTP_FINDING_SERVE_CODE_CHALLENGE          = 931, /**< SERVE-CODE-CHALLENGE */
    DAOTP_FINDING_SERVE_CODE_UNREACHABLE        = 932, /**< SERVE-CODE-UNREACHABLE */
    DAOTP_FINDING_SERVE_BUDGET_SPENT            = 933, /**< SERVE-BUDGET-SPENT */
    DAOTP_FINDING_SERVE_BUDGET_MEMORY           = 934, /**< SERVE-BUDGET-MEMORY */
    DAOTP_FINDING_SERVE_BUDGET_STATE            = 935, /**< SERVE-BUDGET-STATE */
    DAOTP_FINDING_SERVE_RA_MISSING              = 940, /**< SERVE-RA-MISSING */
    DAOTP_FINDING_RA_EXPIRING                   = 941, /**< RA-EXPIRING */
    DAOTP_FINDING_SERVE_NO_CA                   = 942, /**< SERVE-NO-CA */
    DAOTP_FINDING_SERVE_RA_RELOADED             = 943, /**< SERVE-RA-RELOADED */
    DAOTP_FINDING_CMC_ORDER                     = 944, /**< CMC-ORDER */
    DAOTP_FINDING_SERVE_CLIENT_REFUSED          = 945, /**< SERVE-CLIENT-REFUSED */
    DAOTP_FINDING_SERVE_CLIENT_CERT_READ        = 946, /**< SERVE-CLIENT-CERT-READ */
    DAOTP_FINDING_SERVE_USER_CLOSED             = 947, /**< SERVE-USER-CLOSED */
    DAOTP_FINDING_SERVE_USER_GROUP              = 948, /**< SERVE-USER-GROUP */
    DAOTP_FINDING_SERVE_USER_TWICE              = 949, /**< SERVE-USER-TWICE */
    DAOTP_FINDING_SERVE_DIRECTORY               = 950, /**< SERVE-DIRECTORY */
    DAOTP_FINDING_SERVE_BUSY                    = 951, /**< SERVE-BUSY */
    DAOTP_FINDING_SERVE_LOG_LOST                = 952, /**< SERVE-LOG-LOST */
    DAOTP_FINDING_SERVE_NAME_UNKNOWN            = 953, /**< SERVE-NAME-UNKNOWN */
    DAOTP_FINDING_SERVE_RESTART                 = 954, /**< SERVE-RESTART */
    DAOTP_FINDING_RADIUS_NO_SERVER              = 1000, /**< RADIUS-NO-SERVER */
    DAOTP_FINDING_RADIUS_TIMEOUT                = 1001, /**< RADIUS-TIMEOUT */
    DAOTP_FINDING_RADIUS_SECRET                 = 1002, /**< RADIUS-SECRET */
    DAOTP_FINDING_RADIUS_UNSIGNED               = 1003, /**< RADIUS-UNSIGNED */
    DAOTP_FINDING_RADIUS_MALFORMED              = 1004, /**< RADIUS-MALFORMED */
    DAOTP_FINDING_RADIUS_REFUSED                = 1005, /**< RADIUS-REFUSED */
    DAOTP_FINDING_RADIUS_REJECTED               = 1006, /**< RADIUS-REJECTED */
    DAOTP_FINDING_RADIUS_CHALLENGED             = 1007, /**< RADIUS-CHALLENGED */
    DAOTP_FINDING_RADIUS_USER                   = 1008, /**< RADIUS-USER */
    DAOTP_FINDING_RADIUS_PASSWORD               = 1009, /**< RADIUS-PASSWORD */
    DAOTP_FINDING_RADIUS_SECRET_SHORT           = 1010, /**< RADIUS-SECRET-SHORT */
    DAOTP_FINDING_RADIUS_POLICY_WEAK            = 1011, /**< RADIUS-POLICY-WEAK */
    DAOTP_FINDING_RADIUS_RETRANSMITTED          = 1012, /**< RADIUS-RETRANSMITTED */
    DAOTP_FINDING_RADIUS_FAILOVER               = 1013, /**< RADIUS-FAILOVER */
    DAOTP_FINDING_RADIUS_ALIVE                  = 1014, /**< RADIUS-ALIVE */
    DAOTP_FINDING_RADIUS_ATTRIBUTE              = 1015, /**< RADIUS-ATTRIBUTE */
    DAOTP_FINDING_RADIUS_CONNECTION_LOST        = 1016, /**< RADIUS-CONNECTION-LOST */
    DAOTP_FINDING_RADIUS_NOT_FIRST              = 1018, /**< RADIUS-NOT-FIRST */
    DAOTP_FINDING_RADIUS_RADSEC_SECRET          = 1030, /**< RADIUS-RADSEC-SECRET */
    DAOTP_FINDING_RADIUS_RADSEC_UNANSWERED      = 1031, /**< RADIUS-RADSEC-UNANSWERED */
    DAOTP_FINDING_RADIUS_NO_STATE               = 1032, /**< RADIUS-NO-STATE */
    DAOTP_FINDING_RADIUS_CHARSET                = 1033, /**< RADIUS-CHARSET */
    DAOTP_FINDING_RADIUS_WANTS_PASSWORD         = 1034, /**< RADIUS-WANTS-PASSWORD */
    DAOTP_FINDING_RADIUS_WANTS_PIN              = 1035, /**< RADIUS-WANTS-PIN */
    DAOTP_FINDING_RADIUS_WANTS_NEXT_CODE        = 1036, /**< RADIUS-WANTS-NEXT-CODE */
    DAOTP_FINDING_RADIUS_WANTS_APPROVAL         = 1037, /**< RADIUS-WANTS-APPROVAL */
    DAOTP_FINDING_RADIUS_WANTS_CODE             = 1038, /**< RADIUS-WANTS-CODE */
    DAOTP_FINDING_CHAIN_NO_PATH                 = 1100, /**< CHAIN-NO-PATH */
    DAOTP_FINDING_CHAIN_ISSUER_MISSING          = 1101, /**< CHAIN-ISSUER-MISSING */
    DAOTP_FINDING_CHAIN_SIGNATURE               = 1102, /**< CHAIN-SIGNATURE */
    DAOTP_FINDING_CHAIN_NOT_YET                 = 1103, /**< CHAIN-NOT-YET */
    DAOTP_FINDING_CHAIN_EXPIRED                 = 1104, /**< CHAIN-EXPIRED */
    DAOTP_FINDING_CHAIN_NAME                    = 1105, /**< CHAIN-NAME */
    DAOTP_FINDING_CHAIN_NOT_PERMITTED           = 1106, /**< CHAIN-NOT-PERMITTED */
    DAOTP_FINDING_CHAIN_EXCLUDED                = 1107, /**< CHAIN-EXCLUDED */
    DAOTP_FINDING_CHAIN_NAME_FORM               = 1108, /**< CHAIN-NAME-FORM */
    DAOTP_FINDING_CHAIN_NAME_INVALID            = 1109, /**< CHAIN-NAME-INVALID */
    DAOTP_FINDING_CHAIN_CONSTRAINTS             = 1110, /**< CHAIN-CONSTRAINTS */
    DAOTP_FINDING_CHAIN_POLICY                  = 1111, /**< CHAIN-POLICY */
    DAOTP_FINDING_CHAIN_POLICY_MALFORMED        = 1112, /**< CHAIN-POLICY-MALFORMED */
    DAOTP_FINDING_CHAIN_NOT_CA                  = 1113, /**< CHAIN-NOT-CA */
    DAOTP_FINDING_CHAIN_PATH_LENGTH             = 1114, /**< CHAIN-PATH-LENGTH */
    DAOTP_FINDING_CHAIN_CERT_SIGN               = 1115, /**< CHAIN-CERT-SIGN */
    DAOTP_FINDING_CHAIN_CRITICAL                = 1116, /**< CHAIN-CRITICAL */
    DAOTP_FINDING_CHAIN_EXTENSION               = 1117, /**< CHAIN-EXTENSION */
    DAOTP_FINDING_CHAIN_DEPTH                   = 1118, /**< CHAIN-DEPTH */
    DAOTP_FINDING_CHAIN_ALGORITHM               = 1119, /**< CHAIN-ALGORITHM */
    DAOTP_FINDING_CHAIN_KEY                     = 1120, /**< CHAIN-KEY */
    DAOTP_FINDING_CHAIN_BUDGET                  = 1121, /**< CHAIN-BUDGET */
    DAOTP_FINDING_CHAIN_HOST                    = 1122, /**< CHAIN-HOST */
    DAOTP_FINDING_CHAIN_PURPOSE                 = 1123, /**< CHAIN-PURPOSE */
    DAOTP_FINDING_CHAIN_VALID                   = 1124, /**< CHAIN-VALID */
    DAOTP_FINDING_CHAIN_SELF_SIGNED             = 1125, /**< CHAIN-SELF-SIGNED */
    DAOTP_FINDING_PROFILE_VERSION               = 1130, /**< PROFILE-VERSION */
    DAOTP_FINDING_PROFILE_SERIAL                = 1131, /**< PROFILE-SERIAL */
    DAOTP_FINDING_PROFILE_ISSUER                = 1132, /**< PROFILE-ISSUER */
    DAOTP_FINDING_PROFILE_VALIDITY              = 1133, /**< PROFILE-VALIDITY */
    DAOTP_FINDING_PROFILE_SUBJECT               = 1134, /**< PROFILE-SUBJECT */
    DAOTP_FINDING_PROFILE_AKI                   = 1135, /**< PROFILE-AKI */
    DAOTP_FINDING_PROFILE_SKI                   = 1136, /**< PROFILE-SKI */
    DAOTP_FINDING_PROFILE_KEY_USAGE             = 1137, /**< PROFILE-KEY-USAGE */
    DAOTP_FINDING_PROFILE_SAN                   = 1138, /**< PROFILE-SAN */
    DAOTP_FINDING_PROFILE_BASIC                 = 1139, /**< PROFILE-BASIC */
    DAOTP_FINDING_PROFILE_CONSTRAINTS           = 1140, /**< PROFILE-CONSTRAINTS */
    DAOTP_FINDING_PROFILE_POLICY                = 1141, /**< PROFILE-POLICY */
    DAOTP_FINDING_PROFILE_ACCESS                = 1142, /**< PROFILE-ACCESS */
    DAOTP_FINDING_WEBPKI_KEY                    = 1143, /**< WEBPKI-KEY */
    DAOTP_FINDING_WEBPKI_EKU                    = 1144, /**< WEBPKI-EKU */
    DAOTP_FINDING_WEBPKI_CN                     = 1145, /**< WEBPKI-CN */
    DAOTP_FINDING_WEBPKI_CA                     = 1146, /**< WEBPKI-CA */
    DAOTP_FINDING_WEBPKI_SAN                    = 1147, /**< WEBPKI-SAN */
    DAOTP_FINDING_WEBPKI_SIGNATURE              = 1148, /**< WEBPKI-SIGNATURE */
    DAOTP_FINDING_PROFILE_ALGORITHM             = 1149, /**< PROFILE-ALGORITHM */
    DAOTP_FINDING_REVOKED                       = 1160, /**< REVOKED */
    DAOTP_FINDING_REVOCATION_UNKNOWN            = 1161, /**< REVOCATION-UNKNOWN */
    DAOTP_FINDING_CRL_MISSING                   = 1162, /**< CRL-MISSING */
    DAOTP_FINDING_CRL_STALE                     = 1163, /**< CRL-STALE */
    DAOTP_FINDING_CRL_STALE_TAKEN               = 1164, /**< CRL-STALE-TAKEN */
    DAOTP_FINDING_CRL_NOT_YET                   = 1165, /**< CRL-NOT-YET */
    DAOTP_FINDING_CRL_SIGNER                    = 1166, /**< CRL-SIGNER */
    DAOTP_FINDING_CRL_SIGNATURE                 = 1167, /**< CRL-SIGNATURE */
    DAOTP_FINDING_CRL_ALGORITHM                 = 1168, /**< CRL-ALGORITHM */
    DAOTP_FINDING_CRL_PROFILE                   = 1169, /**< CRL-PROFILE */
    DAOTP_FINDING_CRL_CRITICAL                  = 1170, /**< CRL-CRITICAL */
    DAOTP_FINDING_CRL_ENTRIES                   = 1171, /**< CRL-ENTRIES */
    DAOTP_FINDING_CRL_REASONS                   = 1172, /**< CRL-REASONS */
    DAOTP_FINDING_CRL_DER                       = 1173, /**< CRL-DER */
    DAOTP_FINDING_REVOCATION_GOOD               = 1174, /**< REVOCATION-GOOD */
    DAOTP_FINDING_REVOCATION_IGNORED            = 1175, /**< REVOCATION-IGNORED */
    DAOTP_FINDING_CRL_SCOPE                     = 1176, /**< CRL-SCOPE */
    DAOTP_FINDING_FETCH_URL                     = 1180, /**< FETCH-URL */
    DAOTP_FINDING_FETCH_ADDRESS                 = 1181, /**< FETCH-ADDRESS */
    DAOTP_FINDING_FETCH_FAILED                  = 1182, /**< FETCH-FAILED */
    DAOTP_FINDING_FETCH_STATUS                  = 1183, /**< FETCH-STATUS */
    DAOTP_FINDING_FETCH_TOO_LARGE               = 1184, /**< FETCH-TOO-LARGE */
    DAOTP_FINDING_FETCH_TIMEOUT                 = 1185, /**< FETCH-TIMEOUT */
    DAOTP_FINDING_FETCH_ENCODING                = 1186, /**< FETCH-ENCODING */
    DAOTP_FINDING_FETCH_REDIRECTS               = 1187, /**< FETCH-REDIRECTS */
    DAOTP_FINDING_FETCH_CONTENT                 = 1188, /**< FETCH-CONTENT */
    DAOTP_FINDING_FETCH_LIMIT                   = 1189, /**< FETCH-LIMIT */
    DAOTP_FINDING_FETCH_BACK_OFF                = 1190, /**< FETCH-BACK-OFF */
    DAOTP_FINDING_CRL_ROLLBACK                  = 1191, /**< CRL-ROLLBACK */
    DAOTP_FINDING_CACHE_FOLDER                  = 1192, /**< CACHE-FOLDER */
    DAOTP_FINDING_CACHE_FILE                    = 1193, /**< CACHE-FILE */
    DAOTP_FINDING_CRL_PROFILE_TAKEN             = 1194, /**< CRL-PROFILE-TAKEN */
    DAOTP_FINDING_CRL_SIGNER_STATUS             = 1195, /**< CRL-SIGNER-STATUS */
    DAOTP_FINDING_OCSP_DER                      = 1200, /**< OCSP-DER */
    DAOTP_FINDING_OCSP_STATUS                   = 1201, /**< OCSP-STATUS */
    DAOTP_FINDING_OCSP_SIGNER                   = 1202, /**< OCSP-SIGNER */
    DAOTP_FINDING_OCSP_SIGNATURE                = 1203, /**< OCSP-SIGNATURE */
    DAOTP_FINDING_OCSP_NONCE                    = 1204, /**< OCSP-NONCE */
    DAOTP_FINDING_OCSP_STALE                    = 1205, /**< OCSP-STALE */
    DAOTP_FINDING_OCSP_UNKNOWN                  = 1206, /**< OCSP-UNKNOWN */
    DAOTP_FINDING_OCSP_STALE_TAKEN              = 1207, /**< OCSP-STALE-TAKEN */
    DAOTP_FINDING_OCSP_TIMES                    = 1208, /**< OCSP-TIMES */
    DAOTP_FINDING_OCSP_SIGNER_STATUS            = 1209, /**< OCSP-SIGNER-STATUS */
    DAOTP_FINDING_MACHINE_EKU                   = 1220, /**< MACHINE-EKU */
    DAOTP_FINDING_MACHINE_KU                    = 1221, /**< MACHINE-KU */
    DAOTP_FINDING_MACHINE_NAME                  = 1222, /**< MACHINE-NAME */
    DAOTP_FINDING_MACHINE_CDP                   = 1223, /**< MACHINE-CDP */
    DAOTP_FINDING_MACHINE_NOT_CA                = 1224, /**< MACHINE-NOT-CA */
    DAOTP_FINDING_SERVER_EKU                    = 1230, /**< SERVER-EKU */
    DAOTP_FINDING_SERVER_SUBJECT                = 1231, /**< SERVER-SUBJECT */
    DAOTP_FINDING_SERVER_CDP                    = 1232, /**< SERVER-CDP */
    DAOTP_FINDING_SERVER_NOTSELF                = 1233, /**< SERVER-NOTSELF */
    DAOTP_FINDING_SERVER_KU                     = 1234, /**< SERVER-KU */
    DAOTP_FINDING_SERVER_NAME                   = 1235, /**< SERVER-NAME */
    DAOTP_FINDING_KDC_PURPOSE                   = 1240, /**< KDC-PURPOSE */
    DAOTP_FINDING_KDC_EKU                       = 1241, /**< KDC-EKU */
    DAOTP_FINDING_KDC_TLS                       = 1242, /**< KDC-TLS */
    DAOTP_FINDING_KDC_KU                        = 1243, /**< KDC-KU */
    DAOTP_FINDING_KDC_NAME                      = 1244, /**< KDC-NAME */
    DAOTP_FINDING_KDC_CDP                       = 1245, /**< KDC-CDP */
    DAOTP_FINDING_ISSUER_CA                     = 1250, /**< ISSUER-CA */
    DAOTP_FINDING_ISSUER_KU                     = 1251, /**< ISSUER-KU */
    DAOTP_FINDING_ISSUER_CDP                    = 1252, /**< ISSUER-CDP */
    DAOTP_FINDING_ISSUER_EKU                    = 1253, /**< ISSUER-EKU */
    DAOTP_FINDING_NTAUTH_LIST                   = 1254, /**< NTAUTH-LIST */
    DAOTP_FINDING_CALL_LATE                     = 1255, /**< CALL-LATE */
    DAOTP_FINDING_NTAUTH_LISTED                 = 1256, /**< NTAUTH-LISTED */
    DAOTP_FINDING_KDC_REALM_OPEN                = 1257, /**< KDC-REALM-OPEN */
    DAOTP_FINDING_CLOCK_SKEW                    = 1300, /**< CLOCK-SKEW */
    DAOTP_FINDING_CLOCK_DRIFT                   = 1301, /**< CLOCK-DRIFT */
    DAOTP_FINDING_CLOCK_UNKNOWN                 = 1302, /**< CLOCK-UNKNOWN */
    DAOTP_FINDING_OTP_REQUEST_REFUSED           = 1303, /**< OTP-REQUEST-REFUSED */
    DAOTP_FINDING_OTP_ANYBODY                   = 1304, /**< OTP-ANYBODY */
    DAOTP_FINDING_OTP_KNOWS_NOBODY              = 1305, /**< OTP-KNOWS-NOBODY */
    DAOTP_FINDING_OTP_WRONG_ACCEPTED            = 1306, /**< OTP-WRONG-ACCEPTED */
    DAOTP_FINDING_KDC_TAKES_PKINIT              = 1307, /**< KDC-TAKES-PKINIT */
    DAOTP_FINDING_KDC_PKINIT_NOT_SEEN           = 1308, /**< KDC-PKINIT-NOT-SEEN */
    DAOTP_FINDING_KDC_ANYBODY                   = 1309, /**< KDC-ANYBODY */
    DAOTP_FINDING_CERTIFICATE_ENDS              = 1310, /**< CERTIFICATE-ENDS */
    DAOTP_FINDING_CERTIFICATE_ENDS_SOON         = 1311, /**< CERTIFICATE-ENDS-SOON */
    DAOTP_FINDING_CRL_ENDS                      = 1312, /**< CRL-ENDS */
    DAOTP_FINDING_CRL_ENDS_SOON                 = 1313, /**< CRL-ENDS-SOON */
    DAOTP_FINDING_CRL_SIGNER_OPEN               = 1314, /**< CRL-SIGNER-OPEN */
    DAOTP_FINDING_CRL_UNREACHABLE               = 1315, /**< CRL-UNREACHABLE */
    DAOTP_FINDING_BUNDLE_EVENT                  = 1316, /**< BUNDLE-EVENT */
    DAOTP_FINDING_BUNDLE_ENROLLED               = 1317, /**< BUNDLE-ENROLLED */
    DAOTP_FINDING_BUNDLE_EVTX                   = 1318, /**< BUNDLE-EVTX */
    DAOTP_FINDING_BUNDLE_UNKNOWN                = 1319, /**< BUNDLE-UNKNOWN */
    DAOTP_FINDING_BUNDLE_OTP_OFF                = 1320, /**< BUNDLE-OTP-OFF */
    DAOTP_FINDING_BUNDLE_SETTING                = 1321, /**< BUNDLE-SETTING */
    DAOTP_FINDING_BUNDLE_HEALTH                 = 1322, /**< BUNDLE-HEALTH */
    DAOTP_FINDING_TPL_RASIG                     = 1323, /**< TPL-RASIG */
    DAOTP_FINDING_TPL_RAPOL                     = 1324, /**< TPL-RAPOL */
    DAOTP_FINDING_TPL_EKU                       = 1325, /**< TPL-EKU */
    DAOTP_FINDING_TPL_NOREV                     = 1326, /**< TPL-NOREV */
    DAOTP_FINDING_TPL_NOSID                     = 1327, /**< TPL-NOSID */
    DAOTP_FINDING_TPL_PENDING                   = 1328, /**< TPL-PENDING */
    DAOTP_FINDING_TPL_NAME                      = 1329, /**< TPL-NAME */
    DAOTP_FINDING_BUNDLE_EXPIRED                = 1330, /**< BUNDLE-EXPIRED */
    DAOTP_FINDING_STORE_NO_PASSPHRASE           = 1340, /**< STORE-NO-PASSPHRASE */
    DAOTP_FINDING_DIRECTORY_UNREACHABLE         = 1350, /**< DIRECTORY-UNREACHABLE */
    DAOTP_FINDING_DIRECTORY_UNREADABLE          = 1351, /**< DIRECTORY-UNREADABLE */
    DAOTP_FINDING_TPL_ABSENT                    = 1352, /**< TPL-ABSENT */
    DAOTP_FINDING_TPL_UNPUBLISHED               = 1353, /**< TPL-UNPUBLISHED */
    DAOTP_FINDING_DIRECTORY_NO_CA               = 1354, /**< DIRECTORY-NO-CA */
    DAOTP_FINDING_DIRECTORY_CA_EXPIRED          = 1355, /**< DIRECTORY-CA-EXPIRED */
    DAOTP_FINDING_DIRECTORY_CA_OLD              = 1356, /**< DIRECTORY-CA-OLD */
    DAOTP_FINDING_AIA_ABSENT                    = 1357, /**< AIA-ABSENT */
    DAOTP_FINDING_DIRECTORY_NO_CERTIFICATE      = 1358, /**< DIRECTORY-NO-CERTIFICATE */
    DAOTP_FINDING_NTAUTH_ABSENT                 = 1359, /**< NTAUTH-ABSENT */
    DAOTP_FINDING_CLOCK_HERE                    = 1360, /**< CLOCK-HERE */
    DAOTP_FINDING_CLOCK_THERE                   = 1361, /**< CLOCK-THERE */
    DAOTP_FINDING_BUNDLE_CUT                    = 1362, /**< BUNDLE-CUT */
    DAOTP_FINDING_BUNDLE_MALFORMED              = 1363, /**< BUNDLE-MALFORMED */
    DAOTP_FINDING_STORE_SERVER                  = 1370, /**< STORE-SERVER */
    DAOTP_FINDING_STORE_SERVER_GONE             = 1371, /**< STORE-SERVER-GONE */
    DAOTP_FINDING_STORE_SERVER_SLOW             = 1372, /**< STORE-SERVER-SLOW */
    DAOTP_FINDING_STORE_SERVER_TLS              = 1373, /**< STORE-SERVER-TLS */
    DAOTP_FINDING_STORE_SERVER_AUTH             = 1374, /**< STORE-SERVER-AUTH */
    DAOTP_FINDING_STORE_SERVER_DENIED           = 1375, /**< STORE-SERVER-DENIED */
    DAOTP_FINDING_STORE_SERVER_REPLY            = 1376, /**< STORE-SERVER-REPLY */
    DAOTP_FINDING_STORE_SERVER_REFUSED          = 1377, /**< STORE-SERVER-REFUSED */
    DAOTP_FINDING_STORE_SERVER_FULL             = 1378, /**< STORE-SERVER-FULL */
    DAOTP_FINDING_STORE_SERVER_CLUSTER          = 1379, /**< STORE-SERVER-CLUSTER */
    DAOTP_FINDING_STORE_SERVER_MASTER           = 1380, /**< STORE-SERVER-MASTER */
    DAOTP_FINDING_STORE_SEAL_KEY                = 1381, /**< STORE-SEAL-KEY */
    DAOTP_FINDING_STORE_SEAL_ID                 = 1382, /**< STORE-SEAL-ID */
    DAOTP_FINDING_STORE_SEAL                    = 1383, /**< STORE-SEAL */
    DAOTP_FINDING_STORE_ROLLED_BACK             = 1384, /**< STORE-ROLLED-BACK */
    DAOTP_FINDING_STORE_FENCED                  = 1385, /**< STORE-FENCED */
    DAOTP_FINDING_STORE_USER_LOCKED             = 1386, /**< STORE-USER-LOCKED */
    DAOTP_FINDING_STORE_KEYRING                 = 1390, /**< STORE-KEYRING */
    DAOTP_FINDING_STORE_KEYRING_FULL            = 1391, /**< STORE-KEYRING-FULL */
    DAOTP_FINDING_STORE_KEYRING_OPEN            = 1392, /**< STORE-KEYRING-OPEN */
} daotp_finding_number;
/* clang-format on */

/**
 * The name of a stage: "prepare", "resolve", ... Any thread.
 * @param stage  any number
 * @return a static text, never NULL; "unknown" for a number that this version does not know
 * @since 0.1
 */
DAOTP_API const char *daotp_stage_name(daotp_stage stage);
/**
 * The name of a severity: "information", "warning", "error". Any thread.
 * @param severity  any number
 * @return a static text, never NULL; "unknown" for a number that this version does not know
 * @since 0.1
 */
DAOTP_API const char *daotp_severity_name(daotp_severity severity);

/**
 * The row after @p number, to walk through the catalogue: begin with DAOTP_FINDING_NONE.
 * @param number  a row; DAOTP_FINDING_NONE to begin
 * @return DAOTP_FINDING_NONE at the end. Any thread.
 * @since 0.1
 */
DAOTP_API daotp_finding_number daotp_catalogue_next(daotp_finding_number number);
/**
 * Find a row by one of its names, ignoring case: its id ("OTP-EKU"); a fault id or the
 * name of an error ("KDC_ERR_PADATA_TYPE_NOSUPP"); an HRESULT or an NTSTATUS in hexadecimal
 * ("0x80094012"); or a number with its kind: "finding:5" (the row's own), "event:10005" (Windows
 * event), "winhttp:12002", "iis:403.7", "krb:16" (KRB-ERROR, RFC 4120 7.5.9), "krb5:-1765328228"
 * (libkrb5), "errno:12". A number without its kind is not found, because it would be ambiguous.
 * @param text  the name; for NULL and "" nothing is found
 * @return the first row; DAOTP_FINDING_NONE when there is none. Any thread.
 * @since 0.1
 */
DAOTP_API daotp_finding_number daotp_catalogue_find(const char *text);
/**
 * Find the next row with this name; several rows may have the same alias:
 *
 *     for (n = daotp_catalogue_find(text); n != DAOTP_FINDING_NONE;
 *          n = daotp_catalogue_find_next(text, n))
 *
 * @param text   as for daotp_catalogue_find()
 * @param after  the row found last; DAOTP_FINDING_NONE for the first
 * @return DAOTP_FINDING_NONE at the end. Any thread.
 * @since 0.1
 */
DAOTP_API daotp_finding_number daotp_catalogue_find_next(const char *text,
                                                         daotp_finding_number after);

/**
 * The stable id of a row, for example "OTP-EKU". Any thread.
 * @param number  the row
 * @return a static text, never NULL; "" for a number that this version does not know
 * @since 0.1
 */
DAOTP_API const char *daotp_catalogue_get_id(daotp_finding_number number);
/**
 * The stage of a row. Any thread.
 * @param number  the row
 * @return the stage; DAOTP_STAGE_CALL for a number that this version does not know
 * @since 0.1
 */
DAOTP_API daotp_stage daotp_catalogue_get_stage(daotp_finding_number number);
/**
 * The severity of a row, unless a caller's policy changes it. Any thread.
 * @param number  the row
 * @return the severity; DAOTP_SEVERITY_ERROR for a number that this version does not know
 * @since 0.1
 */
DAOTP_API daotp_severity daotp_catalogue_get_severity(daotp_finding_number number);
/**
 * The status with which a call ends that this row stops. Any thread.
 * @param number  the row
 * @return the status; DAOTP_INTERNAL for a number that this version does not know
 * @since 0.1
 */
DAOTP_API daotp_status daotp_catalogue_get_status(daotp_finding_number number);
/**
 * What is wrong, in one line. Any thread.
 * @param number  the row
 * @return a static text, never NULL; "" for a number that this version does not know
 * @since 0.1
 */
DAOTP_API const char *daotp_catalogue_get_title(daotp_finding_number number);
/**
 * What would have been right. Any thread.
 * @param number  the row
 * @return a static text, never NULL; "" for a number that this version does not know
 * @since 0.1
 */
DAOTP_API const char *daotp_catalogue_get_wanted(daotp_finding_number number);
/**
 * What to do about it. Any thread.
 * @param number  the row
 * @return a static text, never NULL; "" for a number that this version does not know
 * @since 0.1
 */
DAOTP_API const char *daotp_catalogue_get_hint(daotp_finding_number number);
/**
 * The document with the rule. Any thread.
 * @param number  the row
 * @return a static text, never NULL; "" for a number that this version does not know
 * @since 0.1
 */
DAOTP_API const char *daotp_catalogue_get_source(daotp_finding_number number);
/**
 * Other names of a row, separated by blanks. Any thread.
 * @param number  the row
 * @return a static text, never NULL; "" for none, and for a number that this version does not know
 * @since 0.1
 */
DAOTP_API const char *daotp_catalogue_get_aliases(daotp_finding_number number);

#ifdef __cplusplus
}
#endif
#endif

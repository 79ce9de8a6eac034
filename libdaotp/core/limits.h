/* SPDX-License-Identifier: BSD-2-Clause */
/* Every limit of the library, in one place. Sizes in bytes, times in milliseconds. */
#ifndef DAOTP_CORE_LIMITS_H
#define DAOTP_CORE_LIMITS_H

enum {
    /* texts and names */
    DAOTP__MAX_TEXT = 512,      /* a value shown in a finding */
    DAOTP__MAX_USER_NAME = 512, /* DOMAIN\user or UPN */
    DAOTP__MAX_OTP = 512,       /* code, with PIN */
    DAOTP__MAX_PASSWORD = 1024, /* a directory password */
    DAOTP__MAX_PIN = 256,       /* of a token */
    DAOTP__MAX_URL = 2048,
    DAOTP__MAX_HOST = 253,                      /* a DNS name in text, RFC 1035 3.1 */
    DAOTP__MAX_HOST_LABEL = 63,                 /* one label of it */
    DAOTP__MAX_LABEL = 128,                     /* of a store entry */
    DAOTP__MAX_STORE_CERTIFICATES = 512 * 1024, /* in PEM, of a store entry */
    DAOTP__MAX_PATH_TEXT = 4096,                /* of a file's name */
    DAOTP__MAX_TEXT_SETTINGS = 8,               /* texts that one call sets */

    /* lists */
    DAOTP__MAX_FINDINGS = 64, /* of one report */
    DAOTP__MAX_PAST_TEXTS =
        4 * DAOTP__MAX_FINDINGS, /* dropped texts of a report: two reports' subjects and values */
    DAOTP__MAX_SERVERS = 16,
    DAOTP__MAX_LOOP_SLOTS = 4096, /* who may wait in one loop: connections of a RADIUS client */
    DAOTP__MAX_ISSUING_CAS = 16,
    DAOTP__MAX_DOMAINS = 16,       /* rules for names of one responder */
    DAOTP__MAX_ALLOWED_HOSTS = 64, /* of one CA */
    DAOTP__MAX_TEMPLATES = 1024,   /* of one XCEP answer, and that a CA names */
    DAOTP__MAX_TEMPLATE_CAS = 64,  /* the same, and of one template */
    DAOTP__MAX_CA_URLS = 16,       /* of one of these CAs */
    DAOTP__MAX_XCEP_OIDS = 2048,
    DAOTP__MAX_REFUSALS = 4096, /* passwords that one client remembers as refused */
    DAOTP__MAX_ANCHORS = 4096,
    DAOTP__MAX_PASSED_KEYS = 256, /* public keys that one context remembers as tested */
    DAOTP__MAX_PASSED_KEY = 1100, /* octets of one: RSA of 8192 bits */
    DAOTP__MAX_CHAIN = 16,        /* certificates of one chain */
    DAOTP__MAX_ADDRESSES = 32,
    DAOTP__MAX_ENTRIES = 16384,                      /* of one store */
    DAOTP__MAX_PKCS12_ENTRIES = 64,                  /* of a PKCS#12 file */
    DAOTP__PKCS12_ITERATIONS = 600 * 1000,           /* that are written */
    DAOTP__MAX_PKCS12_ITERATIONS = 10 * 1000 * 1000, /* that a file may ask for, of each key */
    DAOTP__MAX_PKCS12_ITERATIONS_ALL =
        (DAOTP__MAX_PKCS12_ENTRIES + 3) * DAOTP__PKCS12_ITERATIONS, /* and of all its keys */
    DAOTP__MAX_STORE_SCHEME = 32,     /* of a store's URI, before the colon */
    DAOTP__MAX_STORE_URI = 4096,      /* a store's URI */
    DAOTP__MAX_BUDGET_RECORDS = 4096, /* of one of the 256 tables of a budget */
    DAOTP__MAX_BUDGET_NODES = 10, /* servers with a part of each budget: each has one at least */
    DAOTP__MAX_ENTRY_DEPTH = 16,  /* folders in folders that are removed with an entry */

    DAOTP__MAX_DOCTOR_ROWS = 512,  /* of one run of the doctor */
    DAOTP__MAX_DOCTOR_KDCS = 128,  /* that one doctor asks */
    DAOTP__MAX_DOCTOR_CRLS = 64,   /* that one doctor looks at alone */
    DAOTP__MAX_DOCTOR_FILES = 256, /* that one doctor reads of a bundle */
    DAOTP__MAX_BUNDLE_FILE = 16 * 1024 * 1024,
    DAOTP__MAX_BUNDLE_RECORD = 16 * 1024, /* of an event, or a message, that is looked up */
    DAOTP__MAX_BUNDLE_EVENTS = 100000,    /* of one file */
    DAOTP__MAX_BUNDLE_SEARCHES = 128,     /* of one file */
    DAOTP__MAX_BUNDLE_NOTES = 60,         /* findings of one file: a report has room for them */
    DAOTP__MAX_DOCTOR_PROBES = 64,        /* of extenders */

    /* documents */
    DAOTP__MAX_OTP_MESSAGE = 64 * 1024,        /* MS-OTPCE, either way */
    DAOTP__MAX_SOAP_MESSAGE = 512 * 1024,      /* WSTEP answer */
    DAOTP__MAX_XCEP_MESSAGE = 4 * 1024 * 1024, /* XCEP answer: all templates of a forest */
    DAOTP__MAX_XCEP_TEXT = 4096,               /* OIDs of one list in it, as text */
    DAOTP__MAX_CSR = 16 * 1024,                /* PKCS#10 */
    DAOTP__MAX_CMC = 48 * 1024,                /* signed request */
    DAOTP__MAX_CERTIFICATE = 64 * 1024,        /* one certificate */
    DAOTP__MAX_SCOPE_NAMES = 32,               /* of a CRL's scope, compared with another's */
    DAOTP__MAX_PEND_TOKEN = 32,                /* pendToken of CMC, as it is shown */
    DAOTP__MAX_FILE = 4 * 1024 * 1024,         /* a file of anchors */
    DAOTP__MAX_CRL = 1024 * 1024 * 1024,       /* one CRL given as a file; mapped */
    DAOTP__MAX_KEY_FILE = 64 * 1024,           /* a private key */
    DAOTP__MAX_BUDGET_FILE = 384 * 1024,       /* a table of a budget: 4096 records of 88 octets */
    DAOTP__MAX_TREE = 4 * 1024 * 1024,         /* memory of one parsed XML document */
    DAOTP__MAX_OUTLINE = 1024 * 1024,          /* a decoded message in words */
    DAOTP__MAX_QUESTION = 1024 * 1024,         /* text to be looked up: a pasted log */
    DAOTP__MAX_KDC_MESSAGE = 256 * 1024,
    DAOTP__MAX_KDC_ROUNDS = 16,
    DAOTP__MAX_KDCS = 8,         /* of one realm */
    DAOTP__MAX_SRV_RECORDS = 32, /* of one name */
    DAOTP__MAX_PADATA = 32,      /* types of pre-authentication that one KRB-ERROR lists */

    /* profiles */
    DAOTP__MAX_PROFILE_FILE = 256 * 1024, /* a file of profiles */
    DAOTP__MAX_PROFILE_LINE = 4096,       /* one line of it */
    DAOTP__MAX_PROFILE_NAME = 48,         /* a section or a key; libinih cuts at 49 */
    DAOTP__MAX_PROFILE_FILES = 8,         /* read into one profile */
    DAOTP__MAX_PROFILE_SECTIONS = 256,    /* in all files of one profile */
    DAOTP__MAX_PROFILE_VALUES = 1024,     /* in force in one profile */

    /* structure */
    DAOTP__MAX_DER_DEPTH = 16,
    DAOTP__MAX_XML_DEPTH = 32,
    DAOTP__MAX_XML_NODES = 512,
    DAOTP__MAX_XCEP_NODES = 32 * 1024, /* of an XCEP answer */
    DAOTP__MAX_XML_ATTRIBUTES = 64,
    DAOTP__MAX_XML_ALL_ATTRIBUTES = 4096, /* of one document */
    DAOTP__MAX_EXTENSIONS = 64,
    DAOTP__MAX_RDNS = 64, /* attributes of one name */
    DAOTP__MAX_RDN_ATTRIBUTES = 8,
    DAOTP__MAX_POINTS = 64, /* distribution points of one certificate */
    DAOTP__MAX_SIGNERS = 8,

    /* validation: budgets of one run */
    DAOTP__MAX_PATH = 32,              /* certificates of one path, anchor included */
    DAOTP__MAX_DEPTH = 16,             /* intermediates that are not self-issued, at the most */
    DAOTP__MAX_SIGNATURE_CHECKS = 200, /* dear ones count several times; then: undecided */
    DAOTP__MAX_EDGES = 1000,           /* issuers tried */
    DAOTP__MAX_NAME_COMPARISONS = 250000,
    DAOTP__MAX_POLICIES = 256,      /* of one certificate, mappings too */
    DAOTP__MAX_POLICY_NODES = 2048, /* of one path */
    DAOTP__MAX_POLICY_WORK = 32768, /* of all paths: nodes, edges, 64 comparisons */
    DAOTP__MAX_CRLS = 4096,         /* of one trust */
    DAOTP__MAX_NAMES = 64,          /* that a verifier asks for */

    /* fetching what a certificate names */
    DAOTP__MAX_NETWORKS = 16,
    DAOTP__MAX_MISSING = 32,
    DAOTP__MAX_OCSP = 16,                  /* answers of one run */
    DAOTP__MAX_FETCHES = 8,                /* of one validation */
    DAOTP__MAX_SOURCES = 256,              /* URLs that a fetcher remembers */
    DAOTP__FETCH_BYTES = 64 * 1024 * 1024, /* unless set */
    DAOTP__FETCH_MS = 15 * 1000,           /* unless set */
    DAOTP__FETCH_LOCK_MS = 5 * 1000,  /* waiting for another process, half of a fetch at most */
    DAOTP__FETCH_RETRY_MS = 5 * 1000, /* after a failure; doubled up to an hour */

    /* TCP without TLS */
    DAOTP__PLAIN_READS = 128, /* of the socket, in a row: then the caller's turn */

    /* TLS: of one connection; application data allows more, for connections that stand for days */
    DAOTP__TLS_READS = 128,       /* of the socket, in one call of libssl */
    DAOTP__MAX_TLS_MESSAGES = 16, /* handshake messages of one type */
    DAOTP__MAX_TLS_RECORDS = 512, /* records without application data */
    DAOTP__TLS_MESSAGE_DATA =
        64 * 1024,                 /* bytes of data that allow one more message of each type */
    DAOTP__TLS_RECORD_DATA = 1024, /* bytes of data that allow one more such record */

    /* HTTP */
    DAOTP__MAX_HTTP_HEAD = 32 * 1024,
    DAOTP__MAX_HTTP_OVERHEAD = 64 * 1024, /* bytes read that are not the body: heads, trailers,
                                             chunk sizes with their extensions, interim answers */
    DAOTP__MAX_HTTP_INTERIM = 8,          /* 1xx answers before the real one */

    /* LDAP */
    DAOTP__MAX_LDAP_FRONT = 8 * 1024,  /* of an entry, before its first value */
    DAOTP__LDAP_READ_SIZE = 16 * 1024, /* read at once */
    DAOTP__MAX_LDAP_PASSED_OVER = 64,  /* references and the like, before the entry */

    /* RPC */
    DAOTP__MAX_RPC_LEGS = 8,                     /* of one handshake */
    DAOTP__MAX_RPC_STUB = DAOTP__MAX_CMC + 8192, /* of a request */
    DAOTP__MAX_RPC_REPLY = 1024 * 1024,          /* the stub of a response, all fragments */
    DAOTP__MAX_RPC_FRAGMENTS = 2048,             /* of a response; honest ones have 1,432 octets */
    DAOTP__MAX_TOWERS = 4,                       /* asked of the endpoint mapper, and read */
    DAOTP__MAX_EXTENTS = 64,                     /* extensions of one ORPCTHAT */
    DAOTP__MAX_PROPERTIES = 16,                  /* of an answer to RemoteCreateInstance */
    DAOTP__MAX_TEMPLATE_LIST = 128 * 1024,       /* all their names, in UTF-8 */
    DAOTP__MAX_CA_CERTIFICATES = 256,            /* that a CA has had */

    /* secrets that wait in memory: freed blocks that are kept for the next ones, in the process */
    DAOTP__SPARE_SECRET_BLOCKS = 32,
    DAOTP__SPARE_SECRET_OCTETS = 256 * 1024,

    /* RADIUS */
    DAOTP__MAX_RADIUS_SERVERS = 16,
    DAOTP__MAX_RADIUS_SOCKETS = 64, /* of one server, 256 exchanges each */
    DAOTP__MAX_RADIUS_ROUNDS = 5,
    DAOTP__MAX_RADIUS_SECRET = 255,
    DAOTP__RADIUS_CHALLENGE_MS = 5 * 60 * 1000, /* a challenge older than this is not answered */

    /* time */
    DAOTP__TOTAL_MS = 60 * 1000,     /* a whole enrolment, unless set */
    DAOTP__CONNECT_MS = 10 * 1000,   /* name, TCP and TLS of one server, unless set */
    DAOTP__IDLE_MS = 5 * 1000,       /* a warmed connection older than this is reopened */
    DAOTP__EXCHANGE_MS = 120 * 1000, /* a responder's exchange: a push takes a minute */
    DAOTP__STORE_LOCK_MS = 5 * 1000,
    DAOTP__FILE_POLL_MS = 200,
    DAOTP__LOOP_BEAT_MS = 100,  /* between two steps of a flow that waits, at most */
    DAOTP__LOOP_LATE_MS = 1000, /* steps so late in all are a finding */
};

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* All limits of the library. Sizes are in octets, times (names that end in _MS) in milliseconds;
 * the others are numbers of elements. */
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
    DAOTP__MAX_FINDINGS = 64,                        /* of one report */
    DAOTP__MAX_PAST_TEXTS = 4 * DAOTP__MAX_FINDINGS, /* dropped texts that a report keeps: the
                                                        subjects and values of two reports */
    DAOTP__MAX_SERVERS = 16,
    DAOTP__MAX_LOOP_SLOTS = 4096, /* watchers of one loop: connections of a RADIUS client */
    DAOTP__MAX_ISSUING_CAS = 16,
    DAOTP__MAX_DOMAINS = 16,       /* rules for names of one responder */
    DAOTP__MAX_ALLOWED_HOSTS = 64, /* of one CA */
    DAOTP__MAX_TEMPLATES = 1024,   /* of one XCEP response, and in the list of a CA */
    DAOTP__MAX_TEMPLATE_CAS = 64,  /* CAs of one XCEP response, and of one template */
    DAOTP__MAX_CA_URLS = 16,       /* of one of these CAs */
    DAOTP__MAX_XCEP_OIDS = 2048,
    DAOTP__MAX_REFUSALS = 4096, /* passwords that one client remembers as refused */
    DAOTP__MAX_ANCHORS = 4096,
    DAOTP__MAX_PASSED_KEYS = 256, /* public keys that one context remembers as tested */
    DAOTP__MAX_PASSED_KEY = 1100, /* octets of one: RSA of 8192 bits */
    DAOTP__MAX_CHAIN = 16,        /* certificates of one chain */
    DAOTP__MAX_ADDRESSES = 32,
    DAOTP__MAX_ENTRIES = 16384,            /* of one store */
    DAOTP__MAX_PKCS12_ENTRIES = 64,        /* of a PKCS#12 file */
    DAOTP__PKCS12_ITERATIONS = 600 * 1000, /* of the key derivation in files that we write */
    DAOTP__MAX_PKCS12_ITERATIONS = 10 * 1000 * 1000,  /* that a file may require for each key */
    DAOTP__MAX_PKCS12_ITERATIONS_TRIED = 1000 * 1000, /* for each key under an empty passphrase */
    DAOTP__MAX_PKCS12_ITERATIONS_ALL = (DAOTP__MAX_PKCS12_ENTRIES + 3) *
                                       DAOTP__PKCS12_ITERATIONS, /* and for all its keys together */
    DAOTP__MAX_STORE_SCHEME = 32,                                /* the scheme of a store's URI */
    DAOTP__MAX_STORE_URI = 4096,                                 /* a store's URI */
    DAOTP__MAX_BUDGET_RECORDS = 4096, /* of one of the 256 tables of a budget */
    DAOTP__MAX_BUDGET_NODES = 10, /* servers that share each budget; each gets at least one try */
    DAOTP__MAX_ENTRY_DEPTH = 16,  /* nested folders that are removed with an entry */

    DAOTP__MAX_DOCTOR_ROWS = 512,   /* of one run of the doctor */
    DAOTP__MAX_DOCTOR_KDCS = 128,   /* that one doctor tests */
    DAOTP__MAX_DOCTOR_CRLS = 64,    /* that one doctor checks without a server */
    DAOTP__MAX_DOCTOR_CLOCKS = 256, /* that are compared in one run */
    DAOTP__MAX_DOCTOR_FILES = 256,  /* that one doctor reads of a bundle */
    DAOTP__MAX_BUNDLE_FILE = 16 * 1024 * 1024,
    DAOTP__MAX_BUNDLE_RECORD = 16 * 1024, /* an event or message that is looked up */
    DAOTP__MAX_BUNDLE_EVENTS = 100000,    /* of one file */
    DAOTP__MAX_BUNDLE_SEARCHES = 128,     /* of one file */
    DAOTP__MAX_BUNDLE_NOTES = 60,         /* findings of one file; less than DAOTP__MAX_FINDINGS */
    DAOTP__MAX_DOCTOR_PROBES = 64,        /* of extenders */

    /* documents */
    DAOTP__MAX_OTP_MESSAGE = 64 * 1024,        /* MS-OTPCE, either way */
    DAOTP__MAX_SOAP_MESSAGE = 512 * 1024,      /* WSTEP answer */
    DAOTP__MAX_XCEP_MESSAGE = 4 * 1024 * 1024, /* XCEP answer: all templates of a forest */
    DAOTP__MAX_XCEP_TEXT = 4096,               /* the OIDs of one list in it, as text */
    DAOTP__MAX_CSR = 16 * 1024,                /* PKCS#10 */
    DAOTP__MAX_CMC = 48 * 1024,                /* signed request */
    DAOTP__MAX_CERTIFICATE = 64 * 1024,        /* one certificate */
    DAOTP__MAX_SCOPE_NAMES = 32,         /* in the scope of a CRL that is compared with another */
    DAOTP__MAX_PEND_TOKEN = 32,          /* pendToken of CMC, as it is shown */
    DAOTP__MAX_FILE = 4 * 1024 * 1024,   /* a file of anchors */
    DAOTP__MAX_CRL = 1024 * 1024 * 1024, /* one CRL given as a file; mapped */
    DAOTP__MAX_KEY_FILE = 64 * 1024,     /* a private key */
    DAOTP__MAX_BUDGET_FILE = 384 * 1024, /* a table of a budget: 4096 records of 88 octets */
    DAOTP__MAX_TREE = 4 * 1024 * 1024,   /* memory of one parsed XML document */
    DAOTP__MAX_OUTLINE = 1024 * 1024,    /* the description of a message */
    DAOTP__MAX_QUESTION = 1024 * 1024,   /* a question for `explain`: a pasted log, for example */
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
    DAOTP__MAX_PROFILE_VALUES = 1024,     /* effective in one profile */

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
    DAOTP__MAX_DEPTH = 16,             /* intermediates that are not self-issued */
    DAOTP__MAX_SIGNATURE_CHECKS = 200, /* expensive ones count several times; above: undecided */
    DAOTP__MAX_EDGES = 1000,           /* candidate issuers that are tried */
    DAOTP__MAX_NAME_COMPARISONS = 250000,
    DAOTP__MAX_POLICIES = 256,      /* of one certificate, with the mappings */
    DAOTP__MAX_POLICY_NODES = 2048, /* of one path */
    DAOTP__MAX_POLICY_WORK =
        32768,              /* of all paths; the unit is one node, one edge or 64 comparisons */
    DAOTP__MAX_CRLS = 4096, /* of one trust */
    DAOTP__MAX_NAMES = 64,  /* that a verifier requires */

    /* fetching what a certificate names */
    DAOTP__MAX_NETWORKS = 16,
    DAOTP__MAX_MISSING = 32,
    DAOTP__MAX_OCSP = 16,                  /* answers of one run */
    DAOTP__MAX_FETCHES = 8,                /* of one validation */
    DAOTP__MAX_SOURCES = 256,              /* URLs that a fetcher remembers */
    DAOTP__FETCH_BYTES = 64 * 1024 * 1024, /* unless set */
    DAOTP__FETCH_MS = 15 * 1000,           /* unless set */
    DAOTP__FETCH_LOCK_MS =
        5 * 1000, /* wait for another process; at most half of the fetch timeout */
    DAOTP__FETCH_RETRY_MS = 5 * 1000, /* after a failure; doubled up to an hour */

    /* TCP without TLS */
    DAOTP__PLAIN_READS =
        128, /* reads of the socket in a row, before control returns to the caller */

    /* TLS: of one connection; application data allows more, for connections that stand for days */
    DAOTP__TLS_READS = 128,       /* reads of the socket in one call of libssl */
    DAOTP__MAX_TLS_MESSAGES = 16, /* handshake messages of one type */
    DAOTP__MAX_TLS_RECORDS = 512, /* records without application data */
    DAOTP__TLS_MESSAGE_DATA =
        64 * 1024,                 /* octets of data that allow one more message of each type */
    DAOTP__TLS_RECORD_DATA = 1024, /* octets of data that allow one more such record */

    /* HTTP */
    DAOTP__MAX_HTTP_HEAD = 32 * 1024,
    DAOTP__MAX_HTTP_OVERHEAD =
        64 * 1024, /* octets read that are not the body: header fields, trailers, chunk sizes with
                      extensions, interim responses */
    DAOTP__MAX_HTTP_INTERIM = 8, /* 1xx responses before the final one */

    /* LDAP */
    DAOTP__MAX_LDAP_FRONT = 8 * 1024,  /* the octets of an entry before its first value */
    DAOTP__LDAP_READ_SIZE = 16 * 1024, /* octets of one read */
    DAOTP__MAX_LDAP_PASSED_OVER =
        64, /* skipped messages (references, for example) before the entry */

    /* RPC */
    DAOTP__MAX_RPC_LEGS = 8,                     /* of one handshake */
    DAOTP__MAX_RPC_STUB = DAOTP__MAX_CMC + 8192, /* of a request */
    DAOTP__MAX_RPC_REPLY = 1024 * 1024,          /* the stub of a response, all fragments */
    DAOTP__MAX_RPC_FRAGMENTS =
        2048,                   /* of a response; real servers send at least 1,432 octets in each */
    DAOTP__MAX_TOWERS = 4,      /* requested from the endpoint mapper, and read */
    DAOTP__MAX_EXTENTS = 64,    /* extensions of one ORPCTHAT */
    DAOTP__MAX_PROPERTIES = 16, /* of an answer to RemoteCreateInstance */
    DAOTP__MAX_TEMPLATE_LIST = 128 * 1024, /* the names of all templates of a CA, in UTF-8 */
    DAOTP__MAX_CA_CERTIFICATES = 256,      /* certificates that a CA has had */

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
    DAOTP__TOTAL_MS = 60 * 1000,   /* a whole enrolment, unless set */
    DAOTP__CONNECT_MS = 10 * 1000, /* name, TCP and TLS of one server, unless set */
    DAOTP__IDLE_MS =
        5 * 1000, /* a connection that prepare opened is opened again after this idle time */
    DAOTP__EXCHANGE_MS = 120 * 1000, /* a responder's exchange: a push takes a minute */
    DAOTP__STORE_LOCK_MS = 5 * 1000,
    DAOTP__FILE_POLL_MS = 200,
    DAOTP__LOOP_BEAT_MS = 100,  /* the longest time between two steps of a flow that waits */
    DAOTP__LOOP_LATE_MS = 1000, /* a total delay of steps that is reported */
};

#endif

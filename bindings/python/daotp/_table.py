# SPDX-License-Identifier: BSD-2-Clause
"""What libdaotp publishes. Made by generate.py from include/daotp: do not edit."""
from ctypes import CFUNCTYPE, POINTER, Structure
from ctypes import c_bool, c_char_p, c_int, c_int64, c_size_t, c_uint8, c_uint32, c_void_p
from typing import Tuple

from ._types import ADDRESS, FLAG, INT, INT64, OUT, SIZE, TEXT, UINT8, UINT16, UINT32
from ._types import Address, Call, Number, Object

JSON_FORMAT = 1
STAGE_ALL_COUNT = 18
STAGE_COUNT = 13
STORE_PLUGIN_VERSION = 1
VERSION_MAJOR = 0
VERSION_MINOR = 1
VERSION_NUMBER = 100
VERSION_PATCH = 0
VERSION_TEXT = "0.1.0"


class AnswerField(Number):
    """daotp_answer_field"""

    ID = 1
    KIND = 2
    NAMES = 3
    STAGE = 4
    MEANING = 5
    CONFUSED = 6
    SOURCE = 7


class CaAuthentication(Number):
    """daotp_ca_authentication"""

    USERNAME = 1
    NEGOTIATE = 2
    CERTIFICATE = 3
    ANY = 4


class CaNeed(Number):
    """daotp_ca_need"""

    TAKES_TICKET = 1
    NEEDS_TICKET = 2
    RESUMES = 4


class CaRpcMechanism(Number):
    """daotp_ca_rpc_mechanism"""

    SPNEGO = 1
    KERBEROS = 2


class CaWay(Number):
    """daotp_ca_way"""

    AUTO = 1
    ICPR = 2
    DCOM = 3


class CauseField(Number):
    """daotp_cause_field"""

    ID = 1
    STAGE = 2
    TITLE = 3
    CHECK = 4
    CURE = 5
    SOURCE = 6


class ClientRows(Number):
    """daotp_client_rows"""

    ALL = 1
    TLS = 2
    NONE = 3


class CodeAnswer(Number):
    """daotp_code_answer"""

    ACCEPTED = 1
    REJECTED = 2
    CHALLENGE = 3
    UNAVAILABLE = 4


class Digest(Number):
    """daotp_digest"""

    NONE = 0
    SHA1 = 1
    SHA256 = 2
    SHA384 = 3
    SHA512 = 4


class FindingNumber(Number):
    """daotp_finding_number"""

    NONE = 0
    CALL_ARGUMENT = 1
    CALL_ORDER = 2
    CALL_MEMORY = 3
    CALL_CANCELLED = 4
    CALL_TIMEOUT = 5
    CALL_INTERNAL = 6
    BUILD_WITHOUT = 7
    LIMIT_SIZE = 8
    FILE_READ = 9
    FILE_WRITE = 10
    FILE_OPEN_TO_OTHERS = 11
    CERT_DER = 12
    KEY_READ = 13
    KEY_MISMATCH = 14
    KEY_KIND = 15
    KEY_WEAK = 16
    INPUT_KIND = 17
    TRUST_FILE = 24
    CONFIG_LINE = 40
    CONFIG_KEY = 41
    CONFIG_VALUE = 42
    CONFIG_TWICE = 43
    CONFIG_SECRET = 44
    CONFIG_LOCKED = 45
    CONFIG_OWNER = 46
    CONFIG_MISSING = 47
    CONFIG_NEEDS = 48
    CLIENT_NO_SERVER = 100
    CLIENT_NO_TRUST = 102
    CLIENT_NO_CA = 103
    CLIENT_NO_TEMPLATE = 104
    CLIENT_NO_STORE = 105
    USER_NAME = 106
    USER_NO_UPN = 107
    USER_NO_DN = 108
    OTP_FORM = 109
    DOMAIN_CREDENTIAL = 110
    TRUST_EMPTY = 111
    PREPARE_NO_PREFLIGHT = 112
    CA_HOST_LIST = 113
    DNS_FAILED = 200
    DNS_TIMEOUT = 201
    TCP_FAILED = 202
    TCP_TIMEOUT = 203
    PROXY_FAILED = 204
    PROXY_ADDRESS = 205
    TLS_FAILED = 220
    TLS_SERVER_UNTRUSTED = 221
    TLS_SERVER_NAME = 222
    TLS_SERVER_EXPIRED = 223
    TLS_SERVER_USAGE = 224
    TLS_NO_CLIENT_CERT_REQUEST = 225
    TLS_CLIENT_CERT_MISSING = 226
    TLS_CLIENT_CERT_REFUSED = 227
    TLS_CLIENT_CERT_ISSUER = 228
    TLS_CLIENT_CERT_DATES = 229
    TLS_CLIENT_CERT_USAGE = 230
    TLS_LATE_UNSUPPORTED = 231
    TLS_TIMEOUT = 232
    TLS_REPEATS = 233
    TLS_KEY_SHARED = 234
    TLS_SERVER_NOTYET = 235
    TLS_SERVER_KEY = 236
    TLS_SERVER_HASH = 237
    TLS_SERVER_REVOKED = 238
    TLS_SERVER_REVOCATION = 239
    TLS_SERVER_REVOCATION_SKIPPED = 240
    TLS_SERVER_INSPECTED = 241
    TLS_VERSION = 242
    TLS_PROTOCOL = 243
    TLS_RESET = 244
    TLS_CIPHER = 245
    TLS_HOST_UNKNOWN = 246
    TLS_CLIENT_CERT_CHAIN = 247
    HTTP_FORBIDDEN = 300
    HTTP_STATUS = 301
    HTTP_NOT_FOUND = 302
    HTTP_MALFORMED = 303
    HTTP_CONNECTION_LOST = 304
    HTTP_TOO_LARGE = 305
    OTP_VERSION = 306
    OTP_CONTENT_TYPE = 307
    OTP_MESSAGE = 308
    OTP_AUTHENTICATION = 309
    OTP_CHALLENGE = 310
    OTP_OTHER = 311
    OTP_NO_ISSUING_CA = 312
    OTP_NO_REQUEST = 313
    OTP_SPENT = 314
    HTTP_REDIRECT = 315
    HTTP_SIGN_IN = 316
    HTTP_PATH = 317
    HTTP_METHOD = 318
    HTTP_BODY_LIMIT = 319
    HTTP_UNAVAILABLE = 320
    HTTP_PAGE = 321
    HTTP_SILENT = 322
    HTTP_HEAD = 323
    CMC_TYPE = 400
    CMC_ONE_REQ = 401
    CMC_SAME_CSR = 402
    CMC_BODYID = 403
    CMC_EXTRA = 404
    CMC_NOSIG = 405
    CMC_ATTRS = 406
    CMC_RASIG = 407
    CMC_HASH = 408
    RA_EMBED = 409
    RA_EKU = 410
    RA_EKU_ONLY = 411
    RA_APPPOL = 412
    RA_KU = 413
    RA_VALIDITY = 414
    RA_LIFETIME = 415
    RA_NOTSELF = 416
    RA_NOT_CA = 417
    RA_NOT_EA = 418
    RA_SAN = 419
    RA_REVOCATION = 420
    RA_CHAIN = 421
    RA_KEY = 422
    CMC_KEY_SHARED = 423
    CMC_IDENTITY = 424
    CMC_SIGNER = 425
    CMC_VERSION = 426
    CA_CONFIG = 500
    CA_UNREACHABLE = 501
    CA_TIMEOUT = 502
    CA_HTTP = 503
    CA_CREDENTIAL = 504
    CA_MESSAGE = 505
    CA_FAULT = 506
    CA_PENDING = 507
    CA_DENIED = 508
    CA_RESPONSE = 509
    CA_WAITING_FILE = 510
    CA_URL = 511
    CA_LOST = 512
    CA_HOST = 513
    CA_PORT = 514
    DOMAIN_REPEATED = 515
    CA_TRANSPORT = 516
    CA_UNEXPLAINED = 517
    CA_TEMPLATE_DENIED = 520
    CA_ENROLL_DENIED = 521
    CA_TEMPLATE_UNSUPPORTED = 522
    CA_TEMPLATE_NONE = 523
    CA_TEMPLATE_CONFLICT = 524
    CA_TEMPLATE_VERSION = 525
    CA_SIGNATURE_REQUIRED = 526
    CA_SIGNATURE_COUNT = 527
    CA_SIGNATURE_REJECTED = 528
    CA_KEY_LENGTH = 529
    CA_UPN_REQUIRED = 530
    CA_RA_EXPIRED = 531
    CA_RA_UNTRUSTED = 532
    CA_RA_REVOKED = 533
    CA_RA_REVOCATION = 534
    CA_ACCESS = 535
    CA_ARGUMENT = 536
    CA_DATA = 537
    CA_WEAK = 538
    CA_DIGEST = 539
    CA_NTAUTH = 540
    CA_NTLM = 541
    CA_RPC_OFF = 542
    CA_DCOM_OFF = 543
    CA_DCOM_CLASS = 544
    CA_RPC_FIREWALL = 545
    CA_RPC_ACCESS = 546
    CA_RPC_FAULT = 547
    CA_RPC_MESSAGE = 548
    CA_RPC_SEAL = 549
    CA_RPC_CIPHER = 550
    CA_RPC_BUSY = 551
    CA_ADDRESS = 552
    CA_TICKET = 553
    CA_OTHER_TICKET = 554
    CA_MACHINE_TICKET = 555
    CA_PRINCIPAL = 556
    CA_CLOCK = 557
    CA_KDC = 558
    CA_KERBEROS = 559
    CA_WAY = 560
    CA_ANSWERS = 561
    CA_STATUS = 562
    CA_DISPOSITION = 563
    CA_STEP = 564
    CA_PROPERTY = 565
    CA_RPC_SILENT = 566
    CA_KEYTAB = 567
    RA_TEMPLATE = 568
    CA_METHOD = 570
    CA_TICKET_REFUSED = 571
    CA_PAGE = 572
    CA_MULTIPART = 573
    CA_SOAP_VERSION = 574
    CA_PATH = 575
    CA_UNAVAILABLE = 576
    CA_FORBIDDEN = 577
    CA_MANAGER_DENIED = 578
    CA_NOT_READY = 579
    CA_SUBJECT = 580
    CA_NAME_REQUIRED = 581
    CA_RENEWAL = 582
    CA_ARCHIVAL = 583
    CA_ATTESTATION = 584
    CA_ROLES = 585
    CA_POLICY_REQUIRED = 586
    CA_SMIME = 587
    CA_TEMPLATE_PERIODS = 588
    CA_SIGNATURES_MANY = 589
    CA_OWN_CERTIFICATE = 590
    CA_DATABASE = 591
    CA_SID_REQUIRED = 592
    CA_PRECERTIFICATE = 593
    CA_RA_CHAIN = 594
    CA_OLD_CONTROLLER = 595
    CA_DIRECTORY = 596
    OTP_KEY = 600
    OTP_EKU = 601
    OTP_KU = 602
    OTP_UPN = 603
    OTP_SUBJECT = 604
    OTP_LIFETIME = 605
    OTP_LONG = 606
    OTP_NOTYET = 607
    OTP_EXPIRED = 608
    OTP_TEMPLATE = 609
    OTP_CDP = 610
    OTP_SID = 611
    OTP_SID_OTHER = 612
    OTP_SIGALG = 613
    OTP_NOT_CA = 614
    OTP_CRITICAL = 615
    OTP_SERIAL = 616
    OTP_SIDURL = 617
    CHAIN_SKIPPED = 650
    REVOCATION_SKIPPED = 651
    STORE_LABEL = 700
    STORE_MISSING = 701
    STORE_WRITE = 702
    STORE_LOCKED = 703
    STORE_DAMAGED = 704
    STORE_MODE = 705
    STORE_FULL = 706
    STORE_KEY = 707
    STORE_REMOVE = 708
    STORE_UNSURE = 709
    STORE_BACKEND = 710
    STORE_UNEXPLAINED = 711
    STORE_EXPIRED = 712
    STORE_URI = 713
    STORE_ABSENT = 714
    STORE_PLUGIN = 715
    STORE_PASSPHRASE = 716
    STORE_OLD_CIPHER = 717
    STORE_WOULD_LOSE = 718
    STORE_PIN = 720
    STORE_PIN_LOCKED = 721
    STORE_TOKEN = 722
    STORE_TOKEN_GONE = 723
    STORE_TOKEN_FAILED = 724
    STORE_KEY_ABSENT = 725
    KEY_UNEXPLAINED = 726
    STORE_MAKES_NO_KEYS = 727
    LOGON_SKIPPED = 800
    LOGON_KDC_UNREACHABLE = 801
    LOGON_REFUSED = 802
    LOGON_CLIENT_UNKNOWN = 803
    LOGON_NAME_MISMATCH = 804
    LOGON_KEY_PURPOSE = 805
    LOGON_UNTRUSTED = 806
    LOGON_REVOKED = 807
    LOGON_REVOCATION = 808
    LOGON_INVALID = 809
    LOGON_PREAUTH = 810
    LOGON_TICKET = 811
    LOGON_MISMATCH = 812
    LOGON_FAILED = 813
    LOGON_KDC_SILENT = 814
    LOGON_CONFIG = 815
    LOGON_ANSWER = 816
    LOGON_KDC_CERTIFICATE = 817
    LOGON_KDC_CERTIFICATE_LIKELY = 818
    LOGON_PKINIT_NOT_OFFERED = 819
    LOGON_SKEW = 820
    LOGON_REALM = 821
    LOGON_NOT_UNIQUE = 822
    LOGON_ACCOUNT_DISABLED = 823
    LOGON_ACCOUNT_LOCKED = 824
    LOGON_ACCOUNT_EXPIRED = 825
    LOGON_PASSWORD_EXPIRED = 826
    LOGON_POLICY = 827
    LOGON_KEY = 828
    LOGON_SERVICE = 829
    LOGON_KDC_BUSY = 830
    LOGON_ETYPE = 831
    LOGON_DIGEST = 832
    LOGON_CERTIFICATE_DIGEST = 833
    LOGON_PREAUTH_REJECTED = 834
    LOGON_INTEGRITY = 835
    LOGON_MODIFIED = 836
    LOGON_PROTOCOL = 837
    LOGON_TOO_BIG = 838
    LOGON_GENERIC = 839
    LOGON_KDC_ANCHORS = 840
    LOGON_SIGNATURE = 841
    LOGON_DH = 842
    LOGON_KDC_NAME = 843
    LOGON_CHECKSUM = 844
    LOGON_KEY_TRANSPORT = 845
    LOGON_FRESHNESS = 846
    LOGON_KDF = 847
    LOGON_KDC_RESET = 848
    LOGON_MAPPING = 849
    LOGON_KDC_REPLY = 850
    LOGON_KDC_CERTIFICATE_STATUS = 851
    LOGON_HELD_KEY = 852
    SERVE_METHOD = 900
    SERVE_VERSION = 901
    SERVE_NO_CLIENT_CERT = 902
    CSR_DER = 903
    CSR_SIG = 904
    CSR_TEMPLATE = 905
    CSR_UPN = 906
    CSR_SUBJECT = 907
    CSR_NAMES_OTHER = 908
    CSR_EKU = 909
    CSR_KEY = 910
    CSR_HASH = 911
    CSR_NO_RENEWAL = 912
    CSR_NO_NVP = 913
    CSR_NO_SID = 914
    CSR_CLIENTINFO = 915
    CSR_KEY_SHARED = 916
    CSR_EXTENSION = 917
    CSR_PURPOSE = 918
    CSR_SID = 919
    SERVE_USER_UNKNOWN = 920
    SERVE_USER_LOOKUP = 921
    CSR_ATTRIBUTE = 922
    SERVE_CODE_REJECTED = 930
    SERVE_CODE_CHALLENGE = 931
    SERVE_CODE_UNREACHABLE = 932
    SERVE_BUDGET_SPENT = 933
    SERVE_BUDGET_MEMORY = 934
    SERVE_BUDGET_STATE = 935
    SERVE_RA_MISSING = 940
    RA_EXPIRING = 941
    SERVE_NO_CA = 942
    SERVE_RA_RELOADED = 943
    CMC_ORDER = 944
    SERVE_CLIENT_REFUSED = 945
    SERVE_CLIENT_CERT_READ = 946
    SERVE_USER_CLOSED = 947
    SERVE_USER_GROUP = 948
    SERVE_USER_TWICE = 949
    SERVE_DIRECTORY = 950
    SERVE_BUSY = 951
    SERVE_LOG_LOST = 952
    SERVE_NAME_UNKNOWN = 953
    SERVE_RESTART = 954
    RADIUS_NO_SERVER = 1000
    RADIUS_TIMEOUT = 1001
    RADIUS_SECRET = 1002
    RADIUS_UNSIGNED = 1003
    RADIUS_MALFORMED = 1004
    RADIUS_REFUSED = 1005
    RADIUS_REJECTED = 1006
    RADIUS_CHALLENGED = 1007
    RADIUS_USER = 1008
    RADIUS_PASSWORD = 1009
    RADIUS_SECRET_SHORT = 1010
    RADIUS_POLICY_WEAK = 1011
    RADIUS_RETRANSMITTED = 1012
    RADIUS_FAILOVER = 1013
    RADIUS_ALIVE = 1014
    RADIUS_ATTRIBUTE = 1015
    RADIUS_CONNECTION_LOST = 1016
    RADIUS_NOT_FIRST = 1018
    RADIUS_RADSEC_SECRET = 1030
    RADIUS_RADSEC_UNANSWERED = 1031
    RADIUS_NO_STATE = 1032
    RADIUS_CHARSET = 1033
    RADIUS_WANTS_PASSWORD = 1034
    RADIUS_WANTS_PIN = 1035
    RADIUS_WANTS_NEXT_CODE = 1036
    RADIUS_WANTS_APPROVAL = 1037
    RADIUS_WANTS_CODE = 1038
    CHAIN_NO_PATH = 1100
    CHAIN_ISSUER_MISSING = 1101
    CHAIN_SIGNATURE = 1102
    CHAIN_NOT_YET = 1103
    CHAIN_EXPIRED = 1104
    CHAIN_NAME = 1105
    CHAIN_NOT_PERMITTED = 1106
    CHAIN_EXCLUDED = 1107
    CHAIN_NAME_FORM = 1108
    CHAIN_NAME_INVALID = 1109
    CHAIN_CONSTRAINTS = 1110
    CHAIN_POLICY = 1111
    CHAIN_POLICY_MALFORMED = 1112
    CHAIN_NOT_CA = 1113
    CHAIN_PATH_LENGTH = 1114
    CHAIN_CERT_SIGN = 1115
    CHAIN_CRITICAL = 1116
    CHAIN_EXTENSION = 1117
    CHAIN_DEPTH = 1118
    CHAIN_ALGORITHM = 1119
    CHAIN_KEY = 1120
    CHAIN_BUDGET = 1121
    CHAIN_HOST = 1122
    CHAIN_PURPOSE = 1123
    CHAIN_VALID = 1124
    CHAIN_SELF_SIGNED = 1125
    PROFILE_VERSION = 1130
    PROFILE_SERIAL = 1131
    PROFILE_ISSUER = 1132
    PROFILE_VALIDITY = 1133
    PROFILE_SUBJECT = 1134
    PROFILE_AKI = 1135
    PROFILE_SKI = 1136
    PROFILE_KEY_USAGE = 1137
    PROFILE_SAN = 1138
    PROFILE_BASIC = 1139
    PROFILE_CONSTRAINTS = 1140
    PROFILE_POLICY = 1141
    PROFILE_ACCESS = 1142
    WEBPKI_KEY = 1143
    WEBPKI_EKU = 1144
    WEBPKI_CN = 1145
    WEBPKI_CA = 1146
    WEBPKI_SAN = 1147
    WEBPKI_SIGNATURE = 1148
    PROFILE_ALGORITHM = 1149
    REVOKED = 1160
    REVOCATION_UNKNOWN = 1161
    CRL_MISSING = 1162
    CRL_STALE = 1163
    CRL_STALE_TAKEN = 1164
    CRL_NOT_YET = 1165
    CRL_SIGNER = 1166
    CRL_SIGNATURE = 1167
    CRL_ALGORITHM = 1168
    CRL_PROFILE = 1169
    CRL_CRITICAL = 1170
    CRL_ENTRIES = 1171
    CRL_REASONS = 1172
    CRL_DER = 1173
    REVOCATION_GOOD = 1174
    REVOCATION_IGNORED = 1175
    CRL_SCOPE = 1176
    FETCH_URL = 1180
    FETCH_ADDRESS = 1181
    FETCH_FAILED = 1182
    FETCH_STATUS = 1183
    FETCH_TOO_LARGE = 1184
    FETCH_TIMEOUT = 1185
    FETCH_ENCODING = 1186
    FETCH_REDIRECTS = 1187
    FETCH_CONTENT = 1188
    FETCH_LIMIT = 1189
    FETCH_BACK_OFF = 1190
    CRL_ROLLBACK = 1191
    CACHE_FOLDER = 1192
    CACHE_FILE = 1193
    CRL_PROFILE_TAKEN = 1194
    CRL_SIGNER_STATUS = 1195
    OCSP_DER = 1200
    OCSP_STATUS = 1201
    OCSP_SIGNER = 1202
    OCSP_SIGNATURE = 1203
    OCSP_NONCE = 1204
    OCSP_STALE = 1205
    OCSP_UNKNOWN = 1206
    OCSP_STALE_TAKEN = 1207
    OCSP_TIMES = 1208
    OCSP_SIGNER_STATUS = 1209
    MACHINE_EKU = 1220
    MACHINE_KU = 1221
    MACHINE_NAME = 1222
    MACHINE_CDP = 1223
    MACHINE_NOT_CA = 1224
    SERVER_EKU = 1230
    SERVER_SUBJECT = 1231
    SERVER_CDP = 1232
    SERVER_NOTSELF = 1233
    SERVER_KU = 1234
    SERVER_NAME = 1235
    KDC_PURPOSE = 1240
    KDC_EKU = 1241
    KDC_TLS = 1242
    KDC_KU = 1243
    KDC_NAME = 1244
    KDC_CDP = 1245
    ISSUER_CA = 1250
    ISSUER_KU = 1251
    ISSUER_CDP = 1252
    ISSUER_EKU = 1253
    NTAUTH_LIST = 1254
    CALL_LATE = 1255
    NTAUTH_LISTED = 1256
    KDC_REALM_OPEN = 1257
    CLOCK_SKEW = 1300
    CLOCK_DRIFT = 1301
    CLOCK_UNKNOWN = 1302
    OTP_REQUEST_REFUSED = 1303
    OTP_ANYBODY = 1304
    OTP_KNOWS_NOBODY = 1305
    OTP_WRONG_ACCEPTED = 1306
    KDC_TAKES_PKINIT = 1307
    KDC_PKINIT_NOT_SEEN = 1308
    KDC_ANYBODY = 1309
    CERTIFICATE_ENDS = 1310
    CERTIFICATE_ENDS_SOON = 1311
    CRL_ENDS = 1312
    CRL_ENDS_SOON = 1313
    CRL_SIGNER_OPEN = 1314
    CRL_UNREACHABLE = 1315
    BUNDLE_EVENT = 1316
    BUNDLE_ENROLLED = 1317
    BUNDLE_EVTX = 1318
    BUNDLE_UNKNOWN = 1319
    BUNDLE_OTP_OFF = 1320
    BUNDLE_SETTING = 1321
    BUNDLE_HEALTH = 1322
    TPL_RASIG = 1323
    TPL_RAPOL = 1324
    TPL_EKU = 1325
    TPL_NOREV = 1326
    TPL_NOSID = 1327
    TPL_PENDING = 1328
    TPL_NAME = 1329
    BUNDLE_EXPIRED = 1330
    STORE_NO_PASSPHRASE = 1340
    DIRECTORY_UNREACHABLE = 1350
    DIRECTORY_UNREADABLE = 1351
    TPL_ABSENT = 1352
    TPL_UNPUBLISHED = 1353
    DIRECTORY_NO_CA = 1354
    DIRECTORY_CA_EXPIRED = 1355
    DIRECTORY_CA_OLD = 1356
    AIA_ABSENT = 1357
    DIRECTORY_NO_CERTIFICATE = 1358
    NTAUTH_ABSENT = 1359
    CLOCK_HERE = 1360
    CLOCK_THERE = 1361
    BUNDLE_CUT = 1362
    BUNDLE_MALFORMED = 1363
    STORE_SERVER = 1370
    STORE_SERVER_GONE = 1371
    STORE_SERVER_SLOW = 1372
    STORE_SERVER_TLS = 1373
    STORE_SERVER_AUTH = 1374
    STORE_SERVER_DENIED = 1375
    STORE_SERVER_REPLY = 1376
    STORE_SERVER_REFUSED = 1377
    STORE_SERVER_FULL = 1378
    STORE_SERVER_CLUSTER = 1379
    STORE_SERVER_MASTER = 1380
    STORE_SEAL_KEY = 1381
    STORE_SEAL_ID = 1382
    STORE_SEAL = 1383
    STORE_ROLLED_BACK = 1384
    STORE_FENCED = 1385
    STORE_USER_LOCKED = 1386
    STORE_KEYRING = 1390
    STORE_KEYRING_FULL = 1391
    STORE_KEYRING_OPEN = 1392


class Format(Number):
    """daotp_format"""

    TEXT = 1
    JSON = 2


class HostOrigin(Number):
    """daotp_host_origin"""

    CONFIGURED = 1
    FROM_SERVER = 2


class KeyKind(Number):
    """daotp_key_kind"""

    RSA_2048 = 1
    RSA_3072 = 2
    RSA_4096 = 3
    P256 = 4
    P384 = 5


class LogLevel(Number):
    """daotp_log_level"""

    ERROR = 0
    WARNING = 1
    INFO = 2
    DEBUG = 3


class NameKind(Number):
    """daotp_name_kind"""

    DNS = 1
    IP = 2
    EMAIL = 3
    UPN = 4
    REALM = 5


class Part(Number):
    """daotp_part"""

    RA = 1
    OTP_LOGON = 2
    MACHINE = 3
    SERVER = 4
    KDC = 5
    CA = 6
    NTAUTH = 7


class ProbeState(Number):
    """daotp_probe_state"""

    WAITING = 0
    RUNNING = 1
    PASSED = 2
    WARNED = 3
    FAILED = 4
    UNDECIDED = 5
    SKIPPED = 6


class ProfileField(Number):
    """daotp_profile_field"""

    NAME = 1
    WANTED = 2
    MEANING = 3
    SETTER = 4
    EXAMPLE = 5
    GROUP = 6


class ProfileOrigin(Number):
    """daotp_profile_origin"""

    SYSTEM = 1
    USER = 2
    NAMED = 3
    OPTION = 4


class RadiusAnswer(Number):
    """daotp_radius_answer"""

    PENDING = 0
    ACCEPTED = 1
    REJECTED = 2
    CHALLENGED = 3
    UNDECIDED = 4


class RadiusPolicy(Number):
    """daotp_radius_policy"""

    REQUIRE = 1
    AUTO = 2
    OPTIONAL = 3
    FIRST = 4


class RadiusProbe(Number):
    """daotp_radius_probe"""

    STATUS_SERVER = 1
    USER = 2


class RadiusTimers(Number):
    """daotp_radius_timers"""

    CODE = 1
    PUSH = 2
    PROBE = 3


class RadiusUserForm(Number):
    """daotp_radius_user_form"""

    AS_GIVEN = 1
    STRIPPED = 2


class RequirementField(Number):
    """daotp_requirement_field"""

    ID = 1
    WEIGHT = 2
    STATEMENT = 3
    SETTING = 4
    COMMAND = 5
    FOUND = 6
    SOURCE = 7


class RequirementState(Number):
    """daotp_requirement_state"""

    UNKNOWN = 0
    PASS = 1
    FAIL = 2


class Revocation(Number):
    """daotp_revocation"""

    REQUIRE = 1
    PREFER = 2
    IGNORE = 3


class Role(Number):
    """daotp_role"""

    ANY = 0
    RA = 1
    OTP_LOGON = 2
    CLIENT = 3
    SERVER = 4
    KDC = 5
    ISSUING_CA = 6


class Rules(Number):
    """daotp_rules"""

    PATH = 1
    STRICT = 2
    WEBPKI = 3


class SecretKind(Number):
    """daotp_secret_kind"""

    PASSPHRASE = 1
    PIN = 2
    SEAL_KEY = 3
    PASSWORD = 4


class SecretWarning(Number):
    """daotp_secret_warning"""

    COUNT_LOW = 1
    FINAL_TRY = 2
    NEW = 4


class Severity(Number):
    """daotp_severity"""

    INFORMATION = 0
    WARNING = 1
    ERROR = 2


class SignatureScheme(Number):
    """daotp_signature_scheme"""

    RSA_PKCS1 = 1
    RSA_PSS = 2
    ECDSA = 3


class Stage(Number):
    """daotp_stage"""

    CALL = 0
    PREPARE = 1
    RESOLVE = 2
    CONNECT = 3
    TLS = 4
    OTP = 5
    SIGNATURE = 6
    SUBMIT = 7
    PROFILE = 8
    CHAIN = 9
    REVOCATION = 10
    STORE = 11
    LOGON = 12
    DECODE = 13
    REQUEST = 14
    USER = 15
    CODE = 16
    SIGN = 17


class StageState(Number):
    """daotp_stage_state"""

    NOT_REACHED = 0
    RUNNING = 1
    PASSED = 2
    FAILED = 3
    SKIPPED = 4


class Status(Number):
    """daotp_status"""

    OK = 0
    AGAIN = 1
    CHALLENGE = 2
    USAGE = 3
    CONFIGURATION = 4
    MEMORY = 5
    NETWORK = 6
    PEER = 7
    TIMEOUT = 8
    REJECTED = 9
    UNDECIDED = 10
    CANCELLED = 11
    INTERNAL = 12


class StoreAbility(Number):
    """daotp_store_ability"""

    IS_DURABLE = 1
    IS_SHARED = 2
    HOLDS_MANY = 4
    TAKES_KEYS = 8
    GIVES_KEYS = 16
    MAKES_KEYS = 32
    FORGETS = 64
    ASKS_SECRET = 128
    TELLS_FULL = 256


class StoreState(Number):
    """daotp_store_state"""

    VALID = 0
    DUE = 1
    EXPIRED = 2
    DAMAGED = 3


class TemplateNumber(Number):
    """daotp_template_number"""

    SCHEMA = 1
    MAJOR = 2
    MINOR = 3
    KEY_BITS = 4
    VALIDITY_S = 5
    RENEWAL_S = 6
    MAY_ENROLL = 7
    RA_SIGNATURES = 8
    PRIVATE_KEY_FLAGS = 9
    SUBJECT_FLAGS = 10
    ENROLLMENT_FLAGS = 11
    GENERAL_FLAGS = 12


class TemplateText(Number):
    """daotp_template_text"""

    NAME = 1
    DISPLAY_NAME = 2
    OID = 3
    HASH = 4
    KEY_ALGORITHM = 5
    PURPOSES = 6
    RA_POLICY = 7
    RA_PURPOSES = 8


class UserAnswer(Number):
    """daotp_user_answer"""

    FOUND = 1
    UNKNOWN = 2
    UNAVAILABLE = 3


class VerifyFlag(Number):
    """daotp_verify_flag"""

    EXPLICIT_POLICY = 1
    INHIBIT_MAPPING = 2
    INHIBIT_ANY_POLICY = 3
    FORGET = 4
    EXPLAIN = 5


DAOTP_ACCOUNT_FN = CFUNCTYPE(c_int, c_void_p, c_char_p, Address)
DAOTP_CLOCK_FN = CFUNCTYPE(c_int64, c_void_p)
DAOTP_CODE_FN = CFUNCTYPE(None, c_void_p, Address, c_char_p, c_void_p, c_size_t)
DAOTP_DOCTOR_PROGRESS_FN = CFUNCTYPE(None, c_void_p, c_size_t, c_int)
DAOTP_DOMAIN_FN = CFUNCTYPE(c_int, c_void_p, c_char_p, c_int, c_uint32, Address)
DAOTP_LOG_FN = CFUNCTYPE(None, c_void_p, c_int, c_char_p, c_char_p)
DAOTP_PROGRESS_FN = CFUNCTYPE(None, c_void_p, c_int, c_int)
DAOTP_RADIUS_FN = CFUNCTYPE(None, c_void_p, Address)
DAOTP_SECRET_FN = CFUNCTYPE(c_int, c_void_p, c_int, c_char_p, c_uint32, c_void_p, c_size_t, POINTER(c_size_t))
DAOTP_STORE_EXPIRED_FN = CFUNCTYPE(c_int, c_void_p, c_char_p, Address)
DAOTP_STORE_LABEL_FN = CFUNCTYPE(c_int, c_void_p, c_char_p)
DAOTP_STORE_PLUGIN_FN = CFUNCTYPE(c_void_p)
DAOTP_USER_FN = CFUNCTYPE(None, c_void_p, Address, c_char_p)


class daotp_ca_transport(Structure):
    """daotp_ca_transport"""

    _fields_ = [
        ("size", c_size_t),
        ("begin", CFUNCTYPE(c_int, c_void_p, Address, POINTER(c_void_p))),
        ("step", CFUNCTYPE(c_int, c_void_p, c_void_p, Address)),
        ("descriptor", CFUNCTYPE(c_int, c_void_p, c_void_p)),
        ("timeout_ms", CFUNCTYPE(c_int, c_void_p, c_void_p)),
        ("end", CFUNCTYPE(None, c_void_p, c_void_p)),
        ("free", CFUNCTYPE(None, c_void_p)),
        ("check", CFUNCTYPE(c_int, c_void_p, Address)),
        ("needs", CFUNCTYPE(c_uint32, c_void_p)),
    ]


class daotp_key_backend(Structure):
    """daotp_key_backend"""

    _fields_ = [
        ("size", c_size_t),
        ("sign", CFUNCTYPE(c_int, c_void_p, c_int, c_void_p, c_size_t, c_void_p, c_size_t, POINTER(c_size_t), Address)),
        ("free", CFUNCTYPE(None, c_void_p)),
        ("lend", CFUNCTYPE(c_int, c_void_p, c_void_p, c_size_t, Address)),
    ]


class daotp_probe(Structure):
    """daotp_probe"""

    _fields_ = [
        ("size", c_size_t),
        ("step", CFUNCTYPE(c_int, c_void_p, Address)),
        ("get_fd", CFUNCTYPE(c_int, c_void_p)),
        ("get_timeout_ms", CFUNCTYPE(c_int, c_void_p)),
        ("free", CFUNCTYPE(None, c_void_p)),
        ("comes_first", c_bool),
        ("follows", c_bool),
    ]


class daotp_store_backend(Structure):
    """daotp_store_backend"""

    _fields_ = [
        ("size", c_size_t),
        ("put", CFUNCTYPE(c_int, c_void_p, c_char_p, Address, Address)),
        ("get", CFUNCTYPE(c_int, c_void_p, c_char_p, Address, Address)),
        ("remove", CFUNCTYPE(c_int, c_void_p, c_char_p, Address)),
        ("list", CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, Address)),
        ("free", CFUNCTYPE(None, c_void_p)),
        ("check", CFUNCTYPE(c_int, c_void_p, c_char_p, Address)),
        ("expire", CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, POINTER(c_size_t), Address)),
        ("abilities", c_uint32),
        ("make_key", CFUNCTYPE(c_int, c_void_p, c_char_p, c_int, Address, Address)),
    ]


class daotp_store_plugin(Structure):
    """daotp_store_plugin"""

    _fields_ = [
        ("size", c_size_t),
        ("version", c_uint32),
        ("scheme", c_char_p),
        ("open", CFUNCTYPE(c_int, Address, c_char_p, Address, Address)),
    ]


CALLS: Tuple[Call, ...] = (
    Call("daotp_account_get_dn", c_char_p, (Object("daotp_account"),)),
    Call("daotp_account_get_sid", c_char_p, (Object("daotp_account"),)),
    Call("daotp_account_get_upn", c_char_p, (Object("daotp_account"),)),
    Call("daotp_account_set_dn", c_int, (Object("daotp_account"), TEXT)),
    Call("daotp_account_set_sid", c_int, (Object("daotp_account"), TEXT)),
    Call("daotp_account_set_upn", c_int, (Object("daotp_account"), TEXT)),
    Call("daotp_answers_free", None, (Object("daotp_answers"),)),
    Call("daotp_answers_get_cause", c_char_p, (Object("daotp_answers"), SIZE, SIZE, INT)),
    Call("daotp_answers_get_cause_count", c_size_t, (Object("daotp_answers"), SIZE)),
    Call("daotp_answers_get_count", c_size_t, (Object("daotp_answers"),)),
    Call("daotp_answers_get_finding", c_int, (Object("daotp_answers"), SIZE)),
    Call("daotp_answers_get_text", c_char_p, (Object("daotp_answers"), SIZE, INT)),
    Call("daotp_answers_is_cause_likely", c_bool, (Object("daotp_answers"), SIZE, SIZE)),
    Call("daotp_answers_is_guess", c_bool, (Object("daotp_answers"),)),
    Call("daotp_answers_is_likely", c_bool, (Object("daotp_answers"), SIZE)),
    Call("daotp_budget_clear_user", c_int, (Object("daotp_budget"), TEXT, Object("daotp_report"))),
    Call("daotp_budget_new", c_int, (Object("daotp_context"), TEXT, OUT)),
    Call("daotp_budget_open", c_int, (Object("daotp_budget"), Object("daotp_report"))),
    Call("daotp_budget_set_nodes", c_int, (Object("daotp_budget"), INT64)),
    Call("daotp_budget_spend_step", c_int, (Object("daotp_budget"), ADDRESS, SIZE, INT64, Object("daotp_report"))),
    Call("daotp_budget_unref", None, (Object("daotp_budget"),)),
    Call("daotp_ca_allow_host", c_int, (Object("daotp_ca"), TEXT)),
    Call("daotp_ca_ask_info", c_int, (Object("daotp_ca"), TEXT, TEXT, DAOTP_DOMAIN_FN, ADDRESS, INT64, Object("daotp_report"), OUT)),
    Call("daotp_ca_fetch_templates", c_int, (Object("daotp_ca"), TEXT, DAOTP_DOMAIN_FN, ADDRESS, INT64, Object("daotp_report"), OUT)),
    Call("daotp_ca_get_report", Address, (Object("daotp_ca"),)),
    Call("daotp_ca_get_self", c_void_p, (Object("daotp_ca"), POINTER(daotp_ca_transport))),
    Call("daotp_ca_get_transport", c_void_p, (Object("daotp_ca"), OUT)),
    Call("daotp_ca_info_copy_pem", c_int, (Object("daotp_ca_info"), OUT, POINTER(c_size_t))),
    Call("daotp_ca_info_free", None, (Object("daotp_ca_info"),)),
    Call("daotp_ca_info_get_certificate", c_void_p, (Object("daotp_ca_info"), SIZE, POINTER(c_size_t))),
    Call("daotp_ca_info_get_count", c_size_t, (Object("daotp_ca_info"),)),
    Call("daotp_ca_info_get_dns_name", c_char_p, (Object("daotp_ca_info"),)),
    Call("daotp_ca_info_get_name", c_char_p, (Object("daotp_ca_info"),)),
    Call("daotp_ca_info_get_sanitized_name", c_char_p, (Object("daotp_ca_info"),)),
    Call("daotp_ca_info_get_template_count", c_size_t, (Object("daotp_ca_info"),)),
    Call("daotp_ca_info_get_template_name", c_char_p, (Object("daotp_ca_info"), SIZE)),
    Call("daotp_ca_info_get_template_oid", c_char_p, (Object("daotp_ca_info"), SIZE)),
    Call("daotp_ca_new", c_int, (Object("daotp_context"), POINTER(daotp_ca_transport), ADDRESS, OUT)),
    Call("daotp_ca_new_file", c_int, (Object("daotp_context"), TEXT, TEXT, OUT)),
    Call("daotp_ca_new_rpc", c_int, (Object("daotp_context"), INT, OUT)),
    Call("daotp_ca_new_wstep", c_int, (Object("daotp_context"), INT, OUT)),
    Call("daotp_ca_ping", c_int, (Object("daotp_ca"), TEXT, TEXT, DAOTP_DOMAIN_FN, ADDRESS, INT64, Object("daotp_report"))),
    Call("daotp_ca_ref", Address, (Object("daotp_ca"),)),
    Call("daotp_ca_set_armor_cache", c_int, (Object("daotp_ca"), TEXT)),
    Call("daotp_ca_set_identity", c_int, (Object("daotp_ca"), Object("daotp_credential"))),
    Call("daotp_ca_set_keytab", c_int, (Object("daotp_ca"), TEXT)),
    Call("daotp_ca_set_mapper_port", c_int, (Object("daotp_ca"), UINT16)),
    Call("daotp_ca_set_realm", c_int, (Object("daotp_ca"), TEXT, TEXT)),
    Call("daotp_ca_set_rpc_mechanism", c_int, (Object("daotp_ca"), INT)),
    Call("daotp_ca_set_ticket_cache", c_int, (Object("daotp_ca"), TEXT)),
    Call("daotp_ca_set_trust", c_int, (Object("daotp_ca"), Object("daotp_trust"))),
    Call("daotp_ca_set_url", c_int, (Object("daotp_ca"), TEXT)),
    Call("daotp_ca_set_url_template", c_int, (Object("daotp_ca"), TEXT)),
    Call("daotp_ca_set_web_service", c_int, (Object("daotp_ca"), Object("daotp_ca"))),
    Call("daotp_ca_unref", None, (Object("daotp_ca"),)),
    Call("daotp_catalogue_find", c_int, (TEXT,)),
    Call("daotp_catalogue_find_next", c_int, (TEXT, INT)),
    Call("daotp_catalogue_get_aliases", c_char_p, (INT,)),
    Call("daotp_catalogue_get_hint", c_char_p, (INT,)),
    Call("daotp_catalogue_get_id", c_char_p, (INT,)),
    Call("daotp_catalogue_get_severity", c_int, (INT,)),
    Call("daotp_catalogue_get_source", c_char_p, (INT,)),
    Call("daotp_catalogue_get_stage", c_int, (INT,)),
    Call("daotp_catalogue_get_status", c_int, (INT,)),
    Call("daotp_catalogue_get_title", c_char_p, (INT,)),
    Call("daotp_catalogue_get_wanted", c_char_p, (INT,)),
    Call("daotp_catalogue_next", c_int, (INT,)),
    Call("daotp_catalogue_search", c_int, (ADDRESS, SIZE, OUT)),
    Call("daotp_client_add_ntauth", c_int, (Object("daotp_client"), ADDRESS, SIZE)),
    Call("daotp_client_add_server", c_int, (Object("daotp_client"), TEXT)),
    Call("daotp_client_answer_account", c_int, (Object("daotp_client"), INT)),
    Call("daotp_client_answer_domain", c_int, (Object("daotp_client"), TEXT, ADDRESS, SIZE)),
    Call("daotp_client_cancel", None, (Object("daotp_client"),)),
    Call("daotp_client_enroll", c_int, (Object("daotp_client"), ADDRESS, SIZE, OUT)),
    Call("daotp_client_enroll_begin", c_int, (Object("daotp_client"), ADDRESS, SIZE)),
    Call("daotp_client_finish", c_int, (Object("daotp_client"), OUT)),
    Call("daotp_client_free", None, (Object("daotp_client"),)),
    Call("daotp_client_get_ca_authentication", c_int, (Object("daotp_client"),)),
    Call("daotp_client_get_fd", c_int, (Object("daotp_client"),)),
    Call("daotp_client_get_key", Address, (Object("daotp_client"),)),
    Call("daotp_client_get_report", Address, (Object("daotp_client"),)),
    Call("daotp_client_get_timeout_ms", c_int, (Object("daotp_client"),)),
    Call("daotp_client_new", c_int, (Object("daotp_context"), OUT)),
    Call("daotp_client_prepare", c_int, (Object("daotp_client"), TEXT)),
    Call("daotp_client_prepare_begin", c_int, (Object("daotp_client"), TEXT)),
    Call("daotp_client_resume", c_int, (Object("daotp_client"), TEXT, OUT)),
    Call("daotp_client_resume_begin", c_int, (Object("daotp_client"), TEXT)),
    Call("daotp_client_set_account_callback", c_int, (Object("daotp_client"), DAOTP_ACCOUNT_FN, ADDRESS)),
    Call("daotp_client_set_ask_early", c_int, (Object("daotp_client"), FLAG)),
    Call("daotp_client_set_ca", c_int, (Object("daotp_client"), Object("daotp_ca"))),
    Call("daotp_client_set_connect_timeout_ms", c_int, (Object("daotp_client"), INT64)),
    Call("daotp_client_set_deadline_ms", c_int, (Object("daotp_client"), INT64)),
    Call("daotp_client_set_dn", c_int, (Object("daotp_client"), TEXT)),
    Call("daotp_client_set_domain_callback", c_int, (Object("daotp_client"), DAOTP_DOMAIN_FN, ADDRESS)),
    Call("daotp_client_set_environment_proxy", c_int, (Object("daotp_client"), FLAG)),
    Call("daotp_client_set_fetcher", c_int, (Object("daotp_client"), Object("daotp_fetcher"))),
    Call("daotp_client_set_identity", c_int, (Object("daotp_client"), Object("daotp_credential"))),
    Call("daotp_client_set_ignore_head", c_int, (Object("daotp_client"), FLAG)),
    Call("daotp_client_set_issuer_trust", c_int, (Object("daotp_client"), Object("daotp_trust"), INT)),
    Call("daotp_client_set_key", c_int, (Object("daotp_client"), Object("daotp_key"))),
    Call("daotp_client_set_key_kind", c_int, (Object("daotp_client"), INT)),
    Call("daotp_client_set_logon_anchors", c_int, (Object("daotp_client"), TEXT)),
    Call("daotp_client_set_logon_proof", c_int, (Object("daotp_client"), FLAG)),
    Call("daotp_client_set_logon_realm", c_int, (Object("daotp_client"), TEXT, TEXT)),
    Call("daotp_client_set_max_lifetime_s", c_int, (Object("daotp_client"), INT64)),
    Call("daotp_client_set_pending_request", c_int, (Object("daotp_client"), TEXT, TEXT)),
    Call("daotp_client_set_preflight", c_int, (Object("daotp_client"), FLAG)),
    Call("daotp_client_set_progress_callback", c_int, (Object("daotp_client"), DAOTP_PROGRESS_FN, ADDRESS)),
    Call("daotp_client_set_proxy", c_int, (Object("daotp_client"), TEXT)),
    Call("daotp_client_set_request", c_int, (Object("daotp_client"), ADDRESS, SIZE, Object("daotp_key"))),
    Call("daotp_client_set_server_revocation", c_int, (Object("daotp_client"), INT)),
    Call("daotp_client_set_server_rules", c_int, (Object("daotp_client"), INT)),
    Call("daotp_client_set_sid", c_int, (Object("daotp_client"), TEXT)),
    Call("daotp_client_set_store", c_int, (Object("daotp_client"), Object("daotp_store"), TEXT)),
    Call("daotp_client_set_template", c_int, (Object("daotp_client"), TEXT, INT64, INT64)),
    Call("daotp_client_set_timeout_ms", c_int, (Object("daotp_client"), INT64)),
    Call("daotp_client_set_tls12_only", c_int, (Object("daotp_client"), FLAG)),
    Call("daotp_client_set_trust", c_int, (Object("daotp_client"), Object("daotp_trust"))),
    Call("daotp_client_set_upn", c_int, (Object("daotp_client"), TEXT)),
    Call("daotp_client_step", c_int, (Object("daotp_client"),)),
    Call("daotp_client_use_profile", c_int, (Object("daotp_client"), Object("daotp_profile"))),
    Call("daotp_context_ask_secret", c_int, (Object("daotp_context"), INT, TEXT, UINT32, ADDRESS, SIZE, POINTER(c_size_t))),
    Call("daotp_context_get_time_s", c_int64, (Object("daotp_context"),)),
    Call("daotp_context_new", c_int, (OUT,)),
    Call("daotp_context_set_log", c_int, (Object("daotp_context"), INT, DAOTP_LOG_FN, ADDRESS)),
    Call("daotp_context_set_monotonic_clock", c_int, (Object("daotp_context"), DAOTP_CLOCK_FN, ADDRESS)),
    Call("daotp_context_set_plugin_folder", c_int, (Object("daotp_context"), TEXT)),
    Call("daotp_context_set_secret", c_int, (Object("daotp_context"), DAOTP_SECRET_FN, ADDRESS)),
    Call("daotp_context_set_wall_clock", c_int, (Object("daotp_context"), DAOTP_CLOCK_FN, ADDRESS)),
    Call("daotp_context_unref", None, (Object("daotp_context"),)),
    Call("daotp_credential_copy_pem", c_int, (Object("daotp_credential"), OUT, POINTER(c_size_t))),
    Call("daotp_credential_get_certificate", c_void_p, (Object("daotp_credential"), SIZE, POINTER(c_size_t))),
    Call("daotp_credential_get_count", c_size_t, (Object("daotp_credential"),)),
    Call("daotp_credential_get_issuer", c_char_p, (Object("daotp_credential"),)),
    Call("daotp_credential_get_key", Address, (Object("daotp_credential"),)),
    Call("daotp_credential_get_not_after", c_int64, (Object("daotp_credential"),)),
    Call("daotp_credential_get_not_before", c_int64, (Object("daotp_credential"),)),
    Call("daotp_credential_get_serial", c_char_p, (Object("daotp_credential"),)),
    Call("daotp_credential_get_subject", c_char_p, (Object("daotp_credential"),)),
    Call("daotp_credential_get_upn", c_char_p, (Object("daotp_credential"),)),
    Call("daotp_credential_load", c_int, (Object("daotp_context"), TEXT, TEXT, Object("daotp_report"), OUT)),
    Call("daotp_credential_new", c_int, (Object("daotp_context"), ADDRESS, SIZE, Object("daotp_key"), Object("daotp_report"), OUT)),
    Call("daotp_credential_ref", Address, (Object("daotp_credential"),)),
    Call("daotp_credential_unref", None, (Object("daotp_credential"),)),
    Call("daotp_crl_find", c_int, (Object("daotp_crl"), ADDRESS, SIZE, POINTER(c_int), POINTER(c_int64))),
    Call("daotp_crl_free", None, (Object("daotp_crl"),)),
    Call("daotp_crl_get_base_number", c_char_p, (Object("daotp_crl"),)),
    Call("daotp_crl_get_count", c_size_t, (Object("daotp_crl"),)),
    Call("daotp_crl_get_file_count", c_size_t, (Object("daotp_crl"),)),
    Call("daotp_crl_get_issuer", c_char_p, (Object("daotp_crl"),)),
    Call("daotp_crl_get_next_update", c_int64, (Object("daotp_crl"),)),
    Call("daotp_crl_get_number", c_char_p, (Object("daotp_crl"),)),
    Call("daotp_crl_get_report", Address, (Object("daotp_crl"),)),
    Call("daotp_crl_get_size", c_size_t, (Object("daotp_crl"),)),
    Call("daotp_crl_get_this_update", c_int64, (Object("daotp_crl"),)),
    Call("daotp_crl_index", c_int, (Object("daotp_crl"),)),
    Call("daotp_crl_is_indirect", c_bool, (Object("daotp_crl"),)),
    Call("daotp_crl_open", c_int, (Object("daotp_context"), TEXT, Object("daotp_report"), OUT)),
    Call("daotp_crl_open_at", c_int, (Object("daotp_context"), TEXT, SIZE, Object("daotp_report"), OUT)),
    Call("daotp_crl_verify", c_int, (Object("daotp_crl"), ADDRESS, SIZE)),
    Call("daotp_describe", c_int, (Object("daotp_context"), ADDRESS, SIZE, INT, Object("daotp_report"), OUT)),
    Call("daotp_describe_crl", c_int, (Object("daotp_crl"), INT, OUT)),
    Call("daotp_doctor_add_crl", c_int, (Object("daotp_doctor"), TEXT)),
    Call("daotp_doctor_add_file", c_int, (Object("daotp_doctor"), TEXT, ADDRESS, SIZE)),
    Call("daotp_doctor_add_kdc", c_int, (Object("daotp_doctor"), TEXT, TEXT)),
    Call("daotp_doctor_add_probe", c_int, (Object("daotp_doctor"), TEXT, TEXT, POINTER(daotp_probe), ADDRESS, TEXT)),
    Call("daotp_doctor_begin", c_int, (Object("daotp_doctor"),)),
    Call("daotp_doctor_cancel", None, (Object("daotp_doctor"),)),
    Call("daotp_doctor_finish", c_int, (Object("daotp_doctor"), POINTER(c_size_t))),
    Call("daotp_doctor_free", None, (Object("daotp_doctor"),)),
    Call("daotp_doctor_get_blocker", c_size_t, (Object("daotp_doctor"), SIZE)),
    Call("daotp_doctor_get_count", c_size_t, (Object("daotp_doctor"),)),
    Call("daotp_doctor_get_fd", c_int, (Object("daotp_doctor"),)),
    Call("daotp_doctor_get_json", c_char_p, (Object("daotp_doctor"),)),
    Call("daotp_doctor_get_ms", c_int64, (Object("daotp_doctor"), SIZE)),
    Call("daotp_doctor_get_name", c_char_p, (Object("daotp_doctor"), SIZE)),
    Call("daotp_doctor_get_row_report", Address, (Object("daotp_doctor"), SIZE)),
    Call("daotp_doctor_get_state", c_int, (Object("daotp_doctor"), SIZE)),
    Call("daotp_doctor_get_subject", c_char_p, (Object("daotp_doctor"), SIZE)),
    Call("daotp_doctor_get_text", c_char_p, (Object("daotp_doctor"),)),
    Call("daotp_doctor_get_timeout_ms", c_int, (Object("daotp_doctor"),)),
    Call("daotp_doctor_get_title", c_char_p, (Object("daotp_doctor"), SIZE)),
    Call("daotp_doctor_new", c_int, (Object("daotp_context"), OUT)),
    Call("daotp_doctor_run", c_int, (Object("daotp_doctor"),)),
    Call("daotp_doctor_set_client", c_int, (Object("daotp_doctor"), Object("daotp_client"))),
    Call("daotp_doctor_set_client_rows", c_int, (Object("daotp_doctor"), INT)),
    Call("daotp_doctor_set_code", c_int, (Object("daotp_doctor"), ADDRESS, SIZE)),
    Call("daotp_doctor_set_code_wrong", c_int, (Object("daotp_doctor"), FLAG)),
    Call("daotp_doctor_set_progress_callback", c_int, (Object("daotp_doctor"), DAOTP_DOCTOR_PROGRESS_FN, ADDRESS)),
    Call("daotp_doctor_set_radius", c_int, (Object("daotp_doctor"), Object("daotp_radius"))),
    Call("daotp_doctor_set_timeout_ms", c_int, (Object("daotp_doctor"), INT64)),
    Call("daotp_doctor_set_user", c_int, (Object("daotp_doctor"), TEXT)),
    Call("daotp_doctor_step", c_int, (Object("daotp_doctor"),)),
    Call("daotp_domain_credential_set", c_int, (Object("daotp_domain_credential"), TEXT, ADDRESS, SIZE)),
    Call("daotp_exchange_add_header", c_int, (Object("daotp_exchange"), TEXT, TEXT)),
    Call("daotp_exchange_answer_code", c_int, (Object("daotp_exchange"), INT)),
    Call("daotp_exchange_answer_user", c_int, (Object("daotp_exchange"), INT)),
    Call("daotp_exchange_free", None, (Object("daotp_exchange"),)),
    Call("daotp_exchange_get_account", Address, (Object("daotp_exchange"),)),
    Call("daotp_exchange_get_body", c_void_p, (Object("daotp_exchange"), POINTER(c_size_t))),
    Call("daotp_exchange_get_header", c_char_p, (Object("daotp_exchange"), SIZE, OUT)),
    Call("daotp_exchange_get_http_status", c_uint32, (Object("daotp_exchange"),)),
    Call("daotp_exchange_get_report", Address, (Object("daotp_exchange"),)),
    Call("daotp_exchange_get_signer", Address, (Object("daotp_exchange"),)),
    Call("daotp_exchange_get_timeout_ms", c_int, (Object("daotp_exchange"),)),
    Call("daotp_exchange_new", c_int, (Object("daotp_responder"), TEXT, ADDRESS, SIZE, OUT)),
    Call("daotp_exchange_refuse_peer_certificate", c_int, (Object("daotp_exchange"), TEXT)),
    Call("daotp_exchange_set_peer_certificate", c_int, (Object("daotp_exchange"), ADDRESS, SIZE)),
    Call("daotp_exchange_step", c_int, (Object("daotp_exchange"),)),
    Call("daotp_fetcher_allow_ldap", c_int, (Object("daotp_fetcher"), TEXT)),
    Call("daotp_fetcher_allow_network", c_int, (Object("daotp_fetcher"), TEXT)),
    Call("daotp_fetcher_get_report", Address, (Object("daotp_fetcher"),)),
    Call("daotp_fetcher_new", c_int, (Object("daotp_context"), OUT)),
    Call("daotp_fetcher_ref", Address, (Object("daotp_fetcher"),)),
    Call("daotp_fetcher_set_cache", c_int, (Object("daotp_fetcher"), TEXT)),
    Call("daotp_fetcher_set_max_bytes", c_int, (Object("daotp_fetcher"), INT64)),
    Call("daotp_fetcher_set_timeout_ms", c_int, (Object("daotp_fetcher"), INT64)),
    Call("daotp_fetcher_unref", None, (Object("daotp_fetcher"),)),
    Call("daotp_finding_get_found", c_char_p, (Object("daotp_finding"),)),
    Call("daotp_finding_get_id", c_char_p, (Object("daotp_finding"),)),
    Call("daotp_finding_get_number", c_int, (Object("daotp_finding"),)),
    Call("daotp_finding_get_severity", c_int, (Object("daotp_finding"),)),
    Call("daotp_finding_get_stage", c_int, (Object("daotp_finding"),)),
    Call("daotp_finding_get_subject", c_char_p, (Object("daotp_finding"),)),
    Call("daotp_finding_get_upstream", c_int64, (Object("daotp_finding"),)),
    Call("daotp_free", None, (ADDRESS,)),
    Call("daotp_key_copy_pem", c_int, (Object("daotp_key"), OUT, POINTER(c_size_t))),
    Call("daotp_key_decrypt", c_int, (Object("daotp_key"), ADDRESS, SIZE, OUT, POINTER(c_size_t))),
    Call("daotp_key_generate", c_int, (Object("daotp_context"), INT, Object("daotp_report"), OUT)),
    Call("daotp_key_get_kind", c_int, (Object("daotp_key"),)),
    Call("daotp_key_get_public", c_void_p, (Object("daotp_key"), POINTER(c_size_t))),
    Call("daotp_key_is_exportable", c_bool, (Object("daotp_key"),)),
    Call("daotp_key_load", c_int, (Object("daotp_context"), TEXT, ADDRESS, SIZE, Object("daotp_report"), OUT)),
    Call("daotp_key_new", c_int, (Object("daotp_context"), POINTER(daotp_key_backend), ADDRESS, ADDRESS, SIZE, Object("daotp_report"), OUT)),
    Call("daotp_key_read", c_int, (Object("daotp_context"), ADDRESS, SIZE, ADDRESS, SIZE, Object("daotp_report"), OUT)),
    Call("daotp_key_ref", Address, (Object("daotp_key"),)),
    Call("daotp_key_sign_digest", c_int, (Object("daotp_key"), INT, INT, SIZE, ADDRESS, SIZE, OUT, POINTER(c_size_t))),
    Call("daotp_key_unref", None, (Object("daotp_key"),)),
    Call("daotp_prefetch_begin", c_int, (Object("daotp_prefetch"), INT64)),
    Call("daotp_prefetch_cancel", None, (Object("daotp_prefetch"),)),
    Call("daotp_prefetch_free", None, (Object("daotp_prefetch"),)),
    Call("daotp_prefetch_get_fd", c_int, (Object("daotp_prefetch"),)),
    Call("daotp_prefetch_get_report", Address, (Object("daotp_prefetch"),)),
    Call("daotp_prefetch_get_timeout_ms", c_int, (Object("daotp_prefetch"),)),
    Call("daotp_prefetch_new", c_int, (Object("daotp_context"), Object("daotp_fetcher"), OUT)),
    Call("daotp_prefetch_run", c_int, (Object("daotp_prefetch"), INT64)),
    Call("daotp_prefetch_step", c_int, (Object("daotp_prefetch"),)),
    Call("daotp_probe_state_name", c_char_p, (INT,)),
    Call("daotp_profile_add_file", c_int, (Object("daotp_profile"), INT, TEXT)),
    Call("daotp_profile_add_usual_files", c_int, (Object("daotp_profile"),)),
    Call("daotp_profile_find", c_char_p, (Object("daotp_profile"), TEXT)),
    Call("daotp_profile_free", None, (Object("daotp_profile"),)),
    Call("daotp_profile_get_count", c_size_t, (Object("daotp_profile"),)),
    Call("daotp_profile_get_file", c_char_p, (Object("daotp_profile"), SIZE)),
    Call("daotp_profile_get_key", c_char_p, (Object("daotp_profile"), SIZE)),
    Call("daotp_profile_get_line", c_uint32, (Object("daotp_profile"), SIZE)),
    Call("daotp_profile_get_name", c_char_p, (Object("daotp_profile"),)),
    Call("daotp_profile_get_origin", c_int, (Object("daotp_profile"), SIZE)),
    Call("daotp_profile_get_report", Address, (Object("daotp_profile"),)),
    Call("daotp_profile_get_section", c_char_p, (Object("daotp_profile"), SIZE)),
    Call("daotp_profile_get_section_count", c_size_t, (Object("daotp_profile"),)),
    Call("daotp_profile_get_value", c_char_p, (Object("daotp_profile"), SIZE)),
    Call("daotp_profile_is_defined", c_bool, (Object("daotp_profile"),)),
    Call("daotp_profile_is_locked", c_bool, (Object("daotp_profile"), TEXT)),
    Call("daotp_profile_key_get_count", c_size_t, ()),
    Call("daotp_profile_key_get_text", c_char_p, (SIZE, INT)),
    Call("daotp_profile_key_is_list", c_bool, (SIZE,)),
    Call("daotp_profile_make_trust", c_int, (Object("daotp_profile"), TEXT, Object("daotp_report"), OUT)),
    Call("daotp_profile_new", c_int, (Object("daotp_context"), TEXT, OUT)),
    Call("daotp_profile_open", c_int, (Object("daotp_context"), TEXT, Object("daotp_report"), OUT)),
    Call("daotp_profile_set_usual_file", c_int, (Object("daotp_profile"), INT, TEXT)),
    Call("daotp_profile_set_value", c_int, (Object("daotp_profile"), TEXT, TEXT)),
    Call("daotp_ra_enroll", c_int, (Object("daotp_ca"), TEXT, TEXT, TEXT, TEXT, Object("daotp_key"), INT64, Object("daotp_report"), OUT)),
    Call("daotp_ra_renew", c_int, (Object("daotp_ca"), TEXT, TEXT, Object("daotp_credential"), Object("daotp_key"), INT64, Object("daotp_report"), OUT)),
    Call("daotp_radius_add_attribute", c_int, (Object("daotp_radius"), UINT8, UINT32, ADDRESS, SIZE)),
    Call("daotp_radius_add_attributes", c_int, (Object("daotp_radius"), TEXT)),
    Call("daotp_radius_add_radsec_server", c_int, (Object("daotp_radius"), TEXT, UINT16, Object("daotp_trust"), Object("daotp_credential"))),
    Call("daotp_radius_add_server", c_int, (Object("daotp_radius"), TEXT, UINT16, ADDRESS, SIZE, INT)),
    Call("daotp_radius_exchange_begin", c_int, (Object("daotp_radius_exchange"), ADDRESS, SIZE)),
    Call("daotp_radius_exchange_cancel", None, (Object("daotp_radius_exchange"),)),
    Call("daotp_radius_exchange_copy_message", c_int, (Object("daotp_radius_exchange"), SIZE, OUT)),
    Call("daotp_radius_exchange_copy_text", c_int, (Object("daotp_radius_exchange"), OUT)),
    Call("daotp_radius_exchange_free", None, (Object("daotp_radius_exchange"),)),
    Call("daotp_radius_exchange_get_answer", c_int, (Object("daotp_radius_exchange"),)),
    Call("daotp_radius_exchange_get_attribute", c_void_p, (Object("daotp_radius_exchange"), SIZE, POINTER(c_uint8), POINTER(c_size_t))),
    Call("daotp_radius_exchange_get_message", c_void_p, (Object("daotp_radius_exchange"), SIZE, POINTER(c_size_t))),
    Call("daotp_radius_exchange_get_report", Address, (Object("daotp_radius_exchange"),)),
    Call("daotp_radius_exchange_get_round", c_uint32, (Object("daotp_radius_exchange"),)),
    Call("daotp_radius_exchange_get_server", c_char_p, (Object("daotp_radius_exchange"),)),
    Call("daotp_radius_exchange_get_status", c_int, (Object("daotp_radius_exchange"),)),
    Call("daotp_radius_exchange_get_transmissions", c_uint32, (Object("daotp_radius_exchange"),)),
    Call("daotp_radius_exchange_may_echo", c_bool, (Object("daotp_radius_exchange"),)),
    Call("daotp_radius_exchange_new", c_int, (Object("daotp_radius"), TEXT, OUT)),
    Call("daotp_radius_exchange_probe", c_int, (Object("daotp_radius_exchange"), SIZE, INT)),
    Call("daotp_radius_exchange_respond", c_int, (Object("daotp_radius_exchange"), ADDRESS, SIZE)),
    Call("daotp_radius_exchange_wait", c_int, (Object("daotp_radius_exchange"),)),
    Call("daotp_radius_free", None, (Object("daotp_radius"),)),
    Call("daotp_radius_get_fd", c_int, (Object("daotp_radius"),)),
    Call("daotp_radius_get_report", Address, (Object("daotp_radius"),)),
    Call("daotp_radius_get_server", c_char_p, (Object("daotp_radius"), SIZE)),
    Call("daotp_radius_get_server_count", c_size_t, (Object("daotp_radius"),)),
    Call("daotp_radius_get_timeout_ms", c_int, (Object("daotp_radius"),)),
    Call("daotp_radius_import", c_int, (Object("daotp_radius"), TEXT)),
    Call("daotp_radius_is_server_alive", c_bool, (Object("daotp_radius"), SIZE)),
    Call("daotp_radius_new", c_int, (Object("daotp_context"), OUT)),
    Call("daotp_radius_set_callback", c_int, (Object("daotp_radius"), DAOTP_RADIUS_FN, ADDRESS)),
    Call("daotp_radius_set_nas_identifier", c_int, (Object("daotp_radius"), TEXT)),
    Call("daotp_radius_set_server_rules", c_int, (Object("daotp_radius"), INT)),
    Call("daotp_radius_set_timeout_ms", c_int, (Object("daotp_radius"), INT64)),
    Call("daotp_radius_set_timers", c_int, (Object("daotp_radius"), INT)),
    Call("daotp_radius_set_user_form", c_int, (Object("daotp_radius"), INT)),
    Call("daotp_radius_step", c_int, (Object("daotp_radius"),)),
    Call("daotp_radius_use_profile", c_int, (Object("daotp_radius"), Object("daotp_profile"))),
    Call("daotp_report_add", c_int, (Object("daotp_report"), INT, INT64, TEXT, TEXT)),
    Call("daotp_report_conclude", c_int, (Object("daotp_report"), SIZE, INT, TEXT, TEXT)),
    Call("daotp_report_downgrade_errors", None, (Object("daotp_report"), SIZE)),
    Call("daotp_report_free", None, (Object("daotp_report"),)),
    Call("daotp_report_get_cause", Address, (Object("daotp_report"),)),
    Call("daotp_report_get_count", c_size_t, (Object("daotp_report"),)),
    Call("daotp_report_get_error", Address, (Object("daotp_report"),)),
    Call("daotp_report_get_finding", Address, (Object("daotp_report"), SIZE)),
    Call("daotp_report_get_json", c_char_p, (Object("daotp_report"),)),
    Call("daotp_report_get_stage_ms", c_int64, (Object("daotp_report"), INT)),
    Call("daotp_report_get_stage_state", c_int, (Object("daotp_report"), INT)),
    Call("daotp_report_get_status", c_int, (Object("daotp_report"),)),
    Call("daotp_report_get_text", c_char_p, (Object("daotp_report"),)),
    Call("daotp_report_new", c_int, (Object("daotp_context"), OUT)),
    Call("daotp_requirements_add_ntauth", c_int, (Object("daotp_requirements"), ADDRESS, SIZE)),
    Call("daotp_requirements_check", c_int, (Object("daotp_requirements"), ADDRESS, SIZE)),
    Call("daotp_requirements_free", None, (Object("daotp_requirements"),)),
    Call("daotp_requirements_get_count", c_size_t, (Object("daotp_requirements"),)),
    Call("daotp_requirements_get_finding", c_int, (Object("daotp_requirements"), SIZE)),
    Call("daotp_requirements_get_report", Address, (Object("daotp_requirements"),)),
    Call("daotp_requirements_get_state", c_int, (Object("daotp_requirements"), SIZE)),
    Call("daotp_requirements_get_text", c_char_p, (Object("daotp_requirements"), SIZE, INT)),
    Call("daotp_requirements_new", c_int, (Object("daotp_context"), INT, OUT)),
    Call("daotp_requirements_take_report", c_int, (Object("daotp_requirements"), Object("daotp_report"))),
    Call("daotp_responder_add_domain", c_int, (Object("daotp_responder"), TEXT, TEXT)),
    Call("daotp_responder_add_issuing_ca", c_int, (Object("daotp_responder"), TEXT)),
    Call("daotp_responder_add_reserved", c_int, (Object("daotp_responder"), ADDRESS, SIZE)),
    Call("daotp_responder_free", None, (Object("daotp_responder"),)),
    Call("daotp_responder_get_report", Address, (Object("daotp_responder"),)),
    Call("daotp_responder_new", c_int, (Object("daotp_context"), OUT)),
    Call("daotp_responder_require_certificate", c_int, (Object("daotp_responder"), FLAG)),
    Call("daotp_responder_set_budget", c_int, (Object("daotp_responder"), Object("daotp_budget"))),
    Call("daotp_responder_set_code_callback", c_int, (Object("daotp_responder"), DAOTP_CODE_FN, ADDRESS)),
    Call("daotp_responder_set_signer", c_int, (Object("daotp_responder"), Object("daotp_credential"))),
    Call("daotp_responder_set_signer_files", c_int, (Object("daotp_responder"), TEXT, TEXT)),
    Call("daotp_responder_set_template", c_int, (Object("daotp_responder"), TEXT)),
    Call("daotp_responder_set_timeout_ms", c_int, (Object("daotp_responder"), INT64)),
    Call("daotp_responder_set_trust", c_int, (Object("daotp_responder"), Object("daotp_trust"), INT)),
    Call("daotp_responder_set_user_callback", c_int, (Object("daotp_responder"), DAOTP_USER_FN, ADDRESS)),
    Call("daotp_responder_use_profile", c_int, (Object("daotp_responder"), Object("daotp_profile"))),
    Call("daotp_severity_name", c_char_p, (INT,)),
    Call("daotp_stage_name", c_char_p, (INT,)),
    Call("daotp_stage_state_name", c_char_p, (INT,)),
    Call("daotp_status_name", c_char_p, (INT,)),
    Call("daotp_store_expire", c_int, (Object("daotp_store"), POINTER(c_size_t))),
    Call("daotp_store_find", c_int, (Object("daotp_store"), TEXT, TEXT, OUT)),
    Call("daotp_store_get", c_int, (Object("daotp_store"), TEXT, OUT)),
    Call("daotp_store_get_abilities", c_uint32, (Object("daotp_store"),)),
    Call("daotp_store_get_report", Address, (Object("daotp_store"),)),
    Call("daotp_store_get_uri", c_char_p, (Object("daotp_store"),)),
    Call("daotp_store_is_label", c_bool, (TEXT,)),
    Call("daotp_store_item_free", None, (Object("daotp_store_item"),)),
    Call("daotp_store_item_get_certificates", c_void_p, (Object("daotp_store_item"), POINTER(c_size_t))),
    Call("daotp_store_item_get_held_key", Address, (Object("daotp_store_item"),)),
    Call("daotp_store_item_get_key", c_void_p, (Object("daotp_store_item"), POINTER(c_size_t))),
    Call("daotp_store_item_get_not_after", c_int64, (Object("daotp_store_item"),)),
    Call("daotp_store_item_new", c_int, (OUT,)),
    Call("daotp_store_item_set", c_int, (Object("daotp_store_item"), ADDRESS, SIZE, ADDRESS, SIZE)),
    Call("daotp_store_item_set_held_key", c_int, (Object("daotp_store_item"), Object("daotp_key"))),
    Call("daotp_store_list_free", None, (Object("daotp_store_list"),)),
    Call("daotp_store_list_get_count", c_size_t, (Object("daotp_store_list"),)),
    Call("daotp_store_list_get_label", c_char_p, (Object("daotp_store_list"), SIZE)),
    Call("daotp_store_list_get_not_after", c_int64, (Object("daotp_store_list"), SIZE)),
    Call("daotp_store_list_get_state", c_int, (Object("daotp_store_list"), SIZE)),
    Call("daotp_store_list_get_template", c_char_p, (Object("daotp_store_list"), SIZE)),
    Call("daotp_store_list_get_upn", c_char_p, (Object("daotp_store_list"), SIZE)),
    Call("daotp_store_list_new", c_int, (Object("daotp_store"), OUT)),
    Call("daotp_store_make_key", c_int, (Object("daotp_store"), TEXT, INT, OUT)),
    Call("daotp_store_new", c_int, (Object("daotp_context"), POINTER(daotp_store_backend), ADDRESS, OUT)),
    Call("daotp_store_new_directory", c_int, (Object("daotp_context"), TEXT, OUT)),
    Call("daotp_store_new_memory", c_int, (Object("daotp_context"), OUT)),
    Call("daotp_store_open", c_int, (Object("daotp_context"), TEXT, OUT)),
    Call("daotp_store_open_report", c_int, (Object("daotp_context"), TEXT, Object("daotp_report"), OUT)),
    Call("daotp_store_put", c_int, (Object("daotp_store"), TEXT, Object("daotp_credential"))),
    Call("daotp_store_ref", Address, (Object("daotp_store"),)),
    Call("daotp_store_remove", c_int, (Object("daotp_store"), TEXT)),
    Call("daotp_store_set_renew_before_s", c_int, (Object("daotp_store"), INT64)),
    Call("daotp_store_state_name", c_char_p, (INT,)),
    Call("daotp_store_unref", None, (Object("daotp_store"),)),
    Call("daotp_submission_ask_credential", c_int, (Object("daotp_submission"), TEXT, INT, OUT, OUT, POINTER(c_size_t))),
    Call("daotp_submission_can_ask_credential", c_bool, (Object("daotp_submission"),)),
    Call("daotp_submission_check_host", c_int, (Object("daotp_submission"), TEXT)),
    Call("daotp_submission_check_host_form", c_int, (Object("daotp_submission"), TEXT)),
    Call("daotp_submission_denied", c_int, (Object("daotp_submission"), UINT32, TEXT)),
    Call("daotp_submission_get_ca_name", c_char_p, (Object("daotp_submission"),)),
    Call("daotp_submission_get_config", c_char_p, (Object("daotp_submission"),)),
    Call("daotp_submission_get_connect_timeout_ms", c_int64, (Object("daotp_submission"),)),
    Call("daotp_submission_get_host", c_char_p, (Object("daotp_submission"),)),
    Call("daotp_submission_get_proxy", c_char_p, (Object("daotp_submission"),)),
    Call("daotp_submission_get_report", Address, (Object("daotp_submission"),)),
    Call("daotp_submission_get_request", c_void_p, (Object("daotp_submission"), POINTER(c_size_t))),
    Call("daotp_submission_get_resumed_id", c_char_p, (Object("daotp_submission"),)),
    Call("daotp_submission_get_server_rules", c_int, (Object("daotp_submission"),)),
    Call("daotp_submission_get_trust", Address, (Object("daotp_submission"),)),
    Call("daotp_submission_get_user_name", c_char_p, (Object("daotp_submission"),)),
    Call("daotp_submission_has_ticket", c_bool, (Object("daotp_submission"),)),
    Call("daotp_submission_holds_certificate", c_bool, (Object("daotp_submission"), ADDRESS, SIZE)),
    Call("daotp_submission_is_tls12_only", c_bool, (Object("daotp_submission"),)),
    Call("daotp_submission_issued", c_int, (Object("daotp_submission"), ADDRESS, SIZE)),
    Call("daotp_submission_pending", c_int, (Object("daotp_submission"), TEXT)),
    Call("daotp_submission_set_disposition", c_int, (Object("daotp_submission"), TEXT, TEXT)),
    Call("daotp_submission_set_unread", None, (Object("daotp_submission"), SIZE)),
    Call("daotp_submission_uses_environment_proxy", c_bool, (Object("daotp_submission"),)),
    Call("daotp_templates_find", c_size_t, (Object("daotp_templates"), TEXT)),
    Call("daotp_templates_free", None, (Object("daotp_templates"),)),
    Call("daotp_templates_get_ca_certificate", c_void_p, (Object("daotp_templates"), SIZE, SIZE, POINTER(c_size_t))),
    Call("daotp_templates_get_ca_count", c_size_t, (Object("daotp_templates"), SIZE)),
    Call("daotp_templates_get_ca_name", c_char_p, (Object("daotp_templates"), SIZE, SIZE)),
    Call("daotp_templates_get_ca_url", c_char_p, (Object("daotp_templates"), SIZE, SIZE, INT)),
    Call("daotp_templates_get_count", c_size_t, (Object("daotp_templates"),)),
    Call("daotp_templates_get_number", c_int64, (Object("daotp_templates"), SIZE, INT)),
    Call("daotp_templates_get_text", c_char_p, (Object("daotp_templates"), SIZE, INT)),
    Call("daotp_trust_add", c_int, (Object("daotp_trust"), ADDRESS, SIZE, Object("daotp_report"))),
    Call("daotp_trust_add_crl_file", c_int, (Object("daotp_trust"), TEXT, Object("daotp_report"))),
    Call("daotp_trust_add_crls", c_int, (Object("daotp_trust"), ADDRESS, SIZE, Object("daotp_report"))),
    Call("daotp_trust_add_directory", c_int, (Object("daotp_trust"), TEXT, Object("daotp_report"))),
    Call("daotp_trust_add_file", c_int, (Object("daotp_trust"), TEXT, Object("daotp_report"))),
    Call("daotp_trust_add_intermediates", c_int, (Object("daotp_trust"), ADDRESS, SIZE, Object("daotp_report"))),
    Call("daotp_trust_add_system", c_int, (Object("daotp_trust"), Object("daotp_report"))),
    Call("daotp_trust_get_count", c_size_t, (Object("daotp_trust"),)),
    Call("daotp_trust_new", c_int, (Object("daotp_context"), OUT)),
    Call("daotp_trust_ref", Address, (Object("daotp_trust"),)),
    Call("daotp_trust_unref", None, (Object("daotp_trust"),)),
    Call("daotp_verifier_add_crls", c_int, (Object("daotp_verifier"), ADDRESS, SIZE)),
    Call("daotp_verifier_add_intermediates", c_int, (Object("daotp_verifier"), ADDRESS, SIZE)),
    Call("daotp_verifier_add_name", c_int, (Object("daotp_verifier"), INT, TEXT)),
    Call("daotp_verifier_add_ntauth", c_int, (Object("daotp_verifier"), ADDRESS, SIZE)),
    Call("daotp_verifier_add_ocsp", c_int, (Object("daotp_verifier"), ADDRESS, SIZE)),
    Call("daotp_verifier_add_policy", c_int, (Object("daotp_verifier"), TEXT)),
    Call("daotp_verifier_begin", c_int, (Object("daotp_verifier"), ADDRESS, SIZE)),
    Call("daotp_verifier_cancel", None, (Object("daotp_verifier"),)),
    Call("daotp_verifier_clear_time", c_int, (Object("daotp_verifier"),)),
    Call("daotp_verifier_free", None, (Object("daotp_verifier"),)),
    Call("daotp_verifier_get_certificate", c_void_p, (Object("daotp_verifier"), SIZE, POINTER(c_size_t))),
    Call("daotp_verifier_get_chain_count", c_size_t, (Object("daotp_verifier"),)),
    Call("daotp_verifier_get_fd", c_int, (Object("daotp_verifier"),)),
    Call("daotp_verifier_get_policy", c_char_p, (Object("daotp_verifier"), SIZE)),
    Call("daotp_verifier_get_policy_count", c_size_t, (Object("daotp_verifier"),)),
    Call("daotp_verifier_get_report", Address, (Object("daotp_verifier"),)),
    Call("daotp_verifier_get_subject", c_char_p, (Object("daotp_verifier"), SIZE)),
    Call("daotp_verifier_get_timeout_ms", c_int, (Object("daotp_verifier"),)),
    Call("daotp_verifier_new", c_int, (Object("daotp_context"), Object("daotp_trust"), OUT)),
    Call("daotp_verifier_set_fetcher", c_int, (Object("daotp_verifier"), Object("daotp_fetcher"))),
    Call("daotp_verifier_set_flag", c_int, (Object("daotp_verifier"), INT, FLAG)),
    Call("daotp_verifier_set_max_depth", c_int, (Object("daotp_verifier"), UINT32)),
    Call("daotp_verifier_set_purpose", c_int, (Object("daotp_verifier"), TEXT)),
    Call("daotp_verifier_set_revocation", c_int, (Object("daotp_verifier"), INT)),
    Call("daotp_verifier_set_role", c_int, (Object("daotp_verifier"), INT)),
    Call("daotp_verifier_set_rules", c_int, (Object("daotp_verifier"), INT)),
    Call("daotp_verifier_set_stale_s", c_int, (Object("daotp_verifier"), INT64)),
    Call("daotp_verifier_set_time_s", c_int, (Object("daotp_verifier"), INT64)),
    Call("daotp_verifier_set_timeout_ms", c_int, (Object("daotp_verifier"), INT64)),
    Call("daotp_verifier_step", c_int, (Object("daotp_verifier"),)),
    Call("daotp_verifier_use_profile", c_int, (Object("daotp_verifier"), Object("daotp_profile"))),
    Call("daotp_verifier_verify", c_int, (Object("daotp_verifier"), ADDRESS, SIZE)),
    Call("daotp_version", c_char_p, ()),
    Call("daotp_version_number", c_uint32, ()),
)

# SPDX-License-Identifier: BSD-2-Clause
"""libdaotp: a user name and a one-time password become a logon certificate (MS-OTPCE).

    with daotp.Client(url, trust=trust, identity=machine, ca=ca, template=oid) as client:
        client.prepare("CORP\\\\alice")          # before the user types
        credential = client.enroll(daotp.read_secret("code: "))

What fails raises an Error of its kind, with the report. Secrets are bytearrays, and are wiped by the
call that takes them. Objects belong to one thread at a time, except where they say otherwise; only
cancel() may be called from any. In a forked child use none of the parent's objects.
"""
from ._domain import LATER, Later
from ._handle import Handle, wipe
from ._library import LibraryError
from ._table import (
    AnswerField,
    CauseField,
    CaAuthentication,
    CaNeed,
    CaRpcMechanism,
    CaWay,
    ClientRows,
    CodeAnswer,
    Digest,
    FindingNumber,
    Format,
    HostOrigin,
    KeyKind,
    LogLevel,
    NameKind,
    Part,
    ProbeState,
    ProfileField,
    ProfileOrigin,
    RadiusAnswer,
    RadiusPolicy,
    RadiusProbe,
    RadiusTimers,
    RadiusUserForm,
    RequirementField,
    RequirementState,
    Revocation,
    Role,
    Rules,
    SecretKind,
    SecretWarning,
    Severity,
    SignatureScheme,
    Stage,
    StageState,
    Status,
    StoreAbility,
    StoreState,
    TemplateNumber,
    TemplateText,
    UserAnswer,
    VerifyFlag,
)
from .account import Account
from .ca import CA, CAInfo, CATemplate, Submission, Transport
from .catalogue import (
    Explanation,
    catalogue,
    explain,
    explain_all,
    severity_name,
    stage_name,
    stage_state_name,
    status_name,
    store_state_name,
    version,
)
from .client import Client
from .context import Context
from .credential import Credential
from .crl import Crl, Revoked
from .describe import describe
from .doctor import Doctor, Row, probe_state_name
from .errors import (
    CancelledError,
    ChallengeError,
    ConfigurationError,
    DeadlineError,
    Error,
    InternalError,
    NetworkError,
    OutOfMemoryError,
    PeerError,
    RejectedError,
    UndecidedError,
    UsageError,
)
from .fetcher import Fetcher, Prefetch
from .key import Key
from .profile import Profile, ProfileKey, ProfileValue
from .radius import Radius, RadiusExchange
from .report import Finding, Findings, Report, StageRun
from .budget import Budget
from .requirements import Requirement, Requirements
from .responder import Exchange, Responder
from .secret import read_secret
from .search import Answer, Cause, search
from .store import Entry, Item, Store, StoreBackend
from .templates import Template, TemplateCa
from .trust import Trust
from .verifier import Chain, Verifier

__version__ = version()

__all__ = [
    "Account",
    "Answer",
    "AnswerField",
    "Budget",
    "CA",
    "CAInfo",
    "CATemplate",
    "CaAuthentication",
    "CaNeed",
    "CaRpcMechanism",
    "CaWay",
    "CancelledError",
    "Cause",
    "CauseField",
    "Chain",
    "ChallengeError",
    "Client",
    "ClientRows",
    "CodeAnswer",
    "ConfigurationError",
    "Context",
    "Credential",
    "Crl",
    "DeadlineError",
    "Digest",
    "Doctor",
    "Entry",
    "Error",
    "Exchange",
    "Explanation",
    "Fetcher",
    "Finding",
    "FindingNumber",
    "Findings",
    "Format",
    "Handle",
    "HostOrigin",
    "InternalError",
    "Item",
    "Key",
    "KeyKind",
    "LATER",
    "Later",
    "LibraryError",
    "LogLevel",
    "NameKind",
    "NetworkError",
    "OutOfMemoryError",
    "Part",
    "PeerError",
    "Prefetch",
    "ProbeState",
    "Profile",
    "ProfileField",
    "ProfileKey",
    "ProfileOrigin",
    "ProfileValue",
    "Radius",
    "RadiusAnswer",
    "RadiusExchange",
    "RadiusPolicy",
    "RadiusProbe",
    "RadiusTimers",
    "RadiusUserForm",
    "RejectedError",
    "Report",
    "Requirement",
    "RequirementField",
    "RequirementState",
    "Requirements",
    "Responder",
    "Revocation",
    "Revoked",
    "Role",
    "Row",
    "Rules",
    "SecretKind",
    "SecretWarning",
    "Severity",
    "SignatureScheme",
    "Stage",
    "StageRun",
    "StageState",
    "Status",
    "Store",
    "StoreAbility",
    "StoreBackend",
    "StoreState",
    "Submission",
    "Template",
    "TemplateCa",
    "TemplateNumber",
    "TemplateText",
    "Transport",
    "Trust",
    "UndecidedError",
    "UsageError",
    "UserAnswer",
    "Verifier",
    "VerifyFlag",
    "catalogue",
    "describe",
    "explain",
    "explain_all",
    "probe_state_name",
    "read_secret",
    "search",
    "severity_name",
    "stage_name",
    "stage_state_name",
    "status_name",
    "store_state_name",
    "version",
    "wipe",
]

# SPDX-License-Identifier: BSD-2-Clause
"""The certificate templates that an enrolment policy service (MS-XCEP) offers."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Tuple

from ._handle import Handle, borrowed
from ._table import CaAuthentication, TemplateNumber, TemplateText
from ._types import Address


@dataclass(frozen=True)
class TemplateCa:
    """A CA that issues by a template. Its certificate comes from the service: it is no anchor."""

    name: str  # subject of its certificate, RFC 4514
    certificate: bytes  # DER
    urls: Dict[CaAuthentication, str]  # of its web service, for CA.wstep()


@dataclass(frozen=True)
class Template:
    """A template: its texts and numbers, those left out that are not there, and its CAs."""

    texts: Dict[TemplateText, str]
    numbers: Dict[TemplateNumber, int]
    cas: Tuple[TemplateCa, ...]

    @property
    def name(self) -> str:
        """What the CA calls it."""
        return self.texts[TemplateText.NAME]

    @property
    def oid(self) -> str:
        """For Client.set_template(); "" for a template of version 1."""
        return self.texts.get(TemplateText.OID, "")


class Templates(Handle):
    """What came from the service; read at once, and freed."""

    _object = "daotp_templates"

    def __init__(self, address: Address) -> None:
        super().__init__(address)

    def read(self) -> Tuple[Template, ...]:
        """All of them, in the order of the service."""
        return tuple(self._template(at) for at in range(int(self._get("get_count"))))

    def _template(self, at: int) -> Template:
        texts = {field: self._text("get_text", at, field) for field in TemplateText}
        numbers = {field: int(self._get("get_number", at, field)) for field in TemplateNumber}
        return Template(
            {field: text for field, text in texts.items() if text},
            {field: number for field, number in numbers.items() if number >= 0},
            tuple(self._ca(at, ca) for ca in range(int(self._get("get_ca_count", at)))),
        )

    def _ca(self, at: int, ca: int) -> TemplateCa:
        urls = {how: self._text("get_ca_url", at, ca, how) for how in CaAuthentication}
        certificate = borrowed("daotp_templates_get_ca_certificate", self._pointer(), at, ca)
        return TemplateCa(
            self._text("get_ca_name", at, ca),
            certificate or b"",
            {how: url for how, url in urls.items() if url},
        )

# SPDX-License-Identifier: BSD-2-Clause
"""A service on asyncio that enrols many users at once, in one thread. RSA keys are made beside the loop,
which would wait for them otherwise.   service.py COUNT"""
from __future__ import annotations

import asyncio
import sys
from os import environ as lab

import daotp


class Questions:
    """One question after the other: answers come in their order."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def ask(self, question: str) -> str:
        async with self._turn:
            print(question, flush=True)
            return (await asyncio.to_thread(sys.stdin.readline)).strip()


class Service:
    """What all enrolments share."""

    def __init__(self) -> None:
        self.trust = daotp.Trust(lab["LAB_TRUST"])
        self.machine = daotp.Credential.load(lab["LAB_MACHINE_CERT"], lab["LAB_MACHINE_KEY"])
        self.ca = daotp.CA.wstep(lab["LAB_CES"])
        self.questions = Questions()
        self.makers = asyncio.Semaphore(2)  # of keys, at once

    async def make_key(self) -> daotp.Key:
        async with self.makers:
            return await asyncio.to_thread(daotp.Key.generate, daotp.KeyKind.RSA_2048)

    def client(self, key: daotp.Key, name: str, upn: str, password: str) -> daotp.Client:
        def ask(_host: str, _origin: daotp.HostOrigin, attempt: int) -> tuple[str, bytearray] | None:
            return (f"LAB\\{name}", bytearray(password.encode())) if attempt == 1 else None

        client = daotp.Client(lab["LAB_URL"], trust=self.trust, identity=self.machine, ca=self.ca,
                              template=lab["LAB_TEMPLATE"])
        client.set_key(key)
        client.set_account(upn)
        client.set_domain_callback(ask)
        return client

    async def enroll(self) -> bool:
        name, upn, password = (await self.questions.ask("?")).split()
        with self.client(await self.make_key(), name, upn, password) as client:
            try:
                await client.prepare_async(f"LAB\\{name}")
                code = bytearray((await self.questions.ask(f"code {name}")).encode())
                return (await client.enroll_async(code)).upn == upn
            except daotp.Error as error:
                print(f"{name}: {error}", file=sys.stderr)
                if error.finding is not None:
                    print(error.finding.explanation.hint, file=sys.stderr)
                return False


async def main(count: int) -> int:
    service = Service()
    good = sum(await asyncio.gather(*(service.enroll() for _ in range(count))))
    print(f"{good} of {count}")
    return 0 if good == count else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]))))

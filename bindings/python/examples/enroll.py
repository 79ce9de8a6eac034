# SPDX-License-Identifier: BSD-2-Clause
# Enrol in the lab:  . DIR/env; (daotp lab totp DIR alice; echo alice-password) | python3 enroll.py
from os import environ as lab
import daotp

ca = daotp.CA.wstep(lab["LAB_CES"])
machine = daotp.Credential.load(lab["LAB_MACHINE_CERT"], lab["LAB_MACHINE_KEY"])
client = daotp.Client(lab["LAB_URL"], trust=daotp.Trust(lab["LAB_TRUST"]), identity=machine, ca=ca)
client.set_template(lab["LAB_TEMPLATE"])
client.set_domain_callback(lambda host, *_: ("LAB\\alice", daotp.read_secret("password: ")) if host == "localhost" else None)
client.prepare("alice@LAB.EXAMPLE")  # before the user types
print(client.enroll(daotp.read_secret("code: ")).subject)

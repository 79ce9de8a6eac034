# SPDX-License-Identifier: BSD-2-Clause
# Enrol as this machine's profile says (daotp.conf(5)); in the lab:
#   (daotp lab totp DIR alice; echo alice-password) | DAOTP_CONFIG=DIR/daotp.conf python3 profile.py
from os import environ
import daotp

profile = daotp.Profile(named=environ.get("DAOTP_CONFIG"))
with daotp.Client() as client:
    client.use_profile(profile)
    client.set_account(upn="alice@LAB.EXAMPLE")
    client.set_domain_callback(lambda host, *_: ("LAB\\alice", daotp.read_secret("password: ")))
    client.prepare("LAB\\alice")  # before the user types
    print(client.enroll(daotp.read_secret("code: ")).subject)

"""The first set-up of a new installation: two headquarters administrators, then the lock (A31).

python first_setup.py BOOTSTRAP-TOKEN     # from `bootstrap.token` in the data directory
"""

import os
import sys

from sealapi.v1.identity_pb2 import (
    BootstrapSuperAdminRequest,
    CreateUserRequest,
    SealSuperAdminRequest,
    User,
)
from sealmatch.client import Client

SERVER = os.environ.get("SEALMATCH_ADDRESS", "127.0.0.1:7443")
PASSWORD = os.environ["SEALMATCH_PASSWORD"]

with Client(SERVER) as bank:
    bank.identity.bootstrap_super_admin(
        BootstrapSuperAdminRequest(
            bootstrap_token=sys.argv[1], user_id="root", display_name="超级管理员",
            password=PASSWORD, org_id="1000", org_display_name="总行",
        )
    )  # fmt: skip
    bank.login("root", PASSWORD)
    for number in ("100001", "100002"):
        made = bank.identity.create_user(
            CreateUserRequest(
                user_id=number, display_name=f"总行管理员 {number}", org="orgs/1000",
                posts=["posts/hq-admin"], kind=User.KIND_PERSON, reason="first set-up",
            )
        )  # fmt: skip
        # Handed over in person; it can only be changed for a password of one's own.
        print(made.user.name, made.initial_password)
    bank.identity.seal_super_admin(SealSuperAdminRequest())
    print("the super administrator is locked for ever")

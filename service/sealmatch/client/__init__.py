"""A typed client of the service: deadlines, safe retries, TLS, errors with their details.

>>> from sealmatch.client import Client
>>> with Client("localhost:7443", authority=Path("ca.pem")) as bank:  # doctest: +SKIP
...     bank.login("330201", getpass())
...     print(bank.identity.get_user(GetUserRequest(name="users/330201")).user.display_name)
"""

from sealmatch.client.channel import Client
from sealmatch.client.errors import CallError, FieldViolation
from sealmatch.client.retries import Retries

__all__ = ["CallError", "Client", "FieldViolation", "Retries"]

"""Data classes (E28): what the class of the data that a call handles asks of everybody.

Each RPC names its class, 1 (open) to 5 (images of seals), after JR/T 0171 and JR/T 0197. Each
demand holds from a class on, so a higher class is never protected less than a lower one. For how
long what is of a class is kept is the configuration's, for `housekeeping` and the log's upkeep.
"""

from __future__ import annotations

from dataclasses import dataclass

from seal_service.domain.reasons import Reason, Refusal


@dataclass(frozen=True, slots=True)
class DataClasses:
    """What the classes ask.

    Parameters
    ----------
    encrypted_from
        From this class on nothing is served over a network where others can read it.
    persons_from
        From this class on the caller is a person with a session, no service with a certificate.
    """

    encrypted_from: int = 2
    persons_from: int = 4

    def require(self, data_class: int, *, unread: bool, service: bool) -> None:
        """Refuse a call whose way does not protect data of this class.

        Parameters
        ----------
        unread
            Nobody between the caller and this server can read what they send.
        service
            The caller is a service that shows its certificate.

        Raises
        ------
        Refusal
            TLS_REQUIRED, PERSON_REQUIRED.
        """
        if data_class >= self.encrypted_from and not unread:
            raise Refusal(Reason.TLS_REQUIRED, data_class=data_class)
        if data_class >= self.persons_from and service:
            raise Refusal(Reason.PERSON_REQUIRED, data_class=data_class)

"""The matching engine behind plain Python values; the service's only door to the native modules."""

from seal_match_rs import (
    Box,
    Difference,
    Fold,
    FoldError,
    FoldMap,
    FoldReason,
    FoldStroke,
    FoldSummary,
    LocalShift,
    Side,
    Verdict,
    compose_fold,
)
from seal_service.adapters.matching.batch import verify_batch
from seal_service.adapters.matching.enrolment import EnrolledSeal, enrol, open_reference
from seal_service.adapters.matching.errors import (
    DpiUnequalError,
    DpiUnknownError,
    FileMissingError,
    FileUnreadableError,
    FoldRefusedError,
    ImageRefusedError,
    MatchingError,
    NothingAlignedError,
    ProfileUnreadableError,
    SearchBoxError,
)
from seal_service.adapters.matching.exhibit import Exhibit, make_exhibit
from seal_service.adapters.matching.findings import Earlier, Print, Replay
from seal_service.adapters.matching.manifest_row import BatchItem, BatchRow, CardKey
from seal_service.adapters.matching.pictures import Picture
from seal_service.adapters.matching.profiles import Profile, load_profile
from seal_service.adapters.matching.result import FailedResult, RowId, RowResult, VerificationResult
from seal_service.adapters.matching.seal_pair import SealPair, make_seal_pair
from seal_service.adapters.matching.verification import (
    Examined,
    examine_voucher,
    open_earlier,
    verify,
)

__all__ = [
    "BatchItem",
    "BatchRow",
    "Box",
    "CardKey",
    "Difference",
    "DpiUnequalError",
    "DpiUnknownError",
    "Earlier",
    "EnrolledSeal",
    "Examined",
    "Exhibit",
    "FailedResult",
    "FileMissingError",
    "FileUnreadableError",
    "Fold",
    "FoldError",
    "FoldMap",
    "FoldReason",
    "FoldRefusedError",
    "FoldStroke",
    "FoldSummary",
    "ImageRefusedError",
    "LocalShift",
    "MatchingError",
    "NothingAlignedError",
    "Picture",
    "Print",
    "Profile",
    "ProfileUnreadableError",
    "Replay",
    "RowId",
    "RowResult",
    "SealPair",
    "SearchBoxError",
    "Side",
    "Verdict",
    "VerificationResult",
    "compose_fold",
    "enrol",
    "examine_voucher",
    "load_profile",
    "make_exhibit",
    "make_seal_pair",
    "open_earlier",
    "open_reference",
    "verify",
    "verify_batch",
]

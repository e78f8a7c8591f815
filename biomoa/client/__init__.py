"""Python client of a station's HTTP API; imports nothing else of BioMoa.

>>> from biomoa.client import Client
>>> with Client("https://station.example.org", "bmo_...") as station:
...     receipt = station.submit(sheets=["study.xlsx"], files=["S1_R1.fastq.gz", "S1_R2.fastq.gz"])
...     print(receipt.submission, [(line.alias, line.accession) for line in receipt.accessions])
"""

from biomoa.client.answers import Problem, Receipt, Record, Results, Submission
from biomoa.client.client import Client
from biomoa.client.faults import (
    ApiError,
    ClientError,
    Conflict,
    Invalid,
    NotFound,
    NotPermitted,
    NotSignedIn,
    Unreachable,
)

__all__ = [
    "ApiError",
    "Client",
    "ClientError",
    "Conflict",
    "Invalid",
    "NotFound",
    "NotPermitted",
    "NotSignedIn",
    "Problem",
    "Receipt",
    "Record",
    "Results",
    "Submission",
    "Unreachable",
]

"""``biomoa demo``: accounts for each role and about 30 studies in all states, made through the services people use."""

from __future__ import annotations

import hashlib
import io
import random
from collections.abc import Iterator
from datetime import timedelta
from itertools import cycle, islice
from typing import Any

from django.utils import timezone

from biomoa.cli import demo_files
from biomoa.cli.demo_studies import ACCOUNTS, DATES, PASSWORD, PLACES, STUDIES, Study
from biomoa.files import inspection
from biomoa.files import services as files
from biomoa.people import queries as people_queries
from biomoa.people import services as people
from biomoa.people.models import Organisation, User
from biomoa.people.rules import system
from biomoa.records import services, services_curation, services_release
from biomoa.records.models import Record, Submission, Version

NAMES = {
    "depositor": ("김다온", "Kim Daon"),
    "manager": ("이하람", "Lee Haram"),
    "curator": ("박가온", "Park Gaon"),
    "administrator": ("최나래", "Choi Narae"),
}
SAMPLING_QUESTION = "시료 채취 방법을 조금 더 적어 주시겠습니까? (What was the sampling method?)"
# What becomes of the studies, in turn; the first five show one of each.
FATES = (
    "released", "embargo", "in-review", "returned", "draft", "released", "released", "submitted", "revised",
    "released", "released", "damaged", "released", "released", "embargo", "corrected", "released", "in-review",
    "released", "draft", "released", "submitted", "released", "withdrawn-record", "released", "released", "returned",
    "released", "released", "revised",
)  # fmt: skip


def fill(*, seed: int, projects: int) -> Iterator[str]:
    """Fills the station and yields a line for each study. A station that has submissions is left as it is."""
    if Submission.objects.exists():
        yield "the station already holds submissions; nothing was added"
        return
    cast = _Cast()
    for number, (study, fate) in enumerate(islice(zip(cycle(STUDIES), cycle(FATES), strict=False), projects)):
        chance = random.Random(f"{seed}/{number}")
        yield f"{_Staging(cast, study, chance, number).play(fate)}  {fate:<16} {study.title}"


class _Cast:
    """The people and groups of the demonstration."""

    def __init__(self) -> None:
        users = {role: self._account(role) for role in ACCOUNTS}
        operator = system("operator")
        self.group = people.ensure_personal_group(users["manager"])
        people.appoint(operator, self.group, users["depositor"], "depositor")
        for center in Organisation.objects.filter(kind="data-center"):
            people.appoint(operator, center, users["curator"], "curator")
        self.depositor, self.curator = (people_queries.actor_of(users[role]) for role in ("depositor", "curator"))

    @staticmethod
    def _account(role: str) -> User:
        name_ko, name_en = NAMES[role]
        return people.make_account(
            ACCOUNTS[role], password=PASSWORD, name_ko=name_ko, name_en=name_en,
            is_administrator=role == "administrator", demonstration=role,
        )  # fmt: skip


class _Staging:
    """One study, from the draft to what becomes of it."""

    def __init__(self, cast: _Cast, study: Study, chance: random.Random, number: int) -> None:
        self.cast, self.study, self.chance = cast, study, chance
        self.slug = f"{study.slug}-{2024 + number // len(STUDIES)}"
        self.round = number // len(STUDIES)
        self.submission: Any = None

    def play(self, fate: str) -> str:
        """Brings the study to its fate; gives the submission's code."""
        self._draft(damaged=fate == "damaged")
        if fate == "embargo":
            opens = timezone.localdate() + timedelta(days=180 + 90 * self.round)
            services.set_details(self.cast.depositor, self.submission.pk, release_on=opens)
        if fate == "draft":
            return str(self.submission.code)
        self._hand_in()
        if fate not in ("submitted", "damaged"):  # with damaged files it is still a draft
            services_curation.take(self.cast.curator, self.submission.pk)
            getattr(self, "_" + fate.replace("-", "_"))()
        return str(self.submission.code)

    def _hand_in(self) -> None:
        services.submit(self.cast.depositor, self.submission.pk)

    def _draft(self, *, damaged: bool) -> None:
        depositor, study = self.cast.depositor, self.study
        self.submission = services.create_submission(
            depositor, self.cast.group.pk, title=study.title_ko, center_code=study.center
        )
        samples = self._samples()
        services.save_rows(depositor, self.submission.pk, "bioproject", [self._project()])
        services.save_rows(depositor, self.submission.pk, "biosample", samples)
        names = [sample["sample_name"] for sample in samples]
        services.save_rows(depositor, self.submission.pk, "ngs-experiment", [self._experiment(name) for name in names])
        services.save_rows(depositor, self.submission.pk, "ngs-run", self._runs(names, damaged))

    def _project(self) -> dict[str, str]:
        part = f" ({self.round + 1})" if self.round else ""
        return {
            "project_alias": self.slug,
            "project_type": "Primary",
            "title": self.study.title + part,
            "title_ko": self.study.title_ko + part,
            "description": self.study.description,
            "data_types": self.study.data_type,
        }

    def _samples(self) -> list[dict[str, str]]:
        count = 3 + self.chance.randrange(3)
        return [self._sample(number) for number in range(count)]

    def _sample(self, number: int) -> dict[str, str]:
        study = self.study
        varied = {field: values[number % len(values)] for field, values in study.varied.items()}
        return {
            "sample_name": f"{self.slug}-S{number + 1:02d}",
            "project": self.slug,
            "package": study.package,
            "title": f"{study.organism} {' '.join(varied.values())}".strip(),
            "taxonomy_id": str(study.taxonomy_id),
            "organism": study.organism,
            "collection_date": DATES[(number + self.round) % len(DATES)],
            "geo_loc_name": PLACES[(number + self.round) % len(PLACES)],
            **(
                {"isolate": f"{self.slug}-{number + 1}"} if "isolate" not in varied and study.package == "Virus" else {}
            ),
            **study.sample,
            **varied,
        }

    def _experiment(self, sample: str) -> dict[str, str]:
        long = self.study.long_reads
        return {
            "experiment_alias": f"{sample}-X",
            "sample": sample,
            "technique": "Bulk sequencing",
            "title": f"{self.study.strategy} of {sample}",
            "library_name": f"{sample}-lib",
            "library_strategy": self.study.strategy,
            "library_source": self.study.source,
            "library_selection": self.study.selection,
            "library_layout": "SINGLE" if long else "PAIRED",
            "library_construction_protocol": "Ligation Sequencing Kit V14"
            if long
            else "TruSeq library, fragments of 350 bp",
            "platform": "OXFORD_NANOPORE" if long else "ILLUMINA",
            "instrument_model": "PromethION" if long else "Illumina NovaSeq 6000",
            **({} if long else {"insert_size": "350"}),
        }

    def _runs(self, samples: list[str], damaged: bool) -> list[dict[str, str]]:
        reference = demo_files.genome(self.chance)
        return [self._run(sample, reference, damaged and sample is samples[0]) for sample in samples]

    def _run(self, sample: str, reference: str, damaged: bool) -> dict[str, str]:
        made = self._make(sample, reference)
        if damaged:
            made = {name: demo_files.cut(content) for name, content in made.items()}
        for name, content in made.items():
            kept = files.receive(self.cast.depositor, self.submission.shelf, name, io.BytesIO(content))
            inspection.inspect(kept.object_id)
        kind = "bam" if next(iter(made)).endswith(".bam") else "fastq"
        return {
            "run_alias": f"{sample}-R1",
            "experiment": f"{sample}-X",
            "title": f"Reads of {sample}",
            "file_type": kind,
            "files": ";".join(made),
            "md5": ";".join(hashlib.md5(content, usedforsecurity=False).hexdigest() for content in made.values()),
        }

    def _make(self, sample: str, reference: str) -> dict[str, bytes]:
        if self.study.long_reads:
            return {f"{sample}.fastq.gz": demo_files.long_fastq(self.chance, reference, 60)}
        first, second = demo_files.paired_fastq(self.chance, reference, 400)
        return {f"{sample}_R1.fastq.gz": first, f"{sample}_R2.fastq.gz": second}

    # What becomes of it, once a curator has taken it.

    def _in_review(self) -> None:
        services_curation.comment(
            self.cast.curator, self.submission.pk, SAMPLING_QUESTION,
            form="biosample", position=1, field="collection_method",
        )  # fmt: skip
        services_curation.comment(
            self.cast.depositor, self.submission.pk, "네, 곧 보완하겠습니다. (Yes, we will add it.)"
        )

    def _returned(self) -> None:
        reason = (
            "과제 설명에 연구 목적을 두 문장 이상으로 적어 주세요. (Please describe the aim in two sentences or more.)"
        )
        services_curation.return_(self.cast.curator, self.submission.pk, reason)

    def _accept(self) -> None:
        services_curation.accept(self.cast.curator, self.submission.pk)

    def _released(self) -> None:
        self._accept()

    def _embargo(self) -> None:
        self._accept()

    def _record(self, form: str) -> Record:
        return Record.objects.filter(submission_id=self.submission.pk, form=form).order_by("pk")[0]

    def _revised(self) -> None:
        self._accept()
        record = self._record("biosample")
        values = dict(Version.objects.get(record=record, number=record.version).values)
        values["description"] = "Sampling protocol and storage temperature (-80 °C) added after review of the paper."
        change = services.propose_revision(self.cast.depositor, record.accession, values)
        services.submit(self.cast.depositor, change.pk)
        services_curation.take(self.cast.curator, change.pk)
        services_curation.accept(self.cast.curator, change.pk)

    def _corrected(self) -> None:
        self._accept()
        record = self._record("biosample")
        reason = "표제의 오타를 바로잡았습니다. (Typing error in the title.)"
        services_curation.curate_record(
            self.cast.curator, record.accession, "title", record.title.strip() + " (checked)", reason
        )

    def _withdrawn_record(self) -> None:
        self._accept()
        record = self._record("ngs-run")
        reason = (
            "시료가 뒤바뀐 것을 확인하여 기탁자의 요청으로 철회했습니다. (Samples were swapped; withdrawn on request.)"
        )
        services_release.withdraw_record(self.cast.curator, record.accession, reason)
